"""Chebyshev series against exponentials and inverses of matrices; the rule that averages over time."""

import numpy as np
import pytest
from scipy.linalg import expm

from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody import (
    SpinSystem,
    decaying_average,
    evolve,
    operator,
    spectrum_bounds,
)
from coldspin.heating.manybody.evolution import decay_rule
from many_spins import hamiltonians, random_parts, random_state

PARTS = random_parts(7, [0.5, 1.0, 0.5])
MATRIX = sum(hamiltonians(PARTS))
H = operator(SpinSystem(**PARTS))
PSI = random_state(1, H.dimension)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-8, 1e-12])
def test_evolution_keeps_its_tolerance_at_every_time(tolerance):
    times = np.array([0.0, 1e-3, 0.4, -0.4, 3.0, 20.0])
    found = evolve(H, PSI, times, tolerance=tolerance)
    for t, row in zip(times, found, strict=True):
        assert np.linalg.norm(row - expm(-1j * MATRIX * t) @ PSI) < tolerance + 3e-13
    np.testing.assert_allclose(evolve(H, PSI, 3.0, tolerance=1e-12), found[4], atol=3 * tolerance)


def test_a_looser_tolerance_is_looser():
    error = [
        np.linalg.norm(evolve(H, PSI, 3.0, tolerance=t) - expm(-3j * MATRIX) @ PSI)
        for t in (1e-3, 1e-9)
    ]
    assert error[0] > 1e-8 > error[1]


@pytest.mark.parametrize("decay_time", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("tolerance", [1e-5, 1e-11])
def test_decaying_average_is_the_resolvent(decay_time, tolerance):
    expected = np.linalg.solve(np.eye(len(MATRIX)) + 1j * decay_time * MATRIX, PSI)
    found = decaying_average(H, PSI, decay_time, tolerance=tolerance)
    assert np.linalg.norm(found - expected) < tolerance


@pytest.mark.parametrize("steps", [3, 8, 30, 100])
@pytest.mark.parametrize("seed", range(5))
def test_the_spectrum_lies_in_its_bounds(steps, seed):
    centre, radius = spectrum_bounds(H, steps, seed)
    values = np.linalg.eigvalsh(MATRIX)
    assert centre - radius <= values[0] + 1e-12
    assert values[-1] - 1e-12 <= centre + radius
    assert radius < (3 if steps < 5 else 1.7 if steps < 10 else 1.02) * (values[-1] - values[0]) / 2


@pytest.mark.parametrize("seed", range(12))
def test_the_spectrum_of_any_system_lies_in_its_bounds(seed):
    """Random couplings of random strength, spins 1/2 and mixed."""
    spins = [0.5] * 6 if seed % 2 else [0.5, 1.0, 0.5, 1.5]
    parts = random_parts(seed, spins, strength=10.0 ** (seed % 4 - 2))
    values = np.linalg.eigvalsh(sum(hamiltonians(parts)))
    centre, radius = spectrum_bounds(operator(SpinSystem(**parts)))
    assert centre - radius <= values[0] + 1e-12 * radius
    assert values[-1] - 1e-12 * radius <= centre + radius


@pytest.mark.parametrize(
    ("decay_time", "bandwidth"), [(1e-4, 1.0), (0.01, 1.0), (1.0, 3.0), (20.0, 5.0), (1.0, 400.0)]
)
@pytest.mark.parametrize("tolerance", [1e-4, 1e-8])
def test_rule_bounds_the_relative_error_of_every_frequency(decay_time, bandwidth, tolerance):
    times, weights = decay_rule(decay_time, bandwidth, tolerance)
    for frequency in np.random.default_rng(0).uniform(0, bandwidth, 200):
        angle = (frequency * decay_time) ** 2
        if angle > 1e-5:
            found = np.sum(weights * 2 * np.sin(frequency * times / 2) ** 2)
            assert found == pytest.approx(angle / (1 + angle), rel=1.1 * tolerance, abs=0)


def test_what_cannot_be_evolved_is_refused():
    with pytest.raises(InvalidInputError, match="times must be finite"):
        evolve(H, PSI, np.nan)
    with pytest.raises(InvalidInputError, match="times must be a number"):
        evolve(H, PSI, np.zeros((2, 2)))
    with pytest.raises(InvalidInputError, match="tolerance must lie"):
        evolve(H, PSI, 1.0, tolerance=0.0)
    with pytest.raises(InvalidInputError, match="decay_time must be greater"):
        decaying_average(H, PSI, 0.0)
    with pytest.raises(InvalidInputError, match="times must be shorter: the series would take"):
        evolve(H, PSI, 1e12)
    with pytest.raises(InvalidInputError, match="decay_time must be shorter"):
        decaying_average(H, PSI, 1e12)
    with pytest.raises(InvalidInputError, match="decay_time must be one number"):
        decaying_average(H, PSI, [1.0, 2.0])
    with pytest.raises(InvalidInputError, match="steps must be 1 or more"):
        spectrum_bounds(H, 0)
    with pytest.raises(InvalidInputError, match="too long"):
        decay_rule(1e7, 100.0, 1e-6)
