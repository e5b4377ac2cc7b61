"""Measured curves of a study: columns of a file as x, y and error of a measurement."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Measurement
from coldspin.experiments.models import Axis, Model
from coldspin.inputs.measurements import MeasuredTable, read_measurements
from coldspin.inputs.sample_files import Sample
from coldspin.inputs.study_files.model_kinds import build_model, ordinates
from coldspin.inputs.study_files.parameters import with_unit
from coldspin.inputs.study_files.tables import DataTable
from coldspin.quantities import has_oersted, si
from coldspin.wording import shown

_PERCENT = re.compile(r"\s*(.*?)\s*%\s*(relative|absolute)?\s*")
_BEGINS_AS_NUMBER = re.compile(r"\s*[-+]?\.?[0-9]")
_READER = ("delimiter", "decimal", "encoding", "columns", "skip_rows")


class Told(NamedTuple):
    """What there is to say about a file: sentences, and the unit of its x."""

    notes: list[str]
    unit: str


def read_measurement(
    table: DataTable, file: Path, sample: Sample | None, place: str
) -> tuple[Measurement, Told]:
    """Return the measurement that a table describes, and what there is to say about its file."""
    read = read_measurements(file, **{name: getattr(table, name) for name in _READER})
    return build_measurement(read, table, sample, place)


def build_measurement(
    read: MeasuredTable, table: DataTable, sample: Sample | None, place: str
) -> tuple[Measurement, Told]:
    """Return the measurement that a table describes, of columns that are read already."""
    model = _model(table, read, sample, place)
    x, y = (
        _column(read, name, axis) for name, axis in zip((table.x, table.y), model.axes, strict=True)
    )
    _refuse_two_readings(table, read, model.axes[1], place)
    error = None if table.error is None else _errors(table, read, y, model.axes[1], place)
    kept, notes = _kept(table, read, (x, y, error), model, place)
    for name in (table.x, table.y):
        column = read.column(name)
        if has_oersted(column.unit):
            notes.append(
                f"{read.path}: {column.name!r} is in {column.unit}, read as the field in air: 1 Oe "
                f"is 1 G"
            )
    fixed = {}
    for name, value in table.fixed.items():
        if name in model.parameters:
            value = with_unit(value, model.parameters[name], f"{place}.fixed.{name}")
        fixed[name] = value
    try:
        made = Measurement(
            table.name or Path(table.file).stem,
            model,
            x[kept],
            y[kept],
            None if error is None else error[kept],
            fixed,
            tuple(table.private),
            read.column(table.y).unit,
            table.logarithmic,
        )
    except InvalidInputError as problem:
        raise InvalidInputError(f"{problem}", place=f"{place}") from None
    return made, Told(notes, read.column(table.x).unit)


def _model(table: DataTable, read: MeasuredTable, sample: Sample | None, place: str) -> Model:
    """With the ordinate whose dimension the measured column has, where the table does not say."""
    tried = [
        build_model(table.model_copy(update={"ordinate": o}), sample, place)
        for o in ordinates(table, place)
    ]
    if not tried:
        return build_model(table, sample, place)
    for model in tried:
        try:
            read.quantity(table.y, model.axes[1].dimension)
        except InvalidInputError:
            continue
        return model
    if not read.column(table.y).unit:
        read.quantity(table.y, tried[0].axes[1].dimension)  # says where the unit belongs
    examples = " or ".join(m.axes[1].dimension.examples for m in tried if m.axes[1].dimension)
    raise InvalidInputError(
        f"y = {table.y!r} has the unit {read.column(table.y).unit!r}, but {table.model} is in "
        f"{examples}",
        place=f"{place}",
    )


def _column(read: MeasuredTable, name: str, axis: Axis) -> Array:
    return np.array(
        read.column(name).values if axis.any_unit else read.quantity(name, axis.dimension)
    )


def _errors(table: DataTable, read: MeasuredTable, y: Array, axis: Axis, place: str) -> Array:
    """Standard errors: a column, a share of y ("5 %"), or one value."""
    given = table.error
    if isinstance(given, str) and given.strip() in read.names:
        return _error_column(table, read, y, axis, place)
    percent = _PERCENT.fullmatch(given) if isinstance(given, str) else None
    if percent:
        try:
            number = float(percent[1])
        except ValueError:
            raise InvalidInputError(
                f'error = {given!r} must be a share such as "5 %"', place=f"{place}"
            ) from None
        if percent[2] == "absolute":
            return np.full(y.shape, number if axis.any_unit else number / 100)
        return np.abs(y) * number / 100
    if axis.dimension is None and isinstance(given, int | float):
        return np.full(y.shape, float(given))
    if isinstance(given, str) and axis.dimension is not None and _BEGINS_AS_NUMBER.match(given):
        return np.full(y.shape, float(si(f"{place}: error", given, axis.dimension)))
    if isinstance(given, str):
        return _error_column(table, read, y, axis, place)
    raise InvalidInputError(
        f'error = {shown(given)} must be a column, a share such as "5 %", or a value with a unit',
        place=f"{place}",
    )


def _error_column(table: DataTable, read: MeasuredTable, y: Array, axis: Axis, place: str) -> Array:
    """Errors of a column, in the unit of y or as shares of y in %."""
    column, measured = read.column(str(table.error)), read.column(table.y)
    if column.unit != "%" or measured.unit == "%":
        return _column(read, column.name, axis)
    if axis.dimension is None and not axis.any_unit:
        raise InvalidInputError(
            f"error = {column.name!r} is in %, and 1 % may be a hundredth of {measured.name!r} or "
            f"0.01",
            remedy="write the errors as plain numbers, or both columns in %",
            place=f"{place}",
        )
    return np.abs(y) * column.values / 100


def _refuse_two_readings(table: DataTable, read: MeasuredTable, axis: Axis, place: str) -> None:
    """Refuse "0.1 %" for y in %, which may be a share of each value or 0.1 % more or less; both can be written."""
    given, y = table.error, read.column(table.y)
    if isinstance(given, str) and given.strip() in read.names:
        return
    percent = _PERCENT.fullmatch(given) if isinstance(given, str) else None
    in_percent = y.unit == "%" and axis.dimension is None
    if percent and percent[2] == "absolute" and not in_percent:
        raise InvalidInputError(
            f"error = {given!r} is absolute, but {y.name!r} is not in %",
            remedy=f'give a value in its unit, or "{percent[1]} % relative"',
            place=f"{place}",
        )
    if in_percent and percent and percent[2] is None:
        number = percent[1]
        raise InvalidInputError(
            f"error = {shown(given)} can be read in two ways, since {y.name!r} is in %",
            remedy=f'write "{number} % relative" for that share of each value, or "{number} % '
            f'absolute" for values like 10 % ± {number} %',
            place=f"{place}",
        )
    if in_percent and isinstance(given, int | float) and not axis.any_unit:
        raise InvalidInputError(
            f"error = {shown(given)} can be read in two ways, since {y.name!r} is in %",
            remedy=f'write "{given:g} % absolute" for values like 10 % ± {given:g} %, or '
            f'"{100 * given:g} % absolute"',
            place=f"{place}",
        )


def _kept(
    table: DataTable,
    read: MeasuredTable,
    columns: tuple[Array, Array, Array | None],
    model: Model,
    place: str,
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which rows count: those with x and y, within the range."""
    x, y, error = columns
    kept = np.isfinite(x) & np.isfinite(y)
    notes = []
    if not kept.all():
        notes.append(
            f"{read.path}: {np.count_nonzero(~kept)} of {kept.size} rows have no value and are "
            f"left out"
        )
    if error is not None:
        bad = kept & ~(error > 0)
        if bad.any():
            row = int(read.columns[0].rows[bad][0])
            raise InvalidInputError(
                f"{read.path}: row {row} has no error above 0 for {table.y!r}",
                remedy="give one, or drop it",
            )
    if table.range is not None:
        low, high = _ends(table.range, model.axes[0], place)
        outside = kept & ((x < low) | (x > high))
        if outside.any():
            notes.append(
                f"{read.path}: {np.count_nonzero(outside)} rows are outside the range and are left "
                f"out"
            )
        kept &= ~outside
    if not kept.any():
        raise InvalidInputError(f"{read.path}: no row is left to fit")
    return kept, notes


def _ends(given: list[str], axis: Axis, place: str) -> tuple[float, float]:
    if len(given) != 2 or axis.dimension is None:
        raise InvalidInputError(
            'range must be two values with units, such as ["0 G", "20 G"]', place=f"{place}"
        )
    low, high = (float(si(f"{place}: range", end, axis.dimension)) for end in given)
    if not low < high:
        raise InvalidInputError(
            f"range must have the smaller value first, not {given[0]!r} and {given[1]!r}",
            place=f"{place}",
        )
    return low, high
