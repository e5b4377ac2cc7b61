"""The table [sweep.axes]: for each parameter a range, or a list, as values for the file and as a coordinate in SI."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import Dimension, si, si_axis
from coldspin.sweeps.parameters import Kind, parameter, short_name
from coldspin.wording import shown

_MOST_VALUES = 1_000_000  # of one axis, so that a study is read in a second


@dataclass(frozen=True)
class Axis:
    """One parameter: its key in the file, its name as a dimension, its values there, and the same as a coordinate."""

    key: str
    name: str
    entries: tuple[Any, ...]
    coordinate: tuple[Any, ...]
    unit: str


def read_axes(table: dict[str, Any], taken: set[str], place: str) -> tuple[Axis, ...]:
    """Axes in the order of the file; InvalidInputError for none, an unknown one, one without values."""
    axes: list[Axis] = []
    for key, value in _flat(table):
        kind = parameter(key, place)
        if any(axis.key == key for axis in axes):
            raise InvalidInputError(
                f"{place}.{key} stands there twice, with quotes and without", remedy="leave one out"
            )
        entries, coordinate = _values(f"{place}.{key}", value, kind)
        if not entries:
            raise InvalidInputError(
                f"{place}.{key} has no values, so the grid is empty", remedy="give at least one"
            )
        name = short_name(key, taken | {axis.name for axis in axes})
        axes.append(
            Axis(
                key, name, entries, coordinate, kind.symbol if isinstance(kind, Dimension) else "1"
            )
        )
    if not axes:
        raise InvalidInputError(
            f"{place} is empty, so there is nothing to vary",
            remedy='give site.correlation_time = "1:100:50 ns", say',
        )
    return tuple(axes)


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys, with or without quotes; a table with `range` is a value."""
    for key, value in table.items():
        if isinstance(value, dict) and "range" not in value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _values(place: str, value: Any, kind: Kind) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if isinstance(value, dict):
        return _logarithmic(place, value, kind)
    if isinstance(value, list):
        return _listed(place, value, kind)
    if kind == "text" or not isinstance(value, str):
        either = "" if kind == "text" else f", or a range{_example(kind)}"
        raise InvalidInputError(f"{place} must be a list in brackets{either}, not {shown(value)}")
    return _range(place, value, kind, np.linspace)


def _example(kind: Kind) -> str:
    return f' such as "1:10:19{" UNIT" if isinstance(kind, Dimension) else ""}"'


def _logarithmic(
    place: str, value: dict[str, Any], kind: Kind
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A table { range = "1:1000:31 ns", logarithmic = true }."""
    text, flag = value.get("range"), value.get("logarithmic", False)
    if (
        set(value) - {"range", "logarithmic"}
        or not isinstance(text, str)
        or not isinstance(flag, bool)
    ):
        raise InvalidInputError(
            f'{place} must be like {{ range = "1:1000:31 ns", logarithmic = true }}'
        )
    return _range(place, text, kind, np.geomspace if flag else np.linspace)


def _range(
    place: str, text: str, kind: Kind, spaced: Any
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Values in the unit that was written, and the same in SI."""
    ends, _, unit = text.strip().partition(" ")
    parts, unit = ends.split(":"), unit.strip()
    if len(parts) != 3 or isinstance(kind, str) == bool(unit):
        raise InvalidInputError(f"{place} must be a range{_example(kind)}, not {text!r}")
    factor = 1.0
    if isinstance(kind, Dimension):
        si_axis(place, f"{parts[0]}:{parts[1]}:2 {unit}", kind)  # its sentences about ends and unit
        factor = float(si(place, f"1 {unit}", kind))
    start, stop = _ends(place, parts)
    if spaced is np.geomspace and not start * stop > 0:
        raise InvalidInputError(
            f"{place} is logarithmic, so both ends must be on one side of 0, not {text!r}"
        )
    numbers = [float(number) for number in spaced(start, stop, int(parts[2]))]
    coordinate = tuple(number * factor for number in numbers)
    return tuple(f"{number!r} {unit}" for number in numbers) if unit else coordinate, coordinate


def _ends(place: str, parts: list[str]) -> tuple[float, float]:
    try:
        start, stop = (float(part) for part in parts[:2])
    except ValueError:
        raise InvalidInputError(
            f"{place} must be a range of numbers, not {':'.join(parts)!r}"
        ) from None
    counted = re.fullmatch("[0-9]{1,300}", parts[2]) and 2 <= int(parts[2]) <= _MOST_VALUES
    if not (np.isfinite([start, stop]).all() and counted):
        raise InvalidInputError(
            f"{place} needs finite ends and a count of points from 2 to {_MOST_VALUES}, not "
            f"{':'.join(parts)!r}"
        )
    return start, stop


def _listed(place: str, values: list[Any], kind: Kind) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if kind == "text":
        good = all(isinstance(value, str | bool) for value in values)
        words = tuple(value if isinstance(value, str) else str(value).lower() for value in values)
        if not good:
            raise InvalidInputError(
                f"{place} must be a list of text in quotes, not {shown(values)}"
            )
        return tuple(values), words
    if kind == "number":
        if not all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in values
        ):
            raise InvalidInputError(f"{place} must be a list of numbers, not {shown(values)}")
        if not np.isfinite(values).all():
            raise InvalidInputError(
                f"{place} must be a list of finite numbers, not {shown(values)}"
            )
        return tuple(values), tuple(float(value) for value in values)
    assert isinstance(kind, Dimension)  # noqa: S101  # the other kinds are text and number
    if not all(isinstance(value, str) for value in values):
        raise InvalidInputError(
            f"{place} needs a unit in each value, as in {kind.examples}, not {shown(values)}"
        )
    return tuple(values), tuple(float(si(place, value, kind)) for value in values)
