"""The interface of models of measured curves, and of their parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

import numpy as np

from coldspin.arguments import Array, finite, within
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.quantities import FIELD, Dimension, scalar, si_axis
from coldspin.wording import nearest

Values = Mapping[str, Any]
"""Parameters by name, SI floats; a model in closed form takes arrays that broadcast with the axis as well."""


@dataclass(frozen=True)
class Parameter:
    """One number of a model: dimension (None for a pure number), default value, domain.

    `logarithmic` says that its scale is unknown beforehand: a fit then searches in ln p. `start` is
    NaN where a value must be given. `follows` is another parameter and a factor: the product is the
    value where none is given. In a classical model, `stands_for` names the parameters of the full
    one in whose place it is.
    """

    name: str
    meaning: str
    dimension: Dimension | None = None
    start: float = float("nan")
    low: float = -inf
    high: float = inf
    logarithmic: bool = False
    follows: tuple[str, float] | None = None
    stands_for: tuple[str, ...] = ()

    def check(self, value: Any, name: str = "") -> float:
        """One number in SI within the domain."""
        label = name or self.name
        number = scalar(label, value, self.dimension)
        if self.logarithmic and not number > 0:
            raise InvalidInputError("must be greater than zero", parameter=label, value=number)
        return float(within(label, number, self.low, self.high))


@dataclass(frozen=True)
class Axis:
    """Quantity along one axis of a curve.

    A dimension of None is a pure number; `any_unit` allows whatever unit was measured.
    """

    name: str
    symbol: str
    dimension: Dimension | None = None
    any_unit: bool = False


FIELD_AXIS = Axis("field", "$B$", FIELD)


class Model(Protocol):
    """A frozen value: the measured curve as a function of field or time and of named parameters."""

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Abscissa and ordinate."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter by name."""

    def evaluate(self, x: Array, values: Values) -> Array:
        """The curve at `x` [SI], with a value for every parameter; nothing is checked."""

    def gradient(self, x: Array, values: Values) -> Mapping[str, Array]:
        """Derivatives by p (not ln p), for the parameters that have them in closed form."""

    def guess(self, x: Array, y: Array) -> Mapping[str, float]:
        """Values from which a fit may start, read off the data."""

    def doubts(self, x: Array, values: Values) -> tuple[ValidityWarning, ...]:
        """Warnings where these values leave the theory's range of validity."""

    def classical(self) -> "Model | None":
        """Return the limit of short correlation times (Dyakonov and Perel)."""


def one_of(name: str, value: Any, allowed: Iterable[str]) -> None:
    """Refuse a word that is not among those allowed."""
    words = tuple(allowed)
    if value not in words:
        raise InvalidInputError(f"must be one of {', '.join(words)}", parameter=name, value=value)


def call_model(model: Model, x: Any, given: Mapping[str, Any]) -> Array:
    """Evaluate a model at `x`; `parameters`, with units or in SI, replace its own values."""
    axis = model.axes[0]
    places = (
        finite(axis.name, x) if axis.dimension is None else si_axis(axis.name, x, axis.dimension)
    )
    return model.evaluate(np.atleast_1d(places), complete(model, given))


def complete(model: Model, given: Mapping[str, Any]) -> dict[str, float]:
    """Values of every parameter, checked: those given, the model's own for the rest."""
    known = model.parameters
    for name in given:
        if name not in known:
            raise InvalidInputError(
                f"is no parameter of {type(model).__name__}",
                parameter=name,
                remedy=nearest(name, known),
            )
    values = {name: known[name].check(value) for name, value in given.items()}
    left = {name: p for name, p in known.items() if name not in values}
    values |= {name: p.start for name, p in left.items() if p.follows is None}
    values |= {name: p.follows[1] * values[p.follows[0]] for name, p in left.items() if p.follows}
    missing = [name for name, value in values.items() if value != value]
    if missing:
        raise InvalidInputError(f"{type(model).__name__} needs a value for {', '.join(missing)}")
    return values
