"""The error of traces from random states falls as 1/√(samples · dimension): measured."""

import numpy as np
import pytest

from coldspin.heating.manybody import Enumeration, SpinSystem, Typical, dipole_tensors, heat
from many_spins import needs_kernels


def chain(nuclei):
    """Dipoles along a line: the same surroundings at every length."""
    places = np.stack([np.arange(nuclei), 0.3 * (np.arange(nuclei) % 2), np.zeros(nuclei)], axis=1)
    tensors = 0.3 * dipole_tensors(places, 1.0) / dipole_tensors([[0, 0, 0], [1, 0, 0]], 1.0)[0, 1, 1, 1]
    return SpinSystem(hyperfine=np.full(nuclei, nuclei**-0.5), pair_tensors=tensors)


def mean_square_error(nuclei, samples, repeats):
    """Of the heat that the electron loses, relative, over independent sets of states."""
    system = chain(nuclei)
    exact = heat(system, 1.0, traces=Enumeration()).electron
    found = [heat(system, 1.0, traces=Typical(samples, seed), tolerance=1e-3).electron for seed in range(repeats)]
    return np.mean((np.array(found) / exact - 1) ** 2)


@pytest.mark.slow
@needs_kernels
def test_error_falls_as_the_root_of_the_dimension():
    """8 times the states, 8 times less squared error: 100 sets give the ratio of squares to some 30 %."""
    ratio = mean_square_error(4, 2, 100) / mean_square_error(7, 2, 100)
    assert 8 / 1.8 < ratio < 8 * 1.8


@pytest.mark.slow
@needs_kernels
def test_error_falls_as_the_root_of_the_number_of_samples():
    ratio = mean_square_error(4, 2, 100) / mean_square_error(4, 16, 100)
    assert 8 / 1.8 < ratio < 8 * 1.8


@needs_kernels
def test_the_stated_error_is_the_true_one():
    system = chain(4)
    exact = heat(system, 1.0, traces=Enumeration()).electron
    found = [heat(system, 1.0, traces=Typical(8, seed), tolerance=1e-3) for seed in range(16)]
    pulls = [(result.electron - exact) / result.errors[2] for result in found]
    assert 0.5 < np.sqrt(np.mean(np.square(pulls))) < 1.8
