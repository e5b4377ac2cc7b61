"""Files of measured data, plain columns of numbers as instruments write them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coldspin.arguments import keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.inputs.measurements.decision import decide
from coldspin.inputs.measurements.reading import Reading
from coldspin.inputs.measurements.table import MeasuredColumn, MeasuredTable
from coldspin.inputs.measurements.text import read_text, split_lines


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
    """Read columns of numbers from a text file; what can be read in two ways is asked about, never guessed.

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
    given = _checked(columns)
    if isinstance(skip_rows, bool) or not isinstance(skip_rows, int) or skip_rows < 0:
        raise InvalidInputError(
            "must be 0 or a positive whole number", parameter="skip_rows", value=skip_rows
        )
    content = split_lines(read_text(path, encoding), path, skip_rows)
    try:
        return _table(path, decide(content, given, delimiter, decimal))
    except InvalidInputError as problem:
        raise InvalidInputError(f"{problem}", place=f"{path}") from None


def _checked(columns: Sequence[str] | None) -> tuple[str, ...] | None:
    if columns is None:
        return None
    if (
        isinstance(columns, str)
        or not columns
        or not all(isinstance(name, str) and name.strip() for name in columns)
    ):
        raise InvalidInputError(
            'must be a list of names such as ["B (mT)", "T1 (s)"]',
            parameter="columns",
            value=columns,
        )
    return tuple(columns)


def _table(path: Path, reading: Reading) -> MeasuredTable:
    rows = np.array(reading.rows, dtype=np.int64)
    rows.flags.writeable = False
    columns = []
    for number, ((name, unit), read) in enumerate(
        zip(reading.headings, reading.values.T, strict=True)
    ):
        values = np.ascontiguousarray(read)
        values.flags.writeable = False
        columns.append(
            MeasuredColumn(name, unit, values, rows, str(reading.faults.get(number, "")))
        )
    return MeasuredTable(path, tuple(columns))
