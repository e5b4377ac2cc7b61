"""Types of state vectors and of what applies H to them."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError

Vector = NDArray[np.complex128]


def state_of(dimension: int, vector: Vector) -> Vector:
    """`vector` as contiguous complex numbers; InvalidInputError unless it has one for each of `dimension` states."""
    state = np.ascontiguousarray(vector, np.complex128)
    if state.shape != (dimension,):
        raise InvalidInputError(f"a state must have the shape ({dimension},), not {state.shape}")
    return state


class Operator(Protocol):
    """A Hermitian operator that is known by what it does to a state vector."""

    dimension: int

    def apply(self, vector: Vector) -> Vector:
        """H·ψ, a new vector."""

    def combine(
        self,
        weights: tuple[float, float, float],
        vector: Vector,
        before: Vector,
        out: Vector | None = None,
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
