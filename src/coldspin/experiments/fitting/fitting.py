"""`fit`: measured curves in, the best parameters and their intervals out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.fitted import Fit, Rival
from coldspin.experiments.fitting.local import coordinates, local_fit
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.multistart import starts
from coldspin.experiments.fitting.problem import Problem, Progress, problem
from coldspin.experiments.fitting.profile import BetterMinimum, profile_intervals
from coldspin.spelling import keywords_checked

if TYPE_CHECKING:
    from lmfit.model import ModelResult

_SAME = 1e-6  # relative difference of χ² below which two starts found the same minimum
_BRIEF = 15  # evaluations a variable that a further start may take before it is only finished if it is the best
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
    progress: Progress | None = None,
) -> Fit:
    """Fit one measured curve, or several together with shared and private parameters.

    Parameters
    ----------
    measurements : Measurement or sequence of Measurement
        The data, each with its model.
    free : mapping or sequence of str
        What to vary: a name for a parameter that all measurements share which do not call it private, or
        "name@measurement"; its value is where to start (SI or with a unit), a :class:`Free`, or None.
    fixed : mapping
        Values of other parameters, in place of those of the models.
    profile : bool
        Whether to compute 68% and 95% intervals by the profile likelihood.
    robust : bool
        Whether outliers count less, by a soft L1 loss; take intervals from :func:`bootstrap` then.
    attempts : int
        Local fits: from the given start, and from the best of points spread over the domain with `seed`.
    progress : callable, optional
        Told what is being done and the share of it that is.

    Returns
    -------
    Fit

    Raises
    ------
    InvalidInputError
        For unknown names, bounds that contradict, too few points, a model that is not finite at the start.
    """
    wanted = free if isinstance(free, Mapping) else dict.fromkeys(free)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
        raise InvalidInputError(f"attempts must be a whole number, 1 or more, not {attempts!r}")
    put = problem(measurements, wanted, fixed or {})
    if robust and not put.errors_known:
        raise InvalidInputError(
            "a robust fit tells outliers by the errors of the data; give them, or set robust to False"
        )
    found = []
    places = starts(put, attempts, seed, progress)
    for number, place in enumerate(places, start=1):
        found.append(_attempt(put, place, robust, brief=number > 1))
        if progress:
            progress("fit", number / len(places))
    best = _best(put, [one for one in found if one is not None], robust)
    least = _loss(best, robust)
    margin = _SAME * (max(least, 1.0) if put.errors_known else least)
    agreeing = sum(one is not None and _loss(one, robust) <= least + margin for one in found)
    made = Fit(put, best, robust, seed, len(places), agreeing)
    if not robust:
        made = replace(made, rivals=_rivals(made, found))
    return _profiled(made, progress) if profile and not robust else made


def _best(put: Problem, good: "list[ModelResult]", robust: bool) -> "ModelResult":
    finite = [one for one in good if np.isfinite(one.chisqr)]
    if not finite:
        raise InvalidInputError("no fit came to a finite curve; give start values closer to the data, or bounds")
    best = min(finite, key=lambda one: _loss(one, robust))
    if not best.aborted:
        return best
    return local_fit(put, np.array([best.params[v.identifier].value for v in put.variables]), robust=robust)


def _rivals(made: Fit, found: "list[ModelResult | None]") -> tuple[Rival, ...]:
    """Other minima that came out, each once, with a χ² that the data do not exclude."""
    rivals: list[Rival] = []
    for one in sorted((one for one in found if one is not None and not one.aborted), key=lambda one: float(one.chisqr)):
        rise = (float(one.chisqr) - made.chi_square) / (made.variance_factor or 1.0)
        others = [0.0, *(rival.rise for rival in rivals)]
        if rise < _EXCLUDED and all(abs(rise - other) > _APART for other in others):
            z = coordinates(made.problem, one.params)
            values = {v.key: v.value(float(at)) for v, at in zip(made.problem.variables, z, strict=True)}
            rivals.append(Rival(rise, values))
    return tuple(rivals)


def _loss(one: "ModelResult", robust: bool) -> float:
    """What was made small: χ², or the soft L1 loss."""
    square = np.asarray(one.residual) ** 2
    return float(np.sum(2 * (np.sqrt(1 + square) - 1) if robust else square))


def _attempt(put: Problem, place: Array, robust: bool, *, brief: bool) -> "ModelResult | None":
    try:
        return local_fit(put, place, robust=robust, evaluations=_BRIEF * len(put.variables) if brief else None)
    except ValueError:  # no finite value where it started
        return None


def _profiled(made: Fit, progress: Progress | None) -> Fit:
    """Intervals; from the lower minimum again, where a profile leads to one."""
    for _ in range(_RETURNS):
        try:
            return replace(made, intervals=profile_intervals(made, progress=progress))
        except BetterMinimum as found:
            made = _moved(made, replace(made, result=local_fit(made.problem, found.coordinates), agreeing=1))
    return made


def _moved(worse: Fit, made: Fit) -> Fit:
    """The fit, of which the minimum that seemed the best so far is a rival, like those that it had."""
    fall, scale = worse.chi_square - made.chi_square, made.variance_factor or 1.0
    before = (Rival(0.0, worse.best), *worse.rivals)
    rivals = (Rival((rival.rise * worse.variance_factor + fall) / scale, rival.values) for rival in before)
    return replace(made, rivals=tuple(rival for rival in rivals if _APART < rival.rise < _EXCLUDED))
