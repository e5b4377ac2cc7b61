"""Pages of the documentation as notebooks, and a run of their cells without a kernel."""

from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"


def with_code() -> list[str]:
    """Names of the pages that compute something."""
    return sorted(path.stem for path in DOCS.glob("*.md") if path.read_text(encoding="utf-8").startswith("---\nfile_format: mystnb"))


def cells(name: str) -> list[str]:
    """Sources of the code cells of a page, as the build reads them."""
    from myst_parser.config.main import MdParserConfig
    from myst_nb.core.read import read_myst_markdown_notebook

    path = DOCS / f"{name}.md"
    config = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})
    notebook: Any = read_myst_markdown_notebook(path.read_text(encoding="utf-8"), config, path=str(path))
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def execute(name: str) -> dict[str, Any]:
    """Run all cells of a page in one namespace and return it."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(cells(name), start=1):
        exec(compile(source, f"docs/{name}.md, cell {number}", "exec"), space)  # noqa: S102: our own pages
    return space
