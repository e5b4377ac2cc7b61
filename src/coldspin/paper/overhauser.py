"""Averages over the Overhauser field (S23) by plain quadrature, to check closed forms."""

from typing import Any

import numpy as np

from coldspin.arguments import Array
from coldspin.precession import overhauser_density

_REACH = 4.6  # e^{−2r²} is 4e-19 there
_PANEL = 0.1  # resolves Lorentzians of width 1/k for k up to about 10
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def vectors_and_weights() -> tuple[Array, Array]:
    """Ω_N T2e* as (r, 0, z) and the probability of each node, for axial integrands."""
    r, r_weight = _panels(0.0, _REACH)
    z, z_weight = _panels(-_REACH, _REACH)
    vectors = np.stack(np.broadcast_arrays(r[:, None], 0.0, z[None, :]), axis=-1)
    volume = 2 * np.pi * (r * r_weight)[:, None] * z_weight[None, :]
    return vectors, volume * overhauser_density(vectors, 1.0)


def precession_squares(vectors: Array, b: float) -> tuple[Array, Array]:
    """Ω_{e,⊥}² and Ω_e² in units of 1/T2e*² in the field b = Ω_B T2e*."""
    transverse = vectors[..., 0] ** 2 + vectors[..., 1] ** 2
    return transverse, transverse + (vectors[..., 2] + b) ** 2


def _panels(low: float, high: float) -> tuple[Any, Any]:
    edges = np.linspace(low, high, 1 + round((high - low) / _PANEL))
    half = np.diff(edges)[:, None] / 2
    middle = (edges[1:, None] + edges[:-1, None]) / 2
    return (middle + half * _NODES).ravel(), (half * _WEIGHTS).ravel()
