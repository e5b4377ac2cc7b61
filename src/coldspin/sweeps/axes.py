"""The table [sweep.axes]: which keys of a file a study may vary, and the values of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel

from coldspin.exceptions import InvalidInputError
from coldspin.inputs.protocol_files import STAGES, ProtocolTables
from coldspin.inputs.sample_files import METHODS
from coldspin.quantities import LENGTH, Dimension, si, si_axis
from coldspin.wording import nearest, shown

Kind = Dimension | Literal["number", "text"]

SAMPLE = "sample"
PROTOCOL = "protocol"
METHOD = "method.name"
_MOST_VALUES = 1_000_000  # of one axis, so that a study is read in a second
_MOST_POINTS = 10**11  # a day at a microsecond each, and several terabytes

# These decide how many rows and columns there are, so they are the same at every point.
_FIXED = ("cool.start", "run.points")
_LISTS = {
    "site.species": 'one isotope, as in "site.species[1].nuclei"',
    "stage": 'one stage, as in "stage[1].duration"',
}
_ENVELOPE = "site.envelope."
_SHORT = {"electron.spin": "electron_spin", METHOD: "method_name"}


@dataclass(frozen=True)
class SweepAxis:
    """One parameter: its key in the file, its name as a dimension, and its values.

    `entries` are the values as a file has them, `coordinate` the same in SI, in `unit`.
    """

    key: str
    name: str
    entries: tuple[Any, ...]
    coordinate: tuple[Any, ...]
    unit: str


@cache
def list_parameters() -> dict[str, Kind]:
    """Keys that a study may vary, from the schema of sample and protocol files."""
    parameters: dict[str, Kind] = {SAMPLE: "text", PROTOCOL: "text"}
    parameters |= _list_keys(ProtocolTables, "")
    for stage in STAGES.values():
        parameters |= _list_keys(stage, "stage.")
    return {key: kind for key, kind in parameters.items() if key not in _FIXED}


def _list_keys(table: type[BaseModel], before: str) -> dict[str, Kind]:
    keys: dict[str, Kind] = {}
    for name, hint in get_type_hints(table, include_extras=True).items():
        if name not in table.model_fields:
            continue
        parts = list(_parts(hint))
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= _list_keys(part, f"{before}{name}.")
        kind = _find_kind(parts)
        if kind is not None:
            keys[before + name] = kind
    return keys


def _parts(hint: Any) -> Iterator[Any]:
    """The types that a hint allows, with what `Annotated` says of them."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
        yield from _parts(get_args(hint)[0])
    elif get_origin(hint) is dict:
        yield dict
    else:
        yield hint
        for inner in get_args(hint):
            yield from _parts(inner)


def _find_kind(parts: list[Any]) -> Kind | None:
    """What one value is; None where it is a list or a table."""
    for part in parts:
        if isinstance(part, Dimension):
            return part
    if dict in parts or any(get_origin(part) in (list, tuple) for part in parts):
        return None
    if float in parts or int in parts:
        return "number"
    return "text" if str in parts or bool in parts else None


def find_parameter(key: str) -> Kind:
    """What the values of `key` are; InvalidInputError with the nearest name for an unknown key."""
    parameters = list_parameters()
    name = f"sweep.axes.{key}"
    plain = re.sub(r"\[\d+\]", "", key)
    if plain.startswith(_ENVELOPE):
        return "text" if plain == f"{_ENVELOPE}shape" else LENGTH
    if plain in parameters:
        several = next((table for table in _LISTS if plain.startswith(f"{table}.")), None)
        if several and not re.fullmatch(re.escape(several) + r"\[[1-9]\d*\]\.\w+", key):
            raise InvalidInputError(f"must name {_LISTS[several]}", parameter=name)
        if several or "[" not in key:
            return parameters[plain]
    ends = {known.rpartition(".")[2]: known for known in parameters}
    meant = ends.get(plain.rpartition(".")[2])
    raise InvalidInputError(
        "is no parameter of a sample file",
        parameter=name,
        remedy=f"did you mean {meant}?" if meant else nearest(plain, parameters),
    )


def read_axes(table: dict[str, Any], reserved: set[str]) -> tuple[SweepAxis, ...]:
    """Axes in the order of the file; no dimension gets a name of `reserved`."""
    axes: list[SweepAxis] = []
    for key, value in _flatten(table):
        name = f"sweep.axes.{key}"
        kind = find_parameter(key)
        if any(axis.key == key for axis in axes):
            raise InvalidInputError(
                "stands there twice, with quotes and without",
                parameter=name,
                remedy="leave one out",
            )
        entries, coordinate = _read_values(name, value, kind)
        if not entries:
            raise InvalidInputError(
                "has no values, so the grid is empty", parameter=name, remedy="give at least one"
            )
        unit = kind.symbol if isinstance(kind, Dimension) else "1"
        names = reserved | {axis.name for axis in axes}
        axes.append(SweepAxis(key, _short_name(key, names), entries, coordinate, unit))
    if not axes:
        raise InvalidInputError(
            "is empty, so there is nothing to vary",
            parameter="sweep.axes",
            remedy='give site.correlation_time = "1:100:50 ns", say',
        )
    return tuple(axes)


def _flatten(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys, with or without quotes; a table with `range` is a value."""
    for key, value in table.items():
        if isinstance(value, dict) and "range" not in value:
            yield from _flatten(value, f"{before}{key}.")
        else:
            yield before + key, value


def _short_name(key: str, reserved: set[str]) -> str:
    """Name of a dimension: the last word of its key, or the whole key where that is reserved."""
    short = _SHORT.get(key, key.rpartition(".")[2])
    return short if short not in reserved and "[" not in key else re.sub(r"\W+", "_", key)


Values = tuple[tuple[Any, ...], tuple[Any, ...]]


def _read_values(name: str, value: Any, kind: Kind) -> Values:
    """Values of an axis as a file has them, and the same as a coordinate in SI."""
    if isinstance(value, list):
        return _read_list(name, value, kind)
    if isinstance(value, dict):
        text = value.get("range")
        logarithmic = value.get("logarithmic", False)
        other_keys = set(value) - {"range", "logarithmic"}
        if other_keys or not isinstance(text, str) or not isinstance(logarithmic, bool):
            raise InvalidInputError(
                'must be like { range = "1:1000:31 ns", logarithmic = true }', parameter=name
            )
        return _read_range(name, text, kind, logarithmic=logarithmic)
    if kind == "text" or not isinstance(value, str):
        either = "" if kind == "text" else f", or a range{_example(kind)}"
        raise InvalidInputError(
            f"must be a list in brackets{either}", parameter=name, value=value, shown=shown(value)
        )
    return _read_range(name, value, kind, logarithmic=False)


def _example(kind: Kind) -> str:
    return f' such as "1:10:19{" UNIT" if isinstance(kind, Dimension) else ""}"'


def _read_range(name: str, text: str, kind: Kind, *, logarithmic: bool) -> Values:
    """Values in the unit that was written, and the same in SI."""
    ends, _, unit = text.strip().partition(" ")
    parts = ends.split(":")
    unit = unit.strip()
    if len(parts) != 3 or isinstance(kind, str) == bool(unit):
        raise InvalidInputError(f"must be a range{_example(kind)}", parameter=name, value=text)
    factor = 1.0
    if isinstance(kind, Dimension):
        si_axis(name, f"{parts[0]}:{parts[1]}:2 {unit}", kind)  # refuses wrong ends and units
        factor = float(si(name, f"1 {unit}", kind))
    try:
        start = float(parts[0])
        stop = float(parts[1])
    except ValueError:
        raise InvalidInputError("must be a range of numbers", parameter=name, value=ends) from None
    count = int(parts[2]) if re.fullmatch("[0-9]{1,300}", parts[2]) else 0
    if not np.isfinite([start, stop]).all() or not 2 <= count <= _MOST_VALUES:
        raise InvalidInputError(
            f"needs finite ends and a count of points from 2 to {_MOST_VALUES}",
            parameter=name,
            value=ends,
        )
    if logarithmic and not start * stop > 0:
        raise InvalidInputError(
            "is logarithmic, so both ends must be on one side of 0", parameter=name, value=text
        )
    spaced = np.geomspace if logarithmic else np.linspace
    numbers = spaced(start, stop, count).tolist()
    coordinate = tuple(number * factor for number in numbers)
    entries = tuple(f"{number!r} {unit}" for number in numbers) if unit else coordinate
    return entries, coordinate


def _read_list(name: str, values: list[Any], kind: Kind) -> Values:
    if kind == "text":
        rule = "must be a list of text in quotes"
        good = all(isinstance(value, str | bool) for value in values)
    elif kind == "number":
        rule = "must be a list of finite numbers"
        good = all(type(value) in (int, float) and np.isfinite(value) for value in values)
    else:
        rule = f"needs a unit in each value, as in {kind.examples}"
        good = all(isinstance(value, str) for value in values)
    if not good:
        raise InvalidInputError(rule, parameter=name, value=values, shown=shown(values))
    if kind == "text":
        words = (value if isinstance(value, str) else str(value).lower() for value in values)
        return tuple(values), tuple(words)
    if kind == "number":
        return tuple(values), tuple(float(value) for value in values)
    return tuple(values), tuple(float(si(name, value, kind)) for value in values)


def check_axes(axes: tuple[SweepAxis, ...], command: str, *, together: bool) -> None:
    """Raise InvalidInputError for axes that do not fit together, or the command."""
    sizes = {axis.key: len(axis.entries) for axis in axes}
    if together and len(set(sizes.values())) > 1:
        raise InvalidInputError(
            "go together, so they need equally many values",
            parameter="sweep.axes",
            value=sizes,
            shown=", ".join(f"{key} {size}" for key, size in sizes.items()),
        )
    points = 1 if together else prod(sizes.values())
    if points > _MOST_POINTS:
        raise InvalidInputError(
            f"span a grid of {points:.3g} points",
            parameter="sweep.axes",
            remedy=f"give at most {_MOST_POINTS:.0e}, with fewer values or axes",
        )
    for axis in axes:
        name = f"sweep.axes.{axis.key}"
        table, _, last = axis.key.partition(".")
        user = table if last == "field" else None  # the one command that uses this key
        if table in (PROTOCOL, "run") or table.startswith("stage"):
            user = "run"
        if user not in (None, command):
            raise InvalidInputError(
                f"is not used by {command}", parameter=name, remedy="leave it out"
            )
        for method in axis.entries if axis.key == METHOD else ():
            if method not in METHODS:
                raise InvalidInputError(
                    f"= {method!r} is unknown",
                    parameter=name,
                    value=method,
                    shown="",
                    remedy=nearest(str(method), METHODS),
                )
        if not together and len(set(axis.coordinate)) < len(axis.coordinate):
            values = list(axis.coordinate)
            repeat = next(i for i, value in enumerate(values) if value in values[:i])
            raise InvalidInputError(
                f"has {axis.entries[repeat]!r} twice", parameter=name, remedy="leave one out"
            )
