"""Compiled sweeps of the six-axis form: tiles of a state vector that stay in cache while their spins turn.

The vector is a matrix, the states of the first half of the spins along its rows, those of the
others along its columns. A tile is a few columns. One sweep turns the row spins of every tile,
applies the energies that are diagonal in the new axes, turns the row spins on, and writes the tile
transposed: the next sweep finds the other half of the spins along the rows. Between sweeps the
tiles are stored one after another, PAD doubles apart so that they do not share cache sets. So every
loop runs over contiguous memory, and six axes cost seven readings of the vector.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, prange

from coldspin.heating.manybody.six_axis_passes import (
    ROW,
    WIDTH,
    add_energies,
    add_last_energies,
    begin,
    finish,
    kernel,
    turn,
    turn_and_transpose,
)

PAD = 8
LAST = 5
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
    part: int,
    given: Any,
    vectors: Any,
    sums: Any,
    energies: Any,
    groups: Any,
    axis: int,
    tables: Any,
    scratch: Any,
) -> None:
    """One sweep over part of the tiles, from vectors[0], sums[0] (from `given` in the first) to vectors[1], sums[1].

    `groups`: numbers of row spins that turn together, first spins first, the last 3; `axis` 0 to 5,
    twisting after 2 and 4; `tables`: of the twists, and of spins down; `scratch`: parts × 2 × the
    size of a tile.
    """
    parts, size = scratch.shape[0], scratch.shape[2]
    columns = ROW * energies.size // size
    tiles = columns // WIDTH
    tile, total = scratch[part, 0], scratch[part, 1]
    for index in range(part * tiles // parts, (part + 1) * tiles // parts):
        first, start = index * WIDTH, index * (size + PAD)
        local = energies[index * size // 2 : (index + 1) * size // 2]
        if axis == 0:
            begin(given, first, columns, (tile, total), local, groups[0])
        else:
            _turn_all_but_first(vectors[0], start, tile, groups)
            _turn_all_but_first(sums[0], start, total, groups)
            if axis == LAST:
                add_last_energies((tile, total), local, groups[0])
            else:
                add_energies(
                    (tile, total), local, axis in (2, 4), first, tables[0], tables[1], groups[0]
                )
        if axis != LAST:
            _turn_between(tile, groups)
            turn_and_transpose(tile, vectors[1], first, columns * ROW + PAD)
        _turn_between(total, groups)
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
def _sweep_threaded(
    given: Any,
    vectors: Any,
    sums: Any,
    energies: Any,
    groups: Any,
    axis: int,
    tables: Any,
    scratch: Any,
) -> None:
    for part in prange(scratch.shape[0]):
        sweep(part, given, vectors, sums, energies, groups, axis, tables, scratch)


@threaded
def _close_threaded(
    sums: Any, vectors: Any, weights: Any, groups: Any, tables: Any, scratch: Any
) -> None:
    for part in prange(scratch.shape[0]):
        close(part, sums, vectors, weights, groups, tables, scratch)


@kernel
def product(
    vectors: Any, weights: Any, work: Any, energies: Any, groups: Any, tables: Any, scratch: Any
) -> None:
    """All sweeps: `vectors` are ψ, before, result = w_0 Hψ + w_1 ψ + w_2 before, as doubles.

    `work`: 4 × the tiles of a vector; `energies`: 6 × 2^n; `groups` and `scratch`: of row spins, of
    column spins; `tables`: of a twist, of the last twist, of spins down.
    """
    for axis in range(6):
        here, there, side = axis % 2, 1 - axis % 2, axis % 2
        ways = ((work[here], work[there]), (work[2 + here], work[2 + there]))
        twists = (tables[0], tables[2])
        sweep(
            0,
            vectors[0],
            ways[0],
            ways[1],
            energies[axis],
            groups[side],
            axis,
            twists,
            scratch[side],
        )
    close(0, work[2], vectors, weights, groups[0], (tables[1], tables[2]), scratch[0])


@kernel
def product_threaded(
    vectors: Any, weights: Any, work: Any, energies: Any, groups: Any, tables: Any, scratch: Any
) -> None:
    """The same, every sweep on as many threads as `scratch` has parts."""
    for axis in range(6):
        here, there, side = axis % 2, 1 - axis % 2, axis % 2
        ways = ((work[here], work[there]), (work[2 + here], work[2 + there]))
        twists = (tables[0], tables[2])
        _sweep_threaded(
            vectors[0], ways[0], ways[1], energies[axis], groups[side], axis, twists, scratch[side]
        )
    _close_threaded(work[2], vectors, weights, groups[0], (tables[1], tables[2]), scratch[0])
