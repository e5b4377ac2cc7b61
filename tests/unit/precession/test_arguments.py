"""What the functions of the field and the correlation time refuse, and what they say."""

import re

import numpy as np
import pytest

from coldspin import precession
from coldspin.exceptions import InvalidInputError

AVERAGES = ("lorentzian_average", "transverse_average", "spin_loss", "relaxation_rate")
OTHERS = ("lorentzian_slope", "spin_loss_slope", "short_correlation_rate")

of_two = pytest.mark.parametrize(
    "function", [getattr(precession, name) for name in AVERAGES + OTHERS]
)


def assert_refused(call, *words):
    """`call` raises InvalidInputError, a ValueError, with one sentence that holds each of the words."""
    with pytest.raises(InvalidInputError) as caught:
        call()
    message = str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert "\n" not in message
    for word in words:
        assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message), (
            f"{word!r} is missing in {message!r}"
        )


@of_two
@pytest.mark.parametrize(
    ("b", "k", "words"),
    [
        (1.0, 0, ("k", "not 0")),
        (1.0, -1.0, ("k", "not -1")),
        (1.0, -np.inf, ("k", "not -inf")),
        (1.0, np.nan, ("k", "not nan")),
        (1.0, 1e-101, ("k", "1e-101")),
        (np.nan, 1.0, ("b", "not nan")),
        (np.inf, 1.0, ("b", "not inf")),
        (-np.inf, 1.0, ("b", "not -inf")),
        (1e101, 1.0, ("b", "1e+101")),
        (1.0, [1.0, 2.0, -3.0], ("k", "not -3", "index 2")),
        ([[1.0, 2.0], [3.0, np.nan]], 1.0, ("b", "not nan", "index (1, 1)")),
        ([np.nan, np.inf], 1.0, ("b", "not nan", "index 0")),
        ("1", 1.0, ("b", "'1'")),
        (1.0, ["a", "b"], ("k",)),
        (1 + 1j, 1.0, ("b", "(1+1j)")),
        (1.0, np.array([1j]), ("k",)),
        (None, 1.0, ("b", "None")),
        (1.0, None, ("k", "None")),
        (True, 1.0, ("b", "True")),
        (1.0, True, ("k", "True")),
        (1.0, [1.0, [2.0, 3.0]], ("k",)),
        ({"b": 1}, 1.0, ("b",)),
    ],
)
def test_refused(function, b, k, words):
    assert_refused(lambda: function(b, k), *words)


@of_two
def test_shapes_that_do_not_broadcast(function):
    with pytest.raises(ValueError, match="broadcast"):
        function([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("nuclei", "spin", "words"),
    [
        (0, 0.5, ("nuclei", "not 0")),
        (-5.0, 0.5, ("nuclei", "not -5")),
        ([10, -1], 0.5, ("nuclei", "not -1", "index 1")),
        (np.nan, 0.5, ("nuclei", "not nan")),
        (np.inf, 0.5, ("nuclei", "not inf")),
        ("many", 0.5, ("nuclei", "'many'")),
        (10, 0, ("spin", "not 0")),
        (10, -0.5, ("spin", "not -0.5")),
        (10, 0.7, ("spin", "not 0.7")),
        (10, np.nan, ("spin", "not nan")),
        (10, np.inf, ("spin", "not inf")),
        (10, "3/2", ("spin", "'3/2'")),
        (10, True, ("spin", "True")),
    ],
)
def test_number_and_spin_of_nuclei(nuclei, spin, words):
    assert_refused(lambda: precession.effective_nuclei(nuclei, spin), *words)
    assert_refused(lambda: precession.dephasing_time(nuclei, spin, 1e7), *words)
    assert_refused(lambda: precession.nuclear_relaxation_time(0.0, 1.0, nuclei, spin), *words)


def test_spin_is_one_number():
    assert_refused(lambda: precession.effective_nuclei(10, [0.5, 1.5]), "spin")


@pytest.mark.parametrize("coupling", [0.0, np.nan, np.inf, "a", [1.0, 0.0]])
def test_hyperfine_coupling(coupling):
    assert_refused(lambda: precession.dephasing_time(10, 0.5, coupling), "hyperfine_coupling")


@pytest.mark.parametrize(
    ("filling", "words"),
    [(0, ("not 0",)), (1.001, ("not 1.001",)), (np.nan, ("nan",)), ([1, -1], ("-1", "index 1"))],
)
def test_filling(filling, words):
    assert_refused(
        lambda: precession.nuclear_relaxation_time(0.0, 1.0, 10, 0.5, filling), "filling", *words
    )


@pytest.mark.parametrize("b", [np.nan, np.inf, "a", [0.0, np.nan]])
def test_field_of_the_limits(b):
    assert_refused(lambda: precession.long_correlation_spin_loss(b), "b")
    assert_refused(lambda: precession.lorentzian_spin_loss(b), "b")


@pytest.mark.parametrize(
    "call",
    [
        lambda: precession.nuclear_relaxation_time(0.0, np.inf, 10),
        lambda: precession.short_correlation_rate(0.0, np.inf),
        lambda: precession.short_correlation_rate(1.0, np.inf),
    ],
)
def test_infinite_correlation_time_is_refused_where_no_limit_exists(call):
    assert_refused(call, "k", "inf")


@pytest.mark.parametrize("bad", [np.nan, np.inf, "a"])
def test_frozen_field(bad):
    assert_refused(lambda: precession.precessing_spin([0, 0, bad], [0, 0, 1], 1.0), "spin")
    assert_refused(lambda: precession.precessing_spin([0, 0, 1], [0, 0, bad], 1.0), "precession")
    assert_refused(lambda: precession.precessing_spin([0, 0, 1], [0, 0, 1], bad), "time")
    assert_refused(lambda: precession.longitudinal_fraction([0, 0, bad], 1.0), "precession")
    assert_refused(lambda: precession.overhauser_density([0, 0, bad], 1.0), "precession")
    assert_refused(lambda: precession.overhauser_density([0, 0, 0], bad), "dephasing_time")
    assert_refused(lambda: precession.overhauser_density([0, 0, 0], 0.0), "dephasing_time")
    assert_refused(lambda: precession.overhauser_density([0, 0, 0], 1.0, [bad, 0, 0]), "mean")
    assert_refused(
        lambda: precession.second_order_spin_change([0, 0, bad], 0.0, 1.0, 100), "overhauser"
    )
    assert_refused(
        lambda: precession.second_order_spin_change([0, 0, 1], 0.0, 1.0, 0), "nuclei_effective"
    )
