"""Fundamental constants in SI: ħ and k_B are exact by definition, µ_B is CODATA 2022 (relative uncertainty 3e-10)."""

HBAR = 1.054571817646156e-34  # J s
BOLTZMANN = 1.380649e-23  # J/K
ELEMENTARY_CHARGE = 1.602176634e-19  # C, exact
BOHR_MAGNETON = 9.2740100657e-24  # J/T
