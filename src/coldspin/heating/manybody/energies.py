"""Energies of the parts of H in a state: now, at a later time, and averaged over the life of the electron."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.decay_rule import decay_rule, panel_steps
from coldspin.heating.manybody.evolution import evolve, spectrum_bounds
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.terms import PARTS
from coldspin.heating.manybody.vectors import Operator, Vector, state_of


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
    vector = state_of(system.dimension, state)
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
    whole, parts = operator(system, threads=threads), _parts(system, threads)
    bounds = spectrum_bounds(whole)
    times, weights = decay_rule(float(decay_time), 2 * bounds.radius, tolerance)
    now, steps = state_of(system.dimension, state), panel_steps(times)
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
