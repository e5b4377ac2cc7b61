"""The paper's closed forms of Φ: (9), (S35)-(S38), as functions and as two methods."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, positive
from coldspin.exceptions import ValidityWarning
from coldspin.heating.method import Groups, Method, zeeman_warning
from coldspin.precession import lorentzian_average, lorentzian_slope, relaxation_rate


def slow_heating(x: ArrayLike) -> Any:
    r"""Φ from the electron spin component along Ω_e, in a strong field and without nuclear Zeeman precession (S37).

    .. math:: \Phi = \frac{2}{5x^2}\left(2 - \frac{1}{1+x^2} - \frac{4}{4+x^2}\right)
              = \frac25\left(\frac{1}{1+x^2} + \frac{1}{4+x^2}\right), \qquad x = a\tau_c/\hbar

    1/2 for x → 0 (9), :func:`saturated_heating` for x → ∞. The second form does not cancel.

    >>> slow_heating(0.0)
    0.5
    """
    return as_given(_slow(finite("x", x)))


def slow_heating_slope(x: ArrayLike) -> Any:
    r"""∂/∂x of :func:`slow_heating`: −(4/5) x [1/(1+x²)² + 1/(4+x²)²].

    >>> slow_heating_slope(0.0)
    -0.0
    """
    value = finite("x", x)
    return as_given(-0.8 * value * (_lorentzian(value) ** 2 + _lorentzian(value / 2) ** 2 / 16))


def saturated_heating(x: ArrayLike) -> Any:
    """Φ = (4/5)/x² for x = aτ_c/ħ ≫ 1: the nuclear spins are turned completely by one electron (S35)."""
    return as_given((np.sqrt(0.8) / positive("|x|", np.abs(finite("x", x)))) ** 2)


def high_field_heating(x: ArrayLike, nuclear_phase: ArrayLike) -> Any:
    r"""Φ for Ω_B T2e* ≫ 1 with the nuclear Zeeman precession (average of S36 over exp(−t/τ_c)/τ_c).

    .. math:: \Phi = \frac12\sum_\pm \frac{1}{10\,\vartheta_\pm^2}\left(2 - \frac{1}{1+\vartheta_\pm^2}
              - \frac{1}{1+4\vartheta_\pm^2}\right) = \frac12\sum_\pm\frac{1}{10}\left(\frac{1}{1+\vartheta_\pm^2}
              + \frac{4}{1+4\vartheta_\pm^2}\right)

    with ϑ_± = (ω_e ± ω_B)τ_c; `x` = aτ_c/ħ = 2ω_eτ_c, `nuclear_phase` = ω_Bτ_c. At ω_B = 0 it is
    (S37); at ω_B = ±ω_e the Knight field compensates the external one and Φ → 1/4 however long τ_c
    is.
    """
    half = finite("x", x) / 2
    phase = finite("nuclear_phase", nuclear_phase)
    plus = _lorentzian(half + phase) + 4 * _lorentzian(2 * (half + phase))
    minus = _lorentzian(half - phase) + 4 * _lorentzian(2 * (half - phase))
    return as_given((plus + minus) / 20)


def _slow(x: Array) -> Array:
    """(S37) as a sum of two Lorentzians, which does not cancel for small x."""
    result: Array = 0.4 * (_lorentzian(x) + _lorentzian(x / 2) / 4)
    return result


def _lorentzian(x: Array) -> Array:
    """1/(1 + x²) without overflow of x²."""
    result: Array = (1 / np.hypot(1, x)) ** 2
    return result


@dataclass(frozen=True)
class SmallAngle(Method):
    """Φ for small rotation of the nuclear spins during τ_c, equation (9): k ≪ √N_I, |ω_B|τ_c ≪ 1."""

    smooth: ClassVar[bool] = True
    ignores_nuclear_precession: ClassVar[bool] = True
    several_isotopes: ClassVar[bool] = True
    small_angle: ClassVar[bool] = True

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        r"""Φ = ⟨1/(1+Ω_e²τ_c²)⟩ + 1/2 (9).

        b = Ω_B s, k = τ_c/s, N nuclei of spin I, ω_B s; dimensionless, broadcasting. In (1/2, 3/2].
        Warns where k > √N_I, and as :class:`ClosedForm` of ω_B; raises InvalidInputError for
        arguments outside their domain.

        >>> round(SmallAngle().heating_coefficient(0.0, 1e-6, nuclei=1e6), 9)
        1.5
        """
        groups = Groups.read(b, k, nuclei, spin, nuclear_precession)
        _warn_about_zeeman("SmallAngle", groups)
        largest = float(np.max(groups.rotation_angle, initial=0.0))
        if largest > 1:
            message = (
                f"SmallAngle holds for k << √N_I, but k/√N_I reaches {largest:.3g}; use ClosedForm"
            )
            warnings.warn(ValidityWarning(message, "angle SmallAngle", largest), stacklevel=2)
        return as_given(lorentzian_average(groups.b, groups.k) + 0.5)

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e for frozen nuclei, :func:`coldspin.precession.relaxation_rate` (S12).

        N, I and ω_B do not enter.
        """
        groups = Groups.read(b, k, nuclei, spin, nuclear_precession)
        return relaxation_rate(groups.b, groups.k)

    def heating_slope(self, b: ArrayLike, k: ArrayLike) -> Any:
        """∂Φ/∂b at fixed k: that of ⟨1/(1+Ω_e²τ_c²)⟩, the only part that depends on b."""
        return lorentzian_slope(b, k)


@dataclass(frozen=True)
class ClosedForm(Method):
    """Φ interpolated to any rotation angle of the nuclear spins (S38): any k, N_I ≫ 1, |ω_B| ≪ ω_e or 1/τ_c."""

    smooth: ClassVar[bool] = True
    ignores_nuclear_precession: ClassVar[bool] = True
    several_isotopes: ClassVar[bool] = True

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        r"""Φ = ⟨1/(1+Ω_e²τ_c²)⟩ + (2/5)(ħ/aτ_c)² [2 − 1/(1+(aτ_c/ħ)²) − 4/(4+(aτ_c/ħ)²)] (S38).

        b = Ω_B s, k = τ_c/s, N nuclei of spin I, ω_B s; dimensionless, broadcasting. In (0, 3/2].
        For N_I → ∞ exact at b = 0 for any k/√N_I and for any b at k ≪ √N_I; up to 17% low for k ≫
        √N_I at √N_I/k ≪ b ≪ k/√N_I (docs: differences). Warns where |ω_B|τ_c exceeds
        `method.largest_phase`: there 0.16 x² + 4 (ω_Bτ_c)² is above 5%. Raises InvalidInputError
        for arguments outside their domain.

        >>> round(ClosedForm().heating_coefficient(0.0, 100.0, nuclei=1e4), 6)
        0.28039
        """
        groups = Groups.read(b, k, nuclei, spin, nuclear_precession)
        _warn_about_zeeman("ClosedForm", groups)
        return as_given(lorentzian_average(groups.b, groups.k) + _slow(groups.rotation_angle))

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e for frozen nuclei, :func:`coldspin.precession.relaxation_rate` (S12).

        N, I and ω_B do not enter.
        """
        groups = Groups.read(b, k, nuclei, spin, nuclear_precession)
        return relaxation_rate(groups.b, groups.k)

    def heating_slope(self, b: ArrayLike, k: ArrayLike) -> Any:
        """∂Φ/∂b at fixed k: that of ⟨1/(1+Ω_e²τ_c²)⟩, the only part that depends on b."""
        return lorentzian_slope(b, k)


def _warn_about_zeeman(name: str, groups: Groups) -> None:
    warning = zeeman_warning(name, groups.rotation_angle, groups.nuclear_phase)
    if warning:
        warnings.warn(warning, stacklevel=3)
