"""Supplement, (S38), (S39), Fig. S1: closed form against exact rotation, box model."""

import numpy as np

from coldspin.arguments import Array
from coldspin.heating import slow_heating
from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.exact_rotation import exact_optimum, rotating_box
from coldspin.paper.notation import number, percent
from coldspin.paper.overhauser import precession_squares, vectors_and_weights
from coldspin.paper.parameters import LONGEST, NUCLEI, SHORTEST
from coldspin.paper.reduced import closed_form, optimum
from coldspin.precession import lorentzian_average


def optima() -> Claim:
    """B_0 and β_max of the dots against those of the lines of Fig. S1."""
    off = []
    typical = []
    for nuclei in NUCLEI:
        for k in np.geomspace(SHORTEST, LONGEST, 21):
            closed = optimum(float(k), closed_form(nuclei))
            exact = exact_optimum(float(k), nuclei, near=closed.field)
            off.append((exact.field / closed.field - 1, exact.largest / closed.largest - 1))
            typical.append(k <= 0.1 * np.sqrt(nuclei))
    field, height = np.array(off).T
    early = float(np.max(np.abs(np.array(off)[typical])))
    worst = float(np.max(np.abs(off)))
    return Claim(
        source="Fig. S1, text after (S39)",
        statement="almost perfect agreement of (S38) with the exact calculation in B_0 and β_max",
        paper="almost perfect",
        ours=f"dots against lines, τ_c = {number(SHORTEST)} … {number(LONGEST)} T2e*: B_0 "
        f"{_range(field)}, "
        f"β_max {_range(height)}; within {early:.1%} for τ_c ≤ 0.1√N_I T2e*",
        verdict=judge(worst < 0.03, worst < 0.15),
        why="at τ_c ≫ ħ/a and B ~ Δ_B the exact rotation heats more than (S38), which shows little "
        "on logarithmic axes",
    )


def heating_coefficient() -> Claim:
    """Φ of (S38) against the exact Φ, over field and correlation time."""
    nuclei = 1e6
    b = np.geomspace(0.01, 10, 121)
    root = np.sqrt(nuclei)
    lines = []
    worst = 0.0
    for x in (0.1, 1.0, 10.0, 1000.0):
        ratio = np.asarray(closed_form(nuclei)(b, x * root)) / rotating_box(nuclei)(b, x * root) - 1
        extreme = float(ratio[np.argmax(np.abs(ratio))])
        worst = max(worst, abs(extreme))
        lines.append(f"{percent(extreme)} at aτ_c/ħ = {number(x)}")
    return Claim(
        source="(S38)",
        statement="(S38) is Φ for any correlation time",
        paper="almost perfect agreement",
        ours="largest deviation of (S38) from the exact Φ over B = 0.01 … 10 Δ_B: "
        + ", ".join(lines),
        verdict=judge(worst < 0.03, worst < 0.3),
        why="rotations about the external and about the Overhauser field average independently at "
        "B ~ Δ_B and leave "
        "1/25 of the energy, not 1/5 as in (S35): 24/25 against 4/5",
    )


def rotation_about_the_field() -> Claim:
    """(S39) read alone, against the exact rotation."""
    vectors, weight = vectors_and_weights()
    nuclei = 1e8
    x = 0.1
    shares = []
    for b in (0.0, 1.0, 30.0):
        square = precession_squares(vectors, b)[1]
        turned = (x / 2) ** 2 * b**2 / square
        alone = (
            np.sum(weight * 0.4 * (turned / (1 + turned) + 4 * turned / (1 + 4 * turned))) / x**2
        )
        k = x * np.sqrt(nuclei)
        exact = rotating_box(nuclei)(b, k) - lorentzian_average(b, k)
        shares.append(float(alone / exact))
    return Claim(
        source="(S39)",
        statement="the nuclei turn about the external field with ω_n = ω_eΩ_B/Ω_e",
        paper="share of the slow heating 1",
        ours=f"share of the exact slow heating: {shares[0]:.3f} at B = 0, {shares[1]:.3f} at Δ_B, "
        f"{shares[2]:.3f} at "
        f"30 Δ_B (aτ_c/ħ = {number(x)}; {slow_heating(x):.3f} in all)",
        verdict=judge(min(shares) > 0.95, shares[-1] > 0.95),
        why="that is how the Overhauser field turns; each nucleus turns about it besides, by "
        "ω_eΩ_N t/Ω_e",
    )


def _range(values: Array) -> str:
    return f"{percent(float(values.min()))} … {percent(float(values.max()))}"


CLAIMS = (optima, heating_coefficient, rotation_about_the_field)
