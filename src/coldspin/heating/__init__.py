"""The heating coefficient Φ of the nuclear spin-spin reservoir, by several methods with one interface."""

from coldspin.heating.closed_form import (
    ClosedForm,
    SmallAngle,
    high_field_heating,
    saturated_heating,
    slow_heating,
)
from coldspin.heating.method import Method, SmoothMethod

__all__ = [
    "ClosedForm",
    "Method",
    "SmallAngle",
    "SmoothMethod",
    "high_field_heating",
    "saturated_heating",
    "slow_heating",
]
