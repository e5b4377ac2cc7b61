"""Standard errors of results from random states and of means over seeds: from each state alone, by hand."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pytest

from coldspin.heating.manybody import (
    Typical,
    averaged_spin_correlator,
    heat,
    heat_at,
    spin_correlator,
)
from coldspin.heating.trajectories.engine import _estimate
from coldspin.studies.unequal_couplings import _mean
from many_spins import random_system

SAMPLES = 3
SYSTEM = random_system(1, [0.5] * 2)
TIME = 0.7


@dataclass(frozen=True)
class Alone(Typical):
    """One of the states of Typical(SAMPLES), twice."""

    which: int = 0

    def vectors(self, dimension):
        state = list(Typical(SAMPLES).vectors(dimension))[self.which]
        return iter([state, state])


def heats(result):
    return np.array([result.zeeman, result.spin_spin, result.electron])


def call_heat(traces):
    result = heat(SYSTEM, TIME, traces=traces, tolerance=1e-2)
    return heats(result), result.errors


def call_heat_at(traces):
    (result,) = heat_at(SYSTEM, [TIME], traces=traces)
    return heats(result), result.errors


def call_spin_correlator(traces):
    return spin_correlator(SYSTEM, 0, [TIME], traces=traces)


def call_averaged_spin_correlator(traces):
    return averaged_spin_correlator(SYSTEM, 0, TIME, traces=traces, tolerance=1e-2)


def error_by_hand(values):
    """√[Σ(x − mean)²/(n − 1)/n]."""
    mean = sum(values) / len(values)
    return np.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))


@pytest.mark.parametrize(
    "call", [call_heat, call_heat_at, call_spin_correlator, call_averaged_spin_correlator]
)
def test_the_error_is_that_of_the_scatter_of_the_states(call):
    alone = [np.asarray(call(Alone(2, which=which))[0]) for which in range(SAMPLES)]
    mean, error = call(Typical(SAMPLES))
    np.testing.assert_allclose(mean, sum(alone) / SAMPLES, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(error, error_by_hand(alone), rtol=1e-7, atol=1e-12)
    assert np.max(error) > 1e-3


def test_means_over_seeds_and_batches_have_the_error_of_their_scatter():
    values = [1.0, 2.0, 4.0]
    assert _mean(values) == pytest.approx((7 / 3, sqrt(7) / 3), rel=1e-14)
    slow = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 8.0]])
    found = _estimate(np.array([10.0, 0.0]), slow)
    np.testing.assert_allclose(found[0], [10 + 7 / 3, 6.0], rtol=1e-14)
    np.testing.assert_allclose(found[1], [error_by_hand([1.0, 2.0, 4.0]), 1.0], rtol=1e-14)
