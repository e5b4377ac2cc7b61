r"""Optimal designs: how much points tell of the wanted parameters, and the best points.

A design gives n_i points to candidate i, whose row f_i = ∂y/∂z over σ; with what is known already,
M_0, it has

.. math:: M = M_0 + \sum_i n_i f_i f_i^T,\qquad C = M_{tt} - M_{tn} M_{nn}^{-1} M_{nt},\qquad \Psi = \ln\det C,

t the wanted parameters and n the others: C⁻¹ is the covariance of t. Ψ is concave in the n_i. With
all wanted, a design that makes Ψ largest is D-optimal; with some, D_s-optimal; with one, its
variance is smallest (Fedorov 1972).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import SINGULAR

_RIDGE = 1e-9  # added to M, 1 for even points, which may be singular if not all are wanted
_GAP = 1e-8  # of Ψ to its bound that ends the search
_STEPS = 60
# M stays regular while the design shrinks to few points
_RIDGES = np.maximum(10.0 ** -np.arange(2, 2 + _STEPS), _RIDGE)
_SUM = 1e4  # weight of the condition that shares add up to 1
_ASCENT = 0.1  # share of the rise by the slope that a step must have
_RANDOM = 4  # random starts
_TRIES = 40  # starts in all
_RISE = 1e-9  # of Ψ below which an exchange is rounding
_EXCHANGES = 30  # at most for each point


class Sensitivity(NamedTuple):
    """Ψ, its derivatives and its upper bound.

    Columns a = C^(-1/2)(f_t − M_tn M_nn⁻¹ f_n) and u = M_nn^(-1/2) f_n of the candidates.
    """

    value: float
    wanted: Array
    others: Array
    bound: float


@dataclass(frozen=True)
class Criterion:
    """Ψ of designs with so many points; coordinates are such that even points have M = 1.

    `rows` of the candidates and `base` of what is known, the `wanted` coordinates last; `constant`
    leads back to the Ψ of the given coordinates.
    """

    rows: Array
    base: Array
    wanted: int
    points: int
    constant: float

    @property
    def others(self) -> int:
        """Number of parameters that are not wanted, as far as they are determined."""
        return int(self.rows.shape[1]) - self.wanted

    def information(self, counts: Array, ridge: float = _RIDGE) -> Array:
        """M."""
        own: Array = (self.rows.T * counts) @ self.rows
        result: Array = own + self.base.T @ self.base + ridge * np.eye(own.shape[0])
        return result

    def value(self, information: Array) -> Array:
        """Ψ of one M, or of several along the first axes."""
        part = information[..., : self.others, : self.others]
        result: Array = np.linalg.slogdet(information)[1] - np.linalg.slogdet(part)[1]
        return result

    def evaluate(self, counts: Array) -> float:
        """Ψ of whole counts, exact where M is singular too; −∞ if a wanted one is undetermined."""
        rows = np.concatenate([np.repeat(self.rows, counts.astype(int), axis=0), self.base])
        left = _project_out(rows[:, : self.others], rows[:, self.others :])[1]
        size = np.linalg.svd(left, compute_uv=False)
        if size.size < self.wanted or size[-1] <= SINGULAR * np.linalg.norm(rows[:, self.others :]):
            return -np.inf
        return 2 * float(np.sum(np.log(size)))

    def efficiency(self, counts: Array, bound: float) -> float:
        """(det C/det C_best)^(1/s) of whole counts, at least; `bound` is of Ψ of every design."""
        rise = self.evaluate(counts) - bound
        return min(1.0, float(np.exp(rise / self.wanted)))

    def sensitivity(self, counts: Array, ridge: float = _RIDGE) -> Sensitivity:
        r"""Derivatives of Ψ, ∂Ψ/∂n_i = |a_i|², and the bound that they give.

        For any L with L_t = 1, C ≤ LML^T in the sense of matrices. With that of this design, and ln
        det X ≤ ln det C + s ln(tr(C⁻¹X)/s), no design of n points has more than

        .. math:: \Psi \le \ln\det C + s\ln\frac1s\Big(\mathrm{tr}\,C^{-1}LM_0L^T + n\max_i|a_i|^2\Big),

        the equivalence theorem (Kiefer and Wolfowitz 1960): equality for the best.
        """
        q = self.others
        m = self.information(counts, ridge)
        turn = np.linalg.solve(m[:q, :q], m[:q, q:])
        root = np.linalg.cholesky(m[q:, q:] - m[q:, :q] @ turn)
        rows = np.linalg.solve(root, (self.rows[:, q:] - self.rows[:, :q] @ turn).T)
        base = np.linalg.solve(root, (self.base[:, q:] - self.base[:, :q] @ turn).T)
        others = np.linalg.solve(np.linalg.cholesky(m[:q, :q]), self.rows[:, :q].T)
        value = 2 * float(np.sum(np.log(np.diag(root))))
        most = float(np.sum(base**2) + self.points * np.max(np.sum(rows**2, axis=0)))
        bound = value + self.wanted * float(np.log(most / self.wanted))
        return Sensitivity(value, rows, others, bound)


def build_criterion(rows: Array, base: Array, wanted: list[int], points: int) -> Criterion:
    """Ψ of designs over candidates with these rows, which together must determine `wanted`."""
    share = np.sqrt(points / len(rows))
    every = np.concatenate([rows * share, base])
    others, left = _project_out(np.delete(every, wanted, axis=1), every[:, wanted])
    basis, triangle = np.linalg.qr(left)
    whole = np.concatenate([others, basis], axis=1)
    constant = 2 * float(np.sum(np.log(np.abs(np.diag(triangle)))))
    return Criterion(whole[: len(rows)] / share, whole[len(rows) :], len(wanted), points, constant)


def _project_out(others: Array, wanted: Array) -> tuple[Array, Array]:
    """Orthonormal basis of the columns of `others`, and `wanted` perpendicular to it."""
    size = np.linalg.norm(others, axis=0)
    basis, singular, _ = np.linalg.svd(others / np.where(size > 0, size, 1.0), full_matrices=False)
    basis = basis[:, singular > SINGULAR * max(singular, default=0.0)]
    # twice: the first projection leaves rounding of the size of `wanted`
    left = wanted - basis @ (basis.T @ wanted)
    return basis, left - basis @ (basis.T @ left)


@dataclass(frozen=True)
class ContinuousDesign:
    """Share of the points for each candidate, and what Ψ can be at most."""

    shares: Array
    bound: float


def find_shares(criterion: Criterion) -> ContinuousDesign:
    """Newton's method in the shares, each step a quadratic problem with the shares not negative.

    The bound holds for any design; it is within 1e-8 of the best one when the search comes to its
    end.
    """
    count = len(criterion.rows)
    shares = np.full(count, 1 / count)
    bound = np.inf
    for ridge in _RIDGES:
        now = criterion.sensitivity(criterion.points * shares, ridge)
        bound = min(bound, now.bound)
        if ridge == _RIDGES[-1] and bound - now.value < _GAP * criterion.wanted:
            break
        step = _step(criterion, now, shares, ridge)
        if step is not None:
            shares = step
        elif ridge == _RIDGES[-1]:
            break
    return ContinuousDesign(shares, bound)


def _step(criterion: Criterion, now: Sensitivity, shares: Array, ridge: float) -> Array | None:
    """Shares after Newton's step, or one towards the best candidate; None if neither raises Ψ."""
    slope = criterion.points * np.sum(now.wanted**2, axis=0)
    best = np.zeros_like(shares)
    best[np.argmax(slope)] = 1.0
    for target in (_newton(now, shares, criterion.points), best):
        rise = float(slope @ (target - shares))
        step = 1.0
        while step > 1e-6:
            trial = shares + step * (target - shares)
            value = criterion.value(criterion.information(criterion.points * trial, ridge))
            if value > now.value + _ASCENT * step * rise:
                return trial
            step /= 2
    return None


def _newton(now: Sensitivity, shares: Array, points: int) -> Array:
    r"""Shares w' ≥ 0 with the sum 1 that make the quadratic expansion of Ψ largest.

    −∂²Ψ/∂n_i∂n_j = (a_i·a_j)² + 2(a_i·a_j)(u_i·u_j), the products of columns of a matrix B, in which also the slope is
    Bᵀt with t the unit matrix: so the step is the least-squares problem |B(w' − w) − t|².
    """
    from scipy.optimize import nnls

    a = now.wanted
    u = now.others
    i, j = np.triu_indices(len(a))
    square = a[i] * a[j] * np.where(i == j, 1.0, np.sqrt(2))[:, None]
    mixed = np.sqrt(2) * (a[:, None] * u[None]).reshape(-1, a.shape[1])
    columns = points * np.concatenate([square, mixed])
    aim = columns @ shares
    aim[: i.size] += i == j
    weight = _SUM * max(1.0, float(np.max(np.abs(aim))))
    try:
        matrix = np.vstack([columns, np.full(shares.size, weight)])
        solution, _ = nnls(matrix, np.append(aim, weight))
    except RuntimeError:  # too many turns of its active set
        return shares
    result: Array = solution / np.sum(solution)
    return result


def choose_counts(criterion: Criterion, continuous: ContinuousDesign, seed: int = 0) -> Array:
    """How many points each candidate gets, by Fedorov's exchanges of one point for a better one.

    From each start to where no exchange helps; then again and again from the best, a few of its
    points moved anywhere. It ends where the bound says that no design is better.
    """
    random = np.random.default_rng(seed)
    starts = _generate_starts(criterion, continuous, random)
    best = np.zeros(len(criterion.rows))
    most = -np.inf
    for _ in range(_TRIES):
        start = next(starts, None)
        if start is None:
            start = _scatter_some(best, random)
        counts, value = _exchange(criterion, start)
        if value > most + _RISE:
            best = counts
            most = value
        if most > continuous.bound - _RISE * criterion.wanted:
            break
    return best


def _scatter_some(counts: Array, random: np.random.Generator) -> Array:
    """Counts with two to four of the points at other candidates."""
    points = np.repeat(np.arange(counts.size), counts.astype(int))
    some = random.integers(0, points.size, random.integers(2, 5))
    points[some] = random.integers(0, counts.size, some.size)
    return np.bincount(points, minlength=counts.size).astype(float)


def _generate_starts(
    criterion: Criterion, continuous: ContinuousDesign, random: np.random.Generator
) -> Iterator[Array]:
    """Ideal shares made whole, points added one by one where each tells most, and random ones."""
    points = criterion.points
    whole = np.floor(continuous.shares * points)
    left = points - int(np.sum(whole))
    largest_remainders = np.argsort(whole - continuous.shares * points, kind="stable")[:left]
    whole[largest_remainders] += 1
    yield whole
    counts = np.zeros(len(criterion.rows))
    for _ in range(points):
        counts[np.argmax(_gains(criterion, criterion.information(counts)[None]))] += 1
    yield counts
    for _ in range(_RANDOM):
        places = random.integers(0, counts.size, points)
        yield np.bincount(places, minlength=counts.size).astype(float)


def _exchange(criterion: Criterion, start: Array) -> tuple[Array, float]:
    """Counts after exchanges until none helps, always the best one next; and Ψ."""
    counts = start
    value = float(criterion.value(criterion.information(start)))
    for _ in range(_EXCHANGES * criterion.points):
        used = np.flatnonzero(counts)
        rows = criterion.rows[used]
        left = criterion.information(counts) - rows[:, :, None] * rows[:, None, :]
        after = criterion.value(left)[:, None] + _gains(criterion, left)
        out, into = np.unravel_index(np.argmax(after), after.shape)
        if after[out, into] <= value + _RISE:
            break
        counts = counts.copy()
        counts[used[out]] -= 1
        counts[into] += 1
        value = float(criterion.value(criterion.information(counts)))
    return counts, value


def _gains(criterion: Criterion, information: Array) -> Array:
    r"""Rise of Ψ by one more point at each candidate, a row for each M.

    By the rank-one update of determinants:

    .. math:: \Psi(M+ff^T)-\Psi(M) = \ln(1+f^TM^{-1}f) - \ln(1+f_n^TM_{nn}^{-1}f_n)
    """
    q = criterion.others
    every = _leverage(criterion.rows, information)
    others = _leverage(criterion.rows[:, :q], information[:, :q, :q])
    result: Array = np.log1p(every) - np.log1p(others)
    return result


def _leverage(rows: Array, information: Array) -> Array:
    """fᵀM⁻¹f of each row f, for each M."""
    result: Array = np.sum((rows @ np.linalg.inv(information)) * rows, axis=-1)
    return np.maximum(result, 0.0)
