"""Φ for many nuclei at any rotation angle and in any field, to leading order in 1/√N_I."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, as_given, positive, within
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating.method import Groups, Method
from coldspin.precession import lorentzian_average, relaxation_rate

LARGEST_FREQUENCY = 1e100


@arguments_checked
@dataclass(frozen=True)
class Semiclassical(Method):
    """Φ for N_I ≫ 1 at any correlation time, field and nuclear Zeeman frequency.

    `tolerance` in [1e-12, 1e-2] is the relative error of the numerical integration;
    InvalidInputError for another one. The theory itself leaves out terms of relative order 1/N_I,
    and 1/√N_I where ω_B ~ ω_e.
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
        r"""Φ of nuclei that turn about the field and the Overhauser field at once.

        .. math:: \Phi = \left\langle\frac{1}{1+\Omega_e^2\tau_c^2}\right\rangle + \frac{1}{20}\sum_{m,m'=-2}^{2}
                  \frac12\sum_\pm\left\langle\left(\frac{\Omega_B m+\Omega_N m'}{\Omega_e}\right)^2
                  \frac{[d^2_{m'm}(\theta)]^2}{1+(\kappa m'+\Theta_\pm m)^2\tau_c^2}\right\rangle

        (docs: semiclassical) with κ = ω_eΩ_N/Ω_e, Θ_± = ω_eΩ_B/Ω_e ± ω_B, θ the angle between Ω_N and the field, ω_e =
        a/2ħ, d² the Wigner matrix. b = Ω_B s and `nuclear_precession` = ω_B s are signed, up to
        1e100; k = τ_c/s lies in [1e-100, 1e100]; N nuclei of spin I; all broadcast. Result in (0,
        3/2]. Unchanged when b or ω_B changes sign. Extends (S34), (S36) and (S39); (S36) for b → ∞,
        (9) for k ≪ √N_I without ω_B, (S37) at b = 0 without ω_B. Raises InvalidInputError outside
        the domain; warns if `tolerance` is not reached.

        >>> round(Semiclassical().heating_coefficient(0.0, 100.0, nuclei=1e4), 6)
        0.28039
        """
        # Numba loads in half a second: only here
        from coldspin.heating.double_rotation import slow_heating_averages

        groups = _read_groups(b, k, nuclei, spin, nuclear_precession)
        # Angles beyond 1e100 are as good as that.
        half_x = np.minimum(groups.rotation_angle / 2, LARGEST_FREQUENCY)
        phase = np.minimum(groups.nuclear_phase, LARGEST_FREQUENCY)
        fast = np.asarray(lorentzian_average(groups.b, groups.k))
        slow, error = slow_heating_averages(
            groups.b.ravel(), half_x.ravel(), phase.ravel(), fast.ravel(), self.tolerance
        )
        heating: Array = fast + slow.reshape(fast.shape)
        relative = error.reshape(fast.shape) / heating
        above = np.count_nonzero(relative > self.tolerance)
        if above:
            message = (
                f"Semiclassical(tolerance={self.tolerance:g}) reached only "
                f"{np.max(relative):.1e} at {above} of {relative.size} points; trust no more "
                "digits there"
            )
            subject = "tolerance Semiclassical"
            warnings.warn(ValidityWarning(message, subject, float(np.max(relative))), stacklevel=2)
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
        """s/T1e for frozen nuclei, :func:`coldspin.precession.relaxation_rate` (S12).

        N, I and ω_B do not enter.
        """
        groups = _read_groups(b, k, nuclei, spin, nuclear_precession)
        return relaxation_rate(groups.b, groups.k)


def _read_groups(
    b: ArrayLike, k: ArrayLike, nuclei: ArrayLike, spin: float, nuclear_precession: ArrayLike
) -> Groups:
    """The groups, k and ω_B in the range that the integration carries."""
    k = within("k", positive("k", k), 1e-100, LARGEST_FREQUENCY)
    omega = within("nuclear_precession", nuclear_precession, -LARGEST_FREQUENCY, LARGEST_FREQUENCY)
    return Groups.read(b, k, nuclei, spin, omega)
