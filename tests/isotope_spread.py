"""Heating of isotopes of different γ against each other by the Knight field, written out pair by pair."""

import math

from coldspin.constants import HBAR


def heat_apart(rows, field, lorentzian, loss, correlation_time):
    """q_Z/β beyond Σ w_k q_k, per f/τ_c [J²]: rows are (n, I, a, γ), lorentzian and loss are g and τ_c/T1e.

    ΔE = β(ħB)² Σ_{k<l} w_kw_l(γ_k−γ_l)² (k²/16)(2g + cut·τ_c/T1e), less what Σ w_kγ_k² holds of it already; the cut is
    that of two isotopes which precess apart, and of the rotation in the Knight field.
    """
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in rows]
    rate = math.sqrt(sum(squares))
    turned = correlation_time**2 * sum(q * a**2 for q, (_, _, a, _) in zip(squares, rows, strict=True)) / rate**2
    heat = 0.0
    for k, row in enumerate(rows):
        for m in range(k):
            apart = row[3] - rows[m][3]
            weight = squares[k] * squares[m] / rate**4
            cut = 1 / (1 + (apart * field * correlation_time) ** 2) / (1 + turned / 4)
            share = (rate * correlation_time) ** 2 / 16 * (2 * lorentzian + cut * loss) - loss / 4
            heat += weight * (HBAR * apart * field) ** 2 * share
    return heat
