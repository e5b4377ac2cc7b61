"""Chunks cover the grid, each point once."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldspin.sweeps.chunks import Grid, chunk_shape
from patience import patient

SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


@patient
@given(SHAPES, st.integers(1, 300))
def test_each_point_is_in_one_chunk(shape, points):
    grid = Grid(shape, chunk_shape(shape, points))
    found = [point for number in range(grid.chunks) for point in grid.points(number)]
    assert sorted(found) == list(product(*map(range, shape)))
    assert [grid.rank(point) for point in product(*map(range, shape))] == list(range(grid.size))


@patient
@given(SHAPES, st.integers(1, 300))
def test_chunks_are_not_larger_than_asked_for(shape, points):
    chunk = chunk_shape(shape, points)
    assert prod(chunk) <= points
    assert all(1 <= part <= size for part, size in zip(chunk, shape, strict=True))


@pytest.mark.parametrize(
    ("points", "chunk"), [(1, (1, 1, 1)), (3, (1, 1, 3)), (8, (1, 2, 4)), (1000, (3, 5, 4))]
)
def test_last_axes_are_kept_whole(points, chunk):
    assert chunk_shape((3, 5, 4), points) == chunk
