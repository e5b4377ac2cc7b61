"""The public interface as text: every documented name with its signature, and every command with its options.

Public is what docs/api.md documents. Signatures are read from the source, so that the text is the
same with every version of Python and of the libraries. `python tests/public_api.py` writes
tests/api/public_api.txt.
"""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SNAPSHOT = Path(__file__).parent / "api" / "public_api.txt"
_DIRECTIVE = re.compile(r"^\.\. auto(\w+):: (\S+)((?:\n   :.*)*)", re.MULTILINE)


def public_api() -> str:
    """Return the whole text."""
    seen: dict[int, str] = {}
    sections = [*_documented(seen), "\n".join(["command line", *_commands()])]
    return "\n\n".join(sections) + "\n"


def _documented(seen: dict[int, str]) -> Iterator[str]:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    names: dict[str, set[str]] = {}
    for kind, target, options in _DIRECTIVE.findall(page):
        home, _, name = target.rpartition(".")
        made = _members(target, options) if kind == "module" else {name}
        names.setdefault(target if kind == "module" else home, set()).update(made)
    for home, members in names.items():
        module = importlib.import_module(home)
        described = (
            _described(name, getattr(module, name), f"{home}.{name}", seen)
            for name in sorted(members)
        )
        yield "\n".join([home, *chain.from_iterable(described)])


def _members(home: str, options: str) -> set[str]:
    """Names of `__all__`, or those listed on the page, or else the public functions and classes made in the module."""
    module = importlib.import_module(home)
    listed = re.search(r":members: (.+)", options)
    if hasattr(module, "__all__") or listed:
        return set(getattr(module, "__all__", [])) | set(
            listed.group(1).split(", ") if listed else []
        )
    made = inspect.getmembers(
        module, lambda value: inspect.isroutine(value) or inspect.isclass(value)
    )
    return {name for name, value in made if value.__module__ == home and not name.startswith("_")}


def _described(name: str, value: Any, path: str, seen: dict[int, str]) -> Iterator[str]:
    if inspect.ismodule(value):
        yield f"  module {name}"
    elif not (inspect.isroutine(value) or inspect.isclass(value)):
        yield f"  {name}: {type(value).__name__}"
    elif seen.setdefault(id(value), path) != path:
        yield f"  {name}: see {seen[id(value)]}"
    elif inspect.isclass(value):
        bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
        marks = "".join(f" @{ast.unparse(mark)}" for mark in _definition(value).decorator_list)
        yield f"  class {name}({bases}){marks}"
        yield from (f"    {line}" for line in _fields_and_methods(value))
    else:
        yield f"  {_signature(_definition(value))}"


def _fields_and_methods(cls: type) -> list[str]:
    """Public fields in their order and public methods by name, those of our own base classes too."""
    fields: dict[str, str] = {}
    methods: dict[str, str] = {}
    for owner in reversed(cls.__mro__):  # a subclass has the last word
        if owner.__module__.split(".")[0] == "coldspin":
            body = _definition(owner).body
            fields |= {
                node.target.id: ast.unparse(node)
                for node in body
                if isinstance(node, ast.AnnAssign)
            }
            methods |= {
                node.name: _signature(node) for node in body if isinstance(node, ast.FunctionDef)
            }
    shown = [
        methods[name]
        for name in sorted(methods)
        if not name.startswith("_") or name in ("__init__", "__call__")
    ]
    return [line for name, line in fields.items() if not name.startswith("_")] + shown


def _definition(value: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(value)))).body[0]


def _signature(node: ast.FunctionDef) -> str:
    marks = {ast.unparse(mark) for mark in node.decorator_list} & {
        "property",
        "cached_property",
        "classmethod",
    }
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return (
        "".join(f"{mark} " for mark in sorted(marks))
        + f"{node.name}({ast.unparse(node.args)}){returns}"
    )


def _commands() -> Iterator[str]:
    import typer.main

    from coldspin.cli.app import app

    for name, command in sorted(typer.main.get_command(app).commands.items()):
        arguments = [p.name.upper() for p in command.params if p.param_type_name == "argument"]
        yield " ".join(["  coldspin", name, *arguments])
        options = [p for p in command.params if p.param_type_name == "option"]
        yield from sorted(f"    {', '.join([*p.opts, *p.secondary_opts])}" for p in options)


if __name__ == "__main__":
    SNAPSHOT.write_text(public_api(), encoding="utf-8")
