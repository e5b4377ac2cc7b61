"""Sums over M of one multiplet: thinned ones against full ones, and how many blocks they take."""

import numpy as np
import pytest

from coldspin.heating.multiplets.sums import add_full_row, add_thinned_row

COUPLING = np.ones((1, 1))  # Σ_M of the flips


@pytest.mark.parametrize(("J", "width"), [(500.0, 0.02), (500.5, 0.002)])
def test_a_thinned_sum_takes_few_blocks_and_keeps_its_error(J, width):
    x, fields = np.array([width]), (30.0, 0.0)
    full, thinned = np.zeros(1), np.zeros(1)
    every = add_full_row(J, COUPLING, fields, x, full)
    few = add_thinned_row(J, COUPLING, fields, x, (1e-9, 150.0), np.zeros(1), thinned)
    assert every == round(2 * J) + 2
    assert thinned == pytest.approx(full, rel=1e-9, abs=0)
    assert few < every / 3
