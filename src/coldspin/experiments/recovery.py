"""Recovery of the electron's polarization in a longitudinal field, and its classical limit."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, keywords_checked, nonzero, positive
from coldspin.precession import spin_loss, spin_loss_correlation_slope, spin_loss_slope
from coldspin.precession.hopping import longitudinal_polarization, site_time

RECOVERY_PARAMETERS = (
    "correlation_time",
    "spin_lifetime",
    "dephasing_time",
    "electron_gyromagnetic_ratio",
)


@keywords_checked
def polarization_recovery(
    field: ArrayLike,
    *,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
    electron_gyromagnetic_ratio: ArrayLike,
) -> Any:
    r"""Mean electron spin along light and field, in units of S_0 (the polarization recovery curve).

    .. math:: \frac{\langle S_z\rangle}{S_0} = \frac{1-L}{1+\frac{T_s}{\tau_c}L},\qquad
              L = L\!\left(\gamma_eBs, \frac\tau s\right),\quad \frac1\tau = \frac1{\tau_c}+\frac1{T_s}

    with L of :func:`~coldspin.precession.spin_loss`, the part of its spin that an electron loses in
    one stay.

    Parameters
    ----------
    field : array_like
        B along the light [T], either sign (the result is even).
    correlation_time : array_like
        τ_c [s], mean time between hops; infinite without.
    spin_lifetime : array_like
        T_s [s], of recombination and all relaxation but that by the nuclei.
    dephasing_time : array_like
        s = T2e* [s]; infinite without fluctuations.
    electron_gyromagnetic_ratio : array_like
        γ_e = gµ_B/ħ [rad/s/T], either sign but not 0.

    Returns
    -------
    float or ndarray
        In (0, 1]: from 1/3 at B = 0 for s ≪ T_s ≪ τ_c, 1/(1 + 2T_s/3τ_c) for s ≪ τ_c ≪ T_s, to 1 in
        a strong field.

    Raises
    ------
    InvalidInputError
        For arguments outside their domain.

    Notes
    -----
    Renewal of the field at each hop, with (3), (S12) for one stay; nuclei unpolarized. A mean Overhauser field adds to
    B. Where τ_c ≪ s it is :func:`short_correlation_recovery`.

    Examples
    --------
    >>> times = {"correlation_time": 1e-6, "spin_lifetime": 1e-7, "dephasing_time": 1e-9}
    >>> [f"{S:.4f}" for S in polarization_recovery([0.0, 1.0], **times, electron_gyromagnetic_ratio=4e10)]
    ['0.3128', '0.9997']
    """
    gamma = nonzero("electron_gyromagnetic_ratio", electron_gyromagnetic_ratio)
    return longitudinal_polarization(
        finite("field", field) * gamma,
        correlation_time=correlation_time,
        spin_lifetime=spin_lifetime,
        dephasing_time=dephasing_time,
    )


@keywords_checked
def short_correlation_recovery(
    field: ArrayLike,
    *,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
    electron_gyromagnetic_ratio: ArrayLike,
) -> Any:
    r"""Recovery curve for a short correlation time, a Lorentzian.

    The null model of :func:`polarization_recovery`.

    .. math:: \frac{\langle S_z\rangle}{S_0} = \frac1{1+T_s/T_{1,e}},\qquad
              \frac1{T_{1,e}} = \frac{\tau_c/2s^2}{1+(\gamma_eB\tau_c)^2}

    Dyakonov and Perel's relaxation by motional narrowing (S13), for τ_c ≪ s, T_s. Arguments and
    errors as there, but τ_c finite.
    """
    tau = positive("correlation_time", correlation_time)
    gamma = nonzero("electron_gyromagnetic_ratio", electron_gyromagnetic_ratio)
    per_stay = tau / positive("dephasing_time", dephasing_time, infinite=True)
    loss = per_stay**2 / 2 / np.hypot(1, finite("field", field) * gamma * tau) ** 2
    return as_given(1 / (1 + positive("spin_lifetime", spin_lifetime) / tau * loss))


def polarization_recovery_gradient(
    field: ArrayLike,
    *,
    correlation_time: float,
    spin_lifetime: float,
    dephasing_time: float,
    electron_gyromagnetic_ratio: float,
) -> Array:
    r"""Derivatives of :func:`polarization_recovery` by the logarithms of its parameters.

    The parameters are :data:`RECOVERY_PARAMETERS`, in that order.

    .. math:: dH = -\frac{(1+r)\,dL + L(1-L)\,dr}{(1+rL)^2},\quad r = \frac{T_s}{\tau_c},\quad
              dL = L_b\,db + L_k\,dk,\quad d\ln k = \frac\tau{\tau_c}d\ln\tau_c+\frac\tau{T_s}d\ln T_s-d\ln s

    Arguments as there, each parameter one number; the fourth is that of γ_e without its sign.
    Returns an array along parameters, then field; zero where the parameter is infinite.
    """
    gamma = nonzero("electron_gyromagnetic_ratio", electron_gyromagnetic_ratio)
    hopping = positive("correlation_time", correlation_time, infinite=True)
    tau = float(site_time(hopping, spin_lifetime))
    s = positive("dephasing_time", dephasing_time, infinite=True)
    b = finite("field", field) * gamma
    if np.isinf(s):
        return np.zeros((4, *b.shape))
    b = b * s
    k = tau / s
    loss = np.asarray(spin_loss(b, k))
    by_b = b * np.asarray(spin_loss_slope(b, k))
    by_k = k * np.asarray(spin_loss_correlation_slope(b, k))
    ratio = spin_lifetime / hopping
    stays = ratio * loss * (1 - loss) / (1 + ratio)  # what r does beside L
    hopped = tau / hopping
    lost = tau / spin_lifetime
    changes = np.stack([hopped * by_k - stays, lost * by_k + stays, by_b - by_k, by_b])
    result: Array = -(1 + ratio) / (1 + ratio * loss) ** 2 * changes
    return result
