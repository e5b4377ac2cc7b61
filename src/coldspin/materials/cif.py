"""Crystals from CIF files, by way of gemmi (an optional dependency)."""

from collections import Counter
from functools import reduce
from math import gcd
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
from coldspin.materials.structures import as_cell

if TYPE_CHECKING:
    import gemmi

ANGSTROM = 1e-10
SAME_PLACE = 0.05e-10  # [m]
LEAST_DISTANCE = 0.5e-10  # [m]; no two nuclei are closer, alternative positions in a disordered crystal are
Place = tuple[tuple[float, float, float], dict[str, float]]
CELL = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
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
    :func:`~coldspin.materials.library.material`; partial occupancies are kept, deuterium is told from hydrogen. The
    formula volume v0 is the cell divided by _cell_formula_units_Z, or by the
    greatest common divisor of the numbers of places that hold the same.

    Raises InvalidInputError, in one sentence, where gemmi is not installed, and for a file that cannot be read, has no
    cell, no atoms, no symmetry, or more than one atom on a place.
    """
    path = Path(path)
    block = _block(path)
    try:
        return _material(path, block, isotopes or {})
    except InvalidInputError as problem:
        text = str(problem)
        raise InvalidInputError(text if text.startswith(str(path)) else f"{path}: {text}") from None


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
    missing = [f"_cell_{name}" for name in CELL if not _number(block.find_value(f"_cell_{name}"))]
    if missing:
        raise InvalidInputError(f"the cell is incomplete, {', '.join(missing)} missing or not above 0")
    if not any(_has(block, tag) for tag in SYMMETRY):
        raise InvalidInputError("no symmetry is given, neither operations nor the name of a space group; write P 1")
    structure = _structure(block)
    cell = as_cell(ANGSTROM * np.array(structure.cell.orth.mat.tolist()).T)
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


def _structure(block: "gemmi.cif.Block") -> "gemmi.SmallStructure":
    import gemmi

    structure = gemmi.make_small_structure_from_block(block)
    group: Any = structure.spacegroup
    if group is None and not structure.symops:
        raise InvalidInputError(f"the space group {structure.spacegroup_hm or 'named'} is not known")
    structure.setup_cell_images()
    return structure


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
    declared = _number(block.find_value("_cell_formula_units_Z"))
    if declared:
        return max(int(declared), 1)
    alike = Counter(frozenset(composition.items()) for _, composition in places)
    return reduce(gcd, alike.values())


def _has(block: "gemmi.cif.Block", tag: str) -> bool:
    values: Any = block.find_values(tag)
    return any(value not in ("?", ".") for value in values)


def _number(text: str | None) -> float | None:
    """Read a number with its uncertainty, 5.6533(2); None for what is no number above 0."""
    try:
        value = float((text or "").strip("'\"").split("(")[0])
    except ValueError:
        return None
    return value if value > 0 else None
