r"""Mean spin of electrons that hop between sites, each with an Overhauser field of its own.

Spin is created along the light at a constant rate and lost with the lifetime T_s; S_0 is what it would be without
precession. With the rate 1/τ_c the electron moves on, keeping its spin, to a site whose frozen field is drawn anew, so
that the spin stays in one field for a time of the mean τ, 1/τ = 1/τ_c + 1/T_s. One stay turns and shortens it by

.. math:: A_\parallel = 1 - L,\qquad A_+ = g + \frac L2 + \frac{2ib}{k}L,\qquad b = \Omega s,\ k = \tau/s

along the mean precession Ω and across it (S_x + iS_y), with g and L of
:func:`~coldspin.precession.lorentzian_average` and :func:`~coldspin.precession.spin_loss`. The sum
over all numbers of hops is

.. math:: H = \frac{\frac\tau{T_s}A}{1-\frac\tau{\tau_c}A} = \frac{A}{1+\frac{T_s}{\tau_c}(1-A)},\qquad
          1 - A_+ = L - \frac{2ib}{k}L + 2b^2K_2

with K₂ of :mod:`.field_integrals`: nothing cancels, for T_s ≫ τ_c, T_s ≪ τ_c, weak or strong
fields. Derivation: docs, derivations-optical-curves.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import Array, as_given, averaging, broadcast, finite, positive
from coldspin.precession.field_integrals import field_integral

Complex = NDArray[np.complex128]


def site_time(correlation_time: ArrayLike, spin_lifetime: ArrayLike) -> Any:
    """τ = τ_cT_s/(τ_c + T_s) [s], the mean time that a spin stays in one Overhauser field; τ_c may be infinite."""
    hopping, lifetime = (
        positive("correlation_time", correlation_time, infinite=True),
        _lifetime(spin_lifetime),
    )
    return as_given(lifetime / (1 + lifetime / hopping))


def longitudinal_polarization(
    precession: ArrayLike,
    *,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
) -> Any:
    r"""Mean spin along the mean precession, in units of S_0, of electrons created along it: the recovery curve.

    .. math:: H_\parallel = \frac{1-L}{1+\frac{T_s}{\tau_c}L},\qquad L = L\!\left(\Omega s, \frac\tau s\right)

    Parameters
    ----------
    precession : array_like
        Ω [rad/s], in external and mean Overhauser field together; either sign (the result is even).
    correlation_time : array_like
        τ_c [s], between hops; infinite where the electron stays at one site.
    spin_lifetime : array_like
        T_s [s], of recombination and all relaxation but that by the nuclei; finite.
    dephasing_time : array_like
        s = T2e* [s]; infinite where the Overhauser field does not fluctuate.

    Returns
    -------
    float or ndarray
        H_∥ in (0, 1], broadcast. 1/3 at Ω = 0 for s ≪ T_s ≪ τ_c; 1/(1 + T_s/T1e), T1e of (S13), for
        τ_c → 0. Relative error below 1e-12.

    Raises
    ------
    InvalidInputError
        If a time is not positive, or b = Ωs, k = τ/s are outside the range of the averages.

    Examples
    --------
    >>> round(longitudinal_polarization(0.0, correlation_time=1e9, spin_lifetime=1e3, dephasing_time=1e-6), 6)
    0.333333
    """
    stay, ratio = _stay(precession, correlation_time, spin_lifetime, dephasing_time)
    return as_given((1 - stay.loss) / (1 + ratio * stay.loss))


def transverse_polarization(
    precession: ArrayLike,
    *,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
) -> Any:
    r"""Mean spin across the mean precession, as S_x + iS_y in units of S_0, of electrons created along x.

    .. math:: H_+ = \frac{A_+}{1+\frac{T_s}{\tau_c}(1-A_+)}

    1/(1 − iΩT_s) without fluctuations; its real part is the Hanle curve, and its imaginary part,
    odd in Ω, the spin that turns (dS/dt = Ω × S). Parameters, range, accuracy and errors as for
    :func:`longitudinal_polarization`.

    Returns
    -------
    complex or ndarray
        H_+, with Re H_+ in (0, 1].

    Examples
    --------
    >>> H = transverse_polarization(2e9, correlation_time=1e-9, spin_lifetime=1e-9, dephasing_time=float("inf"))
    >>> f"{H:.12g}"
    '0.2+0.4j'
    """
    stay, ratio = _stay(precession, correlation_time, spin_lifetime, dephasing_time)
    result: Complex = np.asarray(stay.kept / (1 + ratio * stay.turned))
    return complex(result) if result.ndim == 0 else result


def spin_along_light(
    precession: ArrayLike,
    angle: ArrayLike,
    *,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
) -> Any:
    """Mean spin along the light in units of S_0, cos²θ H_∥ + sin²θ Re H_+; `angle` = θ between light and Ω [rad].

    Other parameters and errors as for :func:`longitudinal_polarization`. The spin along the field
    is cosθ H_∥.
    """
    times = {
        "correlation_time": correlation_time,
        "spin_lifetime": spin_lifetime,
        "dephasing_time": dephasing_time,
    }
    theta = finite("angle", angle)
    along, across = (
        longitudinal_polarization(precession, **times),
        transverse_polarization(precession, **times),
    )
    return as_given(np.cos(theta) ** 2 * along + np.sin(theta) ** 2 * np.real(across))


class _Stay(NamedTuple):
    """What one stay in one field does: L = 1 − A_∥, A_+ and 1 − A_+."""

    loss: Array
    kept: Complex
    turned: Complex


def _stay(
    precession: ArrayLike,
    correlation_time: ArrayLike,
    spin_lifetime: ArrayLike,
    dephasing_time: ArrayLike,
) -> tuple[_Stay, Array]:
    """One stay, and T_s/τ_c."""
    omega, hopping, lifetime, s = broadcast(
        precession=finite("precession", precession),
        correlation_time=positive("correlation_time", correlation_time, infinite=True),
        spin_lifetime=_lifetime(spin_lifetime),
        dephasing_time=positive("dephasing_time", dephasing_time, infinite=True),
    )
    ratio = lifetime / hopping
    tau = lifetime / (1 + ratio)
    still = np.isinf(s)
    scale = np.where(still, tau, s)
    stay = _fluctuating(*averaging(omega * scale, tau / scale))
    if still.any():
        phase = np.where(still, omega * tau, 0)
        steady = _Stay(np.zeros_like(phase), 1 / (1 - 1j * phase), -1j * phase / (1 - 1j * phase))
        stay = _Stay(
            *(np.where(still, one, other) for one, other in zip(steady, stay, strict=True))
        )
    return stay, ratio


def _fluctuating(b: Array, k: Array) -> _Stay:
    u, y = np.sqrt(2) * np.abs(b), np.sqrt(2) / k
    loss = field_integral(1, u, y)
    turning = 2j * b * loss / k
    kept = y * y * field_integral(0, u, y) + loss / 2 + turning
    return _Stay(loss, kept, loss + u * u * field_integral(2, u, y) - turning)


def _lifetime(value: ArrayLike) -> Array:
    return positive("spin_lifetime", value)
