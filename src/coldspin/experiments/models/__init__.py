"""Models of measured curves: frozen values, called with a field or a time."""

from coldspin.experiments.models.cooling_curve import ClassicalCooling, CoolingCurve
from coldspin.experiments.models.dark_rate import ClassicalDarkRate, DarkRate
from coldspin.experiments.models.decay import Decay
from coldspin.experiments.models.model import Axis, Model, Parameter
from coldspin.experiments.models.optical import (
    ClassicalHanle,
    ClassicalRecovery,
    HanleCurve,
    PolarizationRecovery,
)
from coldspin.experiments.models.optimal_field import ClassicalOptimalField, OptimalField

__all__ = [
    "Axis",
    "ClassicalCooling",
    "ClassicalDarkRate",
    "ClassicalHanle",
    "ClassicalOptimalField",
    "ClassicalRecovery",
    "CoolingCurve",
    "DarkRate",
    "Decay",
    "HanleCurve",
    "Model",
    "OptimalField",
    "Parameter",
    "PolarizationRecovery",
]
