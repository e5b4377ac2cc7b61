"""`fit`: measured curves in, the best parameters and their intervals out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.problem import Problem, Progress, build_problem
from coldspin.experiments.fitting.profile import BetterMinimum, profile_intervals
from coldspin.experiments.fitting.result import Fit, Rival
from coldspin.experiments.fitting.search import (
    LocalFit,
    OutOfTime,
    Watch,
    choose_starts,
    compute_loss,
    limited_residuals,
    minimize,
)
from coldspin.quantities import TIME, positive_scalar

_SAME = 1e-6  # relative difference of χ² below which two starts came to the same minimum
_BRIEF = 15  # evaluations a variable of a brief search
_EXCLUDED = 9.0  # rise of χ² from which another minimum is excluded by the data
_APART = 0.01  # difference of χ² below which two minima are one
_RETURNS = 3  # times that a profile may come to a lower minimum


@keywords_checked
def fit(
    measurements: Measurement | Sequence[Measurement],
    free: Mapping[str, Any] | Sequence[str],
    *,
    fixed: Mapping[str, Any] | None = None,
    profile: bool = True,
    robust: bool = False,
    attempts: int = 4,
    seed: int = 0,
    time_limit: Any = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit one measured curve, or several together with shared and private parameters.

    Parameters
    ----------
    measurements : Measurement or sequence of Measurement
        The data, each with its model.
    free : mapping or sequence of str
        What to vary: a name for a parameter that all measurements share which do not call it
        private, or "name@measurement"; its value is where to start (SI or with a unit), a
        :class:`Free`, or None.
    fixed : mapping
        Values of other parameters, in place of those of the models.
    profile : bool
        Whether to compute 68% and 95% intervals by the profile likelihood.
    robust : bool
        Whether outliers count less, by a soft L1 loss; take intervals from :func:`bootstrap` then.
    attempts : int
        Local fits: from the given start, and from the best of points spread over the domain with
        `seed`.
    time_limit : float or quantity, optional
        Seconds, or a time with a unit, after which the search ends with the best that it has come
        to.
    progress : callable, optional
        Called with what is being done and the share of it that is done.

    Returns
    -------
    Fit
        After the time limit, and after Ctrl-C, the best values so far: then `Fit.stopped` says what
        ended the search, and `Fit.converged` whether only intervals are missing.

    Raises
    ------
    InvalidInputError
        For unknown names, bounds that contradict, too few points, a model that is not finite at the
        start.
    """
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
        raise InvalidInputError(
            "must be a whole number, 1 or more", parameter="attempts", value=attempts
        )
    variables = free if isinstance(free, Mapping) else dict.fromkeys(free)
    problem = build_problem(measurements, variables, fixed or {})
    if robust and not problem.errors_known:
        raise InvalidInputError(
            "a robust fit tells outliers by the errors of the data",
            remedy="give them, or set robust to False",
        )
    seconds = inf if time_limit is None else positive_scalar("time_limit", time_limit, TIME)
    watch = Watch(seconds, robust=robust)
    try:
        starts = choose_starts(problem, attempts, seed, progress, watch=watch)
        best = _search_from_all(problem, starts, watch, seed, progress)
    except (OutOfTime, KeyboardInterrupt) as end:
        watch.see(problem.start, problem.residuals(problem.start))
        place = problem.start if watch.coordinates is None else watch.coordinates
        evaluations = len(watch.losses)
        residuals = limited_residuals(problem, place)
        return Fit(
            problem,
            LocalFit(place, residuals, evaluations, success=False),
            robust,
            seed,
            attempts,
            agreeing=0,
            stopped=_name_end(end, seconds),
            time_limit=time_limit,
        )
    best = replace(best, time_limit=time_limit)
    if not profile or robust or not best.result.success:
        return best
    return _add_intervals(best, watch, seconds, progress)


def _name_end(end: BaseException, seconds: float) -> str:
    if isinstance(end, OutOfTime):
        return f"the time limit of {seconds:g} s"
    return "an interruption"


def _search_from_all(
    problem: Problem, starts: list[Array], watch: Watch, seed: int, progress: Progress | None
) -> Fit:
    """Search from the first start to its end and from the others briefly; return the best.

    While the best one was searched briefly, or alone came to its minimum, brief searches are
    continued, the best first.
    """
    robust = watch.robust
    results: list[LocalFit] = []
    for number, start in enumerate(starts, start=1):
        result = _try_search(problem, start, watch, brief=number > 1)
        if result is not None:
            results.append(result)
        if progress:
            progress("fit", number / len(starts))
    if not results:
        raise InvalidInputError(
            "no fit came to a finite curve",
            remedy="give start values closer to the data, or bounds",
        )

    def loss(result: LocalFit) -> float:
        return compute_loss(result.residuals, robust)

    brief = [result for result in results if result.aborted]
    while True:
        results.sort(key=loss)
        least = loss(results[0])
        margin = _SAME * (max(least, 1.0) if problem.errors_known else least)
        agreeing = sum(loss(result) <= least + margin for result in results)
        best_is_brief = any(result is results[0] for result in brief)
        if not best_is_brief and (agreeing > 1 or not brief):
            break
        next_one = min(brief, key=loss)
        brief = [result for result in brief if result is not next_one]
        longer = _try_search(problem, next_one.coordinates, watch, brief=False)
        if longer is not None:
            results = [longer if result is next_one else result for result in results]
    best = Fit(problem, results[0], robust, seed, len(starts), agreeing)
    return best if robust else replace(best, rivals=_find_rivals(best, results))


def _find_rivals(best: Fit, results: list[LocalFit]) -> tuple[Rival, ...]:
    """Other minima, each once, whose χ² the data do not exclude."""
    rivals: list[Rival] = []
    for result in sorted(results, key=lambda result: result.chi_square):
        rise = (result.chi_square - best.chi_square) / (best.variance_factor or 1.0)
        others = [0.0, *(rival.rise for rival in rivals)]
        distinct = all(abs(rise - other) > _APART for other in others)
        if not result.aborted and rise < _EXCLUDED and distinct:
            rivals.append(Rival(rise, best.problem.best_values(result.coordinates)))
    return tuple(rivals)


def _try_search(problem: Problem, start: Array, watch: Watch, *, brief: bool) -> LocalFit | None:
    """Search from one start; None without a finite χ² or beyond double precision on the way."""
    evaluations = _BRIEF * len(problem.variables) if brief else None
    try:
        result = minimize(problem, start, robust=watch.robust, evaluations=evaluations, watch=watch)
    except ValueError:
        return None
    return result if np.isfinite(result.chi_square) else None


def _add_intervals(best: Fit, watch: Watch, seconds: float, progress: Progress | None) -> Fit:
    """Add profile intervals; where a profile leads to a lower minimum, go on from that."""
    try:
        for _ in range(_RETURNS):
            try:
                intervals = profile_intervals(best, progress=progress, watch=watch)
                return replace(best, intervals=intervals)
            except BetterMinimum as better:
                starts = choose_starts(
                    best.problem, best.attempts, best.seed, first=better.coordinates, watch=watch
                )
                lower = _search_from_all(best.problem, starts, watch, best.seed, None)
                rivals = _merge_rivals(lower, best)
                best = replace(lower, rivals=rivals, time_limit=best.time_limit)
                if not best.result.success:
                    break
    except (OutOfTime, KeyboardInterrupt) as end:
        return replace(best, stopped=_name_end(end, seconds))
    return best


def _merge_rivals(best: Fit, worse: Fit) -> tuple[Rival, ...]:
    """Rivals of the best fit, the minimum that seemed the best before, and the rivals of that."""
    fall = worse.chi_square - best.chi_square
    scale = best.variance_factor or 1.0
    rivals = list(best.rivals)
    for before in (Rival(0.0, worse.best), *worse.rivals):
        rise = (before.rise * worse.variance_factor + fall) / scale
        distinct = all(abs(rise - other.rise) > _APART for other in rivals)
        if _APART < rise < _EXCLUDED and distinct:
            rivals.append(Rival(rise, before.values))
    return tuple(sorted(rivals, key=lambda rival: rival.rise))
