"""Sums of r⁻⁶ over the pairs of a crystal, with the infinite tail.

Derivation: docs, derivations, local fields.
"""

from math import factorial, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc, eval_legendre

from coldspin.arguments import finite, positive
from coldspin.exceptions import InvalidInputError
from coldspin.materials.records import Crystal

Array = NDArray[np.float64]

REACH = 6.5  # both sums stop where their Gaussians have fallen to exp(-REACH²) = 4e-19
LEAST_DISTANCE = 1e-11  # [m]; protons in H2 are 7.4e-11 apart


def inverse_sixth_sums(crystal: Crystal) -> Array:
    r"""Sum of r⁻⁶ over all pairs of sublattices [m⁻⁶].

    .. math:: S_{st} = \sum_{\boldsymbol R}{}' |\boldsymbol r_t - \boldsymbol r_s + \boldsymbol R|^{-6}

    R runs over all lattice vectors, R ≠ 0 for s = t. Result of shape (sites, sites), symmetric,
    relative error below 1e-12. InvalidInputError for a cell without volume and for two sites on one
    place. :func:`legendre_sums` of rank 0.
    """
    return legendre_sums(crystal, 0, (0, 0, 1))


def angular_sums(crystal: Crystal, direction: ArrayLike) -> Array:
    r"""Sum of (1 − 3cos²θ)² r⁻⁶ over all pairs of sublattices [m⁻⁶].

    θ is the angle between the pair and `direction`, a vector of any length in the frame of the cell
    vectors.

    .. math:: (1-3\cos^2\theta)^2 = \tfrac45 + \tfrac87 P_2(\cos\theta) + \tfrac{72}{35} P_4(\cos\theta)

    Its average over all directions is 4/5 of :func:`inverse_sixth_sums`. Shape, error and refusals
    as there.
    """
    ranks = ((0, 4 / 5), (2, 8 / 7), (4, 72 / 35))
    return np.asarray(sum(share * legendre_sums(crystal, rank, direction) for rank, share in ranks))


def legendre_sums(
    crystal: Crystal, rank: int, direction: ArrayLike, *, splitting: float = 1.0
) -> Array:
    r"""Sum of P_L(cos θ) r⁻⁶ over all pairs of sublattices, L = `rank` = 0, 2 or 4 [m⁻⁶].

    r⁻⁶ is split into a part that falls like exp(−α²r²) and a smooth one, which is summed over
    reciprocal vectors h:

    .. math:: \sum_R{}' \frac{P_L}{r^6} =
        \sum_R{}' \frac{P_L}{r^6}\,\frac{\Gamma(3+\frac L2,\alpha^2r^2)}{\Gamma(3+\frac L2)}
        + \frac{(-1)^{L/2}\pi^{3/2}}{V\,\Gamma(3+\frac L2)} \sum_h P_L\,e^{i h r}(h/2)^3
        \Gamma(\tfrac{L-3}2,\tfrac{h^2}{4\alpha^2}) - \delta_{r0}\delta_{L0}\frac{\alpha^6}6

    The result does not depend on α = √π `splitting`/V^⅓ (tested), which only moves work between the
    two sums.
    """
    if rank not in (0, 2, 4):
        raise InvalidInputError("must be 0, 2 or 4", parameter="rank", value=rank)
    axis = finite("direction", direction)
    if axis.shape != (3,) or not axis.any():
        raise InvalidInputError(
            "must be three numbers, not all of them 0", parameter="direction", value=direction
        )
    axis = axis / np.linalg.norm(axis)
    _check_crystal(crystal)
    size = crystal.volume ** (1 / 3)
    vectors = crystal.vectors / size
    alpha = sqrt(pi) * float(positive("splitting", splitting))
    sums = _reciprocal(vectors, crystal, rank, axis, alpha)
    wrapped = _differences(crystal, vectors)
    images = _lattice(vectors, REACH / alpha + _longest(wrapped))
    for s, row in enumerate(wrapped):
        pairs = row[s:, None, :] + images
        squares = np.einsum("tri,tri->tr", pairs, pairs)
        squares[0, np.argmin(squares[0])] = np.inf  # the site itself
        _refuse_coincident(squares.min(axis=1), s, size)
        near = _gaussian_share(rank, alpha**2 * squares) / squares**3
        if rank:
            near *= eval_legendre(rank, pairs @ axis / np.sqrt(squares))
        sums[s, s:] += near.sum(axis=1)
        sums[s:, s] = sums[s, s:]
    if rank == 0:
        sums -= np.eye(len(sums)) * alpha**6 / 6
    return np.asarray(sums / size**6)


def neighbours(crystal: Crystal, radius: float) -> list[tuple[int, int, Array]]:
    """All ordered pairs of sites closer than `radius` [m]: site, other site, vectors to it [m]."""
    _check_crystal(crystal)
    wrapped = _differences(crystal, crystal.vectors)
    images = _lattice(crystal.vectors, radius + _longest(wrapped))
    close_pairs = []
    for s, row in enumerate(wrapped):
        for t, difference in enumerate(row):
            pairs = difference + images
            lengths = np.linalg.norm(pairs, axis=1)
            if s == t:
                lengths[np.argmin(lengths)] = np.inf
            close = lengths <= radius
            if close.any():
                close_pairs.append((s, t, pairs[close]))
    return close_pairs


def shortest_distances(crystal: Crystal) -> Array:
    """Shortest distances between sites of two sublattices, or of one [m]; shape (sites, sites)."""
    _check_crystal(crystal)
    wrapped = _differences(crystal, crystal.vectors)
    bound = max(_longest(wrapped), float(np.linalg.norm(crystal.vectors, axis=1).min()))
    images = _lattice(crystal.vectors, 2 * bound)
    shortest = np.empty(wrapped.shape[:2])
    for s, row in enumerate(wrapped):
        lengths = np.linalg.norm(row[:, None, :] + images, axis=2)
        lengths[s, np.argmin(lengths[s])] = np.inf
        shortest[s] = lengths.min(axis=1)
        _refuse_coincident(shortest[s, s:] ** 2, s, 1.0)
    return shortest


def _reciprocal(vectors: Array, crystal: Crystal, rank: int, axis: Array, alpha: float) -> Array:
    """Sum over h, in units in which the cell has the volume 1."""
    waves = _lattice(
        np.asarray(2 * pi * np.linalg.inv(vectors).T, dtype=np.float64), 2 * alpha * REACH
    )
    lengths = np.linalg.norm(waves, axis=1)
    zero = lengths == 0
    b = np.where(zero, 1.0, lengths / (2 * alpha))
    weights = (alpha * b) ** 3 * _upper_gamma(rank, b)
    if rank:
        weights *= eval_legendre(rank, waves @ axis / np.where(zero, 1.0, lengths))
    weights[zero] = 0 if rank else 2 / 3 * alpha**3
    phases = waves @ (_fractions(crystal) @ vectors).T
    cosines = np.cos(phases)
    sines = np.sin(phases)
    # Re e^{ik·(r − r')} = cos k·r cos k·r' + sin k·r sin k·r', for all pairs of sites at once
    prefactor = (-1) ** (rank // 2) * pi**1.5 / factorial(2 + rank // 2)
    return np.asarray(prefactor * ((cosines.T * weights) @ cosines + (sines.T * weights) @ sines))


def _upper_gamma(rank: int, b: Array) -> Array:
    """Γ((L − 3)/2, b²) by recursion from Γ(1/2, b²) = √π erfc b."""
    gauss = np.exp(-(b**2))
    value = sqrt(pi) * erfc(b)
    # Γ(a, x) = (Γ(a + 1, x) − x^a e^{−x})/a, downwards in a
    for order in (-0.5, -1.5)[: 2 - rank // 2]:
        value = (value - b ** (2 * order) * gauss) / order
    return np.asarray(value)


def _gaussian_share(rank: int, x: Array) -> Array:
    """Γ(n, x)/Γ(n) for n = 3 + L/2: exp(−x) Σ_{m<n} x^m/m!."""
    x = np.minimum(x, 700)
    share = np.ones_like(x)
    for m in range(2 + rank // 2, 0, -1):
        share = 1 + share * x / m
    return np.asarray(np.exp(-x) * share)


def _lattice(vectors: Array, radius: float) -> Array:
    """All lattice vectors not longer than `radius`, 0 among them."""
    bounds = np.floor(radius * np.linalg.norm(np.linalg.inv(vectors), axis=0) + 1e-9).astype(int)
    steps = np.stack(
        np.meshgrid(*(np.arange(-n, n + 1) for n in bounds), indexing="ij"), axis=-1
    ).reshape(-1, 3)
    points = steps @ vectors
    return np.asarray(points[np.einsum("ri,ri->r", points, points) <= radius**2])


def _differences(crystal: Crystal, vectors: Array) -> Array:
    """r_t − r_s, taken into the cell around 0; shape (sites, sites, 3)."""
    fractions = _fractions(crystal)
    steps = fractions[None] - fractions[:, None]
    return np.asarray((steps - np.round(steps)) @ vectors)


def _longest(differences: Array) -> float:
    return float(np.linalg.norm(differences, axis=-1).max())


def _fractions(crystal: Crystal) -> Array:
    return np.array([site.position for site in crystal.sites], dtype=np.float64)


def _check_crystal(crystal: Crystal) -> None:
    """Refuse a crystal that fills no space or has no sites."""
    if crystal.volume <= 1e-6 * np.prod(np.linalg.norm(crystal.vectors, axis=1)):
        raise InvalidInputError(
            f"= {crystal.cell} has no volume",
            parameter="cell",
            remedy="give three independent vectors in metres",
        )
    if not crystal.sites:
        raise InvalidInputError("the crystal has no sites", remedy="give at least one")
    finite("positions of the sites", _fractions(crystal))


def _refuse_coincident(squares: Array, site: int, size: float) -> None:
    """Refuse sites `site`, `site` + 1, ... with a neighbour closer than LEAST_DISTANCE."""
    closest = int(np.argmin(squares))
    distance = sqrt(squares[closest]) * size
    if distance < LEAST_DISTANCE:
        raise InvalidInputError(
            f"sites {site} and {site + closest} of the crystal are {distance:.2g} m apart, which "
            f"is no distance between nuclei",
            remedy="give every place once, with all its occupants, and the cell in metres",
        )
