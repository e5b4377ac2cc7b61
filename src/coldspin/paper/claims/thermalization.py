"""Supplement, section S2: spin-spin time against the time of polarization by the electrons."""

import numpy as np
from scipy.optimize import minimize_scalar

from coldspin.paper.claims.record import Claim, judge
from coldspin.paper.notation import number
from coldspin.paper.parameters import HYPERFINE_ENERGY, SHORT, SPIN_SPIN_TIME
from coldspin.precession import lorentzian_average, nuclear_relaxation_time, spin_loss
from coldspin.thermodynamics.validity import (
    largest_filling,
    spin_spin_threshold,
    thermalization_threshold,
)

# of T1N f/(N_I T2e*), and its τ_c/T2e*, as printed
_STATED_MINIMUM = 4.9
_STATED_PLACE = 0.88
_STATED_THRESHOLD = 1e7  # of N^{3/2}/f, as printed
_SPINS = (0.5, 1.5)


def shortest_polarization_time() -> tuple[float, float]:
    """Minimum over τ_c of T1N f/(N_I T2e*) at B = 0, and the τ_c/T2e* where it lies."""
    minimum = minimize_scalar(
        lambda log: float(nuclear_relaxation_time(0.0, np.exp(log), 1.0)),
        bounds=(-3, 3),
        method="bounded",
    )
    return float(minimum.fun), float(np.exp(minimum.x))


def _thresholds(minimum: float) -> list[float]:
    return [
        thermalization_threshold(
            SPIN_SPIN_TIME, HYPERFINE_ENERGY, relaxation_minimum=minimum, spin=spin
        )
        for spin in _SPINS
    ]


def minimum() -> Claim:
    """The minimum of T1N."""
    value, place = shortest_polarization_time()
    off = max(abs(value / _STATED_MINIMUM - 1), abs(place / _STATED_PLACE - 1))
    return Claim(
        source="section S2",
        statement="minimum of T1N over τ_c",
        paper=f"{_STATED_MINIMUM:g} N_I T2e*/f at τ_c = {_STATED_PLACE:g} T2e*",
        ours=f"{value:.3f} N_I T2e*/f at τ_c = {place:.3f} T2e*",
        verdict=judge(off < 0.02, off < 0.1),
        why="(S12), (S23) and (S27) at B = 0, in closed form and by quadrature, give neither "
        "printed number",
    )


def dependence() -> Claim:
    """T1N grows with field and has a minimum in the correlation time."""
    b = np.linspace(0, 5, 51)[:, None]
    k = np.geomspace(1e-2, 1e2, 81)
    time = nuclear_relaxation_time(b, k, 1.0)
    grows = bool(np.all(np.diff(time, axis=0) > 0))
    turns = np.sum(np.diff(np.sign(np.diff(time, axis=1)), axis=1) != 0, axis=1)
    one = bool(np.all(turns == 1))
    return Claim(
        source="section S2",
        statement="T1N increases with field and is nonmonotonic in τ_c",
        paper="increases; nonmonotonic",
        ours=f"{'increases' if grows else 'does not always increase'} with B; "
        f"{'one minimum' if one else 'other than one turning point'} over τ_c for every B = 0 … 5 "
        f"Δ_B",
        verdict=judge(grows and one),
        why="1/T1e rises as τ_c while τ_c is short and falls as 1/τ_c when it is long",
    )


def threshold() -> Claim:
    """N^{3/2}/f for GaAs."""
    value, _ = shortest_polarization_time()
    stated = _thresholds(_STATED_MINIMUM)
    ours = _thresholds(value)
    every = np.array([*stated, *ours])
    low, high = np.sort(_STATED_THRESHOLD / every)[[0, -1]]
    return Claim(
        source="section S2",
        statement="in GaAs dots (aN ~ 100 µeV, T2N ~ 0.1 ms) a spin temperature establishes at "
        "N^{3/2}/f > 10⁷",
        paper=number(_STATED_THRESHOLD),
        ours=f"{_pair(stated)} with the printed minimum of T1N; {_pair(ours)} with ours",
        verdict=judge(
            bool(np.all(np.round(np.log10(every / _STATED_THRESHOLD)) == 0)),
            bool(np.all(np.abs(np.log10(every / _STATED_THRESHOLD)) < 1)),
        ),
        why=f"T2N < T1N at B = 0 is {low:.1f} to {high:.1f} times weaker than stated; its inputs "
        f"are as rough",
    )


def large_dot() -> Claim:
    """N = 10⁶."""
    nuclei = 1e6
    ours = min(_allowed(nuclei))
    return Claim(
        source="section S2",
        statement=f"the condition holds for every filling at N = {number(nuclei)}",
        paper="f ≤ 1",
        ours=f"N^{{3/2}} = {number(nuclei**1.5)}, allowed f up to {ours:g}",
        verdict=judge(ours == 1),
        why="N^{3/2} exceeds every threshold above by two orders",
    )


def small_dot() -> Claim:
    """N = 10⁴."""
    nuclei = 1e4
    stated = largest_filling(nuclei, _STATED_THRESHOLD)
    allowed = _allowed(nuclei)
    return Claim(
        source="section S2",
        statement=f"N = {number(nuclei)} requires f < 0.1",
        paper="0.1",
        ours=f"{number(stated)} from 10⁷; {_pair(allowed)} from the threshold computed with our "
        f"minimum of T1N",
        verdict=judge(max(allowed) < 0.15, abs(stated - 0.1) < 1e-9),
        why=f"follows from the rounded threshold; computed ones allow fillings "
        f"{min(allowed) / stated:.1f} to "
        f"{max(allowed) / stated:.1f} times larger",
    )


def warming_ratio(k: float) -> float:
    """T1N/T_E at B = 0 for dipoles and small angles: energy against polarization."""
    return float((lorentzian_average(0.0, k) + 0.5) * k**2 / spin_loss(0.0, k))


def reservoir() -> Claim:
    """What T2N must be compared with: by (13) the spin-spin energy warms faster than T1N."""
    limit = spin_spin_threshold(SPIN_SPIN_TIME, HYPERFINE_ENERGY)
    large, small = (min(1.0, nuclei / limit) for nuclei in (1e6, 1e4))
    ratios = [warming_ratio(k) for k in (SHORT, 1.0, 100.0)]
    return Claim(
        source="section S2",
        statement="a spin temperature establishes for T2N < T1N: at every f for N = 10⁶, f < 0.1 "
        "for N = 10⁴",
        paper="T2N < T1N",
        ours=f"T1N/T_E at B = 0 is {ratios[0]:.3g} for τ_c → 0, {ratios[1]:.3g} at τ_c = T2e*, "
        f"{number(ratios[2])} at "
        f"100 T2e*; T2N < T_E at every τ_c for N/f > {number(limit)}: f < {large:.2g} for N = 10⁶, "
        f"f < {small:.2g} for N = 10⁴",
        verdict=judge(large == 1 and small >= 0.1, ratios[1] < 10),
        why="by (13) the electrons warm the spin-spin energy in T_E(0) ≈ T1N/(3k²/4) for k ≫ 1, "
        "which T2N must not "
        "exceed; T1N suffices for τ_c ≲ T2e*. The shortest T_E(0) is 3.5 ħ/(fa), at τ_c = 1.23 ħ/a",
    )


def _pair(values: list[float]) -> str:
    return ", ".join(
        f"{number(value)} (I = {2 * spin:g}/2)" for value, spin in zip(values, _SPINS, strict=True)
    )


def _allowed(nuclei: float) -> list[float]:
    value, _ = shortest_polarization_time()
    return [largest_filling(nuclei, limit) for limit in _thresholds(value)]


CLAIMS = (minimum, dependence, threshold, large_dot, small_dot, reservoir)
