"""The table of conditions: levels, and the warning of a result."""

import math

import pytest

from coldspin.thermodynamics.conditions import CONDITIONS, GROUPS, NO_LIMITS, Limits


@pytest.mark.parametrize(
    ("limits", "value", "level"),
    [
        (Limits(0.1, 0.5), 0.1, "green"),
        (Limits(0.1, 0.5), 0.100001, "yellow"),
        (Limits(0.1, 0.5), 0.5, "yellow"),
        (Limits(0.1, 0.5), math.inf, "red"),
        (Limits(10.0, 1.0), 10.0, "green"),
        (Limits(10.0, 1.0), 9.99, "yellow"),
        (Limits(10.0, 1.0), 0.99, "red"),
        (Limits(0.1, 0.1), 0.2, "red"),
        (Limits(0.1), 1e300, "yellow"),
        (NO_LIMITS, math.inf, "green"),
        (Limits(0.1, 0.5), math.nan, "unknown"),
    ],
)
def test_levels(limits, value, level):
    assert limits.level(value) == level


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=lambda c: c.name)
def test_every_condition_says_enough(condition):
    assert condition.group in GROUPS
    assert condition.question.endswith("?")
    for text in (condition.quantity, condition.problem, condition.remedy, condition.origin):
        assert text
        assert not text.endswith(".")


def test_a_result_warns_beyond_the_limit_with_a_record():
    condition = CONDITIONS["polarization"]
    assert condition.at(0.2).holds
    warning = condition.at(0.3).warning()
    assert not condition.at(0.3).holds
    assert (warning.parameter, warning.subject) == ("polarization", "polarization")
    assert warning.value == warning.size == 0.3
    assert warning.remedy == condition.remedy
    assert str(warning).startswith("polarization reaches 0.3 (limit 0.2): formulas of high")


def test_thermalization_warns_from_red():
    ratio = CONDITIONS["thermalization_ratio"]
    assert ratio.at(0.5).holds
    assert not ratio.at(1.5).holds
    assert not ratio.at(math.nan).holds
