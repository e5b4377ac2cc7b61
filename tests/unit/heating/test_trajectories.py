"""Trajectories: parameters, profiles of couplings, classes, seeds and threads."""

import numpy as np
import pytest

from coldspin import cool, relax
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import (
    CouplingList,
    ExponentialProfile,
    GaussianProfile,
    Semiclassical,
    Trajectories,
    UniformProfile,
)
from coldspin.heating.trajectories.profiles import knight_classes
from coldspin.studies.second_maximum import reduced_site
from scale import needs_compiler

PROFILES = (
    UniformProfile(),
    GaussianProfile(1),
    GaussianProfile(2),
    GaussianProfile(),
    ExponentialProfile(),
)
POINT = {"b": [0.3, 2.0], "k": 200.0, "nuclei": 1e4, "nuclear_precession": 2e-3}


@pytest.mark.parametrize("profile", PROFILES, ids=repr)
def test_a_profile_has_the_box_of_its_participation_number(profile):
    coupling, share = profile.measure()
    assert share.sum() == pytest.approx(1, rel=1e-12)
    assert np.sum(share / coupling) == pytest.approx(1, rel=1e-9)  # Σc over N
    assert np.all((coupling > 0) & (share > 0))


@pytest.mark.parametrize(
    ("profile", "mean", "square"),
    [  # Σc³/Σc² and Σc⁴/Σc²: (4/3)^{d/2} and 2^{d/2}; 8(2/3)³ and 8²(2/4)³
        (GaussianProfile(2), 4 / 3, 2.0),
        (GaussianProfile(3), (4 / 3) ** 1.5, 2**1.5),
        (ExponentialProfile(), 8 * (2 / 3) ** 3, 8.0),
    ],
    ids=repr,
)
def test_moments_of_a_profile(profile, mean, square):
    coupling, share = profile.measure()
    assert np.sum(share * coupling) == pytest.approx(mean, rel=1e-9)
    assert np.sum(share * coupling**2) == pytest.approx(square, rel=1e-9)


def test_a_list_of_couplings_of_a_lattice_is_its_profile():
    axis = np.arange(-24, 25) / 5.0
    x, y, z = np.meshgrid(axis, axis, axis)
    listed = CouplingList(np.exp(-(x**2) - y**2 - z**2).ravel())
    for power in (1, 2, 3):
        moments = [np.sum(s * c**power) for c, s in (listed.measure(), GaussianProfile().measure())]
        assert moments[0] == pytest.approx(moments[1], rel=1e-6)


def test_classes_have_the_moments_of_all_couplings():
    for coupling, share in (
        GaussianProfile().measure(),
        (np.linspace(0.1, 3, 50001), np.full(50001, 1 / 50001)),
    ):
        nodes, weights = knight_classes(coupling, share, 9)
        assert nodes.size == 9
        for power in range(17):
            exact = np.sum(share * coupling**power)
            assert np.sum(weights * nodes**power) == pytest.approx(exact, rel=1e-6)
        assert np.sum(weights * nodes**19) != pytest.approx(np.sum(share * coupling**19), rel=1e-9)


def test_few_couplings_are_their_own_classes():
    coupling, share = CouplingList([1.0, 2.0, 2.0, 5.0]).measure()
    assert coupling * (5 / coupling[-1]) == pytest.approx([1, 2, 5])
    nodes, _ = knight_classes(coupling, share, 10)
    assert nodes is coupling


@needs_compiler
def test_seeds_reproduce_and_threads_change_no_bit():
    one = Trajectories(samples=300, tolerance=0.5, threads=1).estimate(**POINT)
    two = Trajectories(samples=300, tolerance=0.5, threads=2).estimate(**POINT)
    many = Trajectories(samples=300, tolerance=0.5, threads=7).estimate(**POINT)
    other = Trajectories(samples=300, tolerance=0.5, seed=2).estimate(**POINT)
    for again in (two, many):
        assert np.array_equal(one.value, again.value)
        assert np.array_equal(one.standard_error, again.standard_error)
    assert np.all(one.value != other.value)


@needs_compiler
def test_the_sign_of_the_couplings_does_not_matter():
    couplings = np.random.default_rng(3).uniform(0.2, 2, 150)
    up, down = (
        Trajectories(sign * couplings, samples=256, tolerance=0.5).estimate(**POINT)
        for sign in (1, -1)
    )
    assert np.array_equal(up.value, down.value)


@needs_compiler
def test_a_large_error_is_told_and_a_small_one_not():
    with pytest.warns(ValidityWarning, match="take more samples"):
        Trajectories(samples=256, tolerance=1e-3).heating_coefficient(**POINT)
    Trajectories(samples=256, tolerance=0.3).heating_coefficient(**POINT)


def test_lists_are_values():
    assert Trajectories([1, 2]) == Trajectories(np.array([1.0, 2.0]))
    assert Trajectories([1, 2]) != Trajectories([1, 3])
    assert hash(Trajectories([1, 2])) == hash(Trajectories([1.0, 2.0]))
    assert Trajectories(threads=1) == Trajectories(threads=2)
    assert "2 couplings" in repr(Trajectories([1, 2]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"couplings": [1.0, -1.0]}, "couplings must all have one sign.*index 1"),
        ({"couplings": [1.0, 0.0]}, "couplings must all have one sign.*index 1"),
        ({"couplings": [0.0, 1.0]}, "couplings must all have one sign.*index 0"),
        ({"couplings": [0.0, 0.0]}, "couplings must all have one sign.*index 0"),
        ({"couplings": [1e-200, 1.0]}, "must not differ by more than a factor of 1e.60"),
        ({"couplings": [1.0, np.nan]}, "couplings must be finite.*index 1"),
        ({"couplings": []}, "couplings must be a list"),
        ({"couplings": [[1.0]]}, r"couplings must be a list.*\(1, 1\)"),
        ({"couplings": "gaussian"}, "couplings must be a real number or an array"),
        ({"couplings": GaussianProfile}, "couplings must be a value"),
        ({"samples": 10}, "samples must be a whole number from 256"),
        ({"samples": 1e3}, "samples must be a whole number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"tolerance": 0.0}, "tolerance must lie"),
        ({"tolerance": [0.1, 0.1]}, "tolerance must be one number"),
        ({"classes": 0}, "classes must be a whole number"),
        ({"threads": 0}, "threads must be a whole number"),
    ],
)
def test_bad_parameters_are_named(arguments, words):
    with pytest.raises(InvalidInputError, match=words):
        Trajectories(**arguments)


def test_bad_points_are_named():
    with pytest.raises(InvalidInputError, match="dimensions must be 1, 2 or 3, not 4"):
        GaussianProfile(4)
    with pytest.raises(InvalidInputError, match="at most 1000"):
        Trajectories().heating_coefficient(0.0, 1e6, nuclei=100)
    with pytest.raises(
        InvalidInputError,
        match=r"at most 84\.5 with ExponentialProfile\(\), not 200: more than 1024",
    ):
        Trajectories(ExponentialProfile()).heating_coefficient(0.0, 2e4, nuclei=1e4)
    with pytest.raises(
        InvalidInputError, match=r"1000 points of 10000000 samples need 4\.66 GiB, more than 2"
    ):
        Trajectories(samples=10**7).heating_coefficient(0.0, np.full(1000, 1.0), nuclei=100)


@needs_compiler
@pytest.mark.filterwarnings("ignore:field_ratio")
def test_errors_reach_the_results():
    method = Trajectories(samples=256, tolerance=0.5)
    site = reduced_site(nuclei=1e4, k=100.0, zeeman_ratio=1e-3)
    field = np.array([0.5, 1.0]) * site.fluctuation_field
    for data in (
        cool(site, field, 1e-6, self_consistent=False, method=method),
        relax(site, field, method=method),
    ):
        found = method.estimates(
            [0.5, 1.0], 100.0, nuclei=1e4, nuclear_precession=site.nuclear_precession(field)
        )
        heating, rate = found.heating_coefficient, found.relaxation_rate
        assert data.heating_coefficient_error.values == pytest.approx(
            heating.standard_error, rel=1e-6
        )
        relative = data.electron_relaxation_time_error / data.electron_relaxation_time
        assert relative.values == pytest.approx(rate.standard_error / rate.value, rel=1e-6)
        assert data.electron_relaxation_time_error.attrs["units"] == "s"
    zeeman = data.zeeman_relaxation_rate * relative
    spin_spin = (
        data.spin_spin_relaxation_rate * data.heating_coefficient_error / data.heating_coefficient
    )
    assert data.relaxation_rate_error.values == pytest.approx(
        (zeeman + spin_spin).values, rel=1e-12
    )
    plain = relax(site, field, method=Semiclassical())
    assert "relaxation_rate_error" not in plain
    assert "heating_coefficient_error" not in plain
