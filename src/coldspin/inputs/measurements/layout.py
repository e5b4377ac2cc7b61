"""How the cells of a line are set apart, and the mark of decimals."""

import csv
import json
import re
from dataclasses import dataclass
from itertools import product

from coldspin.exceptions import InvalidInputError

DELIMITERS = ("\t", ";", ",", " ")
DECIMALS = (".", ",")

_QUOTED_WORDS = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"(?=[ \t]|$)|([^" \t][^ \t]*))')


class MisfitError(Exception):
    """The end of one attempt: what is wrong in which row, and how much the layout speaks for itself even so.

    Of all attempts that fail, that with the largest `rank` has most to say: it sets cells apart,
    comes far down the file, has something definite against it (`weight`), and comes far in the row.
    """

    def __init__(
        self, row: int, sentence: str, *, cells: int = 0, weight: int = 0, column: int = 0
    ) -> None:
        super().__init__(sentence)
        self.rank = (cells > 1, row, weight, column)


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
            depth += _opened_brackets(cell)
        return list(map(" ".join, groups))

    def _split_quoted(self, line: str) -> list[str]:
        if self.delimiter != " ":
            return next(
                csv.reader([line], delimiter=self.delimiter, skipinitialspace=True, strict=True)
            )
        cells, end = [], 0
        while match := _QUOTED_WORDS.match(line, end):
            cells.append(match[2] if match[1] is None else match[1].replace('""', '"'))
            end = match.end()
        if line[end:].strip():
            raise csv.Error
        return cells


def layouts(delimiter: str | None, decimal: str | None) -> list[Layout]:
    """Every layout that the options leave open."""
    _check("delimiter", delimiter, DELIMITERS)
    _check("decimal", decimal, DECIMALS)
    choice = product((delimiter,) if delimiter else DELIMITERS, (decimal,) if decimal else DECIMALS)
    return [Layout(*marks) for marks in choice]


def option(mark: str) -> str:
    """A delimiter or a decimal mark as it is written in a file of options or in Python."""
    return json.dumps(mark)


def _check(name: str, mark: str | None, known: tuple[str, ...]) -> None:
    if mark is not None and mark not in known:
        raise InvalidInputError(
            f"must be one of {', '.join(map(option, known))}", parameter=name, value=mark
        )


def _opened_brackets(text: str) -> int:
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))
