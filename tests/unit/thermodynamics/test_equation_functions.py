"""Equations that stand as functions of their own: (2), (7), (S10), (S25), (S36), (S39); and what they refuse."""

import numpy as np
import pytest
from scipy.integrate import quad

import quadrature
from coldspin import InvalidInputError
from coldspin.heating import (
    half_angle_cosine,
    high_field_heating,
    precession_about_field,
    rotation_energy,
    strong_field_energy,
)
from coldspin.paper import formulas
from coldspin.precession import (
    long_correlation_spin_loss,
    mean_longitudinal_fraction,
    mean_spin_change,
    precessing_spin,
    spin_loss,
)
from coldspin.thermodynamics import fluxes, spin_temperature, validity


@pytest.mark.parametrize("b", [0.0, 0.02, 0.7, 3.0])
@pytest.mark.parametrize("time", [0.0, 0.4, 3.0, 11.0])
def test_s10_against_a_radial_and_angular_product_rule(b, time):
    r, weight_r = quadrature.panels(np.linspace(0, 8, 33))
    c, weight_c = quadrature.panels(np.linspace(-1, 1, 9))
    r, c = r[:, None], c[None, :]
    total = np.sqrt(b**2 + r**2 + 2 * b * r * c)
    along = (b + r * c) ** 2 / total**2
    density = 2 * np.pi * r**2 * np.sqrt(2 / np.pi) ** 3 * np.exp(-2 * r**2)
    expected = np.sum(
        weight_r[:, None] * weight_c * density * (along + (1 - along) * np.cos(total * time))
    )
    assert mean_longitudinal_fraction(b, time) == pytest.approx(expected, abs=2e-9)


def test_s10_at_zero_field_is_the_known_closed_form():
    t = np.linspace(0, 20, 50)
    known = (1 + 2 * (1 - t**2 / 4) * np.exp(-(t**2) / 8)) / 3
    np.testing.assert_allclose(mean_longitudinal_fraction(0.0, t), known, atol=1e-14)


@pytest.mark.parametrize("b", [0.0, 1.0, 30.0])
def test_s11_turns_s10_into_the_spin_loss_and_s15(b):
    k = 0.5
    lost = quad(
        lambda t: (1 - mean_longitudinal_fraction(b, t * k)) * np.exp(-t),
        0,
        45,
        limit=500,
        epsabs=1e-14,
    )[0]
    assert lost == pytest.approx(spin_loss(b, k), rel=1e-8, abs=0)
    assert 1 - mean_longitudinal_fraction(b, np.inf) == pytest.approx(
        long_correlation_spin_loss(b), rel=1e-12, abs=0
    )


def test_s25_is_a_share_of_the_spin_loss():
    assert mean_spin_change(0.3, 2.0, 12.0, 1e4) == pytest.approx(
        12e-4 * spin_loss(0.3, 2.0), rel=1e-14, abs=0
    )
    assert mean_spin_change([0.0, 1.0], 2.0, 1.0, 10).shape == (2,)


def test_s36_is_s34_without_zeeman_and_finite_at_the_resonance():
    phase = np.linspace(0, 9, 40)
    np.testing.assert_allclose(strong_field_energy(phase, 0.0), rotation_energy(phase), atol=1e-13)
    near = strong_field_energy(0.3, 0.3 * (1 + 1e-9))
    assert strong_field_energy(0.3, 0.3) == pytest.approx(near, rel=1e-8, abs=0)


@pytest.mark.parametrize(("x", "phase"), [(2.0, 0.0), (3.0, 1.1), (4.0, 2.0)])
def test_average_of_s36_is_the_high_field_heating(x, phase):
    lost = quad(
        lambda t: (1 - strong_field_energy(x / 2 * t, phase * t)) * np.exp(-t), 0, 60, limit=500
    )[0]
    assert lost / x**2 == pytest.approx(high_field_heating(x, phase), rel=1e-7, abs=0)


def test_s39_is_the_part_of_the_rotation_about_the_field():
    b, r = 1.5, 0.0
    angle = precession_about_field(b, b + r, 2.0)
    assert half_angle_cosine(b, r, 1.0, 2.0) == pytest.approx(np.cos(angle / 2), rel=1e-14, abs=0)
    assert precession_about_field(0.0, 1.0, 2.0) == 0


def test_7_is_6_with_half_k_times_the_local_field():
    k, kinetic, gamma = 30.0, 3e-4, 6e7
    for field in (1e-4, -4e-3):
        direct = formulas.long_correlation_inverse_spin_temperature(
            0.02, field, k=k, kinetic_local_field=kinetic, nuclear_gyromagnetic_ratio=gamma
        )
        hbar = 1.054571817646156e-34
        assert direct == pytest.approx(
            4 * 0.02 * field / (hbar * gamma) / (field**2 + k**2 * kinetic**2 / 4), rel=1e-13
        )


def test_2_is_a_balance():
    flows = (np.array([3.0, 3.0]), np.array([1.0, 1.0]), np.array([1.5, 2.0]))
    assert fluxes.Fluxes(*flows).net.tolist() == [0.5, 0.0]


CAPACITY = {"nuclei_effective": 1e5, "nuclear_gyromagnetic_ratio": 6e7, "local_field": 1e-4}


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: formulas.zeeman_energy_change(0.1, 1e-3, np.nan), "gyromagnetic"),
        (lambda: formulas.heat_capacity(0.0, **CAPACITY | {"nuclei_effective": -5}), "nuclei_eff"),
        (lambda: formulas.dark_rate_unit(1.0, 0.0, 1e4, 0.1), "correlation_time"),
        (lambda: formulas.classical_maximum(0.1, 0.0, 6e7), "local_field"),
        (lambda: formulas.two_parameter_curve(0.0, 0.0, 1.0), "optimal_field"),
        (lambda: spin_temperature.cooling_drive(1e-4, 0.0), "gyromagnetic"),
        (lambda: spin_temperature.heating_field_squared(1.0, 0.5, -1.0, 1e-4), "k must"),
        (lambda: spin_temperature.heat_capacity_square(0.0, 0.0), "local_field"),
        (
            lambda: validity.thermalization_threshold(1e-4, 1e-23, relaxation_minimum=0.0),
            "relaxation_minimum",
        ),
        (lambda: validity.largest_filling(-5, 1e6), "nuclei"),
        (lambda: precessing_spin([0.0, 1.0], [1.0, 0.0], 1.0), "last axis"),
        (lambda: mean_longitudinal_fraction(0.0, -1.0), "time"),
        (lambda: precession_about_field(1.0, 0.0, 1.0), "total"),
    ],
)
def test_formulas_refuse_what_is_outside_their_domain(call, word):
    with pytest.raises(InvalidInputError, match=word):
        call()
