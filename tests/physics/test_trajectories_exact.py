"""Trajectories against few nuclei in full: what both have in common, and what remains as N grows."""

import numpy as np
import pytest

from coldspin.heating import Semiclassical, Trajectories
from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    heat,
    heating_coefficient,
    torque_square,
)
from coldspin.precession import spin_loss
from scale import needs_compiler

pytestmark = needs_compiler


def couplings_of(relative):
    """a_j in units of 1/s for spins 1/2, 1/s² = Σa_j²."""
    relative = np.asarray(relative, dtype=float)
    return relative / np.sqrt(np.sum(relative**2))


def participation(relative):
    return np.sum(relative) ** 2 / np.sum(np.square(relative))


def pairs(relative, strength=1e-3):
    """Neighbors 1-2, 3-4, … coupled by one axial tensor each, in no field."""
    count = len(relative)
    tensors = np.zeros((count, count, 3, 3))
    for i in range(0, count, 2):
        tensors[i, i + 1] = tensors[i + 1, i] = strength * np.diag([-1.0, -1.0, 2.0])
    return SpinSystem(couplings_of(relative), pair_tensors=tensors)


def test_each_pair_torques_as_the_sum_of_squares_of_its_couplings_and_their_product():
    """Tr|[H_SS, H_e]|² = ½ Σ (a_i² + a_j² + a_i a_j) T_ij, on which the normalization of Φ and its 3/2 stand."""
    rng = np.random.default_rng(4)
    tensors = rng.standard_normal((5, 5, 3, 3))
    tensors = tensors + tensors.transpose(1, 0, 2, 3)
    tensors = tensors + tensors.transpose(0, 1, 3, 2)
    tensors -= np.trace(tensors, axis1=2, axis2=3)[..., None, None] * np.eye(3) / 3
    tensors[np.arange(5), np.arange(5)] = 0
    a = rng.uniform(0.3, 2, 5)
    system = SpinSystem(a, pair_tensors=tensors)
    squares = np.sum(tensors**2, axis=(2, 3)) / 16  # Tr H_ij², spins 1/2
    expected = 0.5 * np.sum(np.triu((a[:, None] ** 2 + a**2 + np.outer(a, a)) * squares, 1))
    assert torque_square(system) == pytest.approx(expected, rel=1e-12)


def test_frozen_field_heats_pairs_of_any_couplings_as_their_torque():
    system = pairs([1.0, 0.4, 0.7, 0.2], strength=1e-2)
    time = 0.01
    assert heat(system, time, traces=Enumeration()).spin_spin == pytest.approx(
        time**2 * torque_square(system), rel=1e-3, abs=0
    )


@pytest.mark.parametrize("k", [0.5, 1.0])
def test_few_nuclei_come_to_the_trajectories_as_their_number_grows(k):
    """Exact Φ over the limit: what is missing falls as 1/N, to a few percent when it is extrapolated."""
    inverse, ratio = [], []
    for half in (2, 3):
        relative = np.repeat(np.exp(-np.linspace(0, 1, half)), 2)
        number = participation(relative)
        exact, _ = heating_coefficient(pairs(relative), k, traces=Enumeration())
        limit, _ = Trajectories(relative, samples=1024, tolerance=0.01).estimate(
            0.0, k, nuclei=number
        )
        inverse.append(1 / number)
        ratio.append(exact / limit)
    slope = (ratio[1] - ratio[0]) / (inverse[1] - inverse[0])
    assert ratio[0] < ratio[1] < 1
    assert ratio[1] - slope * inverse[1] == pytest.approx(1, abs=0.1)


def test_electron_in_the_box_or_in_a_high_field_knows_the_frozen_field_alone():
    arguments = {"nuclei": 1e4, "nuclear_precession": 1e-3}
    for b, k in ((0.0, 100.0), (0.7, 1000.0)):
        box, frozen = (
            Trajectories([1.0], samples=256),
            Semiclassical().relaxation_rate(b, k, **arguments),
        )
        assert box.estimates(b, k, **arguments).relaxation_rate == (
            pytest.approx(frozen, rel=1e-12),
            0.0,
        )
    high = Trajectories(samples=256).relaxation_rate(300.0, 1000.0, **arguments)
    assert high == pytest.approx(
        Semiclassical().relaxation_rate(300.0, 1000.0, **arguments), rel=1e-3
    )


def test_for_short_correlation_times_the_field_is_frozen():
    k = np.array([1e-7, 1e-3, 0.3])
    rate = Trajectories(samples=256).relaxation_rate(0.4, k, nuclei=1e6)
    assert rate == pytest.approx(spin_loss(0.4, k) / k, rel=1e-5, abs=0)
