"""Lattice sums against published constants, a direct sum with a smooth edge, and other cells of the same crystal."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc, eval_legendre
from scipy.stats import special_ortho_group

from coldspin.materials.lattice_sums import (
    angular_sums,
    inverse_sixth_sums,
    legendre_sums,
    neighbours,
    shortest_distances,
)
from coldspin.materials.records import Crystal, CrystalSite

SIMPLE = np.eye(3)
FACE = np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
BODY = np.array([[-0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.5, 0.5, -0.5]])
TRICLINIC = np.array([[1.0, 0.1, 0.0], [0.3, 1.1, 0.2], [-0.4, 0.2, 0.8]])
PLACES = [(0.0, 0.0, 0.0), (0.3, 0.4, 0.6), (0.1, 0.8, 0.2)]
DIRECTION = np.array([1.0, 2.0, -0.7])


def crystal(cell, places=((0, 0, 0),)):
    return Crystal(
        tuple(map(tuple, np.asarray(cell, float))), tuple(CrystalSite(tuple(p), ()) for p in places)
    )


def smooth_edge_sum(cell, places, rank, direction, radius=9.0, width=1.8):
    """Direct sum weighted with erfc((r − R)/w)/2, and the integral over what the weight leaves out."""
    cell = np.asarray(cell, float)
    last = radius + 6 * width
    n = [
        np.arange(-m, m + 1)
        for m in np.ceil(last * np.linalg.norm(np.linalg.inv(cell), axis=0)).astype(int) + 1
    ]
    images = np.stack(np.meshgrid(*n, indexing="ij"), -1).reshape(-1, 3) @ cell
    tail = quad(
        lambda r: (1 - erfc((r - radius) / width) / 2) / r**4, 0.5, np.inf, epsabs=1e-14, limit=200
    )[0]
    axis = direction / np.linalg.norm(direction)
    sums = np.full(
        (len(places), len(places)), 0.0 if rank else 4 * np.pi * tail / abs(np.linalg.det(cell))
    )
    for s, first in enumerate(places):
        for t, second in enumerate(places):
            pairs = images + (np.array(second) - first) @ cell
            r = np.linalg.norm(pairs, axis=1)
            pairs, r = pairs[(r > 1e-9) & (r < last)], r[(r > 1e-9) & (r < last)]
            sums[s, t] += np.sum(
                erfc((r - radius) / width) / 2 * eval_legendre(rank, pairs @ axis / r) / r**6
            )
    return sums


@pytest.mark.parametrize(
    ("cell", "nearest", "published"),
    [
        (SIMPLE, 1.0, 8.40192397),
        (BODY, np.sqrt(3) / 2, 12.25366787),
        (FACE, np.sqrt(0.5), 14.45392104),
    ],
)
def test_published_constants_of_the_cubic_lattices(cell, nearest, published):
    assert inverse_sixth_sums(crystal(cell))[0, 0] * nearest**6 == pytest.approx(
        published, rel=1e-9, abs=0
    )


@pytest.mark.parametrize("rank", [0, 2, 4])
def test_direct_sum_with_a_smooth_edge(rank):
    expected = smooth_edge_sum(TRICLINIC, PLACES, rank, DIRECTION)
    sums = legendre_sums(crystal(TRICLINIC, PLACES), rank, DIRECTION)
    np.testing.assert_allclose(sums, expected, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(sums, sums.T, rtol=1e-13)


def test_angular_sum_is_that_of_the_square_it_stands_for():
    expected = sum(
        share * smooth_edge_sum(TRICLINIC, PLACES, rank, DIRECTION)
        for rank, share in ((0, 4 / 5), (2, 8 / 7), (4, 72 / 35))
    )
    np.testing.assert_allclose(
        angular_sums(crystal(TRICLINIC, PLACES), DIRECTION), expected, rtol=1e-10
    )
    x = np.linspace(-1, 1, 9)
    square = 4 / 5 + 8 / 7 * eval_legendre(2, x) + 72 / 35 * eval_legendre(4, x)
    np.testing.assert_allclose(square, (1 - 3 * x**2) ** 2, atol=1e-14)


@pytest.mark.parametrize("rank", [0, 2, 4])
@pytest.mark.parametrize("splitting", [0.6, 0.8, 1.3, 1.8])
def test_the_result_does_not_depend_on_how_the_sum_is_split(rank, splitting):
    one = legendre_sums(crystal(TRICLINIC, PLACES), rank, DIRECTION)
    other = legendre_sums(crystal(TRICLINIC, PLACES), rank, DIRECTION, splitting=splitting)
    np.testing.assert_allclose(other, one, rtol=1e-12)


def test_a_doubled_cell_is_the_same_crystal():
    doubled_cell = TRICLINIC * np.array([[1], [2], [1]])
    halves = [[(x, (y + shift) / 2, z) for x, y, z in PLACES] for shift in (0, 1)]
    doubled = inverse_sixth_sums(crystal(doubled_cell, halves[0] + halves[1]))
    one = inverse_sixth_sums(crystal(TRICLINIC, PLACES))
    np.testing.assert_allclose(doubled[:3, :3] + doubled[:3, 3:], one, rtol=1e-12)
    np.testing.assert_allclose(doubled[3:, :3], doubled[:3, 3:], rtol=1e-12)


def test_other_vectors_of_the_same_lattice():
    change = np.array([[1, 2, 0], [0, 1, 0], [-1, 1, 1]])
    places = np.array(PLACES) @ np.linalg.inv(change) + [3, -2, 0]
    other = crystal(change @ TRICLINIC, places)
    np.testing.assert_allclose(
        angular_sums(other, DIRECTION),
        angular_sums(crystal(TRICLINIC, PLACES), DIRECTION),
        rtol=1e-12,
    )


def test_a_rotated_crystal_in_a_rotated_field():
    rotation = special_ortho_group.rvs(3, random_state=5)
    turned = crystal(TRICLINIC @ rotation.T, PLACES)
    one = crystal(TRICLINIC, PLACES)
    np.testing.assert_allclose(inverse_sixth_sums(turned), inverse_sixth_sums(one), rtol=1e-12)
    np.testing.assert_allclose(
        angular_sums(turned, rotation @ DIRECTION), angular_sums(one, DIRECTION), rtol=1e-12
    )


def test_the_average_over_directions_is_four_fifths():
    cosines, weights = np.polynomial.legendre.leggauss(4)
    total = 0
    for c, w in zip(cosines, weights, strict=True):
        for phi in 2 * np.pi * np.arange(7) / 7:
            s = np.sqrt(1 - c**2)
            total = total + w / 14 * angular_sums(
                crystal(TRICLINIC, PLACES), (s * np.cos(phi), s * np.sin(phi), c)
            )
    np.testing.assert_allclose(
        total, 4 / 5 * inverse_sixth_sums(crystal(TRICLINIC, PLACES)), rtol=1e-12
    )


def test_a_long_cell_costs_time_not_digits():
    long = np.diag([1.0, 1.0, 40.0])
    rows = [(0, 0, z / 40) for z in range(40)]
    assert inverse_sixth_sums(crystal(long, rows))[7].sum() == pytest.approx(
        8.401923974827, rel=1e-12, abs=0
    )


@pytest.mark.parametrize(
    ("cell", "number", "distance"), [(SIMPLE, 6, 1), (BODY, 8, 0.75**0.5), (FACE, 12, 0.5**0.5)]
)
def test_nearest_neighbours_of_the_cubic_lattices(cell, number, distance):
    lattice = crystal(cell)
    assert shortest_distances(lattice)[0, 0] == pytest.approx(distance, rel=1e-14, abs=0)
    ((one, other, vectors),) = neighbours(lattice, 1.05 * distance)
    assert (one, other, len(vectors)) == (0, 0, number)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), distance, rtol=1e-14)
    np.testing.assert_allclose(vectors.sum(axis=0), 0, atol=1e-14)


def test_shortest_distances_of_skewed_cells():
    skewed = np.array([[1, 0, 0], [7, 1, 0], [-3, 5, 1]]) @ SIMPLE
    distances = shortest_distances(
        crystal(skewed, [(0, 0, 0), np.array([0.5, 0.5, 0.5]) @ np.linalg.inv(skewed)])
    )
    np.testing.assert_allclose(distances, [[1, 0.75**0.5], [0.75**0.5, 1]], rtol=1e-12)
