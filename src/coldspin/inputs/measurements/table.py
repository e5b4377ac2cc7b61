"""Measured columns with their units, and what they are in SI."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.inputs.measurements.headings import heading
from coldspin.inputs.measurements.units import DIMENSIONLESS, example, factor
from coldspin.quantities import Dimension
from coldspin.wording import listed, nearest


@dataclass(frozen=True, eq=False)
class MeasuredColumn:
    """A column as it stands in the file: name, unit ("" for none), values with NaN where missing, and their rows.

    `rows` counts the lines of the file from 1. Both arrays are read-only. A column of text has in
    `fault` what keeps it from being numbers, and NaN in every row.
    """

    name: str
    unit: str
    values: Array
    rows: NDArray[np.int64]
    fault: str = ""


@dataclass(frozen=True, eq=False)
class MeasuredTable:
    """Columns of a file of measured data, in its order."""

    path: Path
    columns: tuple[MeasuredColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> MeasuredColumn:
        """One column by its name, its name with the unit, or its name in other case.

        Raises InvalidInputError for a name that no column has, or several have, and for a column
        that holds text.
        """
        wanted, asked = name.strip(), heading(name)
        for found in (
            [column for column in self.columns if column.name == wanted],
            [column for column in self.columns if (column.name, column.unit) == asked],
            [column for column in self.columns if column.name.lower() == wanted.lower()],
        ):
            if len(found) == 1 and found[0].fault:
                raise InvalidInputError(f"{found[0].fault}", place=f"{self.path}")
            if len(found) == 1:
                return found[0]
            if found:
                places = [
                    str(number) for number, column in enumerate(self.columns, 1) if column in found
                ]
                raise InvalidInputError(
                    f"columns {listed(places)} are all named {wanted!r}",
                    remedy="give them different names",
                    place=f"{self.path}",
                )
        known = [column.name for column in self.columns if column.name]
        raise InvalidInputError(
            f"no column is named {wanted!r}", remedy=nearest(wanted, known), place=f"{self.path}"
        )

    def quantity(self, name: str, dimension: Dimension | None) -> Array:
        """Values of a column in SI, NaN where missing; plain numbers and percent if the dimension is None.

        Raises InvalidInputError for a unit that is missing, unknown, or of another dimension.
        """
        column = self.column(name)
        called = f"column {column.name!r}"
        if dimension is None:
            if column.unit not in DIMENSIONLESS:
                raise InvalidInputError(
                    f"is in {column.unit!r}, but a plain number is needed",
                    parameter=called,
                    remedy="give it without a unit, or in %",
                    place=f"{self.path}",
                )
            return column.values * DIMENSIONLESS[column.unit]
        if not column.unit:
            raise InvalidInputError(
                "has no unit",
                parameter=called,
                remedy=f'write it into the header, as in "{column.name} ({example(dimension)})"',
                place=f"{self.path}",
            )
        return column.values * factor(self.path, column.name, column.unit, dimension)
