"""Sums with only as many terms as the accuracy needs: Gauss rules for sums, and panels of them."""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from math import cos, pi, sqrt

import numpy as np
from numba import njit

from coldspin.arguments import Array

NODES = 8
# Of the allowed error, for a panel however small: all panels together stay below tolerance.
SMALLEST_SHARE = 2.0**-10

Terms = Callable[[Array, Array], Array]
"""terms(i, floor)[n, k]: the terms i[n] of a sum for every k, absolute errors below floor[k]."""


@njit(cache=True, error_model="numpy")
def gauss_rule(count: int, nodes: Array, weights: Array) -> None:
    """Gauss rule for Σ_{i=0}^{count−1} f(i), count > number of nodes: exact to degree 2·nodes − 1.

    Nodes are the zeros of the polynomials orthogonal on these points (Gram's), by Newton's method
    with the zeros that are already known divided out; they lie between the integers.
    """
    size = nodes.size
    half = 0.5 * (count - 1)
    for j in range((size + 1) // 2):
        t = 0.5 * count * cos(pi * (j + 0.75) / (size + 0.5)) * sqrt(1 - (0.5 * size / count) ** 2)
        norm = 1.0
        for _ in range(50):
            # Three-term recurrence of Gram's polynomials and of their derivatives, orthonormal.
            below = 0.0
            value = 1 / sqrt(1.0 * count)
            slope_below = 0.0
            slope = 0.0
            norm = 1.0 / count
            beta_below = 0.0
            for k in range(1, size + 1):
                beta = sqrt(k * k * (1.0 * count * count - k * k) / (4.0 * (4 * k * k - 1)))
                value_next = (t * value - beta_below * below) / beta
                slope_next = (value + t * slope - beta_below * slope_below) / beta
                below = value
                value = value_next
                slope_below = slope
                slope = slope_next
                beta_below = beta
                if k < size:
                    norm += value * value
            deflation = 0.0
            for i in range(j):
                deflation += 1 / (t - nodes[i]) + 1 / (t + nodes[i])
            change = value / (slope - value * deflation)
            t -= change
            if abs(change) < 1e-13 * count:
                break
        nodes[j] = t
        nodes[size - 1 - j] = -t
        weights[j] = weights[size - 1 - j] = 1 / norm
    for j in range(size):
        nodes[j] += half


@lru_cache(maxsize=4096)
def integer_rule(count: int, size: int = NODES + 2) -> tuple[Array, Array]:
    """Rule for Σ_{i=0}^{count−1} f(i) at integers only: all of them if few, else near Gauss nodes."""
    if count <= 2 * size:
        return np.arange(float(count)), np.ones(count)
    nodes = np.empty(size)
    weights = np.empty(size)
    gauss_rule(count, nodes, weights)
    nodes = np.rint(nodes)
    # Weights that sum the Legendre polynomials of lower degree exactly, on the rounded nodes.
    t = 2 * nodes / (count - 1) - 1
    every = 2 * np.arange(count) / (count - 1) - 1
    moments = np.polynomial.legendre.legvander(every, size - 1).sum(axis=0)
    return nodes, np.linalg.solve(np.polynomial.legendre.legvander(t, size - 1).T, moments)


def sum_thinned(
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
    done = head.copy()
    errors = np.zeros_like(head)
    while pending:
        allowed = tolerance / 8 * np.abs(estimate)
        floor = allowed / (4 * count)
        split = []
        for lo, hi, whole in pending:
            if hi - lo <= 2 * (NODES + 2):
                done += whole
                continue
            middle = (lo + hi) // 2
            left = _panel(terms, lo, middle, floor)
            right = _panel(terms, middle, hi, floor)
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
