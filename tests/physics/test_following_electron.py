"""T1e where the electron follows a turning Overhauser field: trajectories against hundreds of nuclei in full."""

import numpy as np
import pytest

import two_shells
from coldspin.heating import Multiplets, Trajectories
from coldspin.heating.manybody import Enumeration, SpinSystem, heat
from coldspin.precession import spin_loss
from scale import needs_compiler

pytestmark = needs_compiler

COUPLINGS = (1.0, 0.3)
ANGLES = np.array([3.0, 10.0, 30.0])


def nuclei(count):
    return np.repeat(COUPLINGS, count)


def correlation_times(count):
    """k of the angles x = k/√N."""
    relative = nuclei(count)
    return ANGLES * np.sum(relative) / np.sqrt(np.sum(relative**2))


def excess_for_many(b, counts):
    """τ_c/T1e less that of the box of as many nuclei, for 1/N → 0.

    As what the box itself lacks of (S12) goes to 0, by the parabola through three numbers of
    nuclei.
    """
    lacks, excess = [], []
    for count in counts:
        k = correlation_times(count)
        box = k * Multiplets().relaxation_rate(b, k, nuclei=2 * count)
        lacks.append(spin_loss(b, k) - box)
        excess.append(two_shells.spin_loss(count, COUPLINGS, b, k) - box)
    assert np.all(np.diff(lacks, axis=0) < 0)
    lacks, excess = np.array(lacks), np.array(excess)
    return np.array(
        [np.polyfit(lacks[:, i], excess[:, i], len(counts) - 1)[-1] for i in range(len(ANGLES))]
    )


def followed(b, samples):
    """The same by trajectories, and its standard error."""
    k = correlation_times(20)
    number = (k[0] / ANGLES[0]) ** 2
    method = Trajectories(nuclei(20), samples=samples, tolerance=0.05)
    rate, error = method.estimates(b, k, nuclei=number, nuclear_precession=0.0).relaxation_rate
    return k * rate - spin_loss(b, k), k * error


def test_shells_are_nuclei_in_full():
    relative, precession = nuclei(3), 1e-4
    k = correlation_times(3)[1]
    system = SpinSystem(
        relative / np.linalg.norm(relative), nuclear_precession=(0.0, 0.0, precession)
    )
    loss = 4 * heat(system, k, traces=Enumeration()).zeeman / precession**2
    assert two_shells.spin_loss(3, COUPLINGS, 0.0, [k]) == pytest.approx(loss, rel=1e-5, abs=0)


def test_equal_shells_are_the_box():
    k = np.array([0.5, 20.0])
    box = k * Multiplets().relaxation_rate(0.7, k, nuclei=12)
    assert two_shells.spin_loss(6, (1.0, 1.0), 0.7, k) == pytest.approx(box, rel=1e-5, abs=0)


def test_electron_follows_the_field_of_unequal_nuclei():
    expected, error = followed(0.5, 8192)
    assert np.all(expected > 15 * error)
    assert np.all(np.abs(excess_for_many(0.5, (10, 20, 40)) - expected) < 3 * error)


@pytest.mark.slow
@pytest.mark.parametrize("b", [0.0, 0.5])
def test_electron_follows_where_few_samples_would_not_tell(b):
    expected, error = followed(b, 32768)
    assert np.all(expected > 30 * error)
    assert np.all(np.abs(excess_for_many(b, (10, 20, 40)) - expected) < 3 * error)


@pytest.mark.slow
@pytest.mark.parametrize("b", [0.0, 0.5, 1.0, 2.0])
def test_electron_follows_to_a_percent(b):
    expected, error = followed(b, 65536)
    assert np.all(np.abs(excess_for_many(b, (20, 40, 80)) - expected) < 3 * error)
