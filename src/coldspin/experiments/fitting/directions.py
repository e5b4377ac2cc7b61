"""Which directions of several coordinates are determined by what is measured, and by how much."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array

SINGULAR = 1e-9  # singular values below this share of the largest are rounding
_BLIND = 1e-4  # share of a step in an undetermined direction that makes a coordinate undetermined
_PART = 0.05  # share of a direction below which a coordinate does not belong to it
_ROUND = 0.03  # distance from a simple ratio that is rounded to it


@dataclass(frozen=True)
class Directions:
    """Rows J of ∂(y/σ)/∂z, each coordinate z measured in a step of its own: 1 of ln p, |p| of p.

    The columns are brought to the size 1 before singular values below the share `rounding` of the
    largest count as 0.
    """

    rows: Array
    rounding: float = SINGULAR

    @cached_property
    def _modes(self) -> tuple[Array, Array, Array]:
        """Norms of the columns; squared singular values and right vectors of unit columns."""
        size = np.linalg.norm(self.rows, axis=0)
        size = np.where(size > 0, size, 1.0)
        _, singular, right = np.linalg.svd(
            np.linalg.qr(self.rows / size, mode="r"), full_matrices=True
        )
        return size, np.concatenate([singular, np.zeros(size.size - singular.size)]) ** 2, right

    @cached_property
    def undetermined(self) -> Array:
        """Unit vectors, in rows, along which no measured value changes."""
        size, squared, right = self._modes
        unseen = right[squared <= self.rounding**2 * squared[0]] / size
        result: Array = unseen / np.linalg.norm(unseen, axis=1, keepdims=True)
        return result

    @property
    def blind(self) -> NDArray[np.bool_]:
        """Whether each coordinate is undetermined."""
        return blind(self.undetermined)

    @cached_property
    def covariance(self) -> Array:
        """(JᵀJ)⁻¹ in the directions that are determined."""
        size, squared, right = self._modes
        determined = squared > self.rounding**2 * squared[0]
        with np.errstate(
            over="ignore"
        ):  # a slope next to 0 leaves a variance beyond double precision
            half = right[determined] / size / np.sqrt(squared[determined])[:, None]
            result: Array = half.T @ half
        return result

    @property
    def deviations(self) -> Array:
        """Roots of its diagonal, infinite where undetermined."""
        return np.where(self.blind, np.inf, np.sqrt(np.diag(self.covariance)))


def blind(directions: Array) -> NDArray[np.bool_]:
    """Whether each coordinate changes along any of some directions."""
    result: NDArray[np.bool_] = np.any(np.abs(directions) > _BLIND, axis=0)
    return result


def null_space(rows: Array) -> Array:
    """Vectors, in rows, perpendicular to all rows."""
    _, singular, right = np.linalg.svd(rows)
    return right[int(np.count_nonzero(singular > 1e-9)) :]


def echelon(rows: Array) -> Array:
    """Reduced row echelon form: each row begins with 1; simple ratios are made exact."""
    reduced = rows.copy()
    pivot = 0
    for column in range(reduced.shape[1]):
        if pivot == len(reduced):
            break
        best = pivot + int(np.argmax(np.abs(reduced[pivot:, column])))
        if abs(reduced[best, column]) < _PART:
            continue
        reduced[[pivot, best]] = reduced[[best, pivot]]
        reduced[pivot] /= reduced[pivot, column]
        others = np.arange(len(reduced)) != pivot
        reduced[others] -= np.outer(reduced[others, column], reduced[pivot])
        pivot += 1
    simple = np.round(2 * reduced) / 2
    result: Array = np.where(np.abs(reduced - simple) < _ROUND, simple, np.round(reduced, 2)) + 0.0
    return result
