"""Arrangements of the couplings in H_SS, as values; each has weights W(J, J') for every q."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, finite, nonzero
from coldspin.exceptions import InvalidInputError
from coldspin.heating.multiplets.weights import (
    cluster_rows,
    difference,
    pair,
    quartet,
    single,
    uniform_pair_rows,
    uniform_quadrupole_rows,
    vector_rows,
)

EQUAL_SHARES = (0.2, 0.2, 0.2, 0.2, 0.2)


@dataclass(frozen=True)
class Channel:
    """One permutation symmetry of H_SS.

    `rows(J)` is W(J, J+step), `shares` its part of Tr H_SS² for q = −2 … 2.
    """

    rows: Callable[[Array], Array]
    shares: Array


class Couplings(Protocol):
    """What :class:`~coldspin.heating.Multiplets` asks of an arrangement."""

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """Its symmetries; the shares of all together sum to 1, those of ±q are equal."""


@dataclass(frozen=True)
class BalancedLattice:
    """Couplings with Σ_j D_ij = 0 at every nucleus, as in a crystal of cubic symmetry.

    All field directions are averaged.
    The arrangement transforms as the irrep (N−2, 2) of the permutations of the nuclei, whatever the
    D_ij are. N ≥ 4.
    """

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """The one symmetry (N−2, 2), represented by [(I_1−I_4)⊗(I_2−I_3)]²."""
        _require_nuclei(self, nuclei, 4, "use SinglePair() or Geometry()")
        return _one_channel(lambda J: cluster_rows(quartet(spin), J, nuclei, spin))


@dataclass(frozen=True)
class SinglePair:
    """One coupled pair, or independent random couplings of all pairs, N ≥ 2.

    All field directions are averaged.
    """

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """One channel, [I_1⊗I_2]²."""
        _require_nuclei(self, nuclei, 2, "a pair needs two nuclei")
        return _one_channel(lambda J: cluster_rows(pair(spin), J, nuclei, spin))


@arguments_checked
@dataclass(frozen=True)
class Quadrupole:
    """Quadrupole couplings instead of dipole ones, for I ≥ 1, all directions averaged.

    On one nucleus (or random independent on each), N ≥ 1; with `uniform` the same on all, which at
    large N differs as 1/N, with rounding errors up to N·1e-16.
    """

    uniform: bool = False

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """One channel, [I_1⊗I_1]² or Σ_i [I_i⊗I_i]²."""
        _require_nuclei(self, nuclei, 1, "there must be a nucleus")
        if spin < 1:
            raise InvalidInputError(
                f"Quadrupole needs spin >= 1, not {spin:g}: a spin 1/2 has no quadrupole moment"
            )
        if self.uniform:
            return _one_channel(lambda J: uniform_quadrupole_rows(J, nuclei, spin))
        return _one_channel(lambda J: cluster_rows(single(spin), J, nuclei, spin))


@arguments_checked
@dataclass(frozen=True)
class Geometry:
    r"""Dipole couplings D_ij^q ∝ C²_q(r_ij)/r_ij³ of nuclei at given places in a given field.

    `positions` is N × 3 in any unit, `field_direction` has 3 components and any length. Under
    permutations of the N nuclei the D^q split, with r_i = Σ_j D_ij, into the irreps (N), (N−1, 1),
    (N−2, 2) with

    .. math:: w_0 = \frac{|\sum_{i<j} D_{ij}|^2}{N(N-1)/2}, \qquad w_1 = \sum_i\frac{|r_i-\bar r|^2}{N-2}, \qquad
              w_2 = \sum_{i<j}|D_{ij}|^2 - w_0 - w_1.

    N must be the number of positions, 2 or more. `gyromagnetic_ratios`, one for all or N in any
    unit, multiply the D_ij by γ_iγ_j, so that isotopes of one spin and one precession may differ in
    their moments. What is given is stored as nested tuples, so that equal arrangements compare
    equal.
    """

    positions: ArrayLike
    field_direction: ArrayLike
    gyromagnetic_ratios: ArrayLike = 1.0
    shares: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positions = finite("positions", self.positions)
        direction = finite("field_direction", self.field_direction)
        if positions.ndim != 2 or positions.shape[1] != 3 or len(positions) < 2:
            raise InvalidInputError(
                f"positions must be N >= 2 rows of x, y, z, not an array of shape {positions.shape}"
            )
        if direction.shape != (3,) or not direction.any():
            raise InvalidInputError(
                "must be three components, not all zero",
                parameter="field_direction",
                value=direction.tolist(),
                shown=f"{direction.tolist()}",
            )
        ratios = nonzero("gyromagnetic_ratios", self.gyromagnetic_ratios)
        if ratios.shape not in ((), (len(positions),)):
            raise InvalidInputError(
                f"must be one or {len(positions)} numbers, not of shape {ratios.shape}",
                parameter="gyromagnetic_ratios",
            )
        moments = np.broadcast_to(ratios / np.max(np.abs(ratios)), len(positions))
        object.__setattr__(self, "positions", tuple(map(tuple, positions.tolist())))
        object.__setattr__(self, "field_direction", tuple(direction.tolist()))
        object.__setattr__(
            self, "gyromagnetic_ratios", tuple(ratios.tolist()) if ratios.ndim else float(ratios)
        )
        object.__setattr__(self, "shares", _irrep_shares(positions, direction, moments))

    def channels(self, nuclei: int, spin: float) -> tuple[Channel, ...]:
        """The irreps (N), (N−1, 1), (N−2, 2) that the arrangement contains."""
        sites = len(np.asarray(self.positions))
        if nuclei != sites:
            raise InvalidInputError(
                f"must be {sites}, the number of positions in Geometry",
                parameter="nuclei",
                value=nuclei,
                shown=f"{nuclei}",
            )
        rows = irrep_rows(nuclei, spin)
        shares = np.array(self.shares)
        return tuple(
            Channel(r, share) for r, share in zip(rows, shares, strict=True) if share.any()
        )


def _one_channel(rows: Callable[[Array], Array]) -> tuple[Channel]:
    return (Channel(rows, np.array(EQUAL_SHARES)),)


def irrep_rows(nuclei: int, spin: float) -> tuple[Callable[[Array], Array], ...]:
    """W(J, J+step) as functions of J for the irreps (N), (N−1, 1), (N−2, 2) of pair couplings."""
    return (
        lambda J: uniform_pair_rows(J, nuclei, spin),
        lambda J: vector_rows(difference(spin), J, nuclei, spin),
        lambda J: cluster_rows(quartet(spin), J, nuclei, spin),
    )


def _irrep_shares(
    positions: Array, direction: Array, moments: Array
) -> tuple[tuple[float, ...], ...]:
    """Parts of Σ_q Σ_{i<j} |D_ij^q|² in each irrep (rows) and q (columns)."""
    count = len(positions)
    total = np.zeros((5,), complex)
    sums = np.zeros((count, 5), complex)
    square = np.zeros(5)
    z = direction / np.linalg.norm(direction)
    x = np.linalg.svd(z[None, :])[2][1]
    frame = np.stack([x, np.cross(z, x), z])
    extent = np.ptp(positions, axis=0).max()
    for i in range(count - 1):
        D = _dipole((positions[i + 1 :] - positions[i]) @ frame.T / (extent or 1.0), i)
        D *= moments[i] * moments[i + 1 :, None]
        sums[i] += D.sum(axis=0)
        sums[i + 1 :] += D
        total += D.sum(axis=0)
        square += np.sum(np.abs(D) ** 2, axis=0)
    uniform = np.abs(total) ** 2 / (count * (count - 1) / 2)
    gradient = np.sum(np.abs(sums - sums.mean(axis=0)) ** 2, axis=0) / max(count - 2, 1)
    rest = square - uniform - gradient
    shares = np.stack([uniform, gradient, rest])
    shares[shares < 1e-14 * square] = 0.0
    shares = (shares + shares[:, ::-1]) / 2
    return tuple(map(tuple, (shares / shares.sum()).tolist()))


def _dipole(r: Array, index: int) -> Any:
    """C²_q(r)/|r|³ for q = −2 … 2, up to phases; lengths in parts of the extent of the arrangement."""
    distance = np.linalg.norm(r, axis=1)
    if not np.all(distance > 1e-9):
        other = index + 1 + int(np.argmin(distance))
        raise InvalidInputError(
            f"positions must differ from each other, but rows {index} and {other} coincide"
        )
    flat = (r[:, 0] + 1j * r[:, 1]) / distance
    z = r[:, 2] / distance
    one = np.sqrt(1.5) * z * flat
    two = np.sqrt(0.375) * flat**2
    harmonics = np.stack([two.conj(), one.conj(), (1.5 * z**2 - 0.5) + 0j, one, two], axis=1)
    return harmonics / distance[:, None] ** 3


def _require_nuclei(couplings: object, nuclei: int, least: int, advice: str) -> None:
    if nuclei < least:
        raise InvalidInputError(
            f"{type(couplings).__name__} needs nuclei >= {least}, not {nuclei}", remedy=advice
        )
