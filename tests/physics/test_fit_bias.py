"""What the closed form does to fitted parameters, from data of the exact engine without noise, against x = k/√N_I.

Without nuclear precession, to see the theory of Φ alone: γ_N enters T1(B) by ω_B only, so that a
small γ_N switches it off. With the physical ω_B, for what a user meets.
"""

from functools import cache

import numpy as np
import pytest
from numba import config

from coldspin.experiments.fitting import Measurement, combinations, fit, verdicts
from coldspin.experiments.fitting.findings import validity
from coldspin.experiments.models import DarkRate
from coldspin.heating import ClosedForm, Multiplets, Semiclassical
from quick import quick
from samples import DONOR, close_to

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="too slow without the compiler: N = 10⁴")

STILL = DONOR.replace(nuclear_gyromagnetic_ratio=1.0)
NUCLEI = DONOR.effective_nuclei
SCALE = 1 / (abs(DONOR.electron_gyromagnetic_ratio) * DONOR.dephasing_time)  # field where b = 1
WIDE = (DONOR.local_field / 5 / SCALE, 5.0)  # b of T1(B) curves
ALL = ("correlation_time", "filling", "local_field")
ALONE = ("correlation_time",)
LARGEST = 1 - 1 / 1.2  # (S38) gives 4/5 where the theory of two rotations gives 24/25


@cache
def exact(site, x, b, points=16, tolerance=1e-6):
    """Site with τ_c at that angle, fields, and T1 there."""
    there = site.replace(correlation_time=x * np.sqrt(NUCLEI) * site.dephasing_time)
    field = np.geomspace(*b, points) * SCALE
    return there, field, DarkRate(there, method=Multiplets(tolerance=tolerance))(field)


def fitted(site, x, free, b=WIDE, method=ClosedForm(), **how):  # noqa: B008  # a frozen value
    """Fit of exact data with errors of 1%, started at the true values."""
    there, field, times = exact(site, x, b, **how)
    measured = Measurement("curve", DarkRate(there, method=method), field, times, 0.01 * times)
    return fit(measured, free, attempts=1, profile=False)


def bias(found):
    """Relative error of each parameter."""
    return {v.key: found.best[v.key] / v.start - 1 for v in found.problem.variables}


def test_the_gyromagnetic_ratio_enters_by_the_precession_alone():
    field = np.geomspace(1e-5, 1e-2, 7)
    assert DarkRate(STILL)(field) == close_to(DarkRate(DONOR)(field), rel=1e-12)


@pytest.mark.parametrize("x", [0.03, 0.1, 0.3])
def test_small_rotations_leave_a_bias_of_a_twentieth_of_their_square(x):
    """(S38) is exact at any field for x → 0; what is left is of the order x², and 1/N."""
    for error in bias(fitted(STILL, x, ALL)).values():
        assert abs(error) < 0.05 * x**2 + 3 / NUCLEI


def test_it_grows_as_the_square():
    small, larger = (bias(fitted(STILL, x, ALONE))["correlation_time"] for x in (0.1, 0.3))
    assert small < 0
    assert np.log(larger / small) / np.log(3) == pytest.approx(2, abs=0.2)


def test_in_a_weak_field_there_is_none_for_any_rotation():
    """(S38) is exact at b = 0 but for 1/N."""
    weak = bias(fitted(STILL, 10.0, ALONE, (1e-3, 1e-2), points=6))
    assert abs(weak["correlation_time"]) < 30 / NUCLEI


@pytest.mark.parametrize("x", [3.0, 10.0])
def test_large_rotations_in_a_field_make_correlation_times_short(x):
    """1/x ≪ b ≪ x: Φ of (S38) is up to 17% low, and goes as 1/τ_c²; so 1/T1 as 1/τ_c, and the fitted τ_c is low too."""
    error = bias(fitted(STILL, x, ALONE, (0.3, 3.0), points=8, tolerance=1e-4))["correlation_time"]
    assert -LARGEST < error < 0
    assert (error < -0.1) == (x == 10)


@pytest.mark.slow
def test_the_bias_tends_to_that_of_the_coefficient():
    errors = [
        bias(fitted(STILL, x, ALONE, (0.3, 3.0), points=8, tolerance=1e-4))["correlation_time"]
        for x in (3.0, 10.0, 30.0, 100.0)
    ]
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] == pytest.approx(-LARGEST, abs=0.01)
    assert errors[-1] > -LARGEST


@pytest.mark.slow
@pytest.mark.parametrize("x", np.geomspace(0.01, 0.9, 8))
def test_bias_of_three_parameters_against_the_rotation(x):
    for error in bias(fitted(STILL, float(x), ALL)).values():
        assert abs(error) < 0.05 * x**2 + 3 / NUCLEI


@pytest.mark.slow
@pytest.mark.parametrize("x", [7.0, 10.0, 20.0])
def test_many_rotations_leave_the_ratio_of_filling_and_correlation_time(x):
    """For x ≫ 1, 1/T1 ∝ f/τ_c: neither is determined, their ratio is, with a bias below that of Φ, and so is B_L."""
    found = fitted(STILL, x, ALL, tolerance=1e-4)
    kinds = {verdict.key: verdict.kind for verdict in verdicts(found)}
    assert kinds["local_field"] == "determined"
    assert "determined" not in (kinds["correlation_time"], kinds["filling"])
    (ratio,) = combinations(found)
    assert ratio.exponents == {"correlation_time": 1.0, "filling": -1.0}
    there = exact(STILL, x, WIDE, tolerance=1e-4)[0]
    assert abs(ratio.value / (there.correlation_time / there.filling) - 1) < LARGEST
    assert abs(bias(found)["local_field"]) < LARGEST


def test_nuclear_precession_is_the_larger_bias_and_is_told():
    """At x = 3 and fields up to 0.4 ω_e/γ_N: τ_c comes out wrong by more than half, and the fit says why it may."""
    found = fitted(DONOR, 3.0, ALL)
    assert bias(found)["correlation_time"] < -0.5
    assert any("nuclear Zeeman" in doubt.rule for doubt in validity(found))
    assert found.chi_square > 10 * found.degrees_of_freedom


@pytest.mark.parametrize("x", quick([0.1, 1.0, 3.0], 0))
def test_the_semiclassical_coefficient_leaves_no_bias(x):
    """Nuclear precession and any rotation are in it; 1/N is left, times what the fit makes of it."""
    found = fitted(DONOR, x, ALL, method=Semiclassical())
    for error, deviation in zip(bias(found).values(), found.deviations, strict=True):
        assert abs(error) < 0.05 * deviation + 10 / NUCLEI
