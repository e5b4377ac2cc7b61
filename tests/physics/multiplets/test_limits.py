"""Limits, symmetries and sum rules of the exact engine; no stored numbers."""

import numpy as np
import pytest

from coldspin.heating import (
    BalancedLattice,
    Geometry,
    Multiplets,
    Quadrupole,
    SinglePair,
    SmallAngle,
    high_field_heating,
)
from coldspin.precession import relaxation_rate
from scale import compiled

RING = np.stack([np.cos(np.arange(6)), np.sin(np.arange(6)), 0.1 * np.arange(6)], axis=1)
ARRANGEMENTS = (BalancedLattice(), SinglePair(), Geometry(RING, (1.0, 0.3, -0.2)))


@pytest.mark.parametrize("couplings", ARRANGEMENTS)
@pytest.mark.parametrize("spin", [0.5, 1.0, 2.5])
def test_short_correlation_time_gives_three_halves(couplings, spin):
    """Φ → 3/2 because Tr|[H_SS, J·S]|² = (3/2) Tr H_SS² for any rank-2 H_SS averaged over q; and s/T1e → k/2."""
    method = Multiplets(couplings=couplings)
    for zeeman in (0.0, 0.4, -0.4):
        group = {"nuclei": 6, "spin": spin, "nuclear_precession": zeeman}
        assert method.heating_coefficient(0.3, 1e-7, **group) == pytest.approx(
            1.5, rel=1e-11, abs=0
        )
        assert method.relaxation_rate(0.3, 1e-7, **group) == pytest.approx(0.5e-7, rel=1e-11, abs=0)


@pytest.mark.parametrize("quadrupole", [Quadrupole(), Quadrupole(uniform=True)])
def test_short_correlation_time_with_quadrupole_couplings(quadrupole):
    for spin in (1.0, 1.5, 3.0, 4.5):
        assert Multiplets(couplings=quadrupole).heating_coefficient(
            0.0, 1e-7, nuclei=5, spin=spin
        ) == pytest.approx(1.5)


@pytest.mark.parametrize("couplings", ARRANGEMENTS)
def test_turning_both_fields_over_changes_nothing(couplings):
    b, k = np.array([0.3, 2.0, 11.0])[:, None], np.array([0.1, 3.0, 200.0])
    for method in (Multiplets(couplings=couplings, tolerance=0), Multiplets(couplings=couplings)):
        one = method.heating_coefficient(b, k, nuclei=6, nuclear_precession=0.21)
        other = method.heating_coefficient(-b, k, nuclei=6, nuclear_precession=-0.21)
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_turning_one_field_over_does():
    method = Multiplets()
    one = method.heating_coefficient(1.0, 10.0, nuclei=20, nuclear_precession=0.1)
    assert (
        abs(method.heating_coefficient(-1.0, 10.0, nuclei=20, nuclear_precession=0.1) / one - 1)
        > 1e-3
    )


@pytest.mark.parametrize("b", [0.0, 1.0, 5.0])
def test_many_nuclei_at_fixed_k_approach_the_small_angle_formula(b):
    """(9), the distance falling as 1/N."""
    k = np.array([0.3, 3.0, 10.0])
    method = Multiplets(tolerance=1e-9)
    distance = [
        np.abs(
            method.heating_coefficient(b, k, nuclei=compiled(n))
            / SmallAngle().heating_coefficient(b, k, nuclei=n)
            - 1
        )
        for n in (10**6, 10**7, 10**8)
    ]
    assert np.all(distance[-1] < 1e-5)
    np.testing.assert_allclose(distance[1] / distance[2], 10, rtol=0.1)


def test_many_nuclei_approach_the_frozen_field_relaxation():
    b, k = np.array([0.0, 0.7, 3.0, -20.0])[:, None], np.array([0.1, 2.0, 50.0])
    exact = Multiplets(tolerance=1e-10).relaxation_rate(b, k, nuclei=compiled(10**8))
    np.testing.assert_allclose(exact, relaxation_rate(b, k), rtol=1e-6)
    shifted = Multiplets(tolerance=1e-10).relaxation_rate(
        b, k, nuclei=compiled(10**8), nuclear_precession=0.5
    )
    np.testing.assert_allclose(shifted, relaxation_rate(b - 0.5, k), rtol=1e-6)


@pytest.mark.parametrize("spin", [0.5, 1.5])
def test_high_field_through_the_knight_resonance(spin):
    """(S36) at b = 3000, from ω_B = 0 through ω_B = ±ω_e to beyond; its corrections are of order 1/b."""
    nuclei = compiled(400)
    root = np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    x = np.array([0.3, 1.0, 4.0])
    for share in (0.0, 0.5, 0.9, 1.0, -1.0, 1.1, 2.0):
        phase = share * x / 2
        exact = Multiplets().heating_coefficient(
            3000.0, x * root, nuclei=nuclei, spin=spin, nuclear_precession=share / 2 / root
        )
        np.testing.assert_allclose(exact, high_field_heating(x, phase), rtol=3e-3)
    resonance = Multiplets().heating_coefficient(
        3e4, 30 * root, nuclei=nuclei, spin=spin, nuclear_precession=0.5 / root
    )
    assert resonance == pytest.approx(0.25, rel=0.03, abs=0)


@pytest.mark.parametrize("couplings", [BalancedLattice(), SinglePair()])
def test_pair_and_lattice_differ_as_one_over_the_number_of_nuclei(couplings):
    def difference(nuclei):
        pair, lattice = (
            Multiplets(couplings=c).heating_coefficient(1.0, 0.5 * nuclei**0.5, nuclei=nuclei)
            for c in (SinglePair(), BalancedLattice())
        )
        return abs(pair / lattice - 1)

    assert difference(compiled(4000)) / difference(1000) == pytest.approx(0.25, rel=0.1, abs=0)


def test_an_arrangement_averaged_over_fields_of_all_directions_is_the_average():
    """The shares over q sum to one: six icosahedral fields make them equal."""
    phi = (1 + 5**0.5) / 2
    axes = [(0, 1, phi), (0, 1, -phi), (1, phi, 0), (1, -phi, 0), (phi, 0, 1), (-phi, 0, 1)]
    two = ((0.0, 0.0, 0.0), (0.3, 0.5, -0.2))
    shares = np.mean([np.sum(Geometry(two, axis).shares, axis=0) for axis in axes], axis=0)
    np.testing.assert_allclose(shares, 0.2, rtol=1e-12)
    mean = np.mean(
        [
            Multiplets(Geometry(two, axis), 0).heating_coefficient(
                1.0, 3.0, nuclei=2, nuclear_precession=0.1
            )
            for axis in axes
        ]
    )
    assert mean == pytest.approx(
        Multiplets(SinglePair(), 0).heating_coefficient(1.0, 3.0, nuclei=2, nuclear_precession=0.1)
    )


def test_without_precession_of_the_nuclei_heat_is_positive_and_falls_with_the_correlation_time():
    """At ω_B = 0 every transition contributes t²ω²/(1 + ω²x²)."""
    k = np.logspace(-2, 4, 40)
    for spin in (0.5, 1.5):
        heat = Multiplets().heating_coefficient(0.7, k, nuclei=20, spin=spin)
        assert np.all(heat > 0)
        assert np.all(np.diff(heat) < 0)
