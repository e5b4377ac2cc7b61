"""Φ for many nuclei at any rotation angle and with their own precession in the field: leading order in 1/√N_I."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import (
    Array,
    arguments_checked,
    as_given,
    averaging,
    broadcast,
    positive,
    within,
)
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating.method import rotation_angle
from coldspin.precession import lorentzian_average, relaxation_rate

LARGEST_FREQUENCY = 1e100


@arguments_checked
@dataclass(frozen=True)
class Semiclassical:
    """Φ for N_I ≫ 1 at any correlation time, field and nuclear Zeeman frequency, to the relative error `tolerance`.

    `tolerance` lies in [1e-12, 1e-2]; InvalidInputError otherwise. It bounds the numerical
    integration. The theory itself leaves out terms of relative order 1/N_I, and 1/√N_I where ω_B ~
    ω_e.
    """

    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        tolerance = within("tolerance", self.tolerance, 1e-12, 1e-2)
        if tolerance.ndim:
            raise InvalidInputError(
                "must be one number for all points",
                parameter="tolerance",
                value=self.tolerance,
            )

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        r"""Φ from nuclei that turn about the field and about the Overhauser field at once (docs: semiclassical).

        .. math:: \Phi = \left\langle\frac{1}{1+\Omega_e^2\tau_c^2}\right\rangle + \frac{1}{20}\sum_{m,m'=-2}^{2}
                  \frac12\sum_\pm\left\langle\left(\frac{\Omega_B m+\Omega_N m'}{\Omega_e}\right)^2
                  \frac{[d^2_{m'm}(\theta)]^2}{1+(\kappa m'+\Theta_\pm m)^2\tau_c^2}\right\rangle

        with κ = ω_eΩ_N/Ω_e, Θ_± = ω_eΩ_B/Ω_e ± ω_B, θ the angle between Ω_N and the field, ω_e =
        a/2ħ, d² the Wigner matrix. b = Ω_B s and `nuclear_precession` = ω_B s are signed, up to
        1e100; k = τ_c/s lies in [1e-100, 1e100]; N nuclei of spin I; all broadcast. Result in (0,
        3/2]. Unchanged when b or ω_B changes sign. Extends (S34), (S36) and (S39); (S36) for b → ∞,
        (9) for k ≪ √N_I without ω_B, (S37) at b = 0 without ω_B. Raises InvalidInputError outside
        the domain; warns if `tolerance` is not reached.

        >>> round(Semiclassical().heating_coefficient(0.0, 100.0, nuclei=1e4), 6)
        0.28039
        """
        from coldspin.heating.double_rotation import (
            slow_heating_averages,
        )  # Numba loads in half a second: only here

        b, k, half_x, phase = self._groups(b, k, nuclei, spin, nuclear_precession)
        fast = np.asarray(lorentzian_average(b, k))
        slow, error = slow_heating_averages(
            b.ravel(), half_x.ravel(), phase.ravel(), fast.ravel(), self.tolerance
        )
        heating: Array = fast + slow.reshape(b.shape)
        self._warn(error.reshape(b.shape) / heating)
        return as_given(heating)

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e for frozen nuclei, :func:`coldspin.precession.relaxation_rate` (S12); N, I and ω_B do not enter."""
        b, k, _, _ = self._groups(b, k, nuclei, spin, nuclear_precession)
        return relaxation_rate(b, k)

    @staticmethod
    def _groups(
        b: ArrayLike, k: ArrayLike, nuclei: ArrayLike, spin: float, nuclear_precession: ArrayLike
    ) -> tuple[Array, Array, Array, Array]:
        """b, k, ω_eτ_c and |ω_B|τ_c, broadcast together; angles beyond 1e100 are as good as that."""
        b, k = averaging(b, within("k", positive("k", k), 1e-100, LARGEST_FREQUENCY))
        precession = within(
            "nuclear_precession", nuclear_precession, -LARGEST_FREQUENCY, LARGEST_FREQUENCY
        )
        b, k, precession, number = broadcast(
            b=b, k=k, nuclear_precession=precession, nuclei=positive("nuclei", nuclei)
        )
        half_x = np.minimum(rotation_angle(k, number, spin) / 2, LARGEST_FREQUENCY)
        phase = np.minimum(np.abs(precession) * k, LARGEST_FREQUENCY)
        return b, k, half_x, phase

    def _warn(self, error: Array) -> None:
        missed = np.count_nonzero(error > self.tolerance)
        if missed:
            message = (
                f"Semiclassical(tolerance={self.tolerance:g}) reached only {np.max(error):.1e} at "
                f"{missed} of "
                f"{error.size} points; trust no more digits there"
            )
            warnings.warn(
                ValidityWarning(message, "tolerance Semiclassical", float(np.max(error))),
                stacklevel=3,
            )
