"""The table data/isotopes.csv, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from coldspin.materials.csv_cells import MARKS, Row, read_rows
from coldspin.materials.records import Mark

PROPERTIES = ("magnetic_moment", "gyromagnetic_ratio_shielded", "quadrupole_moment", "abundance")
PARTS = ("", "_uncertainty", "_source", "_mark")
COLUMNS = [
    "symbol",
    "Z",
    "A",
    "spin",
    "reference_compound",
    *(name + part for name in PROPERTIES for part in PARTS),
]
NOT_GIVEN = "not given"
_LEAST_SPIN = {
    "magnetic_moment": 0.5,
    "gyromagnetic_ratio_shielded": 0.5,
    "quadrupole_moment": 1.0,
    "abundance": 0.0,
}


@dataclass(frozen=True)
class Measured:
    """A number in the unit of its column, its standard deviation if given, source and mark."""

    value: float
    uncertainty: float | None
    source: str
    mark: Mark


@dataclass(frozen=True)
class Nucleus:
    """One isotope; `measured` holds the properties that are known."""

    symbol: str
    element: str
    mass_number: int
    spin: float
    reference_compound: str
    measured: Mapping[str, Measured]


def read_table(path: Path) -> Mapping[str, Nucleus]:
    """Isotopes by symbol, in the order of the file.

    InvalidInputError names the first cell that is wrong.
    """
    nuclei: dict[str, Nucleus] = {}
    for row in read_rows(path, COLUMNS):
        nucleus = _read_nucleus(row)
        if nucleus.symbol in nuclei:
            raise row.wrong("symbol", "stands in the table twice")
        nuclei[nucleus.symbol] = nucleus
    return MappingProxyType(nuclei)


def _read_nucleus(row: Row) -> Nucleus:
    for column in ("A", "Z"):
        text = row[column]
        if not (text.isascii() and text.isdigit() and int(text)):
            raise row.wrong(column, "is not a whole number above 0")
    mass_number = int(row["A"])
    symbol = row["symbol"]
    element = symbol.removeprefix(str(mass_number))
    if element == symbol or not element.isalpha():
        raise row.wrong("symbol", f"is not the mass number {mass_number} and an element")
    if int(row["Z"]) > mass_number:
        raise row.wrong("Z", f"is more protons than the {mass_number} nucleons")
    try:
        doubled = 2 * Fraction(row["spin"])
    except (ValueError, ZeroDivisionError):
        raise row.wrong("spin", 'is not a spin like "3/2"') from None
    if doubled.denominator != 1 or doubled < 0:
        raise row.wrong("spin", "is not a multiple of 1/2")
    spin = float(doubled / 2)
    measured = {}
    for name in PROPERTIES:
        value = _read_measured(row, name, spin)
        if value is not None:
            measured[name] = value
    if "abundance" not in measured or not 0 < measured["abundance"].value <= 100:
        raise row.wrong("abundance", "is not in (0, 100] %")
    compound = row["reference_compound"]
    if bool(compound) != ("gyromagnetic_ratio_shielded" in measured):
        raise row.wrong(
            "reference_compound", "must be given with the shielded ratio, and only with it"
        )
    return Nucleus(symbol, element, mass_number, spin, compound, MappingProxyType(measured))


def _read_measured(row: Row, name: str, spin: float) -> Measured | None:
    """The number with its three companions: all four cells, or none."""
    if not row[name]:
        for part in PARTS[1:]:
            if row[name + part]:
                raise row.wrong(name + part, "stands beside no value")
        return None
    if spin < _LEAST_SPIN[name]:
        raise row.wrong(name, f"cannot belong to a spin of {spin}")
    if not row[f"{name}_source"]:
        raise row.wrong(f"{name}_source", "must name where the value comes from")
    mark = MARKS[row.one_of(f"{name}_mark", MARKS)]
    uncertainty = None
    if row[f"{name}_uncertainty"] != NOT_GIVEN:
        uncertainty = row.number(f"{name}_uncertainty")
        if uncertainty < 0:
            raise row.wrong(f"{name}_uncertainty", "is negative")
    return Measured(row.number(name), uncertainty, row[f"{name}_source"], mark)
