"""One attempt at a data file: its cells under one layout, as numbers."""

import json
from collections.abc import Sequence
from csv import Error
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite, isnan

import numpy as np

from coldspin.arguments import Array
from coldspin.inputs.measurements.cells import (
    Layout,
    MisfitError,
    begins_as_number,
    count,
    find_fault,
    locate_cell,
    number,
    numbers,
)
from coldspin.inputs.measurements.columns import Heading
from coldspin.inputs.measurements.file_lines import Content
from coldspin.inputs.measurements.header import Head, find_head, split_line
from coldspin.wording import shown

# Lines read at once. Most layouts that are wrong fail in the first block.
_FIRST_BLOCK = 64
_BLOCK = 65536


@dataclass(frozen=True, eq=False)
class Reading:
    """Numbers of a file under one layout: rows for lines, columns for headings, NaN where missing.

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
        """Likelihood of a layout that leaves columns of text: most numbers, then the latest fault."""
        latest = max((fault.rank for fault in self.faults.values()), default=())
        return len(self.headings) - len(self.faults), latest


def attempt(content: Content, layout: Layout, given: Sequence[str] | None) -> Reading:
    """Read the file under one layout, every cell a number; MisfitError says where that fails."""
    head, width = _start(content, layout, given, with_text=False)
    start = head.start
    size = _FIRST_BLOCK
    blocks = []
    while start < len(content.lines):
        blocks.append(_block(content, layout, head, width, slice(start, start + size)))
        start += size
        size = _BLOCK
    return Reading(layout, head.headings, np.concatenate(blocks), content.rows[head.start :])


def attempt_with_text(content: Content, layout: Layout, given: Sequence[str] | None) -> Reading:
    """Read the file under one layout; all columns but one may hold text.

    A row between delimiters may end before such a column. MisfitError says where that fails.
    """
    head, width = _start(content, layout, given, with_text=True)
    names = len(head.headings)
    rows = content.rows[head.start :]
    faults: dict[int, MisfitError] = {}
    lines = []
    for row, line in zip(rows, content.bare(head.start), strict=True):
        cells = split_line(layout, line, row)
        if layout.delimiter == " " or len(cells) >= names:
            _check_names(cells, layout, head, row)
            _check_width(cells, max(width, names), head, row, rows[0])
        for column in range(len(cells), names):
            if column not in faults:
                faults[column] = _ragged_row(cells, head, layout, row, column)
        lines.append((cells + [""] * names)[:names])
    values = np.full((len(lines), names), np.nan)
    for column, texts in enumerate(zip(*lines, strict=True)):
        numeric = numbers(texts, layout.decimal)
        if numeric is None:
            bad = next(i for i, text in enumerate(texts) if not _is_number(text, layout))
            faults[column] = _no_number(texts[bad], layout, head, rows[bad], column)
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
        raise MisfitError(
            row,
            f"no numbers follow the header in row {row}",
            "give rows of data",
            cells=len(head.headings),
            weight=3,
        )
    first = content.bare(head.start, head.start + 1)[0]
    return head, len(split_line(layout, first, content.rows[head.start]))


def _block(content: Content, layout: Layout, head: Head, width: int, part: slice) -> Array:
    """Numbers of some lines at once; if that fails, line by line to find the wrong cell."""
    lines = content.bare(part.start, part.stop)
    names = len(head.headings)
    try:
        cells = list(map(layout.split, lines))
    except Error:
        cells = []
    if set(map(len, cells)) == {width} and width >= names:
        named = [line[:names] for line in cells] if width > names else cells
        beyond = [cell for line in cells for cell in line[names:]] if width > names else []
        values = numbers(list(chain.from_iterable(named)), layout.decimal)
        if values is not None and not any(cell.strip() for cell in beyond):
            return values.reshape(-1, names)
    for row, line in zip(content.rows[part], lines, strict=True):
        _check(split_line(layout, line, row), layout, head, width, row, content.rows[head.start])
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
        raise _ragged_row(cells, head, layout, row, len(cells))


def _check_width(cells: list[str], width: int, head: Head, row: int, first_row: int) -> None:
    """Refuse a line that ends in another number of empty cells than the first."""
    if len(cells) != width:
        names = len(head.headings)
        raise MisfitError(
            row,
            f"row {row} has {count(len(cells), 'cell')}, but row {first_row} has {width}",
            "end all rows alike",
            cells=names,
            weight=1,
            column=names,
        )


def _is_number(cell: str, layout: Layout) -> bool:
    """Whether a cell is a finite number, or missing."""
    value = number(cell, layout.decimal)
    return value is not None and (isfinite(value) or isnan(value))


def _no_number(cell: str, layout: Layout, head: Head, row: int, column: int) -> MisfitError:
    where = locate_cell(row, column, head.headings[column].name)
    rule, remedy = find_fault(cell, layout.decimal)
    return MisfitError(
        row,
        f"{shown(cell.strip())} in {where} {rule}",
        remedy,
        cells=len(head.headings),
        weight=1,
        column=column,
    )


def _ragged_row(cells: list[str], head: Head, layout: Layout, row: int, column: int) -> MisfitError:
    expected = len(head.headings)
    if not any(map(begins_as_number, cells)):
        remedy = "write # before the row if it is a comment"
    elif layout.delimiter == " ":
        remedy = "mark missing cells by NaN, and put names with spaces in quotes"
    elif layout.delimiter == "," and len(cells) > expected:
        remedy = "set cells apart by semicolons if commas mark decimals"
    else:
        mark = json.dumps(layout.delimiter)
        remedy = f"use the delimiter {mark} in every row, and leave missing cells empty"
    widths = f"row {row} has {count(len(cells), 'cell')}"
    rule = f"{widths}, but {head.source} has {count(expected, 'name')}"
    return MisfitError(row, rule, remedy, cells=expected, column=column)
