"""The unit and the mask that values of other packages carry, without importing these packages.

pint, astropy and unyt quantities, xarray DataArrays with a `units` attribute (or with a quantity
inside), columns with attributes (pandas, h5py, netCDF4), NumPy masked arrays, and lists of any of
them.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError

Convert = Callable[[Any, str | None], Any]
"""Floats from values and their unit, None where none is carried; from a string as it is written."""

PLAIN_UNITS = ("", "1", "dimensionless")

_PLAIN_TYPES = (float, int, bool, complex, np.generic)


class Carried(NamedTuple):
    """Plain values, the unit that they carried (None for none), and where they are masked."""

    values: Any
    unit: str | None = None
    mask: NDArray[np.bool_] | None = None


def read_values(name: str, value: Any, convert: Convert) -> np.ma.MaskedArray[Any, Any]:
    """`value` through `convert`, entry by entry where these carry their own units; masks are kept.

    Raises InvalidInputError for a unit or a mask that cannot be understood.
    """
    if isinstance(value, str):
        return np.ma.masked_array(convert(value, None))
    entries = _entries(value)
    if entries is not None:
        parts = [read_values(name, entry, convert) for entry in entries]
        if len({part.shape for part in parts}) != 1:
            raise InvalidInputError("must have rows of equal length", parameter=name, value=value)
        return np.ma.stack(parts)
    carried = _take_apart(name, value)
    floats = np.asarray(convert(_hide_masked(carried), carried.unit))
    if _is_stale(name, value, floats, convert):
        raise InvalidInputError(
            f"is the column {value.name!r} after a calculation, and xarray keeps the old unit "
            f"through calculations",
            parameter=name,
            remedy="give plain numbers in SI, as in data.field.values",
        )
    return np.ma.masked_array(floats, False if carried.mask is None else carried.mask)


def carries_unit(value: Any) -> bool:
    """Whether a value says its unit."""
    return not isinstance(value, str | type) and _take_apart("value", value).unit is not None


def _entries(value: Any) -> list[Any] | None:
    """Entries of a list or an array to read one by one, None where NumPy reads them all alike."""
    if isinstance(value, list | tuple):
        return list(value) if any(map(_is_special, value)) else None
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUST" and value.ndim:
        return list(value)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if hasattr(value, "to_list") and kind in ("O", "U", "T") and not getattr(value, "attrs", None):
        return list(value.to_list())
    return None


def _is_special(entry: Any) -> bool:
    if isinstance(entry, list | tuple):
        return any(map(_is_special, entry))
    plain_array = type(entry) is np.ndarray and entry.dtype.kind in "biufc"
    return not (plain_array or (isinstance(entry, _PLAIN_TYPES) and not _unit_of(entry)))


def _take_apart(name: str, value: Any) -> Carried:
    if type(value) in (float, int, np.ndarray) or value is None:
        return Carried(value)
    if value is np.ma.masked or type(value).__name__ == "NAType":
        return Carried(np.nan, None, np.array(True))
    if isinstance(value, timedelta) or getattr(getattr(value, "dtype", None), "kind", "") in (
        "m",
        "M",
    ):
        return Carried(np.asarray(value))
    if isinstance(value, np.ma.MaskedArray):
        inner = _take_apart(name, value.data)
        return Carried(inner.values, _unit_of(value) or inner.unit, np.ma.getmaskarray(value))
    if hasattr(value, "unmasked"):  # of astropy
        inner = _take_apart(name, value.unmasked)
        return Carried(inner.values, inner.unit, np.asarray(value.mask))
    attributes = getattr(value, "attrs", None)
    if isinstance(attributes, Mapping):
        return _read_column(name, value, attributes)
    unit = _unit_of(value)
    if unit is None:
        module = type(value).__module__.partition(".")[0]
        if isinstance(value, np.ndarray) and module != "numpy" and not hasattr(value, "unit"):
            raise InvalidInputError(
                f"is of the type {module}.{type(value).__name__}, whose unit is not understood",
                parameter=name,
                remedy="give plain SI numbers, or a string with a unit",
            )
        return Carried(value)
    magnitude = _magnitude(value)
    if magnitude is value:  # a unit alone
        return Carried(value)
    inner = _take_apart(name, magnitude)
    return Carried(inner.values, unit, inner.mask)


def _read_column(name: str, value: Any, attributes: Mapping[Any, Any]) -> Carried:
    """A column with attributes: its unit is there, or that of the quantity inside."""
    kind = getattr(value, "dtype", None)
    if (
        hasattr(value, "isna") and kind is not None and not isinstance(kind, np.dtype)
    ):  # pandas with a mask of its own
        inner = Carried(
            value.to_numpy(dtype=float, na_value=np.nan), None, np.asarray(value.isna())
        )
    else:
        inner = _take_apart(name, value.data) if hasattr(value, "data") else Carried(value)
    written = {
        _text(attributes[key]) for key in ("units", "unit") if attributes.get(key) is not None
    }
    if inner.unit is not None:
        written.add(inner.unit)
    if len(written) > 1:
        raise InvalidInputError(
            f"carries several units, {' and '.join(sorted(written))}",
            parameter=name,
            remedy="keep one of them",
        )
    return Carried(inner.values, next(iter(written), None), inner.mask)


def _unit_of(value: Any) -> str | None:
    """The unit as text, None for a value that has none."""
    for attribute in ("units", "unit"):
        unit = getattr(value, attribute, None)
        if unit is None or (callable(unit) and not hasattr(unit, "to_string")):
            continue
        if hasattr(value, "magnitude") and hasattr(unit, "_REGISTRY"):
            return f"{unit:C}"  # of pint, in words that another registry reads
        return _text(unit)
    return None


def _text(unit: Any) -> str:
    return unit.decode("utf-8", "replace") if isinstance(unit, bytes) else str(unit).strip()


def _magnitude(value: Any) -> Any:
    """Numbers in the unit that a quantity carries."""
    if hasattr(value, "magnitude"):
        return value.magnitude
    if isinstance(value, np.ndarray):
        return value.view(np.ndarray)
    for attribute in ("value", "values"):
        numbers = getattr(value, attribute, None)
        if numbers is not None and not callable(numbers):
            return numbers
    if isinstance(value, float | int):
        return float(value)
    return value[...] if hasattr(value, "__getitem__") else value


def _hide_masked(carried: Carried) -> Any:
    """Values with 0 where they are masked: what stands there need not be a number."""
    if carried.mask is None or not carried.mask.any():
        return carried.values
    return np.where(carried.mask, 0.0, carried.values)


def _is_stale(name: str, value: Any, floats: Any, convert: Convert) -> bool:
    """Whether a DataArray differs from its coordinate of the same name: `data.field * 1000` still says tesla."""
    label = getattr(value, "name", None)
    coordinates = getattr(value, "coords", None)
    if label is None or not isinstance(coordinates, Mapping) or label not in coordinates:
        return False
    original = _take_apart(name, coordinates[label])
    if np.array_equal(_hide_masked(original), _hide_masked(_take_apart(name, value))):
        return False
    before = np.asarray(convert(_hide_masked(original), original.unit))
    return before.shape != floats.shape or not np.allclose(before, floats, rtol=1e-12, atol=0)
