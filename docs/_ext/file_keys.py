"""Keys of the tables of a file, from the classes that check them: ``<!-- keys: MODULE CLASS -->`` becomes a table."""

import re
from importlib import import_module
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from coldspin import quantities as q
from coldspin import toml_files as toml

_MARK = re.compile(r"<!-- keys: (\S+) (\S+) -->")
_MEASURED = {
    toml.Coupling: q.COUPLING,
    toml.Gyromagnetic: q.GYROMAGNETIC,
    toml.MagneticField: q.FIELD,
    toml.Time: q.TIME,
    toml.Angle: q.ANGLE,
    toml.Frequency: q.FREQUENCY,
    toml.Length: q.LENGTH,
    toml.Energy: q.ENERGY,
    toml.Density: q.DENSITY,
    toml.Diffusivity: q.DIFFUSIVITY,
    toml.Temperature: q.TEMPERATURE,
}
_PLAIN = {float: "number", int: "whole number", bool: "true or false", str: "text", Any: "a value"}


def describe_kind(hint: Any) -> str:
    """What the value of a key is, in words."""
    if hint in _MEASURED:
        return f"with a unit: `{_MEASURED[hint].examples}`"
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return describe_kind(arguments[0])
    if origin in (Union, UnionType):
        return " or ".join(
            dict.fromkeys(
                describe_kind(argument) for argument in arguments if argument is not NoneType
            )
        )
    if origin in (list, tuple):
        return {"table": "tables", "text": "list of texts"}.get(
            describe_kind(arguments[0]), f"list, each {describe_kind(arguments[0])}"
        )
    if origin is dict:
        return "table"
    if origin is Literal:
        return " or ".join(f'"{value}"' for value in arguments)
    if isinstance(hint, type) and issubclass(hint, toml.Table):
        return "table"
    raise TypeError(f"no words for the kind of value {hint!r}; give docs/_ext/file_keys.py some")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, toml.Table) or value in ((), {}, ""):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def format_keys(module: str, name: str) -> str:
    """The table of one class."""
    table: Any = getattr(import_module(f"coldspin.{module}"), name)
    hints = get_type_hints(table, include_extras=True)
    lines = ["| key | value | when left out |", "|---|---|---|"]
    for key, field in table.model_fields.items():
        lines.append(f"| `{key}` | {describe_kind(hints[key])} | {_default(field)} |")
    return "\n".join(lines)


def fill(_app: Any, _page: str, source: list[str]) -> None:
    """Put the tables in the places of the marks."""
    source[0] = _MARK.sub(lambda match: format_keys(match[1], match[2]), source[0])


def setup(app: Any) -> dict[str, bool]:
    """Fill pages as they are read."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
