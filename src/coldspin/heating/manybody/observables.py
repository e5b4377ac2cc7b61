"""Energies of the parts of H in a state, and correlators of one spin at infinite temperature."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.evolution import decay_rule, evolve, panel_steps, spectrum_bounds
from coldspin.heating.manybody.operators import (
    PARTS,
    LocalOperators,
    Terms,
    eigenbasis,
    operator,
)
from coldspin.heating.manybody.states import (
    Enumeration,
    Operator,
    Traces,
    Vector,
    check_state,
    check_traces,
)
from coldspin.heating.manybody.system import SpinSystem


@dataclass(frozen=True)
class Energies:
    """Mean energies of the parts of H in one state, in rad/s (times ħ in J)."""

    electron_zeeman: float
    nuclear_zeeman: float
    hyperfine: float
    spin_spin: float

    @property
    def total(self) -> float:
        """Of all of H."""
        return self.electron_zeeman + self.nuclear_zeeman + self.hyperfine + self.spin_spin


def energies(system: SpinSystem, state: Vector, *, threads: int = 1) -> Energies:
    """⟨ψ|part|ψ⟩ of every part of H; `state` has the dimension of the system, the electron slowest."""
    vector = check_state(system.dimension, state)
    return Energies(*map(float, _means(_parts(system, threads), vector)))


def averaged_energies(
    system: SpinSystem,
    state: Vector,
    decay_time: float,
    *,
    tolerance: float = 1e-8,
    threads: int = 1,
) -> Energies:
    r"""∫ exp(−t/τ)/τ ⟨ψ(t)|part|ψ(t)⟩ dt of every part of H, for ψ(0) = `state`.

    τ = `decay_time` in s. Averaged is the change since t = 0, so that short τ lose no digits;
    `tolerance` is the error of that average, relative to the largest change that one frequency of H
    can bring.
    """
    if positive("decay_time", decay_time).ndim:
        raise InvalidInputError("must be one number", parameter="decay_time", value=decay_time)
    if within("tolerance", tolerance, 1e-12, 0.1).ndim:
        raise InvalidInputError("must be one number", parameter="tolerance", value=tolerance)
    whole = operator(system, threads=threads)
    parts = _parts(system, threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(float(decay_time), 2 * bounds.radius, tolerance)
    now = check_state(system.dimension, state)
    steps = panel_steps(times)
    start = _means(parts, now)
    change = np.zeros(len(parts))
    for weight in weights:
        later = evolve(whole, now, steps, tolerance=1e-13, bounds=bounds)
        change += sum(w * (_means(parts, v) - start) for w, v in zip(weight, later, strict=False))
        now = later[-1]
    return Energies(*map(float, start + change))


def _parts(system: SpinSystem, threads: int) -> list[Operator]:
    return [operator(system, [part], threads=threads) for part in PARTS]


def _means(parts: Sequence[Operator], vector: Vector) -> Array:
    return np.array([np.vdot(vector, part.apply(vector)).real for part in parts])


def spin_correlator(
    system: SpinSystem, site: int, times: ArrayLike, *, traces: Traces | None = None, tolerance: float = 1e-8,
    threads: int = 1,
) -> tuple[Any, Any]:  # fmt: skip
    r"""C_αβ(t) = Tr[s_α(t) s_β] of one spin at infinite temperature, and its standard error.

    .. math:: C_{\alpha\beta}(t) = \mathrm{Tr}\,e^{iHt}s_\alpha e^{-iHt}s_\beta
              = \overline{\langle r(t)|s_\alpha\,e^{-iHt}s_\beta r\rangle}

    over random states r (:class:`Typical`, the default), or over all states (:class:`Enumeration`,
    error 0). `site`: 0 the electron, j = 1 … N a nucleus; `times` in s, one dimension; C(0) =
    s(s+1)/3. Results: times × 3 × 3, real. Raises InvalidInputError for a site that is not there.
    """
    t = finite("times", times)
    if t.ndim != 1:
        raise InvalidInputError(
            f"must have one dimension, not the shape {t.shape}", parameter="times"
        )
    spins = _spin_operators(system, site)
    traces = check_traces(traces)
    if isinstance(traces, Enumeration):

        def phases(turns: Array) -> list[Any]:
            return [np.exp(1j * time * turns) for time in t]

        return _enumerate(system, spins, traces, phases)
    whole = operator(system, threads=threads)
    bounds = spectrum_bounds(whole)
    samples = np.empty((traces.samples, len(t), 3, 3))
    for sample, state in zip(samples, traces.vectors(system.dimension), strict=True):
        later = evolve(whole, state, t, tolerance=tolerance, bounds=bounds)
        for beta, spin in enumerate(spins):
            other = evolve(whole, spin.apply(state), t, tolerance=tolerance, bounds=bounds)
            sample[:, :, beta] = _overlaps(spins, later, other)
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))


def averaged_spin_correlator(
    system: SpinSystem, site: int, decay_time: float, *, traces: Traces | None = None, tolerance: float = 1e-6,
    threads: int = 1,
) -> tuple[Any, Any]:  # fmt: skip
    r"""∫ exp(−t/τ)/τ C_αβ(t) dt of :func:`spin_correlator`, 3 × 3, and its standard error.

    τ = `decay_time` in s. C(0) − C(t) is a sum of 1 − cos ωt with positive weights for α = β, so
    `tolerance` bounds the relative error of C(0) minus the average.
    """
    if positive("decay_time", decay_time).ndim:
        raise InvalidInputError("must be one number", parameter="decay_time", value=decay_time)
    spins = _spin_operators(system, site)
    traces = check_traces(traces)
    if isinstance(traces, Enumeration):

        def average(turns: Array) -> list[Any]:
            return [1 / (1 - 1j * float(decay_time) * turns)]

        mean, error = _enumerate(system, spins, traces, average)
        return mean[0], error[0]
    whole = operator(system, threads=threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(float(decay_time), 2 * bounds.radius, tolerance)
    steps = panel_steps(times)
    samples = np.zeros((traces.samples, 3, 3))
    for sample, state in zip(samples, traces.vectors(system.dimension), strict=True):
        now = [state, *(spin.apply(state) for spin in spins)]
        for weight in weights:
            later, *others = (evolve(whole, v, steps, tolerance=1e-13, bounds=bounds) for v in now)
            for beta, other in enumerate(others):
                sample[:, beta] += weight @ _overlaps(
                    spins, later[: len(weight)], other[: len(weight)]
                )
            now = [later[-1], *(other[-1] for other in others)]
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))


def _spin_operators(system: SpinSystem, site: int) -> list[Operator]:
    """The x, y and z component of one spin."""
    if not (isinstance(site, int | np.integer) and 0 <= site <= system.nuclei):
        raise InvalidInputError(
            f"must be 0 (the electron) or 1 to {system.nuclei}", parameter="site", value=site
        )
    size = system.nuclei + 1
    operators: list[Operator] = []
    for axis in range(3):
        fields = np.zeros((size, 3))
        fields[site, axis] = 1.0
        terms = Terms(fields, np.zeros((size, size, 3, 3)), np.zeros((size, 3, 3)))
        operators.append(LocalOperators(terms, system.dimensions))
    return operators


def _enumerate(
    system: SpinSystem,
    spins: list[Operator],
    traces: Enumeration,
    factors: Callable[[Array], list[Any]],
) -> tuple[Any, Any]:
    """Σ_ij f(E_i − E_j) ⟨i|s_α|j⟩⟨j|s_β|i⟩ over the number of states for every f, and error 0."""
    energies, matrices = eigenbasis(system, spins, traces)
    turns = np.subtract.outer(energies, energies)
    means = []
    for factor in factors(turns):
        rows = [[np.vdot(b, factor * a).real for b in matrices] for a in matrices]
        means.append(rows)
    result = np.array(means).reshape(-1, 3, 3) / system.dimension
    return result, np.zeros_like(result)


def _overlaps(spins: list[Operator], later: Vector, other: Vector) -> Array:
    rows = [[np.vdot(r, s.apply(v)).real for s in spins] for r, v in zip(later, other, strict=True)]
    return np.array(rows).reshape(-1, 3)
