"""Van Vleck's second moments of resonance lines, and the secular local field of a high field."""

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
    """Second moment of one isotope's line [(rad/s)²], from like nuclei and from all others."""

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
    r"""Van Vleck's second moments in a field along `direction`, or of a powder.

    .. math:: M_2 = \sum_{j\,\text{like}} \frac{3I(I+1)}{4\hbar^2}
              D_{ij}^2 (1-3\cos^2\theta_{ij})^2
              + \sum_{j\,\text{unlike}} \frac{I_j(I_j+1)}{3\hbar^2}
              [J_{ij} + D_{ij}(1-3\cos^2\theta_{ij})]^2

    D = (µ0/4π)ħ²γγ'/r³ plus what neighbours have beside it, J the scalar coupling, θ the angle of
    the pair with the field; in a powder (1 − 3cos²θ)² is 4/5 and 1 − 3cos²θ is 0. Like nuclei are
    those of one isotope. Averaged over the occupation of the sites, and over the sites of the
    isotope. `direction` is a vector of any length in the frame of the cell vectors;
    `neighbour_scale` as in :func:`~coldspin.materials.spin_spin_fields.local_fields`.

    The secular local field is that of the parts of H_SS that commute with the Zeeman energy of each
    isotope:

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
    bonds = bonds_of(nuclei, material.indirect, neighbour_scale)
    linear, square, scalar = _sum_couplings(nuclei, bonds, direction)
    c = nuclei.variance
    like = nuclei.isotope[:, None] == nuclei.isotope
    unlike = np.where(like, 0.0, scalar + 2 * linear + square)
    like_square = np.where(like, square, 0.0)
    partner = nuclei.fraction * c / HBAR**2
    share = nuclei.fraction / nuclei.sum_over_isotopes(nuclei.fraction)[nuclei.isotope]
    from_like = nuclei.sum_over_isotopes(share * (9 / 4 * like_square @ partner))
    from_unlike = nuclei.sum_over_isotopes(share * (unlike @ partner))
    trace = 3 * np.where(like, scalar, 0.0) + 3 / 2 * like_square + unlike
    weight = nuclei.fraction * c
    zeeman = weight @ (HBAR * nuclei.gamma) ** 2
    moments = {}
    for number, name in enumerate(nuclei.isotopes):
        moments[name] = SecondMoment(float(from_like[number]), float(from_unlike[number]))
    local_field = sqrt(weight @ trace @ weight / 2 / zeeman)
    return SecondMoments(MappingProxyType(moments), local_field)


def _sum_couplings(
    nuclei: Nuclei, bonds: list[Bond], direction: ArrayLike | None
) -> tuple[Array, Array, Array]:
    """Sums over neighbours of J D f, D² f² and J², f = 1 − 3cos²θ [J²].

    Their shape is (occupants, occupants).
    """
    crystal = nuclei.crystal
    sums = 4 / 5 * inverse_sixth_sums(crystal)  # the powder average of f² is 4/5, that of f is 0
    if direction is not None:
        sums = angular_sums(crystal, direction)
    dipole = DIPOLE * np.outer(nuclei.gamma, nuclei.gamma)
    square = dipole**2 * sums[np.ix_(nuclei.site, nuclei.site)]
    linear = np.zeros_like(square)
    scalar = np.zeros_like(square)
    for bond in bonds:
        at = bond.one, bond.other
        if direction is None:
            f = np.zeros(len(bond.vectors))
            f_squared = np.full(len(bond.vectors), 4 / 5)
        else:
            axis = np.asarray(direction, dtype=np.float64)
            lengths = np.linalg.norm(bond.vectors, axis=1)
            cosines = bond.vectors @ axis / lengths / np.linalg.norm(axis)
            f = 1 - 3 * cosines**2
            f_squared = f**2
        linear[at] += (bond.scalar * bond.dipolar * f).sum()
        square[at] += ((bond.dipolar**2 - bond.bare**2) * f_squared).sum()
        scalar[at] += (bond.scalar**2).sum()
    return linear, square, scalar
