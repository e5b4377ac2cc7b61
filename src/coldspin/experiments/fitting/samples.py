"""Intervals by sampling: fits of resampled data (bootstrap), and the posterior by emcee."""

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.problem import Problem, Progress
from coldspin.experiments.fitting.profile import LEVELS
from coldspin.experiments.fitting.result import Fit, Interval
from coldspin.experiments.fitting.search import minimize

_ENOUGH = 50  # autocorrelation times that a chain should have, as the authors of emcee advise
_MIXED = 1.05
_FEWEST = 10  # steps of which halves can be compared


@dataclass(frozen=True)
class Bootstrap:
    """Best coordinates of each resampled data set, a row each; fits that failed, of those asked."""

    fit: Fit
    samples: Array
    failures: int
    asked: int = 0

    def intervals(self, levels: tuple[float, ...] = LEVELS) -> dict[str, tuple[Interval, ...]]:
        """Quantiles of each free parameter [SI]; NaN where every fit failed."""
        if len(self.samples):
            return _quantiles(self.fit, self.samples, levels)
        unknown = tuple(Interval(level, nan, nan) for level in levels)
        return dict.fromkeys(self.fit.best, unknown)

    def deviation_errors(self) -> Array:
        """Relative error of each standard deviation, from both halves of the samples."""
        first, second = np.array_split(self.samples, 2)
        difference = np.std(first, axis=0, ddof=1) - np.std(second, axis=0, ddof=1)
        whole = np.std(self.samples, axis=0, ddof=1)
        result: Array = np.abs(difference) / 2 / np.where(whole > 0, whole, 1.0)
        return result


def _quantiles(
    fit: Fit, samples: Array, levels: tuple[float, ...]
) -> dict[str, tuple[Interval, ...]]:
    """Intervals of each free parameter [SI] from rows of coordinates."""
    intervals = {}
    for i, variable in enumerate(fit.problem.variables):
        rows = []
        for level in levels:
            low, high = np.quantile(samples[:, i], [(1 - level) / 2, (1 + level) / 2])
            rows.append(Interval(level, variable.value(float(low)), variable.value(float(high))))
        intervals[variable.key] = tuple(rows)
    return intervals


@keywords_checked
def bootstrap(
    fit: Fit, samples: int = 200, *, seed: int = 0, progress: Progress | None = None
) -> Bootstrap:
    """Fit `samples` resampled data sets, each from the best values, with random numbers of `seed`.

    Errors are drawn with the standard errors of the data; where these are unknown, and for a robust
    fit, from the residuals. Ctrl-C ends it with the samples there are.
    """
    random = np.random.default_rng(seed)
    rows = []
    failures = 0
    for number in range(samples):
        try:
            result = minimize(_resample(fit, random), fit.coordinates, robust=fit.robust)
            if not result.success:
                raise ValueError
            rows.append(result.coordinates)
        except ValueError:
            failures += 1
        except KeyboardInterrupt:
            break
        if progress:
            progress("bootstrap", (number + 1) / samples)
    coordinates = np.array(rows).reshape(-1, len(fit.problem.variables))
    return Bootstrap(fit, coordinates, failures, samples)


def _resample(fit: Fit, random: np.random.Generator) -> Problem:
    """The problem with other data: the best curve plus random errors."""
    problem = fit.problem
    scale = np.sqrt(problem.data.size / max(1, fit.degrees_of_freedom))
    measurements = []
    start = 0
    for number, m in enumerate(problem.measurements):
        curve = m.compared(problem.curve(number, fit.coordinates))
        residuals = fit.residuals[start : start + m.y.size]
        start += m.y.size
        if fit.robust:
            noise = -random.choice(residuals, m.y.size) / m.weights
        elif m.error is not None:
            noise = random.standard_normal(m.y.size) / m.weights
        else:
            noise = random.choice(residuals.mean() - residuals, m.y.size) * scale
        y = np.exp(curve + noise) if m.logarithmic else curve + noise
        error = m.error
        if error is not None and m.logarithmic:
            error = y / m.weights  # the same error of ln y
        measurements.append(replace(m, y=y, error=error))
    variables = []
    for v in problem.variables:
        if v.expected:
            value = float(random.normal(fit.best[v.key], v.expected[1]))
            v = replace(v, expected=(value, v.expected[1]))
        variables.append(v)
    return Problem(tuple(measurements), tuple(variables), problem.fixed)


@dataclass(frozen=True)
class Posterior:
    """Coordinates [step, walker, variable] after the burn-in, and how well they are mixed.

    The prior is uniform in the coordinates, ln p of a scale, within the bounds. `autocorrelation`
    is the time in steps over which a chain forgets, `mixing` is R̂ over the walkers, 1 when they
    agree.
    """

    fit: Fit
    chain: Array
    acceptance: float
    autocorrelation: Array
    mixing: Array

    @property
    def converged(self) -> bool:
        """Whether the chain is 50 autocorrelation times long and its walkers agree."""
        long = self.chain.shape[0] >= _ENOUGH * float(np.max(self.autocorrelation))
        return bool(long and np.max(self.mixing) < _MIXED)

    def sentence(self) -> str:
        """Say whether it converged, and what to do."""
        slow = float(np.max(self.autocorrelation))
        steps = self.chain.shape[0]
        numbers = f"{steps} steps, autocorrelation time {slow:.0f}, R̂ {np.max(self.mixing):.3f}"
        if self.converged:
            return f"posterior converged: {numbers}"
        enough = int(np.ceil(_ENOUGH * slow))
        return f"posterior not converged: {numbers}; take at least {enough} steps"

    def intervals(self, levels: tuple[float, ...] = LEVELS) -> dict[str, tuple[Interval, ...]]:
        """Quantiles of each free parameter [SI]."""
        flat = self.chain.reshape(-1, self.chain.shape[2])
        return _quantiles(self.fit, flat, levels)


def import_emcee() -> Any:
    """Return the module emcee; InvalidInputError says which extra brings it where it is missing."""
    try:
        import emcee
    except ImportError:
        raise InvalidInputError(
            "a posterior needs emcee", remedy="install it with pip install 'coldspin[posterior]'"
        ) from None
    return emcee


@keywords_checked
def posterior(
    fit: Fit,
    steps: int = 2000,
    *,
    walkers: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Posterior:
    """Sample exp(−χ²/2) within the bounds, the first fifth thrown away.

    Errors of the data must be known. When not given, `walkers` is 32, or four times the number of
    variables if more. Ctrl-C ends it with the steps there are.
    """
    emcee = import_emcee()
    problem = fit.problem
    count = len(problem.variables)
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < _FEWEST:
        raise InvalidInputError(
            f"must be a whole number, {_FEWEST} or more", parameter="steps", value=steps
        )
    if not problem.errors_known:
        raise InvalidInputError(
            "a posterior needs the errors of the data", remedy="give them, or use the bootstrap"
        )
    low, high = problem.bounds
    random = np.random.default_rng(seed)
    largest = np.array([1.0 if v.logarithmic else np.inf for v in problem.variables])
    width = np.where(np.isfinite(fit.deviations), fit.deviations, fit.steps)
    width = np.minimum(width, largest) / 2
    walkers = walkers or max(32, 4 * count)
    margin = 1e-9 * np.minimum(width, high - low)
    begin = fit.coordinates + width * random.standard_normal((walkers, count))
    begin = np.clip(begin, low + margin, high - margin)

    def log_probability(z: Array) -> float:
        if np.any(z < low) or np.any(z > high):
            return -np.inf
        with np.errstate(all="ignore"):
            square = float(np.sum(problem.residuals(z) ** 2))
        return -square / 2 if np.isfinite(square) else -np.inf

    sampler = emcee.EnsembleSampler(walkers, count, log_probability)
    sampler.random_state = np.random.RandomState(seed).get_state()  # the only generator emcee takes
    done = 0
    try:
        for done, _ in enumerate(sampler.sample(begin, iterations=steps), start=1):
            if progress:
                progress("posterior", done / steps)
    except KeyboardInterrupt:
        if done < _FEWEST:
            raise
    chain = sampler.get_chain(discard=done // 5)
    acceptance = float(np.mean(sampler.acceptance_fraction))
    with np.errstate(invalid="ignore", divide="ignore"):  # of walkers that never moved
        time = np.asarray(emcee.autocorr.integrated_time(chain, tol=0))
        mixing = _mixing(chain)
    time = np.where(np.isfinite(time), time, len(chain))
    return Posterior(fit, chain, acceptance, time, np.nan_to_num(mixing, nan=np.inf))


def _mixing(chain: Array) -> Array:
    """R̂ of Gelman and Rubin, over the halves of every walker."""
    halves = np.concatenate(np.array_split(chain[: 2 * (len(chain) // 2)], 2), axis=1)
    length = halves.shape[0]
    within = np.mean(np.var(halves, axis=0, ddof=1), axis=0)
    between = length * np.var(np.mean(halves, axis=0), axis=0, ddof=1)
    result: Array = np.sqrt(((length - 1) / length * within + between / length) / within)
    return result
