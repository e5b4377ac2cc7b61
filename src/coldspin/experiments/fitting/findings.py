"""All findings about a fit, computed once: for tables, figures, reports and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.fitting.comparison import Comparison, compare
from coldspin.experiments.fitting.identifiability import (
    Combination,
    Verdict,
    combinations,
    verdicts,
)
from coldspin.experiments.fitting.problem import Progress, quietly
from coldspin.experiments.fitting.result import Fit
from coldspin.experiments.fitting.samples import Bootstrap, Posterior, bootstrap, posterior
from coldspin.wording import format_problem, listed

_TREND = 0.05  # probability of so few runs below which residuals show a trend
_WIDE = 100.0  # ratio of |x| from which the grid of a curve is no longer even
_SCATTER = 1e-3  # probability of so large or so small a χ² below which it is doubtful


@dataclass(frozen=True)
class Doubt:
    """A reason not to trust a fit, or a part of it. Its `str` is one sentence.

    `kind` is a word for programs: "search", "intervals", "other minimum", "trend", "scatter",
    "validity", "comparison" or "interruption". `rule` says what is doubtful, of which
    `measurements` (of all when empty), `remedy` what to do. `value` is the number that counts: the
    rise of χ² to the other minimum, the probability of the trend, χ² per degree of freedom.
    """

    kind: str
    rule: str
    measurements: tuple[str, ...] = ()
    value: float = nan
    remedy: str = ""

    def __str__(self) -> str:
        """The sentence."""
        place = listed(self.measurements) if self.measurements else ""
        return format_problem(
            place=place, parameter="", rule=self.rule, value="", remedy=self.remedy
        )


@dataclass(frozen=True)
class RunsTest:
    """Runs of equal sign in residuals along x, those by chance, the probability of so few."""

    runs: int
    expected: float
    probability: float


def runs_test(residuals: Array) -> RunsTest:
    r"""Wald-Wolfowitz test with the exact distribution of the number of runs R of n₊ and n₋ signs.

    .. math:: P(R=2r) = \frac{2\binom{n_+-1}{r-1}\binom{n_--1}{r-1}}{\binom{n_++n_-}{n_+}},\quad
              P(R=2r+1) = \frac{\binom{n_+-1}{r}\binom{n_--1}{r-1}+\binom{n_+-1}{r-1}\binom{n_--1}{r}}{\ldots}

    Where all signs are equal, n₊ or n₋ = 0 says nothing; there P = 2^{1−n}, of one run of n signs
    that are each as likely. Residuals of 0 are left out. A small probability says that the curve
    misses a trend in the data.

    Time and memory grow as n. P has the relative error of rounding in n products, at most n ×
    2e-16; below 1e-300 it is 0.

    >>> round(runs_test(np.array([1.0, 2.0, 1.0, -1.0, -2.0, -1.0])).probability, 12)
    0.1
    """
    signs = np.sign(residuals[residuals != 0])
    plus = int(np.count_nonzero(signs > 0))
    minus = int(np.count_nonzero(signs < 0))
    if not plus and not minus:
        return RunsTest(0, 0.0, 1.0)
    if not plus or not minus:
        return RunsTest(1, (1 + signs.size) / 2, 2.0 ** (1 - signs.size))
    runs = 1 + int(np.count_nonzero(np.diff(signs)))
    expected = 1 + 2 * plus * minus / (plus + minus)
    return RunsTest(runs, expected, _probability(plus, minus, runs))


def _probability(plus: int, minus: int, runs: int) -> float:
    """P(R ≤ runs), by recurrence from the most frequent even R.

    P(2r + 2)/P(2r) = (n₊ − r)(n₋ − r)/r² falls with r, and P(2r + 1)/P(2r) = (n₊ + n₋ − 2r)/2r.
    """
    r = np.arange(1.0, min(plus, minus) + 1)
    ratio = ((plus - r) * (minus - r) / r**2)[:-1]
    mode = int(np.count_nonzero(ratio > 1))
    below = np.cumprod(1 / ratio[:mode][::-1])[::-1]
    even = np.concatenate([below, [1.0], np.cumprod(ratio[mode:])])
    odd = even * (plus + minus - 2 * r) / (2 * r)
    fewer = np.sum(even[: runs // 2]) + np.sum(odd[: (runs - 1) // 2])
    return float(fewer / (np.sum(even) + np.sum(odd)))


@dataclass(frozen=True)
class Findings:
    """A fit with its verdicts, its comparison with the classical theory, and its doubts."""

    fit: Fit
    verdicts: tuple[Verdict, ...]
    combinations: tuple[Combination, ...]
    runs: Mapping[str, RunsTest]
    doubts: tuple[Doubt, ...]
    comparison: Comparison | None = None
    bootstrap: Bootstrap | None = None
    posterior: Posterior | None = None

    @property
    def goodness(self) -> float:
        """Probability of a larger χ² if model and errors are right; NaN for unknown errors."""
        from scipy.special import chdtrc

        if not self.fit.problem.errors_known or not self.fit.degrees_of_freedom:
            return float("nan")
        return float(chdtrc(self.fit.degrees_of_freedom, self.fit.chi_square))


@keywords_checked
def findings(
    fit: Fit,
    *,
    classical: bool = True,
    bootstrap_samples: int = 0,
    posterior_steps: int = 0,
    progress: Progress | None = None,
) -> Findings:
    """Judge a fit.

    `classical` compares it with the classical theory; `bootstrap_samples` and `posterior_steps` are
    drawn where they are not 0.
    """
    runs = {}
    for m, residuals in zip(fit.problem.measurements, residuals_apart(fit), strict=True):
        runs[m.name] = runs_test(residuals)
    doubts = [
        *_doubt_search(fit),
        *_doubt_minimum(fit),
        *_doubt_curves(runs),
        *_doubt_errors(fit),
        *validity(fit),
    ]
    comparison = samples = chain = None
    try:
        if classical and fit.converged:
            try:
                comparison = compare(fit)
            except (ValueError, ArithmeticError, RuntimeError) as problem:
                rule = (
                    "the fit was not compared with the classical theory, whose fit failed: "
                    f"{problem}"
                )
                doubts.append(Doubt("comparison", rule))
        if bootstrap_samples:
            samples = bootstrap(fit, bootstrap_samples, seed=fit.seed, progress=progress)
            done = len(samples.samples) + samples.failures
            if done < samples.asked:
                rule = (
                    f"an interruption ended the bootstrap after {done} of {samples.asked} samples"
                )
                doubts.append(Doubt("interruption", rule, value=done))
        if posterior_steps:
            chain = posterior(fit, posterior_steps, seed=fit.seed, progress=progress)
    except KeyboardInterrupt:  # the fit is there; what is judged about it ends here
        rule = (
            "an interruption ended what follows a fit: comparison, bootstrap or posterior may be "
            "missing"
        )
        doubts.append(Doubt("interruption", rule))
    return Findings(
        fit, verdicts(fit), combinations(fit), runs, tuple(doubts), comparison, samples, chain
    )


def residuals_apart(fit: Fit) -> list[Array]:
    """(Data − curve)/σ of each measurement."""
    ends = np.cumsum([m.y.size for m in fit.problem.measurements])
    return np.split(-fit.residuals[: ends[-1]], ends[:-1])


def validity(fit: Fit) -> tuple[Doubt, ...]:
    """Where the best parameters leave the theory's range of validity: once each subject.

    The doubt names all measurements, and has the numbers of the first.
    """
    first: dict[str, ValidityWarning] = {}
    names: dict[str, list[str]] = {}
    for number, m in enumerate(fit.problem.measurements):
        try:
            with quietly():
                warnings = m.model.doubts(m.x, fit.problem.values(number, fit.coordinates))
        except (ValueError, ArithmeticError, RuntimeError) as problem:
            rule = f"its validity could not be examined at the best values: {problem}"
            warnings = (ValidityWarning(rule),)
        for warning in warnings:
            first.setdefault(warning.subject, warning)
            places = names.setdefault(warning.subject, [])
            if m.name not in places:
                places.append(m.name)
    doubts = []
    for subject, warning in first.items():
        doubts.append(Doubt("validity", str(warning), tuple(names[subject]), warning.size))
    return tuple(doubts)


def _doubt_search(fit: Fit) -> list[Doubt]:
    """Whether the search did not converge, or did not come to the ends of intervals."""
    if not fit.converged:
        rule = f"the search did not converge, and there is no verdict: {fit.trouble}"
        remedy = "take better starts, bounds, more attempts or more time"
        return [Doubt("search", rule, remedy=remedy)]
    if fit.stopped:
        rule = (
            f"{fit.stopped} ended the search for intervals; only standard deviations by the "
            "covariance are given"
        )
        return [Doubt("intervals", rule)]
    return []


def _doubt_minimum(fit: Fit) -> list[Doubt]:
    """Other minima that the data do not exclude."""
    units = {}
    for v in fit.problem.variables:
        dimension = v.parameter.dimension
        units[v.key] = f" {dimension.symbol}" if dimension else ""
    doubts = []
    for rival in fit.rivals:
        values = [f"{key} = {value:.3g}{units[key]}" for key, value in rival.values.items()]
        rule = (
            f"another minimum has a χ² higher by only {rival.rise:.2g}, at {listed(values)}; the "
            "intervals are about the best one alone"
        )
        doubts.append(Doubt("other minimum", rule, value=rival.rise))
    return doubts


def _doubt_curves(runs: Mapping[str, RunsTest]) -> list[Doubt]:
    """Trends in the residuals."""
    doubts = []
    for name, test in runs.items():
        if test.probability < _TREND:
            rule = (
                f"the residuals show a trend, {test.runs} runs of one sign where chance makes "
                f"{test.expected:.1f} (P = {test.probability:.2g}); the model misses something"
            )
            doubts.append(Doubt("trend", rule, (name,), test.probability))
    return doubts


def _doubt_errors(fit: Fit) -> list[Doubt]:
    """Whether the data scatter more than their errors allow, or much less."""
    if not fit.problem.errors_known or not fit.degrees_of_freedom:
        return []
    from scipy.special import chdtr, chdtrc

    ratio = fit.chi_square / fit.degrees_of_freedom
    if chdtrc(fit.degrees_of_freedom, fit.chi_square) < _SCATTER:
        cause = "the model is wrong, or the errors are too small"
    elif chdtr(fit.degrees_of_freedom, fit.chi_square) < _SCATTER:
        cause = "the errors are too large, and so are the intervals"
    else:
        return []
    return [Doubt("scatter", f"χ² per degree of freedom is {ratio:.3g}: {cause}", value=ratio)]


@dataclass(frozen=True)
class FittedCurve:
    """The best curve of one measurement on a fine grid, and its standard deviation [SI]."""

    x: Array
    y: Array
    deviation: Array


@keywords_checked
def fitted_curve(fit: Fit, number: int, points: int = 201) -> FittedCurve:
    """The best curve through the range of the data, on a fine grid.

    The grid is even in asinh(x/x_0), x_0 the smallest |x| not 0; in x where the data span less than
    two decades.
    """
    data = fit.problem.measurements[number].x
    low = float(data.min())
    high = float(data.max())
    unit = float(np.min(np.abs(data[data != 0]), initial=np.inf))
    if max(abs(low), abs(high)) > _WIDE * unit:
        even = np.linspace(np.arcsinh(low / unit), np.arcsinh(high / unit), points)
        grid = np.clip(unit * np.sinh(even), low, high)
    else:
        grid = np.linspace(low, high, points)
    x = np.unique(np.concatenate([grid, data]))
    slopes = fit.problem.slopes(number, fit.coordinates, x)
    with quietly():
        variance = np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes)
        deviation = np.sqrt(np.maximum(variance, 0.0))
    return FittedCurve(x, fit.problem.curve(number, fit.coordinates, x), deviation)
