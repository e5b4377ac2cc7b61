"""Relaxation of the nuclei by other ways than the electron's hyperfine interaction."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, finite, positive
from coldspin.exceptions import InvalidInputError


class Channel(Protocol):
    """A way by which β decays; its rate adds to 1/T_E, in the dark and under pumping."""

    def rate(
        self, field: ArrayLike, local_field: float, nuclear_gyromagnetic_ratio: float, /
    ) -> Array:
        """1/T of this channel [1/s] at B [T], for B_L [T] of the heat capacity and γ_N [rad/s/T].

        Isotopes with different γ_N have one rate each, averaged with their shares in the heat
        capacity.
        """


@arguments_checked
@dataclass(frozen=True)
class ConstantRelaxation:
    """A relaxation time that does not depend on the field, T [s]."""

    time: float

    def __post_init__(self) -> None:
        """Check the time."""
        _one_positive(self, "time")

    def rate(self, field: ArrayLike, _local_field: float, _gyromagnetic_ratio: float, /) -> Array:
        """1/T."""
        return np.full(np.shape(finite("field", field)), 1 / self.time)


@arguments_checked
@dataclass(frozen=True)
class QuadrupoleRelaxation:
    r"""Fluctuating electric field gradients, independent at each nucleus, isotropic on average.

    .. math:: \frac1T = \frac{1}{T_Q}\,\frac{B^2 J(B) + 2B_L^2}{B^2+B_L^2},\qquad
              J = \frac{1/5}{1+(\gamma_N B\tau_Q)^2} + \frac{4/5}{1+(2\gamma_N B\tau_Q)^2}

    `time` is T_Q [s], the relaxation time of one nuclear spin at zero field, `correlation_time` is
    τ_Q [s] of the gradient. The bracket is that of a rank-2 perturbation on one spin; a product of
    two spins decays twice as fast, hence 2B_L², and that is so for gradients common to both spins
    as well. Holds for |ω_Q|τ_Q ≪ 1.
    """

    time: float
    correlation_time: float

    def __post_init__(self) -> None:
        """Check both times."""
        _one_positive(self, "time")
        _one_positive(self, "correlation_time")

    def rate(
        self, field: ArrayLike, local_field: float, nuclear_gyromagnetic_ratio: float, /
    ) -> Array:
        """1/T at each field."""
        squared, local = finite("field", field) ** 2, positive("local_field", local_field) ** 2
        return (
            quadrupole_shape(squared, local, nuclear_gyromagnetic_ratio * self.correlation_time)
            / self.time
        )


def quadrupole_shape(
    field_squared: ArrayLike, local_squared: ArrayLike, phase_slope: ArrayLike
) -> Array:
    """T_Q/T of :class:`QuadrupoleRelaxation` from B², B_L² [T²] and γ_Nτ_Q [rad/T]; broadcasting."""
    squared, local = np.asarray(field_squared), np.asarray(local_squared)
    phase = squared * np.asarray(phase_slope) ** 2
    spectrum = 0.2 / (1 + phase) + 0.8 / (1 + 4 * phase)
    result: Array = (squared * spectrum + 2 * local) / (squared + local)
    return result


@arguments_checked
@dataclass(frozen=True)
class DiffusionLimited:
    """Spin diffusion to sinks that are at infinite temperature, 1/T = 4πnDR.

    n [1/m³] sinks, D [m²/s], R [m] the radius of a sink. Holds for 4πnR³/3 ≪ 1 and times longer
    than R²/D.
    """

    density: float
    diffusivity: float
    radius: float

    def __post_init__(self) -> None:
        """Check all three."""
        for name in ("density", "diffusivity", "radius"):
            _one_positive(self, name)

    def rate(self, field: ArrayLike, _local_field: float, _gyromagnetic_ratio: float, /) -> Array:
        """4πnDR."""
        return np.full(
            np.shape(finite("field", field)), 4 * pi * self.density * self.diffusivity * self.radius
        )


def diluted_rate(rate: ArrayLike, *, density: float, diffusivity: float, radius: float) -> Array:
    r"""Relaxation rate of diffusing spins, of which those within `radius` of n centres relax.

    .. math:: \frac1T = 4\pi nDR\left(1 - \frac{\tanh q}{q}\right),\qquad q = R\sqrt{w/D}

    The stationary flux into a sphere with a uniform sink. q ≪ 1: every spin visits the sphere, 1/T = (4π/3)R³n·w;
    q ≫ 1: the flux is limited by diffusion, :class:`DiffusionLimited`. n [1/m³], D [m²/s], R [m], w [1/s].
    """
    reach, flow = positive("radius", radius), positive("diffusivity", diffusivity)
    q = reach * np.sqrt(positive("rate", rate) / flow)
    series = q**2 / 3 * (1 - q**2 * 2 / 5)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(q < 1e-4, series, 1 - np.tanh(q) / q)
    result: Array = 4 * pi * positive("density", density) * flow * reach * share
    return result


def diffusion_length(diffusivity: float, time: float) -> float:
    """√(Dt) [m], how far nuclear polarization spreads in the time t."""
    return sqrt(_one("diffusivity", diffusivity) * _one("time", time))


def _one_positive(record: object, name: str) -> None:
    object.__setattr__(record, name, _one(name, getattr(record, name)))


def _one(name: str, value: float) -> float:
    number = positive(name, value)
    if number.ndim:
        raise InvalidInputError(f"must be one value, not an array of {number.size}", parameter=name)
    return float(number)
