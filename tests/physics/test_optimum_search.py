"""Extrema found by sampling: against the analytic derivative, and the two maxima of one curve."""

from dataclasses import dataclass

import numpy as np
import pytest

from coldspin import Site, optimum
from coldspin.heating import ClosedForm, Semiclassical
from coldspin.studies.unequal_couplings import sampled_extrema
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")


def site(nuclei, k, zeeman_ratio):
    """Spins 1/2 with Δ_B = 100 B̃_L = 10 mT."""
    gamma = 1e11
    return Site(
        nuclei=nuclei,
        nuclear_spin=0.5,
        hyperfine_coupling=1e9 / np.sqrt(nuclei),
        nuclear_gyromagnetic_ratio=zeeman_ratio * gamma,
        local_field=1e-4 / np.sqrt(3),
        correlation_time=k * 1e-9,
        filling=0.01,
        electron_gyromagnetic_ratio=gamma,
    )


@dataclass(frozen=True)
class Opaque:
    """(S38) that hides its slope."""

    def heating_coefficient(self, b, k, **groups):
        return ClosedForm().heating_coefficient(b, k, **groups)

    def relaxation_rate(self, b, k, **groups):
        return ClosedForm().relaxation_rate(b, k, **groups)


@pytest.mark.parametrize("k", [0.1, 10.0, 1000.0])
def test_search_finds_what_the_derivative_finds(k):
    searched, solved = (
        optimum(site(1e4, k, 1e-9), 0.01, method=method) for method in (Opaque(), ClosedForm())
    )
    assert searched.kind.values.tolist() == solved.kind.values.tolist()
    np.testing.assert_allclose(searched.field, solved.field, rtol=3e-6)


@needs_compiler
def test_second_maximum_of_the_semiclassical_curve():
    dot = site(1e5, 1000.0, 1.5e-3)
    found = optimum(dot, 1e-4, fields=(0.0, 1.0), method=Semiclassical())
    assert found.kind.values.tolist() == ["maximum", "maximum", "minimum"]
    np.testing.assert_allclose(found.field / dot.fluctuation_field, [3.78, 0.504, 1.185], rtol=2e-3)


def test_only_the_sides_asked_for():
    dot = site(1e4, 10.0, 1e-9)
    both = optimum(dot, 0.01, self_consistent=False, method=ClosedForm())
    assert sorted(np.sign(both.field.values)) == [-1, 1]
    for fields, sign in ((("0 T", "1 T"), 1), (("-1 T", "0 T"), -1)):
        one = optimum(dot, 0.01, fields=fields, self_consistent=False, method=ClosedForm())
        np.testing.assert_allclose(one.field, [sign * abs(both.field.values[0])], rtol=1e-12)
    assert optimum(dot, 0.01, fields=("10 mT", "1 T"), method=ClosedForm()).sizes["extremum"] == 0


def test_flat_bends_below_the_noise_are_not_extrema():
    grid = np.geomspace(1, 100, 50)
    ripples = sampled_extrema(lambda x: 1 + 1e-7 * np.cos(3 * x), grid, noise=1e-5)
    hill = sampled_extrema(lambda x: np.exp(-(np.log(x / 7) ** 2)), grid, noise=1e-5)
    assert ripples == []
    assert hill == [(pytest.approx(7.0, rel=1e-5, abs=0), True)]


def test_a_top_midway_between_two_points_is_not_lost():
    grid = np.array([1.0, 2.0, 4.0, 8.0])
    tops = sampled_extrema(lambda x: 1 - (np.log(x) - 1.5 * np.log(2)) ** 2, grid, noise=1e-5)
    assert tops == [(pytest.approx(2**1.5, rel=1e-5), True)]
    assert sampled_extrema(lambda x: np.maximum(x, 3.0), grid, noise=1e-5) == []
