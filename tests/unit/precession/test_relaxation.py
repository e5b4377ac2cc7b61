"""Relaxation times and the paper's formulas for their limits, as functions of plain numbers and arrays."""

import numpy as np
import pytest

from coldspin.precession import (
    dephasing_time,
    effective_nuclei,
    long_correlation_spin_loss,
    lorentzian_spin_loss,
    nuclear_relaxation_time,
    relaxation_rate,
    short_correlation_rate,
    spin_loss,
)


@pytest.mark.parametrize(
    ("spin", "factor"), [(0.5, 1), (1, 8 / 3), (1.5, 5), (2.5, 35 / 3), (4.5, 33)]
)
def test_effective_nuclei(spin, factor):
    assert effective_nuclei(3000.0, spin) == pytest.approx(3000 * factor, rel=1e-15, abs=0)
    assert type(effective_nuclei(3000, spin)) is float
    np.testing.assert_allclose(effective_nuclei([1, 2.5], spin), [factor, 2.5 * factor], rtol=1e-15)


def test_dephasing_time():
    assert dephasing_time(1e4, 0.5, 1e7) == pytest.approx(1e-9, rel=1e-15, abs=0)
    assert dephasing_time(1e4, 0.5, -1e7) == dephasing_time(1e4, 0.5, 1e7)
    assert type(dephasing_time(1e4, 1.5, 1e7)) is float
    np.testing.assert_allclose(
        dephasing_time([[1e4], [1e6]], 1.5, [1e6, 2e6]) * 1e9 * 5**0.5, [[10, 5], [1, 0.5]]
    )


def test_dephasing_time_is_the_spread_of_the_overhauser_field_of_the_nuclei():
    """Each component of aJ has the variance a²NI(I+1)/3 = 1/(4 T2e*²)."""
    nuclei, spin, coupling = 700, 1.5, 3e6
    m = np.arange(-spin, spin + 1)
    variance = coupling**2 * nuclei * np.mean(m**2)
    assert dephasing_time(nuclei, spin, coupling) == pytest.approx(
        0.5 / np.sqrt(variance), rel=1e-14, abs=0
    )


def test_nuclear_relaxation_time():
    value = nuclear_relaxation_time(0.7, 2.0, 1e5, 1.5, 0.25)
    assert type(value) is float
    assert value == pytest.approx(5e5 / (0.25 * relaxation_rate(0.7, 2.0)), rel=1e-15, abs=0)
    assert nuclear_relaxation_time(0.7, 2.0, 1e5) == pytest.approx(
        1e5 / relaxation_rate(0.7, 2.0), rel=1e-15, abs=0
    )
    assert nuclear_relaxation_time([0, 1, 2], [[1], [2]], 10, 0.5, 0.5).shape == (2, 3)
    assert nuclear_relaxation_time(0, 1, 10, 0.5, [0.1, 1]).shape == (2,)


@pytest.mark.parametrize("limit", [long_correlation_spin_loss, lorentzian_spin_loss])
def test_limits_in_the_field_alone(limit):
    assert type(limit(2)) is float
    assert limit([[1.0, -1.0]]).shape == (1, 2)
    assert limit(-3.0) == limit(3.0)
    assert limit(0.0) == pytest.approx(2 / 3, rel=1e-12, abs=0)


def test_long_correlation_is_the_loss_at_infinite_correlation_time():
    b = np.geomspace(1e-3, 1e3, 50)
    np.testing.assert_array_equal(long_correlation_spin_loss(b), spin_loss(b, np.inf))


def test_short_correlation_rate():
    assert type(short_correlation_rate(2, 3)) is float
    assert short_correlation_rate(2.0, 3.0) == pytest.approx(3 / (2 * 37), rel=1e-15, abs=0)
    assert short_correlation_rate(-2.0, 3.0) == short_correlation_rate(2.0, 3.0)
    assert short_correlation_rate([1.0, 2.0], [[3.0], [4.0]]).shape == (2, 2)
