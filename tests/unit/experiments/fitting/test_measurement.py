"""Measured columns: units, order, errors, and what is refused."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Measurement
from coldspin.experiments.models import DarkRate, Decay
from samples import DONOR
from unit.experiments.fitting.curves import LINE

MODEL = DarkRate(DONOR)


def test_units_become_si():
    made = Measurement(
        "T1", MODEL, ["10 G", "1 mT", "20 G"], ["1 s", "2 s", "3 min"], ["100 ms", "0.2 s", "1 s"]
    )
    np.testing.assert_allclose(made.x, [1e-3, 1e-3, 2e-3], rtol=1e-14)
    np.testing.assert_allclose(made.y, [1.0, 2.0, 180.0])
    np.testing.assert_allclose(made.error, [0.1, 0.2, 1.0])


def test_points_are_sorted_with_their_errors_and_equal_fields_keep_their_order():
    made = Measurement("m", LINE, [3, 1, 2, 1], [30, 10, 20, 11], [0.3, 0.1, 0.2, 0.11])
    assert made.x.tolist() == [1, 1, 2, 3]
    assert made.y.tolist() == [10, 11, 20, 30]
    assert made.error.tolist() == [0.1, 0.11, 0.2, 0.3]


def test_one_error_for_all_or_none():
    assert Measurement("m", LINE, [1, 2], [1, 2], 0.5).error.tolist() == [0.5, 0.5]
    assert Measurement("m", LINE, [1, 2], [1, 2]).error is None
    assert Measurement("m", LINE, [1, 2], [1, 2]).weights.tolist() == [1, 1]
    assert Measurement("m", LINE, [1, 2], [1, 2], 0.5).weights.tolist() == [2, 2]


def test_an_error_of_another_dimension_is_called_the_error():
    with pytest.raises(InvalidInputError, match="m: error = 3 G has the wrong dimension"):
        Measurement("m", MODEL, ["1 G"], ["2 s"], "3 G")


def test_logarithms_are_compared_with_relative_errors():
    made = Measurement("m", LINE, [1, 2], [1, 4], 0.5, logarithmic=True)
    np.testing.assert_allclose(made.compared(made.y), [0, np.log(4)])
    np.testing.assert_allclose(made.weights, [2, 8])
    assert np.isnan(made.compared(np.array([-1.0]))[0])


def test_what_was_given_stays_as_it_was():
    y = np.array([1.0, 2.0])
    made = Measurement("m", LINE, [1, 2], y)
    y[0] = 5
    assert made.y[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        made.y[0] = 3
    with pytest.raises(TypeError):
        made.fixed["height"] = 3


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        (
            ("1st", LINE, [1], [1]),
            {},
            "name of a measurement must be letters, digits, - and _, a letter first, not '1st'",
        ),
        (("a b", LINE, [1], [1]), {}, "not 'a b'"),
        (
            ("m", LINE, [1, 2], [1]),
            {},
            r"m: x and y must be one column each, of the same length, not \(2,\) and \(1,\)",
        ),
        (("m", LINE, [], []), {}, "m: x and y must be one column each"),
        (("m", LINE, [[1, 2]], [[1, 2]]), {}, "m: x and y must be one column each"),
        (("m", LINE, [1, np.nan], [1, 2]), {}, "m: x must be finite, not nan at index 1"),
        (
            ("m", MODEL, [1, 2], [1, np.inf]),
            {},
            "m: relaxation_time must be finite, not inf at index 1",
        ),
        (("m", MODEL, ["1 K"], [1]), {}, "m: field = 1 K has the wrong dimension"),
        (
            ("m", LINE, [1, 2], [1, 2], [0.1, 0.0]),
            {},
            "m: error must be greater than zero and finite, not 0 at index 1",
        ),
        (
            ("m", LINE, [1, 2], [1, 2], [0.1, 0.1, 0.1]),
            {},
            "m: 3 errors for 2 points; give one each, or one",
        ),
        (
            ("m", LINE, [1], [1]),
            {"fixed": {"hight": 1}},
            "m: hight is no parameter of its model; did you mean height",
        ),
        (
            ("m", LINE, [1], [1]),
            {"private": "slope"},
            "m: private must be a list of names, not 'slope'",
        ),
        (
            ("m", LINE, [1], [1]),
            {"private": ("slop",)},
            "m: slop is no parameter of its model; did you mean slope",
        ),
        (
            ("m", MODEL, [1], [1]),
            {"fixed": {"filling": 2}},
            r"m: filling must lie in \[0, 1\], not 2",
        ),
        (
            ("m", LINE, [1, 2], [1, 0]),
            {"logarithmic": True},
            "m: y must be greater than 0 where ln y is compared",
        ),
    ],
)
def test_refused(arguments, options, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        Measurement(*arguments, **options)


def test_a_signal_has_any_unit():
    assert Measurement("m", Decay(), ["1 s", "2 s"], [1e-9, 2e27]).y.tolist() == [1e-9, 2e27]
    with pytest.raises(InvalidInputError, match="m: signal must be a real number"):
        Measurement("m", Decay(), [1.0], ["3 mV"])


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        (
            [1e200, 1.0],
            None,
            "m: the largest y must be from 1e-100 to 1e.100, not 1e.200; use another unit",
        ),
        ([1e-200, 0.0], None, "m: the largest y must be from 1e-100"),
        ([1.0, 2.0], [1e-150, 1.0], "m: the smallest error must be from 1e-100"),
        ([1.0, 2.0], [1.0, 1e150], "m: the largest error must be from 1e-100"),
    ],
)
def test_values_of_which_squares_overflow_are_refused(y, error, words):
    with pytest.raises(InvalidInputError, match=words):
        Measurement("m", LINE, [1, 2], y, error)


def test_small_values_beside_larger_ones_are_kept():
    assert Measurement("m", LINE, [1, 2, 3], [0.0, 1e-200, 1.0]).y.tolist() == [0.0, 1e-200, 1.0]
