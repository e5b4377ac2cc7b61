"""The models at the certified parameters give the certificates, to every digit that these parameters determine."""

import re

import numpy as np
import pytest

from reference.nist_strd.models import FUNCTIONS, problems, read

PROBLEMS = {problem.name: problem for problem in problems()}
CERTIFICATES = {row["problem"]: row for row in read("certificates.csv")}
ELEVEN_DIGITS = re.compile(r"-?[1-9]\.\d{10}E[+-]\d\d")
NOT_DETERMINED = {"Lanczos1"}  # its sum is that of the rounding errors of its data: README.md
DEGREES_MISPRINTED = {
    "Rat43": 9
}  # 15 - 4 = 11, and the certificate's own residual standard deviation has 11

every = pytest.mark.parametrize("name", PROBLEMS)
determined = pytest.mark.parametrize(
    "name", [name for name in PROBLEMS if name not in NOT_DETERMINED]
)


def unit(number):
    """Unit of the eleventh digit."""
    return 10 ** (np.floor(np.log10(np.abs(number))) - 10)


def sum_at(problem, b):
    return np.sum(problem.residuals(b) ** 2)


def jacobian(problem):
    """∂f/∂b at the certified parameters, by a complex step; shape (n, p)."""
    steps = 1e-30j * np.eye(problem.certified.size)
    return np.stack(
        [problem.function(problem.x, problem.certified + step).imag / 1e-30 for step in steps],
        axis=1,
    )


def left_open(problem):
    """How far the sum can move while every parameter stays within half a unit of its last digit: it is stationary."""
    return np.sum((np.abs(jacobian(problem)) @ (unit(problem.certified) / 2)) ** 2)


def tolerance(problem):
    """One unit of the sum's last digit, half of it for our own rounding, and what the parameters leave open."""
    return unit(problem.rss) + left_open(problem)


def test_there_are_27_problems_of_three_difficulties():
    assert PROBLEMS.keys() == FUNCTIONS.keys() == CERTIFICATES.keys()
    found = [problem.difficulty for problem in PROBLEMS.values()]
    assert {level: found.count(level) for level in found} == {
        "lower": 8,
        "average": 11,
        "higher": 8,
    }


def test_certified_numbers_have_eleven_digits():
    cells = [
        row[key] for row in read("problems.csv") for key in ("certified", "standard_deviation")
    ]
    keys = ("residual_sum_of_squares", "residual_standard_deviation")
    cells += [row[key] for row in CERTIFICATES.values() for key in keys]
    assert [cell for cell in cells if not ELEVEN_DIGITS.fullmatch(cell)] == []


@every
def test_sizes(name):
    problem, certificate = PROBLEMS[name], CERTIFICATES[name]
    counts = {int(row["parameters"]) for row in read("problems.csv") if row["problem"] == name}
    assert counts == {problem.start1.size} == {problem.start2.size} == {problem.certified.size}
    assert problem.y.size == problem.x.shape[-1] == int(certificate["observations"])
    degrees = DEGREES_MISPRINTED.get(name, problem.degrees_of_freedom)
    assert degrees == int(certificate["degrees_of_freedom"])


@every
def test_models_are_finite_at_both_starts(name):
    problem = PROBLEMS[name]
    sums = [sum_at(problem, start) for start in (problem.start1, problem.start2)]
    assert problem.rss < min(sums) <= max(sums) < np.inf


@determined
def test_sum_of_squares(name):
    problem = PROBLEMS[name]
    assert sum_at(problem, problem.certified) == pytest.approx(
        problem.rss, rel=0, abs=tolerance(problem)
    )
    assert tolerance(problem) < 1e-9 * problem.rss


@determined
def test_sum_of_squares_notices_a_hundredth_of_a_standard_deviation(name):
    problem = PROBLEMS[name]
    for step in np.diag(problem.deviation / 100):
        assert min(
            sum_at(problem, problem.certified + s * step) for s in (1, -1)
        ) > problem.rss + tolerance(problem)


def test_sum_of_squares_of_lanczos1_after_one_step_to_the_digits_that_doubles_have():
    problem = PROBLEMS["Lanczos1"]
    residuals = problem.residuals(problem.certified)
    assert 1e4 * problem.rss < np.sum(residuals**2) < left_open(problem)
    step, *_ = np.linalg.lstsq(jacobian(problem), residuals, rcond=None)
    assert np.all(np.abs(step) < unit(problem.certified) / 2)
    assert np.sum((residuals - jacobian(problem) @ step) ** 2) == pytest.approx(
        problem.rss, rel=1e-2
    )


@every
def test_standard_deviations(name):
    problem = PROBLEMS[name]
    residual = float(CERTIFICATES[name]["residual_standard_deviation"])
    assert np.sqrt(problem.rss / problem.degrees_of_freedom) == pytest.approx(residual, rel=1e-10)
    slopes = jacobian(problem)
    scale = np.linalg.norm(slopes, axis=0)
    inverse = np.linalg.inv(np.linalg.qr(slopes / scale, mode="r"))
    assert residual * np.linalg.norm(inverse, axis=1) / scale == pytest.approx(
        problem.deviation, rel=2e-9
    )
