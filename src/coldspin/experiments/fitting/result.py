"""The result of a fit: best values, their intervals, other minima, and what was not varied."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import SINGULAR, Directions
from coldspin.experiments.fitting.problem import Problem
from coldspin.experiments.fitting.search import LocalFit
from coldspin.experiments.models.model import Parameter


@dataclass(frozen=True)
class Interval:
    """Ends of an interval of one parameter [SI] at a level.

    An end is infinite, or 0 for a scale, where the data set none. `low_is_bound` and
    `high_is_bound` say that the search for that end came to the bound of the parameter.
    """

    level: float
    low: float
    high: float
    low_is_bound: bool = False
    high_is_bound: bool = False


@dataclass(frozen=True)
class Rival:
    """Another minimum: the rise of χ² in units of the variance factor, and the values [SI]."""

    rise: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class Fit:
    """The best of several local fits, and how many of the others came to the same minimum.

    `result` is where the best search ended, in the coordinates of the fit (ln p for a scale).
    `intervals` are those of the profile likelihood by key, about the best minimum alone; None where
    none were asked for. `rivals` are other minima that the data do not exclude. `stopped` names
    what ended the search early, such as its `time_limit`; `converged` is false where the values are
    only the best so far.
    """

    problem: Problem
    result: LocalFit
    robust: bool
    seed: int
    attempts: int
    agreeing: int
    intervals: Mapping[str, tuple[Interval, ...]] | None = None
    rivals: tuple[Rival, ...] = ()
    stopped: str = ""
    time_limit: Any = None

    @property
    def converged(self) -> bool:
        """Whether the search came to a minimum, and more than one of several starts to this one."""
        return not self.trouble

    @property
    def trouble(self) -> str:
        """Why the best values may be none; empty where the search converged."""
        if not self.result.success:
            if self.stopped:
                return f"{self.stopped} ended the search before it came to a minimum"
            return (
                f"the search still moved after {self.result.evaluations} evaluations of the curve"
            )
        if self.agreeing < 2 <= self.attempts:
            return f"only one of {self.attempts} starts came to this minimum"
        return ""

    @property
    def coordinates(self) -> Array:
        """Best coordinates, in the order of the variables."""
        return self.result.coordinates

    @cached_property
    def best(self) -> dict[str, float]:
        """Best value of each free parameter [SI]."""
        return self.problem.best_values(self.coordinates)

    @cached_property
    def residuals(self) -> Array:
        """(Curve − data)/σ at the minimum."""
        return self.problem.residuals(self.coordinates)

    @property
    def chi_square(self) -> float:
        """Sum of their squares."""
        return float(self.residuals @ self.residuals)

    @cached_property
    def rank(self) -> int:
        """How many combinations of the free parameters the model has: the rank of the Jacobian.

        Where the rank falls short at the minimum, it is also taken beside it: of two decays with
        the same time, say, the shares are one parameter there, and nowhere else. Slopes by
        differences of a curve with a tolerance are less exact, which `truncation` accounts for.
        """
        rounding = max(SINGULAR, self.problem.truncation)
        unseen = len(Directions(self.jacobian * self.steps, rounding).undetermined)
        if unseen:
            aside = self.problem.aside(self.coordinates)
            jacobian = self.problem.jacobian(aside) * self.problem.steps(aside)
            if np.isfinite(jacobian).all():
                unseen = min(unseen, len(Directions(jacobian, rounding).undetermined))
        return len(self.problem.variables) - unseen

    @property
    def degrees_of_freedom(self) -> int:
        """Points less the combinations of parameters that were fitted to them."""
        return self.problem.data.size - self.rank

    @property
    def variance_factor(self) -> float:
        """Variance of the weights, 1 for known errors, else χ² over the degrees of freedom."""
        return 1.0 if self.problem.errors_known else self.chi_square / self.degrees_of_freedom

    @cached_property
    def jacobian(self) -> Array:
        """∂residuals/∂z at the minimum; 0 where the model has no slope."""
        jacobian = self.problem.jacobian(self.coordinates)
        return np.where(np.isfinite(jacobian), jacobian, 0.0)

    @cached_property
    def steps(self) -> Array:
        """What counts as a step of each coordinate, 1 of ln p, |p| of p."""
        return self.problem.steps(self.coordinates)

    @cached_property
    def directions(self) -> Directions:
        """What the data say of the coordinates, each in its steps."""
        return Directions(self.jacobian * self.steps)

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the coordinates in the directions that the data determine.

        (JᵀJ)⁻¹ times the variance factor.
        """
        scale = np.outer(self.steps, self.steps)
        result: Array = self.directions.covariance * scale * self.variance_factor
        return result

    @cached_property
    def deviations(self) -> Array:
        """Standard deviations of the coordinates; infinite along undetermined directions."""
        return np.where(self.directions.blind, np.inf, np.sqrt(np.diag(self.covariance)))


class FixedValue(NamedTuple):
    """A parameter that was not varied: its value [SI], its origin, the measurements that have it.

    It was `given`, or it `follows` another parameter by a factor, or else it is the model's own.
    """

    parameter: Parameter
    value: float
    given: bool
    follows: tuple[str, float] | None
    measurements: tuple[str, ...]


def list_fixed_values(fit: Fit) -> list[FixedValue]:
    """List what was not varied, equal values of several measurements once."""
    rows: dict[tuple[str, float, bool], FixedValue] = {}
    for number, m in enumerate(fit.problem.measurements):
        own = {v.parameter.name for v in fit.problem.variables if v.measurement == m.name}
        shared = {v.parameter.name for v in fit.problem.variables if not v.measurement}
        free = own | (shared - m.fixed.keys())
        for name, value in fit.problem.values(number, fit.coordinates).items():
            if name in free:
                continue
            parameter = m.model.parameters[name]
            given = name in m.fixed or name in fit.problem.fixed
            follows = None if given else parameter.follows
            key = (name, value, given)
            names = (*rows[key].measurements, m.name) if key in rows else (m.name,)
            rows[key] = FixedValue(parameter, value, given, follows, names)
    return list(rows.values())
