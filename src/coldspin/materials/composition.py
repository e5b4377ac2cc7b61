"""Isotopes on a crystal site: of elements in natural or other composition, or single ones."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import fsum
from types import MappingProxyType
from typing import NamedTuple

from coldspin.exceptions import InvalidInputError
from coldspin.materials.isotopes import UnknownIsotopeError, isotope, isotopes_of
from coldspin.materials.records import Occupant
from coldspin.quantities import scalar

Abundances = Mapping[str, Mapping[str, float]]
"""Per element, the atom fraction of each of its magnetic isotopes, in place of the natural ones."""


class AddedIsotope(NamedTuple):
    """An isotope of the user, new or in place of the table's: I, and γ of the bare nucleus."""

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
    """Magnetic isotopes on a site with these elements or isotopes, and their fractions.

    Raises InvalidInputError for an unknown element or isotope, a fraction outside [0, 1], fractions
    that sum to more than 1. A sum below 1 leaves the site partly empty; one that exceeds 1 by no
    more than rounding is taken as 1.
    """
    shares = {name: fraction(f"fraction of {name}", value) for name, value in composition.items()}
    check_sum("fractions on a site", shares)
    excess = max(fsum(shares.values()), 1.0)
    shares = {name: share / excess for name, share in shares.items()}
    occupants: dict[str, Occupant] = {}
    for name, share in shares.items():
        for symbol, part in _isotopes_of(name, abundances or {}, added).items():
            if symbol in added:
                spin, ratio = added[symbol]
            else:
                nucleus = isotope(symbol)
                spin = nucleus.spin
                ratio = nucleus.gyromagnetic_ratio_bare
            total = share * part
            if symbol in occupants:
                total += occupants[symbol].fraction
            if total:
                occupants[symbol] = Occupant(symbol, total, spin, ratio)
    return tuple(occupants.values())


def check_abundances(
    abundances: Abundances, elements: Iterable[str], place: str, added: Added = NOTHING_ADDED
) -> None:
    """Refuse isotopic compositions of absent elements, of foreign isotopes, or that do not sum."""
    if not isinstance(abundances, Mapping):
        raise InvalidInputError(
            'must be a mapping like {"Si": {"29Si": 0.05}}, of elements to isotopes',
            parameter="isotopes",
            value=abundances,
        )
    present = sorted(set(elements))
    for element, parts in abundances.items():
        if element not in present:
            near = get_close_matches(element, present, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(present)}"
            raise InvalidInputError(f"has no element {element!r}", parameter=place, remedy=hint)
        if not isinstance(parts, Mapping):
            raise InvalidInputError(
                'must be a mapping like {"29Si": 0.05}',
                parameter=f"isotopes of {element}",
                value=parts,
            )
        for symbol in parts:
            if symbol in added and symbol.lstrip("0123456789") == element:
                continue
            known = [nucleus.symbol for nucleus in isotopes_of(element)]
            if symbol in known:
                continue
            if isotope(symbol).element != element:
                raise InvalidInputError(
                    f"is no isotope of {element}",
                    parameter=symbol,
                    remedy=f"it has {', '.join(known)}",
                )
            raise UnknownIsotopeError(
                "is not known", parameter=symbol, remedy=f"{element} has {', '.join(known)}"
            )
        shares = {name: fraction(f"abundance of {name}", part) for name, part in parts.items()}
        check_sum(f"abundances of {element}", shares)
        total = fsum(shares.values())
        # isotopes that are all added may be of an element that the table does not have
        foreign = bool(shares) and set(shares) <= set(added)
        if total < 1 - ROUNDING and (foreign or not has_isotope_without_spin(element)):
            raise InvalidInputError(
                f"({_format_shares(shares)}) sum to {total:g}, not to 1: all isotopes of "
                f"{element} have a spin",
                parameter=f"abundances of {element}",
            )


def has_isotope_without_spin(element: str) -> bool:
    """Whether some natural isotope of the element has no spin."""
    # below 1 - 1e-3, for 1.2e-4 of Ta are an isomer that is not in the table and has a spin
    return fsum(one.abundance for one in isotopes_of(element)) < 1 - 1e-3


def check_sum(what: str, shares: Mapping[str, float]) -> None:
    """Refuse fractions that sum to more than 1."""
    total = fsum(shares.values())
    if total > 1 + ROUNDING:
        raise InvalidInputError(
            f"({_format_shares(shares)}) sum to {total:g}, more than 1", parameter=what
        )


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
    if name in abundances:
        shares = dict(abundances[name])
    else:
        shares = {nucleus.symbol: nucleus.abundance for nucleus in isotopes_of(name)}
    total = fsum(shares.values())
    if total <= 1:
        return shares
    return {symbol: share / total for symbol, share in shares.items()}


def _format_shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g}" for name, share in shares.items())
