"""Supplement, (S8)-(S16), (S23): the electron spin in the frozen Overhauser field."""

import numpy as np

from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.notation import deviation, number, percent
from coldspin.paper.overhauser import precession_squares, vectors_and_weights
from coldspin.precession import (
    dephasing_time,
    effective_nuclei,
    long_correlation_spin_loss,
    lorentzian_spin_loss,
    overhauser_density,
    precessing_spin,
    relaxation_rate,
    short_correlation_rate,
    spin_loss,
)


def precession_sense() -> Claim:
    """Derivative of (S9) at t = 0 against (S8), for both orders of the vector product."""
    spin = np.array([0.3, -0.2, 0.4])
    frequency = np.array([0.5, 1.1, -0.7])
    step = 1e-5
    ahead, behind = (precessing_spin(spin, frequency, np.array(t)) for t in (step, -step))
    slope = (ahead - behind) / (2 * step)
    required = np.cross(frequency, spin)
    ours, printed = (
        np.linalg.norm(v - required) / np.linalg.norm(required) for v in (slope, -slope)
    )
    return Claim(
        source="(S8), (S9)",
        statement="(S9), whose last term is S(0) × n sin Ω_e t, solves dS/dt = Ω_e × S",
        paper="deviation 0",
        ours=f"relative deviation of dS/dt at t = 0: {printed:.3f} as printed, {ours:.0e} with n × "
        f"S(0)",
        verdict=judge(bool(printed < 1e-6)),
        why="the printed order turns the spin the other way; S_z averages, (S10) to (S16), hold "
        "the cosine only",
    )


def relaxation_time() -> Claim:
    """(S12) by quadrature of (S10) and (S11) over (S23), against the closed form."""
    vectors, weight = vectors_and_weights()
    worst = 0.0
    for b, k in ((0.0, 1.0), (0.5, 3.0), (1.0, 10.0), (3.0, 0.3)):
        transverse, square = precession_squares(vectors, b)
        mean = np.sum(weight * transverse * k**2 / (1 + square * k**2))
        worst = max(worst, abs(float(mean) / spin_loss(b, k) - 1))
    return Claim(
        source="(3), (S10)-(S12)",
        statement="1/T1e = ⟨Ω_⊥²τ_c/(1+Ω_e²τ_c²)⟩",
        paper="ratio 1",
        ours=f"closed form (Faddeeva function) and plain quadrature agree within {deviation(worst)}",
        verdict=judge(worst < 1e-6),
        why="the time average of (S10) gives the Lorentzian in each frozen field",
    )


def short_correlation() -> Claim:
    """(S13) against (S12)."""
    k = 1e-3
    b = np.linspace(0, 10, 41) / k
    worst = float(np.max(np.abs(short_correlation_rate(b, k) / relaxation_rate(b, k) - 1)))
    return Claim(
        source="(S13)",
        statement="short correlation time: T1e = 2T2e*²(1+Ω_B²τ_c²)/τ_c",
        paper="limit",
        ours=f"deviation from (S12) up to {worst:.0e} for τ_c = {number(k)} T2e*, Ω_Bτ_c = 0 … 10",
        verdict=judge(worst < 1e-5),
        why="(S12) with the Overhauser field left out of the denominator; the error is of order "
        "(τ_c/T2e*)²",
    )


def fluctuations() -> Claim:
    """(S14): T2e* from independent nuclei against the variance in (S23)."""
    nuclei = 1e5
    spin = 1.5
    coupling = 1.4e6
    s = dephasing_time(nuclei, spin, coupling)
    grid = np.linspace(-5, 5, 2001)
    density = overhauser_density(np.stack([grid / s, 0 * grid, 0 * grid], axis=-1), s)
    variance = float(np.sum(density * grid**2) / np.sum(density)) / s**2
    independent = coupling**2 * nuclei * spin * (spin + 1) / 3
    reduces = effective_nuclei(nuclei, 0.5) / nuclei
    return Claim(
        source="(S14), (S23)",
        statement="the width of (S23) is that of N independent spins, T2e* = ħ/(a√N_I); N_I is N "
        "for I = 1/2",
        paper="ratio 1; 1",
        ours=f"⟨Ω_N,x²⟩/[(a/ħ)²NI(I+1)/3] = {variance / independent:.9f}; N_I/N = {reduces:g}",
        verdict=judge(abs(variance / independent - 1) < 1e-9 and reduces == 1),
        why="each component has the variance 1/(4T2e*²)",
    )


def strong_field() -> Claim:
    """(S15): the order of T1e in small fields, its power in strong ones."""
    small = 1 / long_correlation_spin_loss(0.0)
    b = np.array([100.0, 110.0])
    power = float(np.diff(-np.log(long_correlation_spin_loss(b)))[0] / np.diff(np.log(b))[0])
    return Claim(
        source="text after (S15)",
        statement="long correlation time: T1e is of the order of τ_c in small fields and grows as "
        "B² in strong ones",
        paper="~1; 2",
        ours=f"T1e/τ_c = {small:.3f} at B = 0; power {power:.4f} at B = 100 Δ_B",
        verdict=judge(0.3 < small < 3 and abs(power - 2) < 1e-3),
        why="⟨Ω_⊥²/Ω_e²⟩ is 2/3 at B = 0 and 1/(2Ω_B²T2e*²) for Ω_BT2e* ≫ 1",
    )


def lorentzian_accuracy() -> Claim:
    """(S16) against (S15), in two measures."""
    b = np.geomspace(1e-2, 1e3, 2001)
    exact = long_correlation_spin_loss(b)
    fit = lorentzian_spin_loss(b)
    absolute = np.abs(fit - exact) / long_correlation_spin_loss(0.0)
    relative = fit / exact - 1
    worst = float(np.max(absolute))
    most = float(relative[np.argmax(np.abs(relative))])
    return Claim(
        source="(S16)",
        statement="the Lorentzian describes (S15) with an accuracy of a few percent",
        paper="a few percent",
        ours=f"{worst:.1%} of the zero-field rate, at B = {b[np.argmax(absolute)]:.2f} Δ_B; up to "
        f"{percent(most)} of "
        f"the rate itself, for B ≫ Δ_B",
        verdict=judge(abs(most) < 0.05, worst < 0.05),
        why="in high field (S15) tends to 1/(2b²), the Lorentzian to 2/(3b²), b = B/Δ_B",
    )


CLAIMS = (
    precession_sense,
    relaxation_time,
    short_correlation,
    fluctuations,
    strong_field,
    lorentzian_accuracy,
)
