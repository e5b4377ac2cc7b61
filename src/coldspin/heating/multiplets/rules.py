"""Quadrature rules for sums: a few terms, weighted, in place of many, exact for polynomials."""

from functools import lru_cache
from math import cos, pi, sqrt

import numpy as np
from numba import njit

from coldspin.arguments import Array

NODES = 8


@njit(cache=True, error_model="numpy")
def gauss_rule(count: int, nodes: Array, weights: Array) -> None:
    """Gauss rule for Σ_{i=0}^{count−1} f(i), count > number of nodes: exact to degree 2·nodes − 1.

    Nodes are the zeros of the polynomials orthogonal on these points (Gram's), found by Newton's
    method with the zeros already found divided out; they lie between the integers.
    """
    size = nodes.size
    half = 0.5 * (count - 1)
    for j in range((size + 1) // 2):
        t = 0.5 * count * cos(pi * (j + 0.75) / (size + 0.5)) * sqrt(1 - (0.5 * size / count) ** 2)
        norm = 1.0
        for _ in range(50):
            below, value, slope_below, slope, norm = (
                0.0,
                1 / sqrt(1.0 * count),
                0.0,
                0.0,
                1.0 / count,
            )
            beta_below = 0.0
            for k in range(1, size + 1):
                beta = sqrt(k * k * (1.0 * count * count - k * k) / (4.0 * (4 * k * k - 1)))
                value_next = (t * value - beta_below * below) / beta
                slope_next = (value + t * slope - beta_below * slope_below) / beta
                below, value, slope_below, slope, beta_below = (
                    value,
                    value_next,
                    slope,
                    slope_next,
                    beta,
                )
                if k < size:
                    norm += value * value
            deflation = 0.0
            for i in range(j):
                deflation += 1 / (t - nodes[i]) + 1 / (t + nodes[i])
            change = value / (slope - value * deflation)
            t -= change
            if abs(change) < 1e-13 * count:
                break
        nodes[j], nodes[size - 1 - j] = t, -t
        weights[j] = weights[size - 1 - j] = 1 / norm
    for j in range(size):
        nodes[j] += half


@lru_cache(maxsize=4096)
def integer_rule(count: int, size: int = NODES + 2) -> tuple[Array, Array]:
    """Rule for Σ_{i=0}^{count−1} f(i) that evaluates f at integers only: all of them if few, else near Gauss nodes."""
    if count <= 2 * size:
        return np.arange(float(count)), np.ones(count)
    nodes, weights = np.empty(size), np.empty(size)
    gauss_rule(count, nodes, weights)
    nodes = np.rint(nodes)
    t = 2 * nodes / (count - 1) - 1
    moments = np.polynomial.legendre.legvander(
        2 * np.arange(count) / (count - 1) - 1, size - 1
    ).sum(axis=0)
    return nodes, np.linalg.solve(np.polynomial.legendre.legvander(t, size - 1).T, moments)
