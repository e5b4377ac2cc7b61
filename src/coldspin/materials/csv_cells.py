"""Strict reading of the CSV tables in data/: a bad cell raises with file, line and column."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from coldspin.exceptions import InvalidInputError
from coldspin.materials.records import Mark

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

    def number(self, column: str) -> float:
        """Return the finite number of a cell."""
        try:
            value = float(self[column])
        except ValueError:
            raise self.wrong(column, "is not a number") from None
        if not isfinite(value):
            raise self.wrong(column, "is not finite")
        return value

    def wrong(self, column: str, rule: str) -> InvalidInputError:
        """Error that names the cell."""
        return InvalidInputError(
            f"{self[column]!r} {rule}",
            value=self[column],
            shown="",
            place=f"{self.path.name}, line {self.line}, column {column}",
        )


def read_rows(path: Path, columns: Collection[str]) -> Iterator[Row]:
    """Rows of a table with these columns, in the order of the file; lines with # are comments."""
    header: list[str] | None = None
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("#"):
            continue
        cells = next(csv.reader([text], strict=True), [])
        place = f"{path.name}, line {line}"
        if header is None:
            header = cells
            if sorted(header) != sorted(columns):
                raise InvalidInputError(f"the columns must be {', '.join(columns)}", place=place)
        elif len(cells) != len(header):
            raise InvalidInputError(f"{len(cells)} cells under {len(header)} columns", place=place)
        else:
            yield Row(path, line, dict(zip(header, cells, strict=True)))
