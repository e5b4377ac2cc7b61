"""Fundamental constants in SI.

ħ, k_B and e are exact by definition. The others are CODATA 2022, with relative uncertainties of
3e-10 (µ_B, µ_N), 2e-10 (µ_0) and 3e-10 (u).
"""

HBAR = 1.054571817646156e-34  # J s
BOLTZMANN = 1.380649e-23  # J/K
ELEMENTARY_CHARGE = 1.602176634e-19  # C
MICROELECTRONVOLT = 1.602176634e-25  # J
BOHR_MAGNETON = 9.2740100657e-24  # J/T
NUCLEAR_MAGNETON = 5.0507837393e-27  # J/T
MAGNETIC_CONSTANT = 1.25663706127e-6  # N/A²
ATOMIC_MASS = 1.66053906892e-27  # kg
