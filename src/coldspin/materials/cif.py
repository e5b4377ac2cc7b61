"""Crystals from CIF files, read with gemmi (an optional dependency)."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import keywords_checked
from coldspin.exceptions import InvalidInputError, ValidityWarning, locate_errors
from coldspin.materials.cif_contents import Contents, Place, compare_contents, read_positive
from coldspin.materials.cif_symmetry import Symmetry, expand, read_symmetry
from coldspin.materials.composition import (
    NOTHING_ADDED,
    Abundances,
    Added,
    check_abundances,
    check_sum,
    fraction,
    site_occupants,
)
from coldspin.materials.records import Crystal, CrystalSite, Fact, Material
from coldspin.materials.structures import Cell, cell_from_parameters

if TYPE_CHECKING:
    import gemmi

ANGSTROM = 1e-10
SAME_PLACE = 0.05e-10  # [m]
# [m]; no two nuclei are closer, but alternative positions in a disordered crystal are
LEAST_DISTANCE = 0.5e-10
CELL = (
    "_cell_length_a",
    "_cell_length_b",
    "_cell_length_c",
    "_cell_angle_alpha",
    "_cell_angle_beta",
    "_cell_angle_gamma",
)


@keywords_checked
def read_cif(path: Path | str, *, isotopes: Abundances | None = None) -> Material:
    """Material with the crystal of a CIF, expanded by its space group, without carrier constants.

    Elements stand in natural isotopic composition, or in that of `isotopes`, as in
    :func:`~coldspin.materials.catalogue.material`; partial occupancies are kept, and deuterium is
    distinguished from hydrogen. The symmetry operations of the file are applied as they stand, in
    any origin; without them, those of the space group that it names. The formula volume v0 is the cell divided by
    _cell_formula_units_Z, or by the greatest common divisor of the numbers of atoms. Facts of the
    material say where the symmetry is from, and which elements have no sites.

    Raises InvalidInputError where gemmi is not installed; for a file that cannot be read, has no
    cell, no atoms, no symmetry, a space group with two origins without saying which, or more than
    one atom on a place; and where its formula, Z or density contradict its sites. Warns with
    ValidityWarning where elements of the formula have no sites: local fields lack them.
    """
    return read_crystal(path, isotopes or {}, NOTHING_ADDED)


def read_crystal(path: Path | str, isotopes: Abundances, added: Added) -> Material:
    """Read a CIF as :func:`read_cif` does, with isotopes that are not in the table."""
    path = check_path("CIF", path)
    block = _read_block(path)
    with locate_errors(f"{path}"):
        return _build_material(path, block, isotopes, added)


def check_path(what: str, path: Path | str) -> Path:
    """Return the path; InvalidInputError for a value that is no path."""
    if not isinstance(path, Path | str):
        raise InvalidInputError("must be the name of a file", parameter=what, value=path)
    return Path(path)


def _read_block(path: Path) -> "gemmi.cif.Block":
    try:
        import gemmi
    except ImportError:
        raise InvalidInputError(
            "gemmi is needed to read a CIF",
            remedy="install it with: pip install 'coldspin[crystal]'",
        ) from None
    place = str(path)
    if not path.is_file():
        raise InvalidInputError(
            "the CIF does not exist", place=place, remedy="check the name and the folder"
        )
    try:
        document = gemmi.cif.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, RuntimeError, OSError) as problem:
        reason = " ".join(str(problem).split())
        raise InvalidInputError(f"is not a valid CIF: {reason}", parameter=place) from None
    blocks = []
    for block in document:
        coordinates = block.find_values("_atom_site_fract_x")
        if any(value not in ("?", ".") for value in coordinates):
            blocks.append(block)
    if not blocks:
        raise InvalidInputError("has no atoms: _atom_site_fract_x is missing", parameter=place)
    if len(blocks) > 1:
        raise InvalidInputError(
            f"holds {len(blocks)} crystals", parameter=place, remedy="keep one in a file"
        )
    return blocks[0]


def _build_material(
    path: Path, block: "gemmi.cif.Block", isotopes: Abundances, added: Added
) -> Material:
    name = block.name or path.stem
    cell = _read_cell(block)
    symmetry = read_symmetry(block, np.array(cell))
    places = _read_places(block, symmetry, np.array(cell))
    elements = {element for _, composition in places for element in composition}
    check_abundances(isotopes, elements - {"2H"}, "it", added)
    sites = []
    for position, composition in places:
        occupants = site_occupants(composition, isotopes, added)
        if occupants:
            sites.append(CrystalSite(position, occupants))
    crystal = Crystal(cell, tuple(sites))
    contents = compare_contents(block, places, crystal.volume)
    count = len(symmetry.rotations)
    source = str(path)
    facts = [
        Fact("formula units in the cell [1]", contents.formula_units, "user", source),
        Fact("symmetry operations of the cell [1]", count, "user", source, symmetry.origin),
    ]
    if contents.missing:
        facts.append(_warn_of_missing(path, name, contents, isotopes, added))
    return Material(
        name=name,
        crystal=crystal,
        formula_volume=crystal.volume / contents.formula_units,
        hyperfine={},
        g_factors={},
        facts=tuple(facts),
    )


def _warn_of_missing(
    path: Path, name: str, contents: Contents, abundances: Abundances, added: Added
) -> Fact:
    """Warn of elements of the formula without sites; return what the local fields lack as a fact."""
    atoms = ", ".join(f"{element} {number:g}" for element, number in contents.missing.items())
    isotopes: list[str] = []
    for element in contents.missing:
        occupants = site_occupants({"2H" if element == "D" else element: 1}, abundances, added)
        isotopes += [one.isotope for one in occupants]
    lack = "none of their isotopes has a spin: B_L lacks nothing"
    if isotopes:
        lack = (
            f"B_L lacks the couplings of {', '.join(isotopes)} with each other and with the nuclei "
            f"that have sites"
        )
        rule = (
            f"the formula {contents.formula!r} has elements without sites ({atoms} in the cell): "
            f"{lack}, and is too small"
        )
        warning = ValidityWarning(
            rule, f"{path}: {rule}", place=str(path), remedy="add their positions"
        )
        warnings.warn(warning, stacklevel=6)
    what = f"the share of {', '.join(contents.missing)} in the local field of {name} [T]"
    note = f"they are in the formula, not among the sites ({atoms}); {lack}"
    return Fact(what, None, "none", str(path), note)


def _read_cell(block: "gemmi.cif.Block") -> Cell:
    """Cell vectors [m] from lengths [angstrom] and angles [degrees]."""
    numbers = []
    missing = []
    for tag in CELL:
        number = read_positive(block, tag)
        if number is None:
            missing.append(tag)
        else:
            numbers.append(number)
    if missing:
        raise InvalidInputError(
            f"the cell is incomplete, {', '.join(missing)} missing",
            remedy="give three lengths and angles",
        )
    for tag, angle in zip(CELL[3:], numbers[3:], strict=True):
        if angle >= 180:
            raise InvalidInputError(
                "must lie between 0 and 180 degrees",
                parameter=tag,
                value=angle,
                remedy="correct it",
            )
    lengths = [ANGSTROM * length for length in numbers[:3]]
    return cell_from_parameters(lengths, np.radians(numbers[3:]).tolist())


def _read_places(
    block: "gemmi.cif.Block", symmetry: Symmetry, cell: NDArray[np.float64]
) -> list[Place]:
    """Each place of the cell once, with the fractions of what stands there."""
    import gemmi

    for value in block.find_values("_atom_site_occupancy"):
        # gemmi takes an occupancy that is no number as 1
        if value not in ("?", ".") and np.isnan(gemmi.cif.as_number(value)):
            raise InvalidInputError(
                f"{value} is no number", parameter="_atom_site_occupancy", remedy="correct it"
            )
    places: list[Place] = []
    positions = np.empty((0, 3))
    for atom in gemmi.make_small_structure_from_block(block).sites:
        position = np.array(atom.fract.tolist())
        if not np.all(np.isfinite(position)):
            raise InvalidInputError("has no position", parameter=f"atom {atom.label}")
        name = str(atom.element.name)
        if name == "X":
            raise InvalidInputError(
                f"is of the unknown element {atom.type_symbol!r}", parameter=f"atom {atom.label}"
            )
        if name == "D":
            name = "2H"
        occupancy = fraction(f"occupancy of {atom.label}", atom.occ)
        for place in expand(symmetry, position, cell, SAME_PLACE):
            apart = place - positions
            distances = np.linalg.norm((apart - np.round(apart)) @ cell, axis=1)
            nearest = int(np.argmin(distances)) if places else 0
            if not places or distances[nearest] >= LEAST_DISTANCE:
                x, y, z = (float(value) for value in place)
                places.append(((x, y, z), {name: occupancy}))
                positions = np.vstack([positions, place])
            elif distances[nearest] < SAME_PLACE:
                composition = places[nearest][1]
                composition[name] = composition.get(name, 0.0) + occupancy
                check_sum(f"occupancies at {atom.label}", composition)
            else:
                distance = distances[nearest] / ANGSTROM
                raise InvalidInputError(
                    f"stands {distance:.2g} angstrom from another one",
                    parameter=f"atom {atom.label}",
                    remedy="keep one of the alternative positions",
                )
    return places
