"""Extrema of β(B) with error bars."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.heating import GaussianProfile, Semiclassical, Trajectories, UniformProfile
from coldspin.studies.second_maximum import maxima, reduced_site
from coldspin.studies.unequal_couplings import extrema
from scale import needs_compiler

SITE = reduced_site(nuclei=1e4, k=30.0, zeeman_ratio=1e-3)
GRID = np.geomspace(0.05, 1.0, 9)


@needs_compiler
def test_box_of_trajectories_has_the_maximum_of_the_semiclassical_one():
    quick = Trajectories(UniformProfile(), samples=256, tolerance=0.05, threads=1)
    (found,) = extrema(SITE, quick, GRID, seeds=range(4))
    (field, height), *_ = maxima(SITE, Semiclassical(), (0.0, SITE.fluctuation_field))
    assert found.maximum
    assert 0 < found.field.standard_error < 0.05 * found.field.value
    assert (
        abs(found.field.value - field / SITE.fluctuation_field)
        < 5 * found.field.standard_error + 2e-3
    )
    assert abs(found.height.value - height) < 5 * found.height.standard_error + 0.005 * height


@needs_compiler
def test_other_methods_have_no_error():
    (found,) = extrema(SITE, Semiclassical(), GRID)
    (field, height), *_ = maxima(SITE, Semiclassical(), (0.0, SITE.fluctuation_field))
    assert found.field == (pytest.approx(field / SITE.fluctuation_field, rel=1e-3), 0.0)
    assert found.height == (pytest.approx(height, rel=1e-5), 0.0)


def test_an_error_needs_several_seeds():
    with pytest.raises(InvalidInputError, match="seeds must be three numbers or more"):
        extrema(SITE, Trajectories(GaussianProfile()), GRID, seeds=[1])
