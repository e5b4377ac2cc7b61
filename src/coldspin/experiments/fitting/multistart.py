"""Where fits start: as told, and at the best of points spread over the domain, lest one bad guess decide."""

from math import log

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Problem, Progress
from coldspin.experiments.fitting.watch import Watch

SCREENED = 16  # points looked at for each further start
_SPAN = log(100.0)  # of ln p to both sides of the start, where there is no bound
_SIZES = 3.0  # of p to both sides of the start, in its own size, where there is no bound


def starts(
    problem: Problem,
    count: int,
    seed: int,
    progress: Progress | None = None,
    *,
    first: Array | None = None,
    watch: Watch | None = None,
) -> list[Array]:
    """The given start, or another `first` one, and the `count` − 1 best of the screened ones about it, best first."""
    first = problem.start if first is None else first
    if count < 2:
        return [first]
    from scipy.stats import qmc

    watch = watch or Watch()
    low, high = _box(problem, first)
    size = 1 << (SCREENED * (count - 1) - 1).bit_length()
    points = qmc.scale(qmc.Sobol(first.size, seed=seed).random(size), low, high)
    badness = np.empty(size)
    for number, point in enumerate(points):
        watch.check()
        residuals = problem.residuals(point)
        with np.errstate(over="ignore"):
            watch.see(point, residuals)
            badness[number] = np.sum(residuals**2)
        if progress:
            progress("starts", (number + 1) / size)
    order = [i for i in np.argsort(badness, kind="stable") if np.isfinite(badness[i])]
    return [first, *(points[i] for i in order[: count - 1])]


def _box(problem: Problem, first: Array) -> tuple[Array, Array]:
    low, high = problem.bounds
    span = np.array(
        [_SPAN if v.logarithmic else _SIZES * (abs(v.start) or 1.0) for v in problem.variables],
    )
    return np.maximum(low, first - span), np.minimum(high, first + span)
