"""What every way of computing Φ offers, and the argument checks and warnings that the closed ones share."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite
from coldspin.exceptions import ValidityWarning
from coldspin.precession import effective_nuclei


class Method(Protocol):
    """A frozen value that computes Φ and T1e from the dimensionless groups, both from one theory.

    b = Ω_B s and `nuclear_precession` = ω_B s are signed and independent of each other (a mean Overhauser field enters
    Ω_B alone); k = τ_c/s; s = T2e*. Arrays broadcast; scalar in, scalar out.
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
        2 * np.abs(finite("nuclear_precession", nuclear_precession)) * np.sqrt(effective_nuclei(nuclei, spin))
    )
    return share


def zeeman_warning(name: str, share: Array) -> ValidityWarning | None:
    """The warning of a method that ignores ω_B, where it matters: |ω_B| > 0.1 ω_e."""
    beyond = np.count_nonzero(share > 0.1)
    if not beyond:
        return None
    return ValidityWarning(
        f"{name} ignores the nuclear Zeeman precession, but |ω_B| > 0.1 ω_e at {beyond} of {share.size} points "
        f"(largest ratio {np.max(share):.3g}); use Semiclassical, for several isotopes with effective_isotope"
    )
