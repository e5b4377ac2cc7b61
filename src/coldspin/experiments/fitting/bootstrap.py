"""Intervals from fits of data made anew: with the errors as given, or with the residuals drawn again."""

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.experiments.fitting.fitted import Fit, Interval
from coldspin.experiments.fitting.local import coordinates, local_fit
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.problem import Problem, Progress
from coldspin.experiments.fitting.profile import LEVELS


@dataclass(frozen=True)
class Bootstrap:
    """Best coordinates of each remade data set, a row each, and how many fits failed, of how many asked for."""

    fit: Fit
    samples: Array
    failures: int
    asked: int = 0

    def intervals(self, levels: tuple[float, ...] = LEVELS) -> dict[str, tuple[Interval, ...]]:
        """Quantiles of each free parameter [SI]; NaN where every fit failed."""
        found = {}
        if not len(self.samples):
            return {
                v.key: tuple(Interval(level, nan, nan) for level in levels)
                for v in self.fit.problem.variables
            }
        for i, variable in enumerate(self.fit.problem.variables):
            ends = [
                np.quantile(self.samples[:, i], [(1 - level) / 2, (1 + level) / 2])
                for level in levels
            ]
            found[variable.key] = tuple(
                Interval(level, variable.value(float(low)), variable.value(float(high)))
                for level, (low, high) in zip(levels, ends, strict=True)
            )
        return found

    def deviation_errors(self) -> Array:
        """Relative error of each standard deviation by the finite number of samples, from halves of them."""
        halves = np.array(
            [np.std(half, axis=0, ddof=1) for half in np.array_split(self.samples, 2)]
        )
        whole = np.std(self.samples, axis=0, ddof=1)
        result: Array = np.abs(halves[0] - halves[1]) / 2 / np.where(whole > 0, whole, 1.0)
        return result


@keywords_checked
def bootstrap(
    fit: Fit, samples: int = 200, *, seed: int = 0, progress: Progress | None = None
) -> Bootstrap:
    """Fit `samples` remade data sets, each from the best values, with random numbers of `seed`.

    The errors of the data are drawn as given; where they are not given, and for a robust fit, from
    the residuals. Ctrl-C ends it with the samples there are.
    """
    random = np.random.default_rng(seed)
    found, failures = [], 0
    for number in range(samples):
        try:
            remade = _remade(fit, random)
            result = local_fit(remade, fit.coordinates, robust=fit.robust)
            if not result.success:
                raise ValueError
            found.append(coordinates(remade, result.params))
        except ValueError:
            failures += 1
        except KeyboardInterrupt:
            break
        if progress:
            progress("bootstrap", (number + 1) / samples)
    rows = np.array(found).reshape(-1, len(fit.problem.variables))
    return Bootstrap(fit, rows, failures, samples)


def _errors(m: Measurement, y: Array) -> Array:
    """The same errors of what is compared."""
    result: Array = y / m.weights if m.logarithmic else np.asarray(m.error)
    return result


def _remade(fit: Fit, random: np.random.Generator) -> Problem:
    """The problem with other data: curve plus errors."""
    put, scale = fit.problem, np.sqrt(fit.problem.data.size / max(1, fit.degrees_of_freedom))
    measurements, start = [], 0
    for number, m in enumerate(put.measurements):
        curve = m.compared(put.curve(number, fit.coordinates))
        residuals = fit.residuals[start : start + m.y.size]
        start += m.y.size
        if fit.robust:
            noise = -random.choice(residuals, m.y.size) / m.weights
        elif m.error is not None:
            noise = random.standard_normal(m.y.size) / m.weights
        else:
            noise = random.choice(residuals.mean() - residuals, m.y.size) * scale
        drawn_y = np.exp(curve + noise) if m.logarithmic else curve + noise
        measurements.append(
            replace(m, y=drawn_y, error=None if m.error is None else _errors(m, drawn_y))
        )
    drawn = tuple(
        replace(v, expected=(float(random.normal(fit.best[v.key], v.expected[1])), v.expected[1]))
        if v.expected
        else v
        for v in put.variables
    )
    return Problem(tuple(measurements), drawn, put.fixed)
