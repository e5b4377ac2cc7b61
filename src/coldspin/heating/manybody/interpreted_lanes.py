"""The functions of `lanes` in NumPy, for NUMBA_DISABLE_JIT: rows are an array n × 8."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array

TANGENT = math.tan(math.pi / 8)


def _places(start: int, step: int, count: int, width: int) -> Any:
    return start + step * np.arange(count)[:, None] + np.arange(width)


def load(array: Array, start: int, step: int, like: Any) -> Array:
    """Rows array[start + k·step : … + 8]."""
    rows: Array = array[_places(start, step, len(like), 8)]
    return rows


def load_twice(array: Array, start: int, step: int, like: Any) -> Array:
    """Rows of array[start + k·step : … + 4], every number two times."""
    return np.repeat(array[_places(start, step, len(like), 4)], 2, axis=1)


def store(array: Array, start: int, step: int, rows: Array) -> None:
    """Write the rows where :func:`load` would read them."""
    array[_places(start, step, len(rows), 8)] = rows


def rotate(rows: Array) -> Array:
    """[[1, t], [−t, 1]], t = tan(π/8), on every bit of the row number."""
    bit = 1
    while bit < len(rows):
        up, down = np.moveaxis(rows.reshape(-1, 2, bit, 8), 1, 0)
        rows = np.stack([up + TANGENT * down, down - TANGENT * up], axis=1).reshape(-1, 8)
        bit *= 2
    return rows


def twist(rows: Array, table: Array, down: int) -> Array:
    """Row k as four complex numbers, times those of table[(down + bits of k) mod 4]."""
    turns = [(int(down) + k.bit_count()) % 4 for k in range(len(rows))]
    along, across = table.reshape(4, 2, 8)[turns].swapaxes(0, 1)
    result: Array = rows * along + rows.reshape(-1, 4, 2)[..., ::-1].reshape(-1, 8) * across
    return result


def transpose(rows: Array) -> Array:
    """Every four rows as a matrix of 4 × 4 complex numbers, transpose."""
    blocks: NDArray[np.float64] = rows.reshape(-1, 4, 4, 2).swapaxes(1, 2).reshape(-1, 8)
    return blocks


def multiply_add(a: Array, b: Array, c: Array) -> Array:
    """a·b + c, number by number."""
    return a * b + c


def fill(number: float, like: Any) -> Array:
    """Rows of one number."""
    return np.full((len(like), 8), number)
