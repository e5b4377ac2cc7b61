"""Main text, (10) and Fig. 2(c): the optimal field against correlation time."""

import numpy as np

from coldspin.arguments import Array
from coldspin.constants import HBAR
from coldspin.heating import saturated_heating
from coldspin.paper import reduced
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.formulas import (
    optimal_field,
    printed_spin_spin_heating,
    saturated_optimal_field,
)
from coldspin.paper.notation import number, percent
from coldspin.paper.parameters import FLUCTUATION_FIELD, LONGEST, NUCLEI

_MANY, _FEW = NUCLEI
_FOREVER = 1e8  # τ_c/T2e* that stands for τ_c → ∞


def _optimal(k: float, nuclei: float) -> float:
    return reduced.optimum(k, reduced.closed_form(nuclei)).field


def short_optimum() -> Claim:
    """B_0 for a short correlation time."""
    value = _optimal(0.0, _MANY)
    return Claim(
        source="text before (10)",
        statement="B_0 at short correlation times is the local field B̃_L = √3 B_L",
        paper="1 B̃_L",
        ours=f"{value:.6f} B̃_L",
        verdict=judge(abs(value - 1) < 1e-6),
        why="root of dβ/dB = 0 in (6) with (S12) and (S38)",
    )


def equation_10() -> Claim:
    """(10) against the numerical optimum of (6)."""
    k = np.geomspace(10, LONGEST, 25)
    exact = np.array([_optimal(float(time), _MANY) for time in k])
    off = np.asarray(optimal_field(k, 1.0, FLUCTUATION_FIELD)) / exact - 1
    worst = int(np.argmax(np.abs(off)))
    middle = int(np.argmin(np.abs(off)))
    return Claim(
        source="(10), Fig. 2(c)",
        statement=f"(10) agrees well with B_0 of (6) for N_I = {number(_MANY)}, τ_c ≫ T2e*",
        paper="well",
        ours=f"{percent(off[0])} at τ_c = {number(k[0])} T2e*, {percent(off[middle])} at "
        f"{number(k[middle])}, "
        f"largest {percent(off[worst])} at {number(k[worst])}",
        verdict=judge(abs(off[worst]) < 0.03, abs(off[worst]) < 0.1),
        why="(10) follows from (6) with the Lorentzian (S16) in place of (S15) and Φ = 1/2",
    )


def linear_growth() -> Claim:
    """Slope of ln B_0 against ln τ_c, before saturation."""
    k = np.geomspace(3, 300, 31)
    slope = _slopes(k, _MANY)
    steepest = int(np.argmax(slope))
    return Claim(
        source="text after (10)",
        statement=f"B_0 grows linearly with τ_c before it saturates, N_I = {number(_MANY)}",
        paper="B_0 ∝ τ_c",
        ours=f"largest d ln B_0/d ln τ_c = {slope[steepest]:.3f}, at τ_c = {number(k[steepest])} "
        f"T2e*",
        verdict=judge(abs(slope[steepest] - 1) < 0.05, abs(slope[steepest] - 1) < 0.2),
        why=f"B_0 → kB̃_L/2 between B̃_L and Δ_B = {number(FLUCTUATION_FIELD)} B̃_L, a range of "
        f"two decades",
    )


def squared_product() -> Claim:
    """The closing statement: the power of τ_c/T2e* in optimal field over local field."""
    early = 1e3
    late = 1e4
    growth = reduced.heating_field(0.0, late, reduced.small_angle) / reduced.heating_field(
        0.0, early, reduced.small_angle
    )
    power = float(np.log(growth) / np.log(late / early))
    return Claim(
        source="concluding text",
        statement="B must exceed B_L by a factor set by the squared product of τ_c and the "
        "hyperfine energy",
        paper="(τ_c/T2e*)²",
        ours=f"B_h/B̃_L ∝ (τ_c/T2e*)^{power:.3f} and its square ∝ (τ_c/T2e*)^{2 * power:.3f}, for "
        f"T2e* ≪ τ_c, B ≪ Δ_B",
        verdict=judge(abs(power - 2) < 0.01, abs(2 * power - 2) < 0.01),
        why="the square belongs to B_h² in (6) and (7); the field itself grows with the first "
        "power, as (10) says",
    )


def saturation_many() -> Claim:
    """B_0 for τ_c → ∞ and many nuclei."""
    by_s38 = _optimal(_FOREVER, _MANY)
    by_9 = reduced.optimum(_FOREVER, reduced.small_angle).field
    off = by_s38 / FLUCTUATION_FIELD - 1
    return Claim(
        source="text after (10)",
        statement=f"B_0 saturates at 1/(γ_e T2e*) for N_I = {number(_MANY)}",
        paper=f"{number(FLUCTUATION_FIELD)} B̃_L",
        ours=f"{by_s38:.2f} B̃_L with (S38), {by_9:.2f} with (9): {percent(off)}",
        verdict=judge(abs(off) < 0.03, abs(off) < 0.1),
        why="the Lorentzian (S16) behind (10) is up to a third above the exact rate (S15) in high "
        "field",
    )


def saturation_few() -> Claim:
    """B_0 for τ_c → ∞ and few nuclei."""
    stated = float(saturated_optimal_field(_FEW, 1.0))
    computed_field = _optimal(_FOREVER, _FEW)
    fewer = 100.0
    limit = _optimal(_FOREVER, fewer) / float(saturated_optimal_field(fewer, 1.0))
    return Claim(
        source="text after (10), Fig. 2(c)",
        statement=f"B_0 saturates at √(2N_I/5) B̃_L for N_I = {number(_FEW)}",
        paper=f"{stated:.1f} B̃_L",
        ours=f"{computed_field:.2f} B̃_L: {percent(computed_field / stated - 1)} ({percent(limit - 1)} for N_I = "
        f"{number(fewer)})",
        verdict=judge(abs(computed_field / stated - 1) < 0.03, abs(limit - 1) < 0.05),
        why="right for √(2N_I/5) B̃_L ≪ Δ_B; at N_I = 10⁴ the two saturations are close and both "
        "lower B_0",
    )


def large_factor() -> Claim:
    """By how much B_0 grows in all."""
    many, few = (_optimal(_FOREVER, n) / _optimal(0.0, n) for n in NUCLEI)
    return Claim(
        source="text after (10), Fig. 2(c)",
        statement="with increasing τ_c the optimal field grows by a factor from tens to a hundred",
        paper="tens to a hundred",
        ours=f"{many:.1f} (N_I = {number(_MANY)}), {few:.1f} (N_I = {number(_FEW)})",
        verdict=judge(10 < few < many < 110),
        why="ratio of B_0 at τ_c → ∞ and at τ_c → 0",
    )


def largest_flux() -> Claim:
    """q_SS when each electron turns the nuclei completely."""
    x = 1e4
    factors = [
        printed_spin_spin_heating(
            1.0,
            heating_coefficient=saturated_heating(x),
            nuclei=1.0,
            spin=spin,
            nuclear_gyromagnetic_ratio=1 / HBAR,
            local_field=1.0,
            rotation_angle=x,
            arrival_time=1.0,
        )
        for spin in (0.5, 1.5)
    ]
    return Claim(
        source="text after (10)",
        statement="largest q_SS, with nuclei completely reoriented, in units of N(ħγ_N B_L)²β/τ_R",
        paper="~1",
        ours=f"{factors[0]:.3f} (I = 1/2), {factors[1]:.3f} (I = 3/2)",
        verdict=judge(all(0.1 < factor < 10 for factor in factors)),
        why="(5) with (S35) gives 4I(I+1)/15, of the order of 1 as stated",
    )


def _slopes(k: Array, nuclei: float) -> Array:
    fields = np.array([_optimal(float(time), nuclei) for time in k])
    slopes: Array = np.gradient(np.log(fields), np.log(k))
    return slopes


CLAIMS = (
    short_optimum,
    equation_10,
    linear_growth,
    saturation_many,
    saturation_few,
    large_factor,
    largest_flux,
    squared_product,
)
