"""The second maximum: figures of the theory notes, asymptotic criterion and position, the limit without mixing."""

import numpy as np
import pytest

from coldspin.heating import ClosedForm, Multiplets, Semiclassical
from coldspin.studies.second_maximum import (
    THRESHOLD,
    asymptotic_position,
    criterion,
    curve,
    maxima,
    maxima_map,
    reduced_site,
    without_mixing,
)
from scale import needs_compiler

pytestmark = needs_compiler


def test_reduced_site_has_the_groups_asked_for():
    site = reduced_site(nuclei=1e5, k=1000, zeeman_ratio=1.5e-3)
    assert site.k == pytest.approx(1000, rel=1e-12, abs=0)
    assert site.effective_nuclei == pytest.approx(1e5, rel=1e-12, abs=0)
    assert site.fluctuation_field / site.kinetic_local_field == pytest.approx(100, rel=1e-12, abs=0)
    ratio = site.nuclear_precession(1.0) / site.electron_precession(1.0)
    assert abs(ratio) == pytest.approx(1.5e-3, rel=1e-12, abs=0)


def test_the_two_maxima_at_ten_to_the_fifth_nuclei():
    site = reduced_site(nuclei=1e5, k=1000, zeeman_ratio=1.5e-3)
    found = maxima(site, Semiclassical())
    np.testing.assert_allclose(
        [f / site.fluctuation_field for f, _ in found], [0.504, 3.78], rtol=1e-2
    )
    np.testing.assert_allclose([height for _, height in found], [0.001724, 0.002985], rtol=1e-2)
    dip = curve(site, [1.185 * site.fluctuation_field], Semiclassical())
    assert dip == pytest.approx(0.00104, rel=1e-2, abs=0)
    assert curve(site, [3.78 * site.fluctuation_field], ClosedForm()) == pytest.approx(
        0.0010, rel=5e-2, abs=0
    )
    assert len(maxima(site, ClosedForm())) == 1


@pytest.mark.parametrize(("k", "count"), [(100, 1), (300, 2)])
def test_resonance_makes_it_appear_between_k_100_and_300(k, count):
    assert (
        len(maxima(reduced_site(nuclei=1e4, k=k, zeeman_ratio=1e-3), Semiclassical(tolerance=1e-5)))
        == count
    )


@pytest.mark.parametrize(("k", "low", "high"), [(500, 3.2, 3.4), (3000, 6.2, 6.4)])
def test_one_maximum_that_has_moved_at_a_million_nuclei(k, low, high):
    site = reduced_site(nuclei=1e6, k=k, zeeman_ratio=1e-3)
    ((field, _),) = maxima(site, Semiclassical(tolerance=1e-5))
    assert low < field / site.fluctuation_field < high
    ((closed, _),) = maxima(site, ClosedForm())
    assert 0.85 < closed / site.fluctuation_field < 0.92


@pytest.mark.parametrize(("share", "count"), [(0.96, 1), (1.04, 2)])
def test_criterion_for_separated_scales(share, count):
    at_one = criterion(reduced_site(nuclei=1e16, k=1.0, zeeman_ratio=1e-6))
    site = reduced_site(nuclei=1e16, k=share * THRESHOLD / at_one, zeeman_ratio=1e-6)
    assert criterion(site) == pytest.approx(share * THRESHOLD, rel=1e-9, abs=0)
    assert len(maxima(site, Semiclassical(tolerance=1e-8))) == count


@pytest.mark.parametrize("c", [0.06, 1.0, 2.0])
def test_position_for_separated_scales(c):
    """c = |γ_N/γ_e|τ_c/T2e*; at c = 2 the fluctuations of the Overhauser field move the maximum by 58%."""
    site = reduced_site(nuclei=1e16, k=c / 1e-5, zeeman_ratio=1e-5)
    assert maxima(site, Semiclassical())[-1][0] == pytest.approx(
        asymptotic_position(site), rel=5e-3, abs=0
    )


def test_strong_field_tends_to_the_limit_without_mixing():
    site = reduced_site(nuclei=1e4, k=1000, zeeman_ratio=1.5e-3)
    field = np.array([50.0]) * site.fluctuation_field
    ratio = curve(site, field, Semiclassical()) / without_mixing(site, field)
    assert ratio == pytest.approx(1, abs=5e-3)


def test_exact_engine_is_as_high_at_the_maxima():
    site = reduced_site(nuclei=1e4, k=1000, zeeman_ratio=1.5e-3)
    fields, heights = zip(
        *maxima(site, Semiclassical(), (0.0, 20 * site.fluctuation_field)), strict=True
    )
    assert len(fields) == 2
    np.testing.assert_allclose(curve(site, fields, Multiplets(tolerance=1e-4)), heights, rtol=5e-3)


@pytest.mark.slow
def test_exact_engine_has_them_too():
    site = reduced_site(nuclei=1e4, k=1000, zeeman_ratio=1.5e-3)
    limits = (0.0, 20 * site.fluctuation_field)
    exact, semiclassical = (
        maxima(site, method, limits) for method in (Multiplets(tolerance=1e-4), Semiclassical())
    )
    np.testing.assert_allclose(exact, semiclassical, rtol=5e-3)


def test_map_counts_and_compares():
    told = []
    data = maxima_map([30.0, 1000.0], [1e4, 1e5], [1.5e-3], progress=told.append)
    assert data.maxima.values.tolist() == [[[1, 2], [1, 2]]]
    assert data.height_ratio.sel(nuclei=1e5, k=1000.0).item() == pytest.approx(
        0.002985 / 0.001724, rel=1e-2, abs=0
    )
    assert data.highest_field.sel(nuclei=1e4, k=1000.0).item() == pytest.approx(
        0.506, rel=1e-2, abs=0
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
