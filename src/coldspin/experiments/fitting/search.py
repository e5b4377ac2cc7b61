"""Searches for the least χ²: from one start, from several starts, within a time limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Problem, Progress

SCREENED = 16  # points evaluated for each further start
_SPAN = log(100.0)  # of ln p to both sides of the start, where there is no bound
_SIZES = 3.0  # of p to both sides of the start, in its own size, where there is no bound
_TOLERANCE = 1e-14
_PROFILE_TOLERANCE = 1e-8  # of χ²: its square root enters
_FAR = 1e50  # standard errors off, where the model has no value or a larger one
_STEEP = 1e75  # of a derivative: products of two are numbers
_NO_SLOPE = 1e-100  # in place of zero for all, of which the search would make a step of 0/0
_LONGEST = 200  # evaluations a variable after which a search ends
_STILL = 1e-6  # share of χ² that a search may fall in its second half and count as converged
_PROFILE_LONGEST = 40  # evaluations a variable at each step of a profile


class OutOfTime(Exception):  # noqa: N818  # an end, not an error
    """The time limit of a search is over."""


class _TooManyEvaluations(Exception):  # noqa: N818  # an end, not an error
    """A search reached its limit of evaluations."""


class Watch:
    """Records the best coordinates that any search evaluated, and ends searches after `seconds`.

    `losses` holds the smallest loss so far after each evaluation.
    """

    def __init__(self, seconds: float = inf, *, robust: bool = False) -> None:
        self.end = monotonic() + seconds
        self.robust = robust
        self.loss = inf
        self.losses: list[float] = []
        self.coordinates: Array | None = None

    def check(self) -> None:
        """Raise OutOfTime when the time is over."""
        if monotonic() > self.end:
            raise OutOfTime

    def see(self, coordinates: Array, residuals: Array) -> None:
        """Record a point if it is the best so far."""
        loss = compute_loss(residuals, self.robust)
        if loss < self.loss and np.isfinite(coordinates).all():
            self.loss = loss
            self.coordinates = coordinates.copy()
        self.losses.append(self.loss)


def compute_loss(residuals: Array, robust: bool) -> float:
    """What a search minimises: χ², or the soft L1 loss."""
    square = np.asarray(residuals) ** 2
    if robust:
        square = 2 * (np.sqrt(1 + square) - 1)
    return float(np.sum(square))


@dataclass(frozen=True)
class LocalFit:
    """Where one search ended.

    `coordinates` are in the order of the variables, ln p where `logarithmic`, and `residuals` are
    (curve − data)/σ there. `success` says that the search came to a minimum, `aborted` that its
    limit of `evaluations` ended it.
    """

    coordinates: Array
    residuals: Array
    evaluations: int
    success: bool
    aborted: bool = False

    @property
    def chi_square(self) -> float:
        """Sum of the squares of the residuals."""
        return float(np.sum(self.residuals**2))


def minimize(
    problem: Problem,
    start: Array,
    *,
    robust: bool = False,
    evaluations: int | None = None,
    watch: Watch | None = None,
) -> LocalFit:
    """Minimise χ² from `start` within the bounds by trust regions; the soft L1 loss if `robust`.

    After `evaluations` of the curves the result is the best place so far, without `success`. When
    not given, the limit is 200 for each variable, and `success` is true if χ² did not fall any more
    in the second half of them, as where a parameter runs away. Raises ValueError where arithmetic
    leaves double precision.
    """
    own = Watch(robust=robust)
    watches = (own,) if watch is None else (own, watch)
    every = np.arange(len(problem.variables))
    limit = _LONGEST * (1 + every.size) if evaluations is None else evaluations
    with np.errstate(all="ignore"):
        solution = _least_squares(
            problem,
            problem.departure(start),
            every,
            watches,
            tolerance=_TOLERANCE,
            limit=limit,
            robust=robust,
        )
    count = min(len(own.losses), limit)
    if solution is not None and solution.success:
        return LocalFit(solution.x, solution.fun, count, success=True)
    best = problem.start if own.coordinates is None else own.coordinates
    residuals = limited_residuals(problem, best)
    if evaluations is not None and solution is None:
        return LocalFit(best, residuals, count, success=False, aborted=True)
    # SciPy also gives up, without a solution, where its steps have the length 0
    scale = max(own.loss, 1.0) if problem.errors_known else own.loss
    still = own.losses[len(own.losses) // 2] - own.loss <= _STILL * scale
    return LocalFit(best, residuals, count, success=still, aborted=not still)


def minimize_others(problem: Problem, start: Array, fixed: int, watch: Watch) -> Array:
    """Coordinates of the least χ² with one coordinate fixed at its value in `start`."""
    own = Watch()
    varied = np.delete(np.arange(start.size), fixed)
    start = np.clip(start, *problem.bounds)
    try:
        solution = _least_squares(
            problem,
            start,
            varied,
            (own, watch),
            tolerance=_PROFILE_TOLERANCE,
            limit=_PROFILE_LONGEST * (1 + varied.size),
        )
    except ValueError:  # arithmetic beyond double precision on the way
        solution = None
    if solution is None:
        return start if own.coordinates is None else own.coordinates
    result = start.copy()
    result[varied] = solution.x
    return result


def limited_residuals(problem: Problem, coordinates: Array) -> Array:
    """Residuals of which no square overflows, far off where the model has no value."""
    residuals = problem.residuals(coordinates)
    return np.where(np.abs(residuals) <= _FAR, residuals, np.where(residuals < 0, -_FAR, _FAR))


def _least_squares(
    problem: Problem,
    start: Array,
    varied: NDArray[np.intp],
    watches: Sequence[Watch],
    *,
    tolerance: float,
    limit: int,
    robust: bool = False,
) -> Any:
    """SciPy's result for the `varied` coordinates; None after `limit` evaluations.

    The first of the watches belongs to this search and counts them.
    """
    from scipy.optimize import least_squares

    low, high = problem.bounds
    base = np.clip(start, low, high)

    def place(x: Array) -> Array:
        coordinates = base.copy()
        coordinates[varied] = x
        return coordinates

    def evaluate(x: Array) -> Array:
        coordinates = place(x)
        for watch in watches:
            watch.check()
        residuals = limited_residuals(problem, coordinates)
        for watch in watches:
            watch.see(coordinates, residuals)
        if len(watches[0].losses) > limit:
            raise _TooManyEvaluations
        return residuals

    def differentiate(x: Array) -> Array:
        jacobian = problem.jacobian(place(x))[:, varied]
        finite = np.where(np.isfinite(jacobian), np.clip(jacobian, -_STEEP, _STEEP), 0.0)
        return finite if finite.any() else np.full_like(finite, _NO_SLOPE)

    try:
        return least_squares(
            evaluate,
            base[varied],
            jac=differentiate,
            bounds=(low[varied], high[varied]),
            x_scale=[problem.variables[i].size for i in varied],
            xtol=_TOLERANCE,
            ftol=tolerance,
            gtol=None,  # its test of the gradient depends on the unit of the data
            loss="soft_l1" if robust else "linear",
            max_nfev=2 * limit,  # SciPy counts steps of length 0 too, `limit` does not
        )
    except _TooManyEvaluations:
        return None


def choose_starts(
    problem: Problem,
    count: int,
    seed: int,
    progress: Progress | None = None,
    *,
    first: Array | None = None,
    watch: Watch | None = None,
) -> list[Array]:
    """Return `first`, or the given start, and the best `count` − 1 of points spread about it."""
    first = problem.start if first is None else first
    if count < 2:
        return [first]
    from scipy.stats import qmc

    watch = watch or Watch()
    low, high = problem.bounds
    span = np.array(
        [_SPAN if v.logarithmic else _SIZES * (abs(v.start) or 1.0) for v in problem.variables]
    )
    low = np.maximum(low, first - span)
    high = np.minimum(high, first + span)
    size = 1 << (SCREENED * (count - 1) - 1).bit_length()  # Sobol points come in powers of 2
    points = qmc.scale(qmc.Sobol(first.size, seed=seed).random(size), low, high)
    squares = np.empty(size)
    for number, point in enumerate(points):
        watch.check()
        residuals = problem.residuals(point)
        with np.errstate(over="ignore"):
            watch.see(point, residuals)
            squares[number] = np.sum(residuals**2)
        if progress:
            progress("starts", (number + 1) / size)
    order = [i for i in np.argsort(squares, kind="stable") if np.isfinite(squares[i])]
    return [first, *(points[i] for i in order[: count - 1])]
