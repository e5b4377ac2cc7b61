"""One attempt at a file: its cells under one layout, as numbers."""

from collections.abc import Sequence
from csv import Error
from dataclasses import dataclass
from itertools import chain
from math import isfinite, isnan

import numpy as np

from coldspin.arguments import Array
from coldspin.measurements.cells import begins_as_number, fault, number, numbers
from coldspin.measurements.headings import Heading, counted, place
from coldspin.measurements.heads import Head, find_head
from coldspin.measurements.layout import Layout, MisfitError, option
from coldspin.measurements.names import split
from coldspin.measurements.text import Content
from coldspin.toml_files import shown

_FIRST_BLOCK, _BLOCK = 64, 65536  # most layouts that are wrong fail in the first


@dataclass(frozen=True, eq=False)
class Reading:
    """Numbers of a file under one layout: a row per line of data, a column per heading, NaN where missing."""

    layout: Layout
    headings: list[Heading]
    values: Array
    rows: list[int]

    def same_numbers(self, other: "Reading") -> bool:
        """Whether another layout gives the same numbers."""
        return np.array_equal(self.values, other.values, equal_nan=True)


def attempt(content: Content, layout: Layout, given: Sequence[str] | None) -> Reading:
    """Read the file under one layout; MisfitError says where it stops."""
    head = find_head(content, layout, given)
    if head.start == len(content.lines):
        row = content.rows[0]
        sentence = f"no numbers follow the header in row {row}; give rows of data"
        raise MisfitError(row, sentence, cells=len(head.headings), weight=3)
    start, size, blocks = head.start, _FIRST_BLOCK, []
    width = len(split(layout, content.bare(start, start + 1)[0], content.rows[start]))
    while start < len(content.lines):
        blocks.append(_block(content, layout, head, width, slice(start, start + size)))
        start, size = start + size, _BLOCK
    return Reading(layout, head.headings, np.concatenate(blocks), content.rows[head.start :])


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


def _check(cells: list[str], layout: Layout, head: Head, width: int, row: int, first_row: int) -> None:
    """Raise MisfitError for the first fault of a line."""
    names = len(head.headings)
    beyond = next((i for i, cell in enumerate(cells) if i >= names and cell.strip()), None)
    if len(cells) < names or beyond is not None:
        raise MisfitError(row, _ragged(cells, head, layout, row), cells=names, column=len(cells))
    for column, cell in enumerate(cells[:names]):
        value = number(cell, layout.decimal)
        if value is None or not (isfinite(value) or isnan(value)):
            where = place(row, column, head.headings[column].name)
            sentence = f"{shown(cell.strip())} in {where} {fault(cell, layout.decimal)}"
            raise MisfitError(row, sentence, cells=names, weight=1, column=column)
    if len(cells) != width:
        sentence = f"row {row} has {counted(len(cells), 'cell')}, but row {first_row} has {width}; end all rows alike"
        raise MisfitError(row, sentence, cells=names, weight=1, column=names)


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
