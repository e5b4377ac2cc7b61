"""What a CIF says beside its atoms, compared with them: chemical formula, formula units in the cell, density."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import fsum, gcd, inf, nan
from typing import TYPE_CHECKING

from coldspin.exceptions import InvalidInputError
from coldspin.materials.composition import ROUNDING

if TYPE_CHECKING:
    import gemmi

ATOMIC_MASS = 1.66053906892e-27  # kg, CODATA 2022
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
    declared = next((value for tag in UNITS if (value := positive_number(block, tag)) is not None), None)
    numbers = _atoms_of_kinds(places)
    if declared is not None and declared != round(declared):
        raise InvalidInputError(f"_cell_formula_units_Z = {declared:g} must be a whole number; correct it")
    missing: dict[str, float] = {}
    if formula is not None:
        ordered = all(len(composition) == 1 and fsum(composition.values()) > 1 - ROUNDING for _, composition in places)
        missing = _compare_with_formula(formula, atoms, declared, numbers, ordered=ordered)
    elif declared is not None and any(number % declared for number in numbers):
        raise InvalidInputError(
            f"_cell_formula_units_Z = {declared:g} must be a whole number that divides the numbers of atoms "
            f"in the cell ({_listed(atoms)}), those that share places taken together, "
            f"{', '.join(map(str, sorted(set(numbers))))}; correct it or leave it out"
        )
    _compare_density(block, atoms, missing, volume)
    units = reduce(gcd, numbers) if declared is None else round(declared)
    return Contents(units, "" if formula is None else formula.text, missing)


def _atoms_of_kinds(places: list[Place]) -> list[int]:
    """Count the atoms of each kind: elements that share a place are one; where atoms are not whole, their places."""
    kinds: list[tuple[set[str], float, int]] = []
    for _, composition in places:
        elements, atoms, count = set(composition), fsum(composition.values()), 1
        apart = []
        for kind in kinds:
            if kind[0] & elements:
                elements, atoms, count = elements | kind[0], atoms + kind[1], count + kind[2]
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
                raise InvalidInputError(f"{tag} {text} is no formula like 'C H6 I3 N Pb'; correct it or leave it out")
    return None


def parse_formula(text: str) -> Formula | None:
    """Read "C H6 I3 N Pb", "2(C H6 N 1+), Pb I4 2-" or "CH3NH3PbI3"; None for what is no formula."""
    import gemmi

    number = r"\d+\.?\d*|\.\d+"
    plain = re.sub(r"(?<=\s)\d*[+-](?=[\s,)]|$)", "", " ".join(text.split()))  # charges, " 2-"
    tokens = re.findall(rf"({number})?\s*(\()|(\))\s*({number})?|([A-Z][a-z]?)({number})?|([\s,]+)", plain)
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


def _compare_with_formula(
    formula: Formula, atoms: Composition, declared: float | None, numbers: list[int], *, ordered: bool
) -> dict[str, float]:
    """Return what of the formula has no site, in atoms of the cell."""
    read = _by_hydrogen(atoms, formula.atoms)
    shared = [element for element in read if formula.atoms.get(element)]
    of_formula = fsum(formula.atoms[element] for element in shared)
    units = fsum(read[element] for element in shared) / of_formula if shared else 0.0
    incomplete = declared is None and ordered and units < 1 - NEARLY
    if declared is not None:
        of_cell = abs(units - 1) < NEARLY and all(number % declared == 0 for number in numbers)
        if not of_cell:
            units = declared
    wrong = False
    for element, number in read.items():
        tolerance = NEARLY * number + units * formula.rounding.get(element, 0.0)
        wrong = wrong or abs(number - units * formula.atoms.get(element, 0.0)) > tolerance
    if wrong or incomplete:
        of_unit = {element: formula.atoms.get(element, 0.0) for element in read}
        times = "" if declared is None else f", times _cell_formula_units_Z = {declared:g}"
        raise InvalidInputError(
            f"the sites hold {_listed(read)} in the cell, but the formula {formula.text!r} has {_listed(of_unit)}"
            f"{times}; correct the symmetry, its origin, the sites, their occupancies, the formula or Z"
        )
    return {element: units * value for element, value in formula.atoms.items() if value and element not in read}


def _by_hydrogen(atoms: Composition, formula: Composition) -> dict[str, float]:
    """Return the atoms as a formula names them: deuterium as D, or with hydrogen where the formula has no D."""
    read: dict[str, float] = {}
    for element, number in atoms.items():
        name = element
        if element == "2H":
            name = "D" if "D" in formula else "H"
        read[name] = read.get(name, 0.0) + number
    return read


def _compare_density(block: "gemmi.cif.Block", atoms: Composition, missing: Composition, volume: float) -> None:
    import gemmi

    mass = 0.0
    for element, number in (*atoms.items(), *missing.items()):
        mass += number * gemmi.Element("D" if element == "2H" else element).weight
    computed = mass * ATOMIC_MASS / volume / 1e3
    for tag, tolerance in DENSITIES.items():
        try:
            declared = positive_number(block, tag)
        except InvalidInputError:  # "not measured"
            continue
        if declared is None:
            continue
        if abs(declared / computed - 1) > tolerance:
            together = f" with {_listed(missing)} of the formula" if missing else ""
            raise InvalidInputError(
                f"{tag} = {declared:g} g/cm³ contradicts the sites, which hold {_listed(atoms)} in a cell of "
                f"{volume * 1e30:.6g} cubic angstrom{together}, {computed:.4g} g/cm³; correct the "
                "symmetry, its origin, the sites, the cell or the density"
            )


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
        raise InvalidInputError(f"{tag} must be a number above 0, not {text}; correct it")
    return value


def _listed(atoms: Composition) -> str:
    return ", ".join(f"{element} {number:.6g}" for element, number in atoms.items())
