"""One measured curve: what was measured, with its errors, and the model that is to explain it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from coldspin.arguments import Array, arguments_checked, positive
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models.model import Axis, Model
from coldspin.quantities import si_points
from coldspin.wording import nearest

Masked = np.ma.MaskedArray[Any, Any]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# of y and its errors
_SMALLEST = 1e-100
_LARGEST = 1e100


@arguments_checked
@dataclass(frozen=True)
class Measurement:
    """Points (x, y) of one experiment with standard errors and their model.

    Parameters
    ----------
    name : str
        Letters, digits, "-" and "_".
    model : Model
        A value of :mod:`coldspin.experiments.models`.
    x, y : array_like or quantity
        In SI, or with units; in the unit of measurement where the model takes any. A point that is
        masked in x, y or `error` is left out.
    error : array_like or quantity, optional
        Standard errors of y, one for each point or one for all. Without them the scatter of the
        data about the curve says how large they are.
    fixed : mapping
        Values of parameters in this measurement alone.
    private : sequence of str
        Free parameters that this measurement does not share with others.
    unit : str
        Unit in which y was measured, for figures.
    logarithmic : bool
        Whether ln y is compared, with error/y as its error: for y > 0 whose errors are factors.
    """

    name: str
    model: Model
    x: Any
    y: Any
    error: Any = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    unit: str = ""
    logarithmic: bool = False

    def __post_init__(self) -> None:
        """Convert and check, and sort by x."""
        if not _NAME.fullmatch(self.name):
            raise InvalidInputError(
                f"name of a measurement must be letters, digits, - and _, a letter first, not "
                f"{self.name!r}"
            )
        x, y = (
            self._column(axis, value)
            for axis, value in zip(self.model.axes, (self.x, self.y), strict=True)
        )
        if x.shape != y.shape or x.ndim != 1 or not x.size:
            raise InvalidInputError(
                f"{self.name}: x and y must be one column each, of the same length, not {x.shape} "
                f"and {y.shape}"
            )
        error = None if self.error is None else self._errors(self.error, y.shape)
        complete = ~np.ma.mask_or(np.ma.getmaskarray(x), np.ma.getmaskarray(y), shrink=False)
        if error is not None:
            complete &= ~np.ma.getmaskarray(error)
        if not complete.any():
            raise InvalidInputError(
                f"{self.name}: every point is masked",
                remedy="give at least one with x, y and its error",
            )
        x = x.data[complete]
        y = y.data[complete]
        error = None if error is None else error.data[complete]
        if error is not None:
            positive(f"{self.name}: error", error)
        _refuse_absurd(f"{self.name}: the largest y", float(np.abs(y).max()))
        if error is not None:
            _refuse_absurd(f"{self.name}: the smallest error", float(error.min()))
            _refuse_absurd(f"{self.name}: the largest error", float(error.max()))
        order = np.argsort(x, kind="stable")
        for column, values in (("x", x), ("y", y), ("error", error)):
            object.__setattr__(self, column, None if values is None else _frozen(values[order]))
        private: object = self.private
        if isinstance(private, str):
            raise InvalidInputError(
                f"{self.name}: private must be a list of names, not {private!r}"
            )
        known = self.model.parameters
        for name in (*self.fixed, *self.private):
            if name not in known:
                raise InvalidInputError(
                    f"{self.name}: {name} is no parameter of its model", remedy=nearest(name, known)
                )
        fixed = {
            name: known[name].check(value, f"{self.name}: {name}")
            for name, value in self.fixed.items()
        }
        object.__setattr__(self, "fixed", MappingProxyType(fixed))
        object.__setattr__(self, "private", tuple(self.private))

        if self.logarithmic and not np.all(self.y > 0):
            raise InvalidInputError(f"{self.name}: y must be greater than 0 where ln y is compared")

    def compared(self, y: Array) -> Array:
        """Return y, or ln y."""
        if not self.logarithmic:
            return y
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Array = np.log(y)
        return result

    @property
    def weights(self) -> Array:
        """One over the standard error of what is compared; 1 where it is not known."""
        if self.error is None:
            return np.ones(self.y.size)
        result: Array = (self.y if self.logarithmic else 1.0) / self.error
        return result

    def _column(self, axis: Axis, value: Any, called: str = "") -> Masked:
        return np.ma.atleast_1d(
            si_points(f"{self.name}: {called or axis.name}", value, axis.dimension)
        )

    def _errors(self, value: Any, shape: tuple[int, ...]) -> Masked:
        errors = self._column(self.model.axes[1], value, "error")
        if errors.size not in (1, shape[0]):
            raise InvalidInputError(
                f"{self.name}: {errors.size} errors for {shape[0]} points",
                remedy="give one each, or one",
            )
        return np.ma.masked_array(
            np.broadcast_to(errors.data, shape), np.broadcast_to(np.ma.getmaskarray(errors), shape)
        )


def _refuse_absurd(what: str, value: float) -> None:
    """Refuse values of which squares overflow or underflow."""
    if value and not _SMALLEST <= value <= _LARGEST:
        raise InvalidInputError(
            f"must be from {_SMALLEST:g} to {_LARGEST:g}",
            parameter=what,
            value=value,
            remedy="use another unit",
        )


def _frozen(values: Array) -> Array:
    copy = np.array(values)
    copy.flags.writeable = False
    return copy
