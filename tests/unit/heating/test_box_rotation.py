"""The dots of Fig. S1 against the literal double average over time and Overhauser field."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.heating import (
    half_angle_cosine,
    rotating_box_heating,
    rotation_energy,
    saturated_heating,
    slow_heating,
)
from coldspin.precession import lorentzian_average


def rotation(axis, angle):
    cross = np.cross(np.eye(3), axis)
    return np.eye(3) - np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@pytest.mark.parametrize(
    ("b", "r", "cosine"), [(0.7, 1.1, 0.3), (-1.3, 0.4, -0.8), (2.0, 0.0, 0.5), (0.0, 1.0, 0.1)]
)
def test_half_angle_is_that_of_the_product_of_both_rotations(b, r, cosine):
    phase = np.array([0.3, 2.0, 11.0])
    n = np.array([np.sqrt(1 - cosine**2), 0.0, cosine])
    r_e = np.sqrt(b * b + r * r + 2 * b * r * cosine)
    traces = [
        np.trace(rotation(np.array([0.0, 0.0, 1.0]), b / r_e * p) @ rotation(n, r / r_e * p))
        for p in phase
    ]
    assert 4 * half_angle_cosine(b, r, cosine, phase) ** 2 - 1 == pytest.approx(traces, abs=1e-13)


def test_no_torque_where_the_fields_cancel():
    assert half_angle_cosine(1.0, 1.0, -1.0, 5.0) == 1.0


def test_rotation_energy_is_the_mean_overlap_of_a_rotated_rank_two_form():
    rng = np.random.default_rng(1)
    turn = rotation(np.array([0.6, 0.0, 0.8]), 1.234)
    overlap = np.trace(turn) ** 2 / 2 + np.trace(turn @ turn) / 2 - 1
    assert rotation_energy(1.234) == pytest.approx(overlap / 5, abs=1e-14)
    assert rotation_energy(rng.uniform(-9, 9, 5)).shape == (5,)


def literal_heating(b, k, nuclei):
    """(S34) with φ from half_angle_cosine, by Gauss rules in time, Ω_N and Ω_e, either side of the kink Ω_N = Ω_B."""
    x = k / np.sqrt(nuclei)
    times, weights = np.polynomial.laguerre.laggauss(160)
    nodes, gauss = np.polynomial.legendre.leggauss(60)
    nodes, gauss = (nodes + 1) / 2, gauss / 2
    slow = 0.0
    for low, high in ((0.0, abs(b)), (abs(b), 2 * abs(b)), (2 * abs(b), 2 * abs(b) + 4)):
        for r, radial in zip(low + (high - low) * nodes, (high - low) * gauss, strict=True):
            r_e = abs(abs(b) - r) + 2 * min(r, abs(b)) * nodes
            cosine = np.clip((r_e**2 - b**2 - r**2) / (2 * b * r), -1, 1)
            angular = r_e / (abs(b) * r) * min(r, abs(b)) * gauss
            half = np.clip(half_angle_cosine(b, r, cosine[:, None], x / 2 * times), -1, 1)
            lost = (1 - rotation_energy(2 * np.arccos(half))) @ weights
            slow += (
                radial * 8 * np.sqrt(2 / np.pi) * r**2 * np.exp(-2 * r**2) * (angular @ lost) / x**2
            )
    return lorentzian_average(b, k) + slow


@pytest.mark.parametrize(
    ("b", "k"), [(0.2, 50.0), (1.0, 100.0), (1.0, 30.0), (-2.5, 100.0), (4.0, 60.0)]
)
def test_literal_average(b, k):
    assert rotating_box_heating(b, k, nuclei=1e4, tolerance=1e-9) == pytest.approx(
        literal_heating(b, k, 1e4), rel=1e-7, abs=0
    )


@pytest.mark.parametrize("k", [1.0, 100.0, 3e4])
def test_one_rotation_at_zero_field(k):
    expected = lorentzian_average(0.0, k) + slow_heating(k / 100)
    assert rotating_box_heating(0.0, k, nuclei=1e4) == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("k", [10.0, 100.0, 1000.0])
def test_one_rotation_in_a_strong_field(k):
    expected = lorentzian_average(1e6, k) + slow_heating(k / 100)
    assert rotating_box_heating(1e6, k, nuclei=1e4) == pytest.approx(expected, rel=1e-6, abs=0)


def test_two_rotations_average_independently_at_long_times():
    """One rotation leaves 1/5 of the energy, two about independent axes 1/25: 24/25 in place of 4/5."""
    x = 1e5
    slow = rotating_box_heating(1.0, x * 1e6, nuclei=1e12) - lorentzian_average(1.0, x * 1e6)
    assert slow * x**2 == pytest.approx(24 / 25, rel=1e-4, abs=0)
    assert saturated_heating(x) * x**2 == pytest.approx(4 / 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"overhauser": -1.0}, "overhauser"),
        ({"cosine": 1.1}, "cosine must lie in"),
        ({"knight_phase": np.nan}, "knight_phase must be finite"),
    ],
)
def test_bad_input(arguments, message):
    good = {"b": 1.0, "overhauser": 1.0, "cosine": 0.0, "knight_phase": 1.0}
    with pytest.raises(InvalidInputError, match=message):
        half_angle_cosine(**(good | arguments))
