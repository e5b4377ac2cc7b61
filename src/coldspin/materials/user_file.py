"""Read a material from a TOML file."""

import re
from pathlib import Path
from typing import get_args

import numpy as np

from coldspin.arguments import half_integer, keywords_checked
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.materials.cif import check_path, read_crystal
from coldspin.materials.composition import Added, AddedIsotope, check_abundances, site_occupants
from coldspin.materials.records import (
    Carrier,
    Crystal,
    CrystalSite,
    Fact,
    IndirectCoupling,
    Material,
)
from coldspin.materials.structures import Cell, as_cell, cell_from_parameters
from coldspin.materials.user_tables import LATTICES, CrystalTable, IndirectTable, MaterialTables
from coldspin.quantities import (
    ANGLE,
    COUPLING,
    ENERGY,
    GYROMAGNETIC,
    LENGTH,
    nonzero_scalar,
    positive_scalar,
    scalar,
    si,
)
from coldspin.toml_files import read_toml, validate_tables
from coldspin.wording import nearest

_CARRIERS: tuple[Carrier, ...] = get_args(Carrier)


@keywords_checked
def read_material(path: Path | str) -> Material:
    """Read a material from a TOML file.

    `[crystal]` has a `lattice` of :data:`LATTICES` with its parameters, or `vectors`, with
    `formula_units` in the cell (1 when not given); each `[[site]]` a `position` in fractions of the
    cell vectors and a `composition`, per element or isotope; or `crystal.cif` names a CIF, from the
    folder of the file. `[isotopes.Si]` sets an isotopic composition, `[hyperfine.electron]`
    constants A, `[g_factor]` g, `[[indirect]]` couplings of neighbours. `[[isotope]]` adds an
    isotope that the library does not have, or replaces its values: `symbol`, `spin`, and the
    `gyromagnetic_ratio` of the bare nucleus. The mark of all these numbers is "user".

    Raises InvalidInputError: one sentence, with the file and the key.
    """
    path = check_path("material file", path)
    tables = validate_tables(MaterialTables, read_toml(path, "material file"), path)
    with locate_errors(f"{path}"):
        return _build_material(path, tables)


def _build_material(path: Path, tables: MaterialTables) -> Material:
    added = _read_added_isotopes(tables)
    crystal, formula_units, facts = _build_crystal(path, tables, added)
    present = sorted({occupant.isotope for site in crystal.sites for occupant in site.occupants})
    if not present:
        raise InvalidInputError("nothing in the crystal has a spin", place="site")
    hyperfine = {}
    g_factors = {}
    for carrier in _CARRIERS:
        constants = {}
        for isotope, energy in getattr(tables.hyperfine, carrier).items():
            _check_present(isotope, present, f"hyperfine.{carrier}")
            what = f"the {carrier} hyperfine constant of {isotope} [J]"
            value = scalar(f"hyperfine.{carrier}.{isotope}", energy, ENERGY)
            constants[isotope] = _fact(path, what, value)
        hyperfine[carrier] = constants
        g_factor = getattr(tables.g_factor, carrier)
        if g_factor is not None:
            value = nonzero_scalar(f"g_factor.{carrier}", g_factor)
            g_factors[carrier] = _fact(path, f"the {carrier} g-factor", value)
    ratios = [
        _fact(path, f"the gyromagnetic ratio of {symbol} [rad/s/T]", isotope.gyromagnetic_ratio)
        for symbol, isotope in added.items()
    ]
    return Material(
        name=tables.name,
        crystal=crystal,
        formula_volume=crystal.volume / formula_units,
        hyperfine=hyperfine,
        g_factors=g_factors,
        indirect=tuple(
            _build_coupling(path, f"indirect[{number}]", table, present)
            for number, table in enumerate(tables.indirect, start=1)
        ),
        facts=(*facts, *ratios),
    )


def _read_added_isotopes(tables: MaterialTables) -> Added:
    """Isotopes of the tables [[isotope]], by symbol."""
    added: dict[str, AddedIsotope] = {}
    for number, table in enumerate(tables.isotope, start=1):
        symbol = table.symbol
        with locate_errors(table=f"isotope[{number}]"):
            parts = re.fullmatch(r"([1-9][0-9]{0,2})[A-Z][a-z]?", symbol)
            if parts is None:
                raise InvalidInputError(
                    'must be mass number, then element, like "99Tc"',
                    parameter="symbol",
                    value=symbol,
                )
            if symbol in added:
                raise InvalidInputError(
                    f"{symbol!r} stands in the file twice", parameter="symbol", remedy="keep one"
                )
            spin = float(half_integer("spin", table.spin))
            odd = int(parts[1]) % 2
            if (2 * spin) % 2 != odd:
                kind = "half of an odd number" if odd else "whole"
                raise InvalidInputError(
                    f"of {symbol} must be {kind}",
                    parameter="spin",
                    value=spin,
                    remedy="it goes with the mass number",
                )
            ratio = nonzero_scalar("gyromagnetic_ratio", table.gyromagnetic_ratio, GYROMAGNETIC)
            added[symbol] = AddedIsotope(spin, ratio)
    return added


def _build_crystal(
    path: Path, tables: MaterialTables, added: Added
) -> tuple[Crystal, int, tuple[Fact, ...]]:
    """Crystal, the formula units in its cell, and what a CIF says beside them."""
    table = tables.crystal
    if table.cif is not None:
        keys = ("lattice", "vectors", *LATTICES["triclinic"])
        others = [f"crystal.{key}" for key in keys if getattr(table, key) is not None]
        if tables.site:
            others.append("site")
        if others:
            raise InvalidInputError(
                "has the cell and the sites",
                parameter="crystal.cif",
                remedy=f"leave {others[0]} out",
            )
        material = read_crystal(path.parent / table.cif, tables.isotopes, added)
        crystal = material.crystal
        formula_units = table.formula_units or round(crystal.volume / material.formula_volume)
        return crystal, formula_units, material.facts[1:]
    with locate_errors(table="crystal"):
        cell = _build_cell(table)
    return Crystal(cell, _build_sites(tables, added)), table.formula_units or 1, ()


def _build_sites(tables: MaterialTables, added: Added) -> tuple[CrystalSite, ...]:
    if not tables.site:
        raise InvalidInputError(
            "is missing",
            parameter="site",
            remedy="give at least one [[site]] with position and composition",
        )
    # Compositions are checked before abundances, so that a misspelt element is reported where it
    # stands. Abundances of elements that the file adds are needed for that already.
    foreign = {
        element: shares
        for element, shares in tables.isotopes.items()
        if shares and set(shares) <= set(added)
    }
    elements: set[str] = set()
    for number, table in enumerate(tables.site, start=1):
        with locate_errors(f"site[{number}].composition"):
            site_occupants(table.composition, foreign, added)
        elements.update(name for name in table.composition if not name[:1].isdigit())
    with locate_errors("isotopes"):
        check_abundances(tables.isotopes, elements, "the crystal", added)
    sites: list[CrystalSite] = []
    places: list[tuple[float, ...]] = []
    for number, table in enumerate(tables.site, start=1):
        x, y, z = (scalar(f"site[{number}].position", value) for value in table.position)
        # Equal but for lattice vectors and rounding; 0.9999999 is rounded to 1 and wrapped to 0.
        place = tuple(np.round(np.array([x, y, z]) % 1, 6) % 1)
        if place in places:
            raise InvalidInputError(
                f"is that of site[{places.index(place) + 1}]",
                parameter=f"site[{number}].position",
                remedy="join their compositions",
            )
        places.append(place)
        with locate_errors(f"site[{number}].composition"):
            occupants = site_occupants(table.composition, tables.isotopes, added)
        sites.append(CrystalSite((x, y, z), occupants))
    return tuple(sites)


def _build_cell(table: CrystalTable) -> Cell:
    if table.vectors is not None:
        if table.lattice is not None:
            raise InvalidInputError("has both lattice and vectors", remedy="give one")
        if len(table.vectors) != 3 or any(len(row) != 3 for row in table.vectors):
            raise InvalidInputError("must be three rows of three lengths", parameter="vectors")
        rows = [[scalar("vectors", entry, LENGTH) for entry in row] for row in table.vectors]
        with locate_errors("vectors"):
            return as_cell(rows)
    lattice = table.lattice
    if lattice is None:
        raise InvalidInputError(
            "is missing",
            parameter="lattice",
            remedy=f"give one of {', '.join(LATTICES)}, or vectors, or cif",
        )
    if lattice not in LATTICES:
        raise InvalidInputError(
            f"= {lattice!r} is unknown", parameter="lattice", remedy=nearest(lattice, LATTICES)
        )
    needed = LATTICES[lattice]
    for key in LATTICES["triclinic"]:
        present = getattr(table, key) is not None
        if present != (key in needed):
            rule = "does not belong there" if present else "is missing"
            raise InvalidInputError(
                f"{rule}: a {lattice} lattice has {', '.join(needed)}", parameter=key
            )
    # The lattice fixes what is not given: equal lengths and right angles, but for the cases below.
    lengths = {"a": 1.0, "b": 1.0, "c": 1.0}
    angles = {"alpha": np.pi / 2, "beta": np.pi / 2, "gamma": np.pi / 2}
    for key in needed:
        if key in lengths:
            lengths[key] = positive_scalar(key, getattr(table, key), LENGTH)
        else:
            angles[key] = float(si(key, getattr(table, key), ANGLE))
    a, b, c = lengths.values()
    match lattice:
        case "fcc":
            return as_cell(a / 2 * (1 - np.eye(3)))
        case "bcc":
            return as_cell(a / 2 * (1 - 2 * np.eye(3)))
        case "cubic":
            b = a
            c = a
        case "tetragonal":
            b = a
        case "hexagonal":
            b = a
            angles["gamma"] = 2 * np.pi / 3
    return cell_from_parameters((a, b, c), tuple(angles.values()))


def _build_coupling(
    path: Path, place: str, table: IndirectTable, present: list[str]
) -> IndirectCoupling:
    for isotope in table.isotopes:
        _check_present(isotope, present, f"{place}.isotopes")
    first, second = table.isotopes
    facts = []
    for key in ("scalar", "pseudo_dipolar"):
        what = f"the {key.replace('_', '-')} coupling of {first} and {second} [rad/s]"
        value = scalar(f"{place}.{key}", getattr(table, key), COUPLING)
        facts.append(_fact(path, what, value))
    return IndirectCoupling((first, second), *facts)


def _fact(path: Path, what: str, value: float) -> Fact:
    return Fact(what, value, "user", str(path))


def _check_present(isotope: str, present: list[str], place: str) -> None:
    if isotope not in present:
        raise InvalidInputError(
            f"the crystal has no isotope {isotope!r}",
            remedy=nearest(isotope, present),
            place=place,
        )
