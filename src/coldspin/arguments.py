"""Checks of numeric arguments, one sentence each, shared by every layer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.carried_units import PLAIN_UNITS, read_values
from coldspin.exceptions import InvalidInputError
from coldspin.wording import nearest

Array = NDArray[np.float64]

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Class = TypeVar("_Class", bound=type)


def finite(name: str, value: ArrayLike) -> Array:
    """`value` as floats, none of them NaN or infinite."""
    array = _floats(name, value)
    _require(np.isfinite(array), name, array, "must be finite")
    return array


def positive(name: str, value: ArrayLike, *, infinite: bool = False) -> Array:
    """`value` as floats > 0; infinity passes only where it is a limit that exists."""
    array = _floats(name, value)
    allowed = (array > 0) if infinite else (array > 0) & np.isfinite(array)
    _require(
        allowed, name, array, "must be greater than zero" + ("" if infinite else " and finite")
    )
    return array


def nonzero(name: str, value: ArrayLike) -> Array:
    """`value` as floats, finite, none of them 0."""
    array = finite(name, value)
    _require(array != 0, name, array, "must be different from 0")
    return array


def within(
    name: str, value: ArrayLike, low: float, high: float, *, open_low: bool = False
) -> Array:
    """`value` as floats in [low, high], or in (low, high]."""
    array = _floats(name, value)
    above = array > low if open_low else array >= low
    _require(
        above & (array <= high),
        name,
        array,
        f"must lie in {'(' if open_low else '['}{low:g}, {high:g}]",
    )
    return array


def half_integer(name: str, value: float) -> float:
    """A spin quantum number, 1/2 or more."""
    array = _floats(name, value)
    doubled = 2 * float(array) if array.ndim == 0 else np.nan
    if not (np.isfinite(doubled) and doubled >= 1 and doubled == round(doubled)):
        rule = "must be a positive multiple of 1/2 (0.5, 1, 1.5, ...)"
        raise InvalidInputError(rule, parameter=name, value=value, shown=repr(value))
    return doubled / 2


def mean_spin(name: str, value: ArrayLike) -> Array:
    """⟨S⟩ in [−1/2, 1/2], 0 or at least 1e-20 in magnitude: squares of less underflow."""
    array = within(name, value, -0.5, 0.5)
    _require(
        (array == 0) | (np.abs(array) >= 1e-20),
        name,
        array,
        "must be 0 or at least 1e-20 in magnitude",
    )
    return array


def averaging(b: ArrayLike, k: ArrayLike) -> tuple[Array, Array]:
    """b = Ω_B T2e* and k = τ_c/T2e* in the range of double precision, broadcast together."""
    b = _floats("b", b)
    k = _floats("k", k)
    _require(np.abs(b) <= 1e100, "b", b, "must be finite, at most 1e100 in magnitude")
    _require(
        k >= 1e-100,
        "k",
        k,
        "must be at least 1e-100 (infinity is allowed; k → 0 has formulas of its own)",
    )
    try:
        broadcast = np.broadcast_arrays(b, k)
    except ValueError:
        raise InvalidInputError(
            f"b and k do not broadcast: their shapes are {b.shape} and {k.shape}"
        ) from None
    return broadcast[0], broadcast[1]


def broadcast(**named: ArrayLike) -> list[Array]:
    """Copies of the arrays in the shape that they have together."""
    arrays = [_floats(name, value) for name, value in named.items()]
    try:
        return [np.array(array) for array in np.broadcast_arrays(*arrays)]
    except ValueError:
        shapes = ", ".join(
            f"{name} {array.shape}" for name, array in zip(named, arrays, strict=True)
        )
        raise InvalidInputError(f"the arguments do not broadcast: {shapes}") from None


def as_given(result: ArrayLike) -> Any:
    """A zero-dimensional result as a plain float, any other as an array: scalar in, scalar out."""
    array = np.asarray(result)
    return float(array) if array.ndim == 0 else array


def unmasked(name: str, values: np.ma.MaskedArray[Any, Any]) -> Array:
    """Values of an array that has no masked point; where there is one, no value could be left out."""
    mask = np.ma.getmaskarray(values)
    _require(
        ~mask,
        name,
        np.asarray(values.data, dtype=np.float64),
        "must have no masked value; leave it out",
    )
    return np.asarray(values.data, dtype=np.float64)


def plain_floats(name: str, value: Any) -> np.ma.MaskedArray[Any, Any]:
    """Numbers without a unit as floats, masked where they are."""
    return read_values(name, value, lambda values, unit: _read_plain(name, values, unit))


def real_floats(name: str, value: Any) -> Array:
    """Integers and floats of any package as floats; InvalidInputError for what is no real number."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError):
        text = repr(value)
        shown = text if len(text) < 80 and "\n" not in text else f"a {type(value).__name__}"
        rule = "must be a real number or an array of them"
        raise InvalidInputError(rule, parameter=name, value=value, shown=shown) from None


def _floats(name: str, value: ArrayLike) -> Array:
    if type(value) in (float, int, np.float64) or (
        type(value) is np.ndarray and value.dtype.kind in "iuf"
    ):
        return np.array(value, dtype=np.float64)  # most are such, and this is fast
    return unmasked(name, plain_floats(name, value))


def _read_plain(name: str, values: Any, unit: str | None) -> Array:
    if unit is not None and unit not in PLAIN_UNITS:
        rule = "is a plain number, in SI where it has a unit"
        raise InvalidInputError(rule, parameter=name, value=values, shown=f"a quantity in {unit}")
    return real_floats(name, values)


def _require(allowed: NDArray[np.bool_], name: str, array: Array, rule: str) -> None:
    if not allowed.all():
        index = tuple(int(i) for i in np.argwhere(~allowed)[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        value = array[index]
        raise InvalidInputError(rule, parameter=name, value=float(value), shown=f"{value:g}{where}")


def keywords_checked(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Make a function refuse an unknown keyword argument with the name that is meant."""
    code: Any = getattr(function, "__code__")  # noqa: B009  # mypy: not every callable has one
    known = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    owner, _, own = function.__qualname__.rpartition(".")
    called = owner if own == "__init__" else function.__qualname__
    offered = [name for name in code.co_varnames[: len(known)] if name not in ("self", "cls")]

    @wraps(function)
    def call(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        unknown = [name for name in kwargs if name not in known]
        if unknown:
            more = [
                f"{called} has no argument {name!r}; {nearest(name, offered)}"
                for name in unknown[1:]
            ]
            remedy = "; ".join([nearest(unknown[0], offered), *more])
            rule = f"{called} has no argument {unknown[0]!r}"
            raise InvalidInputError(rule, value=kwargs[unknown[0]], shown="", remedy=remedy)
        return function(*args, **kwargs)

    return call


def arguments_checked(cls: _Class) -> _Class:
    """Make a dataclass and its copies by `replace` refuse unknown arguments.

    As :func:`keywords_checked` does for a function.
    """
    cls.__init__ = keywords_checked(cls.__init__)  # type: ignore[misc]
    return cls
