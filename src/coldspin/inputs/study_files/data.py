"""Measured curves of a study: columns of a data file as x, y and error of a measurement."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.experiments.fitting import Measurement
from coldspin.experiments.models import Axis, Model
from coldspin.inputs.measurements import MeasuredTable
from coldspin.inputs.sample_files import Sample
from coldspin.inputs.study_files.models import build_model, check_value, find_kind
from coldspin.inputs.study_files.study_tables import DataTable
from coldspin.quantities import has_oersted, si
from coldspin.wording import shown

_PERCENT = re.compile(r"\s*(.*?)\s*%\s*(relative|absolute)?\s*")
_BEGINS_AS_NUMBER = re.compile(r"\s*[-+]?\.?[0-9]")


def build_measurement(
    columns: MeasuredTable, table: DataTable, sample: Sample | None, place: str, key: str = ""
) -> tuple[Measurement, list[str]]:
    """Measurement of a table [[fit.data]], and notes about its data file.

    Errors in the table name `place` and the `key` of the table in that file; errors in the data
    name the data file.
    """
    try:
        return _build(columns, table, sample)
    except InvalidInputError as problem:
        raise (problem if problem.place else problem.within(place, key)) from None


def _build(
    columns: MeasuredTable, table: DataTable, sample: Sample | None
) -> tuple[Measurement, list[str]]:
    model = _build_model(columns, table, sample)
    x = _read_column(columns, table.x, model.axes[0])
    y = _read_column(columns, table.y, model.axes[1])
    _refuse_two_readings(columns, table, model.axes[1])
    error = None
    if table.error is not None:
        error = _read_errors(columns, table, y, model.axes[1])
    rows, notes = _choose_rows(columns, table, x, y, error, model)
    for name in (table.x, table.y):
        column = columns.column(name)
        if has_oersted(column.unit):
            notes.append(
                f"{columns.path}: {column.name!r} is in {column.unit}, read as the field in air: "
                f"1 Oe is 1 G"
            )
    for name, value in table.fixed.items():
        if name in model.parameters:
            with locate_errors(table="fixed"):
                check_value(name, value, model.parameters[name])
    measurement = Measurement(
        table.name or Path(table.file).stem,
        model,
        x[rows],
        y[rows],
        None if error is None else error[rows],
        dict(table.fixed),
        tuple(table.private),
        columns.column(table.y).unit,
        table.logarithmic,
    )
    return measurement, notes


def _build_model(columns: MeasuredTable, table: DataTable, sample: Sample | None) -> Model:
    """Model of the table; without `ordinate` in it, the unit of the column y decides."""
    ordinates = find_kind(table.model).ordinates
    if table.ordinate is not None or not ordinates:
        return build_model(table, sample)
    models = [
        build_model(table.model_copy(update={"ordinate": ordinate}), sample)
        for ordinate in ordinates
    ]
    for model in models:
        try:
            columns.quantity(table.y, model.axes[1].dimension)
        except InvalidInputError:
            continue
        return model
    unit = columns.column(table.y).unit
    if not unit:
        columns.quantity(table.y, models[0].axes[1].dimension)  # raises where the unit belongs
    dimensions = [model.axes[1].dimension for model in models]
    examples = " or ".join(dimension.examples for dimension in dimensions if dimension)
    raise InvalidInputError(
        f"= {table.y!r} has the unit {unit!r}, but {table.model} is in {examples}", parameter="y"
    )


def _read_column(columns: MeasuredTable, name: str, axis: Axis) -> Array:
    if axis.any_unit:
        return np.array(columns.column(name).values)
    return np.array(columns.quantity(name, axis.dimension))


def _read_errors(columns: MeasuredTable, table: DataTable, y: Array, axis: Axis) -> Array:
    """Standard errors: a column, a share of y ("5 %"), or one value."""
    error = table.error
    if isinstance(error, str) and error.strip() in columns.names:
        return _read_error_column(columns, table, y, axis)
    percent = _PERCENT.fullmatch(error) if isinstance(error, str) else None
    if percent:
        try:
            number = float(percent[1])
        except ValueError:
            raise InvalidInputError(
                f'= {error!r} must be a share such as "5 %"', parameter="error"
            ) from None
        if percent[2] == "absolute":
            return np.full(y.shape, number if axis.any_unit else number / 100)
        return np.abs(y) * number / 100
    if axis.dimension is None and isinstance(error, int | float):
        return np.full(y.shape, float(error))
    if isinstance(error, str) and axis.dimension is not None and _BEGINS_AS_NUMBER.match(error):
        return np.full(y.shape, float(si("error", error, axis.dimension)))
    if isinstance(error, str):
        return _read_error_column(columns, table, y, axis)
    raise InvalidInputError(
        f'= {shown(error)} must be a column, a share such as "5 %", or a value with a unit',
        parameter="error",
    )


def _read_error_column(columns: MeasuredTable, table: DataTable, y: Array, axis: Axis) -> Array:
    """Errors of a column, in the unit of y or as shares of y in %."""
    column = columns.column(str(table.error))
    y_column = columns.column(table.y)
    if column.unit != "%" or y_column.unit == "%":
        return _read_column(columns, column.name, axis)
    if axis.dimension is None and not axis.any_unit:
        raise InvalidInputError(
            f"= {column.name!r} is in %, and 1 % may be a hundredth of {y_column.name!r} or 0.01",
            parameter="error",
            remedy="write the errors as plain numbers, or both columns in %",
        )
    return np.abs(y) * column.values / 100


def _refuse_two_readings(columns: MeasuredTable, table: DataTable, axis: Axis) -> None:
    """Refuse "0.1 %" for y in %.

    It may be a share of each value, or 0.1 % more or less. Both can be written otherwise.
    """
    error = table.error
    y = columns.column(table.y)
    if isinstance(error, str) and error.strip() in columns.names:
        return
    percent = _PERCENT.fullmatch(error) if isinstance(error, str) else None
    in_percent = y.unit == "%" and axis.dimension is None
    if percent and percent[2] == "absolute" and not in_percent:
        raise InvalidInputError(
            f"= {error!r} is absolute, but {y.name!r} is not in %",
            parameter="error",
            remedy=f'give a value in its unit, or "{percent[1]} % relative"',
        )
    remedy = ""
    if in_percent and percent and percent[2] is None:
        number = percent[1]
        remedy = (
            f'write "{number} % relative" for that share of each value, or "{number} % absolute" '
            f"for values like 10 % ± {number} %"
        )
    elif in_percent and isinstance(error, int | float) and not axis.any_unit:
        remedy = (
            f'write "{error:g} % absolute" for values like 10 % ± {error:g} %, or '
            f'"{100 * error:g} % absolute"'
        )
    if remedy:
        raise InvalidInputError(
            f"= {shown(error)} can be read in two ways, since {y.name!r} is in %",
            parameter="error",
            remedy=remedy,
        )


def _choose_rows(
    columns: MeasuredTable,
    table: DataTable,
    x: Array,
    y: Array,
    error: Array | None,
    model: Model,
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which rows count: those with x and y, within the range."""
    path = columns.path
    rows = np.isfinite(x) & np.isfinite(y)
    notes = []
    if not rows.all():
        notes.append(
            f"{path}: {np.count_nonzero(~rows)} of {rows.size} rows have no value and are left out"
        )
    if error is not None:
        bad = rows & ~(error > 0)
        if bad.any():
            row = int(columns.columns[0].rows[bad][0])
            raise InvalidInputError(
                f"row {row} has no error above 0 for {table.y!r}",
                remedy="give one, or drop it",
                place=f"{path}",
            )
    if table.range is not None:
        low, high = _read_range(table.range, model.axes[0])
        outside = rows & ((x < low) | (x > high))
        if outside.any():
            notes.append(
                f"{path}: {np.count_nonzero(outside)} rows are outside the range and are left out"
            )
        rows &= ~outside
    if not rows.any():
        raise InvalidInputError("no row is left to fit", place=f"{path}")
    return rows, notes


def _read_range(ends: list[str], axis: Axis) -> tuple[float, float]:
    if len(ends) != 2 or axis.dimension is None:
        raise InvalidInputError(
            'must be two values with units, such as ["0 G", "20 G"]', parameter="range"
        )
    low, high = (float(si("range", end, axis.dimension)) for end in ends)
    if not low < high:
        raise InvalidInputError(
            "must have the smaller value first",
            parameter="range",
            value=ends,
            shown=f"{ends[0]!r} and {ends[1]!r}",
        )
    return low, high
