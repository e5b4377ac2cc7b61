"""The nuclei of a crystal and what couples its neighbours beside the dipole-dipole interaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import finite, half_integer, nonzero, within
from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.materials.lattice_sums import neighbours, shortest_distances
from coldspin.materials.records import Crystal, CrystalSite, IndirectCoupling, Material, Occupant

Array = NDArray[np.float64]

DIPOLE = 9.9999999987e-8 * HBAR**2  # µ0/4π (CODATA 2022) times ħ² [J m³ (rad/s/T)⁻²]
# Neighbours up to 10% farther than the nearest one count as nearest, as in a distorted crystal
SHELL = 1.1


@dataclass(frozen=True, eq=False)
class Nuclei:
    """The occupants of all sites in one list, for arrays over (occupants,).

    `crystal` keeps the sites with spins only; `isotopes` are the different ones, in order of
    appearance; `site` and `isotope` number them; `fraction` is the probability to find the occupant
    on its site, `variance` is c = I(I+1)/3 = Tr I_z², `gamma` γ [rad/s/T].
    """

    crystal: Crystal
    isotopes: tuple[str, ...]
    spins: tuple[float, ...]
    site: NDArray[np.intp]
    isotope: NDArray[np.intp]
    fraction: Array
    variance: Array
    gamma: Array

    def sum_over_isotopes(self, per_occupant: Array) -> Array:
        """Sum over the occupants of each isotope, along one axis or both axes of a matrix."""
        member = self.isotope[:, None] == np.arange(len(self.isotopes))
        sums = np.tensordot(member, per_occupant, axes=(0, 0))
        if per_occupant.ndim == 2:
            sums = sums @ member
        return np.asarray(sums, dtype=np.float64)


class Bond(NamedTuple):
    """The couplings of two neighbouring occupants: arrays over the vectors r between them."""

    one: int
    other: int
    vectors: Array
    nearest: NDArray[np.bool_]
    bare: Array
    """(µ0/4π)ħ²γγ'/r³ [J]."""
    dipolar: Array
    """D of D [I·I' − 3(I·n)(I'·n)] with everything included [J]."""
    scalar: Array
    """J of J I·I' [J]."""


class Indirect(NamedTuple):
    """Indirect coupling of two isotopes [J] and the length up to which it acts [m]."""

    scalar: float
    pseudo_dipolar: float
    length: float


def nuclei_of(crystal: Crystal) -> Nuclei:
    """List the nuclei of a crystal.

    InvalidInputError where an occupation is impossible or no nucleus has a spin.
    """
    sites: list[CrystalSite] = []
    occupants: list[Occupant] = []
    site_numbers: list[int] = []
    first_of_name: dict[str, Occupant] = {}
    for number, site in enumerate(crystal.sites):
        for occupant in site.occupants:
            owner = f"of {occupant.isotope} on site {number}"
            within(f"fraction {owner}", occupant.fraction, 0, 1)
            half_integer(f"spin {owner}", occupant.spin)
            nonzero(f"gyromagnetic_ratio {owner}", occupant.gyromagnetic_ratio)
        present = tuple(one for one in site.occupants if one.fraction > 0)
        total = sum(one.fraction for one in present)
        if total > 1 + 1e-9:
            raise InvalidInputError(
                f"the fractions of the occupants of site {number} sum to {total:g}",
                remedy="they are probabilities and must sum to at most 1",
            )
        if not present:
            continue
        for occupant in present:
            site_numbers.append(len(sites))
            occupants.append(occupant)
        sites.append(replace(site, occupants=present))
    if not occupants:
        raise InvalidInputError(
            "no site of the crystal has an isotope with a spin",
            remedy="a local field needs at least one",
        )
    for occupant in occupants:
        first = first_of_name.setdefault(occupant.isotope, occupant)
        values = [(one.spin, one.gyromagnetic_ratio) for one in (first, occupant)]
        if values[0] != values[1]:
            raise InvalidInputError(
                f"has two different (spin, gyromagnetic_ratio) in the crystal, {values[0]} and "
                f"{values[1]}",
                parameter=occupant.isotope,
                remedy="give it one, or another name",
            )
    isotopes = tuple(first_of_name)
    return Nuclei(
        crystal=replace(crystal, sites=tuple(sites)),
        isotopes=isotopes,
        spins=tuple(one.spin for one in first_of_name.values()),
        site=np.array(site_numbers),
        isotope=np.array([isotopes.index(one.isotope) for one in occupants]),
        fraction=np.array([one.fraction for one in occupants]),
        variance=np.array([one.spin * (one.spin + 1) / 3 for one in occupants]),
        gamma=np.array([one.gyromagnetic_ratio for one in occupants]),
    )


def bonds_of(
    nuclei: Nuclei, indirect: Sequence[IndirectCoupling], neighbour_scale: float
) -> list[Bond]:
    """All neighbours for which anything but bare dipoles may count, in both orders.

    The nearest neighbours of the crystal, whose dipolar coupling is multiplied by
    `neighbour_scale`, and for each of `indirect` the nearest neighbours of its two elements.
    """
    scale = finite("neighbour_scale", neighbour_scale)
    if scale.ndim or scale < 0:
        raise InvalidInputError(
            "must be one number, 0 or more", parameter="neighbour_scale", value=neighbour_scale
        )
    shortest = shortest_distances(nuclei.crystal)
    couplings = _indirect_couplings(nuclei, indirect, shortest)
    nearest = SHELL * shortest.min()
    radius = max([nearest, *(coupling.length for coupling in couplings.values())])
    bonds = []
    for s, t, vectors in neighbours(nuclei.crystal, radius):
        lengths = np.linalg.norm(vectors, axis=1)
        is_nearest = lengths <= nearest
        for k, m in product(np.flatnonzero(nuclei.site == s), np.flatnonzero(nuclei.site == t)):
            kinds = (int(nuclei.isotope[k]), int(nuclei.isotope[m]))
            own = couplings.get(kinds, Indirect(0, 0, 0))
            acts = lengths <= own.length
            bare = DIPOLE * nuclei.gamma[k] * nuclei.gamma[m] / lengths**3
            bond = Bond(
                one=int(k),
                other=int(m),
                vectors=vectors,
                nearest=is_nearest,
                bare=bare,
                dipolar=np.where(is_nearest, float(scale), 1.0) * bare + acts * own.pseudo_dipolar,
                scalar=acts * own.scalar,
            )
            bonds.append(bond)
    return bonds


def as_material(material: Material | str) -> Material:
    """Return the material itself, or that of the library by its name."""
    if isinstance(material, str):
        record: Material = import_module("coldspin.materials.catalogue").material(material)
        return record
    if not isinstance(material, Material):
        raise InvalidInputError(
            'must be a name such as "GaAs" or a Material', parameter="material", value=material
        )
    return material


def element(isotope: str) -> str:
    """Symbol of the element: "Ga" of "69Ga"."""
    return isotope.lstrip("0123456789")


def _indirect_couplings(
    nuclei: Nuclei, indirect: Sequence[IndirectCoupling], shortest: Array
) -> dict[tuple[int, int], Indirect]:
    """Couplings of all pairs of isotopes: their own, or another pair of the elements times γγ'."""
    pairs = [tuple(sorted(coupling.isotopes)) for coupling in indirect]
    for pair in pairs:
        if pairs.count(pair) > 1:
            raise InvalidInputError(
                f"of {' and '.join(pair)} is given twice",
                parameter="the indirect coupling",
                remedy="give it once",
            )
    names = nuclei.isotopes
    gammas = {names[i]: gamma for i, gamma in zip(nuclei.isotope, nuclei.gamma, strict=True)}
    kinds = np.array([element(name) for name in names])[nuclei.isotope]
    couplings: dict[tuple[int, int], Indirect] = {}
    for a, b in product(range(len(names)), repeat=2):
        elements = sorted((element(names[a]), element(names[b])))
        chosen = None
        for coupling in indirect:
            if sorted(element(name) for name in coupling.isotopes) != elements:
                continue
            is_own = sorted(coupling.isotopes) == sorted((names[a], names[b]))
            if chosen is None or is_own:
                chosen = coupling
        if chosen is None:
            continue
        first, second = chosen.isotopes
        for name in chosen.isotopes:
            if name not in gammas:
                raise InvalidInputError(
                    f"of {first} and {second} is given, but {name} is not in the crystal, so its γ "
                    f"is not known",
                    parameter="the indirect coupling",
                    remedy="give the coupling for isotopes that are",
                )
        ratio = gammas[names[a]] * gammas[names[b]] / (gammas[first] * gammas[second])
        # shortest distance between nuclei of the two elements
        sites = [np.unique(nuclei.site[kinds == one]) for one in elements]
        distance = float(shortest[np.ix_(*sites)].min())
        couplings[a, b] = Indirect(
            scalar=HBAR * ratio * (chosen.scalar.value or 0.0),
            pseudo_dipolar=HBAR * ratio * (chosen.pseudo_dipolar.value or 0.0),
            length=SHELL * distance,
        )
    return couplings
