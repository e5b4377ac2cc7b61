"""The commands, their arguments and options, read from the program: ``<!-- commands -->`` in a page becomes them."""

from collections.abc import Iterator
from typing import Any

import typer

from coldspin.cli.app import app

MARK = "<!-- commands -->"
_KINDS = {"argument": "Arguments", "option": "Options"}


def reference() -> str:
    """Every command as a section in Markdown, in the order of ``coldspin --help``."""
    group: Any = typer.main.get_command(app)
    root = typer.Context(group, info_name="coldspin", **group.context_settings)
    names = group.list_commands(root)
    parts = ["\n".join(_section(group, root))]
    for name in names:
        command = group.commands[name]
        context = typer.Context(command, info_name=name, parent=root)
        parts.append("\n".join(_section(command, context)))
    return "\n\n".join(parts)


def _section(command: Any, context: typer.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield f"{_plain(command.help)}\n"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    for kind, title in _KINDS.items():
        records = [
            p.get_help_record(context)
            for p in command.get_params(context)
            if p.param_type_name == kind
        ]
        if any(records):
            yield f"{title}:\n"
        for record in filter(None, records):
            yield f"`{record[0]}`\n: {_plain(record[1])}\n"


def _plain(text: str | None) -> str:
    """Help is plain text: what Markdown would read as markup is shown as it stands."""
    clean = " ".join((text or "").replace("\b", "").split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~" else c for c in clean)


def fill(_app: Any, _page: str, source: list[str]) -> None:
    """Put the sections in the place of the mark."""
    if MARK in source[0]:
        source[0] = source[0].replace(MARK, reference())


def setup(app: Any) -> dict[str, bool]:
    """Fill pages as they are read."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
