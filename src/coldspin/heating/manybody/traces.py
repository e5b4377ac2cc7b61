"""Ways to take traces over all states: exactly, or from typical random states."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.vectors import Vector

LARGEST_ENUMERATED = 4096


@dataclass(frozen=True)
class Enumeration:
    """Exact traces over all states by diagonalisation, up to `largest` states of the system (4096 at most)."""

    largest: int = 1024

    def __post_init__(self) -> None:
        if not (
            isinstance(self.largest, int | np.integer) and 2 <= self.largest <= LARGEST_ENUMERATED
        ):
            raise InvalidInputError(
                f"largest must be a whole number from 2 to {LARGEST_ENUMERATED}, not "
                f"{self.largest!r}"
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
