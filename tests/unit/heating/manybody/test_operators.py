"""H·ψ against matrices made of Kronecker products."""

import numba
import numpy as np
import pytest

from coldspin.heating.manybody import SpinSystem, dipole_tensors, operator
from coldspin.heating.manybody.operators import LocalOperators, Terms
from coldspin.heating.manybody.six_axis import SixAxis, diagonal_energies
from many_spins import hamiltonians, random_parts, random_state, random_system
from quick import quick


@pytest.mark.parametrize(
    "spins",
    quick(
        [
            [0.5],
            [0.5] * 2,
            [0.5] * 3,
            [0.5] * 5,
            [0.5] * 6,
            [0.5] * 8,
            [1.0],
            [1.0] * 3,
            [1.5] * 2,
            [0.5, 1.5, 1.0, 0.5],
        ],
        *(number for number in range(10) if number != 5),  # 2⁹ states in full
    ),
)
@pytest.mark.parametrize("threads", [1, 2])
def test_all_parts_of_a_random_hamiltonian(spins, threads):
    """Hyperfine tensors without symmetry, fields in any direction, quadrupole and scalar couplings."""
    parts = random_parts(len(spins), spins)
    system = SpinSystem(**parts)
    names = [["electron_zeeman", "hyperfine"], ["nuclear_zeeman"], ["spin_spin"]]
    matrices = hamiltonians(parts)
    psi = random_state(2, system.dimension)
    for name, matrix in zip(names, matrices, strict=True):
        np.testing.assert_allclose(
            operator(system, name, threads=threads).apply(psi), matrix @ psi, atol=3e-14
        )
    np.testing.assert_allclose(
        operator(system, threads=threads).apply(psi), sum(matrices) @ psi, atol=1e-13
    )


def test_spins_one_half_go_by_six_axes():
    symmetric = np.tile(np.eye(3), (4, 1, 1))
    assert isinstance(operator(SpinSystem(hyperfine=symmetric)), SixAxis)
    assert not isinstance(operator(SpinSystem(hyperfine=symmetric, spins=1.0)), SixAxis)
    rounded = dipole_tensors(np.random.default_rng(0).normal(size=(4, 3)), 1e17) / 7
    assert isinstance(operator(SpinSystem(hyperfine=symmetric, pair_tensors=rounded * 3)), SixAxis)


@pytest.mark.parametrize("spins", [[0.5] * 5, [1.0, 0.5]])
def test_combination_of_three_vectors_in_place(spins):
    system = random_system(4, spins)
    H = operator(system)
    one, other = random_state(1, system.dimension), random_state(2, system.dimension)
    expected = 0.7 * H.apply(one) - 0.2 * one + 1.5 * other
    result = H.combine((0.7, -0.2, 1.5), one, other, other)
    assert result is other
    np.testing.assert_allclose(result, expected, atol=1e-14)


@pytest.mark.slow
def test_threads_change_nothing_and_leave_numba_as_it_was():
    system = SpinSystem(
        hyperfine=np.arange(1, 14.0), pair_tensors=random_parts(5, [0.5] * 13)["pair_tensors"]
    )
    psi, allowed = random_state(1, system.dimension), numba.get_num_threads()
    one, two, many = (operator(system, threads=n).apply(psi) for n in (1, 2, 50))
    np.testing.assert_array_equal(two, one)
    np.testing.assert_array_equal(many, one)
    assert numba.get_num_threads() == allowed


@pytest.mark.parametrize("nuclei", [9, 10, 11, 12, 13])
def test_every_way_to_group_the_spins(nuclei):
    """Against passes over single pairs, which share nothing with the six axes; two or three groups of 2 and 3 spins."""
    parts = random_parts(nuclei, [0.5] * nuclei)
    parts["hyperfine"] = parts["hyperfine"] + parts["hyperfine"].swapaxes(1, 2)
    system = SpinSystem(**parts)
    psi, before = random_state(1, system.dimension), random_state(2, system.dimension)
    whole, slow = operator(system, threads=2), LocalOperators(Terms.of(system), system.dimensions)
    assert isinstance(whole, SixAxis)
    weights = (0.7, -0.2, 1.5)
    found = whole.combine(weights, psi, before)
    scale = np.linalg.norm(slow.apply(psi))
    assert np.linalg.norm(found - slow.combine(weights, psi, before)) < 3e-15 * scale


def test_vectors_that_are_overwritten_or_not_contiguous():
    system = random_system(4, [0.5] * 9)
    parts = SpinSystem(hyperfine=np.ones(9), pair_tensors=system.pair_tensors)
    H = operator(parts)
    psi, before = random_state(1, H.dimension), random_state(2, H.dimension)
    expected = 0.7 * H.apply(psi) - 0.2 * psi + 1.5 * before
    sparse = np.repeat(psi, 2)[::2]
    np.testing.assert_allclose(H.combine((0.7, -0.2, 1.5), sparse, before), expected, atol=1e-14)
    given = psi.copy()
    assert H.combine((0.7, -0.2, 1.5), given, before, given) is given
    np.testing.assert_allclose(given, expected, atol=1e-14)
    wide = np.zeros(2 * H.dimension, complex)
    H.combine((0.7, -0.2, 1.5), psi, before, wide[::2])
    np.testing.assert_allclose(wide[::2], expected, atol=1e-14)
    assert not wide[1::2].any()


def test_diagonal_energies_state_by_state():
    random = np.random.default_rng(0)
    pairs, field = random.normal(size=(4, 4)), random.normal(size=4)
    for number, energy in enumerate(diagonal_energies(pairs, field)):
        m = [0.5 - (number >> (3 - i) & 1) for i in range(4)]
        expected = sum(
            pairs[i, j] * m[i] * m[j] for i in range(4) for j in range(i + 1, 4)
        ) + np.dot(field, m)
        assert energy == pytest.approx(expected, abs=1e-14)
