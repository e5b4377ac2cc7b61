"""Intervals by the profile likelihood: how far a parameter can go while all others make up for it."""

from math import copysign, inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.fitted import Fit, Interval
from coldspin.experiments.fitting.local import searcher
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.watch import Watch

LEVELS = (0.68, 0.95)
_ACCURACY = 1e-3  # of the root of Δχ², in its unit of one standard deviation
_STEPS = 40
_ROUNDS = 3  # times that searches hear of each other's points
_FARTHEST = 25.0  # of ln p, or sizes of p, from best value and start: beyond it, there is no limit
_LOWER = 1e-4  # share of χ² by which a lower one is a finding
_SINGULAR = 1e-6  # singular values below this share of the largest lead nowhere
_SLIT = 0.01  # share of a distance before values that the model does not have, in which no end is sought
_NEAR = 1e-6  # share of a distance that does not matter


class BetterMinimum(Exception):  # noqa: N818  # a finding, not an error
    """The search along a profile came to a lower χ² than that of the fit."""

    def __init__(self, coordinates: Array) -> None:
        super().__init__("a lower minimum was found")
        self.coordinates = coordinates


def profile_intervals(
    fit: Fit,
    levels: tuple[float, ...] = LEVELS,
    *,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> dict[str, tuple[Interval, ...]]:
    """Intervals of each free parameter at each level.

    An end is where Δχ², minimised over all other parameters, reaches the quantile of χ² with one
    degree of freedom; of F(1, n − p) times χ²/(n − p), where the errors are not known; at the best
    value where that is 0. Where the search for another parameter came to values beyond an end,
    though with a smaller Δχ², the end is sought beyond them. Raises BetterMinimum.
    """
    if not fit.variance_factor:
        return _without_scatter(fit, levels)
    quantiles = [_quantile(fit, level) for level in levels]
    count = len(fit.problem.variables)
    watch = watch or Watch()
    sides = [_Side(fit, i, direction, watch) for i in range(count) for direction in (-1, 1)]
    for number, side in enumerate(sides, start=1):
        side.search(quantiles)
        if progress and number % 2 == 0:
            progress("profiles", number / (2 * count))
    for _ in range(_ROUNDS):
        points = [point for side in sides for point in side.known]
        for side in [side for side in sides if side.learns(points, quantiles)]:
            side.search(quantiles)
    intervals = {}
    for variable, below, above in zip(fit.problem.variables, sides[::2], sides[1::2], strict=True):
        intervals[variable.key] = tuple(
            Interval(
                level,
                variable.value(low),
                variable.value(high),
                low_is_bound=low == -inf and below.at_bound,
                high_is_bound=high == inf and above.at_bound,
            )
            for level, low, high in zip(levels, below.ends, above.ends, strict=True)
        )
    return intervals


def _without_scatter(fit: Fit, levels: tuple[float, ...]) -> dict[str, tuple[Interval, ...]]:
    """Intervals of a curve that meets every point: the best value, or everything where χ² does not depend on it."""
    intervals = {}
    for variable, deviation in zip(fit.problem.variables, fit.deviations, strict=True):
        best = fit.best[variable.key]
        low, high = (best, best) if isfinite(deviation) else (variable.value(-inf), inf)
        intervals[variable.key] = tuple(Interval(level, low, high) for level in levels)
    return intervals


def _quantile(fit: Fit, level: float) -> float:
    """Root of the Δχ² at which an interval of that level ends, in standard deviations."""
    from scipy.special import chdtri, fdtri

    if fit.problem.errors_known:
        return sqrt(float(chdtri(1, 1 - level)))
    return sqrt(float(fdtri(1, fit.degrees_of_freedom, level)))


class _Point(NamedTuple):
    """A distance from the best value, the root of Δχ² there, and where the other variables then are."""

    distance: float
    root: float
    coordinates: Array


class _Side:
    """Root of Δχ² along one parameter in one direction, and what is known of it so far."""

    def __init__(self, fit: Fit, index: int, direction: int, watch: Watch) -> None:
        self._fit, self._index, self._direction = fit, index, direction
        variable = fit.problem.variables[index]
        self._at = float(fit.coordinates[index])
        deviation = float(fit.deviations[index])
        known = 0 < deviation < inf
        size = (
            1.0 if variable.logarithmic else max(abs(self._at), deviation if known else 0.0) or 1.0
        )
        self._limit = abs(float(fit.problem.bounds[direction > 0][index]) - self._at)
        wandered = abs(self._at - float(fit.problem.start[index]))
        self._reach = min(self._limit, wandered + _FARTHEST * size)
        self._unit = min(deviation if known else size, self._reach)
        self._wall = inf
        self.known = [_Point(0.0, 0.0, fit.coordinates)]
        self.ends: list[float] = []
        self._parameters = fit.result.params.copy()
        self._parameters[variable.identifier].vary = False
        self._watch = watch
        self._search = searcher(fit.problem, self._parameters, watch)

    @property
    def at_bound(self) -> bool:
        """Whether the bound of the parameter was reached before anything else ended the search."""
        farthest = max(point.distance for point in self.known)
        return self._reach == self._limit and farthest >= (1 - _NEAR) * self._reach

    def search(self, quantiles: list[float]) -> None:
        """Find the end for each quantile."""
        self.ends = [self._end(quantile) for quantile in quantiles]

    def learns(self, points: list[_Point], quantiles: list[float]) -> bool:
        """Whether points of other searches contradict the ends; these are then known here too."""
        places = [self._direction * (float(p.coordinates[self._index]) - self._at) for p in points]
        new = [
            _Point(place, point.root, point.coordinates)
            for place, point in zip(places, points, strict=True)
            if any(
                point.root < quantile - _ACCURACY
                and place > self._direction * (end - self._at) * (1 + _NEAR)
                for quantile, end in zip(quantiles, self.ends, strict=True)
            )
        ]
        self.known += new
        return bool(new)

    def _end(self, quantile: float) -> float:
        """Coordinate at which the root is `quantile`."""
        below, above = self._bracket(quantile) if self._reach > 0 else (self.known[0], None)
        if above is None:
            return copysign(inf, self._direction)
        for step in range(_STEPS):
            if (
                above.root - quantile < _ACCURACY
                or above.distance - below.distance < 1e-9 * self._unit
            ):
                break
            share = 0.5 if step % 3 == 2 else (quantile - below.root) / (above.root - below.root)
            distance = below.distance + min(max(share, 0.02), 0.98) * (
                above.distance - below.distance
            )
            point = self._visited(distance)
            if abs(point.root - quantile) < _ACCURACY:
                return self._at + self._direction * distance
            below, above = (point, above) if point.root < quantile else (below, point)
        return self._at + self._direction * above.distance

    def _bracket(self, quantile: float) -> tuple[_Point, _Point | None]:
        """Points with a root below and above `quantile`, the second None where the root stays below it."""
        below = max((p for p in self.known if p.root < quantile), key=lambda p: p.distance)
        above = min(
            (p for p in self.known if p.root >= quantile and p.distance > below.distance),
            key=lambda p: p.distance,
            default=None,
        )
        distance = max(1.1 * below.distance, 1.02 * quantile * self._unit)
        while (
            above is None
            and below.distance < (1 - _NEAR) * self._reach
            and not self._blocked(below.distance)
        ):
            point = self._visited(min(distance, self._reach, (below.distance + self._wall) / 2))
            if not isfinite(point.root):  # the model has no value there
                self.known.pop()
                self._wall = point.distance
            elif point.root >= quantile:
                above = point
            else:
                below = point
                distance = point.distance * min(
                    2.0, max(1.1, 1.05 * quantile / max(point.root, 1e-3))
                )
        return below, above

    def _blocked(self, distance: float) -> bool:
        """Whether the model has no value a little farther."""
        return self._wall - distance < max(_SLIT * distance, _NEAR * self._unit)

    def _visited(self, distance: float) -> _Point:
        """Minimise over the other variables at a distance, from where they are expected there."""
        put, fit = self._fit.problem, self._fit
        self._watch.check()
        with np.errstate(all="ignore"):
            expected = put.departure(self._start(distance), self._index)
            for variable, z in zip(put.variables, expected, strict=True):
                self._parameters[variable.identifier].value = float(z)
            if len(put.variables) > 1:
                expected = self._search(self._parameters)
            change = (
                float(np.sum(put.residuals(expected) ** 2)) - fit.chi_square
            ) / fit.variance_factor
        if change < -_LOWER * max(1.0, fit.chi_square / fit.variance_factor):
            raise BetterMinimum(expected)
        root = sqrt(max(change, 0.0)) if isfinite(change) else inf
        self.known.append(_Point(distance, root, expected))
        return self.known[-1]

    def _start(self, distance: float) -> Array:
        """Where the others are expected, or where they are at the nearest point, whichever has the lower χ²."""
        put = self._fit.problem
        nearest = min(self.known, key=lambda p: abs(p.distance - distance)).coordinates
        found = [np.clip(z, *put.bounds) for z in (self._expected(distance), nearest)]
        for z in found:
            z[self._index] = self._at + self._direction * distance
        with np.errstate(over="ignore"):
            square = [float(np.sum(put.residuals(z) ** 2)) for z in found]
        return found[0] if square[0] <= square[1] else found[1]

    def _expected(self, distance: float) -> Array:
        """Straight on from the two nearest points; from the best value as the curvature there says."""
        apart = {p.distance: p for p in self.known}
        if len(apart) == 1:
            jacobian = self._fit.jacobian
            others = np.delete(jacobian, self._index, axis=1)
            size = np.linalg.norm(others, axis=0)
            size = np.where(size > 0, size, 1.0)
            slope = (
                -np.linalg.lstsq(others / size, jacobian[:, self._index], rcond=_SINGULAR)[0] / size
            )
            return self._fit.coordinates + self._direction * distance * np.insert(
                slope, self._index, 1.0
            )
        first, second = sorted(apart.values(), key=lambda p: abs(p.distance - distance))[:2]
        share = (distance - first.distance) / (second.distance - first.distance)
        return first.coordinates + share * (second.coordinates - first.coordinates)
