"""Crystals from CIF files, by way of gemmi (an optional dependency)."""

from collections import Counter
from functools import reduce
from math import gcd, inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError
from coldspin.materials.composition import (
    WITHOUT_SPIN,
    Abundances,
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
SAME_CELL = 2e-3  # of the longest edge squared; how far rounded parameters may miss the symmetry
LEAST_DISTANCE = 0.5e-10  # [m]; no two nuclei are closer, alternative positions in a disordered crystal are
Place = tuple[tuple[float, float, float], dict[str, float]]
CELL = (
    "_cell_length_a",
    "_cell_length_b",
    "_cell_length_c",
    "_cell_angle_alpha",
    "_cell_angle_beta",
    "_cell_angle_gamma",
)
SYMMETRY = (
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_space_group_name_H-M_alt",
    "_symmetry_space_group_name_H-M",
    "_space_group_name_Hall",
    "_symmetry_space_group_name_Hall",
    "_space_group_IT_number",
    "_symmetry_Int_Tables_number",
)


def read_cif(path: Path | str, *, isotopes: Abundances | None = None) -> Material:
    """Material with the crystal of a CIF, expanded by its space group, and no constants of carriers.

    Elements stand in natural isotopic composition, or in that of `isotopes`, as in
    :func:`~coldspin.materials.catalogue.material`; partial occupancies are kept, deuterium is told from hydrogen. The
    formula volume v0 is the cell divided by _cell_formula_units_Z, or by the
    greatest common divisor of the numbers of places that hold the same.

    Raises InvalidInputError, in one sentence, where gemmi is not installed, and for a file that cannot be read, has no
    cell, no atoms, no symmetry, or more than one atom on a place.
    """
    path = file_path("CIF", path)
    block = _block(path)
    try:
        return _material(path, block, isotopes or {})
    except InvalidInputError as problem:
        text = str(problem)
        raise InvalidInputError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def file_path(what: str, path: Path | str) -> Path:
    """Return the path; InvalidInputError, in one sentence, for what is none."""
    if not isinstance(path, Path | str):
        raise InvalidInputError(f"{what} must be the name of a file, not {path!r}")
    return Path(path)


def _block(path: Path) -> "gemmi.cif.Block":
    try:
        import gemmi
    except ImportError:
        raise InvalidInputError(
            "gemmi is needed to read a CIF; install it with: pip install 'coldspin[crystal]'"
        ) from None
    if not path.is_file():
        raise InvalidInputError(f"CIF {path} does not exist; check the name and the folder")
    try:
        document = gemmi.cif.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, RuntimeError, OSError) as problem:
        raise InvalidInputError(f"{path} is not a valid CIF: {' '.join(str(problem).split())}") from None
    blocks = [block for block in document if _has(block, "_atom_site_fract_x")]
    if not blocks:
        raise InvalidInputError(f"{path} has no atoms: _atom_site_fract_x is missing")
    if len(blocks) > 1:
        raise InvalidInputError(f"{path} holds {len(blocks)} crystals; keep one in a file")
    return blocks[0]


def _material(path: Path, block: "gemmi.cif.Block", isotopes: Abundances) -> Material:
    cell = _cell(block)
    if not any(_has(block, tag) for tag in SYMMETRY):
        raise InvalidInputError("no symmetry is given, neither operations nor the name of a space group; write P 1")
    structure = _structure(block)
    places = _places(structure, np.array(cell))
    elements = {name for _, composition in places for name in composition}
    check_abundances(isotopes, elements - {"2H", *WITHOUT_SPIN}, "it")
    sites = tuple(CrystalSite(place, site_occupants(composition, isotopes)) for place, composition in places)
    crystal = Crystal(cell, tuple(site for site in sites if site.occupants))
    units = _formula_units(block, places)
    return Material(
        name=block.name or path.stem,
        crystal=crystal,
        formula_volume=crystal.volume / units,
        hyperfine={},
        g_factors={},
        facts=(Fact("formula units in the cell [1]", units, "user", str(path)),),
    )


def _cell(block: "gemmi.cif.Block") -> Cell:
    """Cell vectors [m] from lengths [angstrom] and angles [degrees]."""
    given = {tag: _positive(block, tag) for tag in CELL}
    if missing := [tag for tag, value in given.items() if value is None]:
        raise InvalidInputError(f"the cell is incomplete, {', '.join(missing)} missing; give three lengths and angles")
    numbers = [value for value in given.values() if value is not None]
    for tag, angle in zip(CELL[3:], numbers[3:], strict=True):
        if angle >= 180:
            raise InvalidInputError(f"{tag} must lie between 0 and 180 degrees, not {angle:g}; correct it")
    return cell_from_parameters([ANGSTROM * length for length in numbers[:3]], np.radians(numbers[3:]).tolist())


def _structure(block: "gemmi.cif.Block") -> "gemmi.SmallStructure":
    import gemmi

    structure = gemmi.make_small_structure_from_block(block)
    group: Any = structure.spacegroup
    if group is None and not structure.symops:
        raise InvalidInputError(f"the space group {structure.spacegroup_hm or 'named'} is not known")
    _check_symmetry(structure)
    structure.setup_cell_images()
    return structure


def _check_symmetry(structure: "gemmi.SmallStructure") -> None:
    """Refuse a cell that the operations of its space group do not leave as it is."""
    import gemmi

    group: Any = structure.spacegroup
    if group is None:
        group = gemmi.find_spacegroup_by_ops(gemmi.GroupOps([gemmi.Op(text) for text in structure.symops]))
    scale = max(structure.cell.parameters[:3]) ** 2
    if group is not None and not structure.cell.is_compatible_with_spacegroup(group, SAME_CELL * scale):
        shown = ", ".join(f"{value:g}" for value in structure.cell.parameters)
        raise InvalidInputError(
            f"the cell ({shown} angstrom and degrees) does not have the symmetry of the space group {group.xhm()}; "
            "correct one of them"
        )


def _places(structure: "gemmi.SmallStructure", cell: NDArray[np.float64]) -> list[Place]:
    """Each place of the cell once, with the fractions of what stands there."""
    places: list[Place] = []
    for site in structure.get_all_unit_cell_sites():
        position = np.array(site.fract.tolist())
        if not np.all(np.isfinite(position)):
            raise InvalidInputError(f"atom {site.label} has no position")
        name = _element(site)
        for known, composition in places:
            apart = position - known
            distance = np.linalg.norm((apart - np.round(apart)) @ cell)
            if distance < SAME_PLACE:
                composition[name] = composition.get(name, 0.0) + site.occ
                check_sum(f"occupancies at {site.label}", composition)
                break
            if distance < LEAST_DISTANCE:
                raise InvalidInputError(
                    f"atom {site.label} stands {distance / ANGSTROM:.2g} angstrom from another one; "
                    "keep one of the alternative positions"
                )
        else:
            x, y, z = (round(float(v) % 1, 9) % 1 for v in position)
            places.append(((x, y, z), {name: fraction(f"occupancy of {site.label}", site.occ)}))
    return places


def _element(site: "gemmi.SmallStructure.Site") -> str:
    name = str(site.element.name)
    if name == "X":
        raise InvalidInputError(f"atom {site.label} is of the unknown element {site.type_symbol!r}")
    return "2H" if name == "D" else name


def _formula_units(block: "gemmi.cif.Block", places: list[Place]) -> int:
    """Z as the file says it, or the greatest common divisor of the numbers of places that hold the same."""
    alike = Counter(frozenset(composition.items()) for _, composition in places)
    largest = reduce(gcd, alike.values())
    declared = _positive(block, "_cell_formula_units_Z")
    if declared is None:
        return largest
    if declared != round(declared) or largest % round(declared):
        raise InvalidInputError(
            f"_cell_formula_units_Z = {declared:g} must be a whole number that divides the numbers of places that hold "
            f"the same, {', '.join(map(str, sorted(set(alike.values()))))}; correct it or leave it out"
        )
    return round(declared)


def _has(block: "gemmi.cif.Block", tag: str) -> bool:
    values: Any = block.find_values(tag)
    return any(value not in ("?", ".") for value in values)


def _positive(block: "gemmi.cif.Block", tag: str) -> float | None:
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
