"""exp(−iHt)ψ and averages over exp(−t/τ)/τ, with a given error: Chebyshev series and a rule in time."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigvalsh_tridiagonal
from scipy.linalg.blas import dznrm2, zaxpy
from scipy.special import jv

from coldspin.arguments import Array, finite, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.states import Operator, Vector

TOGETHER = 8
LARGEST_SERIES = 10**7
NODES = 12
_X, _WEIGHTS = np.polynomial.legendre.leggauss(NODES)


class Bounds(NamedTuple):
    """The spectrum of H lies in centre ± radius [rad/s]."""

    centre: float
    radius: float


def spectrum_bounds(operator: Operator, steps: int = 8, seed: int = 0) -> Bounds:
    """Bounds from `steps` of Lanczos: the outermost Ritz values, widened by the last residual."""
    if steps < 1:
        raise InvalidInputError("must be 1 or more", parameter="steps", value=steps)
    vector = np.random.default_rng(seed).normal(size=2 * operator.dimension).view(np.complex128)
    vector /= dznrm2(vector)
    before = np.zeros_like(vector)
    diagonal = []
    beside = [0.0]
    for _ in range(min(steps, operator.dimension)):
        residual = operator.combine((1.0, 0.0, -beside[-1]), vector, before, before)
        diagonal.append(np.vdot(vector, residual).real)
        zaxpy(vector, residual, a=-diagonal[-1])  # in place
        beside.append(float(dznrm2(residual)))
        if beside[-1] <= 1e-12 * max(map(abs, diagonal)):
            break
        before = vector
        vector = residual
        vector /= beside[-1]
    values = np.array(diagonal)
    if len(diagonal) > 1:
        values = eigvalsh_tridiagonal(diagonal, beside[1:-1])
    low = values[0] - beside[-1]
    high = values[-1] + beside[-1]
    return Bounds((low + high) / 2, max((high - low) / 2 * (1 + 1e-6), 1e-300))


def evolve(
    operator: Operator,
    vector: Vector,
    times: ArrayLike,
    *,
    tolerance: float = 1e-10,
    bounds: Bounds | None = None,
) -> Vector:
    r"""exp(−iHt)ψ at one or several times, to the error `tolerance`·|ψ| of the series.

    .. math:: e^{-iHt} = e^{-ict}\sum_n (2-\delta_{n0})(-i)^n J_n(rt)\,T_n\!\left(\frac{H-c}r\right)

    `times` in s, of either sign, a number or one dimension; H in rad/s with its spectrum in
    `bounds` c ± r, by default :func:`spectrum_bounds`. Result: one row a time, or the vector
    itself. The series ends where what is left of Σ 2|J_n| < `tolerance`, about |rt| + 10 terms;
    rounding adds some 1e-15·|rt|. Raises InvalidInputError for times that are not finite and a
    tolerance outside [1e-14, 1e-1].
    """
    t = finite("times", times)
    if t.ndim > 1:
        raise InvalidInputError(
            f"must be a number or have one dimension, not the shape {t.shape}", parameter="times"
        )
    _check_tolerance(tolerance)
    centre, radius = bounds or spectrum_bounds(operator)
    coefficients = _bessel_coefficients(np.atleast_1d(t) * radius, tolerance)
    coefficients *= np.exp(-1j * centre * np.atleast_1d(t))[:, None]
    result = _series(operator, vector, coefficients, Bounds(centre, radius))
    return result if t.ndim else np.array(result[0], np.complex128)


def decaying_average(
    operator: Operator,
    vector: Vector,
    decay_time: float,
    *,
    tolerance: float = 1e-10,
    bounds: Bounds | None = None,
) -> Vector:
    r"""∫ exp(−t/τ)/τ exp(−iHt)ψ dt from 0 to ∞ = (1 + iHτ)⁻¹ψ, to the error `tolerance`·|ψ|.

    .. math:: \frac1\tau\int_0^\infty e^{-pt}J_n(rt)\,dt = \frac{q^n}{\tau\sqrt{p^2+r^2}}, \qquad
              q = \frac{\sqrt{p^2+r^2}-p}r, \qquad p = \frac1\tau + ic

    τ = `decay_time` in s, positive. About rτ ln(1/tolerance) terms.
    """
    if positive("decay_time", decay_time).ndim:
        raise InvalidInputError("must be one number", parameter="decay_time", value=decay_time)
    tau = float(decay_time)
    _check_tolerance(tolerance)
    centre, radius = bounds or spectrum_bounds(operator)
    p = 1 / tau + 1j * centre
    root = np.sqrt(p * p + radius * radius)
    q = radius / (root + p)
    terms = math.ceil(math.log(tolerance * abs(tau * root) * (1 - abs(q)) / 4) / math.log(abs(q)))
    _check_length("decay_time", terms)
    n = np.arange(max(terms, 1) + 1)
    coefficients = 2 * (-1j * q) ** n / (tau * root)
    coefficients[0] /= 2
    (result,) = _series(operator, vector, coefficients[None, :], Bounds(centre, radius))
    return np.array(result, np.complex128)


def _check_length(name: str, terms: float) -> None:
    if not terms <= LARGEST_SERIES:
        raise InvalidInputError(
            f"must be shorter: the series would take {terms:.2g} products with H", parameter=name
        )


def _check_tolerance(tolerance: float) -> None:
    if within("tolerance", tolerance, 1e-14, 1e-1).ndim:
        raise InvalidInputError("must be one number", parameter="tolerance", value=tolerance)


def _bessel_coefficients(angles: Array, tolerance: float) -> Vector:
    """(2−δ)(−i)^n J_n for every angle (rows), until the rest is below the tolerance."""
    largest = np.max(np.abs(angles), initial=0.0)
    _check_length("times", largest)
    n = np.arange(int(largest + 20 + 12 * largest ** (1 / 3)) + 20)
    values = (2 - (n == 0)) * jv(n, angles[:, None])
    rest = np.cumsum(np.abs(values).max(axis=0, initial=0.0)[::-1])[::-1]
    orders = max(int(np.count_nonzero(rest > tolerance / 2)), 1)
    result: Vector = values[:, :orders] * (-1j) ** (n[:orders] % 4)
    return result


def _series(operator: Operator, vector: Vector, coefficients: Vector, bounds: Bounds) -> Vector:
    """Σ_n c_n T_n((H−c)/r)ψ for every row of coefficients."""
    centre, radius = bounds
    orders = coefficients.shape[1]
    before = np.array(vector, np.complex128)
    result: Vector = coefficients[:, :1] * before
    now = operator.combine((1 / radius, -centre / radius, 0.0), before, before)
    recursion = (2 / radius, -2 * centre / radius, -1.0)
    for start in range(1, orders, TOGETHER):
        stop = min(start + TOGETHER, orders)
        # Several times share the vectors: TOGETHER of them are added by one matrix product.
        rows = stop - start if len(result) > 1 else 0
        terms = np.empty((rows, operator.dimension), np.complex128)
        for n in range(start, stop):
            if len(result) > 1:
                terms[n - start] = now
            else:
                zaxpy(now, result[0], a=coefficients[0, n])  # in place: contiguous complex128
            # T_{n+1} = 2x T_n − T_{n−1}, written over T_{n−1}
            following = operator.combine(recursion, now, before, before)
            before = now
            now = following
        if len(result) > 1:
            result += coefficients[:, start:stop] @ terms
    return result


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
                f"{bandwidth:.3g} rad/s apart: {panels * NODES:.2g} times are needed"
            )
        edges = np.linspace(0, end, panels + 1)
        half = end / panels / 2
        times = edges[:-1, None] + half * (1 + _X)
        weights = half * _WEIGHTS * np.exp(-times / decay_time) / decay_time
        if _largest_error(times, weights, decay_time, bandwidth) <= tolerance:
            return times, weights
        length *= 0.8


def panel_steps(times: Array) -> Array:
    """Times of the first panel, then the length of a panel where another follows."""
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
    result = np.sum(weights[0]) * number - (first * whole).real
    angle = (frequency * decay_time) ** 2
    return float(np.max(np.abs(result / (angle / (1 + angle)) - 1)[angle > 1e-5], initial=0.0))
