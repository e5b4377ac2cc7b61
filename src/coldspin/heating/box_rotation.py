"""Rotation of all nuclear spins by one angle φ: spin-spin energy, and heating without nuclear precession (S34, S39)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, positive, within
from coldspin.heating.semiclassical import Semiclassical


def rotation_energy(angle: ArrayLike) -> Any:
    r"""Spin-spin energy left after every nuclear spin has turned by φ about one axis, over its initial value (S34).

    .. math:: \frac{E_{SS}(t)}{-\beta\operatorname{Tr}\mathcal H_{SS}^2} = \frac{1+2\cos\varphi+2\cos2\varphi}{5}

    The character of a rank-2 tensor over its dimension; `angle` φ in radians, any shape. In [−1/4,
    1].

    >>> rotation_energy(0.0)
    1.0
    """
    angle = finite("angle", angle)
    return as_given((1 + 2 * np.cos(angle) + 2 * np.cos(2 * angle)) / 5)


def strong_field_energy(knight_phase: ArrayLike, zeeman_phase: ArrayLike) -> Any:
    r"""Spin-spin energy left in a field Ω_B T2e* ≫ 1, with the nuclear Zeeman precession (S36), over its initial value.

    .. math:: \frac{E_{SS}(t)}{-\beta\operatorname{Tr}\mathcal H_{SS}^2} = 1 - \frac12\sum_\pm
              \left(\frac{\omega_e}{\omega_e\pm\omega_B}\right)^2
              \left[1 - \frac{1+2\cos\varphi_\pm+2\cos2\varphi_\pm}5\right],\qquad \varphi_\pm = (\omega_e\pm\omega_B)t

    `knight_phase` = ω_e t, `zeeman_phase` = ω_B t, in radians, broadcasting. (S34) with φ = ω_e t
    at ω_B = 0; at ω_B = ±ω_e it falls as −(ω_e t)²/2, where second order in the angle ends. Its
    average over exp(−t/τ_c)/τ_c is :func:`~coldspin.heating.high_field_heating`. Raises
    InvalidInputError for what is not finite.

    >>> strong_field_energy(0.0, 0.0)
    1.0
    """
    knight = finite("knight_phase", knight_phase)
    zeeman = finite("zeeman_phase", zeeman_phase)

    def loss(phase: Array) -> Array:
        """[1 − (1+2cosφ+2cos2φ)/5]/φ²."""
        result: Array = (np.sinc(phase / (2 * np.pi)) ** 2 + 4 * np.sinc(phase / np.pi) ** 2) / 5
        return result

    return as_given(1 - knight**2 * (loss(knight + zeeman) + loss(knight - zeeman)) / 2)


def precession_about_field(b: ArrayLike, total: ArrayLike, knight_frequency: ArrayLike) -> Any:
    """ω_n = ω_e Ω_B/Ω_e, at which electron and nuclei turn about the external field together (S39).

    b = Ω_B s, `total` = Ω_e s > 0, `knight_frequency` = ω_e = a/2ħ, whose unit the result has. It
    is half of the motion: see :func:`half_angle_cosine`. Raises InvalidInputError outside the
    domain.
    """
    frequency = finite("knight_frequency", knight_frequency)
    return as_given(frequency * finite("b", b) / positive("total", total))


def half_angle_cosine(
    b: ArrayLike, overhauser: ArrayLike, cosine: ArrayLike, knight_phase: ArrayLike
) -> Any:
    r"""cos(φ/2) of the nuclear rotation by one electron that stays along Ω_e, without nuclear Zeeman precession.

    .. math:: \cos\frac\varphi2 = \cos\frac{\omega_n t}2\cos\frac{\kappa t}2
              - \cos\theta\,\sin\frac{\omega_n t}2\sin\frac{\kappa t}2,\qquad
              \omega_n = \omega_e\frac{\Omega_B}{\Omega_e},\quad \kappa = \omega_e\frac{\Omega_N}{\Omega_e}

    The Overhauser field turns about the external one by ω_n t (S39) and carries the spins with it;
    they also turn about it by κt. b = Ω_B s, `overhauser` = Ω_N s ≥ 0, `cosine` = cosθ between the
    two fields, `knight_phase` = ω_e t; broadcasting. Where Ω_e = 0 the electron exerts no torque,
    and φ = 0.
    """
    b = finite("b", b)
    r = within("overhauser", overhauser, 0.0, np.inf)
    cosine = within("cosine", cosine, -1.0, 1.0)
    phase = finite("knight_phase", knight_phase)
    r_e = np.sqrt(np.maximum(b * b + r * r + 2 * b * r * cosine, 0.0))
    half = np.divide(
        phase / 2, r_e, out=np.zeros(np.broadcast_shapes(r_e.shape, phase.shape)), where=r_e > 0
    )
    about_field = b * half
    about_overhauser = r * half
    return as_given(
        np.cos(about_field) * np.cos(about_overhauser)
        - cosine * np.sin(about_field) * np.sin(about_overhauser)
    )


def rotating_box_heating(
    b: ArrayLike, k: ArrayLike, *, nuclei: ArrayLike, spin: float = 0.5, tolerance: float = 1e-6
) -> Any:
    r"""Φ from (S34) with the rotation (S39) of all nuclei, averaged over the Overhauser field: the dots of Fig. S1.

    .. math:: \Phi = \left\langle\frac1{1+\Omega_e^2\tau_c^2}\right\rangle + \frac1{x^2}\left\langle\int_0^\infty
              \left[1-\frac{1+2\cos\varphi+2\cos2\varphi}5\right]e^{-t/\tau_c}\frac{dt}{\tau_c}\right\rangle

    with x = aτ_c/ħ = k/√N_I and φ from :func:`half_angle_cosine`. b = Ω_B s, k = τ_c/s, N nuclei of
    spin I, all broadcasting; relative error at most `tolerance`. The time average is known, so this
    is :class:`~coldspin.heating.Semiclassical` at ω_B = 0, which checks the arguments.

    >>> round(rotating_box_heating(1.0, 100.0, nuclei=1e4), 4)
    0.2746
    """
    return Semiclassical(tolerance=tolerance).heating_coefficient(b, k, nuclei=nuclei, spin=spin)
