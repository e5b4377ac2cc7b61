"""Strict reading of data/isotopes.csv: a bad cell raises with file, line and column."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path
from types import MappingProxyType

from coldspin.exceptions import InvalidInputError
from coldspin.materials.records import Mark

PROPERTIES = ("magnetic_moment", "gyromagnetic_ratio_shielded", "quadrupole_moment", "abundance")
PARTS = ("", "_uncertainty", "_source", "_mark")
COLUMNS = {
    "symbol",
    "Z",
    "A",
    "spin",
    "reference_compound",
    *(p + part for p in PROPERTIES for part in PARTS),
}
MARKS: Mapping[str, Mark] = {"S": "S", "D": "D", "R": "R"}
NOT_GIVEN = "not given"


@dataclass(frozen=True)
class Measured:
    """A number in the unit of its column, its standard deviation (None: not given), source and mark."""

    value: float
    uncertainty: float | None
    source: str
    mark: Mark


@dataclass(frozen=True)
class Row:
    """One isotope; `measured` holds the properties that are known."""

    symbol: str
    element: str
    mass_number: int
    spin: float
    reference_compound: str
    measured: Mapping[str, Measured]


def read_table(path: Path) -> Mapping[str, Row]:
    """Isotopes by symbol, in the order of the file; InvalidInputError names the first cell that is wrong."""
    rows: dict[str, Row] = {}
    for cells in _records(path):
        row = _row(cells)
        if row.symbol in rows:
            raise cells.wrong("symbol", "stands in the table twice")
        rows[row.symbol] = row
    return MappingProxyType(rows)


@dataclass(frozen=True)
class _Cells:
    """One line of the file."""

    path: Path
    line: int
    text: Mapping[str, str]

    def wrong(self, column: str, why: str) -> InvalidInputError:
        where = f"{self.path.name}, line {self.line}, column {column}"
        return InvalidInputError(f"{self.text[column]!r} {why}", place=f"{where}")

    def number(self, column: str) -> float:
        try:
            value = float(self.text[column])
        except ValueError:
            raise self.wrong(column, "is not a number") from None
        if not isfinite(value):
            raise self.wrong(column, "is not finite")
        return value

    def count(self, column: str) -> int:
        text = self.text[column]
        if not (text.isascii() and text.isdigit() and int(text)):
            raise self.wrong(column, "is not a whole number above 0")
        return int(text)


def _records(path: Path) -> Iterator[_Cells]:
    header: list[str] | None = None
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("#"):
            continue
        cells = next(csv.reader([text], strict=True), [])
        if header is None:
            header = cells
            if set(header) != COLUMNS or len(header) != len(COLUMNS):
                raise InvalidInputError(
                    f"{path.name}, line {line}: the columns must be {', '.join(sorted(COLUMNS))}"
                )
        elif len(cells) != len(header):
            raise InvalidInputError(
                f"{path.name}, line {line}: {len(cells)} cells under {len(header)} columns"
            )
        else:
            yield _Cells(path, line, dict(zip(header, cells, strict=True)))


def _row(cells: _Cells) -> Row:
    mass_number, symbol = cells.count("A"), cells.text["symbol"]
    element = symbol.removeprefix(str(mass_number))
    if element == symbol or not element.isalpha():
        raise cells.wrong("symbol", f"is not the mass number {mass_number} and an element")
    if cells.count("Z") > mass_number:
        raise cells.wrong("Z", f"is more protons than the {mass_number} nucleons")
    spin = _spin(cells)
    measured = {
        name: fact for name in PROPERTIES if (fact := _measured(cells, name, spin)) is not None
    }
    if "abundance" not in measured or not 0 < measured["abundance"].value <= 100:
        raise cells.wrong("abundance", "is not in (0, 100] %")
    if bool(cells.text["reference_compound"]) != ("gyromagnetic_ratio_shielded" in measured):
        raise cells.wrong(
            "reference_compound", "must be given with the shielded ratio, and only with it"
        )
    return Row(
        symbol,
        element,
        mass_number,
        spin,
        cells.text["reference_compound"],
        MappingProxyType(measured),
    )


def _spin(cells: _Cells) -> float:
    try:
        doubled = 2 * Fraction(cells.text["spin"])
    except (ValueError, ZeroDivisionError):
        raise cells.wrong("spin", 'is not a spin like "3/2"') from None
    if doubled.denominator != 1 or doubled < 0:
        raise cells.wrong("spin", "is not a multiple of 1/2")
    return float(doubled / 2)


def _measured(cells: _Cells, name: str, spin: float) -> Measured | None:
    """The number with its three companions: all four cells, or none."""
    if not cells.text[name]:
        for part in PARTS[1:]:
            if cells.text[name + part]:
                raise cells.wrong(name + part, "stands beside no value")
        return None
    if spin < _LEAST_SPIN[name]:
        raise cells.wrong(name, f"cannot belong to a spin of {spin}")
    if not cells.text[f"{name}_source"]:
        raise cells.wrong(f"{name}_source", "must name where the value comes from")
    mark = MARKS.get(cells.text[f"{name}_mark"])
    if mark is None:
        raise cells.wrong(f"{name}_mark", f"is none of {', '.join(MARKS)}")
    uncertainty = None
    if cells.text[f"{name}_uncertainty"] != NOT_GIVEN:
        uncertainty = cells.number(f"{name}_uncertainty")
        if uncertainty < 0:
            raise cells.wrong(f"{name}_uncertainty", "is negative")
    return Measured(cells.number(name), uncertainty, cells.text[f"{name}_source"], mark)


_LEAST_SPIN = {
    "magnetic_moment": 0.5,
    "gyromagnetic_ratio_shielded": 0.5,
    "quadrupole_moment": 1.0,
    "abundance": 0.0,
}
