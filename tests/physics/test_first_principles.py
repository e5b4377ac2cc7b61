"""A few nuclei of GaAs: state vectors against Multiplets, the cross terms against sums over pairs of pairs."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.heating import BalancedLattice, Geometry, Multiplets, SinglePair
from coldspin.heating.manybody import Enumeration, Typical
from coldspin.studies.cross_terms import cross_terms
from coldspin.studies.first_principles import box_system, cluster, whole_heating
from coldspin.studies.first_principles_table import CASES, DIRECTIONS, Case, complete, read, write
from many_spins import needs_kernels
from whole_system import dipole, fields, heating_coefficient

TABLE = Path(__file__).parents[2] / "docs" / "first-principles.csv"


def turned(positions, direction):
    """Into a frame with z along `direction`."""
    z = np.asarray(direction) / np.linalg.norm(direction)
    x = np.cross(z, (0.6, -0.48, 0.64))
    x /= np.linalg.norm(x)
    return positions @ np.stack([x, np.cross(z, x), z]).T


@pytest.mark.parametrize("precession", [0.0, 0.15])
def test_cross_terms_are_those_of_all_pairs_of_pairs(precession):
    """Φ as a sum of D_p D_p', by dense matrices: Σ_p of pairs alone; of all pairs of one nucleus, less those."""
    nuclei, b, k = 4, 0.7, 2.0
    root = np.sqrt(nuclei)
    H_0, H_e = fields(nuclei, 0.5, b * root, precession * root)
    places, gammas = (
        np.random.default_rng(1).normal(size=(nuclei, 3)),
        np.array([1.0, 2.0, -0.5, 0.8]),
    )
    flat = turned(places, (1, 1, 0.3))
    one = {(i, j): gammas[i] * gammas[j] * dipole(nuclei, 0.5, i, j, flat[i] - flat[j])
           for i, j in combinations(range(nuclei), 2)}  # fmt: skip
    square = sum(np.sum(np.abs(m) ** 2) for m in one.values())

    def share(parts):
        return (
            heating_coefficient(H_0, H_e, parts, k / root)
            * sum(np.sum(np.abs(p) ** 2) for p in parts)
            / square
        )

    alone = share(list(one.values()))
    around = share([sum(m for p, m in one.items() if i in p) for i in range(nuclei)])
    whole = share([sum(one.values())])
    found = cross_terms(Geometry(places, (1, 1, 0.3), gammas), b, k, nuclear_precession=precession)
    assert found.same_pair == pytest.approx(alone, rel=1e-9)
    assert found.one_shared == pytest.approx(around - 2 * alone, rel=1e-7)
    assert found.none_shared == pytest.approx(whole - around + alone, rel=1e-6)
    assert found.total == pytest.approx(whole, rel=1e-9)
    assert abs(found.one_shared) > 1e-3


def test_both_ways_to_split_sum_to_the_geometry():
    geometry = cluster(14).geometry((1, 1, 0))
    found = cross_terms(geometry, 1.0, 3.0)
    expected = Multiplets(geometry, 0).heating_coefficient(1.0, 3.0, nuclei=14)
    assert found.same_pair + found.one_shared + found.none_shared == pytest.approx(
        expected, rel=1e-12
    )
    assert (
        found.lattice + found.direction + found.net_fields + found.mean_coupling
        == pytest.approx(expected, rel=1e-12)
    )
    lattice = Multiplets(BalancedLattice(), 0).heating_coefficient(1.0, 3.0, nuclei=14)
    assert found.lattice == pytest.approx(lattice, rel=1e-13)
    assert np.sum(found.shares) == pytest.approx(1)


def test_net_fields_fade_with_the_surface():
    few, many = (cross_terms(cluster(n).geometry((0, 0, 1)), 1.0, 3.0) for n in (8, 60))
    assert abs(many.net_fields) < 0.2 * abs(few.net_fields)
    pair = Multiplets(SinglePair(), 0).heating_coefficient(1.0, 3.0, nuclei=60)
    assert many.same_pair == pytest.approx(pair, rel=0.02)


def test_a_cluster_of_zinc_blende():
    """A bond of √3/4 lattice constants; then the three others of each of its ends, each on a site of the other kind."""
    found = cluster(8)
    distance = np.linalg.norm(found.positions[:, None] - found.positions, axis=2) / 5.6533e-10
    assert distance[0, 1] == pytest.approx(np.sqrt(3) / 4)
    assert np.sum(np.isclose(distance, np.sqrt(3) / 4)) == 2 * 7
    assert sum(name == "75As" for name in found.isotopes) == 4
    assert set(cluster(60).isotopes) == {"69Ga", "71Ga", "75As"}
    assert cluster(60, seed=1).isotopes != cluster(60).isotopes
    for nuclei in (3, 61):
        with pytest.raises(
            InvalidInputError, match=f"nuclei must lie between 4 and 60, not {nuclei}"
        ):
            cluster(nuclei)


@needs_kernels
@pytest.mark.parametrize("name", DIRECTIONS)
@pytest.mark.parametrize(
    ("b", "k", "precession"), [(1.0, 3.0, 0.0), (0.5, 1.0, 0.2), (0.5, 1.0, -0.2)]
)
def test_state_vectors_give_the_geometry(name, b, k, precession):
    nuclei = cluster(5)
    system = box_system(
        nuclei, DIRECTIONS[name], dephasing_time=5e-9, b=b, nuclear_precession=precession
    )
    expected = cross_terms(nuclei.geometry(DIRECTIONS[name]), b, k, nuclear_precession=precession)
    found, error = whole_heating(system, k * 5e-9, traces=Enumeration())
    assert found == pytest.approx(expected.total, rel=1e-5)
    assert abs(expected.total / expected.lattice - 1) > 1e-3
    assert error == 0


@pytest.mark.slow
@needs_kernels
def test_random_states_where_nuclei_precess():
    nuclei = cluster(5)
    system = box_system(
        nuclei,
        (0, 0, 1),
        dephasing_time=1e-2 / nuclei.local_precession(),
        b=1.0,
        nuclear_precession=0.2,
    )
    tau = 1e-2 / nuclei.local_precession()
    exact, _ = whole_heating(system, tau, traces=Enumeration())
    found, error = whole_heating(system, tau, traces=Typical(12), tolerance=1e-7)
    assert error < 0.3 * exact
    assert abs(found - exact) < 4 * error
    with pytest.raises(InvalidInputError, match="samples must be 4 or more"):
        whole_heating(system, tau, traces=Typical(2))


@needs_kernels
def test_the_error_is_that_of_the_scatter_of_the_sets():
    """Two sets of random states are the first two of three: their values follow from mean and error, and the third."""
    nuclei = cluster(4)
    time = 1e-2 / nuclei.local_precession()
    system = box_system(nuclei, (0, 0, 1), dephasing_time=time, b=1.0, nuclear_precession=0.2)
    mean_of_two, error_of_two = whole_heating(system, time, traces=Typical(4), tolerance=1e-4)
    mean_of_three, error_of_three = whole_heating(system, time, traces=Typical(6), tolerance=1e-4)
    values = (
        mean_of_two - error_of_two,
        mean_of_two + error_of_two,
        3 * mean_of_three - 2 * mean_of_two,
    )
    scatter = sum((value - mean_of_three) ** 2 for value in values)
    assert error_of_three == pytest.approx(np.sqrt(scatter / 2 / 3), rel=1e-7)


@needs_kernels
def test_a_table_is_completed_and_read_back(tmp_path):
    path = tmp_path / "table.csv"
    cases = (Case(4, "110", 1.0, 1.0), Case(4, "001", 1.0, 1.0, local_precession=0.1))
    complete(path, cases[:1])
    first = read(path)
    kept = {cases[0]: first[cases[0]]}
    complete(path, cases)
    both = read(path)
    assert tuple(both) == cases
    assert {cases[0]: both[cases[0]]} == kept
    write(path, both)
    assert read(path) == both


def test_the_stored_table_is_that_of_the_code_and_agrees_with_the_geometry():
    """`geometry` is computed anew; the stored state vectors must lie within the error that their states can have."""
    rows = read(TABLE)
    assert set(rows) == set(CASES)
    assert {c.nuclei for c in rows} == {12, 14, 16}
    for case, found in rows.items():
        precession = case.nuclear_share / (2 * np.sqrt(case.nuclei))
        exact = cross_terms(cluster(case.nuclei).geometry(DIRECTIONS[case.direction]), case.b, case.k,
                            nuclear_precession=precession)  # fmt: skip
        assert (found.geometry, found.lattice) == pytest.approx(
            (exact.total, exact.lattice), rel=1e-8
        )
        if case.local_precession < 0.01 and not case.nuclear_share:
            typical = found.geometry / np.sqrt(case.samples * 2 ** (case.nuclei + 1))
            assert abs(found.phi - found.geometry) < 3 * typical + 3e-4 * found.geometry
