"""What every way of computing Φ offers, and the argument checks and warnings that the closed ones share."""

from math import sqrt
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite
from coldspin.exceptions import ValidityWarning
from coldspin.precession import effective_nuclei

CLOSED_FORM_ACCURACY = 0.05
"""Relative error of Φ that a closed form may have before it warns that it ignores ω_B."""


class Method(Protocol):
    """A frozen value that computes Φ and T1e from the dimensionless groups, both from one theory.

    b = Ω_B s and `nuclear_precession` = ω_B s are signed and independent of each other (a mean
    Overhauser field enters Ω_B alone); k = τ_c/s; s = T2e*. Arrays broadcast; scalar in, scalar
    out.
    """

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """Φ = ⟨ΔE_SS⟩ / (β x² Tr H_SS²), x = aτ_c/ħ = k/√N_I (5)."""

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e (3), (S12)."""


@runtime_checkable
class SmoothMethod(Protocol):
    """A method that knows ∂Φ/∂b and ignores ω_B, so that the optimum is the root of an analytic derivative."""

    def heating_slope(self, b: ArrayLike, k: ArrayLike) -> Any:
        """∂Φ/∂b at fixed k."""


@runtime_checkable
class SampledMethod(Protocol):
    """A method that draws samples: Φ and s/T1e from the same ones, each a value and a standard error."""

    def estimates(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """((Φ, its error), (s/T1e, its error))."""

    def warn(self, estimate: Any, *, stacklevel: int = 2) -> None:
        """Tell where the error of Φ is larger than promised."""


def rotation_angle(k: Array, nuclei: ArrayLike, spin: float) -> Array:
    """x = aτ_c/ħ = k/√N_I, twice the angle by which the Knight field turns a nucleus during τ_c."""
    x: Array = k / np.sqrt(effective_nuclei(nuclei, spin))
    return x


def nuclear_zeeman_share(nuclear_precession: ArrayLike, nuclei: ArrayLike, spin: float) -> Array:
    """|ω_B|/ω_e with ω_e = a/2ħ = 1/(2 s √N_I): the nuclear Zeeman frequency against that in the Knight field."""
    share: Array = (
        2
        * np.abs(finite("nuclear_precession", nuclear_precession))
        * np.sqrt(effective_nuclei(nuclei, spin))
    )
    return share


def nuclear_phase(nuclear_precession: ArrayLike, k: ArrayLike) -> Array:
    """|ω_B|τ_c, the angle by which the nuclei precess in the field during a visit; 0 without a field, also at k = ∞."""
    omega = np.abs(finite("nuclear_precession", nuclear_precession))
    with np.errstate(invalid="ignore"):
        phase: Array = np.where(omega == 0, 0.0, omega * np.asarray(k))
    return phase


def closed_form_error(angle: ArrayLike, phase: ArrayLike) -> Array:
    r"""Bound of the relative error of Φ by (S38) for many nuclei, at any field and either sign of ω_B.

    .. math:: \min(0.16\,x^2,\ 0.17) + 4\,(\omega_B\tau_c)^2

    `angle` is x = aτ_c/ħ, `phase` is |ω_B|τ_c. The first part is what (S38) makes of large
    rotations, the second what it lacks by ignoring ω_B. The tests scan both against
    :class:`.Semiclassical`.
    """
    with np.errstate(over="ignore"):
        bound: Array = np.minimum(0.4 * np.asarray(angle), sqrt(0.17)) ** 2 + 4 * np.square(
            np.asarray(phase)
        )
    return bound


def largest_phase(angle: ArrayLike) -> Array:
    """|ω_B|τ_c up to which a closed form may ignore ω_B, at x = aτ_c/ħ: the one criterion of every warning about it.

    Up to there :func:`closed_form_error` stays below 5%, or its part from ω_B below 1%, or |ω_B| below 0.01 ω_e, where
    the nuclei follow the Knight field and ω_B changes Φ by at most 3% up to x = 100.
    """
    rotation = closed_form_error(angle, 0.0)
    allowed: Array = (
        np.sqrt(np.maximum(CLOSED_FORM_ACCURACY - rotation, CLOSED_FORM_ACCURACY / 5)) / 2
    )
    return np.maximum(allowed, 0.005 * np.asarray(angle))


def zeeman_warning(name: str, angle: Array, phase: Array) -> ValidityWarning | None:
    """The warning of a method that ignores ω_B, where that is beyond :func:`largest_phase`."""
    error = np.where(phase > largest_phase(angle), closed_form_error(angle, phase), 0.0)
    worst = float(np.max(error, initial=0.0))
    if not worst:
        return None
    much = f"{100 * worst:.0f}%" if worst < 1 else f"a factor of {1 + worst:.3g}"
    return ValidityWarning(
        f"{name} ignores the nuclear Zeeman precession: |ω_B|τ_c reaches {np.max(phase):.3g}, and "
        f"Φ may be wrong by up "
        f"to {much}, 0.16 x² + 4 (ω_B τ_c)² with x = aτ_c/ħ; use Semiclassical(), for several "
        f"isotopes with "
        "effective_isotope=True",
        f"zeeman {name}",
        worst,
    )
