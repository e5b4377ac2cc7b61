"""The distribution of the number of runs, against all sequences of signs."""

from itertools import groupby, product
from math import comb

import numpy as np
import pytest

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
        assert found.probability == pytest.approx(np.mean([count(other) <= runs for other in alike]), rel=1e-12)
        assert found.expected == pytest.approx(np.mean([count(other) for other in alike]), rel=1e-12)


def test_zeros_are_left_out():
    assert runs_test(np.array([0.0, 1.0, 0.0, 2.0, -1.0, 0.0])) == runs_test(np.array([1.0, 1.0, -1.0]))
    none = runs_test(np.zeros(3))
    assert (none.runs, none.expected, none.probability) == (0, 0.0, 1.0)


def test_many_points_are_exact():
    found = runs_test(np.repeat([1.0, -1.0], 500))
    assert found.probability == pytest.approx(2 / comb(1000, 500), rel=1e-12)
    assert runs_test(np.tile([1.0, -1.0], 500)).probability == 1.0
