"""What products of different pair couplings add to Φ of a given arrangement of nuclei, and why."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.heating import Geometry, Multiplets
from coldspin.heating.multiplets.couplings import EQUAL_SHARES, Channel, irrep_rows


@dataclass(frozen=True)
class CrossTerms:
    r"""Φ of a :class:`~coldspin.heating.Geometry` in second order of H_SS, split in two ways.

    By the pairs that meet in the square of H_SS: `same_pair` + `one_shared` + `none_shared` =
    `total`, from D_ij D_ij, D_ij D_il and D_ij D_kl; the last two are the cross terms. By what
    distinguishes the arrangement from a cubic lattice averaged over directions, whose Φ is
    `lattice`: `direction` + `net_fields` + `mean_coupling` = `total` − `lattice`. `direction`: the
    field has one direction, so the q = −2 … 2 have unequal shares. `net_fields`: Σ_j D_ij differs
    from nucleus to nucleus, the irrep (N−1, 1). `mean_coupling`: Σ_{i<j} D_ij is not 0, the irrep
    (N). `shares` are those of the irreps (N), (N−1, 1), (N−2, 2) in Tr H_SS², rows, for |q| = 0, 1,
    2.
    """

    total: float
    same_pair: float
    one_shared: float
    none_shared: float
    lattice: float
    direction: float
    net_fields: float
    mean_coupling: float
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class OneIrrep:
    """Pair couplings of one irrep, 0 = (N), 1 = (N−1, 1), 2 = (N−2, 2), and of one |q| = `order`."""

    irrep: int
    order: int

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """The one symmetry."""
        rows: Callable[[Array], Array] = irrep_rows(nuclei, spin)[self.irrep]
        shares = np.zeros(5)
        shares[[2 - self.order, 2 + self.order]] = 1.0 if self.order == 0 else 0.5
        return (Channel(rows, shares),)


def cross_terms(
    geometry: Geometry, b: float, k: float, *, nuclear_precession: float = 0.0
) -> CrossTerms:
    r"""Split Φ of `geometry`, spins 1/2, at b = Ω_B s, k = τ_c/s and ω_B s as `Multiplets` takes them. N ≥ 4.

    With equal hyperfine couplings the heat is Σ_q Σ_{pp'} D_p^q D_{p'}^{q*} K^q_{pp'} over pairs p,
    and K depends only on how many nuclei p and p' share: G_2, G_1 or G_0. Its values φ on the three
    irreps are

    .. math:: \varphi_{(N)} = G_2 + 2(N-2)G_1 + \tfrac12(N-2)(N-3)G_0, \quad
              \varphi_{(N-1,1)} = G_2 + (N-4)G_1 - (N-3)G_0, \quad \varphi_{(N-2,2)} = G_2 - 2G_1 + G_0,

    and the sums that multiply G_2, G_1, G_0 are Σ|D|², Σ_i|r_i|² − 2Σ|D|² and |ΣD|² − Σ_i|r_i|² +
    Σ|D|², with r_i = Σ_j D_ij. Raises InvalidInputError for fewer than 4 nuclei, and as
    `Multiplets` does.
    """
    count = len(np.asarray(geometry.positions))
    if count < 4:
        raise InvalidInputError(
            f"geometry must have 4 positions or more, since a lattice needs them, not {count}"
        )
    w = np.array(geometry.shares)[:, [2, 3, 4]] * (1, 2, 2)
    phi = np.empty((3, 3))
    for irrep in range(3):
        for order in range(3):
            phi[irrep, order] = Multiplets(OneIrrep(irrep, order), 0.0).heating_coefficient(
                b, k, nuclei=count, nuclear_precession=nuclear_precession
            )
    lattice = float(phi[2] @ _averaged())
    pairs = np.sum(_pair_sums(w, count) * np.linalg.solve(_eigenvalues(count), phi), axis=1)
    return CrossTerms(
        float(np.sum(w * phi)), float(pairs[0]), float(pairs[1]), float(pairs[2]), lattice,
        float((w.sum(axis=0) - _averaged()) @ phi[2]), float(w[1] @ (phi[1] - phi[2])),
        float(w[0] @ (phi[0] - phi[2])), tuple(map(tuple, w.tolist())),
    )  # fmt: skip


def _averaged() -> Array:
    """Shares of |q| = 0, 1, 2 averaged over directions."""
    return np.array(EQUAL_SHARES)[2:] * (1, 2, 2)


def _eigenvalues(count: int) -> Array:
    """φ of the irreps (rows) from G_2, G_1, G_0 (columns)."""
    n = float(count)
    return np.array([[1, 2 * (n - 2), (n - 2) * (n - 3) / 2], [1, n - 4, 3 - n], [1, -2, 1]])


def _pair_sums(w: Array, count: int) -> Array:
    """What multiplies G_2, G_1, G_0 (rows) for each |q|, from the shares of the irreps."""
    square = w.sum(axis=0)
    whole = w[0] * count * (count - 1) / 2
    fields = w[1] * (count - 2) + 2 * (count - 1) * w[0]
    return np.array([square, fields - 2 * square, whole - fields + square])
