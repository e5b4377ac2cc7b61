"""Tables as TOML text: what `tomllib` reads back as the same."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(content: Mapping[str, Any], place: tuple[str, ...] = ()) -> str:
    """TOML of nested tables, of lists of tables, and of text, numbers, truth values and lists of them."""
    tables = {
        name: value
        for name, value in content.items()
        if isinstance(value, Mapping) or _several(value)
    }
    lines = [
        f"{_key(name)} = {_value(value)}" for name, value in content.items() if name not in tables
    ]
    parts = ["\n".join(lines) + "\n"] if lines else []
    for name, value in tables.items():
        inner = (*place, name)
        heading = ".".join(map(_key, inner))
        if isinstance(value, Mapping):
            own = not value or any(
                not (isinstance(v, Mapping) or _several(v)) for v in value.values()
            )
            parts.append((f"[{heading}]\n" if own else "") + toml_text(value, inner))
        else:
            parts += [f"[[{heading}]]\n{toml_text(entry, inner)}" for entry in value]
    return "\n".join(parts)


def _several(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, Mapping) for entry in value)
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return (
            "{ "
            + ", ".join(f"{_key(name)} = {_value(entry)}" for name, entry in value.items())
            + " }"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and value == value and value not in (float("inf"), float("-inf")):
        return repr(value)
    return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
