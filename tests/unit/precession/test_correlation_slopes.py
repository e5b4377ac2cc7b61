"""Derivatives by the correlation time: against differences, literal averages and each other, across every seam."""

import mpmath
import numpy as np
import pytest
from scipy.special import erfcx

import quadrature
from coldspin.exceptions import InvalidInputError
from coldspin.precession import (
    averages_with_slopes,
    lorentzian_average,
    lorentzian_correlation_slope,
    lorentzian_slope,
    spin_loss,
    spin_loss_correlation_slope,
    spin_loss_slope,
)
from quadrature import assert_relative
from quick import quick

ROOT = np.sqrt(2)
SLOPES = {lorentzian_correlation_slope: "lorentzian", spin_loss_correlation_slope: "loss"}
AVERAGES = {
    lorentzian_correlation_slope: lorentzian_average,
    spin_loss_correlation_slope: spin_loss,
}
IN_ORDER = (
    lorentzian_average,
    spin_loss,
    lorentzian_slope,
    spin_loss_slope,
    lorentzian_correlation_slope,
    spin_loss_correlation_slope,
)

slope = pytest.mark.parametrize("slope", SLOPES, ids=lambda f: f.__name__)


def lorentzian_by_quadrature(b, k):
    return 2 * b / k**3 * quadrature.loss_slope(b, k) + 3 / (
        4 * b * k
    ) * quadrature.lorentzian_slope(b, k)


def loss_by_quadrature(b, k):
    return -quadrature.lorentzian_slope(b, k) / (2 * b * k)


BY_QUADRATURE = {
    lorentzian_correlation_slope: lorentzian_by_quadrature,
    spin_loss_correlation_slope: loss_by_quadrature,
}


# Against differences and quadrature


@slope
@pytest.mark.parametrize("k", quick([1e-6, 0.353, 0.354, 7.0, 1e8], 0, 2, 3))
@pytest.mark.parametrize("b", quick([0.0, 0.353, 0.354, 7.0, 1e8], 0, 1, 3))
def test_slope_is_the_central_difference_of_the_average(slope, b, k):
    with mpmath.workdps(60):
        step = mpmath.mpf(k) * mpmath.mpf("1e-7")
        change = [quadrature.precise(b, k + sign * step, SLOPES[slope], 50) for sign in (1, -1)]
        expected = float((change[0] - change[1]) / (2 * step))
    assert slope(b, k) == pytest.approx(expected, rel=1e-11, abs=0)


@slope
@pytest.mark.parametrize(
    ("b", "k"),
    [
        ((-3, 2.5), (-2.5, 12)),
        ((-1.5, 1.5), (-1, 3)),
        ((-8, 8), (-6, 8)),
        ((-0.5, 0.5), (-0.5, 0.2)),
    ],
)
def test_slope_over_the_plane(slope, b, k):
    rng = np.random.default_rng(31)
    b, k = 10 ** rng.uniform(*b, 5000), 10 ** rng.uniform(*k, 5000)
    assert_relative(slope(b, k), BY_QUADRATURE[slope](b, k), 1e-11)


@slope
@pytest.mark.parametrize(("b", "k"), [(0.0, 0.3), (0.0, 3.0), (0.3, 1.0), (1.0, 0.3), (3.0, 30.0)])
def test_slope_is_the_average_over_the_overhauser_field(slope, b, k):
    """±(2/k) ⟨Ω²τ²/(1+Ω²τ²)²⟩ with Ω_e for g and Ω_⊥ for the loss."""
    vectors, volume = quadrature.cylinder(b, 0.3 / k)
    weight = volume * (2 / np.pi) ** 1.5 * np.exp(-2 * np.sum(vectors**2, axis=-1))
    transverse = vectors[..., 0] ** 2
    total = transverse + (b + vectors[..., 2]) ** 2
    sign, square = (-1, total) if slope is lorentzian_correlation_slope else (1, transverse)
    expected = sign * 2 / k * np.sum(weight * square * k**2 / (1 + total * k**2) ** 2)
    assert slope(b, k) == pytest.approx(expected, rel=1e-10, abs=0)


@slope
@pytest.mark.parametrize("b", [0.0, 0.3, 1.0, 8.0])
def test_slope_integrates_to_the_average(slope, b):
    k, weights = quadrature.panels(np.geomspace(0.05, 50, 25))
    average = AVERAGES[slope]
    assert np.sum(weights * slope(b, k)) == pytest.approx(
        average(b, 50.0) - average(b, 0.05), abs=1e-13
    )


# Seams


def weak_field_seam(distance, along):
    """√2 b = 1/2."""
    return 0.5 / ROOT * (1 + distance), ROOT / (3.99 * 10 ** (-6 * along))


def distant_pole_seam(distance, along):
    """√2/k = 4, while √2 b runs up to where |√2(b + i/k)| = 10."""
    return 9.16 / ROOT * along, ROOT / (4 * (1 + distance))


def modulus_seam(distance, along):
    """|√2(b + i/k)| = 10 at √2/k < 4."""
    angle = 0.41 * along
    return 10 / ROOT * (1 + distance) * np.cos(angle), ROOT / (10 * (1 + distance) * np.sin(angle))


seam = pytest.mark.parametrize(
    "seam", [weak_field_seam, distant_pole_seam, modulus_seam], ids=lambda f: f.__name__
)


@seam
@pytest.mark.parametrize("quantity", IN_ORDER, ids=lambda f: f.__name__)
def test_no_jump_between_the_two_sides_of_a_seam(seam, quantity):
    along, tolerance = np.linspace(1e-4, 1, 20000), 1e-12 if quantity in IN_ORDER[:2] else 5e-11
    assert_relative(quantity(*seam(-1e-14, along)), quantity(*seam(1e-14, along)), tolerance)


@slope
@seam
def test_points_across_a_seam_agree_with_quadrature(seam, slope):
    rng = np.random.default_rng(32)
    b, k = seam(rng.uniform(-0.2, 0.2, 5000), rng.uniform(1e-4, 1, 5000))
    assert_relative(slope(b, k), BY_QUADRATURE[slope](b, k), 1e-11)


# Identities and limits


def test_slopes_by_the_correlation_time_follow_from_those_by_the_field():
    rng = np.random.default_rng(33)
    b, k = 10 ** rng.uniform(-6, 6, 2000), 10 ** rng.uniform(-6, 8, 2000)
    by_field, loss_by_field = lorentzian_slope(b, k), spin_loss_slope(b, k)
    assert_relative(spin_loss_correlation_slope(b, k), -by_field / (2 * b * k), 1e-13)
    assert_relative(
        lorentzian_correlation_slope(b, k),
        2 * b / k**3 * loss_by_field + 3 / (4 * b * k) * by_field,
        1e-13,
    )


def test_without_field_the_loss_is_two_thirds_of_what_the_lorentzian_loses():
    k = np.geomspace(1e-6, 1e8, 1000)
    assert_relative(
        spin_loss_correlation_slope(0.0, k), -2 / 3 * lorentzian_correlation_slope(0.0, k), 1e-13
    )


def test_without_field_it_is_the_scaled_error_function():
    """g(0, k) = 2y²[1 − √π y erfcx(y)] and erfcx′ = 2y erfcx − 2/√π."""
    k = np.geomspace(0.4, 100, 100)
    y = ROOT / k
    scaled = np.sqrt(np.pi) * y * erfcx(y)
    by_y = 4 * y * (1 - scaled) - 2 * y * (scaled + 2 * y * y * scaled - 2 * y * y)
    assert_relative(lorentzian_correlation_slope(0.0, k), -y / k * by_y, 1e-12)


def test_short_correlation_time():
    """1 − g → k²(b² + 3/4) and τ_c/T1e → k²/2."""
    b = np.array([0.0, 1e-3, 0.3, 1.0, 30.0])
    k = 1e-5 / (1 + b)
    assert_relative(lorentzian_correlation_slope(b, k), -2 * k * (b**2 + 0.75), 1e-8)
    assert_relative(spin_loss_correlation_slope(b, k), k, 1e-8)


def test_long_correlation_time():
    k = 1e6
    assert lorentzian_correlation_slope(0.0, k) == pytest.approx(-8 / k**3, rel=1e-5, abs=0)
    assert spin_loss_correlation_slope(0.0, k) == pytest.approx(16 / (3 * k**3), rel=1e-5, abs=0)


def test_strong_field_is_one_lorentzian():
    b, phase = 1e6, np.array([0.01, 1.0, 100.0])
    x = phase**2
    k = phase / b
    assert_relative(lorentzian_correlation_slope(b, k), -2 / k * x / (1 + x) ** 2, 1e-11)
    assert_relative(spin_loss_correlation_slope(b, k), k / (1 + x) ** 2, 1e-11)


@slope
def test_infinite_correlation_time(slope):
    np.testing.assert_array_equal(slope([0.0, 0.3, 1.0, -30.0], np.inf), 0)


def test_bounds():
    """Ω²τ²/(1+Ω²τ²)² is at most 1/4, and Ω_⊥ ≤ Ω_e."""
    rng = np.random.default_rng(34)
    b, k = 10 ** rng.uniform(-8, 8, 20000), 10 ** rng.uniform(-6, 8, 20000)
    lorentzian, loss = (
        -k * lorentzian_correlation_slope(b, k),
        k * spin_loss_correlation_slope(b, k),
    )
    assert np.all((loss > 0) & (loss <= lorentzian) & (lorentzian <= 0.5))


@slope
def test_even_in_the_field_to_the_last_bit(slope):
    rng = np.random.default_rng(35)
    b, k = 10 ** rng.uniform(-9, 9, 2000), 10 ** rng.uniform(-6, 8, 2000)
    np.testing.assert_array_equal(slope(-b, k), slope(b, k))


# As array functions


def test_all_together_are_each_alone_to_the_last_bit():
    rng = np.random.default_rng(36)
    b, k = (
        rng.choice([-1, 1], 30000) * 10 ** rng.uniform(-3, 3, 30000),
        10 ** rng.uniform(-3, 4, 30000),
    )
    together = averages_with_slopes(b, k)
    for value, function in zip(together, IN_ORDER, strict=True):
        np.testing.assert_array_equal(value, function(b, k))
    for i in range(0, b.size, 200):
        assert averages_with_slopes(b[i], k[i]) == tuple(value[i] for value in together)


def test_names_of_the_fields():
    together = averages_with_slopes(1.5, 0.7)
    assert together.lorentzian == lorentzian_average(1.5, 0.7)
    assert together.spin_loss == spin_loss(1.5, 0.7)
    assert together.lorentzian_slope == lorentzian_slope(1.5, 0.7)
    assert together.spin_loss_slope == spin_loss_slope(1.5, 0.7)
    assert together.lorentzian_correlation_slope == lorentzian_correlation_slope(1.5, 0.7)
    assert together.spin_loss_correlation_slope == spin_loss_correlation_slope(1.5, 0.7)


@slope
def test_scalar_in_float_out_and_broadcasting(slope):
    assert type(slope(1, 2)) is float
    assert type(slope(np.array(1.0), np.float32(2))) is float
    value = slope([[1.0], [-2.0]], [1.0, 3.0, 9.0])
    assert value.shape == (2, 3)
    assert value[1, 2] == slope(-2.0, 9.0)
    assert slope(np.empty((0, 3)), 1.0).shape == (0, 3)


def test_scalar_in_floats_out_and_broadcasting_of_all_together():
    assert all(type(value) is float for value in averages_with_slopes(1, 2))
    assert all(
        value.shape == (2, 3) for value in averages_with_slopes([[1.0], [-2.0]], [1.0, 3.0, 9.0])
    )
    assert all(value.shape == (0,) for value in averages_with_slopes([], 1.0))


def test_ends_of_the_range_are_finite_and_silent():
    b, k = (
        np.array([0.0, 5e-324, 1e-100, 1.0, 1e100, -1e100])[:, None],
        np.array([1e-100, 1.0, 1e100, 1e300, np.inf]),
    )
    for value in averages_with_slopes(b, k):
        assert np.all(np.isfinite(value))


@pytest.mark.parametrize("function", [*SLOPES, averages_with_slopes])
@pytest.mark.parametrize(
    ("b", "k", "message"),
    [
        (1.0, 0, "k must .* not 0"),
        (1.0, -np.inf, "k must .* not -inf"),
        (1.0, np.nan, "k must .* not nan"),
        (np.inf, 1.0, "b must .* not inf"),
        (1.0, [1.0, 2.0, -3.0], "k must .* not -3 at index 2"),
        ("1", 1.0, "b must .* not '1'"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "b and k do not broadcast"),
    ],
)
def test_refused(function, b, k, message):
    with pytest.raises(InvalidInputError, match=message):
        function(b, k)
