"""Formula, formula units in the cell and density of a CIF, compared with its atoms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import fsum, gcd, inf, nan
from typing import TYPE_CHECKING

from coldspin.constants import ATOMIC_MASS
from coldspin.exceptions import InvalidInputError
from coldspin.materials.composition import ROUNDING

if TYPE_CHECKING:
    import gemmi

FORMULAS = (
    "_chemical_formula_sum",
    "_chemical_formula.sum",
    "_chemical_formula_moiety",
    "_chemical_formula_structural",
)
UNITS = ("_cell_formula_units_Z", "_cell.formula_units_Z")
# [g/cm³], and the relative tolerance against the mass in the cell: computed, and measured
DENSITIES = {"_exptl_crystal_density_diffrn": 0.03, "_exptl_crystal_density_meas": 0.1}
# Relative tolerance of numbers of atoms, which are sums of rounded occupancies, against a formula
NEARLY = 0.01

Composition = Mapping[str, float]
Place = tuple[tuple[float, float, float], dict[str, float]]
"""Fractions of the cell vectors, and the fractions of what stands there."""


@dataclass(frozen=True)
class Formula:
    """Atoms of each element in a formula unit, and half of the last typed digit of each number."""

    text: str
    atoms: Composition
    rounding: Composition


@dataclass(frozen=True)
class Contents:
    """Formula units in the cell, and the atoms of the formula in the cell that have no site."""

    formula_units: int
    formula: str
    missing: Composition


def compare_contents(block: "gemmi.cif.Block", places: list[Place], volume: float) -> Contents:
    """Compare formula, Z and density of a block with its places, in a cell of that volume [m³].

    Atoms are counted, the sum of occupancies, not places. Z is what the file says, or the greatest
    common divisor of the numbers of atoms. The formula is that of one unit, or, as some programs
    write it, that of the whole cell.

    Raises InvalidInputError, with all numbers, for a contradiction in the elements that have sites.
    """
    atoms: dict[str, float] = {}
    for _, composition in places:
        for element, share in composition.items():
            atoms[element] = atoms.get(element, 0.0) + share
    formula = _read_formula(block)
    units = None
    for tag in UNITS:
        if units is None:
            units = read_positive(block, tag)
    if units is not None and units != round(units):
        raise InvalidInputError(
            "must be a whole number", parameter=UNITS[0], value=units, remedy="correct it"
        )
    densities = {}
    for tag in DENSITIES:
        try:
            value = read_positive(block, tag)
        except InvalidInputError:  # a word such as "not measured"
            continue
        if value is not None:
            densities[tag] = value
    numbers = _count_atoms_of_kinds(places)
    missing: dict[str, float] = {}
    wrong = False
    if formula is not None:
        repeats = _count_formulas(formula, atoms, units, numbers)
        less_than_one = units is None and _is_ordered(places) and repeats < 1 - NEARLY
        wrong = less_than_one or _contradicts(formula, atoms, repeats)
        present = _name_hydrogen(atoms, formula.atoms)
        for name, number in formula.atoms.items():
            if number and name not in present:
                missing[name] = repeats * number
    elif units is not None:
        wrong = any(number % units for number in numbers)
    density = _density(dict(atoms) | missing, volume)
    for tag, value in densities.items():
        wrong = wrong or abs(value / density - 1) > DENSITIES[tag]
    if wrong:
        declared = [f"{tag} = {value:g} g/cm³" for tag, value in densities.items()]
        if units is not None:
            declared.insert(0, f"_cell_formula_units_Z = {units:g}")
        if formula is not None:
            declared.insert(0, f"_chemical_formula {formula.text!r}")
        mass = f"{_density(atoms, volume):.4g} g/cm³"
        if missing:
            mass += f" and {density:.4g} g/cm³ with {_format_atoms(missing)} of the formula"
        raise InvalidInputError(
            f"the sites hold {_format_atoms(atoms)} in a cell of {volume * 1e30:.6g} cubic "
            f"angstrom, {mass}, which contradicts {', '.join(declared)}",
            remedy="correct the symmetry, its origin, the sites, their occupancies, or what "
            "contradicts them",
        )
    whole = reduce(gcd, numbers) if units is None else round(units)
    return Contents(whole, "" if formula is None else formula.text, missing)


def _is_ordered(places: list[Place]) -> bool:
    """Whether one element fills every place."""
    return all(len(shares) == 1 and fsum(shares.values()) > 1 - ROUNDING for _, shares in places)


def _count_atoms_of_kinds(places: list[Place]) -> list[int]:
    """Number of atoms of each kind, or of its places where atoms are not whole.

    Elements that share places are one kind.
    """
    kinds: list[tuple[set[str], float, int]] = []
    for _, composition in places:
        elements = set(composition)
        atoms = fsum(composition.values())
        count = 1
        apart = []
        for kind in kinds:
            if kind[0] & elements:
                elements = elements | kind[0]
                atoms += kind[1]
                count += kind[2]
            else:
                apart.append(kind)
        kinds = [*apart, (elements, atoms, count)]
    numbers = []
    for _, atoms, count in kinds:
        whole = round(atoms)
        numbers.append(whole if whole and abs(atoms - whole) < NEARLY * atoms else count)
    return numbers


def _read_formula(block: "gemmi.cif.Block") -> Formula | None:
    import gemmi

    for tag in FORMULAS:
        text = block.find_value(tag)
        if text and text not in ("?", "."):
            formula = parse_formula(gemmi.cif.as_string(text))
            if formula is not None:
                return formula
            if tag == FORMULAS[0]:
                raise InvalidInputError(
                    f"{text} is no formula like 'C H6 I3 N Pb'",
                    parameter=tag,
                    remedy="correct it or leave it out",
                )
    return None


def parse_formula(text: str) -> Formula | None:
    """Read "C H6 I3 N Pb", "2(C H6 N 1+), Pb I4 2-" or "CH3NH3PbI3"; None for what is no formula."""
    import gemmi

    number = r"\d+\.?\d*|\.\d+"
    plain = re.sub(r"(?<=\s)\d*[+-](?=[\s,)]|$)", "", " ".join(text.split()))  # charges, " 2-"
    tokens = re.findall(
        rf"({number})?\s*(\()|(\))\s*({number})?|([A-Z][a-z]?)({number})?|([\s,]+)", plain
    )
    whole = "".join("".join(token) for token in tokens).replace(" ", "")
    if whole != plain.replace(" ", ""):
        return None
    atoms: list[dict[str, float]] = [{}]
    rounding: list[dict[str, float]] = [{}]
    factors: list[float] = []
    for before, opening, closing, after, element, count, _ in tokens:
        if opening:
            atoms.append({})
            rounding.append({})
            factors.append(float(before or 1))
        elif closing:
            if not factors:
                return None
            factor = factors.pop() * float(after or 1)
            for totals in (atoms, rounding):
                for name, value in totals.pop().items():
                    totals[-1][name] = totals[-1].get(name, 0.0) + factor * value
        elif element:
            if gemmi.Element(element).name != element or element == "X":
                return None
            atoms[-1][element] = atoms[-1].get(element, 0.0) + float(count or 1)
            half = 0.5 * 10.0 ** -len(count.partition(".")[2]) if "." in count else 0.0
            rounding[-1][element] = rounding[-1].get(element, 0.0) + half
    if factors or not any(atoms[0].values()):
        return None
    return Formula(plain, atoms[0], rounding[0])


def _count_formulas(
    formula: Formula, atoms: Composition, units: float | None, numbers: list[int]
) -> float:
    """How often the formula is in the cell.

    Z times; as often as it fits where there is no Z, or where it is the formula of the whole cell.
    """
    present = _name_hydrogen(atoms, formula.atoms)
    shared = [element for element in present if formula.atoms.get(element)]
    fits = 0.0
    if shared:
        of_formula = fsum(formula.atoms[element] for element in shared)
        fits = fsum(present[element] for element in shared) / of_formula
    if units is None:
        return fits
    of_cell = abs(fits - 1) < NEARLY and all(number % units == 0 for number in numbers)
    return fits if of_cell else units


def _contradicts(formula: Formula, atoms: Composition, repeats: float) -> bool:
    """Whether the sites of an element hold another number of atoms than so many formulas."""
    for element, number in _name_hydrogen(atoms, formula.atoms).items():
        tolerance = NEARLY * number + repeats * formula.rounding.get(element, 0.0)
        if abs(number - repeats * formula.atoms.get(element, 0.0)) > tolerance:
            return True
    return False


def _name_hydrogen(atoms: Composition, formula: Composition) -> dict[str, float]:
    """The atoms as a formula names them: 2H is D, or H where the formula has no D."""
    named: dict[str, float] = {}
    for element, number in atoms.items():
        name = element
        if element == "2H":
            name = "D" if "D" in formula else "H"
        named[name] = named.get(name, 0.0) + number
    return named


def _density(atoms: Composition, volume: float) -> float:
    """Return the density [g/cm³] of these atoms in a cell of that volume [m³]."""
    import gemmi

    masses = []
    for element, number in atoms.items():
        symbol = "D" if element == "2H" else element
        masses.append(number * gemmi.Element(symbol).weight)
    return fsum(masses) * ATOMIC_MASS / volume / 1e3


def read_positive(block: "gemmi.cif.Block", tag: str) -> float | None:
    """Read a number > 0 with its uncertainty, 5.6533(2); None where the file has none."""
    text = (block.find_value(tag) or "?").strip("'\"")
    if text in ("?", "."):
        return None
    try:
        value = float(text.split("(")[0])
    except ValueError:
        value = nan
    if not 0 < value < inf:
        raise InvalidInputError(
            "must be a number above 0", parameter=tag, value=text, shown=text, remedy="correct it"
        )
    return value


def _format_atoms(atoms: Composition) -> str:
    return ", ".join(f"{element} {number:.6g}" for element, number in atoms.items())
