"""One electron spin in one frozen Overhauser field, and the distribution of that field (S9, S10, S22, S23, S25)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, averaging, finite, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.precession.averages import spin_loss


def precessing_spin(spin: ArrayLike, precession: ArrayLike, time: ArrayLike) -> Array:
    r"""Electron spin after free precession about a frozen frequency vector (S9, the solution of S8).

    .. math:: \boldsymbol S_0(t) = (\boldsymbol S\boldsymbol n)\boldsymbol n
              + [\boldsymbol S - (\boldsymbol S\boldsymbol n)\boldsymbol n]\cos\Omega_e t
              + [\boldsymbol n\times\boldsymbol S]\sin\Omega_e t

    `spin` and `precession` (Ω_e, rad/s) are vectors along the last axis, `time` [s] broadcasts with
    the rest. (S8), dS/dt = Ω_e × S, fixes the sense of rotation; (S9) as printed has S × n, which
    turns the other way (docs: differences).
    """
    spin, precession = _vector("spin", spin), _vector("precession", precession)
    phase = np.linalg.norm(precession, axis=-1, keepdims=True) * finite("time", time)[..., None]
    frequency = np.linalg.norm(precession, axis=-1, keepdims=True)
    n = np.divide(precession, frequency, out=np.zeros_like(precession), where=frequency > 0)
    along = np.sum(spin * n, axis=-1, keepdims=True) * n
    result: Array = along + (spin - along) * np.cos(phase) + np.cross(n, spin) * np.sin(phase)
    return result


def longitudinal_fraction(precession: ArrayLike, time: ArrayLike) -> Any:
    r"""S_z(t)/S(0) in one frozen field, for S(0) along z: the integrand of (S10).

    .. math:: \frac{\Omega_{e,z}^2}{\Omega_e^2} + \frac{\Omega_{e,\perp}^2}{\Omega_e^2}\cos\Omega_e t

    `precession` is Ω_e [rad/s] with components along the last axis; `time` [s] broadcasts with the
    rest.
    """
    precession = _vector("precession", precession)
    up = np.broadcast_to([0.0, 0.0, 1.0], precession.shape)
    return as_given(precessing_spin(up, precession, time)[..., 2])


def overhauser_density(
    precession: ArrayLike, dephasing_time: float, mean: ArrayLike = (0.0, 0.0, 0.0)
) -> Any:
    r"""Probability density of the Overhauser precession vector (S23).

    .. math:: \mathcal F(\boldsymbol\Omega_N) = \left(\sqrt{\tfrac2\pi}\,T_{2,e}^*\right)^3
              \exp\left[-2T_{2,e}^{*2}(\boldsymbol\Omega_N-\langle\boldsymbol\Omega_N\rangle)^2\right]

    `precession` [rad/s], last axis x, y, z; `dephasing_time` T2e* [s]; `mean` ⟨Ω_N⟩ [rad/s].
    Returns s³. Each component has the variance 1/(4 T2e*²).
    """
    s = positive("dephasing_time", dephasing_time)
    distance = _vector("precession", precession) - _vector("mean", mean)
    return as_given(
        (np.sqrt(2 / np.pi) * s) ** 3 * np.exp(-2 * s**2 * np.sum(distance**2, axis=-1))
    )


def second_order_spin_change(
    overhauser: ArrayLike, b: ArrayLike, k: ArrayLike, nuclei_effective: ArrayLike
) -> Any:
    r"""Integrand of (S22): second-order change of the electron spin, −ΔJ_z, for one Overhauser vector r = Ω_N s.

    .. math:: \delta S_z = \frac{a^2\tau_c^2[J_z(1+\Omega_{e,z}^2\tau_c^2)
              + \hbar\Omega_{e,z}\Omega_{e,\perp}^2\tau_c^2/a]}{2\hbar^2(1+\Omega_e^2\tau_c^2)^2}

    with aτ_c/ħ = k/√N_I and J_z = r_z√N_I. `overhauser` has x, y, z along the last axis. Its
    average over (S23) equals (S25), ⟨J_z⟩/N_I · τ_c/T1e, which is what the paper goes on with; that
    is a test here.
    """
    b, k = averaging(b, positive("k", k))
    r, n = _vector("overhauser", overhauser), positive("nuclei_effective", nuclei_effective)
    z, transverse = b + r[..., 2], r[..., 0] ** 2 + r[..., 1] ** 2
    x = k / np.sqrt(n)
    jz = r[..., 2] * np.sqrt(n)
    numerator = jz * (1 + (z * k) ** 2) + z * transverse * k**2 * np.sqrt(n)
    return as_given(x**2 * numerator / (2 * (1 + (z**2 + transverse) * k**2) ** 2))


def mean_spin_change(
    b: ArrayLike, k: ArrayLike, mean_total_spin: ArrayLike, nuclei_effective: ArrayLike
) -> Any:
    r"""Average of (S22) over the Overhauser field (S25): what a polarized nuclear spin loses along z in one visit.

    .. math:: \langle\delta S_z\rangle = \frac{\langle J_z\rangle}{N_I}
              \left\langle\frac{\Omega_{e,\perp}^2\tau_c^2}{1+\Omega_e^2\tau_c^2}\right\rangle
              = \frac{\langle J_z\rangle}{N_I}\,\frac{\tau_c}{T_{1,e}^N}

    b = Ω_B s, k = τ_c/s, `mean_total_spin` = ⟨J_z⟩, `nuclei_effective` = N_I > 0; broadcasting.
    Divided by ⟨J_z⟩τ_R it is 1/T1N (S26). Raises InvalidInputError outside the domain.

    >>> round(mean_spin_change(0.0, 1e6, 30.0, 1e4), 6)
    0.002
    """
    share = finite("mean_total_spin", mean_total_spin) / positive(
        "nuclei_effective", nuclei_effective
    )
    return as_given(share * spin_loss(b, k))


def mean_longitudinal_fraction(b: ArrayLike, time: ArrayLike) -> Any:
    r"""⟨S_z(t)⟩/S(0) of an electron spin that starts along z, averaged over the Overhauser field (S10).

    .. math:: \left\langle\frac{\Omega_{e,z}^2}{\Omega_e^2}
              + \frac{\Omega_{e,\perp}^2}{\Omega_e^2}\cos\Omega_e t\right\rangle

    b = Ω_B s; `time` = t/s ≥ 0; broadcasting. 1 at t = 0, 1 − τ_c/T1e of (S15) for t → ∞. By the
    trapezoidal rule in |Ω_e|, whose integrand is entire: error below 1e-13. Raises
    InvalidInputError outside the domain (|b| ≤ 1e4).

    >>> round(mean_longitudinal_fraction(0.0, 1e3), 12)
    0.333333333333
    """
    u = np.sqrt(2) * np.abs(within("b", b, -1e4, 1e4))[..., None]
    late = 20.0  # the oscillating part is exp(−t²/8), 2e-22; beyond 25 the step below no longer resolves it
    t = np.minimum(within("time", time, 0, np.inf), late)[..., None]
    step = 0.2
    distance = step * np.arange(-40, 41)
    start = step * np.round(np.maximum(u, 40 * step) / step)
    nodes = start + distance
    product = 2 * u * nodes
    large = np.maximum(
        product, 0.3
    )  # below, the difference cancels, and the series is right to 4e-14
    series = 1 + product**2 / 10 * (
        1 + product**2 / 28 * (1 + product**2 / 54 * (1 + product**2 / 88))
    )
    scaled = 1.5 * ((large - 1) + (large + 1) * np.exp(-2 * large)) / large**3
    weight = np.where(
        product > 0.3, scaled * np.exp(-((nodes - u) ** 2)), series * np.exp(-(nodes**2) - u**2)
    )
    turning = 1 - np.cos(nodes * t / np.sqrt(2)) * (t < late)
    lost = 8 * step / (3 * np.sqrt(np.pi)) * np.sum(nodes**2 * weight * turning, axis=-1)
    return as_given(1 - lost)


def _vector(name: str, value: ArrayLike) -> Array:
    vector = finite(name, value)
    if vector.shape[-1:] != (3,):
        raise InvalidInputError(
            f"must have x, y, z along its last axis, not the shape {vector.shape}", parameter=name
        )
    return vector
