"""A user's own material from a TOML file; an error says where in the file it stands."""

import difflib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from coldspin.arguments import half_integer, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.materials.cif import file_path, read_crystal
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
from coldspin.materials.user_tables import (
    LATTICES,
    CarrierTable,
    CrystalTable,
    HyperfineTable,
    IndirectTable,
    MaterialTables,
    SiteTable,
    read_tables,
)
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

T = TypeVar("T")


@keywords_checked
def read_material(path: Path | str) -> Material:
    """Read a material from a TOML file; InvalidInputError says in one sentence what is wrong, and where in the file.

    `[crystal]` has a `lattice` of :data:`LATTICES` with its parameters, or `vectors`, with
    `formula_units` in the cell (1 when not given); each `[[site]]` a `position` in fractions of the
    cell vectors and a `composition`, per element or isotope; or `crystal.cif` names a CIF, from the
    folder of the file. `[isotopes.Si]` sets an isotopic composition, `[hyperfine.electron]`
    constants A, `[g_factor]` g, `[[indirect]]` couplings of neighbours. `[[isotope]]` adds an
    isotope that the library does not have, or replaces its values: `symbol`, `spin`, and the
    `gyromagnetic_ratio` of the bare nucleus. The mark of all these numbers is "user".
    """
    path = file_path("material file", path)
    tables = read_tables(path)
    try:
        return _material(path, tables)
    except InvalidInputError as problem:
        text = str(problem)
        raise InvalidInputError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _material(path: Path, tables: MaterialTables) -> Material:
    added = _added(tables)
    crystal, units, facts = _crystal(path, tables, added)
    present = {occupant.isotope for site in crystal.sites for occupant in site.occupants}
    if not present:
        raise InvalidInputError("site: nothing in the crystal has a spin")
    return Material(
        name=tables.name,
        crystal=crystal,
        formula_volume=crystal.volume / units,
        hyperfine={
            carrier: {
                isotope: _fact(
                    path,
                    f"the {carrier} hyperfine constant of "
                    f"{_present(isotope, present, f'hyperfine.{carrier}')} [J]",
                    scalar(f"hyperfine.{carrier}.{isotope}", value, ENERGY),
                )
                for isotope, value in constants.items()
            }
            for carrier, constants in _by_carrier(tables.hyperfine)
        },
        g_factors={
            carrier: _fact(
                path, f"the {carrier} g-factor", nonzero_scalar(f"g_factor.{carrier}", g)
            )
            for carrier, g in _by_carrier(tables.g_factor)
            if g is not None
        },
        indirect=tuple(
            _coupling(path, i, table, present) for i, table in enumerate(tables.indirect)
        ),
        facts=(
            *facts,
            *(
                _fact(path, f"the gyromagnetic ratio of {symbol} [rad/s/T]", one.gyromagnetic_ratio)
                for symbol, one in added.items()
            ),
        ),
    )


def _added(tables: MaterialTables) -> Added:
    """Isotopes of the file by symbol."""
    added: dict[str, AddedIsotope] = {}
    for i, table in enumerate(tables.isotope, start=1):
        symbol, place = table.symbol, f"isotope[{i}]"
        parts = re.fullmatch(r"([1-9][0-9]{0,2})[A-Z][a-z]?", symbol)
        if parts is None:
            raise InvalidInputError(
                f'{place}.symbol must be mass number, then element, like "99Tc", not {symbol!r}'
            )
        if symbol in added:
            raise InvalidInputError(
                f"{place}.symbol: {symbol} stands in the file twice", remedy="keep one"
            )
        spin = float(half_integer(f"{place}.spin", table.spin))
        if (2 * spin) % 2 != int(parts[1]) % 2:
            kind = "half of an odd number" if int(parts[1]) % 2 else "whole"
            raise InvalidInputError(
                f"{place}.spin of {symbol} must be {kind}, not {spin:g}: it goes with the mass "
                f"number"
            )
        ratio = nonzero_scalar(
            f"{place}.gyromagnetic_ratio", table.gyromagnetic_ratio, GYROMAGNETIC
        )
        added[symbol] = AddedIsotope(spin, ratio)
    return added


def _crystal(
    path: Path, tables: MaterialTables, added: Added
) -> tuple[Crystal, int, tuple[Fact, ...]]:
    """Crystal, the formula units in its cell, and what a CIF says beside them."""
    table = tables.crystal
    if table.cif is not None:
        extra = [
            key
            for key in ("lattice", "vectors", *LATTICES["triclinic"])
            if getattr(table, key) is not None
        ]
        if extra or tables.site:
            other = f"crystal.{extra[0]}" if extra else "site"
            raise InvalidInputError(
                "has the cell and the sites", parameter="crystal.cif", remedy=f"leave {other} out"
            )
        read = read_crystal(path.parent / table.cif, tables.isotopes, added)
        units = table.formula_units or round(read.crystal.volume / read.formula_volume)
        return read.crystal, units, read.facts[1:]
    cell = _cell(table)
    if not tables.site:
        raise InvalidInputError(
            "site is missing", remedy="give at least one [[site]] with position and composition"
        )
    foreign = {
        element: shares
        for element, shares in tables.isotopes.items()
        if shares and set(shares) <= set(added)
    }
    for i, site in enumerate(tables.site):
        _at(f"site[{i + 1}].composition", partial(site_occupants, site.composition, foreign, added))
    elements = {name for site in tables.site for name in site.composition if not name[:1].isdigit()}
    _at("isotopes", lambda: check_abundances(tables.isotopes, elements, "the crystal", added))
    sites = tuple(_site(i, site, tables, added) for i, site in enumerate(tables.site))
    places = [tuple(np.round(np.array(site.position) % 1, 6) % 1) for site in sites]
    for i, place in enumerate(places):
        if place in places[:i]:
            raise InvalidInputError(
                f"site[{i + 1}].position is that of site[{places.index(place) + 1}]",
                remedy="join their compositions",
            )
    return Crystal(cell, sites), table.formula_units or 1, ()


def _site(number: int, table: SiteTable, tables: MaterialTables, added: Added) -> CrystalSite:
    x, y, z = (scalar(f"site[{number + 1}].position", value) for value in table.position)
    occupants = _at(
        f"site[{number + 1}].composition",
        lambda: site_occupants(table.composition, tables.isotopes, added),
    )
    return CrystalSite((x, y, z), occupants)


def _cell(table: CrystalTable) -> Cell:
    if table.vectors is not None:
        if table.lattice is not None:
            raise InvalidInputError("crystal has both lattice and vectors", remedy="give one")
        if len(table.vectors) != 3 or any(len(row) != 3 for row in table.vectors):
            raise InvalidInputError(
                "must be three rows of three lengths", parameter="crystal.vectors"
            )
        rows = [
            [scalar("crystal.vectors", entry, LENGTH) for entry in row] for row in table.vectors
        ]
        return _at("crystal.vectors", lambda: as_cell(rows))
    if table.lattice is None:
        raise InvalidInputError(
            "is missing",
            parameter="crystal.lattice",
            remedy=f"give one of {', '.join(LATTICES)}, or vectors, or cif",
        )
    if table.lattice not in LATTICES:
        near = difflib.get_close_matches(table.lattice.lower(), LATTICES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(LATTICES)}"
        raise InvalidInputError(f"crystal.lattice = {table.lattice!r} is unknown", remedy=f"{hint}")
    needed = LATTICES[table.lattice]
    for key in LATTICES["triclinic"]:
        if (getattr(table, key) is None) == (key in needed):
            fault = "is missing" if key in needed else "does not belong there"
            raise InvalidInputError(
                f"crystal.{key} {fault}: a {table.lattice} lattice has {', '.join(needed)}"
            )
    return _from_parameters(table)


def _from_parameters(table: CrystalTable) -> Cell:
    a, b, c = (
        1.0 if value is None else positive_scalar(f"crystal.{key}", value, LENGTH)
        for key, value in (("a", table.a), ("b", table.b), ("c", table.c))
    )
    right = np.pi / 2
    alpha, beta, gamma = (
        right if value is None else float(si(f"crystal.{key}", value, ANGLE))
        for key, value in (("alpha", table.alpha), ("beta", table.beta), ("gamma", table.gamma))
    )
    match table.lattice:
        case "fcc":
            return as_cell(a / 2 * (1 - np.eye(3)))
        case "bcc":
            return as_cell(a / 2 * (1 - 2 * np.eye(3)))
        case "cubic":
            b = c = a
        case "tetragonal":
            b = a
        case "hexagonal":
            b, gamma = a, 2 * np.pi / 3
    return _at("crystal", lambda: cell_from_parameters((a, b, c), (alpha, beta, gamma)))


def _coupling(path: Path, number: int, table: IndirectTable, present: set[str]) -> IndirectCoupling:
    first, second = (
        _present(isotope, present, f"indirect[{number + 1}].isotopes") for isotope in table.isotopes
    )
    values = {
        key: _fact(
            path,
            f"the {key.replace('_', '-')} coupling of {first} and {second} [rad/s]",
            scalar(f"indirect[{number + 1}].{key}", getattr(table, key), COUPLING),
        )
        for key in ("scalar", "pseudo_dipolar")
    }
    return IndirectCoupling((first, second), values["scalar"], values["pseudo_dipolar"])


def _fact(path: Path, what: str, value: float) -> Fact:
    return Fact(what, value, "user", str(path))


def _by_carrier(table: HyperfineTable | CarrierTable) -> list[tuple[Carrier, Any]]:
    carriers: tuple[Literal["electron"], Literal["hole"]] = ("electron", "hole")
    return [(carrier, getattr(table, carrier)) for carrier in carriers]


def _present(isotope: str, present: set[str], place: str) -> str:
    if isotope not in present:
        near = difflib.get_close_matches(isotope, sorted(present), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(present))}"
        raise InvalidInputError(
            f"the crystal has no isotope {isotope!r}", remedy=f"{hint}", place=f"{place}"
        )
    return isotope


def _at(place: str, make: Callable[[], T]) -> T:
    """Do something; its error is that of a place in the file."""
    try:
        return make()
    except InvalidInputError as problem:
        raise InvalidInputError(f"{problem}", place=f"{place}") from None
