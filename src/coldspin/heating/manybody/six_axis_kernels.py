"""Compiled sweeps of the six-axis form: tiles of a state vector that stay in cache while their spins turn.

The vector is a matrix, the states of the first half of the spins along its rows, those of the others along its columns.
A tile is a few columns. One sweep turns the row spins of every tile, applies the energies that are diagonal in the new
axes, turns the row spins on, and writes the tile transposed: the next sweep finds the other half of the spins along the
rows. Between sweeps the tiles are stored one after another. So every loop runs over contiguous memory, and six axes
cost seven readings of the vector.
"""

import math
from typing import Any

import numpy as np
from numba import njit, prange

WIDTH = 32
TANGENT = math.tan(math.pi / 8)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _turn_one(a: Any, b: Any) -> None:
    """[[1, t], [−t, 1]], t = tan(π/8): one spin to an axis 45° away, but for the factor cos(π/8)."""
    for i in range(a.size):
        w, x = a[i], b[i]
        a[i] = w + TANGENT * x
        b[i] = x - TANGENT * w


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _turn_two(a: Any, b: Any, c: Any, d: Any) -> None:
    """The same for two spins at once, from one reading of the memory."""
    for i in range(a.size):
        w, x, y, z = a[i], b[i], c[i], d[i]
        p, q = w + TANGENT * x, x - TANGENT * w
        r, s = y + TANGENT * z, z - TANGENT * y
        a[i] = p + TANGENT * r
        c[i] = r - TANGENT * p
        b[i] = q + TANGENT * s
        d[i] = s - TANGENT * q


@njit(cache=True, nogil=True, error_model="numpy")
def _turn_rows(tile: Any, sites: int) -> None:
    """All spins that the row index of the tile counts; `tile` is complex, flat."""
    flat = tile.view(np.float64)
    step = flat.size >> sites
    if sites % 2:
        for s in range(0, flat.size, 2 * step):
            _turn_one(flat[s : s + step], flat[s + step : s + 2 * step])
        step *= 2
    while step < flat.size:
        for s in range(0, flat.size, 4 * step):
            a, b, c, d = s + step, s + 2 * step, s + 3 * step, s + 4 * step
            _turn_two(flat[s:a], flat[a:b], flat[b:c], flat[c:d])
        step *= 4


@njit(cache=True, nogil=True, error_model="numpy")
def _gather(vector: Any, tile: Any, columns: int, first: int, width: int) -> None:
    for row in range(tile.size // width):
        here, there = row * width, row * columns + first
        for j in range(width):
            tile[here + j] = vector[there + j]


@njit(cache=True, nogil=True, error_model="numpy")
def _scatter_transposed(tile: Any, vector: Any, columns: int, first: int, width: int) -> None:
    """Into tiles of the transposed matrix, each of them contiguous; what goes to one of them is contiguous too."""
    rows = tile.size // width
    other = min(WIDTH, rows)
    for block in range(rows // other):
        start = (block * columns + first) * other
        chunk = vector[start : start + width * other]
        source = tile[block * other * width : (block + 1) * other * width]
        for j in range(width):
            for i in range(other):
                chunk[j * other + i] = source[i * width + j]


@njit(cache=True, nogil=True, error_model="numpy")
def _copy(source: Any, tile: Any) -> None:
    for i in range(tile.size):
        tile[i] = source[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _add_energies(tile: Any, sums: Any, energies: Any) -> None:
    for i in range(tile.size):
        sums[i] += energies[i] * tile[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _down_spins(number: int) -> int:
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _quarter_turn(tile: Any, first: int, width: int, phases: Any) -> None:
    """(−i)^(number of spins down): every spin by 90° about its own axis; `phases` are 1, −i, −1, i times a factor."""
    for row in range(tile.size // width):
        down = _down_spins(row) + _down_spins(first)
        for j in range(width):
            tile[row * width + j] *= phases[(down + _down_spins(j)) & 3]


def _sweep_tiles(
    vectors: Any, sums: Any, energies: Any, sites: int, begins: bool, twists: bool, phases: Any, scratch: Any
) -> None:
    """One sweep from vectors[0], sums[0] to vectors[1], sums[1]; `sites` spins along the rows.

    `scratch` is threads × 2 × the size of a tile, and says how many threads share the work.
    """
    threads = scratch.shape[0]
    rows = 1 << sites
    columns = energies.size >> sites
    width = min(WIDTH, columns)
    tiles = columns // width
    for part in prange(threads):
        tile, total = scratch[part, 0, : rows * width], scratch[part, 1, : rows * width]
        for index in range(part * tiles // threads, (part + 1) * tiles // threads):
            first, start, end = index * width, index * rows * width, (index + 1) * rows * width
            if begins:
                _gather(vectors[0], tile, columns, first, width)
                total[:] = 0.0
            else:
                _copy(vectors[0][start:end], tile)
                _copy(sums[0][start:end], total)
                _turn_rows(tile, sites)
                _turn_rows(total, sites)
            _add_energies(tile, total, energies[start:end])
            if twists:
                _quarter_turn(tile, first, width, phases)
                _quarter_turn(total, first, width, phases)
            _turn_rows(tile, sites)
            _turn_rows(total, sites)
            _scatter_transposed(tile, vectors[1], columns, first, width)
            _scatter_transposed(total, sums[1], columns, first, width)


def _close_tiles(
    sums: Any, given: Any, before: Any, result: Any, weights: Any, sites: int, phases: Any, scratch: Any
) -> None:
    """The last turn of the sums, and result = w_0 Hψ + w_1 ψ + w_2 before; `given` is ψ."""
    threads = scratch.shape[0]
    rows = 1 << sites
    columns = given.size >> sites
    width = min(WIDTH, columns)
    tiles = columns // width
    for part in prange(threads):
        total = scratch[part, 0, : rows * width]
        for index in range(part * tiles // threads, (part + 1) * tiles // threads):
            first = index * width
            _copy(sums[index * rows * width : (index + 1) * rows * width], total)
            _turn_rows(total, sites)
            _quarter_turn(total, first, width, phases)
            for row in range(rows):
                here, there = row * width, row * columns + first
                for j in range(width):
                    sum_ = weights[0] * total[here + j] + weights[1] * given[there + j]
                    if weights[2] != 0:
                        sum_ += weights[2] * before[there + j]
                    result[there + j] = sum_


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
sweep_serial, sweep_parallel = njit(**_OPTIONS)(_sweep_tiles), njit(parallel=True, **_OPTIONS)(_sweep_tiles)
close_serial, close_parallel = njit(**_OPTIONS)(_close_tiles), njit(parallel=True, **_OPTIONS)(_close_tiles)
