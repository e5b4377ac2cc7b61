"""Rounding of N, the name of the method, progress, and the choice by regime."""

import warnings

import numpy as np
import pytest

from coldspin import InvalidInputError, Site, ValidityWarning, cool, optimum
from coldspin.heating import Automatic, ClosedForm, Multiplets, Semiclassical
from scale import needs_compiler

pytestmark = [pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning"), needs_compiler]


def site(nuclei=1e4, k=10.0):
    return Site(
        nuclei=nuclei,
        nuclear_spin=0.5,
        hyperfine_coupling=1e9 / np.sqrt(nuclei),
        nuclear_gyromagnetic_ratio=6e7,
        local_field=1e-4,
        correlation_time=k * 1e-9,
        filling=0.01,
        electron_gyromagnetic_ratio=4e10,
    )


def test_nuclei_are_rounded_for_a_method_that_counts_them():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = cool(site(100.4), [1e-3], 0.01, self_consistent=False, method=Multiplets())
    assert any("100.4 was rounded to 100 for Multiplets" in str(w.message) for w in caught)
    assert "rounded to 100" in data.attrs["warnings"]
    rounded = Multiplets().heating_coefficient(
        site(100.4).electron_precession(1e-3),
        site(100.4).k,
        nuclei=100,
        nuclear_precession=site(100.4).nuclear_precession(1e-3),
    )
    assert float(data.heating_coefficient[0]) == rounded
    assert (
        "rounded" not in cool(site(100.4), [1e-3], 0.01, method=Semiclassical()).attrs["warnings"]
    )


@pytest.mark.slow
def test_progress_rises_to_one_and_changes_nothing():
    told = []
    fields = np.linspace(0, 0.05, 120)
    method = Semiclassical(tolerance=1e-4)
    with_bar = cool(site(), fields, 0.01, method=method, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 50
    np.testing.assert_array_equal(
        with_bar.heating_coefficient, cool(site(), fields, 0.01, method=method).heating_coefficient
    )
    optimum(site(), 0.01, method=method, progress=told.append)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("nuclei", "k", "field", "chosen"),
    [
        (1e6, 1.0, 1e-4, ClosedForm),
        (1e6, 1000.0, 1e-2, Semiclassical),
        (100, 30.0, 1e-2, Multiplets),
    ],
)
def test_automatic_names_its_choice(nuclei, k, field, chosen):
    data = cool(site(nuclei, k), [field], 0.01, method=Automatic())
    assert data.attrs["method"].startswith("Automatic(tolerance=0.01): " + chosen.__name__)
    assert "ignores" not in data.attrs["warnings"]


@pytest.mark.parametrize("nuclei", [64, 400, 10_000])
@pytest.mark.parametrize("k", [0.3, 3.0, 30.0, 300.0])
def test_automatic_keeps_its_tolerance(nuclei, k):
    """Against the exact engine, over fields through the Knight resonance."""
    b = np.array([0.0, 0.3, 1.0, 3.0, 10.0])
    groups = {"nuclei": nuclei, "nuclear_precession": -1.5e-3 * b}
    exact = Multiplets(tolerance=1e-6).heating_coefficient(b, k, **groups)
    for tolerance in (0.05, 0.01):
        got = Automatic(tolerance=tolerance).heating_coefficient(b, k, **groups)
        np.testing.assert_allclose(got, exact, rtol=1.1 * tolerance)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, float("nan"), [1e-2, 1e-3]])
def test_automatic_refuses_a_tolerance(tolerance):
    with pytest.raises(InvalidInputError, match="tolerance"):
        Automatic(tolerance=tolerance)


def test_automatic_warns_of_nothing_that_it_weighed():
    with warnings.catch_warnings():
        warnings.simplefilter("error", ValidityWarning)
        Automatic().heating_coefficient(1.0, 1.0, nuclei=1e6, nuclear_precession=1e-4)
        Automatic().relaxation_rate(1.0, 1.0, nuclei=1e6, nuclear_precession=1e-4)


@pytest.mark.parametrize("method", ["closed-form", ClosedForm, None])
def test_what_is_no_method_is_refused(method):
    with pytest.raises(InvalidInputError, match="method must be a value"):
        cool(site(), [1e-3], 0.01, method=method)


def test_what_is_no_site_is_refused_and_so_is_a_table_of_fields():
    with pytest.raises(InvalidInputError, match="site must be a Site, not dict"):
        cool({"nuclei": 10}, [1e-3], 0.01)
    with pytest.raises(InvalidInputError, match="one-dimensional"):
        cool(site(), [[1e-3, 2e-3], [3e-3, 4e-3]], 0.01)
