"""An electron and up to some twenty nuclei in full: state vectors, no assumption but high temperature."""

from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.correlators import averaged_spin_correlator, spin_correlator
from coldspin.heating.manybody.dipoles import dipole_tensors
from coldspin.heating.manybody.energies import Energies, averaged_energies, energies
from coldspin.heating.manybody.evolution import Bounds, decaying_average, evolve, spectrum_bounds
from coldspin.heating.manybody.heat import Heat, heat, heat_at, heating_coefficient
from coldspin.heating.manybody.normalisation import torque_square
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.traces import Enumeration, Typical
from coldspin.heating.manybody.vectors import Operator

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
