"""Times and weights that average a correlator over exp(−t/τ)/τ with a bounded relative error."""

import math

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError

NODES = 12
_X, _WEIGHTS = np.polynomial.legendre.leggauss(NODES)


def decay_rule(decay_time: float, bandwidth: float, tolerance: float) -> tuple[Array, Array]:
    r"""Times t and weights w, panel × NODES, with Σ w f(t) ≈ ∫ e^{−t/τ}/τ f(t) dt for what heats.

    .. math:: f(t) = \sum_\omega |h_\omega|^2(1-\cos\omega t), \qquad
              \int_0^\infty\frac{e^{-t/\tau}}\tau(1-\cos\omega t)\,dt = \frac{(\omega\tau)^2}{1+(\omega\tau)^2},
              \qquad |\omega| \le W

    Every term is positive, so the relative error of the sum is at most the largest over ω, which is
    computed; panels of Gauss-Legendre are shortened until it is below `tolerance`. τ in s,
    `bandwidth` W, the largest difference of two energies, in rad/s. Raises InvalidInputError where
    more than 10⁶ times are needed.
    """
    end = decay_time * (math.log(1 / tolerance) + 2 * math.log(math.log(1 / tolerance) + 3) + 2)
    length = min(2.5 * decay_time, 14 / bandwidth)
    while True:
        panels = math.ceil(end / length)
        if panels * NODES > 10**6:
            raise InvalidInputError(
                f"correlation_time = {decay_time:g} s is too long for energies up to "
                f"{bandwidth:.3g} rad/s apart: "
                f"{panels * NODES:.2g} times are needed"
            )
        edges = np.linspace(0, end, panels + 1)
        half = end / panels / 2
        times = edges[:-1, None] + half * (1 + _X)
        weights = half * _WEIGHTS * np.exp(-times / decay_time) / decay_time
        if _largest_error(times, weights, decay_time, bandwidth) <= tolerance:
            return times, weights
        length *= 0.8


def panel_steps(times: Array) -> Array:
    """Times of the first panel, and the length of a panel where another follows: steps from one start to the next."""
    return np.concatenate([times[0], [times[1, 0] - times[0, 0]]]) if len(times) > 1 else times[0]


def _largest_error(times: Array, weights: Array, decay_time: float, bandwidth: float) -> float:
    """max over |ω| ≤ W; panels are alike, so their sum is geometric and costs nothing."""
    panels = len(times)
    count = 2000
    slow = np.logspace(-6, 0, 200) / decay_time
    frequency = np.concatenate(
        [slow[slow < bandwidth], np.linspace(bandwidth / count, bandwidth, count)]
    )
    step = times[-1, 0] - times[0, 0]
    step = step / (panels - 1) if panels > 1 else 0.0
    ratio = np.exp((1j * frequency - 1 / decay_time) * step)
    whole = (1 - ratio**panels) / (1 - ratio) if panels > 1 else np.ones_like(ratio)
    rest = np.exp(-step / decay_time)
    number = (1 - rest**panels) / (1 - rest) if panels > 1 else 1.0
    first = np.exp(1j * np.multiply.outer(frequency, times[0])) @ weights[0]
    found = np.sum(weights[0]) * number - (first * whole).real
    angle = (frequency * decay_time) ** 2
    return float(np.max(np.abs(found / (angle / (1 + angle)) - 1)[angle > 1e-5], initial=0.0))
