"""Equal couplings and weak H_SS: what Multiplets computes in second order."""

import numpy as np
import pytest

from coldspin.heating import Geometry, Multiplets
from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    Typical,
    dipole_tensors,
    heat,
    heating_coefficient,
)
from coldspin.heating.manybody.heat import torque_square
from many_spins import needs_kernels

FIELD_DIRECTION = np.array([0.3, -0.5, 0.8]) / np.linalg.norm([0.3, -0.5, 0.8])


def box(places, spin, electron_field, nuclear_field, strength):
    """a = 1, both fields along FIELD_DIRECTION, the largest pair coupling `strength`."""
    tensors = dipole_tensors(places, 1.0)
    return SpinSystem(
        hyperfine=np.ones(len(places)), spins=spin, pair_tensors=strength / np.max(np.abs(tensors)) * tensors,
        electron_precession=electron_field * FIELD_DIRECTION, nuclear_precession=nuclear_field * FIELD_DIRECTION,
    )  # fmt: skip


def second_order(places, spin, electron_field, nuclear_field, x, step):
    """Φ from the nuclear heat of order H_SS²: differences at ±step and ±2 step, no electron's part of the engine."""
    still = -heat(
        box(places, spin, electron_field, nuclear_field, 0.0), x, traces=Enumeration()
    ).electron
    found = []
    for strength in (step, 2 * step):
        both = [
            box(places, spin, electron_field, nuclear_field, sign * strength) for sign in (1, -1)
        ]
        gained = (
            np.mean([-heat(system, x, traces=Enumeration()).electron for system in both]) - still
        )
        found.append(1.5 * gained / (x**2 * torque_square(both[0])))
    return (4 * found[0] - found[1]) / 3


LARGE = pytest.mark.slow


@needs_kernels
@pytest.mark.parametrize(
    ("nuclei", "spin"),
    [
        (4, 0.5),
        (5, 0.5),
        (6, 0.5),
        pytest.param(7, 0.5, marks=LARGE),
        pytest.param(8, 0.5, marks=LARGE),
        (2, 1.0),
        pytest.param(3, 1.0, marks=LARGE),
        (2, 1.5),
    ],
)
@pytest.mark.parametrize(
    ("electron_field", "nuclear_field", "x"),
    [(0.0, 0.3, 0.4), (1.1, 0.0, 2.0), (1.1, 0.3, 2.0), (1.1, -0.3, 2.0)],
)
def test_enumeration_gives_the_multiplets(nuclei, spin, electron_field, nuclear_field, x):
    places = np.random.default_rng(nuclei).normal(size=(nuclei, 3))
    root = np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    expected = Multiplets(Geometry(places, FIELD_DIRECTION), 0).heating_coefficient(
        electron_field / root,
        x * root,
        nuclei=nuclei,
        spin=spin,
        nuclear_precession=nuclear_field / root,
    )
    found = second_order(places, spin, electron_field, nuclear_field, x, 1e-2)
    assert found == pytest.approx(expected, rel=1e-5, abs=0)


@needs_kernels
def test_short_correlation_time_gives_three_halves_for_any_couplings():
    random = np.random.default_rng(2)
    system = SpinSystem(
        hyperfine=random.normal(size=5),
        pair_tensors=1e-3 * dipole_tensors(random.normal(size=(5, 3)), 1e18),
    )
    phi, error = heating_coefficient(system, 1e-4, traces=Enumeration())
    assert phi == pytest.approx(1.5, rel=1e-6)
    assert error == 0.0


@pytest.mark.slow
@needs_kernels
@pytest.mark.parametrize(
    ("nuclei", "samples", "electron_field", "x"),
    [(10, 8, 0.0, 0.8), (10, 8, 2.0, 1.0), (12, 6, 1.0, 0.8), (12, 6, 1.0, 0.3), (14, 3, 1.0, 0.4)],
)
def test_random_states_give_the_multiplets_within_their_error(nuclei, samples, electron_field, x):
    places = np.random.default_rng(nuclei).normal(size=(nuclei, 3))
    root = np.sqrt(nuclei)
    expected = Multiplets(Geometry(places, FIELD_DIRECTION), 0).heating_coefficient(
        electron_field / root, x * root, nuclei=nuclei
    )
    system = box(places, 0.5, electron_field, 0.0, 1e-3)
    found, error = heating_coefficient(system, x, traces=Typical(samples, 3), tolerance=3e-4)
    typical = expected / np.sqrt(samples * system.dimension)
    assert typical / 5 < error < 3 * typical
    assert abs(found - expected) < 3 * typical + 1e-3 * expected
