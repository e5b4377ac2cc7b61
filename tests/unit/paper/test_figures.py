"""The data of every figure against literal formulas with averages by plain quadrature."""

import numpy as np
import pytest

import quadrature
from coldspin.paper import figure2, figure3, figure_s1
from coldspin.paper.exact_rotation import exact_optimum
from coldspin.paper.parameters import FLUCTUATION_FIELD, NUCLEI
from scale import needs_compiler

DIGITS = {1e6: {10: 5.232, 100: 45.01, 1000: 89.81}, 1e4: {10: 5.212, 100: 35.37, 1000: 53.39}}


def slow(k, nuclei):
    x = k / np.sqrt(nuclei)
    return 0.4 / x**2 * (2 - 1 / (1 + x**2) - 4 / (4 + x**2))


def literal_heating_field(h, k, nuclei):
    """B_h/B̃_L of (6): √[Φ (T1e/τ_c) (τ_c/T2e*)²/3]."""
    b = np.asarray(h) / FLUCTUATION_FIELD
    return np.sqrt((quadrature.lorentzian(b, k) + slow(k, nuclei)) / quadrature.loss(b, k) / 3) * k


def literal_beta(h, k, nuclei):
    return 2 * h / (h**2 + literal_heating_field(h, k, nuclei) ** 2)


pytestmark = needs_compiler


@pytest.fixture(scope="module")
def fields():
    return figure2.field_dependence()


@pytest.fixture(scope="module")
def optima():
    return figure2.optimum_dependence()


@pytest.mark.parametrize("k", [3.0, 10.0])
def test_panels_a_and_b_are_6_with_s38(fields, k):
    h = fields.field.values
    at = fields.sel(correlation_time=k)
    np.testing.assert_allclose(
        at.inverse_spin_temperature, literal_beta(h, k, 1e6), rtol=1e-9, atol=1e-15
    )
    np.testing.assert_allclose(
        at.nuclear_spin, h**2 / (h**2 + literal_heating_field(h, k, 1e6) ** 2), rtol=1e-9
    )


def test_short_correlation_time_is_the_classical_curve(fields):
    h = fields.field.values
    at = fields.sel(correlation_time=0)
    np.testing.assert_allclose(
        at.inverse_spin_temperature, 2 * h / (1 + h**2), rtol=1e-9, atol=1e-15
    )
    np.testing.assert_allclose(at.nuclear_spin, h**2 / (1 + h**2), rtol=1e-9)


def test_the_spin_is_even_and_beta_odd_in_field(fields):
    np.testing.assert_allclose(fields.nuclear_spin, fields.nuclear_spin[::-1], rtol=1e-12)
    np.testing.assert_allclose(
        fields.inverse_spin_temperature, -fields.inverse_spin_temperature[::-1], atol=1e-15
    )


@pytest.mark.parametrize("nuclei", NUCLEI)
def test_panel_c_has_the_known_digits(optima, nuclei):
    curve = optima.optimal_field.sel(nuclei=nuclei)
    for k, expected in DIGITS[nuclei].items():
        value = float(curve.sel(correlation_time=k, method="nearest"))
        assert optima.correlation_time.sel(correlation_time=k, method="nearest") == pytest.approx(
            k, rel=1e-12, abs=0
        )
        assert float(f"{value:.4g}") == expected


@pytest.mark.parametrize("nuclei", NUCLEI)
def test_panels_c_and_d_are_the_highest_point_of_a_dense_grid(optima, nuclei):
    at = optima.sel(nuclei=nuclei).isel(correlation_time=slice(None, None, 25))
    for k, field, largest in zip(
        at.correlation_time.values,
        at.optimal_field.values,
        at.largest_inverse_spin_temperature.values,
        strict=True,
    ):
        h = np.geomspace(0.3, 500, 4001)
        beta = literal_beta(h, k, nuclei)
        best = int(np.argmax(beta))
        assert h[best - 1] < field < h[best + 1]
        assert largest == pytest.approx(beta[best], rel=1e-5, abs=0)
        assert largest >= beta[best] * (1 - 1e-9)


def test_the_dashed_line_is_equation_10(optima):
    k = optima.correlation_time.values
    np.testing.assert_allclose(
        optima.optimal_field_by_eq_10, 1 / np.sqrt(1 / 100**2 + 4 / k**2), rtol=1e-12
    )
    np.testing.assert_allclose(
        optima.saturation_by_eq_S35, np.sqrt(0.4 * np.array(NUCLEI)), rtol=1e-12
    )


@pytest.mark.parametrize("k", [10.0, 100.0])
def test_figure_3_is_13_with_9(k):
    data = figure3.warming_rates()
    h = data.field.values  # B/B_L
    b = h / np.sqrt(3) / FLUCTUATION_FIELD
    phi = quadrature.lorentzian(b, k) + 0.5
    expected = 2 / k**2 * (h**2 * quadrature.loss(b, k) + phi * k**2) / (h**2 + 1)
    np.testing.assert_allclose(data.relaxation_rate.sel(correlation_time=k), expected, rtol=1e-5)


def test_figure_3_short_correlation_time_falls_from_3_to_1():
    data = figure3.warming_rates()
    curve = data.relaxation_rate.sel(correlation_time=0)
    np.testing.assert_allclose(curve, 1 + 2 / (1 + data.field.values**2), rtol=1e-9)


def test_dots_follow_the_lines_while_the_nuclei_turn_little(optima):
    data = figure_s1.compare(optima.isel(correlation_time=slice(0, 41, 10)))  # τ_c ≤ 10 T2e*
    np.testing.assert_allclose(data.exact_optimal_field, data.optimal_field, rtol=1e-4)
    np.testing.assert_allclose(
        data.exact_largest_inverse_spin_temperature,
        data.largest_inverse_spin_temperature,
        rtol=1e-4,
    )


def test_a_dot_lies_at_a_maximum_of_its_own_curve():
    from coldspin.paper.exact_rotation import rotating_box
    from coldspin.paper.reduced import inverse_spin_temperature

    best = exact_optimum(1000.0, 1e4, near=53.39)
    around = inverse_spin_temperature(
        best.field * np.array([0.8, 0.99, 1.01, 1.2]), 1000.0, rotating_box(1e4)
    )
    assert np.all(around < best.largest)
    assert best.field == pytest.approx(55.6, abs=0.1)
