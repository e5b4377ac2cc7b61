"""Polarization of hopping electrons against literal averages over the Overhauser field, and its arguments."""

import math

import mpmath
import numpy as np
import pytest

import quadrature
from coldspin import InvalidInputError
from coldspin.precession.hopping import (
    longitudinal_polarization,
    site_time,
    spin_along_light,
    transverse_polarization,
)
from quadrature import assert_relative
from quick import quick

BOTH = pytest.mark.parametrize("polarization", [longitudinal_polarization, transverse_polarization])
TIMES = {"correlation_time": 3.0, "spin_lifetime": 2.0, "dephasing_time": 1.0}
INF = math.inf


def times(tau_c, t_s, s=1.0):
    return {"correlation_time": tau_c, "spin_lifetime": t_s, "dephasing_time": s}


def stay_by_matrices(b, tau):
    """τ⁻¹∫e^{−t/τ}R(t)dt = (1 − τΩ×)⁻¹ in each field, averaged over the Gaussian; s = 1, azimuth by four angles."""
    vectors, volume = quadrature.cylinder(b, min(0.3, 0.3 / tau))
    weight = volume * (2 / math.pi) ** 1.5 * np.exp(-2 * np.sum(vectors**2, axis=-1))
    total = np.zeros((3, 3))
    for phi in np.arange(4) * math.pi / 2:
        r, z = vectors[..., 0], vectors[..., 2] + b
        x, y, zero = r * math.cos(phi), r * math.sin(phi), np.zeros_like(r)
        cross = np.stack([[zero, -z, y], [z, zero, -x], [-y, x, zero]])
        inverse = np.linalg.inv(np.eye(3) - tau * np.moveaxis(cross, (0, 1), (-2, -1)))
        total += np.sum(weight[..., None, None] * inverse, axis=(0, 1)) / 4
    return total


def renewed(stay, tau_c, t_s):
    """Spin after any number of hops, summed term by term: Σ_n (τ/T_s)(τ/τ_c)^n A^{n+1}."""
    tau = 1 / (1 / tau_c + 1 / t_s)
    term, total = tau / t_s * stay, np.zeros((3, 3))
    while np.abs(term).max() > 1e-14:
        total += term
        term = tau / tau_c * term @ stay
    return total


@pytest.mark.parametrize(("tau_c", "t_s"), [(3.0, 2.0), (0.2, 5.0), (20.0, 4.0), (1e9, 2.0)])
@pytest.mark.parametrize("b", quick([-1.7, 0.0, 0.4, 5.0], 0))
def test_sum_over_hops_of_averaged_matrices(b, tau_c, t_s):
    stay = stay_by_matrices(b, 1 / (1 / tau_c + 1 / t_s))
    total = renewed(stay, tau_c, t_s)
    assert longitudinal_polarization(b, **times(tau_c, t_s)) == pytest.approx(total[2, 2], abs=1e-9)
    across = transverse_polarization(b, **times(tau_c, t_s))
    assert across == pytest.approx(complex(total[0, 0], total[1, 0]), abs=1e-9)
    np.testing.assert_allclose([total[1, 1], -total[0, 1]], [across.real, across.imag], atol=1e-9)
    np.testing.assert_allclose(total[[0, 1, 2, 2], [2, 2, 0, 1]], 0, atol=1e-12)


def precise_stay(b, k, digits=30):
    """g, L, ⟨Ω_z²τ²/(1+Ω²τ²)⟩ and ⟨Ω_zτ/(1+Ω²τ²)⟩ as integrals over μ of positive functions (see `quadrature`)."""
    with mpmath.workdps(digits):
        b, cut = mpmath.mpf(b), 1 / mpmath.mpf(k) ** 2
        step = mpmath.pi**2 / (digits * mpmath.ln(10))
        reach = digits * mpmath.ln(10)
        low, high = -reach - mpmath.ln(max(1, b * b, cut)), min(mpmath.ln(reach / cut), 2 * reach)
        g = lost = kept = turned = mpmath.mpf(0)
        for n in range(int(low / step), int(high / step) + 2):
            mu = mpmath.exp(n * step)
            q = 1 / (1 + mu / 2)
            weight = step * mu * mpmath.exp(-mu * cut - mu * q * b * b) * q**1.5
            g += weight * cut
            lost += weight * q / 2
            kept += weight * (q / 4 + b * b * q * q)
            turned += weight * b * q * mpmath.sqrt(cut)
        return g, lost, kept, turned


RANDOM = np.random.default_rng(31)
POINTS = np.exp(
    RANDOM.uniform(np.log([1e-5, 1e-4, 1e-9, 1e-9]), np.log([1e3, 1e4, 1e9, 1e9]), (24, 4))
)


@pytest.mark.parametrize(("b", "k", "tau_c", "t_s"), POINTS)
def test_digits_hold_over_the_range(b, k, tau_c, t_s):
    """The naive formulas at 30 digits, for any of T_s and τ_c the longer."""
    s = 1 / (1 / tau_c + 1 / t_s) / k
    with mpmath.workdps(30):
        tau_c_, t_s_, s_ = map(mpmath.mpf, (tau_c, t_s, s))
        tau = 1 / (1 / tau_c_ + 1 / t_s_)
        omega = b / s
        g, lost, _, turned = precise_stay(mpmath.mpf(omega) * s_, tau / s_)
        for function, stay in (
            (longitudinal_polarization, 1 - lost),
            (transverse_polarization, mpmath.mpc(g + lost / 2, turned)),
        ):
            naive = tau / t_s_ * stay / (1 - tau / tau_c_ * stay)
            error = abs(mpmath.mpmathify(function(omega, **times(tau_c, t_s, s))) / naive - 1)
            assert error < 1e-12, (function.__name__, float(error))


def test_parts_of_the_literal_average_sum_to_one():
    g, lost, kept, _ = precise_stay(0.7, 3.0)
    assert float(g + lost + kept - 1) == pytest.approx(0, abs=1e-25)


@pytest.mark.parametrize(("tau_c", "t_s"), [(3.0, 2.0), (1e-3, 2.0), (INF, 0.5)])
def test_without_fluctuations_the_hops_do_not_matter(tau_c, t_s):
    omega = np.array([-7.0, -0.1, 0.0, 2.0, 1e4])
    still, nearly = times(tau_c, t_s, INF), times(tau_c, t_s, 1e9)
    np.testing.assert_array_equal(longitudinal_polarization(omega, **still), 1)
    expected = 1 / (1 - 1j * omega * t_s)
    for function_times in (still, nearly):
        np.testing.assert_allclose(
            transverse_polarization(omega, **function_times), expected, rtol=1e-12
        )
    np.testing.assert_allclose(longitudinal_polarization(omega, **nearly), 1, rtol=1e-12)


@BOTH
def test_infinite_correlation_time_is_the_limit(polarization):
    omega = np.array([-2.0, 0.0, 0.3, 10.0])
    ends = [polarization(omega, **times(tau_c, 4.0)) for tau_c in (1e14, INF)]
    np.testing.assert_allclose(*ends, rtol=1e-12)


@BOTH
def test_reversed_precession_is_the_mirror_image(polarization):
    omega = np.array([0.01, 0.5, 3.0, 40.0])
    np.testing.assert_array_equal(
        polarization(-omega, **TIMES), np.conj(polarization(omega, **TIMES))
    )


@BOTH
def test_one_curve_of_ratios(polarization):
    expected = polarization(0.7, **TIMES)
    scaled = polarization(0.7e9, **{name: 1e-9 * time for name, time in TIMES.items()})
    assert_relative(scaled, expected, 1e-14)


@pytest.mark.parametrize("angle", [0.0, 0.6, math.pi / 2, 2.5, math.pi])
def test_oblique_light(angle):
    omega = np.array([-3.0, 0.2])
    along, across = (
        longitudinal_polarization(omega, **TIMES),
        transverse_polarization(omega, **TIMES).real,
    )
    mixed = math.cos(angle) ** 2 * along + math.sin(angle) ** 2 * across
    np.testing.assert_allclose(spin_along_light(omega, angle, **TIMES), mixed, rtol=1e-14)


def test_without_a_mean_precession_all_directions_are_alike():
    assert transverse_polarization(0.0, **TIMES) == pytest.approx(
        longitudinal_polarization(0.0, **TIMES), rel=1e-14
    )


def test_scalars_and_arrays():
    assert type(longitudinal_polarization(1, **TIMES)) is float
    assert type(transverse_polarization(1, **TIMES)) is complex
    assert type(spin_along_light(1, 1, **TIMES)) is float
    mixed = times(np.array([[1.0], [INF]]), 2.0, np.array([1.0, INF, 3.0]))
    for polarization in (longitudinal_polarization, transverse_polarization):
        value = polarization(0.5, **mixed)
        assert value.shape == (2, 3)
        assert value[1, 2] == polarization(0.5, **times(INF, 2.0, 3.0))
        assert value[0, 1] == polarization(0.5, **times(1.0, 2.0, INF))


def test_time_at_a_site():
    assert site_time(3.0, 6.0) == pytest.approx(2.0, rel=1e-15)
    assert site_time(INF, 6.0) == 6.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"correlation_time": 0.0}, "correlation_time"),
        ({"spin_lifetime": INF}, "spin_lifetime"),
        ({"dephasing_time": -1.0}, "dephasing_time"),
        ({"precession": INF}, "precession"),
        ({"correlation_time": [1.0, 2.0], "precession": [1.0, 2.0, 3.0]}, "broadcast"),
    ],
)
@BOTH
def test_bad_input(polarization, change, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        polarization(**({"precession": 1.0} | TIMES | change))
    assert "\n" not in str(caught.value)
