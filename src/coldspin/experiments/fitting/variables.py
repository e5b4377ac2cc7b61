"""The free parameters of a fit: start values, bounds, coordinates, expected values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log
from typing import Any

from coldspin.arguments import arguments_checked, within
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.models.model import Parameter
from coldspin.quantities import positive_scalar, scalar
from coldspin.wording import nearest


@arguments_checked
@dataclass(frozen=True)
class Free:
    """How a fit is to treat a parameter; what is not given is taken from the model.

    `start`, `low`, `high` in SI or with a unit; `logarithmic` chooses ln p as the coordinate.
    `expected` and `expected_error` are knowledge from elsewhere, which counts as one more measured
    point.
    """

    start: Any = None
    low: Any = None
    high: Any = None
    logarithmic: bool | None = None
    expected: Any = None
    expected_error: Any = None


@dataclass(frozen=True)
class Variable:
    """One free parameter: p = exp(z) or p = z, z the coordinate of the fit."""

    parameter: Parameter
    measurement: str
    start: float
    low: float
    high: float
    logarithmic: bool
    expected: tuple[float, float] | None = None

    @property
    def key(self) -> str:
        """Its name, with that of the one measurement it belongs to."""
        name = self.parameter.name
        return f"{name}@{self.measurement}" if self.measurement else name

    @property
    def size(self) -> float:
        """By how much the coordinate changes in a step that is neither small nor large."""
        return 1.0 if self.logarithmic else abs(self.start) or 1.0

    def coordinate(self, value: float) -> float:
        """Return z of p."""
        if not self.logarithmic:
            return value
        return log(value) if value > 0 else -inf

    def value(self, coordinate: float) -> float:
        """Return p of z."""
        if not self.logarithmic:
            return coordinate
        return exp(coordinate) if coordinate < 700 else inf

    def slope(self, coordinate: float) -> float:
        """∂p/∂z."""
        return self.value(coordinate) if self.logarithmic else 1.0


def list_variables(
    measurements: Sequence[Measurement], free: Mapping[str, Any]
) -> tuple[Variable, ...]:
    """Free parameters, each checked.

    "name@measurement" belongs to that measurement; a parameter that measurements call private gives
    each of them a variable, and one more to all others that have it.
    """
    if not free:
        raise InvalidInputError(
            "no parameter is free", remedy="give at least one, such as correlation_time"
        )
    names = [m.name for m in measurements]
    variables: list[Variable] = []
    for key, how in free.items():
        name, _, place = key.partition("@")
        if place and place not in names:
            raise InvalidInputError(
                f"there is no measurement {place!r}", place=key, remedy=nearest(place, names)
            )
        users = [m for m in measurements if name in m.model.parameters and place in ("", m.name)]
        if not users:
            known = {name for m in measurements for name in m.model.parameters}
            raise InvalidInputError(
                "is a parameter of no measurement", parameter=name, remedy=nearest(name, known)
            )
        if place and name in users[0].fixed:
            raise InvalidInputError(
                "is free, but fixed in that measurement", parameter=key, remedy="choose one"
            )
        own = [m for m in users if place or name in m.private]
        others = [m for m in users if not place and name not in m.private and name not in m.fixed]
        if not own and not others:
            raise InvalidInputError(
                "is free, but fixed in every measurement that has it",
                parameter=name,
                remedy="choose one",
            )
        if others:
            variables.append(_build_variable(name, others[0], "", how))
        variables += [_build_variable(name, m, m.name, how) for m in own]
    keys = [v.key for v in variables]
    for key in keys:
        if keys.count(key) > 1:
            raise InvalidInputError(f"{key} is free twice", remedy="give it once")
    return tuple(variables)


def _build_variable(name: str, measurement: Measurement, place: str, how: Any) -> Variable:
    parameter = measurement.model.parameters[name]
    free = how if isinstance(how, Free) else Free(start=how)
    label = f"{name}@{place}" if place else name
    logarithmic = parameter.logarithmic if free.logarithmic is None else free.logarithmic
    low = parameter.low
    if free.low is not None:
        low = _read_bound(parameter, free.low, f"low of {label}")
    high = parameter.high
    if free.high is not None:
        high = _read_bound(parameter, free.high, f"high of {label}")
    if free.start is None:
        guess = measurement.model.guess(measurement.x, measurement.y).get(name)
        start = min(max(parameter.start if guess is None else guess, low), high)
    else:
        start = parameter.check(free.start, f"start of {label}")
    if not isfinite(start):
        raise InvalidInputError("needs a start value", parameter=label)
    if not low < high:
        raise InvalidInputError(f"low = {low:g} must be below high = {high:g}", place=label)
    if not low <= start <= high:
        raise InvalidInputError(
            f"start = {start:g} is outside its bounds, {low:g} to {high:g}", place=label
        )
    if logarithmic and start <= 0:
        raise InvalidInputError(
            f"start = {start:g} must be above 0 for a search in its logarithm", place=label
        )
    expected = _read_expected(parameter, label, free)
    return Variable(parameter, place, start, low, high, logarithmic, expected)


def _read_bound(parameter: Parameter, value: Any, name: str) -> float:
    """Return a bound; 0 is one for a scale, and means none."""
    number = scalar(name, value, parameter.dimension)
    return float(within(name, number, parameter.low, parameter.high))


def _read_expected(parameter: Parameter, label: str, free: Free) -> tuple[float, float] | None:
    if free.expected is None and free.expected_error is None:
        return None
    if free.expected is None or free.expected_error is None:
        raise InvalidInputError("give expected and expected_error together", place=label)
    error = positive_scalar(f"expected_error of {label}", free.expected_error, parameter.dimension)
    return parameter.check(free.expected, f"expected of {label}"), error
