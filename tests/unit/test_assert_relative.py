"""The helper that compares relative errors fails where it should."""

import numpy as np
import pytest

from quadrature import assert_relative


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 2.0),
        ([1.0, 1.0], [1.0, 1.1]),
        (np.nan, 1.0),
        ([1.0, np.nan], [1.0, 1.0]),
        (1e-300, 0.0),
        ([1.0], 1.0),
    ],
)
def test_it_fails(actual, expected):
    with pytest.raises(AssertionError):
        assert_relative(actual, expected, 1e-3)


def test_it_passes():
    assert_relative(1.0, 1.0005, 1e-3)
    assert_relative([1.0, -2.0], [1.0005, -2.001], 1e-3)
