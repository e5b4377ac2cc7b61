"""Crystals from CIF files, by way of gemmi (an optional dependency)."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import keywords_checked
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.materials.cif_contents import Contents, Place, compare_contents, positive_number
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
LEAST_DISTANCE = (
    0.5e-10  # [m]; no two nuclei are closer, alternative positions in a disordered crystal are
)
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
    """Material with the crystal of a CIF, expanded by its space group, and no constants of carriers.

    Elements stand in natural isotopic composition, or in that of `isotopes`, as in
    :func:`~coldspin.materials.catalogue.material`; partial occupancies are kept, deuterium is told
    from hydrogen. The symmetry operations of the file are applied as they stand, in any origin;
    without them the space group that it names. The formula volume v0 is the cell divided by
    _cell_formula_units_Z, or by the greatest common divisor of the numbers of atoms. Facts of the
    material say where the symmetry is from, and which elements have no sites.

    Raises InvalidInputError, in one sentence, where gemmi is not installed; for a file that cannot
    be read, has no cell, no atoms, no symmetry, a space group with two origins and no word of
    which, or more than one atom on a place; and where its formula, Z or density contradict its
    sites. Warns with ValidityWarning where elements of the formula have no sites: local fields lack
    them.
    """
    return read_crystal(path, isotopes or {}, NOTHING_ADDED)


def read_crystal(path: Path | str, isotopes: Abundances, added: Added) -> Material:
    """Read a CIF as :func:`read_cif` does, with isotopes that are not in the table."""
    path = file_path("CIF", path)
    block = _block(path)
    try:
        return _material(path, block, isotopes, added)
    except InvalidInputError as problem:
        text = str(problem)
        raise InvalidInputError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def file_path(what: str, path: Path | str) -> Path:
    """Return the path; InvalidInputError, in one sentence, for what is none."""
    if not isinstance(path, Path | str):
        raise InvalidInputError("must be the name of a file", parameter=what, value=path)
    return Path(path)


def _block(path: Path) -> "gemmi.cif.Block":
    try:
        import gemmi
    except ImportError:
        raise InvalidInputError(
            "gemmi is needed to read a CIF",
            remedy="install it with: pip install 'coldspin[crystal]'",
        ) from None
    if not path.is_file():
        raise InvalidInputError(
            f"CIF {path} does not exist", remedy="check the name and the folder"
        )
    try:
        document = gemmi.cif.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, RuntimeError, OSError) as problem:
        raise InvalidInputError(
            f"{path} is not a valid CIF: {' '.join(str(problem).split())}"
        ) from None
    blocks = [block for block in document if _has(block, "_atom_site_fract_x")]
    if not blocks:
        raise InvalidInputError(f"{path} has no atoms: _atom_site_fract_x is missing")
    if len(blocks) > 1:
        raise InvalidInputError(f"{path} holds {len(blocks)} crystals", remedy="keep one in a file")
    return blocks[0]


def _material(path: Path, block: "gemmi.cif.Block", isotopes: Abundances, added: Added) -> Material:
    name = block.name or path.stem
    cell = _cell(block)
    symmetry = read_symmetry(block, np.array(cell))
    places = _places(block, symmetry, np.array(cell))
    elements = {element for _, composition in places for element in composition}
    check_abundances(isotopes, elements - {"2H"}, "it", added)
    sites = tuple(
        CrystalSite(place, site_occupants(composition, isotopes, added))
        for place, composition in places
    )
    crystal = Crystal(cell, tuple(site for site in sites if site.occupants))
    contents = compare_contents(block, places, crystal.volume)
    facts = (
        Fact("formula units in the cell [1]", contents.formula_units, "user", str(path)),
        Fact(
            "symmetry operations of the cell [1]",
            len(symmetry.rotations),
            "user",
            str(path),
            symmetry.origin,
        ),
        *_missing(path, name, contents, isotopes, added),
    )
    return Material(
        name=name,
        crystal=crystal,
        formula_volume=crystal.volume / contents.formula_units,
        hyperfine={},
        g_factors={},
        facts=facts,
    )


def _missing(
    path: Path, name: str, contents: Contents, abundances: Abundances, added: Added
) -> tuple[Fact, ...]:
    """Say, in a fact and a warning, which elements of the formula have no sites and what the local fields lack."""
    if not contents.missing:
        return ()
    atoms = ", ".join(f"{element} {number:g}" for element, number in contents.missing.items())
    isotopes: list[str] = []
    for element in contents.missing:
        occupants = site_occupants({"2H" if element == "D" else element: 1}, abundances, added)
        isotopes += [one.isotope for one in occupants]
    if isotopes:
        lack = f"B_L lacks the couplings of {', '.join(isotopes)} with each other and with the nuclei that have sites"
        message = (
            f"{path}: the formula {contents.formula!r} has elements without sites ({atoms} in the "
            f"cell): "
            f"{lack}, and is too small; add their positions"
        )
        warnings.warn(ValidityWarning(message), stacklevel=6)
    else:
        lack = "none of their isotopes has a spin: B_L lacks nothing"
    what = f"the share of {', '.join(contents.missing)} in the local field of {name} [T]"
    return (
        Fact(
            what,
            None,
            "none",
            str(path),
            f"they are in the formula, not among the sites ({atoms}); {lack}",
        ),
    )


def _cell(block: "gemmi.cif.Block") -> Cell:
    """Cell vectors [m] from lengths [angstrom] and angles [degrees]."""
    given = {tag: positive_number(block, tag) for tag in CELL}
    if missing := [tag for tag, value in given.items() if value is None]:
        raise InvalidInputError(
            f"the cell is incomplete, {', '.join(missing)} missing",
            remedy="give three lengths and angles",
        )
    numbers = [value for value in given.values() if value is not None]
    for tag, angle in zip(CELL[3:], numbers[3:], strict=True):
        if angle >= 180:
            raise InvalidInputError(
                f"{tag} must lie between 0 and 180 degrees, not {angle:g}", remedy="correct it"
            )
    return cell_from_parameters(
        [ANGSTROM * length for length in numbers[:3]], np.radians(numbers[3:]).tolist()
    )


def _places(block: "gemmi.cif.Block", symmetry: Symmetry, cell: NDArray[np.float64]) -> list[Place]:
    """Each place of the cell once, with the fractions of what stands there."""
    import gemmi

    _check_occupancies(block)
    places: list[Place] = []
    positions = np.empty((0, 3))
    for atom in gemmi.make_small_structure_from_block(block).sites:
        position = np.array(atom.fract.tolist())
        if not np.all(np.isfinite(position)):
            raise InvalidInputError(f"atom {atom.label} has no position")
        name = _element(atom)
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
                raise InvalidInputError(
                    f"atom {atom.label} stands {distances[nearest] / ANGSTROM:.2g} angstrom from "
                    f"another one",
                    remedy="keep one of the alternative positions",
                )
    return places


def _check_occupancies(block: "gemmi.cif.Block") -> None:
    """Refuse an occupancy that is no number; gemmi takes it as 1."""
    import gemmi

    for value in block.find_values("_atom_site_occupancy"):
        if value not in ("?", ".") and np.isnan(gemmi.cif.as_number(value)):
            raise InvalidInputError(
                f"_atom_site_occupancy {value} is no number", remedy="correct it"
            )


def _element(site: "gemmi.SmallStructure.Site") -> str:
    name = str(site.element.name)
    if name == "X":
        raise InvalidInputError(f"atom {site.label} is of the unknown element {site.type_symbol!r}")
    return "2H" if name == "D" else name


def _has(block: "gemmi.cif.Block", tag: str) -> bool:
    values: Any = block.find_values(tag)
    return any(value not in ("?", ".") for value in values)
