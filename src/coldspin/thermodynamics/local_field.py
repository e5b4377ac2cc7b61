"""The two local fields of a spin-spin Hamiltonian, by their definitions as traces (S32), (S33)."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from coldspin.constants import HBAR

Operator = NDArray[np.complex128]


def local_field(
    hamiltonian: Operator, nuclei_effective: float, nuclear_gyromagnetic_ratio: float
) -> float:
    """B_L = [4 Tr H_SS²/(N_I(ħγ_N)²)]^½ [T] (S33); H_SS [J] as a matrix, the trace normalised to Tr 1 = 1."""
    return sqrt(4 * _trace(hamiltonian @ hamiltonian) / nuclei_effective) / abs(
        HBAR * nuclear_gyromagnetic_ratio
    )


def kinetic_local_field(
    hamiltonian: Operator,
    total_spin: Operator,
    nuclei_effective: float,
    nuclear_gyromagnetic_ratio: float,
) -> float:
    """B̃_L = [−2 Tr [J, H_SS]²/(N_I(ħγ_N)²)]^½ [T] (S32); `total_spin` stacks J_x, J_y, J_z.

    √3 B_L for a dipole-dipole interaction, √(k(k+1)/2) B_L for a rank-k one.
    """
    commutators = total_spin @ hamiltonian - hamiltonian @ total_spin
    squares = sum(_trace(c @ c) for c in commutators)
    return sqrt(-2 * squares / nuclei_effective) / abs(HBAR * nuclear_gyromagnetic_ratio)


def _trace(operator: Operator) -> float:
    return float(np.trace(operator).real / len(operator))
