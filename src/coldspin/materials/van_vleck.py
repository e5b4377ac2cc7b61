"""Van Vleck's second moments of the resonance lines of a material, and what a high field leaves of its local field."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import keywords_checked
from coldspin.constants import HBAR
from coldspin.materials.couplings import DIPOLE, Bond, Nuclei, as_material, bonds_of, nuclei_of
from coldspin.materials.lattice_sums import angular_sums, inverse_sixth_sums
from coldspin.materials.records import Material

Array = NDArray[np.float64]


class SecondMoment(NamedTuple):
    """Second moment of one isotope's line [(rad/s)²], from nuclei of the same isotope and from all others."""

    like: float
    unlike: float

    @property
    def total(self) -> float:
        """Sum of both [(rad/s)²]."""
        return self.like + self.unlike


@dataclass(frozen=True)
class SecondMoments:
    """Second moments by isotopes, and the secular local field [T]."""

    isotopes: Mapping[str, SecondMoment]
    secular_local_field: float


@keywords_checked
def second_moments(
    material: Material | str, *, direction: ArrayLike | None = None, neighbour_scale: float = 1.0
) -> SecondMoments:
    r"""Van Vleck's second moments in a field along `direction`, or of a powder (average over all directions).

    .. math:: M_2 = \sum_{j\,\text{like}} \frac{3I(I+1)}{4\hbar^2} D_{ij}^2 (1-3\cos^2\theta_{ij})^2
              + \sum_{j\,\text{unlike}} \frac{I_j(I_j+1)}{3\hbar^2} [J_{ij} + D_{ij}(1-3\cos^2\theta_{ij})]^2

    D = (µ0/4π)ħ²γγ'/r³ plus what neighbours have beside it, J the scalar coupling, θ the angle of
    the pair with the field; in a powder (1 − 3cos²θ)² is 4/5 and 1 − 3cos²θ is 0. Like nuclei are
    those of one isotope. Averaged over the occupation of the sites, and over the sites of the
    isotope. `direction` is a vector of any length in the frame of the cell vectors;
    `neighbour_scale` as in :func:`~coldspin.materials.spin_spin_fields.local_fields`.

    The secular local field is what the parts of H_SS that commute with the Zeeman energy of each
    isotope have:

    .. math:: B_L'^2 = \frac{
              \sum_{i<j\,\text{like}} c^2 [3J_{ij}^2 + \tfrac32 D_{ij}^2 (1-3\cos^2\theta_{ij})^2]
              + \sum_{i<j\,\text{unlike}} c_i c_j [J_{ij} + D_{ij}(1-3\cos^2\theta_{ij})]^2}
              {\sum_i c_i (\hbar\gamma_i)^2}

    For one isotope and dipoles alone B_L'² = M2/(3γ²), and in a powder B_L² = (5/3) M2/γ².

    Holds in fields far above the local field and without quadrupole splitting, which makes lines of
    one isotope unlike. Relative error below 1e-12. InvalidInputError as for `local_fields`. After
    J. H. Van Vleck (1948), derived anew (docs: derivations, local fields).
    """
    material = as_material(material)
    nuclei = nuclei_of(material.crystal)
    linear, square, scalar = _couplings(
        nuclei, bonds_of(nuclei, material.indirect, neighbour_scale), direction
    )
    c = nuclei.variance
    like = nuclei.isotope[:, None] == nuclei.isotope
    unlike = np.where(like, 0.0, scalar + 2 * linear + square)
    squared = np.where(like, square, 0.0)
    partner = nuclei.fraction * c / HBAR**2
    share = nuclei.fraction / nuclei.sum_over_isotopes(nuclei.fraction)[nuclei.isotope]
    from_like = nuclei.sum_over_isotopes(share * (9 / 4 * squared @ partner))
    from_unlike = nuclei.sum_over_isotopes(share * (unlike @ partner))
    trace = 3 * np.where(like, scalar, 0.0) + 3 / 2 * squared + unlike
    weight = nuclei.fraction * c
    zeeman = weight @ (HBAR * nuclei.gamma) ** 2
    moments = zip(
        nuclei.isotopes, map(SecondMoment, from_like.tolist(), from_unlike.tolist()), strict=True
    )
    return SecondMoments(
        MappingProxyType(dict(moments)), sqrt(weight @ trace @ weight / 2 / zeeman)
    )


def _couplings(
    nuclei: Nuclei, bonds: list[Bond], direction: ArrayLike | None
) -> tuple[Array, Array, Array]:
    """Sums over neighbours of J D f, D² f² and J², f = 1 − 3cos²θ [J²].

    Their shape is (occupants, occupants).
    """
    crystal = nuclei.crystal
    # 4/5 is the powder average of f²
    sums = (
        4 / 5 * inverse_sixth_sums(crystal)
        if direction is None
        else angular_sums(crystal, direction)
    )
    dipole = DIPOLE * np.outer(nuclei.gamma, nuclei.gamma)
    square = dipole**2 * sums[np.ix_(nuclei.site, nuclei.site)]
    linear = np.zeros_like(square)
    scalar = np.zeros_like(square)
    for bond in bonds:
        at = bond.one, bond.other
        f, f_squared = _secular_factors(bond.vectors, direction)
        linear[at] += (bond.scalar * bond.dipolar * f).sum()
        square[at] += ((bond.dipolar**2 - bond.bare**2) * f_squared).sum()
        scalar[at] += (bond.scalar**2).sum()
    return linear, square, scalar


def _secular_factors(vectors: Array, direction: ArrayLike | None) -> tuple[Array, Array]:
    if direction is None:
        return np.zeros(len(vectors)), np.full(len(vectors), 4 / 5)
    axis = np.asarray(direction, dtype=np.float64)
    cosines = vectors @ axis / np.linalg.norm(vectors, axis=1) / np.linalg.norm(axis)
    f = 1 - 3 * cosines**2
    return f, f**2
