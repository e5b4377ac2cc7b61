"""Limits, identities and independent averages of the electron spin precession in the frozen Overhauser field."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar
from scipy.special import dawsn

import quadrature
from coldspin.precession import (
    long_correlation_spin_loss,
    longitudinal_fraction,
    lorentzian_average,
    lorentzian_spin_loss,
    nuclear_relaxation_time,
    overhauser_density,
    precessing_spin,
    relaxation_rate,
    second_order_spin_change,
    short_correlation_rate,
    spin_loss,
    transverse_average,
)
from quadrature import assert_relative
from quick import quick

FIELDS = [0.0, 1e-3, 0.3, 1.0, 5.0]


# Limits


def test_long_correlation_time_without_field_loses_two_thirds():
    for k in (1e3, 1e6, 1e12):
        assert 1.5 * k * relaxation_rate(0.0, k) == pytest.approx(1, abs=4 / k**2 + 1e-12)


@pytest.mark.parametrize("b", FIELDS)
def test_short_correlation_time_sees_the_mean_square_frequencies(b):
    """⟨Ω_e²⟩ = b² + 3/4 and ⟨Ω_⊥²⟩ = 1/2."""
    k = 1e-3 / (1 + b)
    assert (1 - lorentzian_average(b, k)) / k**2 == pytest.approx(b**2 + 0.75, rel=1e-5, abs=0)
    assert transverse_average(b, k) == pytest.approx(0.5, rel=1e-5, abs=0)
    assert spin_loss(b, k) / k**2 == pytest.approx(0.5, rel=1e-5, abs=0)
    assert relaxation_rate(b, k) / k == pytest.approx(0.5, rel=1e-5, abs=0)


@pytest.mark.parametrize("phase", [0.0, 0.1, 1.0, 10.0])
def test_s13_is_the_limit_of_short_correlation_time_at_a_given_phase(phase):
    deviation = [
        relaxation_rate(phase / k, k) / short_correlation_rate(phase / k, k) - 1
        for k in (1e-2, 1e-3, 1e-4)
    ]
    assert np.all(np.abs(deviation) < [2e-4, 2e-6, 2e-8])
    assert deviation[0] / deviation[1] == pytest.approx(100, rel=0.01, abs=0)


def test_s15_is_the_dawson_function():
    b = np.geomspace(0.5, 1e6, 400)
    u = np.sqrt(2) * b
    assert_relative(long_correlation_spin_loss(b), (1 - dawsn(u) / u) / (2 * b**2), 1e-12)


@pytest.mark.parametrize("b", FIELDS)
def test_s15_is_the_limit_of_long_correlation_time(b):
    limit = long_correlation_spin_loss(b)
    deviation = [1 - spin_loss(b, k) / limit for k in (1e3, 1e4, 1e12)]
    assert 0 < deviation[1] < deviation[0] < 1e-3
    assert abs(deviation[2]) < 1e-11


def test_strong_field():
    """Once around in a field b ≫ 1 the electron keeps all but the transverse share 1/(2b²) of its spin."""
    assert 2 * 1e8 * long_correlation_spin_loss(1e4) == pytest.approx(1, rel=1e-7, abs=0)
    assert 1e8 * 1e6 * lorentzian_average(1e4, 1e3) == pytest.approx(1, rel=1e-7, abs=0)


def test_s16_is_good_to_three_percent_of_the_zero_field_loss():
    b = np.linspace(0, 20, 20001)
    error = (lorentzian_spin_loss(b) - long_correlation_spin_loss(b)) / (2 / 3)
    assert 0.0275 < np.max(np.abs(error)) < 0.0285


def test_s16_is_a_third_too_high_in_strong_field():
    assert lorentzian_spin_loss(1e4) / long_correlation_spin_loss(1e4) == pytest.approx(
        4 / 3, rel=1e-7, abs=0
    )


def test_shortest_nuclear_relaxation_time():
    """4.024 N_I T2e*/f at τ_c = 1.116 T2e*, where the paper's S2 has 4.9 at 0.88."""
    nuclei, filling = 1e4, 0.05
    best = minimize_scalar(
        lambda k: nuclear_relaxation_time(0.0, k, nuclei, 1.5, filling),
        bounds=(0.1, 10),
        options={"xatol": 1e-9},
    )
    assert best.x == pytest.approx(1.116, abs=5e-4)
    assert best.fun * filling / (5 * nuclei) == pytest.approx(4.024, abs=5e-4)
    independent = minimize_scalar(lambda k: float(1 / quadrature.rate(0.0, k)), bounds=(0.1, 10))
    assert independent.x == pytest.approx(best.x, rel=1e-5, abs=0)
    assert independent.fun == pytest.approx(best.fun * filling / (5 * nuclei), rel=1e-12, abs=0)


# The averages over the field, literally


@pytest.mark.parametrize("k", [0.05, 0.4, 1.0])
@pytest.mark.parametrize("b", FIELDS)
def test_three_dimensional_gauss_hermite_average(b, k):
    x, w = np.polynomial.hermite.hermgauss(48)
    x, w = x / np.sqrt(2), w / np.sqrt(np.pi)  # variance 1/4
    weight = w[:, None, None] * w[:, None] * w
    transverse = x[:, None, None] ** 2 + x[:, None] ** 2
    denominator = 1 + (transverse + (b + x) ** 2) * k**2
    mean, loss = np.sum(weight / denominator), np.sum(weight * transverse / denominator)
    assert_relative(lorentzian_average(b, k), mean, 1e-10)
    assert_relative(transverse_average(b, k), loss, 1e-10)
    assert_relative(spin_loss(b, k), loss * k**2, 1e-10)
    assert_relative(relaxation_rate(b, k), loss * k, 1e-10)


@pytest.mark.parametrize("k", [0.3, 3.0, 30.0, 1e3])
@pytest.mark.parametrize("b", [0.0, 0.3, 1.0, 3.0])
def test_cylindrical_average(b, k):
    vectors, volume = quadrature.cylinder(b, 0.3 / k)
    weight = volume * (2 / np.pi) ** 1.5 * np.exp(-2 * np.sum(vectors**2, axis=-1))
    transverse = vectors[..., 0] ** 2
    denominator = 1 + (transverse + (b + vectors[..., 2]) ** 2) * k**2
    assert_relative(lorentzian_average(b, k), np.sum(weight / denominator), 1e-11)
    assert_relative(transverse_average(b, k), np.sum(weight * transverse / denominator), 1e-11)


def test_density_of_the_overhauser_field_is_normalised_with_a_quarter_per_axis():
    s, mean = 3.0, np.array([0.1, -0.2, 0.05])
    vectors = np.stack(np.meshgrid(*[np.linspace(-2, 2, 101)] * 3, indexing="ij"), axis=-1)
    weight = overhauser_density(vectors, s, mean) * 0.04**3
    assert np.sum(weight) == pytest.approx(1, rel=1e-12, abs=0)
    np.testing.assert_allclose(np.tensordot(weight, vectors, 3), mean, rtol=1e-11)
    shifted = vectors - mean
    covariance = np.einsum("xyz,xyzi,xyzj->ij", weight, shifted, shifted)
    np.testing.assert_allclose(covariance * 4 * s**2, np.eye(3), atol=1e-11)


# One spin in one field


@pytest.mark.parametrize("seed", range(4))
def test_s9_solves_the_equation_of_motion(seed):
    rng = np.random.default_rng(seed)
    spin, field, times = rng.normal(size=3), 3 * rng.normal(size=3), np.linspace(0, 4, 9)
    motion = solve_ivp(
        lambda _, s: np.cross(field, s),
        (0, 4),
        spin,
        method="DOP853",
        t_eval=times,
        rtol=1e-12,
        atol=1e-13,
    )
    closed = precessing_spin(spin, field, times)
    np.testing.assert_allclose(closed, motion.y.T, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(closed, axis=-1), np.linalg.norm(spin), rtol=1e-14)
    np.testing.assert_allclose(closed @ field, spin @ field, rtol=1e-12)


def test_s9_turns_by_the_sum_of_two_times():
    spin, field = np.array([0.2, 0.5, -0.1]), np.array([1.0, -2.0, 0.7])
    twice = precessing_spin(precessing_spin(spin, field, 0.4), field, 1.1)
    np.testing.assert_allclose(precessing_spin(spin, field, 1.5), twice, atol=1e-15)


@pytest.mark.parametrize("b", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("k", quick([0.2, 1.0, 4.0], 0, 1))
def test_loss_is_the_mean_of_the_precessing_spin_over_fields_and_visits(b, k):
    """(S10) averaged over (S23) and over exp(−t/τ_c)/τ_c is (S11), which is (S12)."""
    vectors, volume = quadrature.cylinder(b, 2.0)
    vectors, volume = vectors.reshape(-1, 3), volume.ravel()
    weight = volume * overhauser_density(vectors, 1.0)
    kept = weight > 1e-16
    field, weight = vectors[kept] + [0, 0, b], weight[kept]
    t, wt = quadrature.panels(np.linspace(0, 36, 1 + int(6 + 30 * k)), order=8)
    stays = sum(
        w * np.exp(-x) * np.sum(weight * longitudinal_fraction(field, x * k))
        for x, w in zip(t, wt, strict=True)
    )
    assert 1 - stays == pytest.approx(spin_loss(b, k), rel=1e-8, abs=0)
    assert (1 - stays) / k == pytest.approx(relaxation_rate(b, k), rel=1e-8, abs=0)


# Heating of the Zeeman reservoir


@pytest.mark.parametrize("k", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("b", [0.0, 0.4, 1.0, 4.0])
def test_s22_is_equivalent_to_s25(b, k):
    """The mean of (S22) answers linearly to a small mean field m: as (⟨J_z⟩/N_I) τ_c/T1e, with ⟨J_z⟩ = m√N_I.

    A shift of the Gaussian by m multiplies its density by 1 + 4m r_z (variance 1/4).
    """
    nuclei = 2500.0
    vectors, volume = quadrature.cylinder(b, 0.3 / k)
    change = second_order_spin_change(vectors, b, k, nuclei)
    weight = volume * overhauser_density(vectors, 1.0)
    scale = spin_loss(b, k) / np.sqrt(nuclei)
    assert np.sum(weight * change) == pytest.approx(0, abs=1e-11 * scale)
    assert np.sum(weight * change * 4 * vectors[..., 2]) == pytest.approx(scale, rel=1e-10, abs=0)
    m = 1e-3
    ahead, behind = (
        np.sum(volume * change * overhauser_density(vectors, 1.0, [0, 0, sign * m]))
        for sign in (1, -1)
    )
    assert (ahead - behind) / (2 * m) == pytest.approx(scale, rel=1e-4, abs=0)


# Properties

b_values = st.floats(0, 1e8)
k_values = st.floats(-12, 12).map(lambda x: 10**x)
properties = settings(max_examples=200, deadline=None, derandomize=True)
SLACK = 1 + 1e-12


@properties
@given(b_values, k_values)
def test_bounds(b, k):
    g, loss = lorentzian_average(b, k), spin_loss(b, k)
    assert 0 < g <= SLACK
    assert 0 < loss <= 2 / 3 * SLACK
    assert 0 < transverse_average(b, k) <= 0.5 * SLACK
    assert loss <= (1 - g) * SLACK + 1e-12  # Ω_⊥² ≤ Ω_e²
    assert loss <= long_correlation_spin_loss(b) * SLACK
    assert g >= 1 / (1 + (b**2 + 0.75) * k**2) / SLACK  # Jensen


@properties
@given(b_values, b_values, k_values)
def test_stronger_field_averages_less(b1, b2, k):
    b1, b2 = sorted([b1, b2])
    for average in (lorentzian_average, transverse_average, spin_loss, relaxation_rate):
        assert average(b2, k) <= average(b1, k) * SLACK


@properties
@given(b_values, k_values, k_values)
def test_longer_correlation_time_cuts_the_average_and_costs_more_spin(b, k1, k2):
    k1, k2 = sorted([k1, k2])
    assert lorentzian_average(b, k2) <= lorentzian_average(b, k1) * SLACK
    assert transverse_average(b, k2) <= transverse_average(b, k1) * SLACK
    assert spin_loss(b, k1) <= spin_loss(b, k2) * SLACK


@properties
@given(b_values, k_values)
def test_four_averages_are_two(b, k):
    loss = spin_loss(b, k)
    assert relaxation_rate(b, k) * k == pytest.approx(loss, rel=1e-14, abs=0)
    assert transverse_average(b, k) * k**2 == pytest.approx(loss, rel=1e-14, abs=0)


@properties
@given(st.floats(0.1, 1e3), st.floats(-3, 4).map(lambda x: 10**x))
def test_averages_are_linked_by_integration_by_parts(b, k):
    """⟨Ω_⊥²/(1+Ω_e²k²)⟩ = ½[g + ∂g/∂b/(4b)], the derivative taken under the integral."""
    expected = (quadrature.lorentzian(b, k) + quadrature.lorentzian_slope(b, k) / (4 * b)) / 2
    assert transverse_average(b, k) == pytest.approx(
        expected, rel=1e-9, abs=1e-9 * lorentzian_average(b, k)
    )
