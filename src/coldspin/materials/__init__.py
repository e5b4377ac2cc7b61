"""Isotopes, crystals and their constants, with the source of each number; local fields from lattice sums.

Names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldspin.materials.catalogue import material
    from coldspin.materials.cif import read_cif
    from coldspin.materials.envelopes import Box, Donor, GaussianDot, HardWallBox, Lens
    from coldspin.materials.isotopes import Isotope, isotope, isotopes_of
    from coldspin.materials.records import (
        Crystal,
        CrystalSite,
        Fact,
        IndirectCoupling,
        Material,
        Occupant,
    )
    from coldspin.materials.spin_spin_fields import LocalFields, local_fields
    from coldspin.materials.user_file import read_material
    from coldspin.materials.van_vleck import second_moments

_HOMES = {
    "cif": ("read_cif",),
    "envelopes": ("Box", "Donor", "GaussianDot", "HardWallBox", "Lens"),
    "isotopes": ("Isotope", "isotope", "isotopes_of"),
    "catalogue": ("material",),
    "spin_spin_fields": ("LocalFields", "local_fields"),
    "records": ("Crystal", "CrystalSite", "Fact", "IndirectCoupling", "Material", "Occupant"),
    "van_vleck": ("second_moments",),
    "user_file": ("read_material",),
}

__all__ = [
    "Box",
    "Crystal",
    "CrystalSite",
    "Donor",
    "Fact",
    "GaussianDot",
    "HardWallBox",
    "IndirectCoupling",
    "Isotope",
    "Lens",
    "LocalFields",
    "Material",
    "Occupant",
    "isotope",
    "isotopes_of",
    "local_fields",
    "material",
    "read_cif",
    "read_material",
    "second_moments",
]


def __getattr__(name: str) -> Any:
    """Load a name from the module that has it."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'coldspin.materials' has no attribute {name!r}")
    return getattr(import_module(f"coldspin.materials.{home}"), name)
