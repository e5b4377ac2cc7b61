"""What the data determine: each parameter, only products of some, or one side of it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, inf, isfinite

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import echelon, null_space
from coldspin.experiments.fitting.result import Fit, Interval
from coldspin.experiments.fitting.variables import Variable

_KNOWN = 1.0  # deviation of ln p up to which a combination counts as determined: a factor of e
_PART = 0.05  # share of a direction below which a parameter does not belong to it
_CLOSE = 1e-3  # standard deviations from a bound within which a parameter is at it


@dataclass(frozen=True)
class Combination:
    """A product of powers that is determined where its factors are not.

    Exponents by key, the value [SI], and the standard error of its logarithm.
    """

    exponents: Mapping[str, float]
    value: float
    relative_error: float

    def __str__(self) -> str:
        """Write it as a product."""
        powers = " · ".join(k if e == 1 else f"{k}^{e:g}" for k, e in self.exponents.items())
        return f"{powers} = {self.value:.4g} (SI) ± {100 * self.relative_error:.2g}%"


@dataclass(frozen=True)
class Verdict:
    """What the data say of one parameter.

    `kind` is a word for programs: "determined", "lower limit only", "upper limit only", "not
    determined", "at its bound" or "not converged". `summary` says it to people, `reason` why.
    """

    key: str
    kind: str
    summary: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        """Summary and reason."""
        return f"{self.summary}: {self.reason}" if self.reason else self.summary


def combinations(fit: Fit) -> tuple[Combination, ...]:
    """Products of powers of positive parameters that are known where the factors are not.

    Known is what has an error below a factor of e. From the directions of ln p in which the
    curvature of χ² is large, all other parameters adapted: the Schur complement of JᵀJ. None where
    the search did not converge.
    """
    if not fit.variance_factor or not fit.converged:
        return ()
    variables = fit.problem.variables
    index = []
    for i, v in enumerate(variables):
        if fit.best[v.key] > 0 and v.parameter.logarithmic:
            index.append(i)
    information = _information(fit, index)
    size, direction = np.linalg.eigh(information)
    loose = size < 1 / _KNOWN**2
    if not loose.any() or loose.all():
        return ()
    involved = np.flatnonzero(np.any(np.abs(direction[:, loose]) > _PART, axis=1))
    exponents = echelon(null_space(direction[involved][:, loose].T))
    inverse = (direction[:, ~loose] / size[~loose]) @ direction[:, ~loose].T
    products = []
    for row in exponents:
        whole = np.zeros(len(index))
        whole[involved] = row
        keys = [variables[index[i]].key for i in involved]
        powers = {key: float(e) for key, e in zip(keys, row, strict=True) if e}
        logarithm = sum(e * np.log(fit.best[key]) for key, e in powers.items())
        error = float(np.sqrt(whole @ inverse @ whole))
        if len(powers) > 1 and error < _KNOWN:
            products.append(Combination(powers, float(np.exp(logarithm)), error))
    return tuple(products)


def _information(fit: Fit, index: list[int]) -> Array:
    """Curvature of χ²/2 in ln p of the parameters in `index`, minimised over the others."""
    both = zip(fit.problem.variables, fit.coordinates, strict=True)
    slope = [fit.best[v.key] / v.slope(float(z)) for v, z in both]
    jacobian = fit.jacobian / np.sqrt(fit.variance_factor)
    wanted = jacobian[:, index] * np.array(slope)[index]
    others = np.delete(jacobian, index, axis=1)
    if others.shape[1]:
        size = np.linalg.norm(others, axis=0)
        basis, _ = np.linalg.qr(others / np.where(size > 0, size, 1.0))
        wanted = wanted - basis @ (basis.T @ wanted)
    result: Array = wanted.T @ wanted
    return result


def verdicts(fit: Fit) -> tuple[Verdict, ...]:
    """Verdict on each free parameter: from its profile, or from the curvature of χ² without one.

    Where the search did not converge, "not converged" and nothing else.
    """
    return tuple(_judge(fit, i) for i in range(len(fit.problem.variables)))


def _judge(fit: Fit, i: int) -> Verdict:
    v = fit.problem.variables[i]
    if not fit.converged:
        reason = f"{fit.trouble}; the best value so far is {_text(fit.best[v.key], v)}"
        return Verdict(v.key, "not converged", "not converged", reason)
    low, high = (float(end[i]) for end in fit.problem.bounds)
    deviation = float(fit.deviations[i])
    if fit.intervals:
        verdict = _judge_profile(v, fit.intervals[v.key], fit.best[v.key])
    else:
        verdict = _judge_curvature(v, deviation, high - low)
    z = float(fit.coordinates[i])
    close = _CLOSE * min(deviation, 1.0 if v.logarithmic else high - low)
    if not isfinite(close):
        close = _CLOSE * abs(z)
    if min(abs(z - low), abs(z - high)) < min(close, 1.0):
        summary = f"its best value is at a bound; {verdict.summary}"
        return replace(verdict, kind="at its bound", summary=summary)
    return verdict


def _judge_profile(v: Variable, intervals: tuple[Interval, ...], best: float) -> Verdict:
    inner = intervals[0]
    outer = intervals[-1]
    percent = f"{100 * outer.level:g}%"
    has_low = outer.low > (0.0 if v.logarithmic else -inf)
    has_high = isfinite(outer.high)
    low = _text(v.low, v)
    high = _text(v.high, v)
    so_far = f"the best value is {_text(best, v)}"
    if has_low and has_high:
        if v.logarithmic and inner.high > inner.low * exp(2 * _KNOWN):
            return _undetermined(v, "its 68% interval spans more than a factor of 7")
        return Verdict(
            v.key, "determined", "determined", f"both ends of the {percent} interval exist"
        )
    if has_low:
        if outer.high_is_bound:
            reason = f"its bound {high} ends the interval ({percent}), not the data; {so_far}"
        else:
            reason = f"the data do not exclude any larger value ({percent})"
        return Verdict(v.key, "lower limit only", "only a lower limit", reason)
    if has_high:
        if outer.low_is_bound:
            reason = f"its bound {low} ends the interval ({percent}), not the data; {so_far}"
        else:
            reason = f"the data do not exclude any smaller value ({percent})"
        return Verdict(v.key, "upper limit only", "only an upper limit", reason)
    if outer.low_is_bound and outer.high_is_bound:
        return _undetermined(
            v, f"the data exclude no value between its bounds, {low} and {high}; {so_far}"
        )
    if outer.low_is_bound:
        return _undetermined(v, f"the data exclude no value above its bound {low}; {so_far}")
    if outer.high_is_bound:
        return _undetermined(v, f"the data exclude no value below its bound {high}; {so_far}")
    return _undetermined(v, "the data exclude no value")


def _judge_curvature(v: Variable, deviation: float, span: float) -> Verdict:
    if not isfinite(deviation):
        return _undetermined(v, "χ² does not depend on it once the others adapt")
    if v.logarithmic and deviation > _KNOWN:
        return _undetermined(v, "its standard deviation is more than a factor of e")
    if deviation > span:
        return _undetermined(v, "its standard deviation is more than the range between its bounds")
    return Verdict(
        v.key,
        "determined",
        "determined near the best value; a profile would show whether both limits exist",
    )


def _undetermined(v: Variable, reason: str) -> Verdict:
    return Verdict(v.key, "not determined", "not determined", reason)


def _text(value: float, v: Variable) -> str:
    """A value with its SI unit."""
    dimension = v.parameter.dimension
    return f"{value:.4g} {dimension.symbol}" if dimension else f"{value:.4g}"
