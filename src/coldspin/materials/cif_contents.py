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
DENSITIES = {"_exptl_crystal_density_diffrn": 0.03, "_exptl_crystal_density_meas": 0.1}
"""Tags [g/cm³], and how far each may miss the mass in the cell: the first is computed, the second measured."""

NEARLY = 0.01
"""How far numbers of atoms, sums of rounded occupancies, may miss those of a formula, relative."""

Composition = Mapping[str, float]
Place = tuple[tuple[float, float, float], dict[str, float]]
"""Fractions of the cell vectors, and the fractions of what stands there."""


@dataclass(frozen=True)
class Formula:
    """Atoms of each element in a formula unit, as typed, and the half of the last digit of each number."""

    text: str
    atoms: Composition
    rounding: Composition


@dataclass(frozen=True)
class Contents:
    """Formula units in the cell, and the atoms in the cell that the formula has and no site stands for."""

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
    formula = _formula(block)
    units = next(
        (value for tag in UNITS if (value := positive_number(block, tag)) is not None), None
    )
    if units is not None and units != round(units):
        raise InvalidInputError(
            f"_cell_formula_units_Z = {units:g} must be a whole number", remedy="correct it"
        )
    densities = _densities(block)
    numbers = _atoms_of_kinds(places)
    missing: dict[str, float] = {}
    wrong = False
    if formula is not None:
        repeats = _formulas_in_cell(formula, atoms, units, numbers)
        less_than_one = units is None and _ordered(places) and repeats < 1 - NEARLY
        wrong = less_than_one or _contradicts(formula, atoms, repeats)
        read = _by_hydrogen(atoms, formula.atoms)
        missing = {name: repeats * n for name, n in formula.atoms.items() if n and name not in read}
    elif units is not None:
        wrong = any(number % units for number in numbers)
    density = _density(dict(atoms) | missing, volume)
    wrong = wrong or any(
        abs(value / density - 1) > DENSITIES[tag] for tag, value in densities.items()
    )
    if wrong:
        declared = [f"{tag} = {value:g} g/cm³" for tag, value in densities.items()]
        if units is not None:
            declared.insert(0, f"_cell_formula_units_Z = {units:g}")
        if formula is not None:
            declared.insert(0, f"_chemical_formula {formula.text!r}")
        alone = (
            f" and {density:.4g} g/cm³ with {_format_atoms(missing)} of the formula"
            if missing
            else ""
        )
        raise InvalidInputError(
            f"the sites hold {_format_atoms(atoms)} in a cell of {volume * 1e30:.6g} cubic angstrom, "
            f"{_density(atoms, volume):.4g} g/cm³{alone}, which contradicts {', '.join(declared)}",
            remedy="correct the symmetry, its origin, the sites, their occupancies, or what "
            "contradicts them",
        )
    whole = reduce(gcd, numbers) if units is None else round(units)
    return Contents(whole, "" if formula is None else formula.text, missing)


def _ordered(places: list[Place]) -> bool:
    """Whether every place is wholly taken by one element."""
    return all(len(shares) == 1 and fsum(shares.values()) > 1 - ROUNDING for _, shares in places)


def _atoms_of_kinds(places: list[Place]) -> list[int]:
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


def _formula(block: "gemmi.cif.Block") -> Formula | None:
    import gemmi

    for tag in FORMULAS:
        text = block.find_value(tag)
        if text and text not in ("?", "."):
            formula = parse_formula(gemmi.cif.as_string(text))
            if formula is not None:
                return formula
            if tag == FORMULAS[0]:
                raise InvalidInputError(
                    f"{tag} {text} is no formula like 'C H6 I3 N Pb'",
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
    for before, opened, closed, after, element, count, _ in tokens:
        if opened:
            atoms.append({})
            rounding.append({})
            factors.append(float(before or 1))
        elif closed:
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


def _formulas_in_cell(
    formula: Formula, atoms: Composition, units: float | None, numbers: list[int]
) -> float:
    """Return how often the formula is in the cell: Z times, once if it is that of the cell, or as often as it fits."""
    read = _by_hydrogen(atoms, formula.atoms)
    shared = [element for element in read if formula.atoms.get(element)]
    of_formula = fsum(formula.atoms[element] for element in shared)
    fits = fsum(read[element] for element in shared) / of_formula if shared else 0.0
    if units is None:
        return fits
    of_cell = abs(fits - 1) < NEARLY and all(number % units == 0 for number in numbers)
    return fits if of_cell else units


def _contradicts(formula: Formula, atoms: Composition, repeats: float) -> bool:
    """Whether an element that has sites has another number of atoms than so many formulas."""
    for element, number in _by_hydrogen(atoms, formula.atoms).items():
        tolerance = NEARLY * number + repeats * formula.rounding.get(element, 0.0)
        if abs(number - repeats * formula.atoms.get(element, 0.0)) > tolerance:
            return True
    return False


def _by_hydrogen(atoms: Composition, formula: Composition) -> dict[str, float]:
    """Return the atoms as a formula names them: deuterium as D, or with hydrogen where the formula has no D."""
    read: dict[str, float] = {}
    for element, number in atoms.items():
        name = element
        if element == "2H":
            name = "D" if "D" in formula else "H"
        read[name] = read.get(name, 0.0) + number
    return read


def _densities(block: "gemmi.cif.Block") -> dict[str, float]:
    """Densities of the file [g/cm³]; a word such as "not measured" is none."""
    found = {}
    for tag in DENSITIES:
        try:
            value = positive_number(block, tag)
        except InvalidInputError:
            continue
        if value is not None:
            found[tag] = value
    return found


def _density(atoms: Composition, volume: float) -> float:
    """Return the density [g/cm³] of these atoms in a cell of that volume [m³]."""
    import gemmi

    masses = (
        n * gemmi.Element("D" if element == "2H" else element).weight
        for element, n in atoms.items()
    )
    return fsum(masses) * ATOMIC_MASS / volume / 1e3


def positive_number(block: "gemmi.cif.Block", tag: str) -> float | None:
    """Read a number > 0 with its uncertainty, 5.6533(2); None where the file has none."""
    text = (block.find_value(tag) or "?").strip("'\"")
    if text in ("?", "."):
        return None
    try:
        value = float(text.split("(")[0])
    except ValueError:
        value = nan
    if not 0 < value < inf:
        raise InvalidInputError(f"{tag} must be a number above 0, not {text}", remedy="correct it")
    return value


def _format_atoms(atoms: Composition) -> str:
    return ", ".join(f"{element} {number:.6g}" for element, number in atoms.items())
