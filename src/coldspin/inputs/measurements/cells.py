"""Cells of a line: how a layout cuts them apart, and their values as numbers."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, isinf, nan

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError

DELIMITERS = ("\t", ";", ",", " ")
DECIMALS = (".", ",")
MISSING = frozenset({"", "nan", "na", "n/a", "-", "--"})

_QUOTED_WORDS = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"(?=[ \t]|$)|([^" \t][^ \t]*))')
_EXPONENT = r"(?:[eEdD][-+]?[0-9]+)?"
_NUMBER = {
    ".": re.compile(rf"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++){_EXPONENT}"),
    ",": re.compile(rf"[-+]?(?:[0-9]++(?:,[0-9]++)?|,[0-9]++){_EXPONENT}"),
}
# Among these characters float() accepts numbers alone.
_PLAIN = {mark: re.compile(rf"[0-9\-+{mark}eE \t\n]*+") for mark in ".,"}
_COMMA_AT_END = re.compile(r",(?![0-9])")
_TO_FLOAT = str.maketrans(",dD", ".ee")
_INFINITE = re.compile(r"[-+−]?(?:inf|infinity|∞)", re.IGNORECASE)
_BEGINS_AS_NUMBER = re.compile(r"[<>≤≥~≈±]?\s*[-+−]?[.,]?[0-9]")
_LIMIT = re.compile(r"[<>≤≥~≈].*")
_THOUSANDS = re.compile(
    r"[-+−]?[1-9][0-9]{0,2}(?:([,.' \u00a0\u2009\u202f’])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?"
)
_COULD_BE_THOUSANDS = re.compile(r"[-+−]?[1-9][0-9]{0,2},[0-9]{3}")
_WITH_UNIT = re.compile(r"[-+−]?[0-9.,]+(?:[eE][-+]?[0-9]+)?\s*[^\W\d_]\D*")


def number(cell: str, decimal: str) -> float | None:
    """Value of one cell: NaN if missing, None if no number, an infinity if too large."""
    text = cell.strip()
    if text.lower() in MISSING:
        return nan
    if _INFINITE.fullmatch(text):
        return inf
    text = text.replace("−", "-")
    return float(text.translate(_TO_FLOAT)) if _NUMBER[decimal].fullmatch(text) else None


def numbers(cells: Sequence[str], decimal: str) -> Array | None:
    """Values of many cells, NaN for missing ones; None if one is not a finite number."""
    joined = "\n".join(cells)
    if _PLAIN[decimal].fullmatch(joined) and not (decimal == "," and _COMMA_AT_END.search(joined)):
        try:
            pointed = cells if decimal == "." else joined.replace(",", ".").split("\n")
            values = np.fromiter(map(float, pointed), np.float64, len(cells))
        except ValueError:
            pass
        else:
            return values if bool(np.isfinite(values).all()) else None
    slow = [number(cell, decimal) for cell in cells]
    if any(value is None or isinf(value) for value in slow):
        return None
    return np.array(slow, dtype=np.float64)


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return cell.strip().lower() in MISSING


def begins_as_number(cell: str) -> bool:
    """Whether a cell is a number, or one with something else before or behind it."""
    return _BEGINS_AS_NUMBER.match(cell.strip()) is not None


def could_be_thousands(cell: str) -> bool:
    """Whether the comma of a cell could stand for thousands as well as for decimals."""
    return _COULD_BE_THOUSANDS.fullmatch(cell.strip()) is not None


def find_fault(cell: str, decimal: str) -> tuple[str, str]:
    """Rule that a cell breaks which is not a finite number, and the remedy."""
    text = cell.strip()
    other = "," if decimal == "." else "."
    if number(text, decimal) is not None:
        return "is not finite", "leave the cell empty if nothing was measured"
    if _NUMBER[other].fullmatch(text) and not could_be_thousands(text):
        name = {".": "point", ",": "comma"}[decimal]
        return (
            f"is not a number with a decimal {name}",
            "write all numbers with the same decimal mark",
        )
    if _THOUSANDS.fullmatch(text):
        return "has a separator of thousands", "remove all such separators"
    if _LIMIT.fullmatch(text):
        return "is a limit and not a number", "leave the cell empty"
    if _WITH_UNIT.fullmatch(text):
        return "is not a number", "write numbers alone and their unit in the header"
    return "is not a number", "correct it, or leave the cell empty if nothing was measured"


class MisfitError(Exception):
    """The end of one attempt: the problem, and how far the attempt came.

    Of all attempts that fail, that with the largest `rank` is reported: it cuts lines into cells,
    comes far down the file, has something definite against it (`weight`), and comes far in the row.
    """

    def __init__(
        self,
        row: int,
        rule: str,
        remedy: str = "",
        *,
        cells: int = 0,
        weight: int = 0,
        column: int = 0,
    ) -> None:
        super().__init__(rule)
        self.problem = InvalidInputError(rule, remedy=remedy)
        self.rank = (cells > 1, row, weight, column)


def locate_cell(row: int, column: int, name: str = "") -> str:
    """Where a cell stands, its column counted from 0."""
    return f"row {row}, column {column + 1}" + (f" ({name})" if name else "")


def count(number: int, word: str) -> str:
    """A number with its word, in the plural as needed."""
    return f"{number} {word}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Layout:
    """A delimiter, of which a space means runs of white space, and a mark of decimals."""

    delimiter: str
    decimal: str

    def split(self, line: str) -> list[str]:
        """Cells of a line; csv.Error for quotes that do not close."""
        if '"' in line:
            return self._split_quoted(line)
        if self.delimiter != " ":
            return line.split(self.delimiter)
        return line.split() if line.isascii() else re.split(r"[ \t]+", line.strip(" \t"))

    def split_names(self, line: str) -> list[str]:
        """Cells of a header; between spaces, a unit in brackets belongs to the name before it."""
        cells = [cell.strip() for cell in self.split(line)]
        if self.delimiter != " ":
            return cells
        groups: list[list[str]] = []
        depth = 0
        for cell in cells:
            if groups and (depth > 0 or cell.startswith(("(", "["))):
                groups[-1].append(cell)
            else:
                groups.append([cell])
                depth = 0
            depth += sum(map(cell.count, "([")) - sum(map(cell.count, ")]"))
        return list(map(" ".join, groups))

    def _split_quoted(self, line: str) -> list[str]:
        if self.delimiter != " ":
            return next(
                csv.reader([line], delimiter=self.delimiter, skipinitialspace=True, strict=True)
            )
        cells = []
        end = 0
        while match := _QUOTED_WORDS.match(line, end):
            cells.append(match[2] if match[1] is None else match[1].replace('""', '"'))
            end = match.end()
        if line[end:].strip():
            raise csv.Error
        return cells


def list_layouts(delimiter: str | None, decimal: str | None) -> list[Layout]:
    """Every layout that the options leave open."""
    for name, mark, known in (
        ("delimiter", delimiter, DELIMITERS),
        ("decimal", decimal, DECIMALS),
    ):
        if mark is not None and mark not in known:
            raise InvalidInputError(
                f"must be one of {', '.join(map(json.dumps, known))}", parameter=name, value=mark
            )
    choice = product((delimiter,) if delimiter else DELIMITERS, (decimal,) if decimal else DECIMALS)
    return [Layout(*marks) for marks in choice]
