"""Φ and 1/T1e exact at any number of nuclei: multiplets of the total nuclear spin, 2×2 blocks, weights W(J, J')."""

from coldspin.heating.multiplets.couplings import (
    BalancedLattice,
    Couplings,
    Geometry,
    Quadrupole,
    SinglePair,
)
from coldspin.heating.multiplets.engine import Multiplets

__all__ = ["BalancedLattice", "Couplings", "Geometry", "Multiplets", "Quadrupole", "SinglePair"]
