"""What the data determine: each parameter, only products of some, or one side of it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, isfinite

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import echelon, null_space
from coldspin.experiments.fitting.fitted import Fit, Interval
from coldspin.experiments.fitting.variables import Variable

_KNOWN = 1.0  # deviation of ln p up to which a combination counts as determined: a factor of e
_PART = 0.05  # share of a direction below which a parameter does not belong to it
_CLOSE = 1e-3  # standard deviations from a bound within which a parameter is at it


@dataclass(frozen=True)
class Combination:
    """A product of powers that is determined where its factors are not: exponents by key, value [SI], error of ln."""

    exponents: Mapping[str, float]
    value: float
    relative_error: float

    def __str__(self) -> str:
        """Write it as a product."""
        powers = " · ".join(k if e == 1 else f"{k}^{e:g}" for k, e in self.exponents.items())
        return f"{powers} = {self.value:.4g} (SI) ± {100 * self.relative_error:.2g}%"


@dataclass(frozen=True)
class Verdict:
    """What the data say of one parameter, as a word for programs and a sentence for people."""

    key: str
    kind: str
    sentence: str


def combinations(fit: Fit) -> tuple[Combination, ...]:
    """Products of powers of the positive parameters that are known within a factor of e where the factors are not.

    From the directions of ln p in which the curvature of χ² is large, all other parameters adapted:
    the Schur complement of JᵀJ. None where the search did not converge.
    """
    index = [
        i
        for i, v in enumerate(fit.problem.variables)
        if fit.best[v.key] > 0 and v.parameter.logarithmic
    ]
    if not fit.variance_factor or not fit.converged:
        return ()
    information = _information(fit, index)
    size, direction = np.linalg.eigh(information)
    loose = size < 1 / _KNOWN**2
    if not loose.any() or loose.all():
        return ()
    involved = np.flatnonzero(np.any(np.abs(direction[:, loose]) > _PART, axis=1))
    exponents = echelon(null_space(direction[involved][:, loose].T))
    inverse = (direction[:, ~loose] / size[~loose]) @ direction[:, ~loose].T
    found = []
    for row in exponents:
        whole = np.zeros(len(index))
        whole[involved] = row
        keys = [fit.problem.variables[index[i]].key for i in involved]
        powers = {key: float(e) for key, e in zip(keys, row, strict=True) if e}
        value = float(np.exp(sum(e * np.log(fit.best[key]) for key, e in powers.items())))
        found.append(Combination(powers, value, float(np.sqrt(whole @ inverse @ whole))))
    return tuple(c for c in found if len(c.exponents) > 1 and c.relative_error < _KNOWN)


def _information(fit: Fit, index: list[int]) -> Array:
    """Curvature of χ²/2 in ln p of the parameters in `index`, minimised over the others."""
    slope = [
        fit.best[v.key] / v.slope(float(z))
        for v, z in zip(fit.problem.variables, fit.coordinates, strict=True)
    ]
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
    """One for each free parameter: from its profile where there is one, from the curvature of χ² otherwise.

    Where the search did not converge, "not converged" and nothing else.
    """
    found = []
    for i, v in enumerate(fit.problem.variables):
        if not fit.converged:
            sentence = f"not converged: {fit.trouble}; the best value so far is {_text(fit.best[v.key], v)}"
            found.append(Verdict(v.key, "not converged", sentence))
            continue
        z, ends = float(fit.coordinates[i]), [float(end[i]) for end in fit.problem.bounds]
        if fit.intervals:
            kind, sentence = _of_profile(v, fit.intervals[v.key], fit.best[v.key])
        else:
            kind, sentence = _of_curvature(
                float(fit.deviations[i]), v.logarithmic, ends[1] - ends[0]
            )
        close = _CLOSE * min(float(fit.deviations[i]), 1.0 if v.logarithmic else ends[1] - ends[0])
        if not isfinite(close):
            close = _CLOSE * abs(z)
        if any(abs(z - end) < min(close, 1.0) for end in ends):
            kind, sentence = "at its bound", f"its best value is at a bound; {sentence}"
        found.append(Verdict(v.key, kind, sentence))
    return tuple(found)


def _of_profile(v: Variable, intervals: tuple[Interval, ...], best: float) -> tuple[str, str]:
    inner, outer = intervals[0], intervals[-1]
    percent = f"{100 * outer.level:g}%"
    below, above = outer.low > (0.0 if v.logarithmic else -inf), isfinite(outer.high)
    if below and above:
        if v.logarithmic and inner.high > inner.low * exp(2 * _KNOWN):
            return (
                "not determined",
                "not determined: its 68% interval spans more than a factor of 7",
            )
        return "determined", f"determined: both ends of the {percent} interval exist"
    value = _text(best, v)
    lowest, highest = _text(v.low, v), _text(v.high, v)
    if below:
        if outer.high_is_bound:
            rest = f"its bound {highest} ends the interval ({percent}), not the data; the best value is {value}"
            return "lower limit only", f"only a lower limit: {rest}"
        return (
            "lower limit only",
            f"only a lower limit: the data do not exclude any larger value ({percent})",
        )
    if above:
        if outer.low_is_bound:
            rest = f"its bound {lowest} ends the interval ({percent}), not the data; the best value is {value}"
            return "upper limit only", f"only an upper limit: {rest}"
        return (
            "upper limit only",
            f"only an upper limit: the data do not exclude any smaller value ({percent})",
        )
    if outer.low_is_bound and outer.high_is_bound:
        rest = f"the data exclude no value between its bounds, {lowest} and {highest}; the best value is {value}"
        return "not determined", f"not determined: {rest}"
    if outer.low_is_bound or outer.high_is_bound:
        side = f"above its bound {lowest}" if outer.low_is_bound else f"below its bound {highest}"
        return (
            "not determined",
            f"not determined: the data exclude no value {side}; the best value is {value}",
        )
    return "not determined", "not determined: the data exclude no value"


def _text(value: float, v: Variable) -> str:
    """A value with its SI unit."""
    dimension = v.parameter.dimension
    return f"{value:.4g} {dimension.symbol}" if dimension else f"{value:.4g}"


def _of_curvature(deviation: float, scale: bool, span: float) -> tuple[str, str]:
    if not isfinite(deviation):
        return "not determined", "not determined: χ² does not depend on it once the others adapt"
    if scale and deviation > _KNOWN:
        return "not determined", "not determined: its standard deviation is more than a factor of e"
    if deviation > span:
        return (
            "not determined",
            "not determined: its standard deviation is more than the range between its bounds",
        )
    return (
        "determined",
        "determined near the best value; a profile would show whether both limits exist",
    )
