"""Matrices of one spin."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.complex128]


def spin_matrices(spin: float) -> Any:
    """I_x, I_y, I_z of a spin I, as an array 3 × (2I+1) × (2I+1), m falling from I to −I."""
    m = np.arange(spin, -spin - 0.5, -1)
    up = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1)
    return np.array([(up + up.T) / 2, (up - up.T) / 2j, np.diag(m)], dtype=np.complex128)
