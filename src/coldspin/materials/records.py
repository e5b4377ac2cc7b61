"""A material: a crystal of isotopes, and constants with their sources. Plain SI floats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import finite, positive
from coldspin.exceptions import InvalidInputError

Mark = Literal["S", "D", "R", "user", "none"]
"""Where a number comes from.

S seen at its source, D derived here, R recalled and not verified, user given by hand, none: nothing
is on record.
"""

Carrier = Literal["electron", "hole"]


@dataclass(frozen=True)
class Fact:
    """A number [SI] with its source, or None where nobody has published it."""

    what: str
    value: float | None
    mark: Mark
    source: str
    note: str = ""

    def known(self, remedy: str = "give your own value", parameter: str = "") -> float:
        """Return the number; InvalidInputError if there is none.

        The error ends with what to do, and names the argument that takes an own value, if there
        is one.
        """
        if self.value is not None:
            return self.value
        note = f" ({self.note})" if self.note else ""
        if parameter:
            rule = f"must be given, for {self.what} is unknown{note}"
            raise InvalidInputError(rule, parameter=parameter, remedy=remedy)
        raise InvalidInputError(f"is unknown{note}", parameter=self.what, remedy=remedy)


@dataclass(frozen=True)
class Occupant:
    """A magnetic isotope on a crystal site: the probability to find it there, I, γ [rad/s/T]."""

    isotope: str
    fraction: float
    spin: float
    gyromagnetic_ratio: float


@dataclass(frozen=True)
class CrystalSite:
    """A position in the cell, in fractions of its vectors, and the magnetic isotopes on it.

    The fractions of the occupants sum to at most 1; the rest is without spin.
    """

    position: tuple[float, float, float]
    occupants: tuple[Occupant, ...]


@dataclass(frozen=True)
class Crystal:
    """A cell, whose rows are three vectors [m], and its sites, which are occupied independently."""

    cell: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
    sites: tuple[CrystalSite, ...]

    def __post_init__(self) -> None:
        """Refuse a cell without volume."""
        vectors = finite("cell of the crystal", self.cell)
        if vectors.shape != (3, 3):
            raise InvalidInputError(
                "must be three vectors of three components",
                parameter="cell",
                value=vectors,
                shown=f"of shape {vectors.shape}",
            )
        if not self.volume > 1e-9 * np.prod(np.linalg.norm(vectors, axis=1)):
            raise InvalidInputError(
                f"= {self.cell} has no volume",
                parameter="cell",
                remedy="give three independent vectors in metres",
            )

    @property
    def vectors(self) -> NDArray[np.float64]:
        """Cell vectors as rows [m]."""
        return np.array(self.cell)

    @property
    def volume(self) -> float:
        """Volume of the cell [m³]."""
        return float(abs(np.linalg.det(self.vectors)))


@dataclass(frozen=True)
class IndirectCoupling:
    """Indirect interaction between nearest neighbours of two elements, beyond the dipole-dipole one.

    For the pair of isotopes named, as angular frequencies [rad/s]: `scalar` J of J I·I', and
    `pseudo_dipolar` B added to D = (µ0/4π)ħγγ'/r³ of the dipole-dipole interaction D [I·I' −
    3(I·n)(I'·n)]. Other isotopes of the same elements scale with γγ'.
    """

    isotopes: tuple[str, str]
    scalar: Fact
    pseudo_dipolar: Fact


@dataclass(frozen=True)
class Material:
    """A crystal with the constants of its carriers.

    `hyperfine`: per carrier and isotope, A [J] of H = Σ A_j v0 |ψ(R_j)|² I_j·S, v0 =
    `formula_volume` [m³], the volume that holds one nucleus of that kind; `g_factors`: per carrier.
    """

    name: str
    crystal: Crystal
    formula_volume: float
    hyperfine: Mapping[Carrier, Mapping[str, Fact]]
    g_factors: Mapping[Carrier, Fact]
    indirect: tuple[IndirectCoupling, ...] = ()
    facts: tuple[Fact, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a formula volume that is no number above 0."""
        name = f"formula_volume of {self.name}"
        if positive(name, self.formula_volume).ndim:
            raise InvalidInputError("must be one number", parameter=name, value=self.formula_volume)

    def hyperfine_constant(self, carrier: Carrier, isotope: str) -> Fact:
        """A of one isotope, an unknown Fact where the material has none."""
        check_carrier(carrier)
        present: list[str] = []
        for site in self.crystal.sites:
            for occupant in site.occupants:
                if occupant.isotope not in present:
                    present.append(occupant.isotope)
        if isotope not in present:
            known = ", ".join(present) or "none with a spin"
            raise InvalidInputError(
                f"has no isotope {isotope!r}", parameter=self.name, remedy=f"it has {known}"
            )
        constant = self.hyperfine.get(carrier, {}).get(isotope)
        if constant is None:
            what = f"the {carrier} hyperfine constant of {isotope} in {self.name}"
            constant = Fact(what, None, "none", "", "none is on record")
        return constant

    def g_factor(self, carrier: Carrier) -> Fact:
        """Return g of a carrier, an unknown Fact where the material has none."""
        check_carrier(carrier)
        g_factor = self.g_factors.get(carrier)
        if g_factor is None:
            what = f"the {carrier} g-factor of {self.name}"
            g_factor = Fact(what, None, "none", "", "none is on record")
        return g_factor


def check_carrier(carrier: object) -> None:
    """Refuse what is neither electron nor hole."""
    if carrier not in get_args(Carrier):
        raise InvalidInputError("must be electron or hole", parameter="carrier", value=carrier)
