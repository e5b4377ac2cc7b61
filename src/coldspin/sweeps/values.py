"""Results of a command as arrays of the shapes that the store has."""

from typing import TYPE_CHECKING

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.commands import ISOTOPE

if TYPE_CHECKING:
    import xarray as xr

_KINDS = {"maximum": 1.0, "minimum": -1.0}


def arranged(
    data: "xr.Dataset", name: str, along: tuple[str, ...], shape: tuple[int, ...], among: list[int]
) -> Array:
    """A column of a result as floats of one shape: NaN where there is nothing.

    Extrema beyond the shape are left out; states beyond it raise InvalidInputError. `among` are the
    places of the isotopes of the result among those of the study.
    """
    found = np.full(shape, np.nan)
    if name not in data.variables:
        return found
    values = _numbers(data, name)
    if values.ndim > len(along):  # one field for each point
        values = values[0]
    places = []
    for axis, dimension in enumerate(along):
        size = values.shape[axis]
        if dimension == ISOTOPE:
            places.append(np.array(among, dtype=np.intp))
            continue
        if dimension == "state" and size > shape[axis]:
            raise InvalidInputError(
                f"there are {size} states at one field", remedy=f"give states = {size} in [sweep]"
            )
        places.append(np.arange(min(size, shape[axis])))
        values = values[(slice(None),) * axis + (slice(places[-1].size),)]
    found[np.ix_(*places)] = values
    return found


def _numbers(data: "xr.Dataset", name: str) -> Array:
    """Values as floats, isotopes along the last axis."""
    column = data[name]
    values = column.transpose(..., ISOTOPE).values if ISOTOPE in column.dims else column.values
    if values.dtype.kind == "U":
        values = np.array([_KINDS[kind] for kind in values.tolist()])
    return np.asarray(values, dtype=np.float64)
