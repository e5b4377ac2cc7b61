"""How often the total spin J occurs among n equal spins, as a fraction of all their states."""

import numpy as np

from coldspin.arguments import Array

_REACH = 10.0  # standard deviations of J_z beyond which states are too rare to register in double precision


def multiplet_fraction(total_spin: Array, count: int, spin: float) -> Array:
    r"""p_J = n_J/(2I+1)^n, the number of multiplets of total spin J among n spins I over the number of states.

    .. math:: p_J = \frac1\pi\int_{-\pi}^{\pi} \chi(\theta)^n \sin[(J+\tfrac12)\theta]\,\sin\tfrac\theta2\,d\theta,
              \qquad \chi(\theta) = \frac1{2I+1}\sum_{m=-I}^{I} \cos m\theta

    `total_spin` is an array of J ≥ 0 with J − nI integer. Σ_J (2J+1) p_J = 1. The trapezoidal rule is exact for this
    periodic integrand (up to aliases of states more than ten standard deviations out), and since n_J is integrated
    as a whole, not as the difference of two binomials, the error is 1e-16 of the largest p_J at any n. Some sixty
    nodes carry the integrand, however large n is.
    """
    largest = float(np.max(total_spin, initial=0.0)) + 1
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    points = int(np.ceil(min(count * spin, _REACH * deviation + 4) + largest)) + 2
    theta = 2 * np.pi * np.arange(-(points // 2), points - points // 2) / points
    m = np.arange(-spin, spin + 0.75)
    defect = 2 * np.mean(np.sin(np.outer(theta, m) / 2) ** 2, axis=1)
    with np.errstate(divide="ignore"):
        decay = count * np.log(np.abs(1 - defect)) if count else np.zeros_like(theta)
        near = defect < 0.5
        decay[near] = count * np.log1p(-defect[near])
    envelope = np.sign(1 - defect) ** count * np.exp(decay) * np.sin(theta / 2) * 2 / points
    kept = np.abs(envelope) > 1e-20 * np.max(np.abs(envelope))
    waves = np.sin(np.outer(np.ravel(total_spin) + 0.5, theta[kept]))
    fraction: Array = (waves @ envelope[kept]).reshape(np.shape(total_spin))
    return np.where(total_spin >= 0, np.maximum(fraction, 0.0), 0.0)


def spin_range(count: int, spin: float, cut: float = 2.0**-53) -> Array:
    """Every J of n spins I up to the last whose weight (2J+1) p_J exceeds `cut`; for n = 0 that is J = 0 alone."""
    deviation = np.sqrt(count * spin * (spin + 1) / 3)
    top = count * spin
    lowest = top % 1.0
    reach = min(top, np.ceil(_REACH * deviation) + 4 + lowest)
    J = np.arange(lowest, reach + 0.25)
    kept = (2 * J + 1) * multiplet_fraction(J, count, spin) > cut
    return J[: int(np.flatnonzero(kept)[-1]) + 1]
