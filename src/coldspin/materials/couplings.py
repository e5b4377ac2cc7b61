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
from coldspin.materials.records import Crystal, Fact, IndirectCoupling, Material, Occupant

Array = NDArray[np.float64]

DIPOLE = 9.9999999987e-8 * HBAR**2  # µ0/4π (CODATA 2022) times ħ² [J m³ (rad/s/T)⁻²]
SHELL = 1.1  # neighbours up to 10% farther than the nearest are nearest neighbours too, as in a distorted crystal


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
        """Sum over occupants of each isotope: (occupants,) or (occupants, occupants) to the same over isotopes."""
        member = self.isotope[:, None] == np.arange(len(self.isotopes))
        summed = np.tensordot(member, per_occupant, axes=(0, 0))
        return np.asarray(summed @ member if per_occupant.ndim == 2 else summed, dtype=np.float64)


class Bond(NamedTuple):
    """Neighbours that two occupants are to each other: arrays over the vectors r from the one to the other."""

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
    """List the nuclei of a crystal; InvalidInputError where an occupation is impossible or no nucleus has a spin."""
    sites = []
    for number, site in enumerate(crystal.sites):
        occupants = tuple(o for o in site.occupants if _checked(o, number).fraction > 0)
        if (total := sum(o.fraction for o in occupants)) > 1 + 1e-9:
            raise InvalidInputError(
                f"the fractions of the occupants of site {number} sum to {total:g}",
                remedy="they are probabilities and must sum to at most 1",
            )
        if occupants:
            sites.append(replace(site, occupants=occupants))
    everyone = [(s, o) for s, site in enumerate(sites) for o in site.occupants]
    if not everyone:
        raise InvalidInputError(
            "no site of the crystal has an isotope with a spin",
            remedy="a local field needs at least one",
        )
    isotopes = tuple(dict.fromkeys(o.isotope for _, o in everyone))
    _refuse_two_of_a_name([o for _, o in everyone])
    spins = {o.isotope: o.spin for _, o in everyone}
    return Nuclei(
        crystal=replace(crystal, sites=tuple(sites)),
        isotopes=isotopes,
        spins=tuple(spins[name] for name in isotopes),
        site=np.array([s for s, _ in everyone]),
        isotope=np.array([isotopes.index(o.isotope) for _, o in everyone]),
        fraction=np.array([o.fraction for _, o in everyone]),
        variance=np.array([o.spin * (o.spin + 1) / 3 for _, o in everyone]),
        gamma=np.array([o.gyromagnetic_ratio for _, o in everyone]),
    )


def bonds_of(
    nuclei: Nuclei, indirect: Sequence[IndirectCoupling], neighbour_scale: float
) -> list[Bond]:
    """All neighbours for which anything but bare dipoles may count, in both orders.

    The nearest neighbours of the crystal, whose dipolar coupling is multiplied by
    `neighbour_scale`, and for each of `indirect` the nearest neighbours of its two elements.
    """
    scale = _scale(neighbour_scale)
    shortest = shortest_distances(nuclei.crystal)
    couplings = _indirect_couplings(nuclei, indirect, shortest)
    nearest = SHELL * shortest.min()
    bonds = []
    for s, t, vectors in neighbours(
        nuclei.crystal, max([nearest, *(c.length for c in couplings.values())])
    ):
        lengths = np.linalg.norm(vectors, axis=1)
        for k, m in product(np.flatnonzero(nuclei.site == s), np.flatnonzero(nuclei.site == t)):
            own = couplings.get((int(nuclei.isotope[k]), int(nuclei.isotope[m])), Indirect(0, 0, 0))
            within_reach = lengths <= own.length
            bare = DIPOLE * nuclei.gamma[k] * nuclei.gamma[m] / lengths**3
            dipolar = (
                np.where(lengths <= nearest, scale, 1.0) * bare + within_reach * own.pseudo_dipolar
            )
            bonds.append(
                Bond(
                    int(k),
                    int(m),
                    vectors,
                    lengths <= nearest,
                    bare,
                    dipolar,
                    within_reach * own.scalar,
                )
            )
    return bonds


def as_material(material: Material | str) -> Material:
    """Return the material itself, or that of the library by its name."""
    if isinstance(material, str):
        found: Material = import_module("coldspin.materials.catalogue").material(material)
        return found
    if not isinstance(material, Material):
        raise InvalidInputError(
            'must be a name such as "GaAs" or a Material', parameter="material", value=material
        )
    return material


def unknown_couplings(indirect: Sequence[IndirectCoupling]) -> tuple[Fact, ...]:
    """The constants among `indirect` that nobody has published; they are left out of the couplings."""
    return tuple(
        fact for c in indirect for fact in (c.scalar, c.pseudo_dipolar) if fact.value is None
    )


def element(isotope: str) -> str:
    """Symbol of the element: "Ga" of "69Ga"."""
    return isotope.lstrip("0123456789")


def _indirect_couplings(
    nuclei: Nuclei, indirect: Sequence[IndirectCoupling], shortest: Array
) -> dict[tuple[int, int], Indirect]:
    """Couplings of all pairs of isotopes: their own, or those of other isotopes of the elements times γγ'."""
    names = nuclei.isotopes
    gammas = {names[i]: gamma for i, gamma in zip(nuclei.isotope, nuclei.gamma, strict=True)}
    _refuse_twice(indirect)
    couplings: dict[tuple[int, int], Indirect] = {}
    for a, b in product(range(len(names)), repeat=2):
        pair = _elements((names[a], names[b]))
        candidates = [c for c in indirect if _elements(c.isotopes) == pair]
        candidates.sort(key=lambda c: sorted(c.isotopes) != sorted((names[a], names[b])))
        if not candidates:
            continue
        chosen = candidates[0]
        if absent := [name for name in chosen.isotopes if name not in gammas]:
            raise InvalidInputError(
                f"an indirect coupling is given for {' and '.join(chosen.isotopes)}, but "
                f"{absent[0]} is not in the crystal, so its γ is not known",
                remedy="give the coupling for isotopes that are",
            )
        ratio = (
            gammas[names[a]]
            * gammas[names[b]]
            / (gammas[chosen.isotopes[0]] * gammas[chosen.isotopes[1]])
        )
        scalar, pseudo_dipolar = (
            HBAR * ratio * (f.value or 0.0) for f in (chosen.scalar, chosen.pseudo_dipolar)
        )
        couplings[a, b] = Indirect(scalar, pseudo_dipolar, SHELL * _nearest(nuclei, pair, shortest))
    return couplings


def _nearest(nuclei: Nuclei, pair: tuple[str, ...], shortest: Array) -> float:
    """Shortest distance between nuclei of two elements [m]."""
    kinds = np.array([element(name) for name in nuclei.isotopes])[nuclei.isotope]
    first, second = (np.unique(nuclei.site[kinds == kind]) for kind in pair)
    return float(shortest[np.ix_(first, second)].min())


def _scale(value: float) -> float:
    scale = finite("neighbour_scale", value)
    if scale.ndim or scale < 0:
        raise InvalidInputError(
            "must be one number, 0 or more", parameter="neighbour_scale", value=value
        )
    return float(scale)


def _elements(isotopes: tuple[str, str]) -> tuple[str, ...]:
    return tuple(sorted(element(name) for name in isotopes))


def _checked(occupant: Occupant, site: int) -> Occupant:
    where = f"of {occupant.isotope} on site {site}"
    within(f"fraction {where}", occupant.fraction, 0, 1)
    half_integer(f"spin {where}", occupant.spin)
    nonzero(f"gyromagnetic_ratio {where}", occupant.gyromagnetic_ratio)
    return occupant


def _refuse_two_of_a_name(occupants: list[Occupant]) -> None:
    known: dict[str, Occupant] = {}
    for occupant in occupants:
        first = known.setdefault(occupant.isotope, occupant)
        values = [(o.spin, o.gyromagnetic_ratio) for o in (first, occupant)]
        if values[0] != values[1]:
            raise InvalidInputError(
                f"{occupant.isotope} has two different (spin, gyromagnetic_ratio) in the crystal, "
                f"{values[0]} and {values[1]}",
                remedy="give it one, or another name",
            )


def _refuse_twice(indirect: Sequence[IndirectCoupling]) -> None:
    pairs = [tuple(sorted(c.isotopes)) for c in indirect]
    for pair in pairs:
        if pairs.count(pair) > 1:
            raise InvalidInputError(
                f"the indirect coupling of {' and '.join(pair)} is given twice",
                remedy="give it once",
            )
