"""The instructions of compiled kernels against the same in NumPy, which kernels use with NUMBA_DISABLE_JIT."""

import numpy as np
import pytest
from numba import njit

from coldspin.heating.manybody import interpreted_lanes, lanes
from many_spins import needs_kernels

pytestmark = needs_kernels
FOUR, EIGHT = (0,) * 4, (0,) * 8


@njit
def _written(array, start, step, rows):
    lanes.store(array, start, step, rows)


@njit
def _compiled(name, data, table, like):
    rows, others = lanes.load(data, 3, 9, like), lanes.load(data, 1, 11, like)
    if name == "load":
        found = rows
    elif name == "load_twice":
        found = lanes.load_twice(data, 3, 9, like)
    elif name == "rotate":
        found = lanes.rotate(rows)
    elif name == "twist":
        found = lanes.twist(rows, table, 6)
    elif name == "transpose":
        found = lanes.transpose(rows)
    elif name == "multiply_add":
        found = lanes.multiply_add(rows, others, rows)
    else:
        found = lanes.fill(data[5], like)
    result = np.zeros(13 * len(like))
    _written(result, 2, 13, found)
    return result


@pytest.mark.parametrize(
    "name", ["load", "load_twice", "rotate", "twist", "transpose", "multiply_add", "fill"]
)
@pytest.mark.parametrize("like", [FOUR, EIGHT])
def test_compiled_and_interpreted_agree(name, like):
    random = np.random.default_rng(0)
    data, table = random.normal(size=100), random.normal(size=64)
    rows, others = (
        interpreted_lanes.load(data, 3, 9, like),
        interpreted_lanes.load(data, 1, 11, like),
    )
    expected = {
        "load": lambda: rows,
        "load_twice": lambda: interpreted_lanes.load_twice(data, 3, 9, like),
        "rotate": lambda: interpreted_lanes.rotate(rows),
        "twist": lambda: interpreted_lanes.twist(rows, table, 6),
        "transpose": lambda: interpreted_lanes.transpose(rows),
        "multiply_add": lambda: interpreted_lanes.multiply_add(rows, others, rows),
        "fill": lambda: interpreted_lanes.fill(data[5], like),
    }[name]()
    written = np.zeros(13 * len(like))
    interpreted_lanes.store(written, 2, 13, expected)
    np.testing.assert_allclose(_compiled(name, data, table, like), written, rtol=0, atol=1e-14)
