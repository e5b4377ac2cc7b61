"""Vectors along the last axis: shapes, special directions, and the literal formulas."""

import numpy as np
import pytest

import quadrature
from coldspin import InvalidInputError
from coldspin.precession import (
    longitudinal_fraction,
    mean_longitudinal_fraction,
    overhauser_density,
    precessing_spin,
    second_order_spin_change,
)


def test_shapes_of_a_precessing_spin():
    one = precessing_spin([0, 0, 1], [1, 0, 0], 0.3)
    assert one.shape == (3,)
    assert precessing_spin([0, 0, 1], [1, 0, 0], [0.1, 0.2]).shape == (2, 3)
    assert precessing_spin(np.ones((4, 1, 3)), np.ones((5, 3)), np.ones((5,))).shape == (4, 5, 3)
    assert precessing_spin(np.ones(3), np.ones((6, 1, 3)), np.zeros(7)).shape == (6, 7, 3)
    np.testing.assert_array_equal(precessing_spin([0, 0, 1], [1, 0, 0], [0.1, 0.3])[1], one)


def test_quarter_turn_has_the_sense_of_a_torque():
    """dS/dt = Ω × S: about +x, a spin along z moves to −y."""
    np.testing.assert_allclose(
        precessing_spin([0, 0, 1], [2, 0, 0], np.pi / 4), [0, -1, 0], atol=1e-15
    )
    np.testing.assert_allclose(
        precessing_spin([1, 0, 0], [0, 0, 2], np.pi / 4), [0, 1, 0], atol=1e-15
    )


def test_spin_stands_still_without_a_field_along_it_and_at_time_zero():
    spin = [0.1, -0.2, 0.4]
    np.testing.assert_array_equal(precessing_spin(spin, [0, 0, 0], 5.0), spin)
    np.testing.assert_allclose(precessing_spin(spin, np.multiply(spin, 7), 5.0), spin, rtol=1e-14)
    np.testing.assert_allclose(precessing_spin(spin, [1, 2, 3], 0.0), spin, rtol=1e-15)


def test_longitudinal_fraction():
    field, time = np.array([0.3, -1.2, 0.8]), 2.7
    square = field @ field
    expected = field[2] ** 2 / square + (field[0] ** 2 + field[1] ** 2) / square * np.cos(
        np.sqrt(square) * time
    )
    assert longitudinal_fraction(field, time) == pytest.approx(expected, rel=1e-14, abs=0)
    assert type(longitudinal_fraction(field, time)) is float
    assert longitudinal_fraction(field, [0.0, time]).shape == (2,)
    assert longitudinal_fraction(np.ones((4, 1, 3)), [0.0, time]).shape == (4, 2)
    assert longitudinal_fraction([0, 0, 0], time) == 1


def test_overhauser_density():
    s = 3.0
    assert overhauser_density([0, 0, 0], s) == pytest.approx(
        (2 * s**2 / np.pi) ** 1.5, rel=1e-15, abs=0
    )
    assert type(overhauser_density([0, 0, 0], s)) is float
    assert overhauser_density([1, 2, 3], s, [1, 2, 3]) == overhauser_density([0, 0, 0], s)
    assert overhauser_density(np.zeros((4, 5, 3)), s).shape == (4, 5)
    ratio = overhauser_density([0.1, 0.2, -0.3], s, [0, 0, 0.1]) / overhauser_density([0, 0, 0], s)
    assert ratio == pytest.approx(np.exp(-(0.01 + 0.04 + 0.16) / (2 * (1 / (4 * s**2)))), rel=1e-14)


def test_second_order_spin_change_is_the_printed_formula():
    """(S22) in SI, letter by letter, against the dimensionless arguments."""
    hbar, a_over_hbar, nuclei, b, k = 1.054571817e-34, 4e6, 2500.0, 0.8, 1.7
    s = 1 / (a_over_hbar * np.sqrt(nuclei))
    a, tau = hbar * a_over_hbar, k * s
    r = np.array([0.4, -0.3, 0.6])
    jz = r[2] / s / a_over_hbar
    wz, transverse = (b + r[2]) / s, (r[0] ** 2 + r[1] ** 2) / s**2
    bracket = jz * (1 + wz**2 * tau**2) + hbar * wz * transverse * tau**2 / a
    printed = a**2 * tau**2 * bracket / (2 * hbar**2 * (1 + (wz**2 + transverse) * tau**2) ** 2)
    assert second_order_spin_change(r, b, k, nuclei) == pytest.approx(printed, rel=1e-13, abs=0)
    assert type(second_order_spin_change(r, b, k, nuclei)) is float
    assert second_order_spin_change(np.ones((4, 2, 3)), b, k, nuclei).shape == (4, 2)


def fraction_by_hand(b, time):
    """1 − ⟨(Ω_⊥²/Ω²)(1 − cos Ωt)⟩ by Gauss's rule in |Ω| and in the cosine to z: a sum of positive terms."""
    r, weight_r = quadrature.panels(np.linspace(0, 6 + b, 41))
    c, weight_c = quadrature.panels(np.linspace(-1, 1, 3))
    r, c = r[:, None], c[None, :]
    density = (
        2 * np.pi * r**2 * np.sqrt(2 / np.pi) ** 3 * np.exp(-2 * (r**2 + b**2 - 2 * b * r * c))
    )
    return 1 - float(
        np.sum(weight_r[:, None] * weight_c * density * (1 - c**2) * (1 - np.cos(r * time)))
    )


@pytest.mark.parametrize("b", [0.0, 0.02, 0.045, 0.07, 0.11, 0.3, 2.0])
@pytest.mark.parametrize("time", [0.7, 6.0, 19.99, 20.01, 29.9, 39.9])
def test_the_mean_longitudinal_fraction_is_right_to_its_stated_error(b, time):
    """At small b|Ω|s a series takes the place of a difference that cancels; late, the oscillation has died out."""
    assert mean_longitudinal_fraction(b, time) == pytest.approx(
        fraction_by_hand(b, time), rel=0, abs=1e-13
    )


@pytest.mark.parametrize("size", [2, 4])
def test_a_vector_has_three_components(size):
    with pytest.raises(InvalidInputError, match="must have x, y, z along its last axis"):
        precessing_spin(np.ones(size), np.ones(3), 0.1)
