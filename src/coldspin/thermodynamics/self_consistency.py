"""All self-consistent values of the mean Overhauser field."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array

Response = Callable[[Array, NDArray[np.intp]], Array]
"""Mean Overhauser precession that the nuclei reach at assumed ones, for the fields of given indices."""


class States(NamedTuple):
    """Self-consistent values u = ⟨Ω_N⟩T2e*, the index of the field of each, and its stability."""

    field: NDArray[np.intp]
    value: Array
    stable: NDArray[np.bool_]


def self_consistent_states(scan: Response, exact: Response, grid: Array) -> States:
    """Every u with u = R(u) that `grid` separates, for each field, in rising order.

    Row i of `grid` is a rising axis of u for field i. β obeys dβ/dt ∝ R(u) − u, so that a state is
    stable where R(u) − u falls through 0. `scan` is a response good enough to see how often R(u) −
    u changes its sign, `exact` the one whose root is wanted; where it has none in the interval that
    `scan` found, it is asked on the whole axis of that field. An interval where R is NaN holds no
    state.
    """
    index, left, right, falling = _crossings(scan, grid)
    value, converged = _refine(exact, index, left, right)
    if not converged.all():
        doubtful = np.unique(index[~converged])
        again = _crossings(lambda u, i: exact(u, doubtful[i]), grid[doubtful])
        keep = ~np.isin(index, doubtful)
        index = np.concatenate([index[keep], doubtful[again[0]]])
        value = np.concatenate(
            [value[keep], _refine(exact, doubtful[again[0]], again[1], again[2])[0]]
        )
        falling = np.concatenate([falling[keep], again[3]])
    order = np.lexsort((value, index))
    return States(index[order], value[order], falling[order])


def _excess(response: Response, grid: Array) -> Array:
    """R(u) − u on the grid; equal neighbours in a row are computed once."""
    fresh = np.ones(grid.shape, dtype=bool)
    fresh[:, 1:] = grid[:, 1:] != grid[:, :-1]
    row, column = np.nonzero(fresh)
    values = response(grid[row, column], row) - grid[row, column]
    place = np.cumsum(fresh.ravel()).reshape(grid.shape) - 1
    excess: Array = values[place]
    return excess


def _crossings(
    response: Response, grid: Array
) -> tuple[NDArray[np.intp], Array, Array, NDArray[np.bool_]]:
    """Field, ends and direction of each interval in which the excess changes its sign.

    A zero counts as positive.

    Where the excess comes near 0 and turns back between three points, the vertex of the parabola
    through them is asked as well, so that two states that are about to merge are both found.
    """
    excess = _excess(response, grid)
    above, finite = excess >= 0, np.isfinite(excess)
    changes = (above[:, :-1] != above[:, 1:]) & finite[:, :-1] & finite[:, 1:]
    row, column = np.nonzero(changes)
    intervals = [(row, grid[row, column], grid[row, column + 1], above[row, column])]
    size = np.abs(excess)
    turns = (
        (above[:, :-2] == above[:, 1:-1])
        & (above[:, 1:-1] == above[:, 2:])
        & (grid[:, :-2] < grid[:, 1:-1])
    )
    turns &= (
        (size[:, 1:-1] <= size[:, :-2])
        & (size[:, 1:-1] <= size[:, 2:])
        & (grid[:, 1:-1] < grid[:, 2:])
    )
    row, column = np.nonzero(turns)
    if row.size:
        points = [grid[row, column + i] for i in range(3)]
        vertex = _vertex(points, [excess[row, column + i] for i in range(3)])
        crossed = ((response(vertex, row) - vertex) >= 0) != above[row, column]
        row, before = row[crossed], above[row, column][crossed]
        low, middle, high = (side[crossed] for side in (points[0], vertex, points[2]))
        intervals += [(row, low, middle, before), (row, middle, high, ~before)]
    columns = zip(*intervals, strict=True)
    index, left, right, falling = (np.concatenate(column) for column in columns)
    return index, left, right, falling


def _vertex(x: list[Array], y: list[Array]) -> Array:
    """Where the parabola through three points turns, within them."""
    left, right = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    middle = (x[0] + x[1]) / 2
    step = (x[2] - x[0]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        place = middle - left * step / (right - left)
    result: Array = np.clip(np.where(np.isfinite(place), place, x[1]), x[0], x[2])
    return result


def _refine(
    response: Response, index: NDArray[np.intp], left: Array, right: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Root between each pair of ends, and whether there is one."""
    from scipy.optimize import (
        elementwise,
    )  # half a second to load: only when there is a root to find

    roots = elementwise.find_root(
        lambda u, i: response(u, i) - u,
        (left, right),
        args=(index,),
        tolerances={"xrtol": 1e-12, "xatol": 1e-300, "fatol": 0.0},
    )
    return np.array(roots.x), np.array(roots.success)


def nearest_stable_state(start: float, value: Array, stable: NDArray[np.bool_]) -> float:
    """The stable state of one field to which the nuclei go from `start`; NaN if none.

    `value` rises; R(u) − u is positive below a stable state and negative above it.
    """
    above = int(np.searchsorted(value, start))
    if above < len(value) and stable[above]:
        return float(value[above])
    return float(value[above - 1]) if above and stable[above - 1] else float("nan")
