"""Main text, Fig. 2(a, b): the shape of ⟨I_z⟩(B) and β(B)."""

import numpy as np

from coldspin.paper import reduced
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.formulas import two_parameter_curve
from coldspin.paper.notation import number, percent
from coldspin.paper.parameters import COOLING_TIMES, FLUCTUATION_FIELD, LONGEST, NUCLEI, SHORTEST

_HEATING = reduced.closed_form(NUCLEI[0])
_FAR = 1e5  # B/B̃_L far beyond every field scale


def two_extrema() -> Claim:
    """Count the extrema of β(B) for each curve of Fig. 2(b)."""
    maxima = [reduced.stationary_fields(k, _HEATING) for k in COOLING_TIMES]
    places = ", ".join("±" + "/".join(f"{field:.3f}" for field in fields) for fields in maxima)
    counts = {2 * len(fields) for fields in maxima}
    return Claim(
        source="text before (10), Fig. 2(b)",
        statement="β(B) has two extrema",
        paper="2",
        ours=f"{'/'.join(map(str, sorted(counts)))}, at {places} B̃_L for the three curves",
        verdict=judge(counts == {2}),
        why="β is odd in B and the condition dβ/dB = 0 has one root on each side",
    )


def broadening() -> Claim:
    """B_0 grows and β_max falls along the curves of Fig. 2."""
    best = [reduced.optimum(k, _HEATING) for k in COOLING_TIMES]
    fields = [o.field for o in best]
    heights = [o.largest for o in best]
    return Claim(
        source="text before (10), Fig. 2(a, b)",
        statement="with growing τ_c the curves broaden and the maximum of β falls",
        paper="B_0 rises, β_max falls",
        ours=f"B_0/B̃_L = {_list(fields)}; β_max/β_0 = {_list(heights)}",
        verdict=judge(fields == sorted(fields) and heights == sorted(heights, reverse=True)),
        why=f"roots of dβ/dB = 0 in (6) with (S38), N_I = {number(NUCLEI[0])}, τ_c/T2e* = 0, 3, 10",
    )


def same_saturation() -> Claim:
    """⟨I_z⟩ in very strong fields, for the plotted curves and a longer correlation time."""
    times = (*COOLING_TIMES, FLUCTUATION_FIELD)
    limits = [float(reduced.nuclear_spin(_FAR, k, _HEATING)) for k in times]
    plotted = limits[:-1]
    longer = limits[-1]
    text = ", ".join(f"{value:.4f}" for value in plotted)
    return Claim(
        source="text before (10), Fig. 2(a)",
        statement="⟨I_z⟩ saturates at the same I_0 for every τ_c",
        paper="⟨I_z⟩/I_0 → 1",
        ours=f"{text} for the three curves; {longer:.3f} for τ_c = {number(times[-1])} T2e*",
        verdict=judge(min(limits) > 0.99, min(plotted) > 0.99),
        why="at B ≫ Δ_B both B² and the T1e in (6) grow as B², so (6) tends to I_0/[1 + "
        "(2Φ/3)(τ_cB̃_L/T2e*Δ_B)²], "
        "which is I_0 only for τ_c ≪ T2e* Δ_B/B̃_L (nuclear Zeeman precession, left out here, "
        "lowers Φ at such fields)",
    )


def described_by_two_parameters() -> Claim:
    """β(B) against 2BB_0β_max/(B²+B_0²), over all fields and correlation times."""
    worst = 0.0
    where = (0.0, 0.0)
    for nuclei in NUCLEI:
        heating = reduced.closed_form(nuclei)
        for k in np.geomspace(SHORTEST, LONGEST, 26):
            off = _shape_error(float(k), heating)
            if off > worst:
                worst = off
                where = (float(k), nuclei)
    shown = max(_shape_error(k, _HEATING) for k in COOLING_TIMES)
    return Claim(
        source="text before (10)",
        statement="β is well described by 2BB_0β_max/(B²+B_0²)",
        paper="well",
        ours=f"largest deviation {percent(shown, signed=False)} of β_max on the curves of Fig. "
        f"2(b); "
        f"{percent(worst, signed=False)} over all, at τ_c = {number(where[0])} T2e*, N_I = "
        f"{number(where[1])}",
        verdict=judge(worst < 0.05, shown < 0.05),
        why="exact for a B_h that does not depend on B; where B_0 nears Δ_B the T1e in B_h grows "
        "with B",
    )


def weak_polarization() -> Claim:
    """Change of β_max by the mean Overhauser field at polarizations 1/√N and 0.1/√N."""
    shifts = {}
    for share in (0.1, 1.0):
        changes = []
        for k in (3.0, 10.0, 100.0, 1000.0):
            best = reduced.optimum(k, _HEATING)
            moved = [
                reduced.inverse_spin_temperature(best.field, k, _HEATING, overhauser=s * share / 2)
                for s in (-1, 1)
            ]
            changes += [abs(float(m) / best.largest - 1) for m in moved]
        shifts[share] = max(changes)
    return Claim(
        source="text before Fig. 2",
        statement="the curves hold for a nuclear polarization P much smaller than 1/√N",
        paper="P ≪ 1/√N",
        ours=f"the mean Overhauser field changes β at B_0 by up to {shifts[0.1]:.1%} at P = 0.1/√N "
        f"and "
        f"{shifts[1.0]:.0%} at P = 1/√N (I = 1/2, τ_c = 3 … 1000 T2e*)",
        verdict=judge(shifts[0.1] < 0.1 < shifts[1.0]),
        why="⟨Ω_N⟩T2e* = P√N/2 adds to Ω_BT2e*, and T1e and Φ change when the sum does by about 1",
    )


def _shape_error(k: float, heating: reduced.Heating) -> float:
    """Largest deviation from the two-parameter curve over six decades of field [β_max]."""
    best = reduced.optimum(k, heating)
    field = best.field * np.geomspace(1e-3, 1e3, 301)
    beta = reduced.inverse_spin_temperature(field, k, heating)
    return float(
        np.max(np.abs(beta - two_parameter_curve(field, best.field, best.largest))) / best.largest
    )


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)


CLAIMS = (two_extrema, broadening, same_saturation, described_by_two_parameters, weak_polarization)
