"""Φ for nuclei with unequal hyperfine couplings: classes of them, moved in time, averaged over samples."""

from coldspin.heating.trajectories.engine import Trajectories
from coldspin.heating.trajectories.profiles import (
    CouplingList,
    ExponentialProfile,
    GaussianProfile,
    Profile,
    UniformProfile,
)

__all__ = [
    "CouplingList",
    "ExponentialProfile",
    "GaussianProfile",
    "Profile",
    "Trajectories",
    "UniformProfile",
]
