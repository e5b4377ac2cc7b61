"""What a system refuses, and what it says; its dipole tensors; the torque by which Φ is normalised."""

import numpy as np
import pytest

from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    Typical,
    averaged_spin_correlator,
    dipole_tensors,
    energies,
    evolve,
    heat,
    heat_at,
    heating_coefficient,
    operator,
    spin_correlator,
    torque_square,
)
from many_spins import hamiltonians, random_parts, random_system

SKEW = np.zeros((2, 2, 3, 3))
SKEW[0, 1, 0, 1] = SKEW[1, 0, 0, 1] = 1.0
ONE_WAY = np.zeros((2, 2, 3, 3))
ONE_WAY[0, 1] = np.eye(3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hyperfine": 1.0}, "hyperfine must be N numbers"),
        ({"hyperfine": np.ones((2, 3))}, "hyperfine must be N numbers or N tensors 3 × 3"),
        ({"hyperfine": [1.0, np.nan]}, "hyperfine must be finite"),
        ({"spins": [0.5, 0.7]}, "spins must be a positive multiple of 1/2"),
        ({"spins": [0.5, 0.5, 0.5]}, "spins must have the shape"),
        ({"pair_tensors": np.zeros((2, 2, 2, 3))}, "pair_tensors must have the shape"),
        ({"pair_tensors": np.full((2, 2, 3, 3), np.inf)}, "pair_tensors must be finite"),
        ({"pair_tensors": SKEW}, r"pair_tensors must be symmetric, .* index \(0, 1, 0, 1\)"),
        ({"pair_tensors": ONE_WAY}, "pair_tensors must be symmetric"),
        ({"quadrupole_tensors": SKEW[0]}, "quadrupole_tensors must be symmetric"),
        ({"scalar_couplings": [[0.0, 1.0], [2.0, 0.0]]}, "scalar_couplings must be symmetric"),
        ({"electron_precession": [1.0, 2.0]}, "electron_precession must have the shape"),
        ({"nuclear_precession": np.zeros((3, 3))}, "nuclear_precession must have the shape"),
        ({"hyperfine": []}, "hyperfine must be N numbers"),
        ({"spins": 0.3}, r"spins must be a positive multiple of 1/2 .* not 0\.3"),
        ({"spins": 1e6}, "spins must be at most 9, not 1e"),
        (
            {"electron_precession": [0, 0, np.nan]},
            "electron_precession must be finite, not nan at index 2",
        ),
        ({"largest_memory": np.nan}, "largest_memory must be greater than zero"),
        ({"largest_memory": "8 GB"}, "largest_memory must be a real number"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(InvalidInputError, match=message):
        SpinSystem(**({"hyperfine": [1.0, 1.0]} | changes))


def test_more_spins_than_memory_allows_says_how_many_bytes():
    with pytest.raises(
        InvalidInputError, match=r"60 nuclei, whose 2\.31e\+18 states .* 1\.84e\+21 bytes"
    ):
        SpinSystem(hyperfine=np.ones(60))
    with pytest.raises(InvalidInputError, match=r"3000 nuclei, whose 1e\+903 states"):
        SpinSystem(hyperfine=np.ones(3000))
    with pytest.raises(InvalidInputError, match="bytes of the 1e"):
        SpinSystem(hyperfine=np.ones(12), largest_memory=1e5)
    assert SpinSystem(hyperfine=np.ones(3), spins=[0.5, 1, 1.5]).dimensions == (2, 2, 3, 4)


def test_a_system_is_a_value_that_nothing_changes():
    system = random_system(1, [0.5, 1.0])
    with pytest.raises(ValueError, match="read-only"):
        system.pair_tensors[0, 1, 0, 0] = 1.0
    with pytest.raises(AttributeError):
        system.spins = 1.0


def test_dipole_tensor_of_two_protons_along_z():
    """µ0ħγ²/(4πr³) (1, 1, −2): 120.12 kHz at 1 Å for protons."""
    D = dipole_tensors([[0, 0, 0], [0, 0, 1e-10]], 2.6752218744e8)
    np.testing.assert_allclose(D[0, 1] / (2 * np.pi), np.diag([1, 1, -2]) * 120.12e3, rtol=1e-4)
    assert not D[0, 0].any()


def test_dipole_tensors_are_fields_of_magnetic_moments():
    """Energy −m_1·B of the textbook dipole field at the place of the other, unlike γ, an oblique pair."""
    r, gammas = np.array([0.7, -1.1, 0.4]) * 1e-10, np.array([6.0e7, -4.0e7])
    for first in np.eye(3):
        for second in np.eye(3):
            m_1, m_2 = HBAR * gammas[0] * first, HBAR * gammas[1] * second
            n, distance = r / np.linalg.norm(r), np.linalg.norm(r)
            B = 1.25663706127e-6 / (4 * np.pi * distance**3) * (3 * n * (n @ m_2) - m_2)
            D = dipole_tensors([np.zeros(3), r], gammas)
            assert first @ D[0, 1] @ second * HBAR == pytest.approx(-m_1 @ B, rel=1e-12, abs=1e-40)


def test_places_that_coincide_are_refused():
    with pytest.raises(InvalidInputError, match="rows 0 and 2 coincide"):
        dipole_tensors([[0, 0, 0], [0, 0, 1], [0, 0, 0]], 1.0)
    with pytest.raises(InvalidInputError, match="rows 0 and 1 coincide"):
        dipole_tensors([[0.3, 0, 0], [0.1 + 0.2, 0, 0], [1, 0, 0]], 1.0)
    with pytest.raises(InvalidInputError, match="positions must be N rows"):
        dipole_tensors([0.0, 1.0], 1.0)


def test_a_crystal_takes_one_electron():
    with pytest.raises(InvalidInputError, match="electron_gyromagnetic_ratio must have the shape"):
        SpinSystem.in_crystal(
            [[0, 0, 0], [0, 0, 3e-10]],
            1e7,
            electron_gyromagnetic_ratio=[1.0, 2.0],
            hyperfine=[1, 2],
        )


def test_a_crystal_has_precession_of_both_signs():
    crystal = SpinSystem.in_crystal(
        [[0, 0, 0], [0, 0, 3e-10]],
        [1e7, 2e7],
        field=(0, 0.1, 0),
        electron_gyromagnetic_ratio=-4e10,
        hyperfine=[1, 2],
    )
    np.testing.assert_allclose(crystal.electron_precession, [0, -4e9, 0])
    np.testing.assert_allclose(crystal.nuclear_precession, [[0, -1e6, 0], [0, -2e6, 0]])


@pytest.mark.parametrize("spins", [[0.5, 0.5, 0.5], [1.0, 0.5], [1.5, 1.0], [2.5]])
def test_torque_square_is_that_of_the_matrices(spins):
    parts = random_parts(3, spins)
    H_e, _, H_SS = hamiltonians(parts | {"electron_precession": np.zeros(3)})
    torque = H_SS @ H_e - H_e @ H_SS
    expected = np.sum(np.abs(torque) ** 2) / len(torque)
    assert torque_square(SpinSystem(**parts)) == pytest.approx(expected, rel=1e-12)


def test_requests_that_cannot_be_met_are_refused():
    system = random_system(1, [0.5] * 4)
    with pytest.raises(InvalidInputError, match="cannot hold 32 states"):
        heat(system, 1.0, traces=Enumeration(16))
    with pytest.raises(InvalidInputError, match="correlation_time must be greater than zero"):
        heat(system, -1.0)
    with pytest.raises(InvalidInputError, match="spin_spin part"):
        heating_coefficient(SpinSystem(hyperfine=[1.0, 1.0]), 1.0)
    for samples in (1, 2.5, np.nan):
        with pytest.raises(InvalidInputError, match="samples must be a whole number, 2 or more"):
            Typical(samples)
    with pytest.raises(InvalidInputError, match="seed must be a whole number"):
        Typical(2, -1)
    with pytest.raises(InvalidInputError, match="largest must be a whole number from 2 to 4096"):
        Enumeration(10**9)
    for compute in (heat, heating_coefficient):
        with pytest.raises(
            InvalidInputError, match=r"traces must be Enumeration\(\) or Typical\(\), not 'exact'"
        ):
            compute(system, 1.0, traces="exact")
        with pytest.raises(InvalidInputError, match="tolerance must lie"):
            compute(system, 1.0, tolerance=0)
    with pytest.raises(InvalidInputError, match="times must have one dimension"):
        heat_at(system, 1.0)
    with pytest.raises(InvalidInputError, match="traces must be"):
        heat_at(system, [1.0], traces=Enumeration)
    with pytest.raises(InvalidInputError, match="correlation_time = 1e-300 s is too short"):
        heating_coefficient(system, 1e-300, traces=Enumeration())
    with pytest.raises(InvalidInputError, match="parts must be among"):
        operator(system, ["zeeman"])
    for threads in (0, 1.5):
        with pytest.raises(InvalidInputError, match="threads must be a whole number, 1 or more"):
            operator(system, threads=threads)


def test_couplings_lost_in_rounding_are_refused():
    """As from positions in ångström where metres are meant."""
    couplings = {"hyperfine": np.ones(4), "pair_tensors": dipole_tensors(np.eye(4)[:, :3], 1e7)}
    with pytest.raises(InvalidInputError, match=r"lost in rounding: .* are positions in m"):
        heating_coefficient(SpinSystem(**couplings), 1.0, traces=Enumeration())


@pytest.mark.parametrize("spins", [[0.5] * 4, [1.0, 0.5]])
def test_states_of_another_size_are_refused(spins):
    system = random_system(1, spins)
    H = operator(system)
    good, bad = np.ones(system.dimension), np.ones(system.dimension // 2)
    for apply in (lambda: H.apply(bad), lambda: energies(system, bad), lambda: evolve(H, bad, 1.0)):
        with pytest.raises(InvalidInputError, match=r"a state must have the shape \(\d+,\), not"):
            apply()
    with pytest.raises(InvalidInputError, match="a state must have the shape"):
        H.combine((1.0, 0.0, 1.0), good, bad)


def test_correlators_that_cannot_be_had_are_refused():
    system = random_system(1, [0.5] * 2)
    for site in (3, -1, 1.5):
        with pytest.raises(InvalidInputError, match=r"site must be 0 \(the electron\) or 1 to 2"):
            spin_correlator(system, site, [0.0])
    with pytest.raises(InvalidInputError, match=r"traces must be Enumeration\(\) or Typical\(\)"):
        averaged_spin_correlator(system, 0, 1.0, traces=3)
    with pytest.raises(InvalidInputError, match="cannot hold 8 states"):
        spin_correlator(system, 0, [0.0], traces=Enumeration(4))
    with pytest.raises(InvalidInputError, match="decay_time must be one number"):
        averaged_spin_correlator(system, 0, [1.0, 2.0])
    with pytest.raises(InvalidInputError, match="times must have one dimension"):
        spin_correlator(system, 0, 1.0)
