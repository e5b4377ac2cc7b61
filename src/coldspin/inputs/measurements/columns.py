"""Measured columns: their headings, their units, and their values in SI."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.inputs.measurements.cells import is_missing
from coldspin.quantities import Dimension, refuse_large_prefix, si
from coldspin.wording import listed, nearest

DIMENSIONLESS = {"": 1.0, "1": 1.0, "%": 0.01} | dict.fromkeys(
    ("a.u.", "arb.u.", "arb. u.", "arb. units"), 1.0
)

_LONGEST = 40
_WORD = r"\(?(?:[^\W\d]\w*|[°%]\w*)(?:(?:\^|\*\*)\(?-?[0-9]{1,2}(?:\.[0-9])?\)?|[⁻⁰¹²³⁴-⁹]+|-[1-9][0-9]?(?![\w.]))?\)?"
_SHAPE = re.compile(rf"(?:1\s*/\s*)?{_WORD}(?:(?:\s*[*/·]\s*|\s+){_WORD})*")
_EXAMPLE = re.compile(r'"[^" ]+ ([^"]+)"')
_PAIRS = {")": "(", "]": "["}


class Heading(NamedTuple):
    """Name of a column and its unit, "" for none."""

    name: str
    unit: str


def read_heading(text: str) -> Heading:
    """Name and unit of `B (mT)`, `B [mT]`, `B/mT` or `B, mT`.

    What is no unit behind a slash or a comma belongs to the name.
    """
    text = text.strip()
    opening = _opening_bracket(text)
    if opening > 0:
        return Heading(text[:opening].rstrip(" /,"), plain_unit(text[opening:]))
    for mark in (text.find("/"), text.rfind(",")):
        if mark > 0 and is_unit(unit := plain_unit(text[mark + 1 :])):
            return Heading(text[:mark].strip(), unit)
    return Heading(text, "")


def plain_unit(text: str) -> str:
    """A unit without the brackets around it; a dash stands for none."""
    text = text.strip()
    if _opening_bracket(text) == 0:
        text = text[1:-1].strip()
    return "" if is_missing(text) else text


@lru_cache(maxsize=256)
def is_unit(text: str) -> bool:
    """Whether a text is a unit of anything."""
    if text in DIMENSIONLESS:
        return text != ""
    # Words, products, quotients and small powers: no text that takes long reaches the parser.
    if len(text) > _LONGEST or _SHAPE.fullmatch(text) is None:
        return False
    try:
        si(text, f"1 {text}", Dimension(text, ""))
    except InvalidInputError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class MeasuredColumn:
    """A column as it stands in the file: name, unit ("" for none), values (NaN where missing), rows.

    `rows` counts the lines of the file from 1. Both arrays are read-only. A column of text has NaN
    in every row; its `fault` says which cell is no number.
    """

    name: str
    unit: str
    values: Array
    rows: NDArray[np.int64]
    fault: InvalidInputError | None = None


@dataclass(frozen=True, eq=False)
class MeasuredTable:
    """Columns of a file of measured data, in its order."""

    path: Path
    columns: tuple[MeasuredColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> MeasuredColumn:
        """One column by its name, its name with the unit, or its name in other case.

        Raises InvalidInputError for a name that no column has, or several have, and for a column
        that holds text.
        """
        wanted = name.strip()
        asked = read_heading(name)
        for matches in (
            [column for column in self.columns if column.name == wanted],
            [column for column in self.columns if (column.name, column.unit) == asked],
            [column for column in self.columns if column.name.lower() == wanted.lower()],
        ):
            if len(matches) == 1:
                fault = matches[0].fault
                if fault is not None:
                    raise fault.within(f"{self.path}")
                return matches[0]
            if matches:
                numbers = [str(i) for i, column in enumerate(self.columns, 1) if column in matches]
                raise InvalidInputError(
                    f"columns {listed(numbers)} are all named {wanted!r}",
                    remedy="give them different names",
                    place=f"{self.path}",
                )
        known = [column.name for column in self.columns if column.name]
        raise InvalidInputError(
            f"no column is named {wanted!r}", remedy=nearest(wanted, known), place=f"{self.path}"
        )

    def quantity(self, name: str, dimension: Dimension | None) -> Array:
        """Values of a column in SI, NaN where missing; plain numbers and percent for None.

        Raises InvalidInputError for a unit that is missing, unknown, or of another dimension.
        """
        column = self.column(name)
        with locate_errors(f"{self.path}"):
            return column.values * _find_factor(column, dimension)


def _find_factor(column: MeasuredColumn, dimension: Dimension | None) -> float:
    """SI units in one unit of the column."""
    called = f"column {column.name!r}"
    unit = column.unit
    if dimension is None:
        if unit not in DIMENSIONLESS:
            raise InvalidInputError(
                f"is in {unit!r}, but a plain number is needed",
                parameter=called,
                remedy="give it without a unit, or in %",
            )
        return DIMENSIONLESS[unit]
    match = _EXAMPLE.search(dimension.examples)
    example = f'"{column.name} ({match[1] if match else dimension.unit})"'
    if not unit:
        raise InvalidInputError(
            "has no unit",
            parameter=called,
            remedy=f"write it into the header, as in {example}",
        )
    refuse_large_prefix(f"the unit {unit} of {called}", unit)
    if not is_unit(unit):
        raise InvalidInputError(
            f"has the unknown unit {unit!r}",
            parameter=called,
            remedy=f"write it as in {example}",
        )
    called = f"the unit of {called}"
    factor = float(si(called, f"1 {unit}", dimension))
    if float(si(called, f"0 {unit}", dimension)) != 0:
        raise InvalidInputError(
            f"is {unit!r}, whose zero is not that of SI",
            parameter=called,
            remedy=f"convert it to {dimension.unit}",
        )
    return factor


def _opening_bracket(text: str) -> int:
    """Index of the bracket that the last character closes, -1 if it closes none."""
    closing = text[-1:]
    if closing not in _PAIRS:
        return -1
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += (text[index] == closing) - (text[index] == _PAIRS[closing])
        if depth == 0:
            return index
    return -1
