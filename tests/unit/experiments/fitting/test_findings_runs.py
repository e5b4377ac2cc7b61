"""The distribution of the number of runs, against all sequences of signs."""

from itertools import groupby, product
from math import comb
from time import process_time

import numpy as np
import pytest
from scipy.stats import norm

from coldspin.experiments.fitting import runs_test


def count(signs):
    return sum(1 for _ in groupby(signs))


@pytest.mark.parametrize("n", range(1, 11))
def test_every_sequence_of_signs(n):
    every = list(product((1.0, -1.0), repeat=n))
    rng = np.random.default_rng(n)
    for signs in every:
        one = len(set(signs)) == 1  # n₊ or n₋ = 0 leaves one sequence: all are compared
        alike = every if one else [other for other in every if sum(other) == sum(signs)]
        runs = count(signs)
        found = runs_test(np.array(signs) * rng.uniform(0.1, 9, n))
        assert found.runs == runs
        assert found.probability == pytest.approx(
            np.mean([count(other) <= runs for other in alike]), rel=1e-12
        )
        assert found.expected == pytest.approx(
            np.mean([count(other) for other in alike]), rel=1e-12
        )


def test_zeros_are_left_out():
    assert runs_test(np.array([0.0, 1.0, 0.0, 2.0, -1.0, 0.0])) == runs_test(
        np.array([1.0, 1.0, -1.0])
    )
    none = runs_test(np.zeros(3))
    assert (none.runs, none.expected, none.probability) == (0, 0.0, 1.0)


def test_many_points_are_exact():
    found = runs_test(np.repeat([1.0, -1.0], 500))
    assert found.probability == pytest.approx(2 / comb(1000, 500), rel=1e-12)
    assert runs_test(np.tile([1.0, -1.0], 500)).probability == 1.0


def by_integers(plus, minus, runs):
    """P(R ≤ runs) as the quotient of whole numbers."""

    def ways(count):
        half, odd = divmod(count, 2)
        if not odd:
            return 2 * comb(plus - 1, half - 1) * comb(minus - 1, half - 1)
        one = comb(plus - 1, half) * comb(minus - 1, half - 1)
        return one + comb(plus - 1, half - 1) * comb(minus - 1, half)

    return sum(ways(count) for count in range(2, runs + 1)) / comb(plus + minus, plus)


def test_the_recurrence_against_whole_numbers():
    rng = np.random.default_rng(5)
    for size in (3, 10, 50, 200, 700):
        for _ in range(5):
            signs = np.where(rng.random(size) < rng.uniform(0.1, 0.9), 1.0, -1.0)
            plus = int(np.count_nonzero(signs > 0))
            if 0 < plus < size:
                found = runs_test(signs)
                expected = by_integers(plus, size - plus, found.runs)
                assert found.probability == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", [20_000, 100_000, 1_000_000])
def test_very_many_points_by_the_normal_distribution(size):
    """With the correction for continuity the normal distribution is good to about 1/n near equal shares."""
    found = runs_test(np.random.default_rng(size).standard_normal(size))
    mean = found.expected
    variance = (mean - 1) * (mean - 2) / (size - 1)
    by_normal = norm.cdf((found.runs + 0.5 - mean) / np.sqrt(variance))
    assert found.probability == pytest.approx(by_normal, abs=20 / size)


def test_time_grows_as_the_number_of_points():
    """Whole binomials of 100 000 points took hours; 400 000 points take as long as twice 200 000, not four times."""
    signs = np.random.default_rng(9).standard_normal(400_000)
    times = []
    for part in (signs[:200_000], signs):
        begun = process_time()
        for _ in range(3):
            runs_test(part)
        times.append(process_time() - begun)
    assert times[1] < 3.5 * times[0] + 0.1
