"""Correlators of the electron and nuclear spins at infinite temperature."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.decay_rule import decay_rule, panel_steps
from coldspin.heating.manybody.evolution import evolve, spectrum_bounds
from coldspin.heating.manybody.exact import eigenbasis
from coldspin.heating.manybody.local_operators import LocalOperators
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.terms import Terms
from coldspin.heating.manybody.traces import Enumeration, Traces, Typical
from coldspin.heating.manybody.vectors import Operator, Vector


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
    spins, chosen = _correlated(system, site, traces)
    if isinstance(chosen, Enumeration):
        return _enumerated(system, spins, chosen, [partial(_phases, at) for at in t])
    whole = operator(system, threads=threads)
    bounds = spectrum_bounds(whole)
    found = np.empty((chosen.samples, len(t), 3, 3))
    for sample, state in zip(found, chosen.vectors(system.dimension), strict=True):
        later = evolve(whole, state, t, tolerance=tolerance, bounds=bounds)
        for beta, spin in enumerate(spins):
            other = evolve(whole, spin.apply(state), t, tolerance=tolerance, bounds=bounds)
            sample[:, :, beta] = _overlaps(spins, later, other)
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))


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
    spins, chosen = _correlated(system, site, traces)
    if isinstance(chosen, Enumeration):
        mean, error = _enumerated(system, spins, chosen, [partial(_averages, float(decay_time))])
        return mean[0], error[0]
    whole = operator(system, threads=threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(float(decay_time), 2 * bounds.radius, tolerance)
    steps, found = panel_steps(times), np.zeros((chosen.samples, 3, 3))
    for sample, state in zip(found, chosen.vectors(system.dimension), strict=True):
        now = [state, *(spin.apply(state) for spin in spins)]
        for weight in weights:
            later, *others = (evolve(whole, v, steps, tolerance=1e-13, bounds=bounds) for v in now)
            for beta, other in enumerate(others):
                sample[:, beta] += weight @ _overlaps(
                    spins, later[: len(weight)], other[: len(weight)]
                )
            now = [later[-1], *(other[-1] for other in others)]
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))


def _correlated(
    system: SpinSystem, site: int, traces: Traces | None
) -> tuple[list[Operator], Traces]:
    """The three operators of the spin, and the states."""
    if not (isinstance(site, int | np.integer) and 0 <= site <= system.nuclei):
        raise InvalidInputError(
            f"site must be 0 (the electron) or 1 to {system.nuclei}, not {site}"
        )
    if not isinstance(traces, Traces | None):
        raise InvalidInputError(f"traces must be Enumeration() or Typical(), not {traces!r}")
    return [_spin(system, site, axis) for axis in range(3)], traces or Typical()


def _enumerated(
    system: SpinSystem,
    spins: list[Operator],
    traces: Enumeration,
    kept: list[Callable[[Array], Any]],
) -> tuple[Any, Any]:
    """Σ_ij f(E_i − E_j) ⟨i|s_α|j⟩⟨j|s_β|i⟩ over the number of states, for every f in `kept`; and no error."""
    energies, matrices = eigenbasis(system, spins, traces)
    turns, found = np.subtract.outer(energies, energies), np.empty((len(kept), 3, 3))
    for one, factor in zip(found, kept, strict=True):
        factors = factor(turns)
        one[:] = [[np.vdot(b, factors * a).real for b in matrices] for a in matrices]
    return found / system.dimension, np.zeros_like(found)


def _phases(time: float, turns: Array) -> Any:
    return np.exp(1j * time * turns)


def _averages(decay_time: float, turns: Array) -> Any:
    return 1 / (1 - 1j * decay_time * turns)


def _overlaps(spins: list[Operator], later: Vector, other: Vector) -> Array:
    rows = [[np.vdot(r, s.apply(v)).real for s in spins] for r, v in zip(later, other, strict=True)]
    return np.array(rows).reshape(-1, 3)


def _spin(system: SpinSystem, site: int, axis: int) -> Operator:
    size = system.nuclei + 1
    fields = np.zeros((size, 3))
    fields[site, axis] = 1.0
    return LocalOperators(
        Terms(fields, np.zeros((size, size, 3, 3)), np.zeros((size, 3, 3))), system.dimensions
    )
