"""Supplement, (S18)-(S28): cooling and heating of the nuclear Zeeman reservoir."""

import numpy as np

from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.formulas import zeeman_energy_change, zeeman_heating_from_relaxation
from coldspin.paper.notation import deviation
from coldspin.paper.overhauser import vectors_and_weights
from coldspin.precession import (
    nuclear_relaxation_time,
    relaxation_rate,
    second_order_spin_change,
    spin_loss,
)
from coldspin.thermodynamics.fluxes import spin_influx, zeeman_heating

_STATES = ((0.0, 1.0), (0.5, 3.0), (2.0, 0.5), (1.0, 10.0))  # (b, k)


def cooling_flux() -> Claim:
    """(S18) averaged over a visit, against the left side of (2)."""
    spin_z = 0.02
    field = 3e-3
    gamma = 6e7
    filling = 0.2
    s = 1e-9
    worst = 0.0
    for b, k in _STATES:
        lost = zeeman_energy_change(-spin_z * spin_loss(b, k), field, gamma)
        gained = -lost * filling / (k * s)
        influx = spin_influx(
            spin_z * field,
            1 / 4,
            spin=0.5,
            nuclear_gyromagnetic_ratio=gamma,
            arrival_rate=filling * relaxation_rate(b, k) / s,
        )
        worst = max(worst, abs(gained / influx - 1))
    return Claim(
        source="(S18), (S19), (2)",
        statement="angular momentum that the electron loses in a visit gives the flux f⟨S_z⟩ħγ_N "
        "B/T1e",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)}",
        verdict=judge(worst < 1e-12),
        why="(S7) and (S11) hold the same average; the flux is the energy that leaves the Zeeman "
        "reservoir",
    )


def second_order() -> Claim:
    """(S22) averaged by quadrature to first order in a mean Overhauser field, against (S25)."""
    vectors, weight = vectors_and_weights()
    nuclei = 1e4
    worst = 0.0
    stray = 0.0
    for b, k in _STATES:
        change = second_order_spin_change(vectors, b, k, nuclei)
        expected = spin_loss(b, k) / np.sqrt(nuclei)
        response = float(np.sum(weight * change * 4 * vectors[..., 2]))
        stray = max(stray, abs(float(np.sum(weight * change))) / expected)
        worst = max(worst, abs(response / expected - 1))
    return Claim(
        source="(S22), (S25)",
        statement="(S22) averaged over (S23) is (S25)",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)} at four (b, k); the part without ⟨J_z⟩ vanishes "
        f"({deviation(stray)})",
        verdict=judge(worst < 1e-6 and stray < 1e-6),
        why="quadrature to first order in the mean Overhauser field, independent of the "
        "integration by parts",
    )


def heating_flux() -> Claim:
    """(4) against (S28) with (S27)."""
    nuclei = 1e5
    spin = 1.5
    mean = 0.01
    field = 3e-3
    gamma = 6e7
    filling = 0.2
    s = 1e-9
    worst = 0.0
    for b, k in _STATES:
        direct = zeeman_heating(
            mean,
            field,
            spin=spin,
            nuclear_gyromagnetic_ratio=gamma,
            arrival_rate=filling * relaxation_rate(b, k) / s,
        )
        time = s * nuclear_relaxation_time(b, k, nuclei, spin, filling)
        through = zeeman_heating_from_relaxation(
            mean,
            field,
            nuclei=nuclei,
            nuclear_gyromagnetic_ratio=gamma,
            nuclear_relaxation_time=time,
        )
        worst = max(worst, abs(through / direct - 1))
    return Claim(
        source="(4), (S27), (S28)",
        statement="q_Z of detailed balance (4) is q_Z of the microscopic T1N = (N_I/f) T1e (S28)",
        paper="ratio 1",
        ours=f"1 within {deviation(worst)}, I = 3/2",
        verdict=judge(worst < 1e-12),
        why="4I(I+1)/3 of detailed balance is N_I/N",
    )


CLAIMS = (cooling_flux, second_order, heating_flux)
