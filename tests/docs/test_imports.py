"""Every import in the code of the pages and the README works."""

import ast
import re

import pytest

from documentation import DOCS, cells, pages_with_code

BLOCK = re.compile(r"^```(?:python|py)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def list_imports(source):
    """Imports of coldspin anywhere in `source`, as statements."""
    plain = re.sub(r"^[%!].*$", "pass", source, flags=re.MULTILINE)
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("coldspin"):
            yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("coldspin")]
            yield from (f"import {name}" for name in names)


def read_sources(path):
    """Code cells and plain Python blocks of a page; doctest blocks have tests of their own."""
    text = path.read_text(encoding="utf-8")
    blocks = [block for block in BLOCK.findall(text) if not block.startswith(">>>")]
    if path.stem in pages_with_code():
        pytest.importorskip("myst_nb")
        blocks += cells(path.stem)
    return blocks


PAGES = [*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_imports_of_a_page_work(path):
    for source in read_sources(path):
        for statement in list_imports(source):
            exec(statement, {})  # noqa: S102  # our own pages


def test_an_import_that_fails_is_found():
    (statement,) = list_imports("if True:\n    from coldspin.nowhere import nothing")
    with pytest.raises(ImportError):
        exec(statement, {})  # noqa: S102
