"""Random systems of an electron and nuclei, and their Hamiltonians as Kronecker products of matrices."""

from functools import reduce

import numba
import numpy as np
import pytest

from coldspin.heating.manybody import SpinSystem
from whole_system import spin_matrices

needs_kernels = pytest.mark.skipif(
    numba.config.DISABLE_JIT,
    reason="thousands of products need compiled kernels, and NUMBA_DISABLE_JIT is set",
)


def random_parts(seed, spins, strength=1.0):
    """Arguments of SpinSystem, everything in them random."""
    random, count = np.random.default_rng(seed), len(spins)
    pairs = random.normal(size=(count, count, 3, 3))
    pairs = pairs + pairs.transpose(0, 1, 3, 2)
    squares, scalars = random.normal(size=(count, 3, 3)), random.normal(size=(count, count))
    return {
        "hyperfine": random.normal(size=(count, 3, 3)),
        "spins": np.array(spins),
        "pair_tensors": strength * (pairs + pairs.transpose(1, 0, 2, 3)),
        "scalar_couplings": strength * (scalars + scalars.T),
        "quadrupole_tensors": strength * (squares + squares.transpose(0, 2, 1)),
        "electron_precession": random.normal(size=3),
        "nuclear_precession": random.normal(size=(count, 3)),
    }


def random_system(seed, spins, strength=1.0):
    return SpinSystem(**random_parts(seed, spins, strength))


def site_operators(spins):
    """(x, y, z) of the electron and of every nucleus on the whole space."""
    dimensions = [2] + [round(2 * s) + 1 for s in spins]

    def on(site, matrix):
        return reduce(
            np.kron, [matrix if i == site else np.eye(d) for i, d in enumerate(dimensions)]
        )

    return [[on(i, m) for m in spin_matrices(s)] for i, s in enumerate([0.5, *spins])]


def hamiltonians(parts):
    """H_e, H_Z and H_SS in full."""
    spins = parts["spins"]
    S, *sites = site_operators(spins)
    axes, count = range(3), len(spins)
    H_e = sum(parts["electron_precession"][a] * S[a] for a in axes)
    H_Z = sum(parts["nuclear_precession"][j, a] * sites[j][a] for j in range(count) for a in axes)
    H_SS = np.zeros_like(S[0], dtype=complex)
    for j in range(count):
        H_e = H_e + sum(
            parts["hyperfine"][j, a, b] * S[a] @ sites[j][b] for a in axes for b in axes
        )
        if spins[j] > 0.5:
            Q = parts["quadrupole_tensors"][j]
            H_SS = H_SS + sum(Q[a, b] * sites[j][a] @ sites[j][b] for a in axes for b in axes)
        for i in range(j):
            D = parts["pair_tensors"][i, j] + parts["scalar_couplings"][i, j] * np.eye(3)
            H_SS = H_SS + sum(D[a, b] * sites[i][a] @ sites[j][b] for a in axes for b in axes)
    return H_e, H_Z, H_SS


def random_state(seed, dimension):
    state = np.random.default_rng(seed).normal(size=2 * dimension).view(complex)
    return state / np.linalg.norm(state)
