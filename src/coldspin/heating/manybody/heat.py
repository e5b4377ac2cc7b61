"""Heat of each reservoir of the nuclei while an electron lives, to all orders in H_SS, and Φ."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.evolution import decay_rule, evolve, panel_steps, spectrum_bounds
from coldspin.heating.manybody.operators import eigenbasis, operator, spin_matrices
from coldspin.heating.manybody.states import (
    Enumeration,
    Operator,
    Traces,
    Typical,
    Vector,
    check_traces,
)
from coldspin.heating.manybody.system import SpinSystem

SMALLEST_TOLERANCE = 1e-12
SMALLEST_PART = 1e-9
RESERVOIRS = (("nuclear_zeeman",), ("spin_spin",), ("electron_zeeman", "hyperfine"))

# ε_{αβγ}
_EPSILON = np.zeros((3, 3, 3))
for _a, _b, _c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
    _EPSILON[_a, _b, _c] = 1.0
    _EPSILON[_b, _a, _c] = -1.0


@dataclass(frozen=True)
class Heat:
    """⟨ΔE⟩/β [rad²/s²; times ħ² in J²] of the three parts, averaged over exp(−t/τ_c)/τ_c.

    Their sum is zero.
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
    traces = check_traces(traces)
    if within("tolerance", tolerance, SMALLEST_TOLERANCE, 0.1).ndim:
        raise InvalidInputError("must be one number", parameter="tolerance", value=tolerance)
    if isinstance(traces, Enumeration):
        energies, parts = eigenbasis(system, _reservoirs(system, 1), traces)
        angle = (energies[:, None] - energies[None, :]) * float(tau)
        # The average of 1 − exp(−iωt) over exp(−t/τ)/τ.
        return _changes((angle**2 + 1j * angle) / (1 + angle**2) * parts[2], parts)
    return _mean(_sample_heat(system, float(tau), traces, tolerance, threads))


def heat_at(
    system: SpinSystem,
    times: ArrayLike,
    *,
    traces: Traces | None = None,
    tolerance: float = 1e-10,
    threads: int = 1,
) -> list[Heat]:
    """ΔE(t)/β of each reservoir at given times after the electron came: :func:`heat` before its average.

    `times` in s, one dimension, of either sign; one :class:`Heat` a time. `tolerance` is that of
    :func:`evolve`.
    """
    t = finite("times", times)
    if t.ndim != 1:
        raise InvalidInputError(
            f"must have one dimension, not the shape {t.shape}", parameter="times"
        )
    traces = check_traces(traces)
    if isinstance(traces, Enumeration):
        energies, parts = eigenbasis(system, _reservoirs(system, 1), traces)
        gaps = energies[:, None] - energies[None, :]
        return [_changes((1 - np.exp(-1j * gaps * time)) * parts[2], parts) for time in t]
    whole = operator(system, threads=threads)
    parts = _reservoirs(system, threads)
    bounds = spectrum_bounds(whole)
    samples = np.empty((traces.samples, len(t), 3))
    for sample, state in zip(samples, traces.vectors(system.dimension), strict=True):
        other = parts[2].apply(state)
        for row, time in zip(sample, t, strict=True):
            r = evolve(whole, state, time, tolerance=tolerance, bounds=bounds)
            v = evolve(whole, other, time, tolerance=tolerance, bounds=bounds)
            row[:] = _gain(parts, r, v)
    return [_mean(samples[:, i]) for i in range(len(t))]


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


def _changes(lost: Any, parts: list[Any]) -> Heat:
    """What H_e(t) − H_e = −`lost` changes in each reservoir."""
    changes = [-float(np.sum(part.conj() * lost).real) / len(part) for part in parts]
    return Heat(changes[0], changes[1], changes[2])


def _reservoirs(system: SpinSystem, threads: int) -> list[Operator]:
    return [operator(system, parts, threads=threads) for parts in RESERVOIRS]


def _gain(parts: list[Operator], r: Vector, v: Vector) -> Array:
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
    mean = results.mean(axis=0)
    error = results.std(axis=0, ddof=1) / np.sqrt(len(results))
    errors = (float(error[0]), float(error[1]), float(error[2]))
    return Heat(float(mean[0]), float(mean[1]), float(mean[2]), errors)


def _sample_heat(
    system: SpinSystem, tau: float, traces: Typical, tolerance: float, threads: int
) -> Array:
    """(zeeman, spin_spin, electron) from every random state, one a row."""
    whole = operator(system, threads=threads)
    parts = _reservoirs(system, threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(tau, 2 * bounds.radius, tolerance)
    steps = panel_steps(times)
    results = []
    for state in traces.vectors(system.dimension):
        heated = parts[2].apply(state)  # H_e r
        total = np.zeros(3)
        for weight in weights:
            states = evolve(whole, state, steps, tolerance=1e-13, bounds=bounds)
            others = evolve(whole, heated, steps, tolerance=1e-13, bounds=bounds)
            for w, r, v in zip(weight, states, others, strict=False):
                total += w * _gain(parts, r, v)
            # The last time is the start of the next panel.
            state = states[-1]
            heated = others[-1]
        results.append(total)
    return np.array(results)


def torque_square(system: SpinSystem) -> float:
    r"""Tr|[H_SS, Σ_j S·A_j·I_j]|² [rad⁴/s⁴], the trace normalised to 1.

    Pairs and single nuclei do not interfere, so it is a sum over them; for a pair,

    .. math:: \frac14\,\frac{I_i(I_i+1)}3\,\frac{I_j(I_j+1)}3\sum_{\gamma\delta\beta}\Bigl(
              \sum_{\alpha\eta} A^i_{\gamma\eta}D_{\alpha\beta}\epsilon_{\alpha\eta\delta}
              + A^j_{\gamma\eta}D_{\delta\alpha}\epsilon_{\alpha\eta\beta}\Bigr)^2 ;

    with equal isotropic couplings a and D of rank 2 it is (3/2) a² Tr H_SS².
    """
    A = np.asarray(system.hyperfine)
    spins = np.asarray(system.spins)
    scalar = np.asarray(system.scalar_couplings)[..., None, None] * np.eye(3)
    D = np.asarray(system.pair_tensors) + scalar
    squares = spins * (spins + 1) / 3
    total = 0.0
    for i in range(system.nuclei):
        for j in range(i + 1, system.nuclei):
            one = np.einsum("ge,ab,aed->gdb", A[i], D[i, j], _EPSILON)
            two = np.einsum("ge,da,aeb->gdb", A[j], D[i, j], _EPSILON)
            total += squares[i] * squares[j] / 4 * float(np.sum((one + two) ** 2))
        if spins[i] > 0.5:
            total += _quadrupole_square(
                float(spins[i]), A[i], np.asarray(system.quadrupole_tensors)[i]
            )
    return total


def hyperfine_square(system: SpinSystem) -> float:
    r"""Tr H_hf² [rad²/s²] = Σ_j I_j(I_j+1) |A_j|²/12, the trace normalised to 1."""
    spins = np.asarray(system.spins)
    squares = np.sum(np.asarray(system.hyperfine) ** 2, axis=(1, 2))
    return float(np.sum(spins * (spins + 1) * squares)) / 12


def _quadrupole_square(spin: float, hyperfine: np.ndarray, tensor: np.ndarray) -> float:
    """Tr|[I·Q·I, S·A·I]|² of one nucleus.

    The three components of S do not interfere; each squares to 1/4.
    """
    s = spin_matrices(spin)
    square = np.einsum("ab,axy,byz->xz", tensor, s, s)
    fields = np.einsum("ge,exy->gxy", hyperfine, s)
    torques = square @ fields - fields @ square
    return float(np.sum(np.abs(torques) ** 2)) / 4 / len(square)
