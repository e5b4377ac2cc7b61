"""Which points a chunk of the store holds: blocks of the grid, the same however they are computed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil, prod

Index = tuple[int, ...]


@dataclass(frozen=True)
class Grid:
    """A grid of points in the order of its axes, and the shape of one chunk of it."""

    shape: Index
    chunk: Index

    @property
    def size(self) -> int:
        """Number of points."""
        return prod(self.shape)

    @property
    def blocks(self) -> Index:
        """Number of chunks along each axis."""
        return tuple(ceil(size / part) for size, part in zip(self.shape, self.chunk, strict=True))

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return prod(self.blocks)

    def block(self, number: int) -> Index:
        """Place of chunk `number` among the chunks."""
        return unravelled(number, self.blocks)

    def region(self, number: int) -> tuple[slice, ...]:
        """Points of chunk `number`, along each axis."""
        starts = [at * part for at, part in zip(self.block(number), self.chunk, strict=True)]
        ends = (
            min(a + part, size)
            for a, part, size in zip(starts, self.chunk, self.shape, strict=True)
        )
        return tuple(slice(start, end) for start, end in zip(starts, ends, strict=True))

    def points(self, number: int) -> Iterator[Index]:
        """Points of chunk `number`, in order."""
        return product(*(range(part.start, part.stop) for part in self.region(number)))

    def rank(self, point: Index) -> int:
        """Number of a point in the whole grid, whatever the chunks."""
        rank = 0
        for at, size in zip(point, self.shape, strict=True):
            rank = rank * size + at
        return rank


def unravelled(number: int, shape: Index) -> Index:
    """Place of a number in an array of a shape, last axis first."""
    at = []
    for size in reversed(shape):
        number, rest = divmod(number, size)
        at.append(rest)
    return tuple(reversed(at))


def chunk_shape(shape: Index, points: int) -> Index:
    """Block of about `points` points, at most: last axes whole as far as they fit, then a part of one, then single."""
    left, chunk = max(1, points), []
    for size in reversed(shape):
        part = min(size, left)
        chunk.append(part)
        left = left // size if part == size else 1
    return tuple(reversed(chunk))
