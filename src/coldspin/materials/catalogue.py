"""Materials by name, from the tables in data/; alloys between them."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import cast

from coldspin.arguments import keywords_checked
from coldspin.constants import MICROELECTRONVOLT
from coldspin.exceptions import InvalidInputError
from coldspin.materials.alloys import ALLOYS, mix, parse_alloy
from coldspin.materials.composition import Abundances, check_abundances, site_occupants
from coldspin.materials.csv_cells import Row
from coldspin.materials.material_tables import names, read_fact, rows_of
from coldspin.materials.records import Carrier, Fact, IndirectCoupling, Material
from coldspin.materials.structures import STRUCTURES, crystal
from coldspin.quantities import scalar

ANGSTROM = 1e-10
CYCLE = 6.283185307179586  # rad
CARRIERS: tuple[Carrier, ...] = ("electron", "hole")

MOLECULES: Mapping[str, str] = MappingProxyType({"MA": "CH3NH3", "FA": "CH(NH2)2"})
"""Organic cations, whose nuclei are not in the crystal."""


def material_names() -> tuple[str, ...]:
    """Return the names that :func:`material` knows; those of alloys take a fraction x."""
    return (*names(), *ALLOYS)


@keywords_checked
def material(name: str, *, x: float | None = None, isotopes: Abundances | None = None) -> Material:
    """Material of the library: its crystal, and constants with source and mark.

    Parameters
    ----------
    name : str
        One of :func:`material_names`, or an alloy with its fractions, "Al0.35Ga0.65As".
    x : float, optional
        Fraction of the cation that an alloy's name names first, 0 to 1: Al of "AlGaAs", In of
        "InGaAs".
    isotopes : mapping, optional
        Other than natural isotopic composition of an element: {"Si": {"29Si": 0.0005}}. What is
        missing to 1 has no spin; where all isotopes have one they must sum to 1.

    Raises
    ------
    InvalidInputError
        For an unknown name, x outside [0, 1] or missing, fractions that do not sum, an unknown
        isotope.

    Examples
    --------
    >>> gaas = material("GaAs")
    >>> [(one.isotope, one.fraction) for one in gaas.crystal.sites[0].occupants]
    [('69Ga', 0.60108), ('71Ga', 0.39892)]
    >>> gaas.hyperfine_constant("electron", "75As").mark
    'R'
    """
    if not isinstance(name, str):
        raise InvalidInputError('must be a name such as "GaAs"', parameter="material", value=name)
    if name in names():
        if x is not None:
            raise InvalidInputError(
                "is no alloy and takes no x",
                parameter=name,
                remedy=f"known alloys are {', '.join(ALLOYS)}",
            )
        return _build_compound(name, isotopes or {}, name)
    parsed = parse_alloy(name, None if x is None else scalar("x", x))
    if parsed is None:
        known = {one.lower(): one for one in material_names()}
        near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
        remedy = f"known are {', '.join(material_names())}"
        if near:
            remedy = f"did you mean {known[near[0]]}?"
        raise InvalidInputError(f"{name!r} is unknown", parameter="material", remedy=remedy)
    canonical, share, ends = parsed
    abundances = isotopes or {}
    elements = set(re.findall(r"[A-Z][a-z]?", canonical))
    check_abundances(abundances, elements, canonical)
    compounds = []
    for end in ends:
        own_elements = re.findall(r"[A-Z][a-z]?", end)
        own = {name: parts for name, parts in abundances.items() if name in own_elements}
        compounds.append(_build_compound(end, own, canonical))
    return mix(canonical, share, *compounds)


def _build_compound(name: str, abundances: Abundances, asked: str) -> Material:
    """Material from the rows of the tables that carry its name; errors name the one asked for."""
    row = rows_of("crystals", name)[0]
    structure = STRUCTURES[row.one_of("structure", STRUCTURES)]
    molecules: list[str] = []
    kinds = []
    for text in row["sites"].split("|"):
        atoms = {}
        for kind, share in _parse_composition(row, text).items():
            if kind in MOLECULES:
                molecules.append(kind)
            else:
                atoms[kind] = share
        kinds.append(atoms)
    check_abundances(abundances, {element for atoms in kinds for element in atoms}, asked)
    what = f"the lattice constant of {name} [m]"
    constant = read_fact(row, what, "lattice_constant", ANGSTROM)
    occupants = [site_occupants(atoms, abundances) for atoms in kinds]
    cell = crystal(structure, constant.known(), occupants)
    hyperfine, alternatives = _read_hyperfine(name)
    g_factors = {}
    for line in rows_of("carriers", name):
        carrier = _read_carrier(line)
        g_factors[carrier] = read_fact(line, f"the {carrier} g-factor of {name}", "g_factor")
    further = [
        read_fact(line, f"{line['what']} in {name} [{line['unit']}]", "value")
        for line in rows_of("facts", name)
    ]
    facts = [constant, *alternatives, *further]
    # molecules stand in the crystal, but not as nuclei
    for molecule in molecules:
        what = (
            f"the share of the nuclei of {molecule} = {MOLECULES[molecule]} in the local field of "
            f"{name} [T]"
        )
        note = (
            "they are not in the crystal: the couplings inside a molecule that turns are averaged, "
            "and how it turns depends on temperature; give a crystal with its atoms as a CIF to "
            "include them"
        )
        facts.append(Fact(what, None, "D", "coldspin", note))
    return Material(
        name=name,
        crystal=cell,
        formula_volume=cell.volume / structure.formula_units,
        hyperfine=hyperfine,
        g_factors=MappingProxyType(g_factors),
        indirect=_read_indirect(name),
        facts=tuple(facts),
    )


def _parse_composition(row: Row, text: str) -> dict[str, float]:
    """Elements and fractions of a text like "FA 0.9 Cs 0.1", or "Ga" for a whole site."""
    words = text.split()
    if len(words) == 1:
        return {words[0]: 1.0}
    try:
        return dict(zip(words[::2], map(float, words[1::2]), strict=True))
    except ValueError:
        raise row.wrong(
            "sites", 'is not written like "Ga | As" or "FA 0.9 Cs 0.1 | Pb | I"'
        ) from None


def _read_hyperfine(name: str) -> tuple[Mapping[Carrier, Mapping[str, Fact]], list[Fact]]:
    """Hyperfine constants by carrier and isotope, and those of other authors, for comparison."""
    constants: dict[Carrier, dict[str, Fact]] = {}
    alternatives = []
    for row in rows_of("hyperfine", name):
        carrier = _read_carrier(row)
        isotope = row["isotope"]
        what = f"{carrier} hyperfine constant of {isotope} in {name} [J]"
        if row.one_of("use", ("default", "alternative")) == "default":
            fact = read_fact(row, f"the {what}", "value", MICROELECTRONVOLT)
            constants.setdefault(carrier, {})[isotope] = fact
        else:
            fact = read_fact(row, f"another {what}", "value", MICROELECTRONVOLT)
            alternatives.append(fact)
    views = {carrier: MappingProxyType(facts) for carrier, facts in constants.items()}
    return MappingProxyType(views), alternatives


def _read_indirect(name: str) -> tuple[IndirectCoupling, ...]:
    pairs: dict[tuple[str, str], dict[str, Fact]] = {}
    for row in rows_of("couplings", name):
        kind = row.one_of("kind", ("scalar", "pseudo-dipolar"))
        pair = (row["isotope"], row["partner"])
        what = f"the {kind} coupling of {pair[0]} and {pair[1]} in {name} [rad/s]"
        pairs.setdefault(pair, {})[kind] = read_fact(row, what, "value", CYCLE)
    return tuple(
        IndirectCoupling(pair, both["scalar"], both["pseudo-dipolar"])
        for pair, both in pairs.items()
    )


def _read_carrier(row: Row) -> Carrier:
    return cast(Carrier, row.one_of("carrier", CARRIERS))
