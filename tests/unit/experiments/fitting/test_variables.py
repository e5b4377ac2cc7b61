"""Free parameters: starts, bounds, coordinates, and what is refused."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement
from coldspin.experiments.models import DarkRate, Decay
from samples import DONOR, DOT
from unit.experiments.fitting.curves import EXPONENTIAL, Curve, X, exponential, keys, put

FIELDS = np.geomspace(1e-5, 1e-2, 9)
DARK = Measurement("dark", DarkRate(DONOR), FIELDS, DarkRate(DONOR)(FIELDS), 0.1)


def test_starts_are_the_model_s_or_given_or_guessed():
    guessing = Curve(EXPONENTIAL.function, EXPONENTIAL.declared, guessed={"amplitude": 9.0})
    made = put(Measurement("m", guessing, X, X), {"amplitude": None, "rate": 3.0})
    assert made.start == pytest.approx([9.0, np.log(3)])
    assert put(Measurement("m", guessing, X, X), {"amplitude": 2.0}).start == [2.0]
    assert put(exponential(), {"amplitude": None}).start == [1.0]


def test_each_private_parameter_starts_at_the_guess_for_its_own_data():
    times = np.linspace(0, 10, 8)
    measured = [
        Measurement(
            name,
            Decay(),
            times * scale,
            height * np.exp(-times),
            0.1,
            private=("amplitude", "relaxation_time"),
        )
        for name, scale, height in (("fast", 1e-3, 5.0), ("slow", 1e3, -2.0))
    ]
    made = put(measured, ["amplitude", "relaxation_time"])
    starts = dict(zip(keys(made), (v.start for v in made.variables), strict=True))
    assert starts["relaxation_time@slow"] == pytest.approx(1e6 * starts["relaxation_time@fast"])
    assert (starts["amplitude@fast"] > 4, starts["amplitude@slow"] < -1) == (True, True)


def test_each_private_parameter_has_the_domain_and_the_value_of_its_own_model():
    measured = [
        Measurement(n, DarkRate(s), FIELDS, FIELDS, 1.0, private=("nuclei",))
        for n, s in (("a", DONOR), ("b", DOT))
    ]
    assert [v.start for v in put(measured, ["nuclei"]).variables] == [DONOR.nuclei, DOT.nuclei]


def test_bounds_and_starts_with_units():
    made = put(DARK, {"correlation_time": Free("20 ns", low="1 ns", high="1 µs")})
    assert np.exp([made.start, *made.bounds]).ravel() == pytest.approx([2e-8, 1e-9, 1e-6])


def test_a_guess_out_of_bounds_is_brought_into_them():
    assert put(exponential(), {"amplitude": Free(low=2.0)}).start == [2.0]


def test_coordinates_are_logarithmic_where_the_parameter_or_the_fit_says_so():
    made = put(
        exponential(),
        {"amplitude": Free(3.0, low=0.1, logarithmic=True), "rate": Free(2.0, logarithmic=False)},
    )
    amplitude, rate = made.variables
    assert made.start == pytest.approx([np.log(3), 2.0])
    assert made.bounds[0] == pytest.approx([np.log(0.1), 0.0])
    assert (amplitude.value(1e4), amplitude.value(-np.inf), amplitude.coordinate(0.0)) == (
        np.inf,
        0.0,
        -np.inf,
    )
    assert (amplitude.slope(np.log(3)), rate.slope(2.0)) == (pytest.approx(3.0), 1.0)


@pytest.mark.parametrize(
    ("free", "sentence"),
    [
        ({}, "no parameter is free; give at least one"),
        ({"amplitud": None}, "amplitud is a parameter of no measurement; did you mean amplitude"),
        ({"rate@curv": None}, "rate@curv: there is no measurement 'curv'; did you mean curve"),
        ({"rate": -1.0}, "start of rate must be greater than zero, not -1"),
        ({"rate": Free(2.0, high=1.0)}, "rate: start = 2 is outside its bounds, 0 to 1"),
        ({"rate": Free(low=2.0, high=1.0)}, "rate: low = 2 must be below high = 1"),
        ({"rate": Free(low=-1.0)}, r"low of rate must lie in \[0, inf\], not -1"),
        ({"amplitude": Free(-1.0, logarithmic=True)}, "amplitude: start = -1 must be above 0"),
        ({"amplitude": Free(expected=1.0)}, "amplitude: give expected and expected_error together"),
        (
            {"amplitude": Free(expected_error=1.0)},
            "amplitude: give expected and expected_error together",
        ),
        (
            {"amplitude": Free(expected=1.0, expected_error=0.0)},
            "expected_error of amplitude must be greater than zero",
        ),
        ({"amplitude": "3"}, "start of amplitude must be a real number"),
    ],
)
def test_refused_free_parameters(free, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        put(exponential(), free)


def test_free_and_fixed_in_one_measurement():
    measured = Measurement("m", Decay(), [0, 1, 2, 3], [1, 0.6, 0.4, 0.2], 0.1, {"offset": 0.0})
    with pytest.raises(InvalidInputError, match="is free, but fixed in that measurement") as error:
        put(measured, ["amplitude", "offset@m"])
    assert error.value.parameter == "offset@m"
