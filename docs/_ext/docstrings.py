"""Docstrings as they stand in the code, made safe for reStructuredText: |b| is a magnitude, not a substitution."""

import re
from typing import Any

_LITERAL = re.compile(r"(``.*?``|`.*?`)")


def escape_bars(_app: Any, _what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
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


def skip_tuple_fields(_app: Any, _what: str, _name: str, obj: object, _skip: bool, _options: object) -> bool | None:
    """Leave out what Python itself writes about the fields of a named tuple."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def setup(app: Any) -> dict[str, bool]:
    """Connect both to autodoc."""
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("autodoc-skip-member", skip_tuple_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
