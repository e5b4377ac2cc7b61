"""What stands on a crystal site: elements in natural or other isotopic composition, or single isotopes."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import fsum
from types import MappingProxyType
from typing import NamedTuple

from coldspin.exceptions import InvalidInputError
from coldspin.materials.isotopes import Isotope, UnknownIsotopeError, isotope, isotopes_of
from coldspin.materials.records import Occupant
from coldspin.quantities import scalar

Abundances = Mapping[str, Mapping[str, float]]
"""Per element, the atom fraction of each of its magnetic isotopes, in place of the natural ones."""


class AddedIsotope(NamedTuple):
    """An isotope that a user adds to the table, or takes in place of its entry: I, and γ of the bare nucleus."""

    spin: float
    gyromagnetic_ratio: float


Added = Mapping[str, AddedIsotope]
NOTHING_ADDED: Added = MappingProxyType({})

ROUNDING = 1e-4
"""How far fractions, typed with few digits, may exceed 1, each or in sum; they are then taken as 1."""


def site_occupants(
    composition: Mapping[str, float],
    abundances: Abundances | None = None,
    added: Added = NOTHING_ADDED,
) -> tuple[Occupant, ...]:
    """Return the magnetic isotopes on a site that holds these elements or isotopes, with their fractions.

    Raises InvalidInputError for an unknown element or isotope, a fraction outside [0, 1], fractions
    that sum to more than 1. A sum below 1 leaves the site partly empty; one that exceeds 1 by no
    more than rounding is taken as 1.
    """
    shares = {name: fraction(f"fraction of {name}", value) for name, value in composition.items()}
    check_sum("fractions on a site", shares)
    excess = max(fsum(shares.values()), 1.0)
    shares = {name: share / excess for name, share in shares.items()}
    found: dict[str, Occupant] = {}
    for name, share in shares.items():
        for symbol, part in _isotopes_of(name, abundances or {}, added).items():
            spin, ratio = added[symbol] if symbol in added else _tabulated(symbol)
            total = share * part + (found[symbol].fraction if symbol in found else 0.0)
            if total:
                found[symbol] = Occupant(symbol, total, spin, ratio)
    return tuple(found.values())


def check_abundances(
    abundances: Abundances, elements: Iterable[str], place: str, added: Added = NOTHING_ADDED
) -> None:
    """Refuse isotopic compositions of absent elements, of foreign isotopes, or that do not sum."""
    if not isinstance(abundances, Mapping):
        raise InvalidInputError(
            f'isotopes must be a mapping like {{"Si": {{"29Si": 0.05}}}}, of elements to isotopes, '
            f"not {abundances!r}"
        )
    present = sorted(set(elements))
    for element, parts in abundances.items():
        if element not in present:
            near = get_close_matches(element, present, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(present)}"
            raise InvalidInputError(f"{place} has no element {element!r}", remedy=f"{hint}")
        if not isinstance(parts, Mapping):
            raise InvalidInputError(
                f'isotopes of {element} must be a mapping like {{"29Si": 0.05}}, not {parts!r}'
            )
        for symbol in parts:
            if symbol not in added or symbol.lstrip("0123456789") != element:
                _check_member(symbol, element)
        shares = {name: fraction(f"abundance of {name}", part) for name, part in parts.items()}
        check_sum(f"abundances of {element}", shares)
        foreign = bool(shares) and set(shares) <= set(
            added
        )  # of an element that the table may not have
        if fsum(shares.values()) < 1 - ROUNDING and (
            foreign or not has_isotope_without_spin(element)
        ):
            raise InvalidInputError(
                f"abundances of {element} ({_shown(shares)}) sum to {fsum(shares.values()):g}, not "
                f"to 1: "
                f"all isotopes of {element} have a spin"
            )


def has_isotope_without_spin(element: str) -> bool:
    """Whether some natural isotope of the element has no spin; of Ta, 1.2e-4 are an isomer that has one."""
    return fsum(one.abundance for one in isotopes_of(element)) < 1 - 1e-3


def check_sum(what: str, shares: Mapping[str, float]) -> None:
    """Refuse fractions that sum to more than 1."""
    total = fsum(shares.values())
    if total > 1 + ROUNDING:
        raise InvalidInputError(f"({_shown(shares)}) sum to {total:g}, more than 1", parameter=what)


def fraction(name: str, value: object) -> float:
    """A number in [0, 1]; one that exceeds 1 by no more than rounding is 1."""
    number = scalar(name, value)
    if not 0 <= number <= 1 + ROUNDING:
        raise InvalidInputError("must lie in [0, 1]", parameter=name, value=number)
    return min(number, 1.0)


def _isotopes_of(name: str, abundances: Abundances, added: Added) -> Mapping[str, float]:
    """Isotopes with their share of the element, or the one isotope."""
    if name in added:
        return {name: 1.0}
    if name[:1].isdigit():
        return {isotope(name).symbol: 1.0}
    shares = dict(abundances[name]) if name in abundances else _natural(isotopes_of(name))
    total = fsum(shares.values())
    return shares if total <= 1 else {symbol: share / total for symbol, share in shares.items()}


def _tabulated(symbol: str) -> AddedIsotope:
    nucleus = isotope(symbol)
    return AddedIsotope(nucleus.spin, nucleus.gyromagnetic_ratio_bare)


def _natural(nuclei: Iterable[Isotope]) -> dict[str, float]:
    return {nucleus.symbol: nucleus.abundance for nucleus in nuclei}


def _check_member(symbol: str, element: str) -> None:
    known = [nucleus.symbol for nucleus in isotopes_of(element)]
    if symbol not in known:
        if isotope(symbol).element != element:
            raise InvalidInputError(
                f"{symbol} is no isotope of {element}", remedy=f"it has {', '.join(known)}"
            )
        raise UnknownIsotopeError(f"{symbol} is not known; {element} has {', '.join(known)}")


def _shown(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g}" for name, share in shares.items())
