"""One isotope inside the orbit of an electron."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from coldspin.arguments import arguments_checked, half_integer
from coldspin.exceptions import InvalidInputError
from coldspin.precession import effective_nuclei
from coldspin.quantities import COUPLING, GYROMAGNETIC, nonzero_scalar, positive_scalar, scalar

_MOST_NUCLEI = 1e30
_LARGEST_SPIN = 20.0  # 9 is the largest of a nucleus that lives long


@arguments_checked
@dataclass(frozen=True, kw_only=True)
class Species:
    """Equal nuclei of one isotope in one electron orbit; SI, or strings with units.

    Parameters
    ----------
    nuclei : float
        How many of this isotope are inside the orbit on average, > 0; a rare one may have less than
        1.
    nuclear_spin : float
        I, a positive multiple of 1/2.
    hyperfine_coupling : float or quantity
        a/ħ per nucleus [rad/s], or a as an energy ("0.9 neV"); either sign. Hertz is refused.
        0 for nuclei that the electron does not reach, but that share the spin temperature.
    nuclear_gyromagnetic_ratio : float or quantity
        γ [rad/s/T], either sign, not 0.
    isotope : str
        Its name in results, such as "75As".

    Raises
    ------
    InvalidInputError
        For a value outside its domain, a missing or wrong unit.
    """

    nuclei: float
    nuclear_spin: float
    hyperfine_coupling: Any
    nuclear_gyromagnetic_ratio: Any
    isotope: str = ""

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        values = {
            "nuclei": positive_scalar("nuclei", self.nuclei),
            "nuclear_spin": half_integer("nuclear_spin", self.nuclear_spin),
            "hyperfine_coupling": scalar("hyperfine_coupling", self.hyperfine_coupling, COUPLING),
            "nuclear_gyromagnetic_ratio": nonzero_scalar(
                "nuclear_gyromagnetic_ratio", self.nuclear_gyromagnetic_ratio, GYROMAGNETIC
            ),
        }
        for name, largest in (("nuclei", _MOST_NUCLEI), ("nuclear_spin", _LARGEST_SPIN)):
            if values[name] > largest:
                raise InvalidInputError(
                    f"must be at most {largest:g}", parameter=name, value=values[name]
                )
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def scaled(self, *, nuclei: float, hyperfine_coupling: float) -> "Species":
        """Return the isotope with its number and its coupling multiplied by these factors."""
        return replace(
            self,
            nuclei=self.nuclei * nuclei,
            hyperfine_coupling=self.hyperfine_coupling * hyperfine_coupling,
        )

    @property
    def effective_nuclei(self) -> float:
        """N_I = 4NI(I+1)/3."""
        return float(effective_nuclei(self.nuclei, self.nuclear_spin))


def check_species(species: Any) -> tuple[Species, ...]:
    """Return the species of a site as a tuple, each with a name of its own."""
    if not isinstance(species, Iterable) or isinstance(species, str):
        raise InvalidInputError("must be a sequence of Species", parameter="species", value=species)
    isotopes = list(species)
    if not isotopes or not all(isinstance(one, Species) for one in isotopes):
        raise InvalidInputError(
            "must be one or more Species(nuclei=..., nuclear_spin=..., ...)", parameter="species"
        )
    if not any(one.hyperfine_coupling for one in isotopes):
        raise InvalidInputError(
            "have hyperfine_coupling = 0, all of them",
            parameter="species",
            remedy="the electron must couple to one",
        )
    for number, one in enumerate(isotopes, 1):
        if not one.isotope:
            isotopes[number - 1] = replace(one, isotope=f"isotope {number}")
    names = [one.isotope for one in isotopes]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidInputError(
            f"names {repeated[0]!r} twice",
            parameter="species",
            remedy="give each isotope once, or a name of its own",
        )
    return tuple(isotopes)
