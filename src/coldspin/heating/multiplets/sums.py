"""Φ and the electron's relaxation rate as sums over multiplets J and, in each, over blocks M.

A row is the sum over M within one multiplet: every block, or a few by Gauss's rule for sums with
its error controlled. The sum over J is thinned likewise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from coldspin.arguments import Array
from coldspin.heating.multiplets.blocks import add_flips, add_heat
from coldspin.heating.multiplets.couplings import Channel
from coldspin.heating.multiplets.thinning import NODES, SMALLEST_SHARE, gauss_rule, sum_thinned
from coldspin.heating.multiplets.weights import multiplet_fraction, spin_range

CHUNK = 256
RESOLUTION = 8.0  # panels no wider than this many widths √N_I/x of the narrowest resonances
# Blocks next to |M| = J + ½ that may lead out of the multiplet, or to an edge block: always summed.
EDGE = 3


@dataclass(frozen=True)
class Box:
    """N nuclei of spin I equally coupled to one electron.

    Frequencies in units of a: `detuning` Δ = (Ω_B−ω_B)/a, `zeeman` ω_B/a.
    """

    nuclei: int
    spin: float
    detuning: float
    zeeman: float

    @property
    def effective(self) -> float:
        """N_I."""
        return 4 * self.nuclei * self.spin * (self.spin + 1) / 3


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
def add_full_row(
    J: float, couplings: Array, fields: tuple[float, float], x: Array, total: Array
) -> int:
    """Add Σ_M over all 2J + 2 blocks to `total`, and return their number.

    Heat, or the electron's flips if `couplings` is 1×1.
    """
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
    """Add Σ_{M = first}^{first+count−1}, by Gauss's rule unless the terms are few.

    Returns the number of blocks.
    """
    if count <= 2 * NODES:
        for i in range(count):
            _add(J, first + i, couplings, fields, x, 1.0, total)
        return count
    nodes = np.empty(NODES)
    weights = np.empty(NODES)
    gauss_rule(count, nodes, weights)
    for i in range(NODES):
        _add(J, first + nodes[i], couplings, fields, x, weights[i], total)
    return NODES


@njit(cache=True, nogil=True)
def add_thinned_row(
    J: float,
    couplings: Array,
    fields: tuple[float, float],
    x: Array,
    accuracy: tuple[float, float],
    floor: Array,
    total: Array,
) -> int:
    """Add Σ_M to `total` to a relative error accuracy[0] (or `floor`, absolute).

    The sum starts in panels of accuracy[1] terms. A panel is halved until the halves together agree
    with the whole. Few terms are summed one by one, so that in the worst case, features as narrow
    as the spacing of M, the result is the full sum. Returns the number of blocks.
    """
    size = x.size
    inner = round(2 * J) + 2 - 2 * EDGE
    if inner <= 2 * NODES:
        return add_full_row(J, couplings, fields, x, total)
    row = np.zeros(size)
    blocks = 2 * EDGE
    for i in range(EDGE):
        _add(J, i - J - 0.5, couplings, fields, x, 1.0, row)
        _add(J, J + 0.5 - i, couplings, fields, x, 1.0, row)
    panels = max(1, int(np.ceil(inner / accuracy[1])))
    depth = panels + 64
    # A stack of panels that are still to be checked: first M, number of terms, value.
    first = np.empty(depth)
    count = np.empty(depth, np.int64)
    value = np.zeros((depth, size))
    estimate = row.copy()
    for i in range(panels):
        start = inner * i // panels
        first[i] = EDGE - J - 0.5 + start
        count[i] = inner * (i + 1) // panels - start
        blocks += _panel(J, first[i], count[i], couplings, fields, x, value[i])
        estimate += value[i]
    allowed = np.maximum(accuracy[0] * np.abs(estimate), floor)
    left = np.empty(size)
    right = np.empty(size)
    top = panels
    while top:
        top -= 1
        terms = count[top]
        start = first[top]
        if terms <= 2 * NODES:
            row += value[top]
            continue
        half = terms // 2
        left[:] = 0.0
        right[:] = 0.0
        blocks += _panel(J, start, half, couplings, fields, x, left)
        blocks += _panel(J, start + half, terms - half, couplings, fields, x, right)
        if np.all(
            np.abs(left + right - value[top]) <= allowed * max(terms / inner, SMALLEST_SHARE)
        ):
            row += left + right
            continue
        count[top] = half
        value[top] = left
        first[top + 1] = start + half
        count[top + 1] = terms - half
        value[top + 1] = right
        top += 2
    total += row
    return blocks


def heating(box: Box, channels: tuple[Channel, ...], x: Array, tolerance: float) -> Array:
    r"""Φ(x) = 5 Σ_q p_q Σ_{JJ'} W(J,J') Σ_M ½ Σ_{αβ} Re B²_{αβ}/(1 + iω_{αβ}x), see `blocks`.

    W(J',J) goes with −q. The pairs of blocks (J, M) → (J', M+q) and back take up the same heat, so
    that J' ≥ J is enough, and q ≥ 0 for J' = J, each counted twice.
    """
    # Rows: J' − J = 0, 1, 2; columns: q = −2 … 2.
    twice = np.full((3, 5), 2.0)
    twice[0] = (0.0, 0.0, 1.0, 2.0, 2.0)

    def couplings(J: Array) -> Array:
        weights = [channel.rows(J)[:, :, None] * channel.shares for channel in channels]
        total: Array = 5 * twice * sum(weights)
        return total

    return _sum_over_multiplets(box, couplings, x, tolerance)


def spin_flips(box: Box, x: Array, tolerance: float) -> Array:
    r"""Σ_J p_J Σ_M [(J+½)² − M²]/(1 + Ω²x²); 1/T1e is a²τ_c times that."""

    def fractions(J: Array) -> Array:
        return multiplet_fraction(J, box.nuclei, box.spin)[:, None, None]

    return _sum_over_multiplets(box, fractions, x, tolerance)


def panel_width(box: Box, largest_angle: float) -> float:
    """Terms of J or M in the first panels of a thinned sum, for x up to `largest_angle`."""
    return max(RESOLUTION * float(np.sqrt(box.effective)) / max(largest_angle, 1e-3), 1.0)


def _sum_over_multiplets(
    box: Box, couplings: Callable[[Array], Array], x: Array, tolerance: float
) -> Array:
    J = spin_range(box.nuclei, box.spin)
    fields = (box.detuning, box.zeeman)
    panel = panel_width(box, float(x.max()))
    accuracy = (tolerance / 16, panel)

    def terms(index: Array, floor: Array) -> Array:
        values = np.zeros((index.size, x.size))
        limits = np.broadcast_to(floor, x.shape).copy()
        spins = J[index.astype(np.int64)]
        for spin, coupling, value in zip(spins, couplings(spins), values, strict=True):
            if tolerance == 0:
                add_full_row(spin, coupling, fields, x, value)
            else:
                add_thinned_row(spin, coupling, fields, x, accuracy, limits, value)
        return values

    if tolerance == 0:
        every = np.arange(float(J.size))
        total = np.zeros(x.size)
        for start in range(0, J.size, CHUNK):
            total = total + terms(every[start : start + CHUNK], x).sum(axis=0)
        return total
    direct = round(2 * box.spin * 8) + 8
    return sum_thinned(terms, J.size, tolerance, min(panel, max(J.size / 3, 24.0)), direct)[0]
