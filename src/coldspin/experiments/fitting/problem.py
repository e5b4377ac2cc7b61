"""The sum of squares that a fit makes small: residuals of every measurement, and their derivatives."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.variables import Variable, variables
from coldspin.wording import nearest

_FIRST = 0.1  # distance of a start from 0, in sizes of the coordinates, below which a search would hardly move
_ASIDE = 0.1  # share of a step by which coordinates are moved aside
Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is."""

_STEP = 6e-6  # of ln p, or of p over its size, in central differences: the cube root of rounding


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
    def _roles(
        self,
    ) -> list[tuple[Measurement, dict[str, float], dict[str, int], dict[str, tuple[str, float]]]]:
        """Of each measurement: values that stay, variables by parameter, and parameters that follow others."""
        roles = []
        for m in self.measurements:
            known = m.model.parameters
            own = {
                v.parameter.name: i for i, v in enumerate(self.variables) if v.measurement == m.name
            }
            shared = {
                v.parameter.name: i for i, v in enumerate(self.variables) if not v.measurement
            }
            index = {
                n: i
                for n, i in (shared | own).items()
                if n in known and (n in own or n not in m.fixed)
            }
            values = {n: value for n, value in self.fixed.items() if n in known} | dict(m.fixed)
            follows = {
                n: p.follows
                for n, p in known.items()
                if p.follows and n not in values and n not in index
            }
            values |= {
                n: p.start
                for n, p in known.items()
                if n not in values and n not in index and n not in follows
            }
            lacking = [n for n, value in values.items() if value != value]
            if lacking:
                raise InvalidInputError(
                    f"{m.name} needs a value for {', '.join(lacking)}: give one, or let it be free"
                )
            roles.append((m, values, index, follows))
        return roles

    def departure(self, coordinates: Array, kept: int = -1) -> Array:
        """Coordinates to start from: off 0 where all but the one that is kept are at it, as the length of a first step.

        SciPy's search takes no longer step first than the start is from 0, each coordinate in its
        size.
        """
        varied = np.arange(coordinates.size) != kept
        sizes = np.array([v.size for v in self.variables])
        if not 0 < np.linalg.norm((coordinates / sizes)[varied]) < _FIRST:
            return coordinates
        low, high = self.bounds
        up = np.minimum(coordinates + _FIRST * sizes, high)
        down = np.maximum(coordinates - _FIRST * sizes, low)
        moved = np.where(up - coordinates >= coordinates - down, up, down)
        return np.where(varied, moved, coordinates)

    def aside(self, coordinates: Array) -> Array:
        """Coordinates beside others, each moved by its own share of a step to where there is room."""
        sizes = np.maximum(self.steps(coordinates), [v.size for v in self.variables])
        low, high = self.bounds
        moved = sizes * _ASIDE / np.sqrt(np.arange(2.0, 2.0 + coordinates.size))
        result: Array = np.clip(
            np.where(coordinates + moved < high, coordinates + moved, coordinates - moved),
            low,
            high,
        )
        return result

    def steps(self, coordinates: Array) -> Array:
        """What counts as a step of each coordinate: 1 of ln p, |p| of p."""
        both = zip(self.variables, coordinates, strict=True)
        return np.array([1.0 if v.logarithmic else abs(float(z)) or 1.0 for v, z in both])

    def values(self, number: int, coordinates: Array) -> dict[str, float]:
        """Every parameter of the model of a measurement."""
        _, values, index, follows = self._roles[number]
        result = values | {
            name: self.variables[i].value(float(coordinates[i])) for name, i in index.items()
        }
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
        except Exception:  # noqa: BLE001  # a step of a search beyond what the theory or double precision carries
            return np.full(x.shape, np.nan)

    def predicted(self, coordinates: Array) -> Array:
        """What :attr:`data` would be without errors."""
        curves = [m.compared(self.curve(i, coordinates)) for i, m in enumerate(self.measurements)]
        expected = [
            v.value(float(z))
            for v, z in zip(self.variables, coordinates, strict=True)
            if v.expected
        ]
        return np.concatenate([*curves, expected])

    def residuals(self, coordinates: Array) -> Array:
        """(Curve − data)/σ."""
        with quietly():
            result: Array = (self.predicted(coordinates) - self.data) * self.weights
        return result

    def slopes(self, number: int, coordinates: Array, x: Array | None = None) -> Array:
        """∂curve/∂z, a row for each point and a column for each variable; in closed form where the model knows it."""
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

    def _compared_slopes(self, number: int, coordinates: Array) -> Array:
        slopes = self.slopes(number, coordinates)
        if self.measurements[number].logarithmic:
            with quietly():
                slopes = slopes / self.curve(number, coordinates)[:, None]
        return slopes

    def _difference(self, number: int, coordinates: Array, i: int, x: Array) -> Array:
        variable, z = self.variables[i], float(coordinates[i])
        step = self._relative_step(number) * (1.0 if variable.logarithmic else abs(z) or 1.0)
        low, high = np.clip([z - step, z + step], self.bounds[0][i], self.bounds[1][i])
        up, down = coordinates.copy(), coordinates.copy()
        up[i], down[i] = high, low
        result: Array = (self.curve(number, up, x) - self.curve(number, down, x)) / (high - low)
        if not np.isfinite(result).all():  # the model may have values on one side alone
            here = self.curve(number, coordinates, x)
            for end in (up, down):
                aside = (self.curve(number, end, x) - here) / (end[i] - z)
                result = np.where(np.isfinite(result), result, aside)
        return result

    def _relative_step(self, number: int) -> float:
        noise = float(
            getattr(getattr(self.measurements[number].model, "method", None), "tolerance", 0.0)
        )
        return max(_STEP, float(np.cbrt(noise)) / 4)

    @cached_property
    def truncation(self) -> float:
        """Relative error of slopes by differences: the square of the longest step."""
        steps = [self._relative_step(number) for number in range(len(self.measurements))]
        return max(steps) ** 2

    def jacobian(self, coordinates: Array) -> Array:
        """∂residuals/∂z."""
        rows = [self._compared_slopes(i, coordinates) for i in range(len(self.measurements))]
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
    """Leave out the warnings of arithmetic: a search meets parameters at which a model overflows."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def problem(
    measurements: Sequence[Measurement] | Measurement,
    free: Mapping[str, Any],
    fixed: Mapping[str, Any],
) -> Problem:
    """Put a fit together, or say what is wrong with it."""
    several = (measurements,) if isinstance(measurements, Measurement) else tuple(measurements)
    if not several or not all(isinstance(m, Measurement) for m in several):
        raise InvalidInputError("measurements must be one Measurement or several")
    names = [m.name for m in several]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InvalidInputError(
            f"two measurements are called {twice!r}", remedy="give each a name of its own"
        )
    known = {name: p for m in several for name, p in m.model.parameters.items()}
    for name in fixed:
        if name not in known:
            raise InvalidInputError(
                "is a parameter of no measurement", parameter=name, remedy=nearest(name, known)
            )
        if name in free:
            raise InvalidInputError("is both free and fixed", parameter=name, remedy="choose one")
    made = Problem(
        several,
        variables(several, free),
        {name: known[name].checked(v) for name, v in fixed.items()},
    )
    _checked(made)
    return made


def _checked(made: Problem) -> None:
    unknown = [m.name for m in made.measurements if m.error is None]
    if (unknown and len(unknown) < len(made.measurements)) or len(unknown) > 1:
        raise InvalidInputError(
            f"{', '.join(unknown)}: without errors the weight against other measurements is unknown",
            remedy="give errors",
        )
    if unknown and any(v.expected for v in made.variables):
        raise InvalidInputError(
            f"{unknown[0]}: expected values are weighed against errors of the data",
            remedy="give them",
        )
    points, count = made.data.size, len(made.variables)
    if points < count or (points == count and not made.errors_known):
        raise InvalidInputError(
            f"{points} points cannot give {count} parameters", remedy="fix some, or measure more"
        )
    for number, m in enumerate(made.measurements):
        try:
            with quietly():
                curve = np.asarray(m.model.evaluate(m.x, made.values(number, made.start)))
        except InvalidInputError:
            raise
        except (ArithmeticError, RuntimeError, ValueError) as trouble:
            raise InvalidInputError(
                f"{m.name}: the model cannot be computed with the start values ({trouble})",
                remedy="start elsewhere",
            ) from None
        bad = ~np.isfinite(curve)
        if bad.any():
            axis = m.model.axes[0]
            raise InvalidInputError(
                f"{m.name}: the model is not finite at {axis.name} = {m.x[bad][0]:g} with the "
                f"start values",
                remedy="leave that point out, or start elsewhere",
            )
