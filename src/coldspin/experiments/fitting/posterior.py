"""Samples of the posterior by emcee, with what says whether there are enough of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.fitted import Fit, Interval
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.profile import LEVELS

_ENOUGH = 50  # autocorrelation times that a chain should have, as the authors of emcee advise
_MIXED = 1.05
_FEWEST = 10  # steps of which halves can be compared


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
        slow, steps = float(np.max(self.autocorrelation)), self.chain.shape[0]
        numbers = f"{steps} steps, autocorrelation time {slow:.0f}, R̂ {np.max(self.mixing):.3f}"
        if self.converged:
            return f"posterior converged: {numbers}"
        return f"posterior not converged: {numbers}; take at least {int(np.ceil(_ENOUGH * slow))} steps"

    def intervals(self, levels: tuple[float, ...] = LEVELS) -> dict[str, tuple[Interval, ...]]:
        """Quantiles of each free parameter [SI]."""
        flat, found = self.chain.reshape(-1, self.chain.shape[2]), {}
        for i, variable in enumerate(self.fit.problem.variables):
            ends = [np.quantile(flat[:, i], [(1 - level) / 2, (1 + level) / 2]) for level in levels]
            found[variable.key] = tuple(
                Interval(level, variable.value(float(low)), variable.value(float(high)))
                for level, (low, high) in zip(levels, ends, strict=True)
            )
        return found


def emcee_module() -> Any:
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
    emcee = emcee_module()
    put, count = fit.problem, len(fit.problem.variables)
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < _FEWEST:
        raise InvalidInputError(f"steps must be a whole number, {_FEWEST} or more, not {steps!r}")
    if not put.errors_known:
        raise InvalidInputError(
            "a posterior needs the errors of the data", remedy="give them, or use the bootstrap"
        )
    low, high = put.bounds
    random = np.random.default_rng(seed)
    largest = np.array([1.0 if v.logarithmic else np.inf for v in put.variables])
    width = (
        np.minimum(np.where(np.isfinite(fit.deviations), fit.deviations, fit.steps), largest) / 2
    )
    walkers, margin = walkers or max(32, 4 * count), 1e-9 * np.minimum(width, high - low)
    begin = np.clip(
        fit.coordinates + width * random.standard_normal((walkers, count)),
        low + margin,
        high - margin,
    )

    def log_probability(z: Array) -> float:
        if np.any(z < low) or np.any(z > high):
            return -np.inf
        with np.errstate(all="ignore"):
            square = float(np.sum(put.residuals(z) ** 2))
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
    chain, acceptance = (
        sampler.get_chain(discard=done // 5),
        float(np.mean(sampler.acceptance_fraction)),
    )
    with np.errstate(invalid="ignore", divide="ignore"):  # of walkers that never moved
        time, mixing = np.asarray(emcee.autocorr.integrated_time(chain, tol=0)), _mixing(chain)
    return Posterior(
        fit,
        chain,
        acceptance,
        np.where(np.isfinite(time), time, len(chain)),
        np.nan_to_num(mixing, nan=np.inf),
    )


def _mixing(chain: Array) -> Array:
    """R̂ of Gelman and Rubin, over the halves of every walker."""
    halves = np.concatenate(np.array_split(chain[: 2 * (len(chain) // 2)], 2), axis=1)
    length = halves.shape[0]
    within = np.mean(np.var(halves, axis=0, ddof=1), axis=0)
    between = length * np.var(np.mean(halves, axis=0), axis=0, ddof=1)
    result: Array = np.sqrt(((length - 1) / length * within + between / length) / within)
    return result
