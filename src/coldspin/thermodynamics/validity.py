"""When a spin temperature exists (section S2): T2N against the times of the electron, as formulas."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, finite, half_integer, nonzero, positive
from coldspin.constants import HBAR

# Of T1N f/(N_I T2e*) at B = 0, at τ_c = 1.116 T2e*; a test minimises (S12) anew.
SHORTEST_RELAXATION_TIME = 4.024264
# Of ħ/(f|a|T_E) at B = 0 for dipoles, N_I ≫ 1, at τ_c = 1.2316 ħ/|a|.
FASTEST_WARMING = 0.2850351
# |B|/B_L up to which isotopes share one temperature without a doubt; a rule of thumb.
WEAK_FIELD = 3.0


def spin_spin_time(local_field: ArrayLike, nuclear_gyromagnetic_ratio: float) -> Any:
    """T2N ≈ 1/(|γ_N| B_L) [s], in which spin-spin interaction establishes a temperature; estimate."""
    gamma = np.abs(nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio))
    rate = positive("local_field", local_field) * gamma
    return as_given(1 / rate)


def thermalization_threshold(
    spin_spin_time: float,
    total_hyperfine_energy: float,
    *,
    relaxation_minimum: float,
    spin: float = 0.5,
) -> float:
    r"""N^{3/2}/f above which T2N < T1N holds for every correlation time at B = 0 (section S2).

    .. math:: T_{1,N}^e \ge c\,\frac{N_I T_{2,e}^*}{f}\;\Rightarrow\;
              \frac{N^{3/2}}{f} > \frac{T_{2,N}\,|aN|}{c\,\hbar\sqrt{4I(I+1)/3}}

    T2N [s], |aN| [J], c = `relaxation_minimum`, the minimum of T1N f/(N_I T2e*): 4.024 by (S12),
    which is `SHORTEST_RELAXATION_TIME`, in the paper 4.9.
    """
    spin = half_integer("spin", spin)
    least = positive("relaxation_minimum", relaxation_minimum)
    scale = positive("spin_spin_time", spin_spin_time) * np.abs(
        finite("total_hyperfine_energy", total_hyperfine_energy)
    )
    return float(scale / (least * HBAR * sqrt(4 * spin * (spin + 1) / 3)))


def spin_spin_threshold(spin_spin_time: float, total_hyperfine_energy: float) -> float:
    r"""N/f above which T2N < T_E holds for every correlation time at B = 0, by (13) in place of (S27).

    .. math:: \frac1{T_{\mathcal E}(0)} = \frac{f\Phi\tau_c}{N_IT_{2,e}^{*2}} \le c\,\frac{f|a|}{\hbar}
              \;\Rightarrow\; \frac Nf > c\,\frac{T_{2,N}|aN|}{\hbar}

    T2N [s], |aN| [J], c = `FASTEST_WARMING`: the largest xΦ(x) of (S37), x = aτ_c/ħ. For dipoles,
    B̃_L² = 3B_L², many nuclei, any spin.
    """
    energy = np.abs(finite("total_hyperfine_energy", total_hyperfine_energy))
    return float(FASTEST_WARMING * positive("spin_spin_time", spin_spin_time) * energy / HBAR)


def largest_filling(nuclei: float, threshold: float) -> float:
    """Largest f that satisfies N^{3/2}/f > `threshold` (section S2), at most 1."""
    return float(
        np.minimum(1.0, positive("nuclei", nuclei) ** 1.5 / positive("threshold", threshold))
    )
