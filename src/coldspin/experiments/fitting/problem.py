"""What a fit minimises: residuals of measurements and their derivatives."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.variables import Variable, list_variables
from coldspin.wording import nearest

_FIRST = 0.1  # least distance of a start from 0, in sizes of the coordinates
_ASIDE = 0.1  # share of a step by which coordinates are moved aside
_STEP = 6e-6  # of ln p, or of p over its size, in central differences: the cube root of rounding

Progress = Callable[[str, float], None]
"""Called with what is being done, and the share of it that is done."""


class _Roles(NamedTuple):
    """Parameters of one measurement: fixed values, indices of variables, followers."""

    measurement: Measurement
    values: dict[str, float]
    free: dict[str, int]
    follows: dict[str, tuple[str, float]]


@dataclass(frozen=True)
class Problem:
    """Measurements, the variables of the fit, and values of what is fixed for all of them."""

    measurements: tuple[Measurement, ...]
    variables: tuple[Variable, ...]
    fixed: Mapping[str, float]

    @cached_property
    def errors_known(self) -> bool:
        """Whether every measurement has standard errors."""
        return all(m.error is not None for m in self.measurements)

    @cached_property
    def data(self) -> Array:
        """Every measured y, or ln y, and after them what is expected of variables."""
        expected = [v.expected[0] for v in self.variables if v.expected]
        return np.concatenate([*(m.compared(m.y) for m in self.measurements), expected])

    @cached_property
    def weights(self) -> Array:
        """1/σ; 1 for all where no errors are known."""
        expected = [1 / v.expected[1] for v in self.variables if v.expected]
        return np.concatenate([*(m.weights for m in self.measurements), expected])

    @cached_property
    def start(self) -> Array:
        """Coordinates of the start values."""
        return np.array([v.coordinate(v.start) for v in self.variables])

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Coordinates between which each variable stays."""
        low = np.array([v.coordinate(v.low) for v in self.variables])
        return low, np.array([v.coordinate(v.high) for v in self.variables])

    @cached_property
    def _roles(self) -> list[_Roles]:
        """Role of every parameter in each measurement: fixed, free or following."""
        return [self._assign_roles(m) for m in self.measurements]

    def _assign_roles(self, m: Measurement) -> _Roles:
        index: dict[str, int] = {}
        for i, v in enumerate(self.variables):
            name = v.parameter.name
            if not v.measurement and name in m.model.parameters and name not in m.fixed:
                index[name] = i
        for i, v in enumerate(self.variables):
            if v.measurement == m.name and v.parameter.name in m.model.parameters:
                index[v.parameter.name] = i
        values: dict[str, float] = {}
        follows: dict[str, tuple[str, float]] = {}
        for name, parameter in m.model.parameters.items():
            if name in m.fixed:
                values[name] = m.fixed[name]
            elif name in self.fixed:
                values[name] = self.fixed[name]
            elif name in index:
                continue
            elif parameter.follows:
                follows[name] = parameter.follows
            else:
                values[name] = parameter.start
        lacking = [name for name, value in values.items() if isnan(value)]
        if lacking:
            raise InvalidInputError(
                f"{m.name} needs a value for {', '.join(lacking)}",
                remedy="give one, or let it be free",
            )
        return _Roles(m, values, index, follows)

    def departure(self, coordinates: Array, fixed: int = -1) -> Array:
        """Coordinates to start from, moved away from 0 where all but the `fixed` one are near it.

        SciPy bounds the first step by the norm of the start, each coordinate in its size.
        """
        varied = np.arange(coordinates.size) != fixed
        sizes = np.array([v.size for v in self.variables])
        if not 0 < np.linalg.norm((coordinates / sizes)[varied]) < _FIRST:
            return coordinates
        low, high = self.bounds
        up = np.minimum(coordinates + _FIRST * sizes, high)
        down = np.maximum(coordinates - _FIRST * sizes, low)
        start = np.where(up - coordinates >= coordinates - down, up, down)
        return np.where(varied, start, coordinates)

    def aside(self, coordinates: Array) -> Array:
        """Coordinates beside others, each moved within its bounds by its share of a step."""
        sizes = np.maximum(self.steps(coordinates), [v.size for v in self.variables])
        low, high = self.bounds
        shift = sizes * _ASIDE / np.sqrt(np.arange(2.0, 2.0 + coordinates.size))
        up = coordinates + shift
        result: Array = np.clip(np.where(up < high, up, coordinates - shift), low, high)
        return result

    def steps(self, coordinates: Array) -> Array:
        """What counts as a step of each coordinate: 1 of ln p, |p| of p."""
        steps = np.abs(coordinates)
        steps[(steps == 0) | [v.logarithmic for v in self.variables]] = 1.0
        return steps

    def best_values(self, coordinates: Array) -> dict[str, float]:
        """Value of each variable [SI], by key."""
        both = zip(self.variables, coordinates, strict=True)
        return {v.key: v.value(float(z)) for v, z in both}

    def values(self, number: int, coordinates: Array) -> dict[str, float]:
        """Every parameter of the model of a measurement."""
        _, values, index, follows = self._roles[number]
        result = dict(values)
        for name, i in index.items():
            result[name] = self.variables[i].value(float(coordinates[i]))
        for name, (leader, factor) in follows.items():
            result[name] = factor * result[leader]
        return result

    def curve(self, number: int, coordinates: Array, x: Array | None = None) -> Array:
        """The model of a measurement, at its own x or others; NaN where it has no value."""
        m = self.measurements[number]
        x = m.x if x is None else x
        try:
            with quietly():
                return m.model.evaluate(x, self.values(number, coordinates))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # a search may step beyond the range of the theory
            return np.full(x.shape, np.nan)

    def predicted(self, coordinates: Array) -> Array:
        """What :attr:`data` would be without errors."""
        curves = [m.compared(self.curve(i, coordinates)) for i, m in enumerate(self.measurements)]
        both = zip(self.variables, coordinates, strict=True)
        expected = [v.value(float(z)) for v, z in both if v.expected]
        return np.concatenate([*curves, expected])

    def residuals(self, coordinates: Array) -> Array:
        """(Curve − data)/σ."""
        with quietly():
            result: Array = (self.predicted(coordinates) - self.data) * self.weights
        return result

    def slopes(self, number: int, coordinates: Array, x: Array | None = None) -> Array:
        """∂curve/∂z, a row for each point and a column for each variable.

        In closed form where the model knows it, by differences otherwise.
        """
        m, _, index, follows = self._roles[number]
        x = m.x if x is None else x
        values = self.values(number, coordinates)
        try:
            with quietly():
                known = dict(m.model.gradient(x, values))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # as for the curve
            return np.full((x.size, len(self.variables)), np.nan)
        result = np.zeros((x.size, len(self.variables)))
        with quietly():
            for name, (leader, factor) in follows.items():
                if name in known and leader in known:
                    known[leader] = known[leader] + factor * known[name]
                else:
                    known.pop(leader, None)
            for name, i in index.items():
                if name in known:
                    result[:, i] = known[name] * self.variables[i].slope(float(coordinates[i]))
                else:
                    result[:, i] = self._difference(number, coordinates, i, x)
        return result

    def _difference(self, number: int, coordinates: Array, i: int, x: Array) -> Array:
        variable = self.variables[i]
        z = float(coordinates[i])
        step = self._relative_step(number) * (1.0 if variable.logarithmic else abs(z) or 1.0)
        low, high = np.clip([z - step, z + step], self.bounds[0][i], self.bounds[1][i])
        up = coordinates.copy()
        up[i] = high
        down = coordinates.copy()
        down[i] = low
        result: Array = (self.curve(number, up, x) - self.curve(number, down, x)) / (high - low)
        if not np.isfinite(result).all():  # the model may have values on one side alone
            here = self.curve(number, coordinates, x)
            for end in (up, down):
                one_sided = (self.curve(number, end, x) - here) / (end[i] - z)
                result = np.where(np.isfinite(result), result, one_sided)
        return result

    def _relative_step(self, number: int) -> float:
        method = getattr(self.measurements[number].model, "method", None)
        noise = float(getattr(method, "tolerance", 0.0))
        return max(_STEP, float(np.cbrt(noise)) / 4)

    @cached_property
    def truncation(self) -> float:
        """Relative error of slopes by differences: the square of the longest step."""
        steps = [self._relative_step(number) for number in range(len(self.measurements))]
        return max(steps) ** 2

    def jacobian(self, coordinates: Array) -> Array:
        """∂residuals/∂z."""
        rows = []
        for number, m in enumerate(self.measurements):
            slopes = self.slopes(number, coordinates)
            if m.logarithmic:
                with quietly():
                    slopes = slopes / self.curve(number, coordinates)[:, None]
            rows.append(slopes)
        for i, v in enumerate(self.variables):
            if v.expected:
                row = np.zeros((1, len(self.variables)))
                row[0, i] = v.slope(float(coordinates[i]))
                rows.append(row)
        with quietly():
            result: Array = np.concatenate(rows) * self.weights[:, None]
        return result


@contextmanager
def quietly() -> Iterator[None]:
    """Silence warnings of arithmetic: in a search, models may overflow."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def build_problem(
    measurements: Sequence[Measurement] | Measurement,
    free: Mapping[str, Any],
    fixed: Mapping[str, Any],
) -> Problem:
    """Build the problem of a fit; raise InvalidInputError if it makes no sense."""
    several = (measurements,) if isinstance(measurements, Measurement) else tuple(measurements)
    if not several or not all(isinstance(m, Measurement) for m in several):
        raise InvalidInputError("measurements must be one Measurement or several")
    names = [m.name for m in several]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInputError(
                f"two measurements are called {name!r}", remedy="give each a name of its own"
            )
    known = {name: p for m in several for name, p in m.model.parameters.items()}
    for name in fixed:
        if name not in known:
            raise InvalidInputError(
                "is a parameter of no measurement", parameter=name, remedy=nearest(name, known)
            )
        if name in free:
            raise InvalidInputError("is both free and fixed", parameter=name, remedy="choose one")
    values = {name: known[name].check(value) for name, value in fixed.items()}
    problem = Problem(several, list_variables(several, free), values)
    _check_weights(problem)
    _check_start(problem)
    return problem


def _check_weights(problem: Problem) -> None:
    """Refuse data whose weights are unknown, and too few of them."""
    unknown = [m.name for m in problem.measurements if m.error is None]
    if (unknown and len(unknown) < len(problem.measurements)) or len(unknown) > 1:
        raise InvalidInputError(
            "without errors the weight against other measurements is unknown",
            place=", ".join(unknown),
            remedy="give errors",
        )
    if unknown and any(v.expected for v in problem.variables):
        raise InvalidInputError(
            "expected values are weighed against errors of the data",
            place=unknown[0],
            remedy="give them",
        )
    points = problem.data.size
    count = len(problem.variables)
    if points < count or (points == count and not problem.errors_known):
        raise InvalidInputError(
            f"{points} points cannot give {count} parameters", remedy="fix some, or measure more"
        )


def _check_start(problem: Problem) -> None:
    """Refuse start values at which a model has no finite curve."""
    for number, m in enumerate(problem.measurements):
        try:
            with quietly():
                values = problem.values(number, problem.start)
                curve = np.asarray(m.model.evaluate(m.x, values))
        except InvalidInputError:
            raise
        except (ArithmeticError, RuntimeError, ValueError) as trouble:
            raise InvalidInputError(
                f"the model cannot be computed with the start values ({trouble})",
                place=m.name,
                remedy="start elsewhere",
            ) from None
        bad = ~np.isfinite(curve)
        if bad.any():
            axis = m.model.axes[0]
            raise InvalidInputError(
                f"the model is not finite at {axis.name} = {m.x[bad][0]:g} with the start values",
                place=m.name,
                remedy="leave that point out, or start elsewhere",
            )
