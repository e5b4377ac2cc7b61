"""An electron and up to some twenty nuclei in full: state vectors, no assumption but high temperature."""

from coldspin.heating.manybody.evolution import Bounds, decaying_average, evolve, spectrum_bounds
from coldspin.heating.manybody.heat import (
    Heat,
    heat,
    heat_at,
    heating_coefficient,
    torque_square,
)
from coldspin.heating.manybody.observables import (
    Energies,
    averaged_energies,
    averaged_spin_correlator,
    energies,
    spin_correlator,
)
from coldspin.heating.manybody.operators import operator
from coldspin.heating.manybody.states import Enumeration, Operator, Typical
from coldspin.heating.manybody.system import SpinSystem, dipole_tensors

__all__ = [
    "Bounds",
    "Energies",
    "Enumeration",
    "Heat",
    "Operator",
    "SpinSystem",
    "Typical",
    "averaged_energies",
    "averaged_spin_correlator",
    "decaying_average",
    "dipole_tensors",
    "energies",
    "evolve",
    "heat",
    "heat_at",
    "heating_coefficient",
    "operator",
    "spectrum_bounds",
    "spin_correlator",
    "torque_square",
]
