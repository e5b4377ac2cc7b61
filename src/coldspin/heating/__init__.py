"""The heating coefficient Φ of the nuclear spin-spin reservoir, by several methods with one interface.

The exact engine stands on Numba, which takes half a second to load: its names are loaded when they
are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coldspin.heating.box_rotation import (
    half_angle_cosine,
    precession_about_field,
    rotating_box_heating,
    rotation_energy,
    strong_field_energy,
)
from coldspin.heating.closed_form import (
    ClosedForm,
    SmallAngle,
    high_field_heating,
    saturated_heating,
    slow_heating,
    slow_heating_slope,
)
from coldspin.heating.method import Estimate, Estimates, Method
from coldspin.heating.semiclassical import Semiclassical
from coldspin.heating.trajectories import (
    CouplingList,
    ExponentialProfile,
    GaussianProfile,
    Trajectories,
    UniformProfile,
)

if TYPE_CHECKING:
    from coldspin.heating.automatic import Automatic
    from coldspin.heating.multiplets import (
        BalancedLattice,
        Geometry,
        Multiplets,
        Quadrupole,
        SinglePair,
    )

__all__ = [
    "Automatic",
    "BalancedLattice",
    "ClosedForm",
    "CouplingList",
    "Estimate",
    "Estimates",
    "ExponentialProfile",
    "GaussianProfile",
    "Geometry",
    "Method",
    "Multiplets",
    "Quadrupole",
    "Semiclassical",
    "SinglePair",
    "SmallAngle",
    "Trajectories",
    "UniformProfile",
    "half_angle_cosine",
    "high_field_heating",
    "precession_about_field",
    "rotating_box_heating",
    "rotation_energy",
    "saturated_heating",
    "slow_heating",
    "slow_heating_slope",
    "strong_field_energy",
]

_COMPILED = ("BalancedLattice", "Geometry", "Multiplets", "Quadrupole", "SinglePair")


def __getattr__(name: str) -> Any:
    """Load the exact engine, and what builds on it, on first use."""
    if name in _COMPILED:
        return getattr(import_module("coldspin.heating.multiplets"), name)
    if name == "Automatic":
        return import_module("coldspin.heating.automatic").Automatic
    raise AttributeError(f"module 'coldspin.heating' has no attribute {name!r}")
