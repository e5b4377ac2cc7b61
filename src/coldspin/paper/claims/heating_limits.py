"""Main text, (1)-(9): detailed balance, the limits of Φ and T1e, and what (6) becomes in them."""

import numpy as np

from coldspin.heating import SmallAngle
from coldspin.paper import reduced
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.formulas import (
    long_correlation_heating_field,
    printed_spin_spin_heating,
    small_angle_energy_change,
)
from coldspin.paper.notation import deviation, number
from coldspin.paper.overhauser import precession_squares, vectors_and_weights
from coldspin.paper.parameters import FLUCTUATION_FIELD, SHORT
from coldspin.precession import lorentzian_average, relaxation_rate, spin_loss
from coldspin.thermodynamics.spin_temperature import saturated_nuclear_spin

_MANY = 1e24  # N_I for which every k below is short against √N_I
_LONG = 1e6


def detailed_balance() -> Claim:
    """Flip-flops fill neighbouring nuclear levels in the ratio of the electron levels."""
    polarization = 1e-4
    ratios = []
    for spin in (0.5, 1.0, 1.5, 2.5, 4.5):
        levels = np.arange(-spin, spin + 1)
        weights = ((0.5 + polarization) / (0.5 - polarization)) ** levels
        mean = np.sum(levels * weights) / np.sum(weights)
        ratios.append(mean / saturated_nuclear_spin(polarization, spin))
    worst = float(np.max(np.abs(np.array(ratios) - 1)))
    return Claim(
        source="text before (4)",
        statement="without spin-spin heating ⟨I_z⟩ = ⟨S_z⟩·4I(I+1)/3",
        paper="ratio 1",
        ours=f"1 within {worst:.1e} for I = 1/2 … 9/2 at ⟨S_z⟩ = {number(polarization)}",
        verdict=judge(worst < 1e-5),
        why="equal ratios of neighbouring populations give the Brillouin curve, whose slope this is",
    )


def short_heating() -> Claim:
    """Φ for a short correlation time."""
    value = SmallAngle().heating_coefficient(0.0, SHORT, nuclei=_MANY)
    return Claim(
        source="text after (6) and (9)",
        statement="Φ for a short correlation time",
        paper="3/2",
        ours=f"{value:.6f}",
        verdict=judge(abs(value - 1.5) < 1e-6),
        why="(9) with ⟨1/(1+Ω_e²τ_c²)⟩ → 1, which needs Ω_Bτ_c ≪ 1 as well as τ_c ≪ T2e*",
    )


def long_heating() -> Claim:
    """Φ for a long correlation time, and the factor between the limits."""
    value = SmallAngle().heating_coefficient(0.0, _LONG, nuclei=_MANY)
    fall = SmallAngle().heating_coefficient(0.0, SHORT, nuclei=_MANY) / value
    return Claim(
        source="text before (7), text after (9)",
        statement="Φ for a long correlation time (T2e* ≪ τ_c ≪ ħ/a); it falls 3 times from short "
        "to long",
        paper="1/2; 3",
        ours=f"{value:.6f}; {fall:.6f}",
        verdict=judge(abs(value - 0.5) < 1e-6 and abs(fall - 3) < 1e-5),
        why="the component of the electron spin along Ω_e alone goes on turning the nuclei",
    )


def short_relaxation() -> Claim:
    """T1e for a short correlation time, and the field of (6)."""
    vectors, weight = vectors_and_weights()
    mean_square = float(np.sum(weight * precession_squares(vectors, 0.0)[0]))
    rate = relaxation_rate(0.0, SHORT) / (mean_square * SHORT)
    felt = reduced.heating_field(0.0, SHORT, lambda b, _k: 1.5 + 0 * b)
    return Claim(
        source="text after (6)",
        statement="short τ_c: T1e = 1/(⟨Ω_x²+Ω_y²⟩τ_c), and (6) with Φ = 3/2 is the result of "
        "Dyakonov and Perel",
        paper="T1e⟨Ω_⊥²⟩τ_c = 1; B_h = B̃_L",
        ours=f"{1 / rate:.6f}; B_h = {felt:.6f} B̃_L",
        verdict=judge(abs(rate - 1) < 1e-6 and abs(felt - 1) < 1e-6),
        why="the field of equal heating in (6) is √(2Φ) B_L = √3 B_L, the local field of the "
        "classical theory",
    )


def long_relaxation() -> Claim:
    """T1e for a long correlation time."""
    loss = spin_loss(0.0, np.inf)
    return Claim(
        source="text before (7)",
        statement="long correlation time: T1e/τ_c, and the share of its spin that an electron "
        "loses in one visit",
        paper="3/2; 2/3",
        ours=f"{1 / loss:.6f}; {loss:.6f}",
        verdict=judge(abs(loss - 2 / 3) < 1e-9),
        why="(S15) in zero field: two of three components of the spin dephase in a random field",
    )


def main_result() -> Claim:
    """(7) against (6)."""
    k = 1e4
    near, far = (
        reduced.heating_field(b * FLUCTUATION_FIELD, k, reduced.small_angle)
        / long_correlation_heating_field(k, 1.0)
        for b in (0.0, 1.0)
    )
    return Claim(
        source="(7)",
        statement="long correlation time: heating and cooling are equal at B_h = k B̃_L/2, k = "
        "τ_c/T2e*",
        paper="B_h/(k B̃_L/2) = 1",
        ours=f"{near:.6f} for B ≪ Δ_B; {far:.3f} at B = Δ_B (k = {number(k)}, N_I → ∞)",
        verdict=judge(abs(near - 1) < 1e-4),
        why="(7) takes T1e = 3τ_c/2; T1e lengthens and B_h grows as B nears Δ_B = 1/(γ_e T2e*)",
    )


def microscopic_flux() -> Claim:
    """(S31) against (5) with (9)."""
    b, k = np.meshgrid([0.0, 0.5, 3.0], [0.01, 1.0, 30.0])
    kinetic = 3e-4
    gamma = 6e7
    nuclei = 1e6
    energy = small_angle_energy_change(
        1.0,
        lorentzian_average=lorentzian_average(b, k),
        k=k,
        nuclear_gyromagnetic_ratio=gamma,
        kinetic_local_field=kinetic,
    )
    flux = printed_spin_spin_heating(
        1.0,
        heating_coefficient=SmallAngle().heating_coefficient(b, k, nuclei=nuclei),
        nuclei=nuclei,
        spin=0.5,
        nuclear_gyromagnetic_ratio=gamma,
        local_field=kinetic / np.sqrt(3),
        rotation_angle=k / np.sqrt(nuclei),
        arrival_time=1.0,
    )
    worst = float(np.max(np.abs(energy / flux - 1)))
    return Claim(
        source="(5), (9), (S31)",
        statement="the microscopic heat (S31) is (5) with Φ of (9)",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)} at nine (b, k)",
        verdict=judge(worst < 1e-12),
        why="the same expression once the denominator of (S31) is read as 24 T2e*²",
    )


CLAIMS = (
    detailed_balance,
    short_heating,
    long_heating,
    short_relaxation,
    long_relaxation,
    main_result,
    microscopic_flux,
)
