"""Pages of the documentation as notebooks, and a run of their cells without a kernel."""

from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def pages_with_code():
    """Names of the pages that compute something."""
    mark = "---\nfile_format: mystnb"
    return sorted(
        path.stem for path in DOCS.glob("*.md") if path.read_text(encoding="utf-8").startswith(mark)
    )


def cells(name):
    """Sources of the code cells of a page."""
    from myst_nb.core.read import read_myst_markdown_notebook
    from myst_parser.config.main import MdParserConfig

    path = DOCS / f"{name}.md"
    config = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})
    notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"), config, path=str(path))
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def execute(name):
    """Run all cells of a page in one namespace, and return it."""
    space = {"__name__": "__main__"}
    for number, source in enumerate(cells(name), start=1):
        exec(compile(source, f"docs/{name}.md, cell {number}", "exec"), space)  # noqa: S102  # our own pages
    return space
