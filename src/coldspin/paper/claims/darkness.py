"""Main text, (11)-(13) and Fig. 3: warming in the dark."""

import numpy as np

from coldspin.heating import SmallAngle
from coldspin.paper import reduced
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.formulas import heat_capacity, printed_spin_spin_heating
from coldspin.paper.notation import deviation, number
from coldspin.paper.parameters import DARK_TIMES, FLUCTUATION_FIELD
from coldspin.precession import effective_nuclei, relaxation_rate
from coldspin.thermodynamics.fluxes import zeeman_heating
from coldspin.thermodynamics.spin_temperature import mean_nuclear_spin

_ROOT = np.sqrt(3)


def general_rate() -> Claim:
    """(13) assembled from the fluxes (4), (5), the balance (11) and the heat capacity (12)."""
    nuclei = 1e5
    spin = 1.5
    gamma = 6e7
    b_l = 2e-4
    filling = 0.1
    s = 1e-9
    n_i = float(effective_nuclei(nuclei, spin))
    field = np.array([0.0, 1e-4, 1e-3, 1e-2])
    beta = 1e27
    worst = 0.0
    for k in (0.1, 3.0, 100.0):
        b = field * 1e10 * s
        rate = relaxation_rate(b, k) / s
        phi = SmallAngle().heating_coefficient(b, k, nuclei=nuclei, spin=spin)
        zeeman = zeeman_heating(
            mean_nuclear_spin(beta, field, spin, gamma),
            field,
            spin=spin,
            nuclear_gyromagnetic_ratio=gamma,
            arrival_rate=filling * rate,
        )
        spin_spin = printed_spin_spin_heating(
            beta,
            heating_coefficient=phi,
            nuclei=nuclei,
            spin=spin,
            nuclear_gyromagnetic_ratio=gamma,
            local_field=b_l,
            rotation_angle=k / np.sqrt(n_i),
            arrival_time=k * s / filling,
        )
        slope = -(zeeman + spin_spin) / heat_capacity(field, n_i, gamma, b_l)
        direct = filling / (n_i * (field**2 + b_l**2)) * (field**2 * rate + phi * k / s * b_l**2)
        worst = max(worst, float(np.max(np.abs(-slope / beta / direct - 1))))
    return Claim(
        source="(11)-(13)",
        statement="−β̇/β from (4), (5), (11) and (12) is (13)",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)} at twelve (B, τ_c), I = 3/2",
        verdict=judge(worst < 1e-12),
        why="substitution; both fluxes are proportional to β",
    )


def short_lorentzian() -> Claim:
    """The classical limit of Fig. 3."""
    field = np.linspace(0, 30, 61)
    rate = reduced.dark_rate(field, 0.0, reduced.small_angle)
    lorentzian = 1 + 2 / (1 + field**2)
    worst = float(np.max(np.abs(rate / lorentzian - 1)))
    fall = float(rate[0] / reduced.dark_rate(1e4, 0.0, reduced.small_angle))
    return Claim(
        source="text after (13), Fig. 3",
        statement="τ_c → 0: 1/T_E is a Lorentzian that falls thrice beyond B_L",
        paper="3",
        ours=f"{fall:.4f}; T_0/T_E = 1 + 2/(1+B²/B_L²) within {deviation(worst)}",
        verdict=judge(abs(fall - 3) < 1e-3 and worst < 1e-9),
        why="(13) with Φ = 3/2 and T1e = 2T2e*²/τ_c; the Lorentzian stands on a constant",
    )


def zero_field_fall() -> Claim:
    """How the zero-field rate, in units of 1/T_0, falls with the correlation time."""
    short, *longer = (float(reduced.dark_rate(0.0, k, reduced.small_angle)) for k in DARK_TIMES)
    ratios = [short / value for value in longer]
    text = ", ".join(
        f"{r:.3f} (τ_c = {number(k)} T2e*)" for r, k in zip(ratios, DARK_TIMES[1:], strict=True)
    )
    return Claim(
        source="text after (13), Fig. 3",
        statement="for longer correlation time the heating rate at zero field is three times less",
        paper="3",
        ours=text,
        verdict=judge(abs(ratios[-1] - 3) < 0.03),
        why="T_0/T_E = 2Φ at B = 0; the unit 1/T_0 itself grows as τ_c, and 1/T_E with it",
    )


def orders_of_magnitude() -> Claim:
    """How much 1/T_E changes with field for long correlation times."""
    at = (0.0, 10.0, _ROOT * FLUCTUATION_FIELD)
    falls = []
    for k in DARK_TIMES[1:]:
        rates = reduced.dark_rate(np.array(at), k, reduced.small_angle)
        falls.append(rates[0] / rates[1:])
    text = "; ".join(
        f"τ_c = {number(k)} T2e*: {fall[0]:.0f} up to 10 B_L, {fall[1]:.0f} up to Δ_B"
        for k, fall in zip(DARK_TIMES[1:], falls, strict=True)
    )
    return Claim(
        source="abstract; text after (13), Fig. 3",
        statement="for long τ_c the rate changes with field by much more than 3 times, by several "
        "orders of magnitude",
        paper="≫ 3; several orders",
        ours=text,
        verdict=judge(min(f[-1] for f in falls) > 30 and max(f[-1] for f in falls) > 1e3),
        why="1/T1e cannot exceed (2/3)/τ_c while spin-spin heating grows as τ_c; beyond Δ_B the "
        "rate falls on as B⁻²",
    )


CLAIMS = (general_rate, short_lorentzian, zero_field_fall, orders_of_magnitude)
