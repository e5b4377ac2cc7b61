"""Derivatives by the field, against numerical derivatives taken with sixty digits."""

import mpmath
import numpy as np
import pytest

import quadrature
from coldspin.precession import lorentzian_average, lorentzian_slope, spin_loss, spin_loss_slope
from quadrature import assert_relative
from quick import quick

SLOPES = {
    lorentzian_slope: ("lorentzian", quadrature.lorentzian_slope),
    spin_loss_slope: ("loss", quadrature.loss_slope),
}

slope = pytest.mark.parametrize("slope", SLOPES, ids=lambda f: f.__name__)


@slope
@pytest.mark.parametrize("k", quick([1e-3, 0.203, 1.0, 7.0, 1e6], 0, 2, 4))
@pytest.mark.parametrize("b", quick([1e-6, 0.35, 0.36, 1.0, 7.0, 7.1, 300.0], 1, 3, 6))
def test_slope_is_the_central_difference_of_the_average(slope, b, k):
    kind, _ = SLOPES[slope]
    with mpmath.workdps(60):
        step = mpmath.mpf(b) * mpmath.mpf("1e-12")
        change = quadrature.precise(b + step, k, kind, 50) - quadrature.precise(
            b - step, k, kind, 50
        )
        expected = float(change / (2 * step))
    assert_relative(slope(b, k), expected, 1e-8)


@slope
@pytest.mark.parametrize(
    ("b", "k"),
    [((-3, 2.5), (-2.5, 12)), ((-1.5, 1.5), (-1, 3)), ((-8, 8), (-12, 12))],
)
def test_slope_over_the_plane(slope, b, k):
    rng = np.random.default_rng(21)
    b, k = 10 ** rng.uniform(*b, 5000), 10 ** rng.uniform(*k, 5000)
    assert_relative(slope(b, k), SLOPES[slope][1](b, k), 1e-8)


def test_quadrature_slopes_are_derivatives():
    with mpmath.workdps(60):
        step = mpmath.mpf("1e-15")
        for kind, expected in SLOPES.values():
            change = quadrature.precise(1 + step, 2, kind, 50) - quadrature.precise(
                1 - step, 2, kind, 50
            )
            assert_relative(float(change / (2 * step)), expected(1.0, 2.0), 1e-13)


@slope
def test_odd_in_the_field(slope):
    rng = np.random.default_rng(22)
    b, k = 10 ** rng.uniform(-4, 2, 500), 10 ** rng.uniform(-2, 6, 500)
    np.testing.assert_array_equal(slope(-b, k), -slope(b, k))
    assert slope(0.0, 2.0) == 0


@slope
def test_scalar_in_float_out_and_broadcasting(slope):
    assert type(slope(1, 2)) is float
    value = slope([[1.0], [-2.0]], [1.0, 3.0, 9.0])
    assert value.shape == (2, 3)
    assert value[1, 2] == slope(-2.0, 9.0)


@pytest.mark.parametrize(
    ("slope", "average"), [(lorentzian_slope, lorentzian_average), (spin_loss_slope, spin_loss)]
)
def test_slope_integrates_to_the_average(slope, average):
    b, weights = quadrature.panels(np.linspace(0, 6, 13))
    assert np.sum(weights * slope(b, 2.0)) == pytest.approx(
        average(6.0, 2.0) - average(0.0, 2.0), abs=1e-13
    )


@slope
def test_ends_of_the_range_are_finite_and_silent(slope):
    b, k = np.array([0.0, 1e-100, 1.0, 1e100])[:, None], np.array([1e-100, 1.0, 1e100, np.inf])
    assert np.all(np.isfinite(slope(b, k)))


def test_lorentzian_slope_beyond_the_square_root_of_the_largest_float():
    assert np.isfinite(lorentzian_slope(1.0, 1e200))
