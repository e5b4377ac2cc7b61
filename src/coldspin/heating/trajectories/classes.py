"""Few Knight frequencies for many nuclei: Gauss quadrature of the distribution of couplings."""

import numpy as np
from scipy.linalg import eigh_tridiagonal

from coldspin.arguments import Array

_BINS = 16384
_BREAKDOWN = 1e-12


def knight_classes(coupling: Array, share: Array, count: int) -> tuple[Array, Array]:
    r"""At most `count` classes with the same moments Σ share·cⁿ, n < 2·count, as all the couplings.

    Polynomials p, q of degree < `count` then have the covariance Σ share·p(c)q(c) of the Gaussian
    fields Σ_j p(c_j)r_j and Σ_j q(c_j)r_j exactly: the Overhauser field cannot tell the classes
    from the nuclei while exp(icωt) is such a polynomial. Lanczos with the couplings as matrix;
    beyond 16384 couplings, neighbors are merged first.
    """
    if coupling.size > _BINS:
        coupling, share = _merged(coupling, share)
    if coupling.size <= count:
        return coupling, share
    diagonal, beside = _lanczos(coupling, share, count)
    nodes, vectors = eigh_tridiagonal(diagonal, beside)
    weights = vectors[0] ** 2
    kept = (weights > 0) & (nodes > 0)
    return nodes[kept], weights[kept] / weights[kept].sum()


def _lanczos(coupling: Array, share: Array, count: int) -> tuple[Array, Array]:
    """Jacobi matrix of the distribution, orthogonalized in full."""
    basis = np.zeros((count, coupling.size))
    diagonal, beside = np.zeros(count), np.zeros(count)
    vector = np.sqrt(share / share.sum())
    for i in range(count):
        basis[i] = vector
        diagonal[i] = np.sum(coupling * vector**2)
        vector = coupling * vector
        for _ in range(2):
            vector = vector - basis[: i + 1].T @ (basis[: i + 1] @ vector)
        beside[i] = np.linalg.norm(vector)
        if beside[i] < _BREAKDOWN * coupling.max():
            return diagonal[: i + 1], beside[:i]
        vector = vector / beside[i]
    return diagonal, beside[:-1]


def _merged(coupling: Array, share: Array) -> tuple[Array, Array]:
    """Bins of equal width, each with the mean coupling of its own."""
    place = np.minimum((coupling / coupling.max() * _BINS).astype(np.int64), _BINS - 1)
    weight = np.bincount(place, share, _BINS).astype(np.float64)
    mean = np.bincount(place, share * coupling, _BINS).astype(np.float64)
    filled = weight > 0
    return mean[filled] / weight[filled], weight[filled]
