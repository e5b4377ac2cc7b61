"""Docstrings as they stand in the code, made safe for reStructuredText: |b| is a magnitude, not a substitution.

Packages load most of their names when they are first used; autodoc sees only what is there, so all are loaded before.
"""

import re
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

_COLON = "\ue000"  # of the private use area: stands in no docstring
_LITERAL = re.compile(r"(``.*?``|`.*?`)")


def escape_bars(
    _app: Any, _what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Escape every bar outside formulas, literals and examples."""
    inside: int | None = None
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if line.lstrip().startswith(".. math::"):
            inside = indent
            continue
        if inside is not None and (not line.strip() or indent > inside):
            continue
        inside = None
        if "|" in line and not line.lstrip().startswith((">>>", "...")):
            parts = _LITERAL.split(line)
            lines[i] = "".join(p if p.startswith("`") else p.replace("|", r"\|") for p in parts)


def hide_colon(
    _app: Any, what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Hide a colon in the first line of a property, which napoleon would take for the end of a type."""
    if what in ("attribute", "property") and lines:
        lines[0] = lines[0].replace(":", _COLON)


def show_colon(
    _app: Any, _what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Show it again."""
    lines[:] = [line.replace(_COLON, ":") for line in lines]


def skip_tuple_fields(
    _app: Any, _what: str, _name: str, obj: object, _skip: bool, _options: object
) -> bool | None:
    """Leave out what Python itself writes about the fields of a named tuple."""
    return (
        True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None
    )


def load_names(_app: Any) -> None:
    """Put every public name of every package into its module."""
    import coldspin

    packages = [
        "coldspin",
        *(found.name for found in walk_packages(coldspin.__path__, "coldspin.") if found.ispkg),
    ]
    for package in map(import_module, packages):
        for name in getattr(package, "__all__", ()):
            vars(package)[name] = getattr(package, name)


def setup(app: Any) -> dict[str, bool]:
    """Connect all to autodoc."""
    app.connect("builder-inited", load_names)
    app.connect("autodoc-process-docstring", hide_colon, priority=100)  # napoleon has 500
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("autodoc-process-docstring", show_colon, priority=900)
    app.connect("autodoc-skip-member", skip_tuple_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
