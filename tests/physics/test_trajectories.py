"""Heating with unequal couplings: limits that are known without trajectories."""

import numpy as np
import pytest

from coldspin.heating import (
    CouplingList,
    ExponentialProfile,
    GaussianProfile,
    Semiclassical,
    Trajectories,
    UniformProfile,
    high_field_heating,
)
from coldspin.precession import lorentzian_average
from quick import quick
from scale import needs_compiler

pytestmark = needs_compiler

NUCLEI = 1e4  # √N_I = 100


def groups(x, w):
    """k, and the arguments for ω_Bτ_c = w, at x = k/√N_I."""
    k = 100.0 * x
    return k, {"nuclei": NUCLEI, "nuclear_precession": w / k}


@pytest.mark.parametrize(
    ("b", "x", "w"),
    [
        (0, 1, 0),
        (1, 1, 0),
        (0.3, 0.1, 2),
        (1, 3, 0),
        (1, 3, -1.5),
        (3, 10, 5),
        (0.5, 10, 3),
        (0, 30, 0),
        (1, 30, 0),
        (1, 30, 15),
    ],
)
def test_equal_couplings_are_the_semiclassical_box(b, x, w):
    k, arguments = groups(x, w)
    value, error = Trajectories(UniformProfile(), samples=8192, tolerance=0.01).estimate(
        b, k, **arguments
    )
    exact = Semiclassical().heating_coefficient(b, k, **arguments)
    assert abs(value - exact) < 3.5 * error + 0.005 * exact
    assert error < 0.05 * exact


def test_error_bars_are_honest():
    k, arguments = groups(3, 1.5)
    b = np.array([0.2, 1.0, 5.0])
    exact = Semiclassical().heating_coefficient(b, k, **arguments)
    deviations = []
    for seed in range(30):
        value, error = Trajectories(
            UniformProfile(), samples=512, tolerance=0.005, seed=seed
        ).estimate(b, k, **arguments)
        deviations.append((value - exact) / error)
    chi_square = np.mean(
        np.square(deviations), axis=0
    )  # 30 squares of Student's t with 15 degrees: 1.15 ± 0.35
    assert np.all((chi_square > 0.4) & (chi_square < 2.3))
    assert np.all(np.abs(np.mean(deviations, axis=0)) < 3.5 / np.sqrt(30))


@pytest.mark.parametrize("profile", [GaussianProfile(), ExponentialProfile()], ids=repr)
def test_three_halves_for_short_correlation_times(profile):
    method = Trajectories(profile, samples=256)
    assert method.heating_coefficient([0.0, 0.7], 1e-4, nuclei=NUCLEI) == pytest.approx(
        1.5, rel=1e-6
    )


@pytest.mark.parametrize("w", [0.0, 0.7, 5.0])
def test_small_angles_do_not_depend_on_the_profile(w):
    k, arguments = groups(1e-3, w)
    b = np.array([0.0, 0.5, 2.0])
    exact = Semiclassical().heating_coefficient(b, k, **arguments)
    value, error = Trajectories(GaussianProfile(), samples=8192).estimate(b, k, **arguments)
    assert np.all(np.abs(value - exact) < 3.5 * error + 1e-4 * exact)


@pytest.mark.parametrize(
    ("x", "w"), quick([(1.0, 0.0), (3.0, 2.0), (10.0, 5.0), (10.0, 12.0)], 0, 1)
)
@pytest.mark.parametrize("profile", [GaussianProfile(), CouplingList([1.0, 2.0, 3.0])], ids=repr)
def test_in_high_fields_every_nucleus_is_a_box_of_its_own(profile, x, w):
    k, arguments = groups(x, w)
    b = 3000.0  # Ω_e stands along z: each class turns about a fixed axis, and the average of (S36) is exact
    value, error = Trajectories(profile, samples=8192, tolerance=0.01).estimate(b, k, **arguments)
    coupling, share = profile.measure()
    one_by_one = high_field_heating(x * coupling, w)
    exact = lorentzian_average(b, k) + np.sum(share * one_by_one)
    assert abs(value - exact) < 3.5 * error + 0.01 * exact


DENSITIES = {  # number of nuclei against u or v, up to a factor, and their couplings there
    GaussianProfile(): (lambda u: np.sqrt(u), lambda u: 2**1.5 * np.exp(-u)),
    ExponentialProfile(): (lambda v: v**2, lambda v: 8 * np.exp(-v)),
}


@pytest.mark.parametrize("tolerance", [0.2, 0.05, 0.01])
@pytest.mark.parametrize("x", quick([1.0, 10.0, 30.0], 1))
@pytest.mark.parametrize("profile", DENSITIES, ids=repr)
def test_classes_of_a_wave_function_do_not_resonate_one_by_one(profile, x, tolerance):
    """Against the integral over the wave function, at fields from nucleus to nucleus and beyond all."""
    number, coupling = DENSITIES[profile]
    u = np.linspace(0, 30, 2**15 + 1)[1:]
    share = number(u) * coupling(u) ** 2
    classes, weights = Trajectories(profile, tolerance=tolerance)._classes(x / 2)
    for w in x * np.linspace(0.05, 5, 60):
        exact = np.sum(share * high_field_heating(x * coupling(u), w)) / np.sum(share)
        assert np.sum(weights * high_field_heating(x * classes, w)) == pytest.approx(
            exact, rel=tolerance / 10, abs=0
        )


def test_two_equal_halves_of_unequal_coupling_are_no_box():
    k, arguments = groups(10, 5)
    value, error = Trajectories([1.0, 3.0], samples=2048).estimate(1.0, k, **arguments)
    assert abs(value - Semiclassical().heating_coefficient(1.0, k, **arguments)) > 20 * error


def test_classes_stand_for_all_nuclei():
    """Every one of 400 nuclei on its own against the few classes with their moments."""
    couplings = np.exp(-np.random.default_rng(2).gamma(1.5, size=400))
    k, arguments = groups(6, 2)
    each, error = Trajectories(couplings, samples=1024, classes=400).estimate(0.7, k, **arguments)
    few, other = Trajectories(couplings, samples=8192).estimate(0.7, k, **arguments)
    assert abs(each - few) < 3.5 * np.hypot(error, other)


def test_signs_of_the_fields_do_not_matter():
    k, arguments = groups(3, 1.5)
    reversed_too = arguments | {"nuclear_precession": -arguments["nuclear_precession"]}
    method = Trajectories(samples=256, tolerance=0.5)
    value = method.heating_coefficient(0.8, k, **arguments)
    assert method.heating_coefficient(-0.8, k, **arguments) == value
    assert method.heating_coefficient(0.8, k, **reversed_too) == value
