"""A fit: the best values, how far the data determine them, and what they leave open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.local import coordinates
from coldspin.experiments.fitting.problem import Problem

if TYPE_CHECKING:
    from lmfit.model import ModelResult

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Interval:
    """Ends of an interval of one parameter [SI] at a level; infinite, or 0 for a scale, where the data set none."""

    level: float
    low: float
    high: float


@dataclass(frozen=True)
class Fit:
    """The best of several local fits, and how many of the others came to the same minimum.

    `result` is the ModelResult of lmfit, in the coordinates of the fit (ln p for a scale); `intervals` are those of the
    profile likelihood by key, None where none were asked for.
    """

    problem: Problem
    result: "ModelResult"
    robust: bool
    seed: int
    attempts: int
    agreeing: int
    intervals: Mapping[str, tuple[Interval, ...]] | None = None

    @cached_property
    def coordinates(self) -> Array:
        """Best coordinates, in the order of the variables."""
        return coordinates(self.problem, self.result.params)

    @cached_property
    def best(self) -> dict[str, float]:
        """Best value of each free parameter [SI]."""
        return {v.key: v.value(float(z)) for v, z in zip(self.problem.variables, self.coordinates, strict=True)}

    @cached_property
    def residuals(self) -> Array:
        """(Curve − data)/σ at the minimum."""
        return self.problem.residuals(self.coordinates)

    @property
    def chi_square(self) -> float:
        """Sum of their squares."""
        return float(self.residuals @ self.residuals)

    @property
    def degrees_of_freedom(self) -> int:
        """Points less free parameters."""
        return self.problem.data.size - len(self.problem.variables)

    @property
    def variance_factor(self) -> float:
        """σ² of the weights: 1 for known errors, else χ² over the degrees of freedom."""
        return 1.0 if self.problem.errors_known else self.chi_square / self.degrees_of_freedom

    @cached_property
    def jacobian(self) -> Array:
        """∂residuals/∂z at the minimum."""
        return self.problem.jacobian(self.coordinates)

    @cached_property
    def _modes(self) -> tuple[Array, Array, Array]:
        """Sizes of the columns of J, and squared singular values and right vectors of J with columns of size 1."""
        size = np.linalg.norm(self.jacobian, axis=0)
        size = np.where(size > 0, size, 1.0)
        _, singular, right = np.linalg.svd(self.jacobian / size, full_matrices=len(self.jacobian) < size.size)
        return size, np.concatenate([singular, np.zeros(size.size - singular.size)]) ** 2, right

    @cached_property
    def undetermined(self) -> Array:
        """Directions of the coordinates in which χ² does not change at all, as rows; none when all are determined."""
        size, squared, right = self._modes
        rows = right[squared <= _SINGULAR**2 * squared[0]] / size
        result: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return result

    @cached_property
    def covariance(self) -> Array:
        """Of the coordinates, (JᵀJ)⁻¹ times the variance factor; in the directions that the data determine."""
        size, squared, right = self._modes
        told = squared > _SINGULAR**2 * squared[0]
        half = right[told] / size / np.sqrt(squared[told])[:, None]
        result: Array = half.T @ half * self.variance_factor
        return result

    @cached_property
    def deviations(self) -> Array:
        """Standard deviations of the coordinates; infinite where an undetermined direction leads along them."""
        blind = np.any(np.abs(self.undetermined) > _BLIND, axis=0)
        return np.where(blind, np.inf, np.sqrt(np.diag(self.covariance)))


_SINGULAR = 1e-9  # singular values below this share of the largest are rounding
_BLIND = 1e-4  # share of a unit step in an undetermined direction that makes a parameter undetermined
