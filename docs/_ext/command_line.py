"""The commands with their arguments and options, written by Typer: ``<!-- commands -->`` in a page becomes them."""

from typing import Any

import typer
from typer.cli import get_docs_for_click

from coldspin.cli.app import app

MARK = "<!-- commands -->"


def format_reference() -> str:
    """Every command as a section in Markdown, in the order of ``coldspin --help``."""
    group: Any = typer.main.get_command(app)
    # in the epilog, click's mark \b stands before lines that keep their breaks: the examples
    title, examples, text = group.epilog.replace("\b", "").split("\n\n", 2)
    group.epilog = f"{title}\n\n```shell{examples}\n```\n\n{text}"
    root = typer.Context(group, info_name="coldspin", **group.context_settings)
    return get_docs_for_click(obj=group, ctx=root, indent=1, name="coldspin")


def fill(_app: Any, _page: str, source: list[str]) -> None:
    """Put the sections in the place of the mark."""
    if MARK in source[0]:
        source[0] = source[0].replace(MARK, format_reference())


def setup(app: Any) -> dict[str, bool]:
    """Fill pages as they are read."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
