"""Headings of a data file: in its header, a row of units below, or a comment above the data."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from coldspin.inputs.measurements.cells import (
    Layout,
    MisfitError,
    begins_as_number,
    count,
    is_missing,
    locate_cell,
    number,
)
from coldspin.inputs.measurements.columns import Heading, is_unit, plain_unit, read_heading
from coldspin.inputs.measurements.file_lines import Content, strip_marks
from coldspin.wording import shown

_EXAMPLE = 'columns = ["B (mT)", "T1 (s)"]'


class Head(NamedTuple):
    """Headings, the line at which the data start, and what gave the headings."""

    headings: list[Heading]
    start: int
    source: str


def find_head(
    content: Content, layout: Layout, given: Sequence[str] | None, *, with_text: bool
) -> Head:
    """Headings of the file, or those `given`.

    They stand in a header, with a row of units below it or not, or in a comment above the data.
    `with_text`: cells of the data may be text. Raises MisfitError if there are none, or if they are
    not clear.
    """
    row = content.rows[0]
    if is_data(split_line(layout, content.bare(0, 1)[0], row), layout, with_text=with_text):
        if given is not None:
            return Head(list(map(read_heading, given)), 0, "columns")
        return _find_comment(content, layout)
    cells = split_header(layout, content.lines[0], row)
    if given is not None and len(cells) != len(given):
        raise MisfitError(
            row,
            f"row {row} has {count(len(cells), 'name')}, but columns has {len(given)}",
            "give one for each",
            cells=len(cells),
            weight=1,
        )
    if given is None:
        headings = list(map(read_heading, cells))
        source = f"the header in row {row}"
        _refuse_percent_signs(content, layout, len(headings))
    else:
        headings = [Heading(cell, "") for cell in cells]
        source = "columns"
    with_units = _read_row_of_units(content, layout, headings, with_text=with_text)
    start = 1
    if with_units is not None:
        headings = with_units
        start = 2
        # Rows of remarks below the units, in which nothing is a number, are left out.
        while with_text and start < len(content.lines):
            line = content.bare(start, start + 1)[0]
            if is_data(split_line(layout, line, content.rows[start]), layout, with_text=True):
                break
            start += 1
    if given is not None:
        headings = list(map(read_heading, given))
    return Head(headings, start, source)


def _find_comment(content: Content, layout: Layout) -> Head:
    """Headings in the last comment above the data, if it has a name for each cell."""
    row = content.rows[0]
    first = split_line(layout, content.bare(0, 1)[0], row)
    width = len(strip_empty_end(first))
    above = [comment for comment in content.comments if comment[0] < row]
    if above:
        at, comment = above[-1]
        try:
            cells = split_header(layout, strip_marks(comment), at)
        except MisfitError:
            cells = []
        if cells and width <= len(cells) <= len(first):
            return Head(list(map(read_heading, cells)), 0, f"the comment in row {at}")
    raise MisfitError(
        row,
        f"row {row} holds numbers and no header stands above it",
        f"give one, as in {_EXAMPLE}",
        cells=width,
        weight=3,
    )


def _read_row_of_units(
    content: Content, layout: Layout, headings: list[Heading], *, with_text: bool
) -> list[Heading] | None:
    """Headings with the units of the row below them, None if that row holds data."""
    if len(content.lines) < 2:
        return None
    row = content.rows[1]
    cells = [cell.strip() for cell in split_line(layout, content.bare(1, 2)[0], row)]
    if is_data(cells, layout, with_text=with_text):
        return None
    units = [plain_unit(cell) for cell in strip_empty_end(cells)]
    wrong = next((i for i, unit in enumerate(units) if unit and not is_unit(unit)), None)
    if wrong is None and len(units) <= len(headings):
        units += [""] * (len(headings) - len(units))
        for column, (heading, unit) in enumerate(zip(headings, units, strict=True)):
            if unit and heading.unit and unit != heading.unit:
                where = locate_cell(row, column, heading.name)
                raise MisfitError(
                    row,
                    f"{where} has the unit {unit!r}, but the header {heading.unit!r}",
                    "keep one of them",
                    cells=column + 1,
                    weight=3,
                )
        return [
            Heading(heading.name, heading.unit or unit)
            for heading, unit in zip(headings, units, strict=True)
        ]
    if wrong is None or any(map(begins_as_number, cells)):
        return None
    name = headings[wrong].name if wrong < len(headings) else ""
    raise MisfitError(
        row,
        f"{shown(cells[wrong])} in {locate_cell(row, wrong, name)} is neither a number nor a unit",
        "write # before rows of comments, or leave them out by skip_rows",
        cells=len(headings),
        weight=int(len(cells) == len(headings)),
        column=wrong,
    )


def _refuse_percent_signs(content: Content, layout: Layout, width: int) -> None:
    """Ask about a comment that may be a row of units of which the first is %."""
    first = content.rows[0]
    second = content.rows[1] if len(content.rows) > 1 else 0
    for row, comment in content.comments:
        if first < row < second and '"' not in comment:
            cells = list(map(plain_unit, split_line(layout, comment, row)))
            if len(cells) == width and all(is_unit(cell) for cell in cells if cell):
                raise MisfitError(
                    row,
                    f"row {row} may be a comment or a row of units",
                    "write # before a comment, or [%] for the unit",
                    cells=width,
                    weight=3,
                )


def split_header(layout: Layout, line: str, row: int) -> list[str]:
    """Cells of a header; MisfitError if some are numbers, or all begin as numbers do."""
    split_line(layout, line, row)
    cells = strip_empty_end(layout.split_names(line))
    if all(is_missing(cell) or begins_as_number(cell) for cell in cells):
        column = next(
            (i for i, cell in enumerate(cells) if number(cell, layout.decimal) is None), 0
        )
        cell = shown(cells[column] if cells else "")
        raise MisfitError(
            row,
            f"{cell} in {locate_cell(row, column)} begins as a number, but is neither a number nor "
            f"a name",
            f"correct it, or leave the row out by skip_rows = {row}",
            cells=len(cells),
            weight=1,
            column=column,
        )
    for column, cell in enumerate(cells):
        if not is_missing(cell) and number(cell, layout.decimal) is not None:
            raise MisfitError(
                row,
                f"row {row} mixes names and numbers ({shown(cell)} in column {column + 1})",
                f"correct it, or leave it out by skip_rows = {row} and give {_EXAMPLE}",
                cells=len(cells),
                weight=1,
            )
    _refuse_other_delimiters(layout, cells, line, row)
    return cells


def _refuse_other_delimiters(layout: Layout, cells: list[str], line: str, row: int) -> None:
    """Refuse delimiters at the end of a name, or in the only name; `B, mT` may be one name."""
    other = layout.delimiter == " " and any(cell.strip(",;") != cell for cell in cells)
    if len(cells) == 1 and '"' not in line and any(mark in cells[0] for mark in ",;\t"):
        name, unit = read_heading(cells[0])
        other = not unit or cells[0] != f"{name}, {unit}"
    if other:
        raise MisfitError(
            row,
            f"row {row} has delimiters that set no names apart",
            "use one delimiter in the whole file",
        )


def split_line(layout: Layout, line: str, row: int) -> list[str]:
    """Cells of a line; MisfitError for quotes that do not close."""
    try:
        return layout.split(line)
    except csv.Error:
        raise MisfitError(
            row, f"row {row} has a quote that does not enclose one whole cell", "correct it"
        ) from None


def is_data(cells: list[str], layout: Layout, *, with_text: bool) -> bool:
    """Whether every cell is a number or missing; `with_text`: whether any cell is a number."""
    if with_text:
        return any(
            not is_missing(cell) and number(cell, layout.decimal) is not None for cell in cells
        )
    return all(number(cell, layout.decimal) is not None for cell in cells)


def strip_empty_end(cells: list[str]) -> list[str]:
    """Cells up to the last that is not empty: instruments end their rows with delimiters."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=-1)
    return cells[: last + 1]
