"""How often the total spin J occurs among n equal spins, as a fraction of all their states."""

from functools import lru_cache

import numpy as np

from coldspin.arguments import Array

_REACH = 10.0  # standard deviations of J_z beyond which states are too rare to register in double precision
_MARGIN = 40  # how far beyond that J may be asked for


def multiplet_fraction(total_spin: Array, count: int, spin: float) -> Array:
    r"""p_J = n_J/(2I+1)^n, the number of multiplets of total spin J among n spins I over the number of states.

    .. math:: p_J = \frac1\pi\int_{-\pi}^{\pi} \chi(\theta)^n \sin[(J+\tfrac12)\theta]\,\sin\tfrac\theta2\,d\theta,
              \qquad \chi(\theta) = \frac1{2I+1}\sum_{m=-I}^{I} \cos m\theta

    `total_spin` is an array of J with J − nI integer; 0 for J < 0. Σ_J (2J+1) p_J = 1. The
    trapezoidal rule is exact for this periodic integrand (up to aliases of states ten standard
    deviations out), and since n_J is integrated as a whole, not as the difference of two binomials,
    the error is 1e-16 of the largest p_J at any n.
    """
    theta, envelope = _integrand(count, spin)
    fraction: Array = np.sin((total_spin[..., None] + 0.5) * theta) @ envelope
    return np.where(total_spin >= 0, np.maximum(fraction, 0.0), 0.0)


@lru_cache(maxsize=64)
def _integrand(count: int, spin: float) -> tuple[Array, Array]:
    """Nodes θ > 0 and what stands there before sin[(J+½)θ]; some forty nodes carry it, however large n is."""
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    points = 2 * int(np.ceil(min(count * spin, _REACH * deviation + 4))) + _MARGIN
    last = (
        points // 2
        if count < 100
        else min(points // 2, int(points * _REACH / (2 * np.pi * deviation)))
    )
    index = np.arange(1.0, last + 1)
    theta = 2 * np.pi / points * index
    m = np.arange(-spin, spin + 0.75)
    defect = 2 * np.mean(np.sin(np.outer(theta, m) / 2) ** 2, axis=1)
    logarithm = np.where(
        defect < 0.5,
        np.log1p(-np.minimum(defect, 0.5)),
        np.log(np.maximum(np.abs(1 - defect), 1e-300)),
    )
    sign = np.where(defect > 1, (-1.0) ** count, 1.0)
    twice = np.where(2 * index == points, 2.0, 4.0)
    return theta, twice / points * sign * np.exp(count * logarithm) * np.sin(theta / 2)


@lru_cache(maxsize=16)
def spin_range(count: int, spin: float, cut: float = 2.0**-53) -> Array:
    """Every J of n spins I up to the last whose weight (2J+1) p_J exceeds `cut`; for n = 0 that is J = 0 alone."""
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    top = count * spin
    lowest = top % 1.0
    reach = min(top, np.ceil(_REACH * deviation) + 4 + lowest)
    J = np.arange(lowest, reach + 0.25)
    kept = (2 * J + 1) * multiplet_fraction(J, count, spin) > cut
    J = J[: int(np.flatnonzero(kept)[-1]) + 1]
    J.flags.writeable = False
    return J
