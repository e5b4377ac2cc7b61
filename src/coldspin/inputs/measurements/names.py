"""The cells of a header, and what is not one."""

import csv

from coldspin.inputs.measurements.cells import begins_as_number, is_missing, number
from coldspin.inputs.measurements.headings import heading, place
from coldspin.inputs.measurements.layout import Layout, MisfitError
from coldspin.wording import shown

ASK = 'columns = ["B (mT)", "T1 (s)"]'


def names_of(layout: Layout, line: str, row: int) -> list[str]:
    """Cells of a header; MisfitError if some are numbers, or all begin as numbers do."""
    split(layout, line, row)
    cells = without_empty_end(layout.split_names(line))
    if all(is_missing(cell) or begins_as_number(cell) for cell in cells):
        column = next(
            (i for i, cell in enumerate(cells) if number(cell, layout.decimal) is None), 0
        )
        sentence = (
            f"{shown(cells[column] if cells else '')} in {place(row, column)} begins as a number, "
            f"but is neither a "
            f"number nor a name; correct it, or leave the row out by skip_rows = {row}"
        )
        raise MisfitError(row, sentence, cells=len(cells), weight=1, column=column)
    for column, cell in enumerate(cells):
        if not is_missing(cell) and number(cell, layout.decimal) is not None:
            raise MisfitError(
                row,
                f"row {row} mixes names and numbers ({shown(cell)} in column {column + 1}); "
                f"correct it, or leave it "
                f"out by skip_rows = {row} and give {ASK}",
                cells=len(cells),
                weight=1,
            )
    _refuse_other_delimiters(layout, cells, line, row)
    return cells


def _refuse_other_delimiters(layout: Layout, cells: list[str], line: str, row: int) -> None:
    """A comma or semicolon at the end of a name, or in the only name, sets names apart; `B, mT` may be one name."""
    other = layout.delimiter == " " and any(cell.strip(",;") != cell for cell in cells)
    if len(cells) == 1 and '"' not in line and any(mark in cells[0] for mark in ",;\t"):
        name, unit = heading(cells[0])
        other = not unit or cells[0] != f"{name}, {unit}"
    if other:
        raise MisfitError(
            row,
            f"row {row} has delimiters that set no names apart; use one delimiter in the whole file",
        )


def split(layout: Layout, line: str, row: int) -> list[str]:
    """Cells of a line; MisfitError for quotes that do not close."""
    try:
        return layout.split(line)
    except csv.Error:
        raise MisfitError(
            row, f"row {row} has a quote that does not enclose one whole cell; correct it"
        ) from None


def is_data(cells: list[str], layout: Layout, *, with_text: bool) -> bool:
    """Whether every cell is a number or missing; `with_text`: whether any cell is a number."""
    if with_text:
        return any(
            not is_missing(cell) and number(cell, layout.decimal) is not None for cell in cells
        )
    return all(number(cell, layout.decimal) is not None for cell in cells)


def without_empty_end(cells: list[str]) -> list[str]:
    """Cells up to the last that holds something: instruments end their rows with delimiters."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=-1)
    return cells[: last + 1]
