"""Envelope wave functions of a localized carrier: the volume of each, and how uneven it is.

The participation volume is V = 1/∫|ψ|⁴d³r: a carrier spread evenly over V has the same fluctuation
of the Overhauser field as the real one (:mod:`~coldspin.materials.localization`). Lengths are SI,
strings with units are converted once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from math import e, inf, pi, prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, as_given, finite
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import LENGTH, positive_scalar

LARGEST = 1e-3  # [m]; no orbit is larger, a length in bare nanometers is


class Envelope(ABC):
    """A wave function: its density, its participation volume, its distance from an even box.

    In a box of volume V every nucleus has the coupling a = A v0/V. In the orbit it has a V|ψ|².
    """

    @property
    @abstractmethod
    def participation_volume(self) -> float:
        """V = 1/∫|ψ|⁴d³r [m³]."""

    @property
    @abstractmethod
    def peak(self) -> float:
        """V max |ψ|²: the largest coupling in units of that in the box."""

    @property
    @abstractmethod
    def steepness(self) -> float:
        """V max |∇|ψ|²| [1/m]: the steepest change of the coupling over that in the box."""

    def largest_step(self, distance: float) -> float:
        """Bound on the change of V|ψ|² over a `distance` [m]: its slope times it, or the peak."""
        return min(distance * self.steepness, self.peak)

    @abstractmethod
    def density(self, positions: ArrayLike) -> Any:
        """|ψ|² [1/m³] at positions of shape (..., 3) [m], normalized; result of shape (...)."""


@arguments_checked
@dataclass(frozen=True)
class Donor(Envelope):
    r"""Hydrogen-like donor, |ψ|² = exp(−2r/a_B)/(πa_B³), V = 8πa_B³.

    `bohr_radius` a_B > 0 is that of the donor in the crystal, not the atomic one. Holds for a_B of
    many lattice constants and an isotropic band edge; the central cell and its enhanced density on
    the donor itself are left out.
    """

    bohr_radius: Any

    def __post_init__(self) -> None:
        """Convert to meters."""
        object.__setattr__(self, "bohr_radius", _length("bohr_radius", self.bohr_radius))

    @property
    def participation_volume(self) -> float:
        """8πa_B³ [m³]."""
        return float(8 * pi * self.bohr_radius**3)

    @property
    def peak(self) -> float:
        """8, at the donor."""
        return 8.0

    @property
    def steepness(self) -> float:
        """16/a_B [1/m], at the donor."""
        return float(16 / self.bohr_radius)

    def density(self, positions: ArrayLike) -> Any:
        """|ψ|² around the donor at the origin [1/m³]."""
        r = np.linalg.norm(_points(positions), axis=-1)
        return as_given(np.exp(-2 * r / self.bohr_radius) / (pi * self.bohr_radius**3))


@arguments_checked
@dataclass(frozen=True)
class GaussianDot(Envelope):
    r"""Ground state of a parabolic dot, V = (2π)^{3/2} l_x l_y l_z.

    |ψ|² ∝ exp(−x²/l_x² − y²/l_y² − z²/l_z²).

    `radii` = (l_x, l_y, l_z), at which the *density* has fallen to 1/e, that is the oscillator
    lengths √(ħ/mω); the standard deviation of the position is l/√2, and the amplitude ψ falls to
    1/e at √2 l.
    """

    radii: Any

    def __post_init__(self) -> None:
        """Convert to meters."""
        object.__setattr__(self, "radii", _three("radii", self.radii))

    @property
    def participation_volume(self) -> float:
        """(2π)^{3/2} l_x l_y l_z [m³]."""
        return float((2 * pi) ** 1.5 * prod(self.radii))

    @property
    def peak(self) -> float:
        """2^{3/2}, at the center."""
        return 2**1.5

    @property
    def steepness(self) -> float:
        """4/(√e l) [1/m] with the smallest radius l, along which it lies at l/√2."""
        return float(4 / (sqrt(e) * min(self.radii)))

    def density(self, positions: ArrayLike) -> Any:
        """|ψ|² around the center at the origin [1/m³]."""
        exponent = np.sum((_points(positions) / np.array(self.radii)) ** 2, axis=-1)
        return as_given(np.exp(-exponent) / (pi**1.5 * prod(self.radii)))


@arguments_checked
@dataclass(frozen=True)
class Lens(Envelope):
    r"""Lens-shaped dot: a spherical cap with hard walls, base `radius` R and `height` h ≤ R.

    The motion along z is the faster one: at the distance ρ from the axis it costs ħ²π²/(2m h(ρ)²),
    which rises as ρ² and confines the lateral motion. To leading order in h/R, whatever the mass,

    .. math:: |\psi|^2 = \frac{e^{-\rho^2/l^2}}{\pi l^2}\,\frac2h\sin^2\frac{\pi z}h, \qquad
              l^2 = \frac{hR}{\sqrt2\,\pi\,(1+h/\sqrt2R)}, \qquad V = \tfrac43\pi l^2h,

    where the factor in brackets is the next order, which fits the numerical ground state of the
    cap: V is within 1 % of it for h ≤ R/3, 3 % for h ≤ R/2, 13 % for h = R (tested). Walls of
    finite height let the carrier leak out, and make V larger. 0 < z < h above the base, whose
    center is the origin.
    """

    radius: Any
    height: Any

    def __post_init__(self) -> None:
        """Convert to meters, and refuse a lens higher than its radius."""
        for name in ("radius", "height"):
            object.__setattr__(self, name, _length(name, getattr(self, name)))
        if self.height > self.radius:
            raise InvalidInputError(
                f"of a lens must be at most its radius of {self.radius:g} m",
                parameter="height",
                value=self.height,
                shown=f"{self.height:g} m",
                remedy="take GaussianDot for a tall dot",
            )

    @property
    def lateral_radius(self) -> float:
        """Distance l from the axis at which the density has fallen to 1/e [m]."""
        return sqrt(
            self.height * self.radius / (sqrt(2) * pi * (1 + self.height / (sqrt(2) * self.radius)))
        )

    @property
    def participation_volume(self) -> float:
        """4πl²h/3 [m³]."""
        return float(4 / 3 * pi * self.lateral_radius**2 * self.height)

    @property
    def peak(self) -> float:
        """8/3, on the axis at half the height."""
        return 8 / 3

    @property
    def steepness(self) -> float:
        """8π/(3h) [1/m], on the axis at a quarter of the height; less across."""
        return float(8 * pi / (3 * self.height))

    def density(self, positions: ArrayLike) -> Any:
        """|ψ|² above the center of the base [1/m³]."""
        x, y, z = np.moveaxis(_points(positions), -1, 0)
        area = pi * self.lateral_radius**2
        inside = (z > 0) & (z < self.height)
        vertical = np.where(inside, 2 / self.height * np.sin(pi * z / self.height) ** 2, 0.0)
        return as_given(np.exp(-(x**2 + y**2) / self.lateral_radius**2) / area * vertical)


@arguments_checked
@dataclass(frozen=True)
class Box(Envelope):
    """Even density in a box of these `lengths`, V = L_x L_y L_z: the box approximation itself."""

    lengths: Any

    def __post_init__(self) -> None:
        """Convert to meters."""
        object.__setattr__(self, "lengths", _three("lengths", self.lengths))

    @property
    def participation_volume(self) -> float:
        """L_x L_y L_z [m³]."""
        return float(prod(self.lengths))

    @property
    def peak(self) -> float:
        """1, everywhere."""
        return 1.0

    @property
    def steepness(self) -> float:
        """Infinite at the walls, where the coupling ends in one step."""
        return inf

    def density(self, positions: ArrayLike) -> Any:
        """1/V inside, 0 outside; the origin is the center [1/m³]."""
        inside = np.all(np.abs(_points(positions)) < np.array(self.lengths) / 2, axis=-1)
        return as_given(np.where(inside, 1 / self.participation_volume, 0.0))


@arguments_checked
@dataclass(frozen=True)
class HardWallBox(Envelope):
    r"""Ground state between hard walls, |ψ|² = Π (2/L_i) cos²(πx_i/L_i), V = (2/3)³ L_x L_y L_z."""

    lengths: Any

    def __post_init__(self) -> None:
        """Convert to meters."""
        object.__setattr__(self, "lengths", _three("lengths", self.lengths))

    @property
    def participation_volume(self) -> float:
        """(2/3)³ L_x L_y L_z [m³]."""
        return float(8 / 27 * prod(self.lengths))

    @property
    def peak(self) -> float:
        """(4/3)³, at the center."""
        return 64 / 27

    @property
    def steepness(self) -> float:
        """(4/3)³π/L [1/m] with the smallest length L, along which it lies at L/4."""
        return float(64 / 27 * pi / min(self.lengths))

    def density(self, positions: ArrayLike) -> Any:
        """|ψ|² around the center of the box at the origin [1/m³]."""
        points = _points(positions)
        lengths = np.array(self.lengths)
        inside = np.abs(points) < lengths / 2
        factors = np.where(inside, 2 / lengths * np.cos(pi * points / lengths) ** 2, 0.0)
        return as_given(np.prod(factors, axis=-1))


def _length(name: str, value: Any) -> float:
    """A length > 0 that an orbit may have [m]."""
    length = positive_scalar(name, value, LENGTH)
    if length > LARGEST:
        raise InvalidInputError(
            f"= {length:g} m is no size of an orbit",
            parameter=name,
            remedy='give it with a unit, as in "10 nm"',
        )
    return length


def _three(name: str, value: Any) -> tuple[float, ...]:
    """Three lengths > 0 [m]."""
    sequence = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else ()
    if len(sequence) != 3:
        raise InvalidInputError(
            'must be three lengths, as in ("10 nm", "10 nm", "3 nm")', parameter=name, value=value
        )
    return tuple(_length(f"{name}[{i}]", one) for i, one in enumerate(sequence))


def _points(positions: ArrayLike) -> Array:
    points = finite("positions", positions)
    if points.ndim == 0 or points.shape[-1] != 3:
        raise InvalidInputError(
            f"must end in the three coordinates, not have the shape {points.shape}",
            parameter="positions",
        )
    return points
