"""A plan: where to measure, how well that will determine each parameter, and how far to trust it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Variable
from coldspin.wording import listed

_KNOWN = 1.0  # deviation of ln p from which a parameter is not known within a factor of e


@dataclass(frozen=True)
class Shift:
    """What the same points give where one parameter is not as expected: its key, the factor, deviations by key."""

    key: str
    factor: float
    deviations: Mapping[str, float]
    uniform_deviations: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """Points to measure and the standard deviations that a fit of them will have.

    `x` in rising order with repeats, `y` and `error` what the curve and its standard error will be
    there [SI, or the unit of measurement]. `deviations` by key, of ln p (the relative error) where
    the fit varies ln p, of p [SI] otherwise, infinite where undetermined; `uniform_deviations`
    those of as many points spread evenly over the candidates, `uniform_x`. `target` are the keys
    for which the points are best. `efficiency` compares with the best of all designs, (det C/det
    C_best)^(1/s): it is at least so large, by the equivalence theorem. `ideal` are places and
    shares of the points, if shares need not be whole. `robustness` evaluates the same points, where
    the plan's expectations, for which alone it is the best, are wrong by a factor of 2.
    """

    variables: tuple[Variable, ...]
    target: tuple[str, ...]
    x: Array
    y: Array
    error: Array
    deviations: Mapping[str, float]
    uniform_x: Array
    uniform_deviations: Mapping[str, float]
    efficiency: float
    ideal: tuple[tuple[float, float], ...]
    robustness: tuple[Shift, ...]

    def table(self) -> tuple[tuple[float, int], ...]:
        """Places and how often to measure at each."""
        places, repeats = np.unique(self.x, return_counts=True)
        return tuple((float(x), int(n)) for x, n in zip(places, repeats, strict=True))

    @property
    def criterion(self) -> str:
        """What the points make best, in words."""
        names = listed(
            [
                f"ln {v.key}" if v.logarithmic else v.key
                for v in self.variables
                if v.key in self.target
            ]
        )
        if len(self.target) == len(self.variables):
            return f"D-optimal: smallest volume of the confidence region of {names}"
        if len(self.target) == 1:
            return f"smallest variance of {names}, all other free parameters unknown"
        return f"D_s-optimal: smallest volume of the confidence region of {names}, all other free parameters unknown"

    @property
    def gain(self) -> dict[str, float]:
        """Deviation with even points over that with the plan; its square is how many times more points those take.

        NaN where both leave the parameter undetermined.
        """
        own, even = (np.array(list(d.values())) for d in (self.deviations, self.uniform_deviations))
        with np.errstate(invalid="ignore"):
            return dict(zip(self.deviations, (even / own).tolist(), strict=True))

    def worst(self, key: str) -> float:
        """Largest deviation of one parameter, as expected or with any one off by the factor."""
        return max([self.deviations[key], *(shift.deviations[key] for shift in self.robustness)])

    def doubts(self) -> tuple[str, ...]:
        """Sentences on what the plan will not tell."""
        found = []
        for v in self.variables:
            deviation, wanted = self.deviations[v.key], v.key in self.target
            if deviation == inf:
                found.append(
                    f"{v.key}: the plan leaves it undetermined, being made for "
                    f"{listed(list(self.target))}"
                )
            elif wanted and v.logarithmic and deviation > _KNOWN:
                found.append(
                    f"{v.key}: will not be known within a factor of e (deviation of its logarithm "
                    f"{deviation:.2g}); "
                    "measure more points, or with smaller errors"
                )
        return tuple(found)
