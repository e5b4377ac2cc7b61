"""Closed form, semiclassical limit and exact Φ against the number of nuclei: powers, signs, limits; Fig. S1 exactly."""

import numpy as np
import pytest
from numba import config

from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm
from coldspin.paper import reduced
from coldspin.studies.convergence import (
    complete_rotation,
    deviation,
    exact_optimum,
    measured_exponent,
    two_powers,
)
from quick import quick

heavy = pytest.mark.skipif(config.DISABLE_JIT, reason="too slow without the compiler: N up to 10⁷")
NUCLEI = (400, 1600, 6400)


@pytest.fixture(scope="module")
def at_unit_angle():
    """Exact/semiclassical − 1 at x = 1."""
    return deviation((0.0, 1.0, 2.0, 5.0), NUCLEI, angle=1.0, zeeman_share=(0.0, 1.0, -1.0))


@heavy
@pytest.mark.parametrize("b", [0.0, 5.0])
def test_one_over_n_without_nuclear_precession(at_unit_angle, b):
    assert measured_exponent(at_unit_angle).sel(zeeman_share=0, b=b) == pytest.approx(1, abs=0.1)


@heavy
@pytest.mark.parametrize("share", [1.0, -1.0])
@pytest.mark.parametrize("b", [1.0, 2.0, 5.0])
def test_one_over_root_n_on_the_knight_resonance(at_unit_angle, b, share):
    """Relative deviation ±N^(−1/2), positive for ω_B/Ω_B > 0, the same size for both signs to the next order."""
    at = at_unit_angle.sel(b=b)
    assert measured_exponent(at).sel(zeeman_share=share) == pytest.approx(0.5, abs=0.1)
    error = at.semiclassical_error
    assert np.all(share * error.sel(zeeman_share=share) > 0)
    sum_of_signs = error.sel(zeeman_share=1) + error.sel(zeeman_share=-1)
    assert np.all(np.abs(sum_of_signs) < 4 / error.nuclei)


@heavy
def test_without_external_field_there_is_no_sign_and_no_root():
    """b = 0, ω_B = ±ω_e: nothing tells +z from −z, what is odd vanishes, and 1/N is left."""
    data = deviation(0.0, NUCLEI, angle=1.0, zeeman_share=(1.0, -1.0))
    plus, minus = data.exact.values
    assert plus == pytest.approx(minus, rel=1e-9, abs=0)
    assert measured_exponent(data).values == pytest.approx(1, abs=0.1)


@heavy
@pytest.mark.parametrize(
    ("b", "share", "stated"),
    [(0.0, 0.0, (-9.5e-3, -2.5e-3, -6.2e-4)), (1.0, 1.0, (1.8e-2, 9.0e-3, 4.5e-3))],
)
def test_stated_deviations_are_relative(at_unit_angle, b, share, stated):
    """Found before by another program; half a unit of their last digit."""
    error = at_unit_angle.semiclassical_error.sel(b=b, zeeman_share=share)
    assert error.values == pytest.approx(stated, abs=5e-4 if share else 5e-5)


@pytest.mark.slow
@heavy
@pytest.mark.parametrize("angle", quick([1.0, 3.0], 0))
def test_where_the_electron_does_not_follow(angle):
    """C/N^(3/4) of ω_B = 0, b ~ 1: nuclei with Ω_e² ≲ ω_eΩ_B have the weight b^(3/2) exp(−2b²) N^(−3/4)."""
    nuclei = np.round(np.geomspace(1e5, 1e7, 4))
    data = deviation((0.5, 1.0, 2.0), nuclei, angle=angle, tolerance=1e-11)
    size = two_powers(data).C / (data.b**1.5 * np.exp(-2 * data.b**2))
    assert size.values == pytest.approx(np.mean(size.values), rel=0.01, abs=0)
    assert np.all(size > 0)


@heavy
@pytest.mark.parametrize("b", [0.0, 1.0, 5.0])
def test_one_over_n_at_fixed_correlation_time(b):
    data = deviation(b, (10**6, 4 * 10**6), k=10.0, tolerance=1e-11)
    assert measured_exponent(data).values == pytest.approx(1, abs=0.1)


@heavy
def test_complete_rotation_about_two_axes():
    """24/25 where the nuclei turn about the field and the Overhauser field, 4/5 where about one; (S38) has 4/5."""
    slow = complete_rotation((0.0, 1.0), (30.0, 100.0), 10**4, tolerance=1e-6)
    assert slow.exact.sel(b=0).values == pytest.approx(0.8, rel=6e-3, abs=0)
    assert slow.closed_form.values == pytest.approx(0.8, rel=6e-3, abs=0)
    gap = 0.96 - slow.exact.sel(b=1).values
    assert np.all((gap > 0) & (gap < 1.2 / slow.angle.values))
    assert slow.closed_form_error.sel(b=1, angle=100) == pytest.approx(24 / 25 / 0.8 - 1, abs=0.015)
    assert slow.semiclassical.values == pytest.approx(slow.exact.values, rel=1e-3, abs=0)


@pytest.mark.parametrize("k", [0.3, 10.0, 1000.0])
def test_optimum_from_sampled_fields_is_that_of_the_derivative(k):
    root = reduced.optimum(k, reduced.closed_form(1e4))
    found = exact_optimum(k, 10**4, method=ClosedForm())
    assert found.optimal_field.item() == pytest.approx(root.field, rel=2e-4, abs=0)
    assert found.largest_inverse_spin_temperature.item() == pytest.approx(
        root.largest, rel=1e-5, abs=0
    )


@heavy
def test_exact_optimum_is_the_closed_one_while_the_angle_is_small():
    exact, closed = (exact_optimum((0.3, 3.0), 10**6, **m) for m in ({}, {"method": ClosedForm()}))
    for name in exact:
        assert exact[name].values == pytest.approx(closed[name].values, rel=3e-4, abs=0)


@pytest.mark.parametrize("given", [{}, {"angle": 1.0, "k": 1.0}])
def test_angle_or_correlation_time(given):
    with pytest.raises(InvalidInputError, match="either angle or k"):
        deviation(0.0, 16, **given)


def test_few_nuclei():
    """Runs without the compiler too; at k → 0 all methods give 3/2."""
    data = deviation((0.0, 1.0), (8, 16), k=1e-3, zeeman_share=(0.0, 1.0))
    assert dict(data.exact.sizes) == {"zeeman_share": 2, "b": 2, "nuclei": 2}
    for name in ("exact", "semiclassical", "closed_form"):
        assert data[name].values == pytest.approx(1.5, rel=1e-4, abs=0)
