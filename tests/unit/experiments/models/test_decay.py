"""Decays and build-ups against the formulas written out, and what they guess from data."""

import math

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models import Decay

TIMES = np.array([0.0, 0.1, 1.0, 5.0, 60.0])
LEFT = {
    "exponential": lambda t: math.exp(-t / 2),
    "stretched": lambda t: math.exp(-((t / 2) ** 0.6)),
    "bi-exponential": lambda t: 0.75 * math.exp(-t / 2) + 0.25 * math.exp(-t / 30),
}
GIVEN = {
    "exponential": {},
    "stretched": {"stretching": 0.6},
    "bi-exponential": {"slow_time": 30.0, "slow_share": 0.25},
}

form = pytest.mark.parametrize("form", LEFT)


@form
def test_forms_written_out(form):
    given = {"amplitude": -3.0, "offset": 0.7, "relaxation_time": 2.0, **GIVEN[form]}
    left = np.array([LEFT[form](t) for t in TIMES])
    np.testing.assert_allclose(Decay(form)(TIMES, **given), -3 * left + 0.7, rtol=1e-14)
    np.testing.assert_allclose(
        Decay(form, build_up=True)(TIMES, **given), -3 * (1 - left) + 0.7, rtol=1e-14
    )


@form
def test_times_with_units(form):
    np.testing.assert_array_equal(
        Decay(form)("0:2:3 min", relaxation_time="1 min"),
        Decay(form)([0, 60, 120], relaxation_time=60),
    )


@form
@pytest.mark.parametrize("build_up", [False, True])
def test_guess_begins_near_the_data(form, build_up):
    """Values read off a curve that has ended: amplitude and offset of either sign, times within it."""
    model = Decay(form, build_up)
    rng = np.random.default_rng(44)
    for _ in range(20):
        amplitude, offset = rng.normal(size=2)
        curve = model(
            np.linspace(0, 50, 30),
            amplitude=amplitude,
            offset=offset,
            relaxation_time=3,
            **_quick(form),
        )
        order = rng.permutation(30)
        guess = model.guess(np.linspace(0, 50, 30)[order], curve[order])
        assert guess["amplitude"] == pytest.approx(amplitude, rel=0.02)
        assert guess["offset"] == pytest.approx(offset, abs=0.02 * abs(amplitude))
        assert 1 < guess["relaxation_time"] < 50
        assert guess.keys() <= model.parameters.keys()


def _quick(form):
    return {} if form != "bi-exponential" else {"slow_time": 8.0}


def test_guess_of_two_times_tells_them_apart():
    guess = Decay("bi-exponential").guess(np.linspace(0, 50, 30), np.ones(30))
    assert guess["slow_time"] > 3 * guess["relaxation_time"]


def test_guess_of_one_point_is_finite():
    assert Decay().guess(np.array([3.0]), np.array([2.0])) == {
        "relaxation_time": 1 / 3,
        "amplitude": 0,
        "offset": 2,
    }


def test_special_cases_are_the_exponential():
    given = {"amplitude": 2.0, "offset": 1.0, "relaxation_time": 4.0}
    one = Decay()(TIMES, **given)
    np.testing.assert_allclose(Decay("stretched")(TIMES, stretching=1, **given), one, rtol=1e-15)
    np.testing.assert_allclose(
        Decay("bi-exponential")(TIMES, slow_share=0, **given), one, rtol=1e-15
    )


def test_classical_limits():
    assert Decay("stretched", build_up=True).classical() == Decay(build_up=True)
    assert Decay("bi-exponential").classical() == Decay()
    assert Decay().classical() is None
    assert Decay().doubts(TIMES, {}) == ()


def test_axes():
    time, signal = Decay().axes
    assert (time.dimension.unit, signal.dimension, signal.any_unit) == ("second", None, True)


def test_form_is_one_of_three():
    with pytest.raises(
        InvalidInputError,
        match="form must be one of exponential, stretched, bi-exponential, not 'gauss'",
    ):
        Decay("gauss")
