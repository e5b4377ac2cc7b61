"""Heating of isotopes of different γ against each other by the Knight field, averaged literally over frozen fields."""

import itertools
import math

import numpy as np

from coldspin.constants import HBAR

NODES, WEIGHTS = np.polynomial.legendre.leggauss(160)
SIZE = 4 * (NODES + 1)  # Ω_N T2e*, normal with 1/4 per axis
DENSITY = 4 * WEIGHTS * math.sqrt(2 / math.pi) * 8 * SIZE**2 * np.exp(-2 * SIZE**2)


def frozen_average(b, k, apart, about):
    """⟨Ω_⊥²/[(1+D²)(Ω_e²+1/τ²) + κ²Ω_N²]⟩: D = `apart` about the field, κ = `about` the Overhauser field, 1/τ = 1/k."""
    size, cosine = SIZE[:, None], NODES
    square = b**2 + size**2 + 2 * b * size * cosine
    integrand = (
        size**2 * (1 - cosine**2) / ((1 + apart**2) * (square + 1 / k**2) + about**2 * size**2)
    )
    return float(DENSITY @ integrand @ WEIGHTS / 2)


def angles(rows, first, second, field, b, correlation_time):
    """D_+, D_− and κ of two isotopes among all; rows are (n, I, a, γ)."""
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in rows]
    shares = [squares[first] / sum(squares), squares[second] / sum(squares)]
    a = [rows[first][2] * correlation_time, rows[second][2] * correlation_time]
    phase = (rows[first][3] - rows[second][3]) * field * correlation_time
    drift = (a[0] - a[1]) / 2 * b / math.sqrt(b**2 + 0.75)
    about = (
        shares[0] * a[1] ** 2
        + shares[1] * a[0] ** 2
        + (1 - sum(shares)) * (a[0] ** 2 + a[1] ** 2) / 2
    )
    return phase + drift, phase - drift, math.sqrt(about) / 2


def turning_heat(rows, field, b, correlation_time):
    """Heat by the electron spin along Ω_e, Σ_{k<l} w_kw_l (ħ(γ_k−γ_l)B)² (k²/16) ½Σ_± of the average, per β [J²]."""
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in rows]
    k = math.sqrt(sum(squares)) * correlation_time
    heat = 0.0
    for first, second in itertools.combinations(range(len(rows)), 2):
        plus, minus, about = angles(rows, first, second, field, b, correlation_time)
        average = (frozen_average(b, k, plus, about) + frozen_average(b, k, minus, about)) / 2
        energy = HBAR * (rows[first][3] - rows[second][3]) * field
        heat += (
            squares[first] * squares[second] / sum(squares) ** 2 * energy**2 * k**2 / 16 * average
        )
    return heat


def heat_apart(rows, field, b, lorentzian, loss, correlation_time):
    """q_Z/β beyond Σ w_k q_k, per f/τ_c [J²]: rows are (n, I, a, γ), lorentzian and loss are g and τ_c/T1e.

    The electron's spin across Ω_e heats by (k²/8) g, that along Ω_e by `turning_heat`; less what Σ
    w_kγ_k² has already.
    """
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in rows]
    k = math.sqrt(sum(squares)) * correlation_time
    variance = 0.0
    for first, second in itertools.combinations(range(len(rows)), 2):
        energy = HBAR * (rows[first][3] - rows[second][3]) * field
        variance += squares[first] * squares[second] / sum(squares) ** 2 * energy**2
    return variance * (k**2 / 8 * lorentzian - loss / 4) + turning_heat(
        rows, field, b, correlation_time
    )
