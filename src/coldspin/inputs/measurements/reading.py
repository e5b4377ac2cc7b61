"""One attempt at a file: its cells under one layout, as numbers."""

from collections.abc import Sequence
from csv import Error
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite, isnan

import numpy as np

from coldspin.arguments import Array
from coldspin.inputs.measurements.cells import begins_as_number, fault, number, numbers
from coldspin.inputs.measurements.headings import Heading, counted, place
from coldspin.inputs.measurements.heads import Head, find_head
from coldspin.inputs.measurements.layout import Layout, MisfitError, option
from coldspin.inputs.measurements.names import split
from coldspin.inputs.measurements.text import Content
from coldspin.wording import shown

_FIRST_BLOCK, _BLOCK = 64, 65536  # most layouts that are wrong fail in the first


@dataclass(frozen=True, eq=False)
class Reading:
    """Numbers of a file under one layout: a row per line of data, a column per heading, NaN where missing.

    `faults` has, by the number of a column that holds text, the first cell that is no number; its
    values are NaN.
    """

    layout: Layout
    headings: list[Heading]
    values: Array
    rows: list[int]
    faults: dict[int, MisfitError] = field(default_factory=dict)

    def same_numbers(self, other: "Reading") -> bool:
        """Whether another layout gives the same numbers."""
        return np.array_equal(self.values, other.values, equal_nan=True)

    def agrees(self, other: "Reading") -> bool:
        """Whether another layout gives the same numbers in the columns that are numbers in both."""
        if self.values.shape != other.values.shape:
            return False
        both = [
            i for i in range(len(self.headings)) if i not in self.faults and i not in other.faults
        ]
        return np.array_equal(self.values[:, both], other.values[:, both], equal_nan=True)

    @property
    def merit(self) -> tuple[int, tuple[int, ...]]:
        """Of several layouts that leave columns of text, the largest is the likeliest: most numbers, latest fault."""
        return len(self.headings) - len(self.faults), max(
            (fault.rank for fault in self.faults.values()), default=()
        )


def attempt(content: Content, layout: Layout, given: Sequence[str] | None) -> Reading:
    """Read the file under one layout, every cell a number; MisfitError says where it stops."""
    head, width = _start(content, layout, given, with_text=False)
    start, size, blocks = head.start, _FIRST_BLOCK, []
    while start < len(content.lines):
        blocks.append(_block(content, layout, head, width, slice(start, start + size)))
        start, size = start + size, _BLOCK
    return Reading(layout, head.headings, np.concatenate(blocks), content.rows[head.start :])


def attempt_with_text(content: Content, layout: Layout, given: Sequence[str] | None) -> Reading:
    """Read the file under one layout, in which columns may hold text, but for one; MisfitError where it stops.

    A row between delimiters may end before such a column.
    """
    head, width = _start(content, layout, given, with_text=True)
    names, rows = len(head.headings), content.rows[head.start :]
    faults: dict[int, MisfitError] = {}
    lines = []
    for row, line in zip(rows, content.bare(head.start), strict=True):
        cells = split(layout, line, row)
        if layout.delimiter == " " or len(cells) >= names:
            _check_names(cells, layout, head, row)
            _check_width(cells, max(width, names), head, row, rows[0])
        for column in range(len(cells), names):
            faults.setdefault(
                column,
                MisfitError(row, _ragged(cells, head, layout, row), cells=names, column=column),
            )
        lines.append((cells + [""] * names)[:names])
    values = np.full((len(lines), names), np.nan)
    for column, read in enumerate(zip(*lines, strict=True)):
        numeric = numbers(read, layout.decimal)
        if numeric is None:
            row, cell = next(
                (r, c) for r, c in zip(rows, read, strict=True) if not _is_number(c, layout)
            )
            faults[column] = _no_number(cell, layout, head, row, column)
        elif column not in faults:
            values[:, column] = numeric
    if not np.isfinite(values).any():
        raise max(faults.values(), key=lambda fault: fault.rank)
    return Reading(layout, head.headings, values, rows, faults)


def _start(
    content: Content, layout: Layout, given: Sequence[str] | None, *, with_text: bool
) -> tuple[Head, int]:
    """Headings, and how many cells the first row of data has."""
    head = find_head(content, layout, given, with_text=with_text)
    if head.start == len(content.lines):
        row = content.rows[0]
        sentence = f"no numbers follow the header in row {row}; give rows of data"
        raise MisfitError(row, sentence, cells=len(head.headings), weight=3)
    first = content.bare(head.start, head.start + 1)[0]
    return head, len(split(layout, first, content.rows[head.start]))


def _block(content: Content, layout: Layout, head: Head, width: int, part: slice) -> Array:
    """Numbers of some lines at once; only if that fails, line by line to find the cell that is wrong."""
    lines, names = content.bare(part.start, part.stop), len(head.headings)
    try:
        cells = list(map(layout.split, lines))
    except Error:
        cells = []
    if set(map(len, cells)) == {width} and width >= names:
        kept = [line[:names] for line in cells] if width > names else cells
        empty = width == names or not any(cell.strip() for line in cells for cell in line[names:])
        values = numbers(list(chain.from_iterable(kept)), layout.decimal)
        if empty and values is not None:
            return values.reshape(-1, names)
    for row, line in zip(content.rows[part], lines, strict=True):
        _check(split(layout, line, row), layout, head, width, row, content.rows[head.start])
    raise AssertionError("the quick and the careful route disagree")


def _check(
    cells: list[str], layout: Layout, head: Head, width: int, row: int, first_row: int
) -> None:
    """Raise MisfitError for the first fault of a line."""
    names = len(head.headings)
    _check_names(cells, layout, head, row)
    for column, cell in enumerate(cells[:names]):
        if not _is_number(cell, layout):
            raise _no_number(cell, layout, head, row, column)
    _check_width(cells, width, head, row, first_row)


def _check_names(cells: list[str], layout: Layout, head: Head, row: int) -> None:
    """Refuse a line with fewer cells than names, or with text beyond them."""
    names = len(head.headings)
    beyond = next((i for i, cell in enumerate(cells) if i >= names and cell.strip()), None)
    if len(cells) < names or beyond is not None:
        raise MisfitError(row, _ragged(cells, head, layout, row), cells=names, column=len(cells))


def _check_width(cells: list[str], width: int, head: Head, row: int, first_row: int) -> None:
    """Refuse a line that ends in another number of empty cells than the first."""
    if len(cells) != width:
        names = len(head.headings)
        sentence = f"row {row} has {counted(len(cells), 'cell')}, but row {first_row} has {width}; end all rows alike"
        raise MisfitError(row, sentence, cells=names, weight=1, column=names)


def _is_number(cell: str, layout: Layout) -> bool:
    """Whether a cell is a finite number, or missing."""
    value = number(cell, layout.decimal)
    return value is not None and (isfinite(value) or isnan(value))


def _no_number(cell: str, layout: Layout, head: Head, row: int, column: int) -> MisfitError:
    where = place(row, column, head.headings[column].name)
    sentence = f"{shown(cell.strip())} in {where} {fault(cell, layout.decimal)}"
    return MisfitError(row, sentence, cells=len(head.headings), weight=1, column=column)


def _ragged(cells: list[str], head: Head, layout: Layout, row: int) -> str:
    expected = len(head.headings)
    if not any(map(begins_as_number, cells)):
        advice = "write # before the row if it is a comment"
    elif layout.delimiter == " ":
        advice = "mark missing cells by NaN, and put names with spaces in quotes"
    elif layout.delimiter == "," and len(cells) > expected:
        advice = "set cells apart by semicolons if commas mark decimals"
    else:
        advice = f"use the delimiter {option(layout.delimiter)} in every row, and leave missing cells empty"
    return f"row {row} has {counted(len(cells), 'cell')}, but {head.source} has {counted(expected, 'name')}; {advice}"
