"""What a fit varies: parameters, shared by measurements or private to one, each in the coordinate of the search."""

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
        return (
            f"{self.parameter.name}@{self.measurement}" if self.measurement else self.parameter.name
        )

    @property
    def identifier(self) -> str:
        """Name in the fit library: of ln p, where that is varied."""
        return ("ln_" if self.logarithmic else "") + self.key.replace("@", "__at__").replace(
            "-", "_"
        )

    @property
    def size(self) -> float:
        """By how much the coordinate changes in a step that is neither small nor large."""
        return 1.0 if self.logarithmic else abs(self.start) or 1.0

    def coordinate(self, value: float) -> float:
        """Z of p."""
        if not self.logarithmic:
            return value
        return log(value) if value > 0 else -inf

    def value(self, coordinate: float) -> float:
        """P of z."""
        if not self.logarithmic:
            return coordinate
        return exp(coordinate) if coordinate < 700 else inf

    def slope(self, coordinate: float) -> float:
        """∂p/∂z."""
        return self.value(coordinate) if self.logarithmic else 1.0


def variables(measurements: Sequence[Measurement], free: Mapping[str, Any]) -> tuple[Variable, ...]:
    """Free parameters, each checked; "name@measurement" and what a measurement calls private are its own."""
    if not free:
        raise InvalidInputError(
            "no parameter is free", remedy="give at least one, such as correlation_time"
        )
    names = [m.name for m in measurements]
    found: list[Variable] = []
    for key, how in free.items():
        name, _, place = key.partition("@")
        if place and place not in names:
            raise InvalidInputError(
                f"{key}: there is no measurement {place!r}", remedy=nearest(place, names)
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
        own = {m.name for m in users if name in m.private or place}
        others = [m for m in users if m.name not in own and name not in m.fixed]
        targets = ["", *sorted(own, key=names.index)] if others else sorted(own, key=names.index)
        if not targets:
            raise InvalidInputError(
                "is free, but fixed in every measurement that has it",
                parameter=name,
                remedy="choose one",
            )
        by_name = {m.name: m for m in users} | {"": (others or users)[0]}
        found += [_variable(name, by_name[target], target, how) for target in targets]
    keys = [v.key for v in found]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise InvalidInputError(f"{twice} is free twice", remedy="give it once")
    return tuple(found)


def _variable(name: str, measurement: Measurement, place: str, how: Any) -> Variable:
    parameter = measurement.model.parameters[name]
    guess = measurement.model.guess(measurement.x, measurement.y).get(name)
    free = how if isinstance(how, Free) else Free(start=how)
    label = f"{parameter.name}@{place}" if place else parameter.name

    logarithmic = parameter.logarithmic if free.logarithmic is None else free.logarithmic
    low, high = (
        default if value is None else _bound(parameter, value, f"{what} of {label}")
        for value, what, default in (
            (free.low, "low", parameter.low),
            (free.high, "high", parameter.high),
        )
    )
    if free.start is None:
        start = min(max(parameter.start if guess is None else guess, low), high)
    else:
        start = parameter.checked(free.start, f"start of {label}")
    if not isfinite(start):
        raise InvalidInputError("needs a start value", parameter=label)
    if not low < high:
        raise InvalidInputError(f"{label}: low = {low:g} must be below high = {high:g}")
    if not low <= start <= high:
        raise InvalidInputError(
            f"{label}: start = {start:g} is outside its bounds, {low:g} to {high:g}"
        )
    if logarithmic and start <= 0:
        raise InvalidInputError(
            f"{label}: start = {start:g} must be above 0 for a search in its logarithm"
        )
    return Variable(
        parameter, place, start, low, high, logarithmic, _expected(parameter, label, free)
    )


def _bound(parameter: Parameter, value: Any, name: str) -> float:
    """Return a bound; 0 is one for a scale, and means none."""
    return float(
        within(name, scalar(name, value, parameter.dimension), parameter.low, parameter.high)
    )


def _expected(parameter: Parameter, label: str, free: Free) -> tuple[float, float] | None:
    if free.expected is None and free.expected_error is None:
        return None
    if free.expected is None or free.expected_error is None:
        raise InvalidInputError(f"{label}: give expected and expected_error together")
    error = positive_scalar(f"expected_error of {label}", free.expected_error, parameter.dimension)
    return parameter.checked(free.expected, f"expected of {label}"), error
