"""Sums over M within one multiplet J: every block, or a few by Gauss's rule for sums with its error controlled."""

import numpy as np
from numba import njit

from coldspin.arguments import Array
from coldspin.heating.multiplets.blocks import add_flips, add_heat
from coldspin.heating.multiplets.rules import NODES, gauss_rule

EDGE = 3  # blocks next to |M| = J + ½ that may lead out of the multiplet, or to an edge block: always summed
SMALLEST_SHARE = 2.0**-10  # of the allowed error, for a panel however small


@njit(cache=True)
def _add(
    J: float,
    M: float,
    couplings: Array,
    fields: tuple[float, float],
    x: Array,
    weight: float,
    total: Array,
) -> None:
    if couplings.size == 1:
        add_flips(J, M, fields[0], x, weight * couplings[0, 0], total)
    else:
        add_heat(J, M, couplings, fields[0], fields[1], x, weight, total)


@njit(cache=True, nogil=True)
def full_row(
    J: float, couplings: Array, fields: tuple[float, float], x: Array, total: Array
) -> int:
    """Add Σ_M over all 2J + 2 blocks to `total`; heat, or flips if `couplings` is 1×1. Counts blocks."""
    blocks = round(2 * J) + 2
    row = np.zeros(x.size)
    for i in range(blocks):
        _add(J, i - J - 0.5, couplings, fields, x, 1.0, row)
    total += row
    return blocks


@njit(cache=True)
def _panel(
    J: float,
    first: float,
    count: int,
    couplings: Array,
    fields: tuple[float, float],
    x: Array,
    total: Array,
) -> int:
    """Add Σ_{M = first}^{first+count−1}: exactly if there are few terms, else by Gauss's rule. Counts the blocks."""
    if count <= 2 * NODES:
        for i in range(count):
            _add(J, first + i, couplings, fields, x, 1.0, total)
        return count
    nodes, weights = np.empty(NODES), np.empty(NODES)
    gauss_rule(count, nodes, weights)
    for i in range(NODES):
        _add(J, first + nodes[i], couplings, fields, x, weights[i], total)
    return NODES


@njit(cache=True, nogil=True)
def thinned_row(
    J: float,
    couplings: Array,
    fields: tuple[float, float],
    x: Array,
    accuracy: tuple[float, float],
    floor: Array,
    total: Array,
) -> int:
    """Add Σ_M to `total` to a relative error accuracy[0] (or `floor`, absolute), first in panels of accuracy[1] terms.

    A panel is halved until the halves together agree with the whole. Few terms are summed one by
    one, so that in the worst case, features as narrow as the spacing of M, the result is the full
    sum. Counts the blocks.
    """
    size = x.size
    inner = round(2 * J) + 2 - 2 * EDGE
    if inner <= 2 * NODES:
        return full_row(J, couplings, fields, x, total)
    row = np.zeros(size)
    blocks = 2 * EDGE
    for i in range(EDGE):
        _add(J, i - J - 0.5, couplings, fields, x, 1.0, row)
        _add(J, J + 0.5 - i, couplings, fields, x, 1.0, row)
    panels = max(1, int(np.ceil(inner / accuracy[1])))
    depth = panels + 64
    first, count, value = np.empty(depth), np.empty(depth, np.int64), np.zeros((depth, size))
    estimate = row.copy()
    for i in range(panels):
        start = inner * i // panels
        first[i], count[i] = EDGE - J - 0.5 + start, inner * (i + 1) // panels - start
        blocks += _panel(J, first[i], count[i], couplings, fields, x, value[i])
        estimate += value[i]
    allowed = np.maximum(accuracy[0] * np.abs(estimate), floor)
    left, right = np.empty(size), np.empty(size)
    top = panels
    while top:
        top -= 1
        terms, start = count[top], first[top]
        if terms <= 2 * NODES:
            row += value[top]
            continue
        half = terms // 2
        left[:], right[:] = 0.0, 0.0
        blocks += _panel(J, start, half, couplings, fields, x, left)
        blocks += _panel(J, start + half, terms - half, couplings, fields, x, right)
        if np.all(
            np.abs(left + right - value[top]) <= allowed * max(terms / inner, SMALLEST_SHARE)
        ):
            row += left + right
            continue
        count[top], value[top] = half, left
        first[top + 1], count[top + 1], value[top + 1] = start + half, terms - half, right
        top += 2
    total += row
    return blocks
