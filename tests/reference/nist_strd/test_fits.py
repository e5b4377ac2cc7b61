"""NIST's problems through the fit itself: digits of parameters, standard deviations and sums from both starts."""

from functools import cache

import numpy as np
import pytest

from reference.nist_strd.models import problems
from reference.nist_strd.report import STARTS, digits, fitted, scores, table

PROBLEMS = {problem.name: problem for problem in problems()}
PARAMETERS, DEVIATIONS, SUM = (
    6,
    6,
    9.5,
)  # digits; measured by report.py: 6.4, 6.4 and 9.9 but for those named here
FEWER_PARAMETERS = {
    "ENSO": 5.5
}  # 6.0: b4 and b7 are periods of waves, of which the sum hardly changes
FEWER_ELSE = {
    "Lanczos1": (2.3, 2.3)
}  # 3.0 and 2.7: its residuals are the rounding of its data; see README.md

every = pytest.mark.parametrize("name", PROBLEMS)


@cache
def measured(name, start):
    """Fit from that start alone."""
    return fitted(PROBLEMS[name], start, attempts=1)


@every
@pytest.mark.parametrize("start", STARTS)
def test_digits_from_one_start(name, start):
    parameters, deviations, square = scores(PROBLEMS[name], measured(name, start))
    least = FEWER_ELSE.get(name, (DEVIATIONS, SUM))
    assert parameters >= FEWER_PARAMETERS.get(name, PARAMETERS)
    assert deviations >= least[0]
    assert square >= least[1]


def test_most_have_eight_digits():
    found = [
        scores(problem, measured(name, start))[0]
        for name, problem in PROBLEMS.items()
        for start in STARTS
    ]
    assert np.median(found) > 8


@every
def test_standard_errors_of_the_library_are_the_certified_ones(name):
    errors = measured(name, "start2").deviations
    assert digits(errors, PROBLEMS[name].deviation) >= (
        FEWER_ELSE[name][0] if name in FEWER_ELSE else 5
    )


@pytest.mark.parametrize("name", ["BoxBOD", "Eckerle4", "MGH10", "MGH17"])
def test_further_starts_do_no_harm(name):
    """Spread over the domain they find the same minimum, or one that is worse and not taken."""
    assert scores(PROBLEMS[name], fitted(PROBLEMS[name], "start1"))[0] >= PARAMETERS


def test_starts_are_far_from_certified():
    """Nothing is found before the search."""
    assert (
        max(digits(getattr(p, start), p.certified) for p in PROBLEMS.values() for start in STARTS)
        < 2.5
    )


def test_digits():
    assert digits([1.0, 2.0], [1.0, 2.0]) == 11
    assert digits([1.001, 2.0], [1.0, 2.0]) == pytest.approx(3)
    assert digits(5.0, 1.0) < 0


def test_report_is_a_row_for_each_problem(monkeypatch):
    monkeypatch.setattr("reference.nist_strd.report.problems", lambda: [PROBLEMS["Misra1a"]])
    head, rule, row = table()
    assert row.startswith("| Misra1a | lower | ")
    assert {line.count("|") for line in (head, rule, row)} == {11}
