"""Which layout a file has: the one that gives numbers; two that give different ones are asked about."""

from collections.abc import Sequence
from math import isnan

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.inputs.measurements.cells import could_be_thousands
from coldspin.inputs.measurements.headings import counted, place
from coldspin.inputs.measurements.layout import Layout, MisfitError, layouts, option
from coldspin.inputs.measurements.reading import Reading, attempt, attempt_with_text
from coldspin.inputs.measurements.text import Content


def decide(
    content: Content,
    given: Sequence[str] | None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Reading:
    """The one reading of a file; InvalidInputError if there are none, or several that differ."""
    readings: list[Reading] = []
    misfits: list[MisfitError] = []
    chosen = content.declared_delimiter if delimiter is None else delimiter
    for layout in _plausible(content, layouts(chosen, decimal)):
        try:
            reading = attempt(content, layout, given)
        except MisfitError as misfit:
            misfits.append(misfit)
        else:
            if not any(map(reading.same_numbers, readings)):
                readings.append(reading)
    if not readings:
        readings = _with_text(content, given, _plausible(content, layouts(chosen, decimal)))
    if not readings:
        raise InvalidInputError(str(max(misfits, key=lambda misfit: misfit.rank)))
    if len(readings) > 1:
        raise InvalidInputError(_two_readings(*readings[:2]))
    if decimal is None:
        _refuse_thousands(content, readings[0])
    return readings[0]


def _with_text(
    content: Content, given: Sequence[str] | None, candidates: list[Layout]
) -> list[Reading]:
    """Readings in which some columns hold text: those with most columns of numbers, if they differ in a number."""
    readings = []
    for layout in candidates:
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


def _plausible(content: Content, candidates: list[Layout]) -> list[Layout]:
    """Layouts without those that only repeat others, because there is no comma."""
    points = [layout for layout in candidates if layout.decimal == "."]
    return candidates if not points or any("," in line for line in content.lines) else points


def _two_readings(one: Reading, two: Reading) -> str:
    """Say what the first cell is that they differ in, and what decides."""
    if one.values.shape == two.values.shape:
        same = (one.values == two.values) | (np.isnan(one.values) & np.isnan(two.values))
        same[:, [*one.faults, *two.faults]] = True
        line, column = (int(index) for index in np.argwhere(~same)[0])
        first, second = _shown(one.values[line, column]), _shown(two.values[line, column])
    else:
        line = column = 0
        first, second = (
            f"{_shown(reading.values[0, 0])} of {counted(len(reading.headings), 'cell')}"
            for reading in (one, two)
        )
    where = place(one.rows[line], column, one.headings[column].name)
    left, right = (
        f"delimiter = {option(one.layout.delimiter)}",
        f"delimiter = {option(two.layout.delimiter)}",
    )
    return f"{where} is {first} with {left}, but {second} with {right}; give one of them"


def _refuse_thousands(content: Content, reading: Reading) -> None:
    """Ask, if each comma in the numbers could set thousands apart instead of decimals."""
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
        where, point = place(row, column, reading.headings[column].name), cell.replace(",", ".")
        raise InvalidInputError(
            f"{cell!r} in {where} may be {point} or {cell.replace(',', '')}",
            remedy=f'give decimal = "," for {point}, or remove the separators of thousands',
        )


def _shown(value: float) -> str:
    return "missing" if isnan(value) else f"{value:g}"
