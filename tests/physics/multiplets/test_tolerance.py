"""A thinned sum against the whole one: the error stays below the tolerance, wherever the resonances lie."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coldspin.heating import BalancedLattice, Multiplets, SinglePair
from coldspin.heating.multiplets.thinning import gauss_rule, integer_rule, sum_thinned
from scale import compiled


def excess(couplings, tolerance, b, k, **group):
    """Largest error over the tolerance, of Φ and of s/T1e."""
    some, every = Multiplets(couplings, tolerance), Multiplets(couplings, 0)
    heat = some.heating_coefficient(b, k, **group) / every.heating_coefficient(b, k, **group)
    rate = some.relaxation_rate(b, k, **group) / every.relaxation_rate(b, k, **group)
    return max(np.max(np.abs(heat - 1)), np.max(np.abs(rate - 1))) / tolerance


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    nuclei=st.integers(100, 3000),
    spin=st.sampled_from([0.5, 0.5, 1.0, 1.5]),
    b=st.floats(-2, 2).map(lambda e: 10**e) | st.just(0.0),
    k=st.floats(-2, 5).map(lambda e: 10**e),
    share=st.sampled_from([0.0, 1.0, -1.0, 0.37, -30.0]),
    digits=st.floats(2, 10),
    pair=st.booleans(),
)
@example(nuclei=3000, spin=0.5, b=5.0, k=3e3, share=1.0, digits=6.0, pair=False)
@example(nuclei=3000, spin=0.5, b=1.0, k=1e5, share=0.0, digits=3.0, pair=True)
def test_thinning_keeps_its_promise(nuclei, spin, b, k, share, digits, pair):
    nuclei = compiled(nuclei if spin == 0.5 else nuclei // 4)
    zeeman = share / 2 / np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    couplings = SinglePair() if pair else BalancedLattice()
    group = {"nuclei": nuclei, "spin": spin, "nuclear_precession": zeeman}
    assert excess(couplings, 10**-digits, b, np.array([k, 10.0]), **group) < 1


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 3.0])
@pytest.mark.parametrize("b", [0.0, 0.3, 1.0, 20.0])
def test_thinning_at_ten_thousand_nuclei(b, share):
    k = np.logspace(0, 5, 11)
    for tolerance in (1e-3, 1e-6, 1e-9):
        assert (
            excess(
                BalancedLattice(),
                tolerance,
                b,
                k,
                nuclei=compiled(10**4),
                nuclear_precession=share / 200,
            )
            < 1
        )


@pytest.mark.parametrize("count", [21, 50, 1000, 12345])
def test_gauss_rule_sums_polynomials_exactly(count):
    nodes, weights = np.empty(8), np.empty(8)
    gauss_rule(count, nodes, weights)
    t = np.linspace(-1, 1, count)
    for power in range(16):
        some = np.sum(weights * (2 * nodes / (count - 1) - 1) ** power)
        assert some == pytest.approx(np.sum(t**power), abs=1e-13 * count)


def test_integer_rule_takes_all_of_a_few_terms_and_whole_numbers_of_many():
    for count in (1, 5, 20):
        nodes, weights = integer_rule(count)
        np.testing.assert_array_equal(nodes, np.arange(count))
        np.testing.assert_array_equal(weights, 1)
    nodes, weights = integer_rule(1000)
    assert len(set(nodes.tolist())) == 10
    np.testing.assert_array_equal(nodes, np.rint(nodes))
    assert np.sum(weights * nodes**5) == pytest.approx(
        np.sum(np.arange(1000.0) ** 5), rel=1e-12, abs=0
    )


def test_a_feature_one_term_wide_is_not_lost_once_panels_see_its_tail():
    def terms(index, floor):
        return (1 / (1 + ((index - 3141.0) / 3.0) ** 2))[:, None]

    every = terms(np.arange(10000.0), None).sum(axis=0)
    some, error = sum_thinned(terms, 10000, 1e-6, panel=200.0, direct=10)
    assert abs(some / every - 1) < 1e-6
    assert error <= 1e-6 * every


def test_a_thinned_sum_of_scaled_terms_takes_the_same_terms():
    """The tolerance is relative: a factor 2^20 of all terms is a factor of the sum, bit by bit."""

    def terms(index, _floor):
        return 1 / (1 + ((index[:, None] - 4321.5) / np.array([30.0, 300.0])) ** 2)

    def scaled(index, floor):
        return 2.0**20 * terms(index, floor)

    small, error = sum_thinned(terms, 10000, 1e-8, panel=200.0, direct=10)
    large, scaled_error = sum_thinned(scaled, 10000, 1e-8, panel=200.0, direct=10)
    np.testing.assert_array_equal(large, 2.0**20 * small)
    np.testing.assert_array_equal(scaled_error, 2.0**20 * error)
    np.testing.assert_allclose(small, terms(np.arange(10000.0), 0).sum(axis=0), rtol=1e-8)
