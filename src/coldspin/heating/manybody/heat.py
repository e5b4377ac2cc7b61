"""Heat that the electron brings to each reservoir of the nuclei, to all orders in H_SS, at high temperature."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.decay_rule import decay_rule, panel_steps
from coldspin.heating.manybody.evolution import evolve, spectrum_bounds
from coldspin.heating.manybody.exact import eigenbasis
from coldspin.heating.manybody.normalisation import hyperfine_square, torque_square
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.traces import Enumeration, Traces, Typical
from coldspin.heating.manybody.vectors import Operator, Vector

SMALLEST_TOLERANCE = 1e-12
SMALLEST_PART = 1e-9
RESERVOIRS = (("nuclear_zeeman",), ("spin_spin",), ("electron_zeeman", "hyperfine"))


@dataclass(frozen=True)
class Heat:
    """⟨ΔE⟩/β [rad²/s²; times ħ² in J²] of the three parts, averaged over exp(−t/τ_c)/τ_c; their sum is zero.

    `electron` is that of H_e, hyperfine and electron Zeeman together. `errors`: the standard errors
    of zeeman, spin_spin and electron from random states, 0 from enumeration.
    """

    zeeman: float
    spin_spin: float
    electron: float
    errors: tuple[float, float, float] = (0.0, 0.0, 0.0)


def heat(
    system: SpinSystem, correlation_time: float, *, traces: Traces | None = None, tolerance: float = 1e-6,
    threads: int = 1,
) -> Heat:  # fmt: skip
    r"""Heat of each reservoir while the electron lives, exact in H_SS.

    .. math:: \Delta E_X(t) = \beta\,\mathrm{Tr}\,X\left(e^{-iHt}H_ee^{iHt} - H_e\right)

    for X = H_Z, H_SS and H_e (the autocorrelation identity: ρ = 1 − βH + βH_e, H conserved). From a
    random state r, with d = H_e e^{−iHt}r − e^{−iHt}H_e r: −Re⟨r(t)|X|d⟩, and −½|d|² for X = H_e,
    whose errors vanish with d. `correlation_time` τ_c in s; `traces`: :class:`Enumeration` or
    :class:`Typical` (the default); `tolerance`: relative error of the average over time in
    `electron`; `threads` for H·ψ. Raises InvalidInputError outside the domain.
    """
    tau = positive("correlation_time", correlation_time)
    if tau.ndim:
        raise InvalidInputError(
            "must be one number", parameter="correlation_time", value=correlation_time
        )
    if not isinstance(traces, Traces | None):
        raise InvalidInputError(f"traces must be Enumeration() or Typical(), not {traces!r}")
    if within("tolerance", tolerance, SMALLEST_TOLERANCE, 0.1).ndim:
        raise InvalidInputError("must be one number", parameter="tolerance", value=tolerance)
    if isinstance(traces, Enumeration):
        return _enumerated(system, float(tau), traces)
    return _mean(np.array(_sampled(system, float(tau), traces or Typical(), tolerance, threads)))


def heat_at(
    system: SpinSystem,
    times: ArrayLike,
    *,
    traces: Traces | None = None,
    tolerance: float = 1e-10,
    threads: int = 1,
) -> list[Heat]:
    """ΔE(t)/β of each reservoir at given times after the electron came, as :func:`heat` has it before its average.

    `times` in s, one dimension, of either sign; one :class:`Heat` a time. `tolerance` is that of
    :func:`evolve`.
    """
    t = finite("times", times)
    if t.ndim != 1:
        raise InvalidInputError(
            f"must have one dimension, not the shape {t.shape}", parameter="times"
        )
    if not isinstance(traces, Traces | None):
        raise InvalidInputError(f"traces must be Enumeration() or Typical(), not {traces!r}")
    if isinstance(traces, Enumeration):
        energies, parts = eigenbasis(system, _reservoirs(system, 1), traces)
        gaps = energies[:, None] - energies[None, :]
        return [_changes((1 - np.exp(-1j * gaps * time)) * parts[2], parts) for time in t]
    whole, parts = operator(system, threads=threads), _reservoirs(system, threads)
    bounds = spectrum_bounds(whole)
    found = []
    for state in (traces or Typical()).vectors(system.dimension):
        heated = parts[2].apply(state)
        pairs = (
            [evolve(whole, v, time, tolerance=tolerance, bounds=bounds) for v in (state, heated)]
            for time in t
        )
        found.append([_gained(parts, r, v) for r, v in pairs])
    return [_mean(np.array(of_time)) for of_time in zip(*found, strict=True)]


def heating_coefficient(
    system: SpinSystem, correlation_time: float, *, traces: Traces | None = None, tolerance: float = 1e-6,
    threads: int = 1,
) -> tuple[float, float]:  # fmt: skip
    r"""Φ of this arrangement to all orders in H_SS, and its standard error.

    .. math:: \Phi = \frac32\,\frac{\langle\Delta E_{SS}\rangle}{\beta\tau_c^2\,\mathrm{Tr}|[H_{SS},H_{hf}]|^2}

    so that Φ → 3/2 for τ_c → 0; for equal isotropic couplings and H_SS of rank 2 it is ⟨ΔE_SS⟩/(βx²
    Tr H_SS²). At ω_B = 0 what the electron loses is taken, the same with a smaller statistical
    error. At ω_B ≠ 0 it is the energy of H_SS alone; H_SS also changes that of the Zeeman reservoir
    (:func:`heat`), and both together are Φ of `Multiplets`. Raises InvalidInputError where H_SS is
    below 1e-9 of the hyperfine coupling, which leaves nothing but rounding.
    """
    square = torque_square(system)
    if square == 0:
        raise InvalidInputError(
            "system must have a spin_spin part that the electron can heat, but it does not"
        )
    part = np.sqrt(square) / hyperfine_square(system)
    if part < SMALLEST_PART:
        raise InvalidInputError(
            f"the spin_spin part of system is lost in rounding: it is about {part:.1g} of the "
            f"hyperfine part",
            remedy="are positions in m and all couplings in rad/s?",
        )
    result = heat(system, correlation_time, traces=traces, tolerance=tolerance, threads=threads)
    if not correlation_time**2 * square > 0:
        raise InvalidInputError(
            f"correlation_time = {correlation_time:g} s is too short: its square is lost in "
            f"rounding"
        )
    scale = float(1.5 / (correlation_time**2 * square))
    if np.any(system.nuclear_precession):
        return scale * result.spin_spin, scale * result.errors[1]
    return -scale * result.electron, scale * result.errors[2]


def _enumerated(system: SpinSystem, tau: float, traces: Enumeration) -> Heat:
    energies, parts = eigenbasis(system, _reservoirs(system, 1), traces)
    angle = (energies[:, None] - energies[None, :]) * tau
    return _changes((angle**2 + 1j * angle) / (1 + angle**2) * parts[2], parts)


def _changes(lost: Any, parts: list[Any]) -> Heat:
    """What H_e(t) − H_e = −`lost` changes in each reservoir."""
    zeeman, spin_spin, electron = (
        -float(np.sum(part.conj() * lost).real) / len(part) for part in parts
    )
    return Heat(zeeman, spin_spin, electron)


def _reservoirs(system: SpinSystem, threads: int) -> list[Operator]:
    return [operator(system, parts, threads=threads) for parts in RESERVOIRS]


def _gained(parts: list[Operator], r: Vector, v: Vector) -> Array:
    """(zeeman, spin_spin, electron) from r(t) and (H_e r)(t)."""
    zeeman, spin_spin, electron = parts
    d = electron.apply(r) - v
    return -np.array(
        [
            np.vdot(zeeman.apply(r), d).real,
            np.vdot(spin_spin.apply(r), d).real,
            np.vdot(d, d).real / 2,
        ]
    )


def _mean(results: Array) -> Heat:
    """Mean over samples, the rows, and its standard error."""
    mean, error = results.mean(axis=0), results.std(axis=0, ddof=1) / np.sqrt(len(results))
    return Heat(
        float(mean[0]),
        float(mean[1]),
        float(mean[2]),
        (float(error[0]), float(error[1]), float(error[2])),
    )


def _sampled(
    system: SpinSystem, tau: float, traces: Typical, tolerance: float, threads: int
) -> list[Array]:
    """(zeeman, spin_spin, electron) from every random state."""
    whole, parts = operator(system, threads=threads), _reservoirs(system, threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(tau, 2 * bounds.radius, tolerance)
    steps = panel_steps(times)
    results = []
    for state in traces.vectors(system.dimension):
        heated = parts[2].apply(state)
        total = np.zeros(3)
        for weight in weights:
            states = evolve(whole, state, steps, tolerance=1e-13, bounds=bounds)
            others = evolve(whole, heated, steps, tolerance=1e-13, bounds=bounds)
            for w, r, v in zip(weight, states, others, strict=False):
                total += w * _gained(parts, r, v)
            state, heated = states[-1], others[-1]
        results.append(total)
    return results
