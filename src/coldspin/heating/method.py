"""The base of every method for Φ, the groups that it is called with, and the error of the closed forms."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, averaging, broadcast, finite, half_integer, positive
from coldspin.exceptions import InvalidInputError, ValidityWarning

CLOSED_FORM_ACCURACY = 0.05
"""Relative error of Φ that a closed form may have before it warns that it ignores ω_B."""


class Estimate(NamedTuple):
    """A value and its standard error, floats or arrays."""

    value: Any
    standard_error: Any


class Estimates(NamedTuple):
    """Φ and s/T1e from one theory, or from the same samples."""

    heating_coefficient: Estimate
    relaxation_rate: Estimate


class Method(ABC):
    """The base of every method: a frozen value that computes Φ and s/T1e from one theory.

    A method defines `heating_coefficient` and `relaxation_rate`. What else it can do is stated by
    the class attributes below; the rest of the package asks nothing but these. b = Ω_B s and
    `nuclear_precession` = ω_B s are signed and independent of each other (a mean Overhauser field
    enters Ω_B alone); k = τ_c/s; s = T2e*. Arrays broadcast; scalar in, scalar out.
    """

    smooth: ClassVar[bool] = False
    """It has `heating_slope`, ∂Φ/∂b; `optimum` then solves for the extrema."""
    sampled: ClassVar[bool] = False
    """It draws samples: `estimates` gives standard errors, `warn` says where they are large."""
    whole_nuclei: ClassVar[bool] = False
    """N must be whole; the SI functions round it."""
    ignores_nuclear_precession: ClassVar[bool] = False
    """ω_B does not change Φ."""
    several_isotopes: ClassVar[bool] = False
    """Φ of one effective isotope serves several isotopes while x is small."""
    small_angle: ClassVar[bool] = False
    """Φ does not depend on the rotation angle x, nor on N: it holds for x ≪ 1."""

    tolerance: float = 0.0
    """Relative numerical error of Φ; a field of the methods that let the caller choose it."""

    @abstractmethod
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

    @abstractmethod
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

    # The place for `reservoir_heating(b, k, *, nuclei, spin, nuclear_precession)`, which will give
    # Φ_ZZ, Φ_SS and Φ_ZS, with Φ_ZZ + Φ_SS + 2Φ_ZS = Φ.

    def heating_slope(self, b: ArrayLike, k: ArrayLike) -> Any:
        """∂Φ/∂b at fixed k, of a method that is `smooth`."""
        raise NotImplementedError(f"{type(self).__name__} has no analytic slope")

    def estimates(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Estimates:
        """Φ and s/T1e, each with its standard error, which is 0 unless the method is `sampled`."""
        rest: Any = {"nuclei": nuclei, "spin": spin, "nuclear_precession": nuclear_precession}
        heating = self.heating_coefficient(b, k, **rest)
        relaxation = self.relaxation_rate(b, k, **rest)
        return Estimates(
            Estimate(heating, np.zeros(np.shape(heating))),
            Estimate(relaxation, np.zeros(np.shape(relaxation))),
        )

    def warn(self, estimate: Estimate, *, stacklevel: int = 2) -> None:
        """Warn where the standard error of Φ exceeds what a `sampled` method promised."""
        del estimate, stacklevel

    def resolve(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> "Method":
        """Return the method that computes at these points: itself, unless it chooses another."""
        del b, k, nuclei, spin, nuclear_precession
        return self


@dataclass(frozen=True, repr=False)
class _TwoFunctions(Method):
    """An object that has the two functions of a method without the base: no capabilities."""

    functions: Any

    def heating_coefficient(self, b: ArrayLike, k: ArrayLike, **groups: Any) -> Any:
        return self.functions.heating_coefficient(b, k, **groups)

    def relaxation_rate(self, b: ArrayLike, k: ArrayLike, **groups: Any) -> Any:
        return self.functions.relaxation_rate(b, k, **groups)

    def __repr__(self) -> str:
        return repr(self.functions)


def as_method(value: Any) -> Method:
    """Return a method as it is, or an object with its two functions as a method.

    Raises InvalidInputError for anything else, such as the class in place of a value.
    """
    if isinstance(value, Method):
        return value
    names = ("heating_coefficient", "relaxation_rate")
    if isinstance(value, type) or not all(callable(getattr(value, name, None)) for name in names):
        raise InvalidInputError(
            "must be a value such as ClosedForm() or Semiclassical()",
            parameter="method",
            value=value,
        )
    return _TwoFunctions(value)


@dataclass(frozen=True, eq=False)
class Groups:
    """The dimensionless groups of one call: arrays of one shape, and the spin I of the nuclei."""

    b: Array
    """Ω_B s."""
    k: Array
    """τ_c/s."""
    nuclei: Array
    """N."""
    spin: float
    nuclear_precession: Array
    """ω_B s."""

    @classmethod
    def read(
        cls,
        b: ArrayLike,
        k: ArrayLike,
        nuclei: ArrayLike,
        spin: float,
        nuclear_precession: ArrayLike,
    ) -> "Groups":
        """Check the arguments of a call and broadcast them; a method may narrow the ranges first."""
        b, k = averaging(b, k)
        b, k, number, omega = broadcast(
            b=b,
            k=k,
            nuclei=positive("nuclei", nuclei),
            nuclear_precession=finite("nuclear_precession", nuclear_precession),
        )
        return cls(b, k, number, half_integer("spin", spin), omega)

    @property
    def effective_nuclei(self) -> Array:
        """N_I = 4NI(I+1)/3."""
        return 4 * self.nuclei * self.spin * (self.spin + 1) / 3

    @property
    def rotation_angle(self) -> Array:
        """x = aτ_c/ħ = k/√N_I, twice the angle that the Knight field turns a nucleus by in τ_c."""
        x: Array = self.k / np.sqrt(self.effective_nuclei)
        return x

    @property
    def nuclear_phase(self) -> Array:
        """|ω_B|τ_c, by which a nucleus precesses in the field during τ_c; 0 at ω_B = 0, any k."""
        omega = np.abs(self.nuclear_precession)
        with np.errstate(invalid="ignore"):
            return np.where(omega == 0, 0.0, omega * self.k)


def closed_form_error(angle: ArrayLike, phase: ArrayLike) -> Array:
    r"""Bound of the relative error of Φ by (S38) for many nuclei, any field and either sign of ω_B.

    .. math:: \min(0.16\,x^2,\ 0.17) + 4\,(\omega_B\tau_c)^2

    `angle` is x = aτ_c/ħ, `phase` is |ω_B|τ_c. The first part is the error of (S38) at large
    rotations, the second what it lacks by ignoring ω_B. The tests compare both with
    :class:`.Semiclassical`.
    """
    with np.errstate(over="ignore"):
        rotation = np.minimum(0.4 * np.asarray(angle), sqrt(0.17)) ** 2
        bound: Array = rotation + 4 * np.square(np.asarray(phase))
    return bound


def largest_phase(angle: ArrayLike) -> Array:
    """|ω_B|τ_c up to which a closed form may ignore ω_B, at x = aτ_c/ħ.

    Every warning about it uses this one criterion. Up to there :func:`closed_form_error` stays
    below 5%, or its part from ω_B below 1%, or |ω_B| below 0.01 ω_e, where the nuclei follow the
    Knight field and ω_B changes Φ by at most 3% up to x = 100.
    """
    left = CLOSED_FORM_ACCURACY - closed_form_error(angle, 0.0)
    allowed: Array = np.sqrt(np.maximum(left, CLOSED_FORM_ACCURACY / 5)) / 2
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
        f"Φ may be wrong by up to {much}, 0.16 x² + 4 (ω_B τ_c)² with x = aτ_c/ħ; use "
        "Semiclassical(), for several isotopes with effective_isotope=True",
        f"zeeman {name}",
        worst,
    )
