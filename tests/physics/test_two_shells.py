"""Φ of unequal couplings: trajectories against up to 80 nuclei in full."""

import numpy as np
import pytest

import two_shells
from coldspin.heating import Multiplets, SinglePair, Trajectories
from scale import needs_compiler

pytestmark = needs_compiler

COUPLINGS = (1.0, 0.3)
ANGLES = np.array([1.0, 3.0, 10.0, 30.0])


def lacking(count, b):
    """1 − Φ of so many nuclei in each shell over that of trajectories; small as 1/N."""
    relative = np.repeat(COUPLINGS, count)
    number = np.sum(relative) ** 2 / np.sum(relative**2)
    k = ANGLES * np.sqrt(number)
    method = Trajectories(relative, samples=8192, tolerance=0.05)
    many, _ = method.estimate(b, k, nuclei=number, nuclear_precession=0.0)
    return 1 - two_shells.heating(count, COUPLINGS, b, k) / many


def left_for_many(counts, b):
    """The same for 1/N → 0, by a + b/n + c/n^{3/2} through so many numbers of nuclei."""
    n = np.array(counts, dtype=float)
    found = np.array([lacking(count, b) for count in counts])
    assert np.all(np.diff(found, axis=0) < 0)
    powers = np.array([0.0, 1.0, 1.5][: len(counts)])
    return np.linalg.solve(n[:, None] ** -powers, found)[0]


def test_equal_shells_are_the_box():
    k = np.array([0.5, 20.0])
    box = Multiplets(SinglePair()).heating_coefficient(0.7, k, nuclei=12, nuclear_precession=0.0)
    assert two_shells.heating(6, (1.0, 1.0), 0.7, k) == pytest.approx(box, rel=1e-8, abs=0)


@pytest.mark.slow
def test_two_shells_of_many_nuclei_heat_as_trajectories():
    assert np.all(np.abs(left_for_many((10, 20), 0.5)[1:]) < 0.02)  # at x = 1 they come slower


@pytest.mark.slow
@pytest.mark.parametrize("b", [0.0, 0.5, 1.0, 2.0])
def test_two_shells_to_a_percent(b):
    assert np.all(np.abs(left_for_many((10, 20, 40), b)) < 0.01)
