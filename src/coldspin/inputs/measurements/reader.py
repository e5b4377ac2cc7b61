"""Read files of measured data, plain columns of numbers as instruments write them."""

import json
from collections.abc import Sequence
from math import isnan
from pathlib import Path

import numpy as np

from coldspin.arguments import keywords_checked
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.inputs.measurements.attempts import Reading, attempt, attempt_with_text
from coldspin.inputs.measurements.cells import (
    Layout,
    MisfitError,
    could_be_thousands,
    count,
    list_layouts,
    locate_cell,
)
from coldspin.inputs.measurements.columns import MeasuredColumn, MeasuredTable
from coldspin.inputs.measurements.file_lines import Content, read_text, split_lines


@keywords_checked
def read_measurements(
    path: Path | str,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    columns: Sequence[str] | None = None,
    skip_rows: int = 0,
) -> MeasuredTable:
    """Read columns of numbers from a text file; a file with two readings is refused, never guessed.

    The delimiter is a tab, a semicolon, a comma or white space (" "), the decimal mark a point or a
    comma: that layout is taken which gives numbers in every cell and as many in every row as the
    header has names. Where none does, columns may hold text, such as remarks or the time of day:
    that layout is taken which gives most columns of numbers. A column of text is refused when it is
    asked for, and not before; a row may end before it.

    A header holds names with units, `B (mT)`, `B [mT]` or `B/mT`; the units may stand in a row
    below it, and rows of remarks below that. Without one, the last comment above the data serves if
    it has a name for each cell. `columns` gives names with units instead. Cells that are empty, or
    NaN, NA, N/A, - or --, are missing. Comments begin with #, % or //; `skip_rows` leaves out the
    first rows of the file. Files of LabVIEW (.lvm) and of Quantum Design (.dat) are read from below
    `***End_of_Header***` and `[Data]`. The text is UTF-8, or UTF-16 with a byte-order mark, if no
    `encoding` is given.

    Raises InvalidInputError, one sentence with the row and the column, counted from 1.
    """
    path = Path(path)
    if columns is not None and (
        isinstance(columns, str)
        or not columns
        or not all(isinstance(name, str) and name.strip() for name in columns)
    ):
        raise InvalidInputError(
            'must be a list of names such as ["B (mT)", "T1 (s)"]',
            parameter="columns",
            value=columns,
        )
    if isinstance(skip_rows, bool) or not isinstance(skip_rows, int) or skip_rows < 0:
        raise InvalidInputError(
            "must be 0 or a positive whole number", parameter="skip_rows", value=skip_rows
        )
    content = split_lines(read_text(path, encoding), path, skip_rows)
    with locate_errors(f"{path}"):
        reading = _decide(content, columns, delimiter, decimal)
    rows = np.array(reading.rows, dtype=np.int64)
    rows.flags.writeable = False
    table = []
    for number, heading in enumerate(reading.headings):
        values = np.ascontiguousarray(reading.values[:, number])
        values.flags.writeable = False
        misfit = reading.faults.get(number)
        fault = None if misfit is None else misfit.problem
        table.append(MeasuredColumn(heading.name, heading.unit, values, rows, fault))
    return MeasuredTable(path, tuple(table))


def _decide(
    content: Content,
    given: Sequence[str] | None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Reading:
    """The one layout that gives numbers; InvalidInputError if none does, or several that differ."""
    readings: list[Reading] = []
    misfits: list[MisfitError] = []
    chosen = content.declared_delimiter if delimiter is None else delimiter
    layouts = list_layouts(chosen, decimal)
    points = [layout for layout in layouts if layout.decimal == "."]
    if points and not any("," in line for line in content.lines):
        layouts = points  # without a comma, the others only repeat them
    for layout in layouts:
        try:
            reading = attempt(content, layout, given)
        except MisfitError as misfit:
            misfits.append(misfit)
        else:
            if not any(map(reading.same_numbers, readings)):
                readings.append(reading)
    if not readings:
        readings = _read_with_text(content, given, layouts)
    if not readings:
        raise max(misfits, key=lambda misfit: misfit.rank).problem
    if len(readings) > 1:
        raise _two_readings(*readings[:2])
    if decimal is None:
        _refuse_thousands(content, readings[0])
    return readings[0]


def _read_with_text(
    content: Content, given: Sequence[str] | None, layouts: list[Layout]
) -> list[Reading]:
    """Readings with columns of text: the one with most numbers, and those that differ from it."""
    readings = []
    for layout in layouts:
        try:
            readings.append(attempt_with_text(content, layout, given))
        except MisfitError:
            continue
    if not readings:
        return []
    best = max(readings, key=lambda reading: reading.merit)
    rivals = [
        reading
        for reading in readings
        if reading.merit[0] == best.merit[0] and not reading.agrees(best)
    ]
    return [best, *rivals]


def _two_readings(one: Reading, two: Reading) -> InvalidInputError:
    """Two layouts give different numbers: the first such cell, and the option that decides."""
    if one.values.shape == two.values.shape:
        same = (one.values == two.values) | (np.isnan(one.values) & np.isnan(two.values))
        same[:, [*one.faults, *two.faults]] = True
        line, column = (int(index) for index in np.argwhere(~same)[0])
        first = _format(one.values[line, column])
        second = _format(two.values[line, column])
    else:
        line = 0
        column = 0
        first = f"{_format(one.values[0, 0])} of {count(len(one.headings), 'cell')}"
        second = f"{_format(two.values[0, 0])} of {count(len(two.headings), 'cell')}"
    where = locate_cell(one.rows[line], column, one.headings[column].name)
    left = f"delimiter = {json.dumps(one.layout.delimiter)}"
    right = f"delimiter = {json.dumps(two.layout.delimiter)}"
    return InvalidInputError(
        f"{where} is {first} with {left}, but {second} with {right}", remedy="give one of them"
    )


def _refuse_thousands(content: Content, reading: Reading) -> None:
    """Refuse numbers in which every comma could set thousands apart instead of decimals."""
    if reading.layout.decimal == ".":
        return
    first = None
    start = len(content.lines) - len(reading.rows)
    for row, line in zip(reading.rows, content.bare(start), strict=True):
        for column, cell in enumerate(reading.layout.split(line)):
            if "," not in cell or column in reading.faults:
                continue
            if not could_be_thousands(cell):
                return
            first = first or (row, column, cell.strip())
    if first is not None:
        row, column, cell = first
        where = locate_cell(row, column, reading.headings[column].name)
        point = cell.replace(",", ".")
        raise InvalidInputError(
            f"{cell!r} in {where} may be {point} or {cell.replace(',', '')}",
            remedy=f'give decimal = "," for {point}, or remove the separators of thousands',
        )


def _format(value: float) -> str:
    return "missing" if isnan(value) else f"{value:g}"
