"""Designs of a whole number of points: exchanges of one point for a better one, from several starts."""

from collections.abc import Iterator

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.planning.criterion import Criterion
from coldspin.experiments.planning.ideal import Ideal

_RANDOM = 4  # random starts
_TRIES = 40  # in all
_RISE = 1e-9  # of Ψ below which an exchange is rounding
_EXCHANGES = 30  # at most for each point


def best_counts(wanted: Criterion, continuous: Ideal, seed: int = 0) -> Array:
    """How many points each candidate gets, by Fedorov's exchanges; ends where the bound says that none is better.

    From each start to where no exchange helps; then again and again from the best, a few of its
    points moved anywhere.
    """
    random = np.random.default_rng(seed)
    starts = _starts(wanted, continuous, random)
    best, most = np.zeros(len(wanted.rows)), -np.inf
    for _ in range(_TRIES):
        start = next(starts, None)
        counts, value = _exchanged(wanted, _moved(best, random) if start is None else start)
        if value > most + _RISE:
            best, most = counts, value
        if most > continuous.bound - _RISE * wanted.wanted:
            break
    return best


def _moved(counts: Array, random: np.random.Generator) -> Array:
    """Counts with two to four of the points at other candidates."""
    points = np.repeat(np.arange(counts.size), counts.astype(int))
    some = random.integers(0, points.size, random.integers(2, 5))
    points[some] = random.integers(0, counts.size, some.size)
    return np.bincount(points, minlength=counts.size).astype(float)


def _starts(wanted: Criterion, continuous: Ideal, random: np.random.Generator) -> Iterator[Array]:
    """The ideal shares made whole, points added one by one where each tells most, and random ones."""
    yield _rounded(continuous.shares, wanted.points)
    counts = np.zeros(len(wanted.rows))
    for _ in range(wanted.points):
        counts[np.argmax(_gains(wanted, wanted.information(counts)[None]))] += 1
    yield counts
    for _ in range(_RANDOM):
        yield np.bincount(
            random.integers(0, counts.size, wanted.points), minlength=counts.size
        ).astype(float)


def _rounded(shares: Array, points: int) -> Array:
    """Whole numbers by the largest remainders."""
    counts = np.floor(shares * points)
    left = points - int(np.sum(counts))
    counts[np.argsort(counts - shares * points, kind="stable")[:left]] += 1
    result: Array = counts
    return result


def _exchanged(wanted: Criterion, start: Array) -> tuple[Array, float]:
    """Counts after exchanges until none helps, always the best one next; and Ψ."""
    counts, value = start, float(wanted.value(wanted.information(start)))
    for _ in range(_EXCHANGES * wanted.points):
        used = np.flatnonzero(counts)
        rows = wanted.rows[used]
        left = wanted.information(counts) - rows[:, :, None] * rows[:, None, :]
        after = wanted.value(left)[:, None] + _gains(wanted, left)
        out, into = np.unravel_index(np.argmax(after), after.shape)
        if after[out, into] <= value + _RISE:
            break
        counts = counts.copy()
        counts[used[out]] -= 1
        counts[into] += 1
        value = float(wanted.value(wanted.information(counts)))
    return counts, value


def _gains(wanted: Criterion, information: Array) -> Array:
    r"""Rise of Ψ by one more point at each candidate, a row for each M; by the rank-one update of determinants.

    .. math:: \Psi(M+ff^T)-\Psi(M) = \ln(1+f^TM^{-1}f) - \ln(1+f_n^TM_{nn}^{-1}f_n)
    """
    q = wanted.others
    every = _leverage(wanted.rows, information)
    result: Array = np.log1p(every) - np.log1p(
        _leverage(wanted.rows[:, :q], information[:, :q, :q])
    )
    return result


def _leverage(rows: Array, information: Array) -> Array:
    """fᵀM⁻¹f of each row f, for each M."""
    result: Array = np.sum((rows @ np.linalg.inv(information)) * rows, axis=-1)
    return np.maximum(result, 0.0)
