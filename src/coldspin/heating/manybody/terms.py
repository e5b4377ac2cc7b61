"""The parts of the Hamiltonian as frequencies and tensors between all spins, the electron first."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.system import SpinSystem

PARTS = ("electron_zeeman", "nuclear_zeeman", "hyperfine", "spin_spin")


@dataclass(frozen=True, eq=False)
class Terms:
    """Σ_i fields_i·s_i + Σ_{i<j} s_i·tensors_ij·s_j + Σ_i s_i·squares_i·s_i over the electron, i = 0, and the nuclei.

    `fields` (N+1) × 3, `tensors` (N+1) × (N+1) × 3 × 3 with [j, i] the transpose of [i, j],
    `squares` (N+1) × 3 × 3.
    """

    fields: Array
    tensors: Array
    squares: Array

    @classmethod
    def of(cls, system: SpinSystem, parts: Iterable[str] = PARTS) -> "Terms":
        """What the named parts of H are; spin_spin holds dipole, scalar and quadrupole couplings."""
        parts = (parts,) if isinstance(parts, str) else parts
        size = system.nuclei + 1
        fields, tensors = np.zeros((size, 3)), np.zeros((size, size, 3, 3))
        squares = np.zeros((size, 3, 3))
        for part in parts:
            if part == "electron_zeeman":
                fields[0] = system.electron_precession
            elif part == "nuclear_zeeman":
                fields[1:] = system.nuclear_precession
            elif part == "hyperfine":
                tensors[0, 1:] = system.hyperfine
                tensors[1:, 0] = np.swapaxes(np.asarray(system.hyperfine), 1, 2)
            elif part == "spin_spin":
                scalar = np.asarray(system.scalar_couplings)[..., None, None] * np.eye(3)
                tensors[1:, 1:] = np.asarray(system.pair_tensors) + scalar
                large = np.asarray(system.spins) > 0.5
                squares[1:] = large[:, None, None] * np.asarray(system.quadrupole_tensors)
            else:
                raise InvalidInputError(f"parts must be among {', '.join(PARTS)}, not {part!r}")
        return cls(fields, tensors, squares)
