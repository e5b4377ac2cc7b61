"""Φ and the electron's relaxation rate as sums over multiplets, for one field and any number of correlation times."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array
from coldspin.heating.multiplets.couplings import Channel
from coldspin.heating.multiplets.multiplicities import multiplet_fraction, spin_range
from coldspin.heating.multiplets.rows import full_row, thinned_row
from coldspin.heating.multiplets.thinning import thinned_sum

CHUNK = 256
RESOLUTION = 8.0  # panels no wider than this many widths √N_I/x of the narrowest resonances


@dataclass(frozen=True)
class Box:
    """N nuclei of spin I equally coupled to one electron; frequencies in units of a: Δ = (Ω_B−ω_B)/a, ω_B/a."""

    nuclei: int
    spin: float
    detuning: float
    zeeman: float

    @property
    def effective(self) -> float:
        """N_I."""
        return 4 * self.nuclei * self.spin * (self.spin + 1) / 3


def heating(box: Box, channels: tuple[Channel, ...], x: Array, tolerance: float) -> Array:
    r"""Φ(x) = 5 Σ_q p_q Σ_{JJ'} W(J,J') Σ_M ½ Σ_{αβ} Re B²_{αβ}/(1 + iω_{αβ}x), see `blocks`; W(J',J) with q ↔ −q.

    The pairs of blocks (J, M) → (J', M+q) and back take up the same heat, so that J' ≥ J is enough,
    and q ≥ 0 for J' = J, each counted twice.
    """
    twice = np.full((3, 5), 2.0)
    twice[0] = (0.0, 0.0, 1.0, 2.0, 2.0)

    def couplings(J: Array) -> Array:
        weights = [channel.rows(J)[:, :, None] * channel.shares for channel in channels]
        total: Array = 5 * twice * sum(weights)
        return total

    return _sum(box, couplings, x, tolerance)


def spin_flips(box: Box, x: Array, tolerance: float) -> Array:
    r"""Σ_J p_J Σ_M [(J+½)² − M²]/(1 + Ω²x²); 1/T1e is a²τ_c times that."""

    def fractions(J: Array) -> Array:
        return multiplet_fraction(J, box.nuclei, box.spin)[:, None, None]

    return _sum(box, fractions, x, tolerance)


def panel_width(box: Box, largest_angle: float) -> float:
    """Terms of J or M in the first panels of a thinned sum, for x up to `largest_angle`."""
    return max(RESOLUTION * float(np.sqrt(box.effective)) / max(largest_angle, 1e-3), 1.0)


def _sum(box: Box, couplings: Callable[[Array], Array], x: Array, tolerance: float) -> Array:
    J = spin_range(box.nuclei, box.spin)
    fields = (box.detuning, box.zeeman)
    panel = panel_width(box, float(x.max()))
    accuracy = (tolerance / 16, panel)

    def terms(index: Array, floor: Array) -> Array:
        values = np.zeros((index.size, x.size))
        limits = np.broadcast_to(floor, x.shape).copy()
        chosen = J[index.astype(np.int64)]
        for spin, coupling, value in zip(chosen, couplings(chosen), values, strict=True):
            if tolerance == 0:
                full_row(spin, coupling, fields, x, value)
            else:
                thinned_row(spin, coupling, fields, x, accuracy, limits, value)
        return values

    if tolerance == 0:
        starts = range(0, J.size, CHUNK)
        every = np.arange(float(J.size))
        return sum(
            (terms(every[s : s + CHUNK], x).sum(axis=0) for s in starts), start=np.zeros(x.size)
        )
    direct = round(2 * box.spin * 8) + 8
    return thinned_sum(terms, J.size, tolerance, min(panel, max(J.size / 3, 24.0)), direct)[0]
