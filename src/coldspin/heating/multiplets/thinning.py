"""Sums over J that take only as many multiplets as the asked accuracy needs."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from coldspin.arguments import Array
from coldspin.heating.multiplets.rules import NODES, integer_rule

SMALLEST_SHARE = (
    2.0**-10
)  # of the allowed error, for a panel however small: all panels together stay below tolerance

Terms = Callable[[Array, Array], Array]
"""terms(i, floor)[n, k]: the terms number i[n] of a sum, for every k, each with an absolute error below floor[k]."""


def thinned_sum(
    terms: Terms, count: int, tolerance: float, panel: float, direct: int
) -> tuple[Array, Array]:
    """Σ_{i=0}^{count−1} terms(i), and the estimate of its error; relative error `tolerance` for each k.

    The first `direct` terms are all taken. The others come in panels of at most `panel` terms, each
    halved until its halves agree with it; an estimate is the change in the last halving, larger
    than the error that is left. A panel of few terms is summed term by term: features too narrow to
    thin lead to the full sum, not to a wrong one.
    """
    direct = min(direct, count)
    head = terms(np.arange(float(direct)), np.zeros(1)).sum(axis=0)
    panels = int(np.ceil((count - direct) / panel))
    bounds = [direct + (count - direct) * n // max(panels, 1) for n in range(panels + 1)]
    wholes = [_panel(terms, lo, hi, np.zeros(1)) for lo, hi in pairwise(bounds)]
    estimate = head + sum(wholes)
    pending = list(zip(bounds[:-1], bounds[1:], wholes, strict=True))
    done, errors = head.copy(), np.zeros_like(head)
    while pending:
        allowed = tolerance / 8 * np.abs(estimate)
        floor = allowed / (4 * count)
        split = []
        for lo, hi, whole in pending:
            if hi - lo <= 2 * (NODES + 2):
                done += whole
                continue
            middle = (lo + hi) // 2
            left, right = _panel(terms, lo, middle, floor), _panel(terms, middle, hi, floor)
            change = np.abs(left + right - whole)
            estimate = estimate + (left + right - whole)
            if np.all(change <= allowed * max((hi - lo) / count, SMALLEST_SHARE)):
                done += left + right
                errors += change
            else:
                split += [(lo, middle, left), (middle, hi, right)]
        pending = split
    return done, errors


def _panel(terms: Terms, first: int, end: int, floor: Array) -> Array:
    nodes, weights = integer_rule(int(end - first))
    value: Array = weights @ terms(first + nodes, floor)
    return value
