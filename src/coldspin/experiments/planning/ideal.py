"""The best shares of a continuous design, whose counts need not be whole, and the bound on Ψ of every design."""

from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.planning.criterion import Criterion, Sensitivity

_GAP = 1e-8  # of Ψ to its bound that ends the search
_STEPS = 60
_RIDGES = np.maximum(
    10.0 ** -np.arange(2, 2 + _STEPS), 1e-9
)  # M stays regular while the design shrinks to few points
_SUM = 1e4  # weight of the condition that shares add up to 1
_ASCENT = 0.1  # share of the rise by the slope that a step must have


@dataclass(frozen=True)
class Ideal:
    """Share of the points for each candidate, and what Ψ can be at most."""

    shares: Array
    bound: float


def ideal(wanted: Criterion) -> Ideal:
    """Newton's method in the shares, each step a quadratic problem with the shares not negative.

    The bound holds for any design; it is within 1e-8 of the best one when the search comes to its
    end.
    """
    shares, bound = np.full(len(wanted.rows), 1 / len(wanted.rows)), np.inf
    for ridge in _RIDGES:
        now = wanted.sensitivity(wanted.points * shares, ridge)
        bound = min(bound, now.bound)
        if ridge == _RIDGES[-1] and bound - now.value < _GAP * wanted.wanted:
            break
        moved = _moved(wanted, now, shares, ridge)
        if moved is None and ridge == _RIDGES[-1]:
            break
        shares = shares if moved is None else moved
    return Ideal(shares, bound)


def _moved(wanted: Criterion, now: Sensitivity, shares: Array, ridge: float) -> Array | None:
    """Shares after Newton's step, or after one towards the best candidate; None where neither raises Ψ."""
    slope = wanted.points * np.sum(now.wanted**2, axis=0)
    best = np.zeros_like(shares)
    best[np.argmax(slope)] = 1.0
    for target in (_newton(now, shares, wanted.points), best):
        rise, step = float(slope @ (target - shares)), 1.0
        while step > 1e-6:
            tried = shares + step * (target - shares)
            value = wanted.value(wanted.information(wanted.points * tried, ridge))
            if value > now.value + _ASCENT * step * rise:
                return tried
            step /= 2
    return None


def _newton(now: Sensitivity, shares: Array, points: int) -> Array:
    r"""Shares w' ≥ 0 with the sum 1 that make the quadratic expansion of Ψ largest.

    −∂²Ψ/∂n_i∂n_j = (a_i·a_j)² + 2(a_i·a_j)(u_i·u_j), the products of columns of a matrix B, in which also the slope is
    Bᵀt with t the unit matrix: so the step is the least-squares problem |B(w' − w) − t|².
    """
    from scipy.optimize import nnls

    a, u = now.wanted, now.others
    i, j = np.triu_indices(len(a))
    square = a[i] * a[j] * np.where(i == j, 1.0, np.sqrt(2))[:, None]
    mixed = np.sqrt(2) * (a[:, None] * u[None]).reshape(-1, a.shape[1])
    columns = points * np.concatenate([square, mixed])
    aim = columns @ shares
    aim[: i.size] += i == j
    weight = _SUM * max(1.0, float(np.max(np.abs(aim))))
    try:
        found, _ = nnls(np.vstack([columns, np.full(shares.size, weight)]), np.append(aim, weight))
    except RuntimeError:  # too many turns of its active set
        return shares
    result: Array = found / np.sum(found)
    return result
