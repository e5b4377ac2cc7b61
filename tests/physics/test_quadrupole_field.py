"""The quadrupole local field against matrices, lines and heat capacities."""

import numpy as np
import pytest

from coldspin.constants import HBAR
from coldspin.materials.quadrupole import (
    quadrupole_factor,
    quadrupole_frequency,
    quadrupole_local_field,
)
from coldspin.materials.records import Crystal, CrystalSite, Fact, Material, Occupant
from coldspin.materials.spin_spin_fields import local_fields
from whole_system import spin_matrices

ELEMENTARY_CHARGE = 1.602176634e-19
SPINS = [1.0, 1.5, 2.5, 3.0, 4.5]


def approx(expected, rel):
    """Relative alone: pytest's own default passes any two energies in joules."""
    return pytest.approx(expected, rel=rel, abs=0)


def quadrupole_energy(spin, frequency, asymmetry):
    """H_Q [J] of (hν_Q/2)[I_z² − I(I+1)/3 + (η/6)(I_+² + I_-²)]."""
    x, y, z = spin_matrices(spin)
    raising, lowering = x + 1j * y, x - 1j * y
    bracket = z @ z - spin * (spin + 1) / 3 * np.eye(len(z))
    bracket = bracket + asymmetry / 6 * (raising @ raising + lowering @ lowering)
    return np.pi * HBAR * frequency * bracket


@pytest.mark.parametrize("spin", SPINS)
@pytest.mark.parametrize("asymmetry", [0.0, 0.4, 1.0])
def test_it_is_the_field_whose_zeeman_energy_has_the_same_trace(spin, asymmetry):
    gamma, frequency = -5e7, 3e4
    energy = quadrupole_energy(spin, frequency, asymmetry)
    field = quadrupole_local_field(spin, gamma, frequency, asymmetry)
    zeeman = HBAR * gamma * field * spin_matrices(spin)[2]
    assert np.trace(energy @ energy).real == approx(np.trace(zeeman @ zeeman).real, rel=1e-12)


@pytest.mark.parametrize(("spin", "factor"), [(1.5, 0.447), (2.5, 0.730), (4.5, 1.265)])
def test_factors(spin, factor):
    assert quadrupole_factor(spin) == pytest.approx(factor, abs=5e-4)


@pytest.mark.parametrize(
    ("spin", "gamma", "gauss_per_kilohertz"),
    [
        (1.5, 4.596163e7, 0.611),
        (1.5, 6.438855e7, 0.436),
        (1.5, 8.181171e7, 0.343),
        (4.5, 5.8972e7, 1.35),
    ],
)
def test_gauss_per_kilohertz(spin, gamma, gauss_per_kilohertz):
    assert quadrupole_local_field(spin, gamma, 1e3) * 1e4 == approx(gauss_per_kilohertz, rel=2e-3)


@pytest.mark.parametrize("spin", SPINS)
def test_frequency_from_a_gradient_is_the_distance_of_lines(spin):
    moment, gradient = 0.3e-28, 2e21
    x, y, z = spin_matrices(spin)
    tensor = gradient * np.diag([-0.5, -0.5, 1.0])
    mixed = [[(p @ q + q @ p) / 2 * 3 for q in (x, y, z)] for p in (x, y, z)]
    energy = sum(
        tensor[a, b] * (mixed[a][b] - (a == b) * spin * (spin + 1) * np.eye(len(z)))
        for a in range(3)
        for b in range(3)
    )
    energy = energy * ELEMENTARY_CHARGE * moment / (6 * spin * (2 * spin - 1))
    lines = np.diff(np.diag(energy).real) / (2 * np.pi * HBAR)
    distances = np.abs(np.diff(lines))
    frequency = quadrupole_frequency(spin, moment, gradient)
    np.testing.assert_allclose(distances, frequency, rtol=1e-12)
    np.testing.assert_allclose(
        energy, quadrupole_energy(spin, frequency, 0), atol=1e-12 * np.abs(energy).max()
    )
    assert quadrupole_frequency(spin, -moment, gradient) == -frequency


def two_isotopes():
    known = {
        name: Fact(name, value, "user", "") for name, value in (("75As", 7e-24), ("69Ga", -5e-24))
    }
    sites = (
        CrystalSite((0, 0, 0), (Occupant("75As", 0.7, 1.5, 4.6e7),)),
        CrystalSite(
            (0.5, 0.5, 0.5), (Occupant("69Ga", 0.6, 1.5, 6.4e7), Occupant("13C", 0.3, 0.5, 6.7e7))
        ),
    )
    crystal = Crystal(((4e-10, 0, 0), (0, 4e-10, 0), (0, 0, 4e-10)), sites)
    known["13C"] = Fact("13C", 1e-24, "user", "")
    return Material("test", crystal, 1e-29, {"electron": known}, {})


def test_isotopes_contribute_with_their_heat_capacities():
    frequencies = {"75As": (8e3, 0.5), "69Ga": 3e3}
    fields = local_fields(two_isotopes(), quadrupole_frequencies=frequencies)
    bare = local_fields(two_isotopes())
    c = 1.5 * 2.5 / 3
    zeeman = {"75As": 0.7 * c * (HBAR * 4.6e7) ** 2, "69Ga": 0.6 * c * (HBAR * 6.4e7) ** 2}
    spin_half = 0.3 * 0.25 * (HBAR * 6.7e7) ** 2
    squared = {}
    for name, share, arguments in (("75As", 0.7, (8e3, 0.5)), ("69Ga", 0.6, (3e3, 0.0))):
        energy = quadrupole_energy(1.5, *arguments)
        squared[name] = share * np.trace(energy @ energy).real / 4
    assert fields.quadrupole**2 == approx(
        sum(squared.values()) / (sum(zeeman.values()) + spin_half), rel=1e-12
    )
    assert fields.heat_capacity**2 == approx(
        bare.heat_capacity**2 + fields.quadrupole**2, rel=1e-12
    )
    assert fields.spin_spin == bare.heat_capacity
    weighted = 49 * zeeman["75As"] + 25 * zeeman["69Ga"] + spin_half
    added = 3 * (49 * squared["75As"] + 25 * squared["69Ga"]) / weighted
    assert fields.kinetic**2 == approx(bare.kinetic**2 + added, rel=1e-12)
