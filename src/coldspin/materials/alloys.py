"""Alloys of two compounds with a common anion: Vegard's law, cations placed at random."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from coldspin.exceptions import InvalidInputError
from coldspin.materials.composition import ROUNDING, fraction
from coldspin.materials.records import Carrier, Crystal, CrystalSite, Fact, Material, Occupant
from coldspin.materials.structures import as_cell

ALLOYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"AlGaAs": ("AlAs", "GaAs"), "InGaAs": ("InAs", "GaAs"), "CdZnTe": ("CdTe", "ZnTe")}
)
"""Name and the two ends; the fraction x is that of the first."""

VEGARD = "linear between the ends"


def parse_alloy(name: str, x: float | None) -> tuple[str, float, tuple[str, str]] | None:
    """Canonical name, fraction of the first end, both ends; None if the library has no such alloy."""
    parts = re.findall(r"([A-Z][a-z]?)(\d*\.?\d*)", name)
    if len(parts) != 3 or "".join(symbol + number for symbol, number in parts) != name:
        return None
    (first, share), (second, rest), (anion, count) = parts
    canonical = first + second + anion
    if canonical not in ALLOYS:
        canonical = second + first + anion
    if canonical not in ALLOYS or count:
        return None
    if share or rest:
        if x is not None:
            raise InvalidInputError(
                "names its fractions already", parameter=name, remedy="leave x out"
            )
        shares = _shares(name, {first: share, second: rest})
    elif x is None:
        raise InvalidInputError(
            f"needs the fraction x of {first}, as in material({name!r}, x=0.3) or "
            f"{first}0.3{second}0.7{anion}",
            parameter=name,
        )
    else:
        shares = {first: fraction("x", x), second: 1 - fraction("x", x)}
    if not canonical.startswith(first):
        first, second = second, first
    part = round(shares[first], 12)
    return f"{first}{part:g}{second}{1 - part:g}{anion}", part, ALLOYS[canonical]


def _shares(name: str, texts: dict[str, str]) -> dict[str, float]:
    """Fractions of both cations as the name says them; one of the two may be left out."""
    try:
        shares = {symbol: float(text) for symbol, text in texts.items() if text}
    except ValueError:
        raise InvalidInputError("holds a fraction that is no number", parameter=name) from None
    for symbol, share in shares.items():
        try:
            shares[symbol] = fraction("fraction", share)
        except InvalidInputError as problem:
            raise InvalidInputError(
                f"= {name!r}: the fraction of {symbol} {problem.rule}",
                parameter="material",
                value=share,
            ) from None
    total = sum(shares.values())
    if len(shares) == 2 and abs(total - 1) > ROUNDING:
        raise InvalidInputError(
            f"= {name!r}: the fractions of {' and '.join(texts)} sum to {total:g}, not to 1",
            parameter="material",
        )
    return {symbol: shares.get(symbol, 1 - total) for symbol in texts}


def mix(name: str, x: float, first: Material, second: Material) -> Material:
    """Alloy with the fraction x of `first`; the cations stand on their sites independently.

    Lengths and hyperfine constants are linear between the ends (Vegard); a constant that is unknown
    at an end with its isotope is unknown. g-factors are no linear function of x, and unknown.
    """
    cell = x * first.crystal.vectors + (1 - x) * second.crystal.vectors
    sites = tuple(
        CrystalSite(one.position, _blend(x, one.occupants, other.occupants))
        for one, other in zip(first.crystal.sites, second.crystal.sites, strict=True)
    )
    crystal = Crystal(as_cell(cell), sites)
    lattice = _interpolate(
        f"the lattice constant of {name} [m]", x, first.facts[0], second.facts[0]
    )
    return Material(
        name=name,
        crystal=crystal,
        formula_volume=crystal.volume * first.formula_volume / first.crystal.volume,
        hyperfine=_hyperfine(name, x, first, second),
        g_factors=_g_factors(name, first, second),
        indirect=first.indirect + second.indirect,
        facts=(
            lattice,
            Fact(
                f"short-range order of the cations in {name}",
                None,
                "D",
                "coldspin",
                "taken as random",
            ),
        ),
    )


def _blend(
    x: float, one: tuple[Occupant, ...], other: tuple[Occupant, ...]
) -> tuple[Occupant, ...]:
    shares: dict[str, tuple[Occupant, float]] = {}
    for weight, occupants in ((x, one), (1 - x, other)):
        for occupant in occupants:
            _, before = shares.get(occupant.isotope, (occupant, 0.0))
            shares[occupant.isotope] = (occupant, before + weight * occupant.fraction)
    return tuple(
        Occupant(occupant.isotope, share, occupant.spin, occupant.gyromagnetic_ratio)
        for occupant, share in shares.values()
        if share > 0
    )


def _hyperfine(
    name: str, x: float, first: Material, second: Material
) -> Mapping[Carrier, Mapping[str, Fact]]:
    carriers: tuple[Carrier, ...] = ("electron", "hole")
    present = {
        end.name: {occupant.isotope for site in end.crystal.sites for occupant in site.occupants}
        for end in (first, second)
    }
    constants: dict[Carrier, Mapping[str, Fact]] = {}
    for carrier in carriers:
        facts: dict[str, Fact] = {}
        for isotope in sorted(present[first.name] | present[second.name]):
            what = f"the {carrier} hyperfine constant of {isotope} in {name} [J]"
            constants_of_ends = [
                end.hyperfine_constant(carrier, isotope)
                for end in (first, second)
                if isotope in present[end.name]
            ]
            if not all(constant.source for constant in constants_of_ends):
                continue
            if len(constants_of_ends) == 2:
                facts[isotope] = _interpolate(what, x, *constants_of_ends)
            else:
                (only,) = constants_of_ends
                note = _join_notes(only.note, "as in the pure end")
                facts[isotope] = Fact(what, only.value, only.mark, only.source, note)
        constants[carrier] = MappingProxyType(facts)
    return MappingProxyType(constants)


def _g_factors(name: str, first: Material, second: Material) -> Mapping[Carrier, Fact]:
    carriers: tuple[Carrier, ...] = ("electron", "hole")
    note = f"it is no linear function of the composition between {first.name} and {second.name}"
    return MappingProxyType(
        {
            carrier: Fact(f"the {carrier} g-factor of {name}", None, "D", "coldspin", note)
            for carrier in carriers
        }
    )


def _interpolate(what: str, x: float, one: Fact, other: Fact) -> Fact:
    """x of `one` and the rest of `other`; at an end that end alone."""
    if x in (0, 1):
        end = one if x else other
        return Fact(what, end.value, end.mark, end.source, end.note)
    for end in (one, other):
        if end.value is None:
            return Fact(what, None, end.mark, end.source, f"{VEGARD}, and {end.what} is unknown")
    recalled = "R" in (one.mark, other.mark)
    origin = f"{VEGARD}: {one.value:.6g} from {one.source}, {other.value:.6g} from {other.source}"
    return Fact(
        what,
        x * one.known() + (1 - x) * other.known(),
        "R" if recalled else "D",
        one.source if one.source == other.source else "coldspin",
        _join_notes("unverified" if recalled else "", origin),
    )


def _join_notes(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
