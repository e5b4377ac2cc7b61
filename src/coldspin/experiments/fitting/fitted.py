"""A fit: the best values, how far the data determine them, and what they leave open."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import SINGULAR, Directions
from coldspin.experiments.fitting.local import coordinates
from coldspin.experiments.fitting.problem import Problem

if TYPE_CHECKING:
    from lmfit.model import ModelResult


@dataclass(frozen=True)
class Interval:
    """Ends of an interval of one parameter [SI] at a level; infinite, or 0 for a scale, where the data set none.

    `low_is_bound` and `high_is_bound` say that the search for that end came to the bound of the
    parameter.
    """

    level: float
    low: float
    high: float
    low_is_bound: bool = False
    high_is_bound: bool = False


@dataclass(frozen=True)
class Rival:
    """Another minimum: by how much its χ² is higher, in units of the variance factor, and its values [SI]."""

    rise: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class Fit:
    """The best of several local fits, and how many of the others came to the same minimum.

    `result` is the ModelResult of lmfit, in the coordinates of the fit (ln p for a scale);
    `intervals` are those of the profile likelihood by key, None where none were asked for; they are
    those about the best minimum alone, and `rivals` are others that the starts found and the data
    do not exclude. `stopped` names what ended the search early, such as its `time_limit`;
    `converged` is false where the values are only the best so far.
    """

    problem: Problem
    result: "ModelResult"
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
            return f"the search still moved after {self.result.nfev} evaluations of the curve"
        if self.agreeing < 2 <= self.attempts:
            return f"only one of {self.attempts} starts came to this minimum"
        return ""

    @cached_property
    def coordinates(self) -> Array:
        """Best coordinates, in the order of the variables."""
        return coordinates(self.problem, self.result.params)

    @cached_property
    def best(self) -> dict[str, float]:
        """Best value of each free parameter [SI]."""
        return {
            v.key: v.value(float(z))
            for v, z in zip(self.problem.variables, self.coordinates, strict=True)
        }

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
        """How many combinations of the free parameters the model has: the rank of the Jacobian off special points.

        Where it falls short at the minimum, it is also taken beside it: of two decays with the same
        time, say, the shares are one parameter there, and nowhere else. Slopes by differences of a
        curve with a tolerance are that much less exact, and redundant parameters are found among
        them too.
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
        """Of the coordinates, (JᵀJ)⁻¹ times the variance factor; in the directions that the data determine."""
        result: Array = (
            self.directions.covariance * np.outer(self.steps, self.steps) * self.variance_factor
        )
        return result

    @cached_property
    def deviations(self) -> Array:
        """Standard deviations of the coordinates; infinite where an undetermined direction leads along them."""
        return np.where(self.directions.blind, np.inf, np.sqrt(np.diag(self.covariance)))
