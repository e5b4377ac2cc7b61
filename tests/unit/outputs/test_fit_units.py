"""Intervals as printed: every end, read back, lies within its own rounding, and the best value between them."""

import re
from dataclasses import replace

import numpy as np
import pytest

from coldspin.experiments.fitting import Interval, Measurement, fit
from coldspin.experiments.models import Decay
from coldspin.outputs.fit_units import (
    choose_parameter_unit,
    choose_unit,
    format_best_value,
    format_interval,
    format_result,
)
from coldspin.quantities import FIELD, RATE, TIME

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIZES = {
    "h": 3600,
    "min": 60,
    "s": 1,
    "ms": 1e-3,
    "µs": 1e-6,
    "ns": 1e-9,
    "ps": 1e-12,
    "T": 1,
    "mT": 1e-3,
    "G": 1e-4,
}
_SIZES |= {"s⁻¹": 1.0, "": 1.0}
_NUMBER = r"(−?[\d.]+)(?: × 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?"


def read(text, factor=1.0):
    """Value and half a unit of the last digit of one printed number; the number is all of the text."""
    match = re.fullmatch(_NUMBER, text)
    assert match, text
    digits, power = match[1].replace("−", "-"), 10.0 ** int((match[2] or "0").translate(_RAISED))
    places = len(digits.partition(".")[2])
    if not places and not match[2]:
        places = -(len(digits) - len(digits.rstrip("0"))) if float(digits) else 0
    return float(digits) * power * factor, 0.5 * 10.0**-places * power * factor


def ends_of(text):
    """The two ends of "a to b unit", "(a to b) × 10ⁿ unit" or "a unit to b unit", in SI, each with its rounding."""
    common = re.fullmatch(r"\((.*) to (.*)\) × 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+) ?(\S*)", text)
    if common:
        factor = 10.0 ** int(common[3].translate(_RAISED)) * _SIZES[common[4]]
        return read(common[1], factor), read(common[2], factor)
    first, last = text.split(" to ")
    (one, unit), (other, last_unit) = (
        re.fullmatch(r"([−\d.]+(?: × 10\S+)?) ?(\S*)", end).groups() for end in (first, last)
    )
    return read(one, _SIZES[unit or last_unit]), read(other, _SIZES[last_unit])


def random_intervals(count, seed):
    """Ends and best value: narrow, wide and very lopsided ones, of every size, one in five of either sign."""
    random = np.random.default_rng(seed)
    for number in range(count):
        best = 10.0 ** random.uniform(-13, 5)
        if number % 5 == 0:
            best *= random.choice([-1, 1])
            down, up = abs(best) * 10.0 ** random.uniform(-5, 4, 2)
            yield best - down, best, best + up, False
        else:
            down, up = 10.0 ** random.uniform(-5, np.log10(3), 2)
            yield best * np.exp(-down), best, best * np.exp(up), True


@pytest.mark.parametrize("dimension", [TIME, FIELD, RATE, None])
def test_no_printed_end_lies_outside_its_own_rounding(dimension):
    for low, best, high, scale in random_intervals(2500, 12):
        shown = choose_unit(best, dimension)
        text = shown.between(low, high, scale=scale, best=best)
        for end, (value, rounding) in zip((low, high), ends_of(text), strict=True):
            assert abs(value - end) <= rounding * (1 + 1e-9), text
            assert np.sign(value) == np.sign(end), text
            assert abs(value - end) <= 0.051 * abs(end), text
        (first, _), (last, _) = ends_of(text)
        assert first <= best * (1 + np.sign(best) * 1e-12), text
        assert last >= best * (1 - np.sign(best) * 1e-12), text
        assert first < last, text


@pytest.fixture(scope="module")
def decay():
    x = np.linspace(0, 10, 12)
    y = Decay()(x, relaxation_time=3.0) + 0.02 * np.random.default_rng(1).standard_normal(x.size)
    return fit(Measurement("m", Decay(), x, y, 0.02), ["relaxation_time"])


def test_the_best_value_lies_between_the_printed_ends_of_a_parameter(decay):
    (variable,) = decay.problem.variables
    for low, best, high, scale in random_intervals(2500, 13):
        if not scale:
            continue
        inner = Interval(0.68, best - 0.4 * (best - low), best + 0.4 * (high - best))
        made = replace(decay, intervals={"relaxation_time": (inner, Interval(0.95, low, high))})
        made.__dict__["best"] = {"relaxation_time": best}
        text = format_interval(
            choose_parameter_unit(made, variable),
            made.intervals["relaxation_time"][1],
            variable,
            best=best,
        )
        (first, _), (last, _) = ends_of(text)
        (value, _), _ = ends_of(f"{format_best_value(made, variable)} to 1 s")
        assert first <= value * (1 + 1e-12), (text, value)
        assert value <= last * (1 + 1e-12), (text, value)
        assert 0 < first < last
        assert format_result(made, variable)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (35.9e-9, 1376e-9, "36 to 1400 ns"),
        (9.44e-9, 9.46e-9, "9.440 to 9.460 ns"),
        (0.2e-9, 1376e-9, "0.20 to 1400 ns"),
        (-3e-13, 5e-9, "−0.00030 to 5.0 ns"),
    ],
)
def test_digits_from_each_end(low, high, text):
    assert choose_unit(9e-9, TIME).between(low, high) == text


def test_digits_of_pure_numbers():
    assert choose_unit(1.0, None).between(0.060, 11.2) == "0.060 to 11"
