"""The four averages on and across the seams of their implementation, and as array functions."""

import mpmath
import numpy as np
import pytest

import quadrature
from coldspin.precession import lorentzian_average, relaxation_rate, spin_loss, transverse_average
from quadrature import assert_relative
from quick import quick

AVERAGES = {
    lorentzian_average: quadrature.lorentzian,
    transverse_average: quadrature.transverse,
    spin_loss: quadrature.loss,
    relaxation_rate: quadrature.rate,
}
COUNT = 20000
ROOT = np.sqrt(2)

average = pytest.mark.parametrize("average", AVERAGES, ids=lambda f: f.__name__)


def field_seam(distance, along):
    """√2 b = 1/2, while √2/k runs over six decades below 4."""
    return 0.5 / ROOT * (1 + distance), ROOT / (3.9 * 10 ** (-6 * along))


def modulus_seam(distance, along):
    """|√2(b + i/k)| = 10, while √2/k runs from 0 to 4."""
    angle = np.arcsin(0.399) * along
    return 10 / ROOT * (1 + distance) * np.cos(angle), ROOT / (10 * (1 + distance) * np.sin(angle))


def pole_seam(distance, along):
    """√2/k = 4, while √2 b runs up to where the modulus is 10."""
    return 9.1 / ROOT * along, ROOT / (4 * (1 + distance))


seam = pytest.mark.parametrize(
    "seam", [field_seam, modulus_seam, pole_seam], ids=lambda f: f.__name__
)


@seam
def test_points_across_a_seam_agree_with_quadrature(seam):
    rng = np.random.default_rng(11)
    b, k = seam(rng.uniform(-0.2, 0.2, COUNT), rng.uniform(1e-4, 1, COUNT))
    for function in (lorentzian_average, spin_loss):
        assert_relative(function(b, k), AVERAGES[function](b, k), 1e-12)


@seam
@pytest.mark.parametrize("step", quick([7, 1], 0))
def test_points_across_a_seam_agree_with_thirty_digits(seam, step):
    rng = np.random.default_rng(12)
    b, k = seam(np.array([-1e-13, 1e-13] * 8 + [-1e-3, 1e-3] * 4), rng.uniform(1e-4, 1, 24))
    b, k = b[::step], k[::step]
    for function, kind in ((lorentzian_average, "lorentzian"), (spin_loss, "loss")):
        exact = [
            float(quadrature.precise(x, y, kind))
            for x, y in zip(b.tolist(), k.tolist(), strict=True)
        ]
        assert_relative(function(b, k), exact, 1e-12)


@average
@seam
def test_no_jump_between_the_two_sides_of_a_seam(seam, average):
    along = np.linspace(1e-4, 1, COUNT)
    below, above = average(*seam(-1e-14, along)), average(*seam(1e-14, along))
    assert_relative(above, below, 1e-12)


@average
@seam
@pytest.mark.parametrize("along", [0.01, 0.2, 0.5, 0.9])
def test_neighbours_on_a_path_through_a_seam_differ_by_the_smooth_change(seam, average, along):
    logarithm = np.log(average(*seam(np.linspace(-1e-6, 1e-6, COUNT), along)))
    step = np.diff(logarithm)
    assert np.max(np.abs(step - (logarithm[-1] - logarithm[0]) / (COUNT - 1))) < 1e-12


@average
def test_whole_range_agrees_with_quadrature(average):
    rng = np.random.default_rng(13)
    b, k = 10 ** rng.uniform(-8, 8, COUNT // 4), 10 ** rng.uniform(-12, 12, COUNT // 4)
    assert_relative(average(b, k), AVERAGES[average](b, k), 1e-12)


@pytest.mark.parametrize("count", quick([4, 20], 0))
def test_quadrature_in_double_precision_agrees_with_thirty_digits(count):
    rng = np.random.default_rng(14)
    b, k = 10 ** rng.uniform(-8, 8, count), 10 ** rng.uniform(-12, 12, count)
    for kind, value in (
        ("lorentzian", quadrature.lorentzian(b, k)),
        ("loss", quadrature.loss(b, k)),
    ):
        exact = [
            float(quadrature.precise(x, y, kind))
            for x, y in zip(b.tolist(), k.tolist(), strict=True)
        ]
        assert_relative(value, exact, 2e-14)
    assert float(quadrature.precise(0, mpmath.inf, "loss")) == pytest.approx(
        2 / 3, rel=1e-15, abs=0
    )


@average
def test_even_in_the_field_to_the_last_bit(average):
    rng = np.random.default_rng(15)
    b, k = 10 ** rng.uniform(-9, 9, 2000), 10 ** rng.uniform(-12, 12, 2000)
    np.testing.assert_array_equal(average(-b, k), average(b, k))
    assert average(-0.0, 2.0) == average(0.0, 2.0)


@average
def test_ends_of_the_range_are_finite_and_silent(average):
    b = np.array([0.0, 5e-324, 1e-100, 1e-8, 1.0, 1e8, 1e100, -1e100])[:, None]
    k = np.array([1e-100, 1e-12, 1.0, 1e12, 1e100, 1e300, np.inf])
    value = average(b, k)
    assert np.all(np.isfinite(value))
    assert np.all(
        (value > 0) | (k > 1e100) | (np.abs(b) > 1e150 / k)
    )  # elsewhere nothing underflows


@average
def test_infinite_correlation_time(average):
    value = average([0.0, 1.0, -30.0], np.inf)
    if average is spin_loss:
        assert_relative(value, quadrature.loss([0.0, 1.0, 30.0], 1e15), 1e-12)
    else:
        np.testing.assert_array_equal(value, 0)


@average
@pytest.mark.parametrize("number", [int, float, np.float32, np.int64, np.float64, np.array])
def test_scalar_in_float_out(average, number):
    value = average(number(2), number(3))
    assert type(value) is float
    assert value == average(2.0, 3.0)


@average
@pytest.mark.parametrize(
    ("b", "k", "shape"),
    [
        ((), (5,), (5,)),
        ((4, 1), (5,), (4, 5)),
        ((1,), (), (1,)),
        ((2, 1, 3), (4, 1), (2, 4, 3)),
        ((0,), (), (0,)),
        ((3, 0), (1,), (3, 0)),
    ],
)
def test_arguments_broadcast(average, b, k, shape):
    rng = np.random.default_rng(16)
    b, k = rng.uniform(-3, 3, b), rng.uniform(0.1, 30, k)
    value = average(b, k)
    assert value.shape == shape
    assert value.dtype == np.float64
    for index in np.ndindex(shape):
        assert value[index] == average(
            np.broadcast_to(b, shape)[index], np.broadcast_to(k, shape)[index]
        )


@average
def test_lists_are_arrays(average):
    np.testing.assert_array_equal(
        average([1, 2], [[1], [3.5]]), average(np.array([1, 2]), np.array([[1], [3.5]]))
    )


@average
def test_value_does_not_depend_on_place_or_shape(average):
    rng = np.random.default_rng(17)
    b, k = 10 ** rng.uniform(-2, 2, COUNT), 10 ** rng.uniform(-2, 3, COUNT)
    value = average(b, k)
    order = rng.permutation(COUNT)
    np.testing.assert_array_equal(average(b[order], k[order]), value[order])
    np.testing.assert_array_equal(average(b[::-3], k[::-3]), value[::-3])
    np.testing.assert_array_equal(
        average(b.reshape(8, 50, 50), k.reshape(8, 50, 50)).ravel(), value
    )
    columns = average(np.asfortranarray(b.reshape(100, 200)), k.reshape(100, 200))
    np.testing.assert_array_equal(columns.ravel(), value)
    for i in order[:200].tolist():
        assert average(b[i], k[i]) == value[i]


@average
def test_arguments_are_left_as_they_were(average):
    b, k = np.array([-1.0, 0.1, 30.0]), np.array([1.0, 2.0, 1e-3])
    average(b, k)
    assert b.tolist() == [-1.0, 0.1, 30.0]
    assert k.tolist() == [1.0, 2.0, 1e-3]
