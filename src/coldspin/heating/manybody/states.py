"""State vectors, operators on them, and the ways to take traces over all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError

Vector = NDArray[np.complex128]

LARGEST_ENUMERATED = 4096


def check_state(dimension: int, vector: Vector) -> Vector:
    """`vector` as contiguous complex numbers; InvalidInputError unless there are `dimension`."""
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


@dataclass(frozen=True)
class Enumeration:
    """Exact traces over all states by diagonalisation.

    Systems of more than `largest` states are refused; it is 4096 at most.
    """

    largest: int = 1024

    def __post_init__(self) -> None:
        if not (
            isinstance(self.largest, int | np.integer) and 2 <= self.largest <= LARGEST_ENUMERATED
        ):
            raise InvalidInputError(
                f"must be a whole number from 2 to {LARGEST_ENUMERATED}",
                parameter="largest",
                value=self.largest,
            )


@dataclass(frozen=True)
class Typical:
    """Means over `samples` random states: ⟨r|X|r⟩ is Tr X (normalised to 1) within |X|/√dimension.

    The states are uniform on the unit sphere, the same for the same `seed`. The standard error of
    the mean over them is stated with each result and falls as 1/√(samples · dimension). It is that
    of the scatter of the samples, and so itself uncertain by a part 1/√(2·samples − 2): 2 samples
    or more, 6 where the error is to be relied upon.
    """

    samples: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if not (isinstance(self.samples, int | np.integer) and self.samples >= 2):
            raise InvalidInputError(
                "must be a whole number, 2 or more, to know the error",
                parameter="samples",
                value=self.samples,
            )
        if not (isinstance(self.seed, int | np.integer) and self.seed >= 0):
            raise InvalidInputError(
                "must be a whole number, 0 or more", parameter="seed", value=self.seed
            )

    def vectors(self, dimension: int) -> Iterator[Vector]:
        """The random states."""
        random = np.random.default_rng(self.seed)
        for _ in range(self.samples):
            vector = random.normal(size=2 * dimension).view(np.complex128)
            yield vector / np.linalg.norm(vector)


Traces = Enumeration | Typical


def check_traces(traces: Traces | None) -> Traces:
    """The way to take traces: random states unless one is given; InvalidInputError for neither."""
    if traces is None:
        return Typical()
    if not isinstance(traces, Traces):
        raise InvalidInputError(
            "must be Enumeration() or Typical()", parameter="traces", value=traces
        )
    return traces
