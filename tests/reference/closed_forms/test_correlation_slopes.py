"""Derivatives by the correlation time against mpmath, at the points of table.csv and across the seams.

Two routes, which agree to thirty digits. With a = 1/k and w' = −2zw + 2i/√π, the first
differentiates the form of `make_table.by_faddeeva`, F = √(2π) w[√2 (b + ia)] with 170 digits. The
second differentiates the positive integrals of `make_table.by_quadrature`, and integrates by parts
so that they stay positive:

    ∂g/∂k = −k⁻³ ∫₀^∞ e^{−μ/k²} e^{−μb²q} μ q^{5/2} [2b²q + 3/2] dμ,      ∂(τ_c/T1e)/∂k = k⁻³ ∫₀^∞ (…) μ q^{5/2} dμ.
"""

import importlib.util
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from coldspin.precession import (
    averages_with_slopes,
    lorentzian_correlation_slope,
    spin_loss_correlation_slope,
)
from quadrature import assert_relative
from quick import quick

WORKING_DIGITS = 170
CHECK_DIGITS = 32
SCRIPT = Path(__file__).with_name("make_table.py")


def points():
    """Those of the table with finite k, and both sides of y = √2/k = 4."""
    spec = importlib.util.spec_from_file_location("closed_forms_make_table", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    seam = [
        (b, math.sqrt(2) / 4 * (1 + sign * 1e-9))
        for b in (0.0, 0.1, 0.353, 0.354, 0.5, 2.0, 6.4)
        for sign in (1, -1)
    ]
    return [(b, k) for b, k in script.points() if k < math.inf] + seam


def by_faddeeva(b, k):
    with mpmath.workdps(WORKING_DIGITS):
        b, a = mpf(b), 1 / mpf(k)
        z = mpmath.sqrt(2) * mpmath.mpc(b, a)
        w = mpmath.exp(-z * z) * mpmath.erfc(-1j * z)
        f = mpmath.sqrt(2 * mpmath.pi) * w
        by_a = (
            1j
            * mpmath.sqrt(2)
            * mpmath.sqrt(2 * mpmath.pi)
            * (-2 * z * w + 2j / mpmath.sqrt(mpmath.pi))
        )
        rest_by_a = -f.real - a * by_a.real
        if b == 0:
            slope = 8 * a * (1 - a * f.real) + 4 * a**2 * rest_by_a
            return -(a**2) * slope, a**2 * 2 * slope / 3
        slope = (2 * a * f.imag + a**2 * by_a.imag) / b
        return -(a**2) * slope, -(a**2) * (4 * b * rest_by_a - by_a.imag) / (8 * b**3)


def by_quadrature(b, k):
    with mpmath.workdps(CHECK_DIGITS + 8):
        b, cut, reach = mpf(b), 1 / mpf(k) ** 2, CHECK_DIGITS * mpmath.ln(10)
        step = mpmath.pi**2 / (1.2 * reach)
        low = -reach - mpmath.ln(max(1, b * b, cut))
        high = min(2 * reach, mpmath.ln(1.3 * reach / cut))
        lorentzian = loss = mpf(0)
        for n in range(int(low / step), int(high / step) + 2):
            mu = mpmath.exp(n * step)
            q = 1 / (1 + mu / 2)
            term = mu**2 * mpmath.exp(-mu * cut - mu * q * b * b) * q ** mpf("2.5")
            lorentzian, loss = lorentzian - term * (2 * b * b * q + mpf("1.5")), loss + term
        return step * lorentzian / mpf(k) ** 3, step * loss / mpf(k) ** 3


@pytest.fixture(scope="module")
def exact():
    """b, k and the two slopes, as arrays."""
    return np.array([(b, k, *map(float, by_faddeeva(b, k))) for b, k in points()]).T


@pytest.mark.parametrize("count", quick([6, 60], 0))
def test_two_routes_agree_to_thirty_digits(count):
    chosen = points()
    for i in np.random.default_rng(8).choice(len(chosen), count, replace=False):
        for value, other in zip(by_faddeeva(*chosen[i]), by_quadrature(*chosen[i]), strict=True):
            assert abs(value - other) <= abs(value) * mpf(10) ** (2 - CHECK_DIGITS), chosen[i]


@pytest.mark.parametrize("sign", [1, -1])
def test_slopes_have_eleven_digits(exact, sign):
    b, k, lorentzian, loss = exact
    assert_relative(lorentzian_correlation_slope(sign * b, k), lorentzian, 1e-11)
    assert_relative(spin_loss_correlation_slope(sign * b, k), loss, 1e-11)
    together = averages_with_slopes(sign * b, k)
    assert_relative(together.lorentzian_correlation_slope, lorentzian, 1e-11)
    assert_relative(together.spin_loss_correlation_slope, loss, 1e-11)
