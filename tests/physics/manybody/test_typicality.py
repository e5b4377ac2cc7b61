"""The error of traces from random states falls as 1/√(samples · dimension): measured."""

import numpy as np
import pytest

from coldspin.heating.manybody import Enumeration, Typical, heat
from coldspin.studies.typicality import chain, exponent, relative_errors
from many_spins import needs_kernels


def test_exponent_of_a_power():
    assert exponent(3.0 * np.array([1.0, 2.0, 4.0, 8.0]) ** -0.7) == pytest.approx(-0.7)


@pytest.mark.slow
@needs_kernels
def test_error_falls_as_the_root_of_the_dimension():
    """32 to 256 states. 60 sets give each error to 9 %, and the exponent of four to 0.06; 0.15 is 2.5 times that."""
    errors = relative_errors((4, 5, 6, 7), (2,), 60)[:, 0]
    assert exponent(errors) == pytest.approx(-0.5, abs=0.15)
    assert np.all(errors < 2 / np.sqrt(2 * 2 ** np.arange(5, 9)))


@pytest.mark.slow
@needs_kernels
def test_error_falls_as_the_root_of_the_number_of_samples():
    errors = relative_errors((4,), (2, 4, 8, 16), 60)[0]
    assert exponent(errors) == pytest.approx(-0.5, abs=0.15)


@pytest.mark.slow
@needs_kernels
def test_the_stated_error_is_the_true_one():
    system = chain(4)
    exact = heat(system, 1.0, traces=Enumeration()).electron
    found = [heat(system, 1.0, traces=Typical(8, seed), tolerance=1e-3) for seed in range(16)]
    pulls = [(result.electron - exact) / result.errors[2] for result in found]
    assert 0.5 < np.sqrt(np.mean(np.square(pulls))) < 1.8
