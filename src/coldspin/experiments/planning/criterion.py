r"""How much a design tells of the parameters that are wanted, whatever the others turn out to be.

A design gives n_i points to candidate i, whose row f_i = ∂y/∂z over σ; with what is known already,
M_0, it has

.. math:: M = M_0 + \sum_i n_i f_i f_i^T,\qquad C = M_{tt} - M_{tn} M_{nn}^{-1} M_{nt},\qquad \Psi = \ln\det C,

t the wanted parameters and n the others: C⁻¹ is the covariance of t. Ψ is concave in the n_i. With
all wanted, a design that makes Ψ largest is D-optimal; with some, D_s-optimal; with one, its
variance is smallest (Fedorov 1972).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.directions import SINGULAR

_RIDGE = (
    1e-9  # added to M, 1 for even points: M may be singular where not all parameters are wanted
)


class Sensitivity(NamedTuple):
    """Ψ; columns a = C^(-1/2)(f_t − M_tn M_nn⁻¹ f_n) and u = M_nn^(-1/2) f_n of the candidates; Ψ's upper bound."""

    value: float
    wanted: Array
    others: Array
    bound: float


@dataclass(frozen=True)
class Criterion:
    """Ψ of designs with so many points, in coordinates in which even points over all candidates have M = 1.

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

    def achieved(self, counts: Array) -> float:
        """Ψ of whole counts, exact where M is singular too; −∞ where a wanted parameter stays undetermined."""
        rows = np.concatenate([np.repeat(self.rows, counts.astype(int), axis=0), self.base])
        left = _apart(rows[:, : self.others], rows[:, self.others :])[1]
        size = np.linalg.svd(left, compute_uv=False)
        if size.size < self.wanted or size[-1] <= SINGULAR * np.linalg.norm(rows[:, self.others :]):
            return -np.inf
        return 2 * float(np.sum(np.log(size)))

    def efficiency(self, counts: Array, bound: float) -> float:
        """(det C/det C_best)^(1/s) of whole counts, at least: det C_best from the bound of Ψ of every design."""
        return min(1.0, float(np.exp((self.achieved(counts) - bound) / self.wanted)))

    def sensitivity(self, counts: Array, ridge: float = _RIDGE) -> Sensitivity:
        r"""Derivatives of Ψ, ∂Ψ/∂n_i = |a_i|², and the bound that they give.

        For any L with L_t = 1, C ≤ LML^T in the sense of matrices. With that of this design, and ln
        det X ≤ ln det C + s ln(tr(C⁻¹X)/s), no design of n points has more than

        .. math:: \Psi \le \ln\det C + s\ln\frac1s\Big(\mathrm{tr}\,C^{-1}LM_0L^T + n\max_i|a_i|^2\Big),

        the equivalence theorem (Kiefer and Wolfowitz 1960): equality for the best.
        """
        q, m = self.others, self.information(counts, ridge)
        turn = np.linalg.solve(m[:q, :q], m[:q, q:])
        root = np.linalg.cholesky(m[q:, q:] - m[q:, :q] @ turn)
        rows, base = (
            np.linalg.solve(root, (r[:, q:] - r[:, :q] @ turn).T) for r in (self.rows, self.base)
        )
        others = np.linalg.solve(np.linalg.cholesky(m[:q, :q]), self.rows[:, :q].T)
        value = 2 * float(np.sum(np.log(np.diag(root))))
        most = float(np.sum(base**2) + self.points * np.max(np.sum(rows**2, axis=0)))
        return Sensitivity(
            value, rows, others, value + self.wanted * float(np.log(most / self.wanted))
        )


def criterion(rows: Array, base: Array, wanted: list[int], points: int) -> Criterion:
    """Ψ of designs over candidates with these rows; every parameter in `wanted` must be determined by all of them."""
    share = np.sqrt(points / len(rows))
    every = np.concatenate([rows * share, base])
    others, left = _apart(np.delete(every, wanted, axis=1), every[:, wanted])
    basis, triangle = np.linalg.qr(left)
    whole = np.concatenate([others, basis], axis=1)
    constant = 2 * float(np.sum(np.log(np.abs(np.diag(triangle)))))
    return Criterion(whole[: len(rows)] / share, whole[len(rows) :], len(wanted), points, constant)


def _apart(others: Array, wanted: Array) -> tuple[Array, Array]:
    """Orthonormal basis of the columns of `others`, and what of those of `wanted` is perpendicular to it."""
    size = np.linalg.norm(others, axis=0)
    basis, singular, _ = np.linalg.svd(others / np.where(size > 0, size, 1.0), full_matrices=False)
    basis = basis[:, singular > SINGULAR * max(singular, default=0.0)]
    left = wanted - basis @ (basis.T @ wanted)
    return basis, left - basis @ (basis.T @ left)
