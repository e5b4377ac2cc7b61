"""The runs test: whether residuals of one sign follow each other more often than chance allows."""

from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array


@dataclass(frozen=True)
class RunsTest:
    """Runs of equal sign in residuals along x, how many chance makes, and the probability of so few or fewer."""

    runs: int
    expected: float
    probability: float


def runs_test(residuals: Array) -> RunsTest:
    r"""Wald-Wolfowitz test with the exact distribution of the number of runs R of n₊ and n₋ signs.

    .. math:: P(R=2r) = \frac{2\binom{n_+-1}{r-1}\binom{n_--1}{r-1}}{\binom{n_++n_-}{n_+}},\quad
              P(R=2r+1) = \frac{\binom{n_+-1}{r}\binom{n_--1}{r-1}+\binom{n_+-1}{r-1}\binom{n_--1}{r}}{\ldots}

    Where all signs are equal, n₊ or n₋ = 0 says nothing; there P = 2^{1−n}, of one run of n signs
    that are each as likely. Residuals of 0 are left out. A small probability says that the curve
    misses a trend in the data.

    Time and memory grow as n. P has the relative error of rounding in n products, at most n ×
    2e-16; below 1e-300 it is 0.

    >>> round(runs_test(np.array([1.0, 2.0, 1.0, -1.0, -2.0, -1.0])).probability, 12)
    0.1
    """
    signs = np.sign(residuals[residuals != 0])
    plus, minus = int(np.count_nonzero(signs > 0)), int(np.count_nonzero(signs < 0))
    if not plus and not minus:
        return RunsTest(0, 0.0, 1.0)
    if not plus or not minus:
        return RunsTest(1, (1 + signs.size) / 2, 2.0 ** (1 - signs.size))
    runs = 1 + int(np.count_nonzero(np.diff(signs)))
    expected = 1 + 2 * plus * minus / (plus + minus)
    return RunsTest(runs, expected, _probability(plus, minus, runs))


def _probability(plus: int, minus: int, runs: int) -> float:
    """P(R ≤ runs): weights of R = 2r and 2r + 1 over that of the most frequent even R, by recurrence from there.

    P(2r + 2)/P(2r) = (n₊ − r)(n₋ − r)/r² falls with r, and P(2r + 1)/P(2r) = (n₊ + n₋ − 2r)/2r.
    """
    r = np.arange(1.0, min(plus, minus) + 1)
    ratio = ((plus - r) * (minus - r) / r**2)[:-1]
    mode = int(np.count_nonzero(ratio > 1))
    below = np.cumprod(1 / ratio[:mode][::-1])[::-1]
    even = np.concatenate([below, [1.0], np.cumprod(ratio[mode:])])
    odd = even * (plus + minus - 2 * r) / (2 * r)
    fewer = np.sum(even[: runs // 2]) + np.sum(odd[: (runs - 1) // 2])
    return float(fewer / (np.sum(even) + np.sum(odd)))
