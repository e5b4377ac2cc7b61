r"""The nuclei inside a wave function: how many of each isotope of a material, and their couplings.

The nucleus j of isotope k has the coupling a_j = A_k v0|ψ(R_j)|². Its squares summed over the orbit
give the dephasing time, exactly for an envelope that changes little from cell to cell:

.. math:: \frac1{T_{2,e}^{*2}} = \frac43\sum_k x_k I_k(I_k+1)\frac{A_k^2}{\hbar^2}\,\frac{v_0}V, \qquad
          V = \frac1{\int|\psi|^4\,d^3r},

with x_k nuclei of isotope k per volume v0. Equal couplings a_k = A_k/N_c of n_k = x_kN_c nuclei,
N_c = V/v0 cells, give the same T2e*, and the same Overhauser field of evenly polarized nuclei, Σ
a_k n_k⟨I_k⟩ = Σ A_k x_k⟨I_k⟩.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import sqrt
from typing import Any

from coldspin.arguments import half_integer
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.materials.envelopes import Envelope
from coldspin.materials.records import Carrier, Material, Occupant, check_carrier
from coldspin.precession import effective_nuclei
from coldspin.precession.conventions import convention as known_convention
from coldspin.precession.conventions import convert
from coldspin.quantities import (
    COUPLING,
    ENERGY,
    FIELD,
    TIME,
    nonzero_scalar,
    positive_scalar,
    scalar,
)
from coldspin.sample.species import Species

_DIMENSIONS = {"time": TIME, "angular frequency": COUPLING, "field": FIELD}


def nuclei_per_cell(material: Material) -> dict[str, float]:
    """x_k, the mean number of nuclei of each magnetic isotope in the formula volume v0."""
    per_cell = material.formula_volume / material.crystal.volume
    counts: dict[str, float] = {}
    for occupant in _occupants(material):
        counts[occupant.isotope] = counts.get(occupant.isotope, 0.0) + occupant.fraction * per_cell
    return counts


def cells(material: Material, envelope: Envelope) -> float:
    """N_c = V/v0, the formula volumes inside the orbit; the picture needs many, and more than 1."""
    if not isinstance(envelope, Envelope):
        raise InvalidInputError(
            'must be a wave function such as Donor("10 nm")',
            parameter="envelope",
            value=envelope,
        )
    number = envelope.participation_volume / material.formula_volume
    if number <= 1:
        raise InvalidInputError(
            f"the wave function covers {number:.2g} cells of {material.name}",
            remedy="it must cover many for an envelope",
        )
    return number


def localized_species(
    material: Material,
    envelope: Envelope,
    carrier: Carrier = "electron",
    *,
    hyperfine: Mapping[str, Any] | None = None,
    only: Iterable[str] | None = None,
) -> tuple[Species, ...]:
    """Isotopes of a site for :class:`~coldspin.Site`: n_k = x_k N_c nuclei coupled by a_k = A_k/N_c.

    All magnetic isotopes of the material are among them; those without coupling have a_k = 0.

    Parameters
    ----------
    material : Material
        From :func:`~coldspin.materials.catalogue.material`, a file, or a CIF.
    envelope : Envelope
        Donor, GaussianDot, Lens, Box, or HardWallBox.
    carrier : str
        "electron" or "hole".
    hyperfine : mapping, optional
        Your own constants A of isotopes, in place of the material's ("43 µeV", or a number in
        joules); 0 for an isotope without coupling.
    only : sequence of str, optional
        Isotopes that the carrier couples to, such as ("207Pb",); the others have a_k = 0, known or
        not.

    Raises
    ------
    InvalidInputError
        For an A that is unknown and not given, an isotope that the material does not have, an
        unknown carrier.
    """
    return species_in_cells(
        material, cells(material, envelope), carrier, hyperfine=hyperfine, only=only
    )


def species_in_cells(
    material: Material,
    number: float,
    carrier: Carrier = "electron",
    *,
    hyperfine: Mapping[str, Any] | None = None,
    only: Iterable[str] | None = None,
) -> tuple[Species, ...]:
    """As :func:`localized_species`, for an orbit with a known number N_c of formula volumes."""
    number = positive_scalar("cells", number)
    constants = _constants(material, carrier, hyperfine, only)
    counts = nuclei_per_cell(material)
    occupants = {occupant.isotope: occupant for occupant in _occupants(material)}
    return tuple(
        Species(
            nuclei=counts[isotope] * number,
            nuclear_spin=occupants[isotope].spin,
            hyperfine_coupling=constants.get(isotope, 0.0) / (HBAR * number),
            nuclear_gyromagnetic_ratio=occupants[isotope].gyromagnetic_ratio,
            isotope=isotope,
        )
        for isotope in counts
    )


def cells_from_dephasing_time(
    material: Material,
    dephasing_time: Any,
    carrier: Carrier = "electron",
    *,
    hyperfine: Mapping[str, Any] | None = None,
    only: Iterable[str] | None = None,
) -> float:
    """N_c, the cells of an orbit with a measured T2e* [s], from the hyperfine constants."""
    one_cell = species_in_cells(material, 1, carrier, hyperfine=hyperfine, only=only)
    rate_squared = sum(
        isotope.effective_nuclei * isotope.hyperfine_coupling**2 for isotope in one_cell
    )
    return float(positive_scalar("dephasing_time", dephasing_time, TIME) ** 2 * rate_squared)


def from_dephasing_time(nuclei: float, spin: float, dephasing_time: Any) -> float:
    r"""|a|/ħ per nucleus [rad/s] from a measured T2e* [s] and N equal nuclei, a = ħ/(T2e*√N_I) (S14).

    >>> f"{from_dephasing_time(1e4, 0.5, '1 ns'):.3g}"
    '1e+07'
    """
    number = effective_nuclei(positive_scalar("nuclei", nuclei), half_integer("spin", spin))
    return float(1 / (positive_scalar("dephasing_time", dephasing_time, TIME) * sqrt(number)))


def measured_dephasing_time(
    value: Any, convention: str = "dephasing_time", *, g_factor: float | None = None
) -> float:
    """T2e* of the paper [s] from a fluctuation in another convention ("4.9 ns", "5.2 mT").

    `convention` is a name in :data:`~coldspin.precession.conventions.CONVENTIONS`; a field needs
    the carrier's g.

    >>> f"{measured_dephasing_time('4.9 ns', 'merkulov_time'):.3g} s"
    '3.46e-09 s'
    """
    kind = known_convention(convention).kind
    number = positive_scalar(convention, value, _DIMENSIONS[kind])
    if kind != "field":
        return float(convert(number, convention, "dephasing_time"))
    if g_factor is None:
        raise InvalidInputError(
            f"must be given to turn {convention} into T2e*", parameter="g_factor"
        )
    ratio = nonzero_scalar("g_factor", g_factor) * BOHR_MAGNETON / HBAR
    return float(convert(number, convention, "dephasing_time", electron_gyromagnetic_ratio=ratio))


def _occupants(material: Material) -> list[Occupant]:
    return [
        occupant
        for site in material.crystal.sites
        for occupant in site.occupants
        if occupant.fraction > 0
    ]


def _constants(
    material: Material,
    carrier: Carrier,
    hyperfine: Mapping[str, Any] | None,
    only: Iterable[str] | None,
) -> dict[str, float]:
    """A [J] of each coupled isotope; those of the caller go before those of the material."""
    check_carrier(carrier)
    present = list(nuclei_per_cell(material))
    if not present:
        raise InvalidInputError("has no nuclei with a spin", parameter=material.name)
    if hyperfine is not None and not isinstance(hyperfine, Mapping):
        raise InvalidInputError(
            'must be a mapping like {"75As": "43 µeV"}', parameter="hyperfine", value=hyperfine
        )
    if only is not None and not isinstance(only, Iterable):
        raise InvalidInputError('must be isotopes, as in ("75As",)', parameter="only", value=only)
    own = {}
    for name, value in (hyperfine or {}).items():
        own[name] = scalar(f"hyperfine.{name}", value, ENERGY)
    if only is None:
        wanted = present
    elif isinstance(only, str):
        wanted = [only]
    else:
        wanted = list(only)
    for name in [*own, *wanted]:
        if name not in present:
            near = get_close_matches(str(name), present, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(present)}"
            raise InvalidInputError(
                f"has no isotope {name!r}", parameter=material.name, remedy=hint
            )
    remedy = "give your own in hyperfine, or name in only the isotopes that the carrier couples to"
    coupled = {}
    for name in present:
        if name not in wanted:
            continue
        constant = own.get(name)
        if constant is None:
            constant = material.hyperfine_constant(carrier, name).known(remedy, "hyperfine")
        if constant:
            coupled[name] = constant
    if not coupled:
        raise InvalidInputError(
            f"no isotope of {material.name} is left that the {carrier} couples to"
        )
    return coupled
