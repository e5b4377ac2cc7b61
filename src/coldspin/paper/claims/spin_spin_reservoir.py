"""Supplement, (S32)-(S37): the local fields, and rotation of all nuclei by one angle."""

import numpy as np
from scipy.integrate import simpson

from coldspin.constants import HBAR
from coldspin.heating import high_field_heating, rotation_energy, saturated_heating, slow_heating
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.claims.spin_clusters import dipolar_cluster, rotated_overlap
from coldspin.paper.formulas import kinetic_local_field, local_field
from coldspin.paper.notation import deviation, number

_PAIR = np.array([[0.0, 0.0, 0.0], [0.3, 0.4, 1.0]])
_FOUR = np.array([[0.0, 0.0, 0.0], [1.0, 0.1, 0.2], [0.2, 1.1, -0.3], [-0.4, 0.3, 0.9]])


def local_fields() -> Claim:
    """(S32) and (S33) by matrices."""
    ratios = []
    for spin, positions in ((0.5, _PAIR), (1.5, _PAIR), (0.5, _FOUR)):
        hamiltonian, total = dipolar_cluster(spin, positions)
        n_i = 4 * len(positions) * spin * (spin + 1) / 3
        h = HBAR * hamiltonian
        gamma = 6e7
        ratios.append(kinetic_local_field(h, total, n_i, gamma) / local_field(h, n_i, gamma))
    worst = float(np.max(np.abs(np.array(ratios) / np.sqrt(3) - 1)))
    return Claim(
        source="(S32), (S33)",
        statement="for dipole-dipole interaction B̃_L = √3 B_L",
        paper=f"{np.sqrt(3):.6f}",
        ours=f"{ratios[0]:.6f} (pair, I = 1/2), {ratios[1]:.6f} (pair, I = 3/2), {ratios[2]:.6f} "
        f"(four nuclei)",
        verdict=judge(worst < 1e-10),
        why="traces of the matrices; the commutator with J gives the rank-2 coupling the factor "
        "√(2·3/2)",
    )


def common_rotation() -> Claim:
    """(S34) by rotating the matrices of a few dipoles."""
    worst = 0.0
    for spin, positions in ((0.5, _PAIR), (1.0, _PAIR), (0.5, _FOUR[:3])):
        hamiltonian, total = dipolar_cluster(spin, positions)
        for angle in (0.4, 1.3, 2.5, np.pi):
            worst = max(
                worst, abs(rotated_overlap(hamiltonian, total, angle) - rotation_energy(angle))
            )
    return Claim(
        source="(S33), (S34)",
        statement="rotation of all nuclei by φ leaves the share [1+2cosφ+2cos2φ]/5 of the "
        "spin-spin energy",
        paper="deviation 0",
        ours=f"{deviation(worst)} for pairs with I = 1/2, 1 and three nuclei, averaged over the "
        f"direction of the axis",
        verdict=judge(worst < 1e-10),
        why="the character of a rank-2 tensor over its dimension; for one given axis the share "
        "depends on the axis",
    )


def time_average() -> Claim:
    """(S34) with φ = at/2ħ, averaged over exp(−t/τ_c)/τ_c, against (S37)."""
    time = np.linspace(0, 40, 400_001)
    worst = 0.0
    for x in (0.1, 1.0, 10.0, 100.0):
        lost = float(simpson(np.exp(-time) * (1 - rotation_energy(x * time / 2)), x=time))
        worst = max(worst, abs(lost / x**2 / slow_heating(x) - 1))
    return Claim(
        source="(S34), (S37)",
        statement="(S34) with φ = at/2ħ, averaged over the visit, gives (S37)",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)} for aτ_c/ħ = 0.1 … 100",
        verdict=judge(worst < 1e-8),
        why="numerical integral over exp(−t/τ_c)/τ_c",
    )


def interpolation() -> Claim:
    """Both limits of (S37)."""
    short = slow_heating(1e-4)
    x = 1e4
    long = slow_heating(x) / saturated_heating(x)
    return Claim(
        source="(S35), (S37)",
        statement="(S37) joins the slow part of (9) and (S31), 1/2, to (S35), (4/5)(ħ/aτ_c)²",
        paper="1/2; ratio 1",
        ours=f"{short:.8f} at aτ_c/ħ = 1e-4; {long:.8f} at {number(x)}",
        verdict=judge(abs(short - 0.5) < 1e-7 and abs(long - 1) < 1e-6),
        why="oscillating terms of (S34) add up for small angles and average out for large ones",
    )


def without_nuclear_precession() -> Claim:
    """(S36) at ω_B = 0."""
    x = np.geomspace(1e-3, 1e3, 61)
    worst = float(np.max(np.abs(high_field_heating(x, 0.0) / slow_heating(x) - 1)))
    return Claim(
        source="(S36), (S34)",
        statement="(S36) at ω_B = 0 agrees with (S34) at φ = at/2ħ",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)} after the time average",
        verdict=judge(worst < 1e-12),
        why="both terms of the sum rotate about z by ω_e t",
    )


CLAIMS = (local_fields, common_rotation, time_average, interpolation, without_nuclear_precession)
