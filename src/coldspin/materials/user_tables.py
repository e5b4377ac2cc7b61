"""The tables of a material file."""

from typing import Annotated

from pydantic import Field

from coldspin.toml_files import (
    Angle,
    Coupling,
    Energy,
    Gyromagnetic,
    Length,
    Number,
    Table,
    Text,
)

LATTICES: dict[str, tuple[str, ...]] = {
    "cubic": ("a",),
    "fcc": ("a",),
    "bcc": ("a",),
    "tetragonal": ("a", "c"),
    "hexagonal": ("a", "c"),
    "orthorhombic": ("a", "b", "c"),
    "monoclinic": ("a", "b", "c", "beta"),
    "triclinic": ("a", "b", "c", "alpha", "beta", "gamma"),
}
"""Which parameters each lattice takes; fcc and bcc are the primitive cells of the cube a."""


class CrystalTable(Table):
    """The cell: a lattice with its parameters, three vectors, or a CIF, which has the sites too."""

    lattice: Text | None = None
    a: Length | None = None
    b: Length | None = None
    c: Length | None = None
    alpha: Angle | None = None
    beta: Angle | None = None
    gamma: Angle | None = None
    vectors: list[list[Length]] | None = None
    cif: Text | None = None
    formula_units: Annotated[int, Field(strict=True, ge=1)] | None = None


class CrystalSiteTable(Table):
    """A position in the cell, and the elements or isotopes on it with their fractions."""

    position: Annotated[list[Number], Field(min_length=3, max_length=3)]
    composition: dict[str, Number]


class IsotopeTable(Table):
    """An isotope that the library lacks, or other values of one: I, and γ of the bare nucleus."""

    symbol: Text
    spin: Number
    gyromagnetic_ratio: Gyromagnetic


class HyperfineTable(Table):
    """Hyperfine constants of isotopes, per carrier."""

    electron: dict[str, Energy] = Field(default_factory=dict)
    hole: dict[str, Energy] = Field(default_factory=dict)


class CarrierTable(Table):
    """g-factors."""

    electron: Number | None = None
    hole: Number | None = None


class IndirectTable(Table):
    """Indirect couplings of a pair of nearest neighbours, as angular frequencies."""

    isotopes: Annotated[list[Text], Field(min_length=2, max_length=2)]
    scalar: Coupling = "0 rad/s"
    pseudo_dipolar: Coupling = "0 rad/s"


class MaterialTables(Table):
    """A material file."""

    name: Text
    crystal: CrystalTable
    site: tuple[CrystalSiteTable, ...] = ()
    isotope: tuple[IsotopeTable, ...] = ()
    isotopes: dict[str, dict[str, Number]] = Field(default_factory=dict)
    hyperfine: HyperfineTable = HyperfineTable()
    g_factor: CarrierTable = CarrierTable()
    indirect: tuple[IndirectTable, ...] = ()
