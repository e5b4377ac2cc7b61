r"""Derivatives of the averages over the frozen Overhauser field by the correlation time.

With K_n(u, y) of :mod:`.field_integrals`, u = √2 b, y = √2/k, and ∂K_n/∂(y²) = K_n − K_{n−1},

    ∂(τ_c/T1e)/∂(y²) = ∂K₁/∂(y²) = K₁ − K₀ = ∂K₀/∂(u²),
    ∂g/∂(y²) = K₀ + y²(K₀ − K_{−1}) = −[u² ∂K₁/∂(u²) + (3/2) ∂K₀/∂(u²)],

the last by the recurrence u² K_{n+1} = 1 − (n+½) K_n − y² K_{n−1}, for n = 1 less that for n = 0.
Both terms of the bracket are negative, so that nothing cancels, and the slopes by the field give
those by the correlation time.
"""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, averaging
from coldspin.precession.field_integrals import field_integral_slope, field_integrals_and_slopes


class AveragesWithSlopes(NamedTuple):
    """What :func:`averages_with_slopes` returns: floats for scalars, else arrays of one shape."""

    lorentzian: Any
    """g."""
    spin_loss: Any
    """τ_c/T1e."""
    lorentzian_slope: Any
    """∂g/∂b."""
    spin_loss_slope: Any
    """∂(τ_c/T1e)/∂b."""
    lorentzian_correlation_slope: Any
    """∂g/∂k."""
    spin_loss_correlation_slope: Any
    """∂(τ_c/T1e)/∂k."""


def lorentzian_correlation_slope(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Derivative of :func:`~coldspin.precession.lorentzian_average` by the correlation time at a given field.

    .. math:: \frac{\partial g}{\partial k}
              = -\frac2k\left\langle\frac{\Omega_e^2\tau_c^2}{(1+\Omega_e^2\tau_c^2)^2}\right\rangle
              = \frac{2y^2}{k}\left[u^2\frac{\partial K_1}{\partial u^2}+\frac32\frac{\partial K_0}{\partial u^2}\right]

    Parameters
    ----------
    b : array_like
        Ω_B s, precession phase in the external field; dimensionless, either sign (the result is
        even), |b| ≤ 1e100.
    k : array_like
        τ_c/s, correlation time in units of s = T2e*; dimensionless, 1e-100 ≤ k ≤ ∞.

    Returns
    -------
    float or ndarray
        ∂g/∂k ≤ 0, 0 only at k = ∞; broadcast; a float for scalars. Relative error below 1e-11
        (measured: 1e-12) for |b| ≤ 1e70 and k ≥ 1e-70, beyond which it underflows.

    Raises
    ------
    InvalidInputError
        If b or k is outside its range or not a number.

    Notes
    -----
    The derivative of the average in (9) and (S38), over (S23). −2k(b² + 3/4) for k → 0; −8/k³ for b = 0, k → ∞.

    Examples
    --------
    >>> round(lorentzian_correlation_slope(1.0, 1.0), 12)
    -0.42934492366
    """
    b, k = averaging(b, k)
    u, y = sqrt(2) * np.abs(b), sqrt(2) / k
    _, _, zeroth_slope, first_slope = field_integrals_and_slopes(u, y)
    return as_given(_lorentzian(u, y, zeroth_slope, first_slope))


def spin_loss_correlation_slope(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Derivative of :func:`~coldspin.precession.spin_loss` by the correlation time at a given field.

    .. math:: \frac{\partial}{\partial k}\frac{\tau_c}{T_{1,e}^N}
              = \frac2k\left\langle\frac{\Omega_{e,\perp}^2\tau_c^2}{(1+\Omega_e^2\tau_c^2)^2}\right\rangle
              = -\frac{2y^2}{k}\frac{\partial K_0}{\partial u^2} = -\frac{1}{2bk}\frac{\partial g}{\partial b}

    Parameters, range, accuracy and errors as in :func:`lorentzian_correlation_slope`.

    Returns
    -------
    float or ndarray
        ∂(τ_c/T1e)/∂k ≥ 0, 0 only at k = ∞: k for k → 0 at any fixed b, 16/(3k³) for b = 0, k → ∞.

    Notes
    -----
    The derivative of (3), (S11), (S12).

    Examples
    --------
    >>> round(spin_loss_correlation_slope(0.0, 1e-6) / 1e-6, 9)
    1.0
    """
    b, k = averaging(b, k)
    u, y = sqrt(2) * np.abs(b), sqrt(2) / k
    return as_given(_spin_loss(y, field_integral_slope(0, u, y)))


def averages_with_slopes(b: ArrayLike, k: ArrayLike) -> AveragesWithSlopes:
    """g and τ_c/T1e with their derivatives by b and by k, from one evaluation of what they share.

    The same values, to the last bit, as :func:`~coldspin.precession.lorentzian_average`,
    :func:`~coldspin.precession.spin_loss`, :func:`~coldspin.precession.lorentzian_slope`,
    :func:`~coldspin.precession.spin_loss_slope`, :func:`lorentzian_correlation_slope` and
    :func:`spin_loss_correlation_slope`, in this order, for about twice the time of one. Parameters,
    range and errors as there: what the gradient of a fit needs.

    >>> result = averages_with_slopes(1.0, [1.0, float("inf")])
    >>> result.spin_loss_correlation_slope.round(12).tolist()
    [0.146201462957, 0.0]
    """
    b, k = averaging(b, k)
    u, y = sqrt(2) * np.abs(b), sqrt(2) / k
    zeroth, first, zeroth_slope, first_slope = field_integrals_and_slopes(u, y)
    return AveragesWithSlopes(
        as_given(y * y * zeroth),
        as_given(first),
        as_given(4 * b * zeroth_slope * y * y),
        as_given(4 * b * first_slope),
        as_given(_lorentzian(u, y, zeroth_slope, first_slope)),
        as_given(_spin_loss(y, zeroth_slope)),
    )


def _lorentzian(u: Array, y: Array, zeroth_slope: Array, first_slope: Array) -> Array:
    return sqrt(2) * y * (y * y * (u * u * first_slope + 1.5 * zeroth_slope))


def _spin_loss(y: Array, zeroth_slope: Array) -> Array:
    return -sqrt(2) * y * (y * y * zeroth_slope)
