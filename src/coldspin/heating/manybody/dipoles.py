"""Dipole-dipole tensors of nuclei at given places."""

import math

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite
from coldspin.constants import HBAR, MAGNETIC_CONSTANT
from coldspin.exceptions import InvalidInputError


def dipole_tensors(positions: ArrayLike, gyromagnetic_ratios: ArrayLike) -> Array:
    r"""D_ij of Σ_{i<j} I_i·D_ij·I_j between magnetic moments, in rad/s.

    .. math:: D_{ij} = \frac{\mu_0\hbar\gamma_i\gamma_j}{4\pi r_{ij}^3}\,(1 - 3\,n_{ij}n_{ij}^T)

    with n = r/|r|. `positions` [m] is N × 3, `gyromagnetic_ratios` [rad s⁻¹ T⁻¹] N numbers or one
    for all. Result N × N × 3 × 3, symmetric both ways, 0 for i = j. Raises InvalidInputError where
    two positions coincide (to 1e-9 of the largest distance).
    """
    places = finite("positions", positions)
    if places.ndim != 2 or places.shape[1] != 3:
        raise InvalidInputError(
            f"positions must be N rows of x, y, z, not an array of shape {places.shape}"
        )
    ratios = finite("gyromagnetic_ratios", gyromagnetic_ratios)
    if ratios.shape not in ((), (len(places),)):
        raise InvalidInputError(
            f"must be one or {len(places)} numbers, not of shape {ratios.shape}",
            parameter="gyromagnetic_ratios",
        )
    apart = places[:, None] - places[None, :]
    distance = np.linalg.norm(apart, axis=2)
    closest = 1e-9 * np.max(distance, initial=0.0)
    np.fill_diagonal(distance, math.inf)
    if np.any(distance <= closest):
        i, j = np.argwhere(distance <= closest)[0]
        raise InvalidInputError(
            f"positions must differ from each other, but rows {i} and {j} coincide"
        )
    ratios = np.broadcast_to(ratios, len(places))
    strength = (
        MAGNETIC_CONSTANT * HBAR / (4 * math.pi) * ratios[:, None] * ratios[None, :] / distance**3
    )
    unit = apart / distance[..., None]
    tensors: Array = strength[..., None, None] * (
        np.eye(3) - 3 * unit[..., :, None] * unit[..., None, :]
    )
    return tensors
