"""Supplement, text after (S39): nuclear Zeeman precession faster than that in the Knight field."""

from typing import Any

import numpy as np

from coldspin.heating import high_field_heating, saturated_heating
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.exact_rotation import Maximum, maxima, precessing_box
from coldspin.paper.notation import number
from coldspin.paper.parameters import FLUCTUATION_FIELD
from coldspin.paper.reduced import Heating, closed_form
from coldspin.precession import lorentzian_average

_NUCLEI = 1e4
_ZEEMAN_RATIO = 1e-3  # |ω_B/Ω_B|, of the order of γ_N/γ_e in GaAs
_TIMES = (100.0, 300.0, 1000.0)  # τ_c/T2e*
_FIELDS = np.geomspace(2.0, 1e5, 800)  # B/B̃_L


def suppression() -> Claim:
    """(S36) far above ω_e against (S35), and the rest from the Overhauser rotation."""
    x = 100.0
    ratio = 30.0
    phase = ratio * x / 2
    by_s36 = high_field_heating(x, phase) / saturated_heating(x) * ratio**2
    left = []
    for b in (10.0, 1e4):
        k = x * np.sqrt(_NUCLEI)
        precession = ratio / (2 * np.sqrt(_NUCLEI))
        exact = precessing_box(_NUCLEI, precession / b)(b, k)
        left.append((exact - lorentzian_average(b, k)) / saturated_heating(x) * ratio**2)
    return Claim(
        source="text after (S39), (S36)",
        statement="for ω_B ≫ ω_e and large rotation angles the heating is suppressed by (ω_e/ω_B)²",
        paper="Φ/Φ(S35)·(ω_B/ω_e)² = 1",
        ours=f"{by_s36:.3f} by (S36) at ω_B = {number(ratio)} ω_e, aτ_c/ħ = {number(x)}; with the "
        f"rotation about Ω_N "
        f"too, {left[0]:.3g} at B = 10 Δ_B and {left[1]:.3f} at 10⁴ Δ_B",
        verdict=judge(abs(left[0] - 1) < 0.1, abs(by_s36 - 1) < 0.1),
        why="(S36) leaves out the Overhauser field across B, whose rotation of the nuclei ω_B does "
        "not suppress",
    )


def second_maximum() -> Claim:
    """Count the maxima of β(B) with (S38), with (S36) and with the full rotation."""
    methods: tuple[tuple[str, Heating], ...] = (
        ("(S38)", closed_form(_NUCLEI)),
        ("(S36)", _high_field),
        ("full rotation", precessing_box(_NUCLEI, _ZEEMAN_RATIO)),
    )
    maxima_by_method = {
        name: [maxima(k, heating, _FIELDS) for k in _TIMES] for name, heating in methods
    }
    times = ", ".join(number(k) for k in _TIMES)
    counts = "; ".join(
        f"{name}: {', '.join(str(len(m)) for m in each)}" for name, each in maxima_by_method.items()
    )
    two = {name: max(len(m) for m in each) >= 2 for name, each in maxima_by_method.items()}
    return Claim(
        source="text after (S39)",
        statement="a second maximum of β(B) may appear at higher field",
        paper="may appear",
        ours=f"number of maxima for τ_c = {times} T2e*: {counts} (N_I = {number(_NUCLEI)}, |ω_B| = "
        f"{number(_ZEEMAN_RATIO)} Ω_B, Δ_B = {number(FLUCTUATION_FIELD)} B̃_L); at the longest, by "
        f"full rotation, "
        f"{_places(maxima_by_method['full rotation'][-1])}",
        verdict=judge(two["(S36)"] and two["full rotation"], two["(S36)"]),
        why="needs the nuclear Zeeman precession that (9) and (S38) leave out, and one spin "
        "temperature at B ≫ B_L: "
        "reservoirs that do not mix leave ⟨I_z⟩ = I_0 and no spin-spin limit at all",
    )


def _high_field(b: Any, k: float) -> Any:
    return lorentzian_average(b, k) + high_field_heating(
        k / np.sqrt(_NUCLEI), _ZEEMAN_RATIO * b * k
    )


def _places(points: list[Maximum]) -> str:
    return " and ".join(f"β/β_0 = {m.height:.4f} at {m.b:.2g} Δ_B" for m in points)


CLAIMS = (suppression, second_maximum)
