"""Compiled sweeps of the six-axis form: tiles of a state vector that stay in cache while their spins turn.

The vector is a matrix, the states of the first half of the spins along its rows, those of the others along its columns.
A tile is a few columns. One sweep turns the row spins of every tile, applies the energies that are diagonal in the new
axes, turns the row spins on, and writes the tile transposed: the next sweep finds the other half of the spins along the
rows. Between sweeps the tiles are stored one after another, PAD doubles apart so that they do not share cache sets. So
every loop runs over contiguous memory, and six axes cost seven readings of the vector.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, prange

from coldspin.heating.manybody.six_axis_passes import (
    ROW,
    WIDTH,
    add_energies,
    begin,
    finish,
    kernel,
    turn,
    turn_and_transpose,
)

PAD = 8
threaded: Callable[[Any], Any] = njit(parallel=True, cache=True, nogil=True, error_model="numpy")


@kernel
def _turn_all_but_first(source: Any, start: int, tile: Any, groups: Any) -> None:
    """All groups of spins, from the last of them, which lie in neighbouring rows, to the second."""
    turn(source, start, tile, ROW, groups[-1])
    step = ROW << groups[-1]
    for group in groups[-2:0:-1]:
        turn(tile, 0, tile, step, group)
        step <<= group


@kernel
def _turn_between(tile: Any, groups: Any) -> None:
    """All groups of spins but the first and the last."""
    step = ROW << groups[-1]
    for group in groups[-2:0:-1]:
        turn(tile, 0, tile, step, group)
        step <<= group


@kernel
def sweep(
    part: int, given: Any, vectors: Any, sums: Any, energies: Any, groups: Any, kind: Any, tables: Any, scratch: Any
) -> None:
    """One sweep over part of the tiles, from vectors[0], sums[0] (from `given` in the first) to vectors[1], sums[1].

    `groups`: numbers of row spins that turn together, first spins first, the last 3; `kind`: whether it is the first
    sweep, whether it twists; `tables`: of the twists, and of spins down; `scratch`: parts × 2 × the size of a tile.
    """
    parts, size = scratch.shape[0], scratch.shape[2]
    begins, twists = kind
    columns = ROW * energies.size // size
    tiles = columns // WIDTH
    tile, total = scratch[part, 0], scratch[part, 1]
    for index in range(part * tiles // parts, (part + 1) * tiles // parts):
        first, start = index * WIDTH, index * (size + PAD)
        local = energies[index * size // 2 : (index + 1) * size // 2]
        if begins:
            begin(given, first, columns, (tile, total), local, groups[0])
        else:
            _turn_all_but_first(vectors[0], start, tile, groups)
            _turn_all_but_first(sums[0], start, total, groups)
            add_energies((tile, total), local, twists, first, tables[0], tables[1], groups[0])
        _turn_between(tile, groups)
        _turn_between(total, groups)
        turn_and_transpose(tile, vectors[1], first, columns * ROW + PAD)
        turn_and_transpose(total, sums[1], first, columns * ROW + PAD)


@kernel
def close(
    part: int, sums: Any, vectors: Any, weights: Any, groups: Any, tables: Any, scratch: Any
) -> None:  # fmt: skip
    """The last turn of the sums, over part of the tiles; `vectors`: ψ, before, result = w_0 Hψ + w_1 ψ + w_2 before."""
    parts, size = scratch.shape[0], scratch.shape[2]
    columns = ROW * (vectors[0].size // 2) // size
    tiles = columns // WIDTH
    total = scratch[part, 0]
    for index in range(part * tiles // parts, (part + 1) * tiles // parts):
        _turn_all_but_first(sums, index * (size + PAD), total, groups)
        finish(total, vectors, weights, index * WIDTH, columns, tables[0], tables[1], groups[0])


@threaded
def sweep_parallel(
    given: Any, vectors: Any, sums: Any, energies: Any, groups: Any, kind: Any, tables: Any, scratch: Any
) -> None:
    """All parts of :func:`sweep`, each on a thread."""
    for part in prange(scratch.shape[0]):
        sweep(part, given, vectors, sums, energies, groups, kind, tables, scratch)


@threaded
def close_parallel(sums: Any, vectors: Any, weights: Any, groups: Any, tables: Any, scratch: Any) -> None:
    """All parts of :func:`close`, each on a thread."""
    for part in prange(scratch.shape[0]):
        close(part, sums, vectors, weights, groups, tables, scratch)
