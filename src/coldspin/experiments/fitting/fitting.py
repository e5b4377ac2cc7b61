"""`fit`: measured curves in, the best parameters and their intervals out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.fitted import Fit, Rival
from coldspin.experiments.fitting.local import coordinates, local_fit, unfinished
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.multistart import starts
from coldspin.experiments.fitting.problem import Problem, Progress, problem
from coldspin.experiments.fitting.profile import BetterMinimum, profile_intervals
from coldspin.experiments.fitting.watch import OutOfTime, Watch, loss_of
from coldspin.quantities import TIME, positive_scalar

if TYPE_CHECKING:
    from lmfit.model import ModelResult

_SAME = 1e-6  # relative difference of χ² below which two starts found the same minimum
_BRIEF = 15  # evaluations a variable of a further start, which is finished only if it is the best or none agrees
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
        Told what is being done and the share of it that is.

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
    wanted = free if isinstance(free, Mapping) else dict.fromkeys(free)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
        raise InvalidInputError(f"attempts must be a whole number, 1 or more, not {attempts!r}")
    put = problem(measurements, wanted, fixed or {})
    if robust and not put.errors_known:
        raise InvalidInputError(
            "a robust fit tells outliers by the errors of the data",
            remedy="give them, or set robust to False",
        )
    watch = Watch(_seconds(time_limit), robust=robust)
    try:
        made = _searched(
            put, starts(put, attempts, seed, progress, watch=watch), watch, seed, progress
        )
    except (OutOfTime, KeyboardInterrupt) as end:
        watch.see(put.start, put.residuals(put.start))
        place = put.start if watch.coordinates is None else watch.coordinates
        result = unfinished(put, place, robust=robust)
        return Fit(
            put,
            result,
            robust,
            seed,
            attempts,
            0,
            stopped=_what_ended(end, time_limit),
            time_limit=time_limit,
        )
    made = replace(made, time_limit=time_limit)
    return (
        _profiled(made, watch, progress) if profile and not robust and made.result.success else made
    )


def _seconds(time_limit: Any) -> float:
    return inf if time_limit is None else positive_scalar("time_limit", time_limit, TIME)


def _what_ended(end: BaseException, time_limit: Any) -> str:
    return (
        f"the time limit of {_seconds(time_limit):g} s"
        if isinstance(end, OutOfTime)
        else "an interruption"
    )


def _searched(
    put: Problem, places: list[Array], watch: Watch, seed: int, progress: Progress | None
) -> Fit:
    """The best of fits from several places: the first one to its end, the others briefly, unless that decides."""
    robust = watch.robust
    found: list[ModelResult] = []
    for number, place in enumerate(places, start=1):
        one = _attempt(put, place, watch, brief=number > 1)
        if one is not None and np.isfinite(one.chisqr):
            found.append(one)
        if progress:
            progress("fit", number / len(places))
    if not found:
        raise InvalidInputError(
            "no fit came to a finite curve",
            remedy="give start values closer to the data, or bounds",
        )
    brief = [one for one in found if one.aborted]
    while True:
        found.sort(key=lambda one: _loss(one, robust))
        least = _loss(found[0], robust)
        margin = _SAME * (max(least, 1.0) if put.errors_known else least)
        agreeing = sum(_loss(one, robust) <= least + margin for one in found)
        decided = not any(one is found[0] for one in brief) and (agreeing > 1 or not brief)
        if decided:
            break
        left = min(brief, key=lambda one: _loss(one, robust))  # go on where a brief search was left
        brief = [one for one in brief if one is not left]
        further = _attempt(put, coordinates(put, left.params), watch, brief=False)
        if further is not None and np.isfinite(further.chisqr):
            found = [further if one is left else one for one in found]
    made = Fit(put, found[0], robust, seed, len(places), agreeing)
    return made if robust else replace(made, rivals=_rivals(made, found))


def _rivals(made: Fit, found: "list[ModelResult]") -> tuple[Rival, ...]:
    """Other minima that came out, each once, with a χ² that the data do not exclude."""
    rivals: list[Rival] = []
    for one in sorted((one for one in found if not one.aborted), key=lambda one: float(one.chisqr)):
        rise = (float(one.chisqr) - made.chi_square) / (made.variance_factor or 1.0)
        others = [0.0, *(rival.rise for rival in rivals)]
        if rise < _EXCLUDED and all(abs(rise - other) > _APART for other in others):
            z = coordinates(made.problem, one.params)
            values = {
                v.key: v.value(float(at)) for v, at in zip(made.problem.variables, z, strict=True)
            }
            rivals.append(Rival(rise, values))
    return tuple(rivals)


def _loss(one: "ModelResult", robust: bool) -> float:
    """What was made small: χ², or the soft L1 loss."""
    return loss_of(np.asarray(one.residual), robust)


def _attempt(put: Problem, place: Array, watch: Watch, *, brief: bool) -> "ModelResult | None":
    evaluations = _BRIEF * len(put.variables) if brief else None
    try:
        return local_fit(put, place, robust=watch.robust, evaluations=evaluations, watch=watch)
    except (
        ValueError
    ):  # no finite value where it started, or arithmetic beyond double precision on the way
        return None


def _profiled(made: Fit, watch: Watch, progress: Progress | None) -> Fit:
    """Intervals; from the lower minimum again, where a profile leads to one."""
    try:
        for _ in range(_RETURNS):
            try:
                return replace(
                    made, intervals=profile_intervals(made, progress=progress, watch=watch)
                )
            except BetterMinimum as found:
                places = starts(
                    made.problem, made.attempts, made.seed, first=found.coordinates, watch=watch
                )
                lower = _searched(made.problem, places, watch, made.seed, None)
                made = _moved(made, replace(lower, time_limit=made.time_limit))
                if not made.result.success:
                    break
    except (OutOfTime, KeyboardInterrupt) as end:
        return replace(made, stopped=_what_ended(end, made.time_limit))
    return made


def _moved(worse: Fit, made: Fit) -> Fit:
    """The fit, of which the minimum that seemed the best so far is a rival, like those that it had."""
    fall, scale = worse.chi_square - made.chi_square, made.variance_factor or 1.0
    before = (Rival(0.0, worse.best), *worse.rivals)
    moved = tuple(
        Rival((rival.rise * worse.variance_factor + fall) / scale, rival.values) for rival in before
    )
    rivals = list(made.rivals)
    for rival in moved:
        if _APART < rival.rise < _EXCLUDED and all(
            abs(rival.rise - other.rise) > _APART for other in rivals
        ):
            rivals.append(rival)
    return replace(made, rivals=tuple(sorted(rivals, key=lambda rival: rival.rise)))
