"""Strict reading of the tables in data/ that describe materials: a bad cell raises with file, line and column."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path

from coldspin.exceptions import InvalidInputError
from coldspin.materials.records import Fact, Mark

FOLDER = Path(__file__).with_name("data")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "crystals": ("material", "structure", "sites", "lattice_constant", "mark", "source", "note"),
    "hyperfine": ("material", "carrier", "isotope", "value", "use", "mark", "source", "note"),
    "carriers": ("material", "carrier", "g_factor", "mark", "source", "note"),
    "couplings": ("material", "isotope", "partner", "kind", "value", "mark", "source", "note"),
    "facts": ("material", "what", "value", "unit", "mark", "source", "note"),
}
MARKS: Mapping[str, Mark] = {"S": "S", "D": "D", "R": "R"}


@dataclass(frozen=True)
class Row:
    """One line of a table, by column."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def one_of(self, column: str, allowed: Collection[str]) -> str:
        """Return the text of a cell that must be one of a few words."""
        if self[column] not in allowed:
            raise self.wrong(column, f"is none of {', '.join(allowed)}")
        return self[column]

    def wrong(self, column: str, why: str) -> InvalidInputError:
        """Error that names the cell."""
        return InvalidInputError(
            f"{self.path.name}, line {self.line}, column {column}: {self[column]!r} {why}"
        )

    def fact(self, what: str, column: str, unit: float = 1.0) -> Fact:
        """Return the number of a cell times its unit, with mark, source and note; None for an empty cell."""
        mark = MARKS[self.one_of("mark", MARKS)]
        if not self["source"]:
            raise self.wrong("source", "must name where the value comes from")
        text = self[column]
        if mark == "R" and not text:
            mark = "none"
        unverified = ["unverified"] if mark == "R" else []
        note = "; ".join([*unverified, *([self["note"]] if self["note"] else [])])
        return Fact(what, self._number(column) * unit if text else None, mark, self["source"], note)

    def _number(self, column: str) -> float:
        try:
            value = float(self[column])
        except ValueError:
            raise self.wrong(column, "is not a number") from None
        if not isfinite(value):
            raise self.wrong(column, "is not finite")
        return value


def read_table(name: str, folder: Path = FOLDER) -> tuple[Row, ...]:
    """Rows of one of the tables of :data:`COLUMNS`, in the order of the file."""
    return tuple(_rows(folder / f"{name}.csv", COLUMNS[name]))


@cache
def rows_of(name: str, material: str) -> tuple[Row, ...]:
    """Rows of a table that belong to one material."""
    return tuple(row for row in _table(name) if row["material"] == material)


@cache
def names() -> tuple[str, ...]:
    """Every material that has a crystal, in the order of the table."""
    return tuple(row["material"] for row in _table("crystals"))


@cache
def _table(name: str) -> tuple[Row, ...]:
    return read_table(name)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    header: list[str] | None = None
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("#"):
            continue
        cells = next(csv.reader([text], strict=True), [])
        if header is None:
            header = cells
            if tuple(header) != columns:
                raise InvalidInputError(
                    f"{path.name}, line {line}: the columns must be {', '.join(columns)}"
                )
        elif len(cells) != len(header):
            raise InvalidInputError(
                f"{path.name}, line {line}: {len(cells)} cells under {len(header)} columns"
            )
        else:
            yield Row(path, line, dict(zip(header, cells, strict=True)))
