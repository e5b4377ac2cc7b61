"""What a request costs before it runs: it decides no number."""

import numpy as np

from coldspin.heating.multiplets.sums import Box, panel_width
from coldspin.heating.multiplets.thinning import NODES
from coldspin.heating.multiplets.weights import spin_range

TRANSITIONS = 52  # 13 pairs of blocks, 4 transitions each


def estimate_terms(box: Box, count: int, largest_angle: float, tolerance: float) -> float:
    """Number of Lorentzians for `count` values of x up to `largest_angle`; exact for tolerance 0."""
    J = spin_range(box.nuclei, box.spin)
    every = float(np.sum(2 * J + 2))
    if tolerance > 0:
        panel = panel_width(box, largest_angle)
        rows = np.minimum(J.size, (J.size / min(panel, J.size / 3) + 1) * 3 * (NODES + 2))
        columns = np.minimum(J + 1, (J / panel + 1) * 3 * NODES)
        every = min(every, float(rows * np.mean(columns) * 2))
    return every * TRANSITIONS * count
