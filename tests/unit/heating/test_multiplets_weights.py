"""Multiplicities, recoupling coefficients and weights against counting, matrices and sum rules."""

from math import comb

import numpy as np
import pytest

from coldspin.heating.multiplets.angular_momentum import both_parts, matrix_element, one_part
from coldspin.heating.multiplets.weights import (
    cluster_rows,
    difference,
    multiplet_fraction,
    pair,
    quartet,
    single,
    spin_range,
    uniform_pair_rows,
    uniform_quadrupole_rows,
    vector_rows,
)
from scale import compiled

qutip = pytest.importorskip("qutip")


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30, 64, 200])
def test_multiplicities_of_spins_one_half_are_binomial_differences(count):
    J = np.arange(count / 2 % 1, count / 2 + 0.5)
    below = [int(count / 2 - j) for j in J]
    exact = [(comb(count, n) - (comb(count, n - 1) if n else 0)) / 2**count for n in below]
    np.testing.assert_allclose(multiplet_fraction(J, count, 0.5), exact, atol=3e-16)


@pytest.mark.parametrize("spin", [1.0, 1.5, 4.5])
@pytest.mark.parametrize("count", [1, 2, 5, 120])
def test_multiplicities_of_any_spin_by_convolution(count, spin):
    states = np.array([1.0])
    for _ in range(count):
        states = np.convolve(states, np.ones(round(2 * spin) + 1)) / (2 * spin + 1)
    positive = states[: (len(states) + 1) // 2][::-1]  # from m = 0 or 1/2 upwards
    exact = positive - np.append(positive[1:], 0)
    J = np.arange(count * spin % 1, count * spin + 0.5)
    np.testing.assert_allclose(multiplet_fraction(J, count, spin), exact, atol=1e-15)


@pytest.mark.parametrize(
    ("count", "spin"), [(10**4, 0.5), (10**6, 4.5), (10**8, 0.5), (10**8, 1.0)]
)
def test_moments_of_the_total_spin(count, spin):
    J = spin_range(count, spin)
    states = (2 * J + 1) * multiplet_fraction(J, count, spin)
    assert states.sum() == pytest.approx(1, rel=1e-12, abs=0)
    assert np.sum(states * J * (J + 1)) == pytest.approx(
        count * spin * (spin + 1), rel=1e-11, abs=0
    )
    assert states[-1] > 2.0**-53
    beyond = J[-1] + 1
    assert (2 * beyond + 1) * multiplet_fraction(
        beyond, count, spin
    ) < 1.01 * 2.0**-53  # of the tail, three digits are right


def coupled(j1, j2, j):
    """Clebsch-Gordan coefficients [m, m1, m2] of the states |(j1 j2) j m⟩."""
    m = np.arange(-j, j + 0.5)
    table = np.zeros((len(m), round(2 * j1) + 1, round(2 * j2) + 1))
    for i, a, b in np.ndindex(table.shape):
        m1, m2 = a - j1, b - j2
        if m1 + m2 == m[i]:
            table[i, a, b] = qutip.clebsch(j1, j2, j, m1, m2, m[i])
    return table


def tensor_operator(j1, j2, rank, q):
    """Unit tensor |j2⟩⟨j1| of a rank: elements ⟨j2 m2|T_q|j1 m1⟩ with ⟨j2‖T‖j1⟩ = 1."""
    table = np.zeros((round(2 * j2) + 1, round(2 * j1) + 1))
    for b, a in np.ndindex(table.shape):
        if b - j2 == a - j1 + q:
            table[b, a] = qutip.clebsch(j1, rank, j2, a - j1, q, b - j2) / np.sqrt(2 * j2 + 1)
    return table


CASES = [
    (1.0, 1.0, 1.5, 1.5, 2.5),
    (2.0, 1.0, 1.5, 2.5, 1.5),
    (3.0, 3.0, 1.0, 2.0, 4.0),
    (1.5, 1.5, 2.0, 0.5, 1.5),
]


@pytest.mark.parametrize(("K", "K1", "L", "J", "J1"), CASES)
def test_one_part_against_coupled_states(K, K1, L, J, J1):
    initial, final = coupled(K, L, J), coupled(K1, L, J1)
    total = sum(
        np.sum(np.einsum("nab,ac,mcb->nm", final, tensor_operator(K, K1, 2, q), initial) ** 2)
        for q in range(-2, 3)
    )
    assert one_part(K, K1, L, J, J1) == pytest.approx(total, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    ("K", "K1", "L", "J", "J1"), [*CASES, (2.0, 1.0, 4.5, 3.5, 4.5), (0.0, 1.0, 2.0, 2.0, 3.0)]
)
def test_both_parts_against_coupled_states(K, K1, L, J, J1):
    initial, final = coupled(K, L, J), coupled(K1, L, J1)
    total = 0.0
    for q in range(-2, 3):
        product = np.zeros((final.shape[0], initial.shape[0]))
        for n in range(max(-1, q - 1), min(1, q + 1) + 1):
            u, v = tensor_operator(K, K1, 1, n), tensor_operator(L, L, 1, q - n)
            product += qutip.clebsch(1, 1, 2, n, q - n, q) * np.einsum(
                "fab,ac,bd,icd->fi", final, u, v, initial
            )
        total += np.sum(product**2)
    assert both_parts(K, K1, L, L, J, J1) == pytest.approx(total, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("J", [1.0, 1.5, 4.0])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_tensor_elements_are_clebsch_gordan_coefficients(J, step):
    for q in range(-2, 3):
        for m in np.arange(-J, J + 0.5):
            exists = abs(m + q) <= J + step
            exact = (
                qutip.clebsch(J, 2, J + step, m, q, m + q) / np.sqrt(2 * (J + step) + 1)
                if exists
                else 0.0
            )
            assert matrix_element(J, m, step, q) == pytest.approx(exact, abs=1e-14)


@pytest.mark.parametrize("spin", [0.5, 1.0, 1.5, 4.5])
def test_weights_sum_to_one(spin):
    nuclei = 7
    J = np.arange(nuclei * spin % 1, nuclei * spin + 0.5)
    every = {
        "pair": cluster_rows(pair(spin), J, nuclei, spin),
        "lattice": cluster_rows(quartet(spin), J, nuclei, spin),
        "gradient": vector_rows(difference(spin), J, nuclei, spin),
        "uniform": uniform_pair_rows(J, nuclei, spin),
    }
    if spin >= 1:
        every["quadrupole"] = cluster_rows(single(spin), J, nuclei, spin)
        every["all quadrupoles"] = uniform_quadrupole_rows(J, nuclei, spin)
    for name, rows in every.items():
        assert rows[:, 0].sum() + 2 * rows[:, 1:].sum() == pytest.approx(1, rel=1e-12, abs=0), name
        assert rows.min() > -1e-14, name


def test_weights_of_the_lattice_for_spins_one_half_in_closed_form():
    """d_L (2J'+1)/5 between L and J', and 2 d_L (2J+1)(2J'+1){1 J' L; J 1 2}², d_L of N − 4 spins, up to the norm."""
    nuclei = 12
    J = np.arange(0.0, nuclei / 2 + 0.5)
    expected = np.zeros((len(J) + 2, len(J) + 2))
    d = multiplet_fraction(np.arange(0.0, len(J) + 2), nuclei - 4, 0.5)
    for L in range(len(J) + 2):
        for J1 in range(len(J) + 2):
            if abs(J1 - L) <= 2 <= J1 + L:
                expected[L, J1] += d[L] * (2 * J1 + 1) / 5
                expected[J1, L] += d[L] * (2 * J1 + 1) / 5
        for a in range(abs(L - 1), L + 2):
            for b in range(abs(L - 1), L + 2):
                if a < len(expected) and b < len(expected):
                    expected[a, b] += 2 * d[L] * one_part(1.0, 1.0, float(L), float(a), float(b))
    expected /= expected[: len(J), : len(J)].sum()
    rows = cluster_rows(quartet(0.5), J, nuclei, 0.5)
    for step in range(3):
        np.testing.assert_allclose(rows[:, step], np.diag(expected, step)[: len(J)], atol=1e-15)


def test_a_pair_is_the_sum_of_its_three_symmetries():
    """One coupled pair of N: w_0 : w_1 : w_2 as its D_ij say, for any spin."""
    nuclei, spin = 6, 1.0
    J = np.arange(0.0, nuclei * spin + 0.5)
    uniform = 2 / (nuclei * (nuclei - 1))
    sums = np.array([1.0, 1.0] + [0.0] * (nuclei - 2))
    gradient = np.sum((sums - sums.mean()) ** 2) / (nuclei - 2)
    parts = (
        uniform * uniform_pair_rows(J, nuclei, spin)
        + gradient * vector_rows(difference(spin), J, nuclei, spin)
        + (1 - uniform - gradient) * cluster_rows(quartet(spin), J, nuclei, spin)
    )
    np.testing.assert_allclose(parts, cluster_rows(pair(spin), J, nuclei, spin), atol=1e-14)


def test_recoupling_keeps_its_digits_at_large_spins():
    """Σ_J' (2J'+1)(2J+1){K' J' L; J K 2}² = (2J+1)/(2K+1), by orthogonality."""
    compiled(100)
    for K in (1.0, 4.0, 18.0):
        for L in (10.0, 1e3, 1e5):
            for J in (L - K, L, L + K - 1):
                total = sum(one_part(K, K, L, J, J + step) for step in range(-2, 3))
                if abs(L - K) <= J - 2 and J + 2 <= L + K:
                    assert total == pytest.approx((2 * J + 1) / (2 * K + 1), rel=1e-12, abs=0)
