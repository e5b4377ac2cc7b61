"""(S32) and (S33) by matrices: B̃_L/B_L for couplings of rank 0, 1 and 2, and for a real cluster of dipoles."""

from itertools import combinations

import numpy as np
import pytest

from coldspin.constants import HBAR
from coldspin.paper.formulas import kinetic_local_field, local_field

GAMMA = 6.0e7


def spin_matrices(spin):
    m = np.arange(spin, -spin - 1, -1)
    raising = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1)
    return np.array([(raising + raising.T) / 2, (raising - raising.T) / 2j, np.diag(m)])


def cluster(spins):
    """Spin vectors of several nuclei, each as three matrices in the common space."""
    sizes = [round(2 * s + 1) for s in spins]
    operators = []
    for i, s in enumerate(spins):
        before, after = np.eye(int(np.prod(sizes[:i]))), np.eye(int(np.prod(sizes[i + 1 :])))
        operators.append(np.array([np.kron(np.kron(before, o), after) for o in spin_matrices(s)]))
    return operators


def coupled(spins, tensor_of_pair):
    operators = cluster(spins)
    hamiltonian = 0
    for i, j in combinations(range(len(spins)), 2):
        hamiltonian = hamiltonian + np.einsum(
            "ab,aij,bjk->ik", tensor_of_pair(i, j), operators[i], operators[j]
        )
    return hamiltonian * HBAR, np.sum(operators, axis=0), sum(4 * s * (s + 1) / 3 for s in spins)


def dipole(positions):
    def tensor(i, j):
        r = positions[i] - positions[j]
        d = np.linalg.norm(r)
        return (np.eye(3) - 3 * np.outer(r, r) / d**2) / d**3

    return tensor


@pytest.mark.parametrize("spin", [0.5, 1.0, 1.5])
def test_dipoles_have_a_ratio_of_root_three(spin):
    positions = np.random.default_rng(7).normal(size=(4 if spin < 1.5 else 3, 3))
    h, j, n_i = coupled([spin] * len(positions), dipole(positions))
    ratio = kinetic_local_field(h, j, n_i, GAMMA) / local_field(h, n_i, GAMMA)
    assert ratio == pytest.approx(np.sqrt(3), rel=1e-12, abs=0)


@pytest.mark.parametrize(("rank", "ratio"), [(0, 0.0), (1, 1.0), (2, np.sqrt(3))])
def test_ratio_of_a_rank_k_coupling(rank, ratio):
    a = np.random.default_rng(rank).normal(size=(3, 3))
    tensor = {0: np.eye(3), 1: a - a.T, 2: a + a.T - 2 / 3 * np.trace(a) * np.eye(3)}[rank]
    h, j, n_i = coupled([0.5, 1.5], lambda *_: tensor)
    assert kinetic_local_field(h, j, n_i, GAMMA) == pytest.approx(
        ratio * local_field(h, n_i, GAMMA), rel=1e-12, abs=1e-22
    )


def test_local_field_of_one_pair_is_that_of_the_zeeman_energy_it_equals():
    h, j, n_i = coupled([0.5, 0.5], dipole(np.array([[0, 0, 0], [0.0, 0.3, 1.0]])))
    field = local_field(h, n_i, GAMMA)
    zeeman = HBAR * GAMMA * field * j[2]
    assert np.trace(h @ h).real == pytest.approx(np.trace(zeeman @ zeeman).real, rel=1e-12, abs=0)
