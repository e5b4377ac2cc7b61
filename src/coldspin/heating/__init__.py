"""The heating coefficient Φ of the nuclear spin-spin reservoir, by several methods with one interface."""

from coldspin.heating.box_rotation import half_angle_cosine, rotating_box_heating, rotation_energy
from coldspin.heating.closed_form import (
    ClosedForm,
    SmallAngle,
    high_field_heating,
    saturated_heating,
    slow_heating,
)
from coldspin.heating.method import Method, SmoothMethod
from coldspin.heating.semiclassical import Semiclassical

__all__ = [
    "ClosedForm",
    "Method",
    "Semiclassical",
    "SmallAngle",
    "SmoothMethod",
    "half_angle_cosine",
    "high_field_heating",
    "rotating_box_heating",
    "rotation_energy",
    "saturated_heating",
    "slow_heating",
]
