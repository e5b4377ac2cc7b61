"""Compiled sweeps of the six-axis form: tiles of a state vector that stay in cache while their spins turn.

The vector is a matrix, the states of the first half of the spins along its rows, those of the
others along its columns. A tile is a few columns. One sweep turns the row spins of every tile,
applies the energies that are diagonal in the new axes, turns the row spins on, and writes the tile
transposed: the next sweep finds the other half of the spins along the rows. Between sweeps the
tiles are stored one after another, PAD doubles apart so that they do not share cache sets. So every
loop runs over contiguous memory, and six axes cost seven readings of the vector.

A tile is WIDTH columns of complex numbers, ROW doubles a row; its row number counts the spins that
turn. A pass turns two or three of them in registers, those whose rows lie `step` doubles apart and
further, while each row of the tile is read once; `spins` says how many.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, prange

from coldspin.heating.manybody.lanes import (
    fill,
    load,
    load_twice,
    multiply_add,
    rotate,
    store,
    transpose,
    twist,
)

WIDTH = 8
ROW = 2 * WIDTH
PAD = 8
LAST = 5
# As many rows as two and three spins have states.
TWO = (0,) * 4
THREE = (0,) * 8

kernel: Callable[[Any], Any] = njit(cache=True, nogil=True, error_model="numpy")
threaded: Callable[[Any], Any] = njit(parallel=True, cache=True, nogil=True, error_model="numpy")


@kernel
def _turn(source: Any, start: int, tile: Any, step: int, like: Any) -> None:
    for block in range(0, tile.size, len(like) * step):
        for o in range(block, block + step, 8):
            store(tile, o, step, rotate(load(source, start + o, step, like)))


@kernel
def turn(source: Any, start: int, tile: Any, step: int, spins: int) -> None:
    """Turn `spins` spins of what is read from `source` at `start` on; `source` may be `tile`."""
    if spins == 3:
        _turn(source, start, tile, step, THREE)
    else:
        _turn(source, start, tile, step, TWO)


@kernel
def _down(place: int, first: int, downs: Any) -> Any:
    """Spins down in the first state of the row at `place` of a tile, whose first column is `first`."""
    return downs[place // ROW] + downs[first] + downs[place % ROW // 2]


@kernel
def _begin(vector: Any, first: int, columns: int, tiles: Any, energies: Any, like: Any) -> None:
    tile, total = tiles
    step = tile.size // len(like)
    for o in range(0, step, 8):
        at = o // ROW * 2 * columns + 2 * first + o % ROW
        psi = load(vector, at, step // ROW * 2 * columns, like)
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, fill(0.0, like))
        store(tile, o, step, rotate(psi))
        store(total, o, step, rotate(sums))


@kernel
def begin(vector: Any, first: int, columns: int, tiles: Any, energies: Any, spins: int) -> None:
    """(ψ, 0) to (turn ψ, turn Eψ); ψ is read from a matrix of `columns`, from column `first` on."""
    if spins == 3:
        _begin(vector, first, columns, tiles, energies, THREE)
    else:
        _begin(vector, first, columns, tiles, energies, TWO)


@kernel
def _add_energies(
    tiles: Any, energies: Any, twists: bool, first: int, table: Any, downs: Any, like: Any
) -> None:
    tile, total = tiles
    step = tile.size // len(like)
    for o in range(0, step, 8):
        psi = rotate(load(tile, o, step, like))
        sums = rotate(load(total, o, step, like))
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, sums)
        if twists:
            down = _down(o, first, downs)
            psi = twist(psi, table, down)
            sums = twist(sums, table, down)
        store(tile, o, step, rotate(psi))
        store(total, o, step, rotate(sums))


@kernel
def _add_last(tiles: Any, energies: Any, like: Any) -> None:
    tile, total = tiles
    step = tile.size // len(like)
    for o in range(0, step, 8):
        psi = rotate(load(tile, o, step, like))
        sums = rotate(load(total, o, step, like))
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, sums)
        store(total, o, step, rotate(sums))


@kernel
def add_last_energies(tiles: Any, energies: Any, spins: int) -> None:
    """(ψ, σ) to (ψ, turn(turn σ + E turn ψ)) on the first spins; ψ is not needed after it."""
    if spins == 3:
        _add_last(tiles, energies, THREE)
    else:
        _add_last(tiles, energies, TWO)


@kernel
def add_energies(
    tiles: Any, energies: Any, twists: bool, first: int, table: Any, downs: Any, spins: int
) -> None:  # fmt: skip
    """(ψ, σ) to (turn² ψ, turn(turn σ + E turn ψ)) on the first spins.

    `table` twists in between if `twists`.
    """
    if spins == 3:
        _add_energies(tiles, energies, twists, first, table, downs, THREE)
    else:
        _add_energies(tiles, energies, twists, first, table, downs, TWO)


@kernel
def turn_and_transpose(tile: Any, vector: Any, first: int, stride: int) -> None:
    """Turn the last three spins, and write into tiles of the transposed matrix, `stride` apart."""
    for row in range(0, tile.size // ROW, 8):
        for column in range(0, WIDTH, 4):
            rows = transpose(rotate(load(tile, row * ROW + 2 * column, ROW, THREE)))
            at = row // WIDTH * stride + (first + column) * ROW
            store(vector, at, ROW, rows[:4])
            store(vector, at + 8, ROW, rows[4:])


@kernel
def _finish(
    total: Any,
    vectors: Any,
    weights: Any,
    first: int,
    columns: int,
    table: Any,
    downs: Any,
    like: Any,
) -> None:
    given, before, result = vectors
    step = total.size // len(like)
    for o in range(0, step, 8):
        at = o // ROW * 2 * columns + 2 * first + o % ROW
        apart = step // ROW * 2 * columns
        result_rows = twist(rotate(load(total, o, step, like)), table, _down(o, first, downs))
        result_rows = multiply_add(fill(weights[0], like), result_rows, fill(0.0, like))
        result_rows = multiply_add(
            fill(weights[1], like), load(given, at, apart, like), result_rows
        )
        if weights[2] != 0:
            result_rows = multiply_add(
                fill(weights[2], like), load(before, at, apart, like), result_rows
            )
        store(result, at, apart, result_rows)


@kernel
def finish(
    total: Any, vectors: Any, weights: Any, first: int, columns: int, table: Any, downs: Any, spins: int
) -> None:  # fmt: skip
    """The last turn and twist of the sums; w_0 Hψ + w_1 ψ + w_2 before into a matrix of `columns`."""
    if spins == 3:
        _finish(total, vectors, weights, first, columns, table, downs, THREE)
    else:
        _finish(total, vectors, weights, first, columns, table, downs, TWO)


@kernel
def _turn_between(tile: Any, groups: Any) -> None:
    """All groups of spins but the first and the last."""
    step = ROW << groups[-1]
    for group in groups[-2:0:-1]:
        turn(tile, 0, tile, step, group)
        step <<= group


@kernel
def _turn_all_but_first(source: Any, start: int, tile: Any, groups: Any) -> None:
    """All groups of spins, from the last of them, which lie in neighbouring rows, to the second."""
    turn(source, start, tile, ROW, groups[-1])
    _turn_between(tile, groups)


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
    parts = scratch.shape[0]
    size = scratch.shape[2]
    columns = ROW * energies.size // size
    tiles = columns // WIDTH
    tile = scratch[part, 0]
    total = scratch[part, 1]
    for index in range(part * tiles // parts, (part + 1) * tiles // parts):
        first = index * WIDTH
        start = index * (size + PAD)
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
    """The last turn of the sums, over part of the tiles.

    `vectors`: ψ, before, result = w_0 Hψ + w_1 ψ + w_2 before.
    """
    parts = scratch.shape[0]
    size = scratch.shape[2]
    columns = ROW * (vectors[0].size // 2) // size
    tiles = columns // WIDTH
    total = scratch[part, 0]
    for index in range(part * tiles // parts, (part + 1) * tiles // parts):
        _turn_all_but_first(sums, index * (size + PAD), total, groups)
        finish(total, vectors, weights, index * WIDTH, columns, tables[0], tables[1], groups[0])


@threaded
def _sweep_on_threads(
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
def _close_on_threads(
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
        # Vectors and sums change places, and rows with columns, at every axis.
        here = axis % 2
        there = 1 - here
        side = here
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
def product_on_threads(
    vectors: Any, weights: Any, work: Any, energies: Any, groups: Any, tables: Any, scratch: Any
) -> None:
    """The same, every sweep on as many threads as `scratch` has parts."""
    for axis in range(6):
        # Vectors and sums change places, and rows with columns, at every axis.
        here = axis % 2
        there = 1 - here
        side = here
        ways = ((work[here], work[there]), (work[2 + here], work[2 + there]))
        twists = (tables[0], tables[2])
        _sweep_on_threads(
            vectors[0], ways[0], ways[1], energies[axis], groups[side], axis, twists, scratch[side]
        )
    _close_on_threads(work[2], vectors, weights, groups[0], (tables[1], tables[2]), scratch[0])
