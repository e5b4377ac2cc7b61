"""Averages over the frozen Overhauser field, in closed form: everything that (3), (9) and (S12) need."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, averaging
from coldspin.precession.field_integrals import field_integral, field_integral_slope


def lorentzian_average(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Mean of the Lorentzian 1/(1 + Ω_e²τ_c²) over the Overhauser-field fluctuations.

    .. math:: g(b,k) = \left\langle \frac{1}{1+\Omega_e^2\tau_c^2} \right\rangle
              = \frac{\sqrt{2\pi}}{b k^2}\,\mathrm{Im}\,w\!\left[\sqrt2\,(b + i/k)\right]

    with Ω_e = Ω_B + Ω_N, Ω_N normal with variance 1/(4s²) per axis (S23), s = T2e*, w the Faddeeva
    function.

    Parameters
    ----------
    b : array_like
        Ω_B s, precession phase in the external field; dimensionless, either sign (the result is
        even), |b| ≤ 1e100.
    k : array_like
        τ_c/s, correlation time in units of T2e*; dimensionless, 1e-100 ≤ k ≤ ∞.

    Returns
    -------
    float or ndarray
        g in [0, 1], 0 only at k = ∞; broadcast; a float for scalars. Relative error below 1e-12.

    Raises
    ------
    InvalidInputError
        If b or k is outside its range or not a number.

    Notes
    -----
    Enters (9) and (S38). g → 1 for k → 0; 4/k² for b = 0, k → ∞; 1/(b k)² for b ≫ 1 and bk ≫ 1.

    Examples
    --------
    >>> round(lorentzian_average(1.0, 1.0), 12)
    0.429249804507
    """
    b, k = averaging(b, k)
    y = sqrt(2) / k
    return as_given(y * y * field_integral(0, sqrt(2) * np.abs(b), y))


def transverse_average(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Mean squared transverse precession frequency, cut off by the correlation time, in units of 1/T2e*².

    .. math:: s^2 \left\langle \frac{\Omega_{e,x}^2+\Omega_{e,y}^2}{1+\Omega_e^2\tau_c^2} \right\rangle
              = \frac12\left[g + \frac{1}{4b}\frac{\partial g}{\partial b}\right]

    with g of :func:`lorentzian_average`. Parameters, range, accuracy and errors as there.

    Returns
    -------
    float or ndarray
        In [0, 1/2], 0 only at k = ∞: 1/2 for k → 0 at any fixed b, and k⁻² times :func:`spin_loss`.

    Notes
    -----
    The average in (3) and (S12).

    Examples
    --------
    >>> round(transverse_average(0.0, 1e-6), 9)
    0.5
    """
    b, k = averaging(b, k)
    y = sqrt(2) / k
    return as_given(0.5 * y * y * field_integral(1, sqrt(2) * np.abs(b), y))


def spin_loss(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Fraction of its spin that the electron loses to the nuclei in one visit, τ_c/T1e.

    .. math:: \frac{\tau_c}{T_{1,e}^N}
              = \left\langle \frac{\Omega_{e,\perp}^2\tau_c^2}{1+\Omega_e^2\tau_c^2} \right\rangle
              = \frac{1-\sqrt\pi\,y\,\mathrm{Re}\,w - \sqrt\pi\,\mathrm{Im}\,w/(2u)}{u^2},\qquad w = w(u+iy)

    with u = √2 b and y = √2/k. Parameters, range, accuracy and errors as in
    :func:`lorentzian_average`.

    Returns
    -------
    float or ndarray
        In (0, 2/3]; finite at k = ∞, where it is ⟨Ω_⊥²/Ω_e²⟩ of (S15): 2/3 at b = 0, 1/(2b²) for b
        ≫ 1.

    Notes
    -----
    Equations (3), (S11), (S12). It is the form of T1e that (6) uses, since it exists in every limit.

    Examples
    --------
    >>> round(spin_loss(0.0, float("inf")), 12)
    0.666666666667
    """
    b, k = averaging(b, k)
    return as_given(field_integral(1, sqrt(2) * np.abs(b), sqrt(2) / k))


def relaxation_rate(b: ArrayLike, k: ArrayLike) -> Any:
    r"""Rate of longitudinal electron spin relaxation by the nuclei, s/T1e, in units of 1/T2e*.

    .. math:: \frac{s}{T_{1,e}^N} = s\left\langle \frac{\Omega_{e,\perp}^2\tau_c}{1+\Omega_e^2\tau_c^2} \right\rangle
              = \frac{k}{2}\left[g + \frac{1}{4b}\frac{\partial g}{\partial b}\right]

    Parameters, range, accuracy and errors as in :func:`lorentzian_average`.

    Returns
    -------
    float or ndarray
        s/T1e: k/2 for k → 0 (S13), :func:`spin_loss`/k, 0 at k = ∞.

    Notes
    -----
    Equations (3) and (S12).

    Examples
    --------
    >>> round(relaxation_rate(0.0, 1.116), 4)
    0.2485
    """
    b, k = averaging(b, k)
    return as_given(field_integral(1, sqrt(2) * np.abs(b), sqrt(2) / k) / k)


def lorentzian_slope(b: ArrayLike, k: ArrayLike) -> Any:
    """∂g/∂b of :func:`lorentzian_average`: 4b y² (K₁ − K₀) with y = √2/k (:mod:`.field_integrals`)."""
    b, k = averaging(b, k)
    y = sqrt(2) / k
    return as_given(_slope(0, b, y) * y * y)


def spin_loss_slope(b: ArrayLike, k: ArrayLike) -> Any:
    """∂(τ_c/T1e)/∂b of :func:`spin_loss`: 4b (K₂ − K₁)."""
    b, k = averaging(b, k)
    return as_given(_slope(1, b, sqrt(2) / k))


def _slope(order: int, b: Array, y: Array) -> Array:
    return 4 * b * field_integral_slope(order, sqrt(2) * np.abs(b), y)
