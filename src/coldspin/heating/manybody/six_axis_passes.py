"""Passes over one tile of a state vector: a few spins turn in registers while each row of the tile is read once.

A tile is WIDTH columns of complex numbers, ROW doubles a row; its row number counts the spins that
turn. A pass turns two or three of them, those whose rows lie `step` doubles apart and further;
`spins` says how many.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

from coldspin.heating.manybody.lanes import (
    filled,
    load,
    load_twice,
    multiply_add,
    store,
    transposed,
    turned,
    twisted,
)

WIDTH = 8
ROW = 2 * WIDTH
TWO, THREE = (0,) * 4, (0,) * 8
"""As many rows as two and three spins have states."""

kernel: Callable[[Any], Any] = njit(cache=True, nogil=True, error_model="numpy")


@kernel
def _turn(source: Any, start: int, tile: Any, step: int, like: Any) -> None:
    for block in range(0, tile.size, len(like) * step):
        for o in range(block, block + step, 8):
            store(tile, o, step, turned(load(source, start + o, step, like)))


@kernel
def turn(source: Any, start: int, tile: Any, step: int, spins: int) -> None:
    """Turn what is read from `source` at `start` on; `source` may be `tile`."""
    if spins == 3:
        _turn(source, start, tile, step, THREE)
    else:
        _turn(source, start, tile, step, TWO)


@kernel
def _down(place: int, first: int, downs: Any) -> Any:
    """Spins down in the first state of the row at `place`, of a tile whose columns begin with `first`."""
    return downs[place // ROW] + downs[first] + downs[place % ROW // 2]


@kernel
def _begin(vector: Any, first: int, columns: int, tiles: Any, energies: Any, like: Any) -> None:
    tile, total = tiles
    step = tile.size // len(like)
    for o in range(0, step, 8):
        psi = load(
            vector, o // ROW * 2 * columns + 2 * first + o % ROW, step // ROW * 2 * columns, like
        )
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, filled(0.0, like))
        store(tile, o, step, turned(psi))
        store(total, o, step, turned(sums))


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
        psi, sums = turned(load(tile, o, step, like)), turned(load(total, o, step, like))
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, sums)
        if twists:
            down = _down(o, first, downs)
            psi, sums = twisted(psi, table, down), twisted(sums, table, down)
        store(tile, o, step, turned(psi))
        store(total, o, step, turned(sums))


@kernel
def _add_last(tiles: Any, energies: Any, like: Any) -> None:
    tile, total = tiles
    step = tile.size // len(like)
    for o in range(0, step, 8):
        psi, sums = turned(load(tile, o, step, like)), turned(load(total, o, step, like))
        sums = multiply_add(load_twice(energies, o // 2, step // 2, like), psi, sums)
        store(total, o, step, turned(sums))


@kernel
def add_last_energies(tiles: Any, energies: Any, spins: int) -> None:
    """(ψ, σ) to (ψ, turn(turn σ + E turn ψ)) on the first spins, ψ being of no use after it."""
    if spins == 3:
        _add_last(tiles, energies, THREE)
    else:
        _add_last(tiles, energies, TWO)


@kernel
def add_energies(
    tiles: Any, energies: Any, twists: bool, first: int, table: Any, downs: Any, spins: int
) -> None:  # fmt: skip
    """(ψ, σ) to (turn² ψ, turn(turn σ + E turn ψ)) on the first spins, twisted by `table` in between or not."""
    if spins == 3:
        _add_energies(tiles, energies, twists, first, table, downs, THREE)
    else:
        _add_energies(tiles, energies, twists, first, table, downs, TWO)


@kernel
def turn_and_transpose(tile: Any, vector: Any, first: int, stride: int) -> None:
    """Turn the last three spins, and write into tiles of the transposed matrix, which begin `stride` apart."""
    for row in range(0, tile.size // ROW, 8):
        for column in range(0, WIDTH, 4):
            rows = transposed(turned(load(tile, row * ROW + 2 * column, ROW, THREE)))
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
        at, apart = o // ROW * 2 * columns + 2 * first + o % ROW, step // ROW * 2 * columns
        found = twisted(turned(load(total, o, step, like)), table, _down(o, first, downs))
        found = multiply_add(filled(weights[0], like), found, filled(0.0, like))
        found = multiply_add(filled(weights[1], like), load(given, at, apart, like), found)
        if weights[2] != 0:
            found = multiply_add(filled(weights[2], like), load(before, at, apart, like), found)
        store(result, at, apart, found)


@kernel
def finish(
    total: Any, vectors: Any, weights: Any, first: int, columns: int, table: Any, downs: Any, spins: int
) -> None:  # fmt: skip
    """The last turn and twist of the sums; w_0 Hψ + w_1 ψ + w_2 before into a matrix of `columns`."""
    if spins == 3:
        _finish(total, vectors, weights, first, columns, table, downs, THREE)
    else:
        _finish(total, vectors, weights, first, columns, table, downs, TWO)
