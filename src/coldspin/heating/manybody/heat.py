"""Heat that the electron brings to each reservoir of the nuclei, to all orders in H_SS, at high temperature."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from coldspin.arguments import Array, positive
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.decay_rule import decay_rule
from coldspin.heating.manybody.evolution import evolve, spectrum_bounds
from coldspin.heating.manybody.normalisation import torque_square
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.traces import Enumeration, Traces, Typical

RESERVOIRS = (("nuclear_zeeman",), ("spin_spin",), ("electron_zeeman", "hyperfine"))


@dataclass(frozen=True)
class Heat:
    """⟨ΔE⟩/β [rad²/s²; times ħ² in J²] of the three parts, averaged over exp(−t/τ_c)/τ_c; their sum is zero.

    `electron` is that of H_e, hyperfine and electron Zeeman together. `errors`: the standard errors of zeeman,
    spin_spin and electron from random states, 0 from enumeration.
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

    for X = H_Z, H_SS and H_e (the autocorrelation identity: ρ = 1 − βH + βH_e, H conserved). From a random state r,
    with d = H_e e^{−iHt}r − e^{−iHt}H_e r: −Re⟨r(t)|X|d⟩, and −½|d|² for X = H_e, whose errors vanish with d.
    `correlation_time` τ_c in s; `traces`: :class:`Enumeration` or :class:`Typical` (the default); `tolerance`:
    relative error of the average over time in `electron`; `threads` for H·ψ. Raises InvalidInputError outside the
    domain.
    """
    tau = positive("correlation_time", correlation_time)
    if tau.ndim:
        raise InvalidInputError(f"correlation_time must be one number, not {correlation_time!r}")
    if isinstance(traces, Enumeration):
        return _enumerated(system, float(tau), traces)
    results = np.array(_sampled(system, float(tau), traces or Typical(), tolerance, threads))
    mean, error = results.mean(axis=0), results.std(axis=0, ddof=1) / np.sqrt(len(results))
    return Heat(float(mean[0]), float(mean[1]), float(mean[2]), (float(error[0]), float(error[1]), float(error[2])))


def heating_coefficient(
    system: SpinSystem, correlation_time: float, *, traces: Traces | None = None, tolerance: float = 1e-6,
    threads: int = 1,
) -> tuple[float, float]:  # fmt: skip
    r"""Φ of this arrangement to all orders in H_SS, and its standard error.

    .. math:: \Phi = \frac32\,\frac{\langle\Delta E_{SS}\rangle}{\beta\tau_c^2\,\mathrm{Tr}|[H_{SS},H_{hf}]|^2}

    so that Φ → 3/2 for τ_c → 0; for equal isotropic couplings and H_SS of rank 2 it is ⟨ΔE_SS⟩/(βx² Tr H_SS²). At
    ω_B ≠ 0 H_SS also exchanges energy with the Zeeman reservoir (:func:`heat`); at ω_B = 0 what the electron loses is
    taken, the same with a smaller statistical error.
    """
    square = torque_square(system)
    if square == 0:
        raise InvalidInputError("system must have a spin_spin part that the electron can heat, but it does not")
    result = heat(system, correlation_time, traces=traces, tolerance=tolerance, threads=threads)
    scale = float(1.5 / (correlation_time**2 * square))
    if np.any(system.nuclear_precession):
        return scale * result.spin_spin, scale * result.errors[1]
    return -scale * result.electron, scale * result.errors[2]


def _enumerated(system: SpinSystem, tau: float, traces: Enumeration) -> Heat:
    if system.dimension > traces.largest:
        raise InvalidInputError(
            f"traces = {traces} cannot hold {system.dimension} states; take Typical(), or raise largest up to 4096"
        )
    parts = [_matrix(system, names) for names in RESERVOIRS]
    energies, states = np.linalg.eigh(sum(parts))
    zeeman, spin_spin, electron = (states.conj().T @ part @ states for part in parts)
    angle = (energies[:, None] - energies[None, :]) * tau
    lost = angle**2 / (1 + angle**2) * electron + 1j * angle / (1 + angle**2) * electron

    def change(part: Any) -> float:
        return -float(np.sum(part.conj() * lost).real) / system.dimension

    return Heat(change(zeeman), change(spin_spin), change(electron))


def _matrix(system: SpinSystem, parts: tuple[str, ...]) -> Any:
    apply = operator(system, parts).apply
    return np.stack([apply(row) for row in np.eye(system.dimension, dtype=np.complex128)], axis=1)


def _sampled(system: SpinSystem, tau: float, traces: Typical, tolerance: float, threads: int) -> list[Array]:
    """(zeeman, spin_spin, electron) from every random state."""
    whole = operator(system, threads=threads)
    zeeman, spin_spin, electron = (operator(system, parts, threads=threads) for parts in RESERVOIRS)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(tau, 2 * bounds.radius, tolerance)
    steps = np.concatenate([times[0], [times[1, 0] - times[0, 0]]]) if len(times) > 1 else times[0]
    results = []
    for state in traces.vectors(system.dimension):
        heated = electron.apply(state)
        total = np.zeros(3)
        for weight in weights:
            states = evolve(whole, state, steps, tolerance=1e-13, bounds=bounds)
            others = evolve(whole, heated, steps, tolerance=1e-13, bounds=bounds)
            for w, r, v in zip(weight, states, others, strict=False):
                d = electron.apply(r) - v
                of_zeeman, of_spins = np.vdot(zeeman.apply(r), d).real, np.vdot(spin_spin.apply(r), d).real
                total -= w * np.array([of_zeeman, of_spins, np.vdot(d, d).real / 2])
            state, heated = states[-1], others[-1]
        results.append(total)
    return results
