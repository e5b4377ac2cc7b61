"""The mean Overhauser field that the nuclei make and the electron precesses in: all its self-consistent values."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array

Response = Callable[[Array, NDArray[np.intp]], Array]
"""Mean Overhauser precession that the nuclei reach at assumed ones, for the fields of given indices."""


class States(NamedTuple):
    """Self-consistent values u = ⟨Ω_N⟩T2e*: the place of the field that each belongs to, and whether it is stable."""

    field: NDArray[np.intp]
    value: Array
    stable: NDArray[np.bool_]


def self_consistent_states(scan: Response, exact: Response, grid: Array) -> States:
    """Every u with u = R(u) that `grid` separates, for each field, in rising order.

    Row i of `grid` is a rising axis of u for field i. β obeys dβ/dt ∝ R(u) − u, so that a state is stable where
    R(u) − u falls through 0. `scan` is a response good enough to see how often R(u) − u changes its sign, `exact` the
    one whose root is wanted; where the two do not agree about the signs of an interval the exact one is asked again on
    the whole axis of that field. An interval where R is NaN holds no state.
    """
    index, left, right, falling = _crossings(_excess(scan, grid), grid)
    if exact is not scan:
        ends = [exact(side, index) - side for side in (left, right)]
        doubtful = np.unique(index[~(ends[0] * ends[1] <= 0)])
        if doubtful.size:
            again = _crossings(_excess(lambda u, i: exact(u, doubtful[i]), grid[doubtful]), grid[doubtful])
            keep = ~np.isin(index, doubtful)
            index = np.concatenate([index[keep], doubtful[again[0]]])
            left, right, falling = (
                np.concatenate([old[keep], new]) for old, new in zip((left, right, falling), again[1:], strict=True)
            )
    value = _refined(exact, index, left, right)
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


def _crossings(excess: Array, grid: Array) -> tuple[NDArray[np.intp], Array, Array, NDArray[np.bool_]]:
    """Field, ends and direction of each interval in which the excess changes its sign; a zero counts as positive."""
    above = excess >= 0
    finite = np.isfinite(excess)
    changes = (above[:, :-1] != above[:, 1:]) & finite[:, :-1] & finite[:, 1:]
    row, column = np.nonzero(changes)
    return row, grid[row, column], grid[row, column + 1], above[row, column]


def _refined(response: Response, index: NDArray[np.intp], left: Array, right: Array) -> Array:
    from scipy.optimize import elementwise  # half a second to load: only when there is a root to find

    found = elementwise.find_root(
        lambda u, i: response(u, i) - u,
        (left, right),
        args=(index,),
        tolerances={"xrtol": 1e-13, "xatol": 1e-300, "fatol": 0.0},
    )
    value: Array = found.x
    return value


def reached_from(start: float, value: Array, stable: NDArray[np.bool_]) -> float:
    """The stable one of the states `value` of one field to which the nuclei go from `start`; NaN where there is none.

    `value` rises; R(u) − u is positive below a stable state and negative above it.
    """
    above = int(np.searchsorted(value, start))
    if above < len(value) and stable[above]:
        return float(value[above])
    return float(value[above - 1]) if above and stable[above - 1] else float("nan")
