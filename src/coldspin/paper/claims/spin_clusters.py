"""Dipole-dipole coupling of a few spins as matrices, and its average after a rotation."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array

Operator = NDArray[np.complex128]


def spin_matrices(spin: float) -> Operator:
    """I_x, I_y, I_z of one spin, stacked."""
    m = np.arange(spin, -spin - 1, -1)
    raising = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1)
    return np.array([(raising + raising.T) / 2, (raising - raising.T) / 2j, np.diag(m)])


def dipolar_cluster(spin: float, positions: Array) -> tuple[Operator, Operator]:
    """H_SS of dipoles at `positions` in arbitrary units, and J_x, J_y, J_z."""
    count = len(positions)
    size = round(2 * spin + 1)
    single = spin_matrices(spin)
    spins = [
        np.array(
            [np.kron(np.kron(np.eye(size**i), s), np.eye(size ** (count - 1 - i))) for s in single]
        )
        for i in range(count)
    ]
    hamiltonian = np.zeros((size**count, size**count), dtype=complex)
    for i, j in combinations(range(count), 2):
        r = positions[i] - positions[j]
        distance = np.linalg.norm(r)
        coupling = (np.eye(3) - 3 * np.outer(r, r) / distance**2) / distance**3
        hamiltonian += np.einsum("ab,aij,bjk->ik", coupling, spins[i], spins[j])
    return hamiltonian, np.sum(spins, axis=0)


def rotated_overlap(hamiltonian: Operator, total_spin: Operator, angle: float) -> float:
    """Tr[H R H R†]/Tr H², R a rotation by `angle`, averaged over every direction of the axis.

    The overlap is a polynomial of degree four in the axis, for which the rule of 5 by 10 directions
    is exact.
    """
    cosines, weights = np.polynomial.legendre.leggauss(5)
    azimuths = 2 * np.pi * np.arange(10) / 10
    total = 0.0
    for cosine, weight in zip(cosines, weights, strict=True):
        sine = np.sqrt(1 - cosine**2)
        for azimuth in azimuths:
            axis = np.array([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
            values, vectors = np.linalg.eigh(np.einsum("a,aij->ij", axis, total_spin))
            turn = (vectors * np.exp(-1j * angle * values)) @ vectors.conj().T
            total += weight / 20 * np.trace(hamiltonian @ turn @ hamiltonian @ turn.conj().T).real
    return float(total / np.trace(hamiltonian @ hamiltonian).real)
