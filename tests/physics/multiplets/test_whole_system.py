"""Multiplets against electron and nuclei as one matrix: every arrangement, spin, and sign of the fields."""

import numpy as np
import pytest

import whole_system as whole
from coldspin.heating import BalancedLattice, Geometry, Multiplets, Quadrupole, SinglePair

AGREEMENT = 1e-9
FIELDS = ((0.0, 0.0), (1.3, 0.0), (2.1, 0.7), (2.1, -0.7), (-4.0, 0.3), (0.5, 0.5))  # Ω_B/a, ω_B/a
ANGLES = (0.2, 3.0, 40.0)
SMALL = [(2, 0.5), (3, 0.5), (4, 0.5), (5, 0.5), (2, 1.0), (3, 1.0), (2, 1.5)]
SLOW = [pytest.param(n, i, marks=pytest.mark.slow) for n, i in ((6, 0.5), (3, 1.5))]


def both(couplings, nuclei, spin, hamiltonians):
    """Largest relative difference over the fields and times."""
    root = np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    method = Multiplets(couplings=couplings, tolerance=0)
    worst = 0.0
    for electron_field, nuclear_field in FIELDS:
        H_0, H_e = whole.fields(nuclei, spin, electron_field, nuclear_field)
        for x in ANGLES:
            expected = whole.heating_coefficient(H_0, H_e, hamiltonians, x)
            found = method.heating_coefficient(
                electron_field / root,
                x * root,
                nuclei=nuclei,
                spin=spin,
                nuclear_precession=nuclear_field / root,
            )
            worst = max(worst, abs(found / expected - 1))
    return worst


def pairs(nuclei):
    return [(i, j) for i in range(nuclei) for j in range(i + 1, nuclei)]


def arrangement(nuclei, spin, positions):
    return sum(
        whole.dipole(nuclei, spin, i, j, positions[j] - positions[i]) for i, j in pairs(nuclei)
    )


def balanced(nuclei, rng):
    """Random couplings of all pairs with Σ_j D_ij = 0 at every nucleus."""
    links = np.array([[float(i in pair) for pair in pairs(nuclei)] for i in range(nuclei)])
    D = rng.normal(size=links.shape[1])
    return D - np.linalg.pinv(links) @ links @ D


@pytest.mark.parametrize(("nuclei", "spin"), SMALL + SLOW)
def test_a_single_dipole_pair(nuclei, spin):
    hamiltonians = [whole.dipole(nuclei, spin, 0, 1, axis) for axis in whole.ICOSAHEDRAL_AXES]
    assert both(SinglePair(), nuclei, spin, hamiltonians) < AGREEMENT


LATTICES = [
    (4, 0.5),
    (5, 0.5),
    *(pytest.param(n, i, marks=pytest.mark.slow) for n, i in ((6, 0.5), (7, 0.5), (4, 1.0))),
]


@pytest.mark.parametrize(("nuclei", "spin"), LATTICES)
def test_couplings_balanced_at_every_nucleus(nuclei, spin):
    D = balanced(nuclei, np.random.default_rng(nuclei))
    hamiltonians = [
        sum(
            d * whole.dipole(nuclei, spin, i, j, axis)
            for d, (i, j) in zip(D, pairs(nuclei), strict=True)
        )
        for axis in whole.ICOSAHEDRAL_AXES
    ]
    assert both(BalancedLattice(), nuclei, spin, hamiltonians) < AGREEMENT


@pytest.mark.parametrize(("nuclei", "spin"), [(2, 0.5), (3, 0.5), (2, 1.0), (3, 1.0), *LATTICES])
def test_a_real_arrangement_in_a_tilted_field(nuclei, spin):
    rng = np.random.default_rng(nuclei)
    in_field_frame = rng.normal(size=(nuclei, 3))
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    geometry = Geometry(in_field_frame @ rotation.T * 7.0, 3 * rotation[:, 2])
    assert both(geometry, nuclei, spin, [arrangement(nuclei, spin, in_field_frame)]) < AGREEMENT


def test_a_square_and_a_tetrahedron():
    square = np.array([(1, 1, 0), (1, -1, 0), (-1, -1, 0), (-1, 1, 0)], float)
    assert both(Geometry(square, (0, 0, 1)), 4, 0.5, [arrangement(4, 0.5, square)]) < AGREEMENT
    tetrahedron = np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)], float)
    one = Multiplets(couplings=Geometry(tetrahedron, (0, 0, 1))).heating_coefficient(
        0.7, 2.0, nuclei=4
    )
    assert abs(one / whole_heat(tetrahedron, 0.7, 2.0) - 1) < AGREEMENT


def whole_heat(positions, b, k):
    root = np.sqrt(len(positions))
    H_0, H_e = whole.fields(len(positions), 0.5, b * root, 0.0)
    return whole.heating_coefficient(
        H_0, H_e, [arrangement(len(positions), 0.5, positions)], k / root
    )


@pytest.mark.parametrize(
    ("nuclei", "spin"), [(1, 1.0), (2, 1.0), (3, 1.0), (1, 1.5), (2, 1.5), (2, 2.5), (1, 4.5)]
)
def test_quadrupole_couplings_of_one_and_of_all(nuclei, spin):
    one = [whole.quadrupole(nuclei, spin, 0, axis) for axis in whole.ICOSAHEDRAL_AXES]
    every = [
        sum(whole.quadrupole(nuclei, spin, i, axis) for i in range(nuclei))
        for axis in whole.ICOSAHEDRAL_AXES
    ]
    assert both(Quadrupole(), nuclei, spin, one) < AGREEMENT
    assert both(Quadrupole(uniform=True), nuclei, spin, every) < AGREEMENT


def test_the_comparison_fails_when_the_couplings_are_not_those():
    hamiltonians = [whole.dipole(4, 0.5, 0, 1, axis) for axis in whole.ICOSAHEDRAL_AXES]
    assert both(BalancedLattice(), 4, 0.5, hamiltonians) > 1e-3


def test_second_order_of_the_full_evolution():
    """Energy conservation with H_0 + εH_SS, Richardson in ε²: what the resolvent formula is the second order of."""
    nuclei, x = 4, 1.7
    H_0, H_e = whole.fields(nuclei, 0.5, 1.1, -0.4)
    zeroth = whole.absorbed_energy(H_0, H_e, x)
    totals, square, epsilon = np.zeros(3), 0.0, 2e-3
    for axis in whole.ICOSAHEDRAL_AXES:
        H_SS = whole.dipole(nuclei, 0.5, 0, 1, axis)
        H_SS /= np.linalg.norm(axis) ** -3
        square += np.sum(np.abs(H_SS) ** 2) / len(H_SS)
        for n, scale in enumerate((1, 2, 4)):
            heats = [
                whole.absorbed_energy(H_0 + s * scale * epsilon * H_SS, H_e, x) - zeroth
                for s in (1, -1)
            ]
            totals[n] += sum(heats) / 2 / (scale * epsilon) ** 2
    first = (4 * totals[:-1] - totals[1:]) / 3
    expected = (16 * first[0] - first[1]) / 15 / (x**2 * square)
    root = np.sqrt(nuclei)
    found = Multiplets(couplings=SinglePair(), tolerance=0).heating_coefficient(
        1.1 / root, x * root, nuclei=nuclei, nuclear_precession=-0.4 / root
    )
    assert abs(found / expected - 1) < 1e-7
