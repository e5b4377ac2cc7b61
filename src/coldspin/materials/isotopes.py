"""Natural isotopes: spin, moment, gyromagnetic ratios, quadrupole moment, abundance, sources."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from coldspin.constants import HBAR, NUCLEAR_MAGNETON
from coldspin.exceptions import InvalidInputError
from coldspin.materials.isotope_table import Measured, Nucleus, read_table

BARN = 1e-28  # m²
TABLE = Path(__file__).with_name("data") / "isotopes.csv"


class MalformedIsotopeError(InvalidInputError):
    """The text is not the symbol of an isotope."""


class UnknownIsotopeError(InvalidInputError):
    """No magnetic isotope of that symbol is in the table."""


class UnknownPropertyError(InvalidInputError):
    """The isotope has no such property, or nobody has tabulated it."""


@dataclass(frozen=True)
class Isotope:
    r"""A nucleus with spin in its ground state, as :func:`isotope` returns it.

    The two gyromagnetic ratios differ by the shielding of the electrons: the bare one is µ/(Iħ) of
    the nucleus alone; the shielded one is the angular frequency per applied field in the isotope's
    NMR reference compound, which is what NMR quotes. Between them stands the absolute shielding of
    that compound, 1 - shielded/bare: 0.2 % for Ga, 1.1 % for Pb. The field inside a solid differs
    again, by its own chemical or Knight shift.

    Each property raises :class:`UnknownPropertyError` where it is not known (`reference_compound`
    is empty where the shielded ratio is not); each has an `..._uncertainty` (one standard
    deviation), None where the source gives none.
    """

    symbol: str
    element: str
    mass_number: int
    spin: float
    reference_compound: str = field(repr=False)
    _measured: Mapping[str, Measured] = field(repr=False, hash=False)

    @property
    def sources(self) -> Mapping[str, str]:
        """Key in sources.bib of each known property."""
        return MappingProxyType({name: fact.source for name, fact in self._measured.items()})

    @property
    def marks(self) -> Mapping[str, str]:
        """Trust in each known property: S seen at its source, D derived from such, R recalled."""
        return MappingProxyType({name: fact.mark for name, fact in self._measured.items()})

    @property
    def magnetic_moment(self) -> float:
        """µ of the bare nucleus [J/T], along the spin if positive."""
        return self._find("magnetic_moment").value * NUCLEAR_MAGNETON

    @property
    def magnetic_moment_uncertainty(self) -> float | None:
        """Standard deviation of µ [J/T]."""
        return _scale(self._find("magnetic_moment").uncertainty, NUCLEAR_MAGNETON)

    @property
    def gyromagnetic_ratio_bare(self) -> float:
        """γ = µ/(Iħ) of the bare nucleus [rad/s/T]."""
        return self.magnetic_moment / (self.spin * HBAR)

    @property
    def gyromagnetic_ratio_bare_uncertainty(self) -> float | None:
        """Standard deviation of the bare γ [rad/s/T]."""
        return _scale(self.magnetic_moment_uncertainty, 1 / (self.spin * HBAR))

    @property
    def gyromagnetic_ratio_shielded(self) -> float:
        """γ(1 - σ) in the reference compound [rad/s/T].

        IUPAC's frequency ratio times γ of the proton in Me4Si.
        """
        return self._find("gyromagnetic_ratio_shielded").value

    @property
    def gyromagnetic_ratio_shielded_uncertainty(self) -> float | None:
        """Standard deviation of the shielded γ [rad/s/T]; its common scale is good to about 1e-6."""
        return self._find("gyromagnetic_ratio_shielded").uncertainty

    @property
    def quadrupole_moment(self) -> float:
        """Q [m²]; spin 1/2 has none."""
        return self._find("quadrupole_moment").value * BARN

    @property
    def quadrupole_moment_uncertainty(self) -> float | None:
        """Standard deviation of Q [m²]."""
        return _scale(self._find("quadrupole_moment").uncertainty, BARN)

    @property
    def abundance(self) -> float:
        """Natural atom fraction in the element, 0 to 1; the middle of the range where it varies."""
        return round(self._find("abundance").value / 100, 12)

    @property
    def abundance_uncertainty(self) -> float | None:
        """Standard deviation of the abundance."""
        return _scale(self._find("abundance").uncertainty, 1 / 100)

    def _find(self, name: str) -> Measured:
        if name not in self._measured:
            reason = "it is not in the table"
            if name == "quadrupole_moment" and self.spin < 1:
                reason = "a spin of 1/2 has none"
            words = name.replace("_", " ")
            if name.endswith("shielded"):
                words = "shielded gyromagnetic ratio"
            raise UnknownPropertyError(
                f"is not known: {reason}", parameter=f"the {words} of {self.symbol}"
            )
        return self._measured[name]


def isotope(symbol: str) -> Isotope:
    """Natural isotope with a nuclear spin, by its symbol: mass number, then element.

    Raises :class:`MalformedIsotopeError`, :class:`UnknownIsotopeError`, both of them
    InvalidInputError.

    >>> arsenic = isotope("75As")
    >>> arsenic.spin, arsenic.abundance, f"{arsenic.quadrupole_moment:.3g} m²"
    (1.5, 1.0, '3.11e-29 m²')
    >>> f"{arsenic.gyromagnetic_ratio_bare:.5g}; {arsenic.gyromagnetic_ratio_shielded:.5g} rad/s/T"
    '4.5924e+07; 4.5805e+07 rad/s/T'
    >>> arsenic.reference_compound, arsenic.sources["gyromagnetic_ratio_shielded"]
    ('NaAsF6 in CD3CN', 'iupac_frequency_ratios')
    """
    if not (isinstance(symbol, str) and re.fullmatch(r"[1-9][0-9]{0,2}[A-Z][a-z]?", symbol)):
        raise MalformedIsotopeError(
            'is written mass number, then element, like "75As"',
            parameter="an isotope",
            value=symbol,
        )
    rows = _rows()
    if symbol in rows and rows[symbol].spin:
        return _isotope(symbol)
    if symbol in rows:
        raise UnknownIsotopeError("has no nuclear spin, so nothing to polarize", parameter=symbol)
    magnetic = [name for name, row in rows.items() if row.spin]
    element = symbol.lstrip("0123456789")
    of_element = [name for name in magnetic if rows[name].element == element]
    if of_element:
        raise UnknownIsotopeError(
            "has no natural abundance",
            parameter=symbol,
            remedy=f"the isotopes of {element} with a spin are {', '.join(of_element)}",
        )
    near = get_close_matches(symbol, magnetic, cutoff=0.5)
    raise UnknownIsotopeError(
        f"no isotope {symbol} in the table",
        remedy=f"nearest: {', '.join(near)}" if near else "",
    )


def isotopes_of(element: str) -> list[Isotope]:
    """Natural isotopes of one element that have a nuclear spin, lightest first.

    >>> [(gallium.symbol, gallium.abundance) for gallium in isotopes_of("Ga")]
    [('69Ga', 0.60108), ('71Ga', 0.39892)]
    """
    known = {row.element for row in _rows().values()}
    if element not in known:
        near = get_close_matches(str(element), known, n=1, cutoff=0.5)
        remedy = "a material file may add an isotope, as [[isotope]]"
        if near:
            remedy = f"did you mean {near[0]}? A{remedy[1:]}"
        raise UnknownIsotopeError(
            f"no element {element!r} in the table of isotopes, which has every element that has a "
            f"natural isotope",
            remedy=remedy,
        )
    return [_isotope(row.symbol) for row in _rows().values() if row.element == element and row.spin]


@cache
def _rows() -> Mapping[str, Nucleus]:
    return read_table(TABLE)


@cache
def _isotope(symbol: str) -> Isotope:
    row = _rows()[symbol]
    return Isotope(
        row.symbol, row.element, row.mass_number, row.spin, row.reference_compound, row.measured
    )


def _scale(uncertainty: float | None, unit: float) -> float | None:
    return None if uncertainty is None else abs(uncertainty * unit)
