"""Everything that is to be said of a fit, computed once: for tables, figures, reports and programs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.experiments.fitting.bootstrap import Bootstrap, bootstrap
from coldspin.experiments.fitting.comparison import Comparison, compare
from coldspin.experiments.fitting.fitted import Fit
from coldspin.experiments.fitting.identifiability import (
    Combination,
    Verdict,
    combinations,
    verdicts,
)
from coldspin.experiments.fitting.posterior import Posterior, posterior
from coldspin.experiments.fitting.problem import Progress, quietly
from coldspin.experiments.fitting.runs import RunsTest, runs_test
from coldspin.wording import listed

_NUMBER = re.compile(r"\d[\d.eE+-]*")
_TREND = 0.05  # probability of so few runs below which residuals show a trend
_WIDE = 100.0  # ratio of |x| from which the grid of a curve is no longer even


@dataclass(frozen=True)
class Findings:
    """A fit with its verdicts, what it says of the classical theory, and where it should not be trusted."""

    fit: Fit
    verdicts: tuple[Verdict, ...]
    combinations: tuple[Combination, ...]
    runs: Mapping[str, RunsTest]
    doubts: tuple[str, ...]
    comparison: Comparison | None = None
    bootstrap: Bootstrap | None = None
    posterior: Posterior | None = None

    @property
    def goodness(self) -> float:
        """Probability of a larger χ² if model and errors are right; NaN where the errors are not known."""
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
    """Judge a fit; `classical` compares it with the classical theory, samples and steps are taken where not 0."""
    runs = {
        m.name: runs_test(part)
        for m, part in zip(fit.problem.measurements, residuals_apart(fit), strict=True)
    }
    doubts = [*_search(fit), *_other_minima(fit), *_trends(runs), *_scatter(fit), *validity(fit)]
    comparison = samples = chain = None
    try:
        if classical:
            comparison, failure = _compared(fit)
            doubts += failure
        if bootstrap_samples:
            samples = bootstrap(fit, bootstrap_samples, seed=fit.seed, progress=progress)
            doubts += _interrupted(
                "bootstrap", samples.asked, len(samples.samples) + samples.failures
            )
        if posterior_steps:
            chain = posterior(fit, posterior_steps, seed=fit.seed, progress=progress)
    except KeyboardInterrupt:  # the fit is there; what is judged about it ends here
        doubts.append(
            "an interruption ended what follows a fit: comparison, bootstrap or posterior may be "
            "missing"
        )
    return Findings(
        fit, verdicts(fit), combinations(fit), runs, tuple(doubts), comparison, samples, chain
    )


def _compared(fit: Fit) -> tuple[Comparison | None, list[str]]:
    """The comparison with the classical theory, or why there is none though there is such a theory."""
    if not fit.converged:
        return None, []
    try:
        return compare(fit), []
    except (ValueError, ArithmeticError, RuntimeError) as problem:
        return None, [
            f"the fit was not compared with the classical theory, whose fit failed: {problem}"
        ]


def _interrupted(what: str, asked: int, done: int) -> list[str]:
    return (
        [f"an interruption ended the {what} after {done} of {asked} samples"]
        if done < asked
        else []
    )


def _search(fit: Fit) -> list[str]:
    """Say where the search did not converge, or did not come to the ends of intervals."""
    if not fit.converged:
        advice = "take better starts, bounds, more attempts or more time"
        return [f"the search did not converge, and there is no verdict: {fit.trouble}; {advice}"]
    if fit.stopped:
        return [
            (
                f"{fit.stopped} ended the search for intervals; only standard deviations by the "
                f"covariance are given"
            )
        ]
    return []


def residuals_apart(fit: Fit) -> list[Array]:
    """(Data − curve)/σ of each measurement."""
    ends = np.cumsum([m.y.size for m in fit.problem.measurements])
    return np.split(-fit.residuals[: ends[-1]], ends[:-1])


def validity(fit: Fit) -> tuple[str, ...]:
    """Sentences on where the best parameters leave the theory's range of validity, with the first numbers of each."""
    found: dict[str, tuple[list[str], str]] = {}
    for number, m in enumerate(fit.problem.measurements):
        try:
            with quietly():
                sentences = m.model.doubts(m.x, fit.problem.values(number, fit.coordinates))
        except (ValueError, ArithmeticError, RuntimeError) as problem:
            sentences = (f"its validity could not be examined at the best values: {problem}",)
        for sentence in sentences:
            found.setdefault(_NUMBER.sub("#", sentence), ([], sentence))[0].append(m.name)
    return tuple(
        f"{listed(list(dict.fromkeys(names)))}: {sentence}" for names, sentence in found.values()
    )


def _other_minima(fit: Fit) -> list[str]:
    told = []
    units = {
        v.key: f" {v.parameter.dimension.symbol}" if v.parameter.dimension else ""
        for v in fit.problem.variables
    }
    for rival in fit.rivals:
        values = listed([f"{key} = {value:.3g}{units[key]}" for key, value in rival.values.items()])
        told.append(
            f"another minimum has a χ² higher by only {rival.rise:.2g}, at {values}; the intervals "
            f"are about the "
            "best one alone"
        )
    return told


def _trends(runs: Mapping[str, RunsTest]) -> list[str]:
    return [
        f"{name}: the residuals show a trend, {test.runs} runs of one sign where chance makes "
        f"{test.expected:.1f} "
        f"(P = {test.probability:.2g}); the model misses something"
        for name, test in runs.items()
        if test.probability < _TREND
    ]


def _scatter(fit: Fit) -> list[str]:
    """Say where the data scatter more than their errors allow, or much less."""
    if not fit.problem.errors_known or not fit.degrees_of_freedom:
        return []
    from scipy.special import chdtr, chdtrc

    ratio = fit.chi_square / fit.degrees_of_freedom
    if chdtrc(fit.degrees_of_freedom, fit.chi_square) < 1e-3:
        return [
            (
                f"χ² per degree of freedom is {ratio:.3g}: the model is wrong, or the errors are too "
                f"small"
            )
        ]
    if chdtr(fit.degrees_of_freedom, fit.chi_square) < 1e-3:
        return [
            (
                f"χ² per degree of freedom is {ratio:.3g}: the errors are too large, and so are the "
                f"intervals"
            )
        ]
    return []


@dataclass(frozen=True)
class FittedCurve:
    """The best curve of one measurement on a fine grid, and its standard deviation by that of the parameters [SI]."""

    x: Array
    y: Array
    deviation: Array


@keywords_checked
def fitted_curve(fit: Fit, number: int, points: int = 201) -> FittedCurve:
    """Curve through the range of the data, on a grid that is even in asinh(x/x_0), x_0 the smallest |x| not 0.

    Where the data span less than two decades it is even in x.
    """
    data = fit.problem.measurements[number].x
    low, high = float(data.min()), float(data.max())
    unit = float(np.min(np.abs(data[data != 0]), initial=np.inf))
    if max(abs(low), abs(high)) > _WIDE * unit:
        grid = np.clip(
            unit * np.sinh(np.linspace(np.arcsinh(low / unit), np.arcsinh(high / unit), points)),
            low,
            high,
        )
    else:
        grid = np.linspace(low, high, points)
    x = np.unique(np.concatenate([grid, data]))
    slopes = fit.problem.slopes(number, fit.coordinates, x)
    with quietly():
        spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes), 0.0))
    return FittedCurve(x, fit.problem.curve(number, fit.coordinates, x), spread)
