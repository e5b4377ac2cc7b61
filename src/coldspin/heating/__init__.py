"""The heating coefficient Φ of the nuclear spin-spin reservoir, by several methods with one interface."""

from coldspin.heating.closed_form import (
    ClosedForm,
    SmallAngle,
    high_field_heating,
    saturated_heating,
    slow_heating,
)
from coldspin.heating.method import Method, SmoothMethod
from coldspin.heating.multiplets import BalancedLattice, Geometry, Multiplets, Quadrupole, SinglePair

__all__ = [
    "BalancedLattice",
    "ClosedForm",
    "Geometry",
    "Method",
    "Multiplets",
    "Quadrupole",
    "SinglePair",
    "SmallAngle",
    "SmoothMethod",
    "high_field_heating",
    "saturated_heating",
    "slow_heating",
]
