"""How often a total spin J occurs among N spins I, and weights W(J, J') between multiplets.

W(J, J') is the weight with which tensor operators of given permutation symmetry connect the
multiplets. A representative operator acts on a cluster of c spins, with total spin K, and leaves the spin L of
the other N − c as it is (or, for [(I_1−I_2)⊗L]², acts on it as a vector). W(J, J') = Σ_L p_L
Σ_{KK'} w(K, K')·(recoupling), w being the squared reduced elements of the cluster, normalised so
that Σ_{JJ'} W = 1. Rows are J, columns J' = J, J+1, J+2.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from coldspin.arguments import Array
from coldspin.heating.multiplets.angular_momentum import both_parts, one_part, six_j

# Standard deviations of J_z beyond which states are too rare to register in double precision.
_REACH = 10.0
# How far beyond that J may be asked for.
_MARGIN = 40


def multiplet_fraction(total_spin: Array, count: int, spin: float) -> Array:
    r"""p_J = n_J/(2I+1)^n, the number of multiplets of total spin J among n spins I over the number of states.

    .. math:: p_J = \frac1\pi\int_{-\pi}^{\pi} \chi(\theta)^n \sin[(J+\tfrac12)\theta]\,\sin\tfrac\theta2\,d\theta,
              \qquad \chi(\theta) = \frac1{2I+1}\sum_{m=-I}^{I} \cos m\theta

    `total_spin` is an array of J with J − nI integer; 0 for J < 0. Σ_J (2J+1) p_J = 1. The
    trapezoidal rule is exact for this periodic integrand (up to aliases of states ten standard
    deviations out), and since n_J is integrated as a whole, not as the difference of two binomials,
    the error is 1e-16 of the largest p_J at any n.
    """
    theta, envelope = _integrand(count, spin)
    fraction: Array = np.sin((total_spin[..., None] + 0.5) * theta) @ envelope
    return np.where(total_spin >= 0, np.maximum(fraction, 0.0), 0.0)


@lru_cache(maxsize=64)
def _integrand(count: int, spin: float) -> tuple[Array, Array]:
    """Nodes θ > 0 and the factor of sin[(J+½)θ] there; some forty nodes do, however large n is."""
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    points = 2 * int(np.ceil(min(count * spin, _REACH * deviation + 4))) + _MARGIN
    last = points // 2
    if count >= 100:
        last = min(last, int(points * _REACH / (2 * np.pi * deviation)))
    index = np.arange(1.0, last + 1)
    theta = 2 * np.pi / points * index
    m = np.arange(-spin, spin + 0.75)
    # 1 − χ as a sum of squares, which does not cancel for small θ.
    defect = 2 * np.mean(np.sin(np.outer(theta, m) / 2) ** 2, axis=1)
    logarithm = np.where(
        defect < 0.5,
        np.log1p(-np.minimum(defect, 0.5)),
        np.log(np.maximum(np.abs(1 - defect), 1e-300)),
    )
    sign = np.where(defect > 1, (-1.0) ** count, 1.0)
    twice = np.where(2 * index == points, 2.0, 4.0)
    return theta, twice / points * sign * np.exp(count * logarithm) * np.sin(theta / 2)


@lru_cache(maxsize=16)
def spin_range(count: int, spin: float, cut: float = 2.0**-53) -> Array:
    """Every J of n spins I up to the last of weight (2J+1) p_J above `cut`; for n = 0, J = 0."""
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    top = count * spin
    lowest = top % 1.0
    reach = min(top, np.ceil(_REACH * deviation) + 4 + lowest)
    J = np.arange(lowest, reach + 0.25)
    heavy = (2 * J + 1) * multiplet_fraction(J, count, spin) > cut
    J = J[: int(np.flatnonzero(heavy)[-1]) + 1]
    J.flags.writeable = False
    return J


@dataclass(frozen=True)
class Cluster:
    """Squared reduced elements w(K, K') of an operator on `size` spins, as parallel arrays."""

    size: int
    initial: Array
    final: Array
    weight: Array

    @property
    def reach(self) -> float:
        """The largest spin of the cluster."""
        return float(self.initial.max())


def cluster_rows(cluster: Cluster, J: Array, nuclei: int, spin: float) -> Array:
    """W(J, J + step) of an operator that acts on a cluster alone."""
    p = _rest(cluster, J, nuclei, spin)
    return _sum_one_part(J, p, cluster.initial, cluster.final, cluster.weight)


def vector_rows(cluster: Cluster, J: Array, nuclei: int, spin: float) -> Array:
    """W(J, J + step) of [u⊗L]², u a vector on the cluster, L the spin of the others."""
    p = _rest(cluster, J, nuclei, spin)
    rest = nuclei - cluster.size
    norm = 5 / 9 * rest * spin * (spin + 1)
    return _sum_both_parts(J, p, cluster.initial, cluster.final, cluster.weight) / norm


def uniform_quadrupole_rows(J: Array, nuclei: int, spin: float) -> Array:
    """W of Σ_i Q_i.

    The sum over pairs of nuclei is a small difference: rounding errors reach N·1e-16.
    """
    rows = cluster_rows(single(spin), J, nuclei, spin)
    if nuclei > 1:
        rows = rows + (nuclei - 1) * cluster_rows(_two_quadrupoles(spin), J, nuclei, spin)
    return rows


def uniform_pair_rows(J: Array, nuclei: int, spin: float) -> Array:
    """W of Σ_{i<j} [I_i⊗I_j]² = ½([J⊗J]² − Σ_i [I_i⊗I_i]²), the irrep (N)."""
    rows = np.zeros((J.size, 3))
    rows[:, 0] = (
        multiplet_fraction(J, nuclei, spin)
        * (2 * J + 1)
        * (2 * J - 1)
        * J
        * (J + 1)
        * (2 * J + 3)
        / 6
    )
    square = spin * (spin + 1)
    if spin > 0.5:
        L = J[:, None] + np.arange(-spin, spin + 0.5)
        allowed = np.abs(J[:, None] - spin) < L + 0.25
        p = np.where(allowed, multiplet_fraction(L, nuclei - 1, spin), 0.0) / (2 * spin + 1)
        JJ = (J * (J + 1))[:, None]
        X = square + JJ - L * (L + 1)
        crossed = np.sum(
            p * (2 * J[:, None] + 1) * (3 * X * (X - 1) - 4 * square * JJ) / 12, axis=1
        )
        rows[:, 0] -= 2 * nuclei * crossed
        rows += (
            nuclei
            * square
            * (2 * spin - 1)
            * (2 * spin + 3)
            / 6
            * uniform_quadrupole_rows(J, nuclei, spin)
        )
    return rows / (2 * nuclei * (nuclei - 1) * 5 / 9 * square**2)


@lru_cache(maxsize=32)
def single(spin: float) -> Cluster:
    """Any rank-2 tensor of one spin."""
    return Cluster(1, np.array([spin]), np.array([spin]), np.array([1.0]))


@lru_cache(maxsize=32)
def pair(spin: float) -> Cluster:
    """[I_1⊗I_2]²."""
    K = np.arange(0, 2 * spin + 0.5)
    return _cluster(2, {(a, b): both_parts(spin, spin, spin, spin, a, b) for a in K for b in K})


@lru_cache(maxsize=32)
def difference(spin: float) -> Cluster:
    """The vector I_1 − I_2; it leads from K to K ± 1."""
    K = np.arange(0, 2 * spin + 0.5)
    return _cluster(2, {(a, b): _vector(spin, a, b) for a in K for b in K if abs(a - b) == 1})


@lru_cache(maxsize=32)
def quartet(spin: float) -> Cluster:
    """[(I_1−I_4)⊗(I_2−I_3)]², the pattern with Σ_j D_ij = 0 at each of four sites."""
    table: dict[tuple[float, float], float] = {}
    vector = difference(spin)
    moves = list(zip(vector.initial, vector.final, vector.weight, strict=True))
    for a, a1, first in moves:
        for b, b1, second in moves:
            for K in np.arange(abs(a - b), a + b + 0.5):
                for K1 in np.arange(abs(a1 - b1), a1 + b1 + 0.5):
                    if abs(K - K1) <= 2:
                        element = first * second * both_parts(a, a1, b, b1, K, K1)
                        table[K, K1] = table.get((K, K1), 0.0) + element
    return _cluster(4, table)


@lru_cache(maxsize=32)
def _two_quadrupoles(spin: float) -> Cluster:
    """Products ⟨K'‖Q_1‖K⟩⟨K'‖Q_2‖K⟩, negative for odd K − K'; they sum to zero."""
    K = np.arange(0, 2 * spin + 0.5)
    initial, final = (grid.ravel() for grid in np.meshgrid(K, K))
    weight = [
        (-1) ** abs(a - b) * one_part(spin, spin, spin, a, b)
        for a, b in zip(initial, final, strict=True)
    ]
    return Cluster(2, initial, final, np.array(weight) / (2 * spin + 1))


def _vector(spin: float, K: float, K1: float) -> float:
    return (2 * K + 1) * (2 * K1 + 1) * six_j(K, K1, 1, spin, spin, spin) ** 2


def _cluster(size: int, table: dict[tuple[float, float], float]) -> Cluster:
    positive = {key: value for key, value in table.items() if value > 0}
    initial, final = np.array(list(positive)).T
    weight = np.array(list(positive.values()))
    return Cluster(size, initial.copy(), final.copy(), weight / weight.sum())


def _rest(cluster: Cluster, J: Array, nuclei: int, spin: float) -> Array:
    """p_L of the spins outside the cluster, L = J − reach … J + reach along the second axis."""
    L = J[:, None] + np.arange(-cluster.reach, cluster.reach + 0.5)
    return multiplet_fraction(L, nuclei - cluster.size, spin)


@njit(cache=True)
def _sum_one_part(J: Array, p: Array, initial: Array, final: Array, weight: Array) -> Array:
    rows = np.zeros((J.size, 3))
    middle = p.shape[1] // 2
    odd = (p.shape[1] + 1) % 2 / 2
    for j in range(J.size):
        for c in range(initial.size):
            for column in range(p.shape[1]):
                if p[j, column] > 0.0:
                    L = J[j] + column - middle + odd
                    for step in range(3):
                        share = weight[c] * p[j, column]
                        rows[j, step] += share * one_part(
                            initial[c], final[c], L, J[j], J[j] + step
                        )
    return rows


@njit(cache=True)
def _sum_both_parts(J: Array, p: Array, initial: Array, final: Array, weight: Array) -> Array:
    rows = np.zeros((J.size, 3))
    middle = p.shape[1] // 2
    for j in range(J.size):
        for c in range(initial.size):
            for column in range(p.shape[1]):
                if p[j, column] > 0.0:
                    L = J[j] + column - middle
                    share = weight[c] * p[j, column] * L * (L + 1) * (2 * L + 1)
                    for step in range(3):
                        rows[j, step] += share * both_parts(
                            initial[c], final[c], L, L, J[j], J[j] + step
                        )
    return rows
