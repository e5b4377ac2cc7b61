"""Intervals by the profile likelihood: χ² minimised over all other parameters."""

from math import copysign, inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.result import Fit, Interval
from coldspin.experiments.fitting.search import Watch, minimize_others

LEVELS = (0.68, 0.95)
_ACCURACY = 1e-3  # of the root of Δχ², in its unit of one standard deviation
_STEPS = 40
_ROUNDS = 3  # times that searches hear of each other's points
_FARTHEST = 25.0  # of ln p, or sizes of p, from best value and start: beyond it, there is no limit
_LOWER = 1e-4  # share of χ² by which a lower one is a finding
_SINGULAR = 1e-6  # singular values below this share of the largest lead nowhere
# Share of a distance next to values where the model is not defined; no end is searched there.
_SLIT = 0.01
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
    """Intervals of a curve through every point: the best value, or all if χ² is flat."""
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
    """A distance from the best value, the root of Δχ² there, and the other variables."""

    distance: float
    root: float
    coordinates: Array


class _Side:
    """Root of Δχ² along one parameter in one direction, and what is known of it so far."""

    def __init__(self, fit: Fit, index: int, direction: int, watch: Watch) -> None:
        self._fit = fit
        self._index = index
        self._direction = direction
        self._watch = watch
        self.known = [_Point(0.0, 0.0, fit.coordinates)]
        self.ends: list[float] = []
        variable = fit.problem.variables[index]
        self._best = float(fit.coordinates[index])
        deviation = float(fit.deviations[index])
        determined = 0 < deviation < inf
        size = 1.0
        if not variable.logarithmic:
            size = max(abs(self._best), deviation if determined else 0.0) or 1.0
        # _limit: distance of the bound; _reach: of where the search ends; _unit: of its first step
        self._limit = abs(float(fit.problem.bounds[direction > 0][index]) - self._best)
        path = abs(self._best - float(fit.problem.start[index]))
        self._reach = min(self._limit, path + _FARTHEST * size)
        self._unit = min(deviation if determined else size, self._reach)
        self._wall = inf  # distance from which on the model has no value

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
        count = len(self.known)
        for point in points:
            place = self._direction * (float(point.coordinates[self._index]) - self._best)
            for quantile, end in zip(quantiles, self.ends, strict=True):
                beyond = place > self._direction * (end - self._best) * (1 + _NEAR)
                if beyond and point.root < quantile - _ACCURACY:
                    self.known.append(_Point(place, point.root, point.coordinates))
                    break
        return len(self.known) > count

    def _end(self, quantile: float) -> float:
        """Coordinate at which the root is `quantile`."""
        below, above = self._bracket(quantile) if self._reach > 0 else (self.known[0], None)
        if above is None:
            return copysign(inf, self._direction)
        for step in range(_STEPS):
            width = above.distance - below.distance
            if above.root - quantile < _ACCURACY or width < 1e-9 * self._unit:
                break
            # regula falsi; every third step halves the bracket, lest one end stay for ever
            share = 0.5 if step % 3 == 2 else (quantile - below.root) / (above.root - below.root)
            distance = below.distance + min(max(share, 0.02), 0.98) * width
            point = self._minimize_at(distance)
            if abs(point.root - quantile) < _ACCURACY:
                return self._best + self._direction * distance
            if point.root < quantile:
                below = point
            else:
                above = point
        return self._best + self._direction * above.distance

    def _bracket(self, quantile: float) -> tuple[_Point, _Point | None]:
        """Points with a root below and above `quantile`; the second None if there is none."""
        below = max((p for p in self.known if p.root < quantile), key=lambda p: p.distance)
        above = min(
            (p for p in self.known if p.root >= quantile and p.distance > below.distance),
            key=lambda p: p.distance,
            default=None,
        )
        distance = max(1.1 * below.distance, 1.02 * quantile * self._unit)
        while above is None and below.distance < (1 - _NEAR) * self._reach:
            if self._wall - below.distance < max(_SLIT * below.distance, _NEAR * self._unit):
                break  # the model has no value a little farther
            middle = (below.distance + self._wall) / 2
            point = self._minimize_at(min(distance, self._reach, middle))
            if not isfinite(point.root):  # the model has no value there
                self.known.pop()
                self._wall = point.distance
            elif point.root >= quantile:
                above = point
            else:
                below = point
                factor = 1.05 * quantile / max(point.root, 1e-3)
                distance = point.distance * min(2.0, max(1.1, factor))
        return below, above

    def _minimize_at(self, distance: float) -> _Point:
        """Minimise over the other variables at a distance, from where they are expected there."""
        fit = self._fit
        self._watch.check()
        with np.errstate(all="ignore"):
            place = fit.problem.departure(self._start(distance), self._index)
            if place.size > 1:
                place = minimize_others(fit.problem, place, self._index, self._watch)
            square = float(np.sum(fit.problem.residuals(place) ** 2))
            change = (square - fit.chi_square) / fit.variance_factor
        if change < -_LOWER * max(1.0, fit.chi_square / fit.variance_factor):
            raise BetterMinimum(place)
        root = sqrt(max(change, 0.0)) if isfinite(change) else inf
        self.known.append(_Point(distance, root, place))
        return self.known[-1]

    def _start(self, distance: float) -> Array:
        """Others as extrapolated, or as at the nearest point, whichever has the lower χ²."""
        problem = self._fit.problem
        nearest = min(self.known, key=lambda p: abs(p.distance - distance)).coordinates
        places = []
        squares = []
        for coordinates in (self._extrapolate(distance), nearest):
            place = np.clip(coordinates, *problem.bounds)
            place[self._index] = self._best + self._direction * distance
            with np.errstate(over="ignore"):
                squares.append(float(np.sum(problem.residuals(place) ** 2)))
            places.append(place)
        return places[0] if squares[0] <= squares[1] else places[1]

    def _extrapolate(self, distance: float) -> Array:
        """Straight on from the two nearest points; from the best value by the curvature there."""
        distinct = {p.distance: p for p in self.known}
        if len(distinct) == 1:
            jacobian = self._fit.jacobian
            others = np.delete(jacobian, self._index, axis=1)
            size = np.linalg.norm(others, axis=0)
            size = np.where(size > 0, size, 1.0)
            own = jacobian[:, self._index]
            slope = -np.linalg.lstsq(others / size, own, rcond=_SINGULAR)[0] / size
            direction = np.insert(slope, self._index, 1.0)
            return self._fit.coordinates + self._direction * distance * direction
        first, second = sorted(distinct.values(), key=lambda p: abs(p.distance - distance))[:2]
        share = (distance - first.distance) / (second.distance - first.distance)
        return first.coordinates + share * (second.coordinates - first.coordinates)
