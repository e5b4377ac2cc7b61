"""The runs test: whether residuals of one sign follow each other more often than chance allows."""

from dataclasses import dataclass
from math import comb

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

    Where all signs are equal, n₊ or n₋ = 0 says nothing; there P = 2^{1−n}, of one run of n signs that are each as
    likely. Residuals of 0 are left out. A small probability says that the curve misses a trend in the data.

    >>> runs_test(np.array([1.0, 2.0, 1.0, -1.0, -2.0, -1.0])).probability
    0.1
    """
    signs = np.sign(residuals[residuals != 0])
    plus, minus = int(np.count_nonzero(signs > 0)), int(np.count_nonzero(signs < 0))
    if not plus and not minus:
        return RunsTest(0, 0.0, 1.0)
    if not plus or not minus:
        return RunsTest(1, (1 + signs.size) / 2, 2.0 ** (1 - signs.size))
    runs = 1 + int(np.count_nonzero(np.diff(signs)))
    fewer = sum(_ways(plus, minus, r) for r in range(2, runs + 1))
    return RunsTest(runs, 1 + 2 * plus * minus / (plus + minus), fewer / comb(plus + minus, plus))


def _ways(plus: int, minus: int, runs: int) -> int:
    half, odd = divmod(runs, 2)
    if not odd:
        return 2 * comb(plus - 1, half - 1) * comb(minus - 1, half - 1)
    return comb(plus - 1, half) * comb(minus - 1, half - 1) + comb(plus - 1, half - 1) * comb(minus - 1, half)
