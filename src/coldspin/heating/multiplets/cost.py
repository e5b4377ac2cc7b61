"""What a request costs before it runs, and the refusal of one that would run too long."""

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.heating.multiplets.multiplicities import spin_range
from coldspin.heating.multiplets.rules import NODES
from coldspin.heating.multiplets.sums import Box, panel_width

TRANSITIONS = 52  # 13 pairs of blocks, 4 transitions each
SECONDS_PER_TERM = 1e-9


def estimated_terms(box: Box, count: int, largest_angle: float, tolerance: float) -> float:
    """Number of Lorentzians for `count` values of x up to `largest_angle`: exact for tolerance 0, else about that."""
    J = spin_range(box.nuclei, box.spin)
    every = float(np.sum(2 * J + 2))
    if tolerance > 0:
        panel = panel_width(box, largest_angle)
        rows = np.minimum(J.size, (J.size / min(panel, J.size / 3) + 1) * 3 * (NODES + 2))
        columns = np.minimum(J + 1, (J / panel + 1) * 3 * NODES)
        every = min(every, float(rows * np.mean(columns) * 2))
    return every * TRANSITIONS * count


def refuse_beyond(terms: float, limit: float) -> None:
    """Raise InvalidInputError, saying what it would cost and what to do, if `terms` exceed `limit`."""
    if terms > limit:
        hours = terms * SECONDS_PER_TERM / 3600
        raise InvalidInputError(
            f"the request needs about {terms:.1e} terms ({hours:.2g} hours), more than "
            f"largest_cost = {limit:.1e}",
            remedy="raise tolerance or largest_cost, ask for less, or use Semiclassical, made for "
            "so many nuclei",
        )
