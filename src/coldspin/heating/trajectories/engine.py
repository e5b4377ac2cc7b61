"""Φ and T1e for unequal couplings by Monte Carlo, with their standard errors."""

import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log, sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, as_given, positive, within
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating.method import Estimate, Estimates, Groups, Method
from coldspin.heating.trajectories.profiles import (
    GaussianProfile,
    Profile,
    as_profile,
    knight_classes,
)
from coldspin.precession import lorentzian_average, relaxation_rate

LARGEST_ANGLE = 1e3
_SMALLEST_ANGLE = 1e-5  # x below which Φ no longer depends on it, to 1e-10
_FEWEST_SAMPLES = 256
_MOST_SAMPLES = 10**7
_FEWEST_CLASSES = 12
_MOST_CLASSES = 1024
_MOST_MEANS = 2**27  # of batches, at all points together: 2 GiB


@arguments_checked
@dataclass(frozen=True)
class Trajectories(Method):
    r"""Φ and T1e for N_I ≫ 1 nuclei with unequal couplings, by Monte Carlo (docs: unequal couplings).

    `couplings` is a :class:`Profile` or a list of relative couplings, one a nucleus; `nuclei` in
    the calls is then the participation number N = (Σa_j)²/Σa_j², so that a box of N nuclei has the
    same Σa_j and Σa_j². Interacting nuclei are neighbors, of equal coupling: the wave function
    changes little from a nucleus to the next.

    `samples` trajectories, 256 to 10⁷ and rounded up to 32s, are drawn from `seed`; the same at
    every point, so that curves are smooth. `tolerance`, in [1e-4, 0.5], bounds the relative error:
    the steps in time are so short that they err by less, and a ValidityWarning tells where the
    standard error exceeds it. `classes` Knight frequencies stand for all nuclei; None takes as many
    as the rotation angles and the tolerance call for, 1024 at most. `threads`, all cores for None,
    changes no bit of the result. Raises InvalidInputError for anything else.
    """

    sampled: ClassVar[bool] = True

    couplings: Any = field(default_factory=GaussianProfile)
    samples: int = 2048
    seed: int = 1
    tolerance: float = 0.05
    classes: int | None = None
    threads: int | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check every parameter; a list of couplings becomes a profile."""
        object.__setattr__(self, "couplings", as_profile(self.couplings))
        if within("tolerance", self.tolerance, 1e-4, 0.5).ndim:
            raise InvalidInputError(
                "must be one number for all points",
                parameter="tolerance",
                value=self.tolerance,
            )
        _whole("samples", self.samples, _FEWEST_SAMPLES, _MOST_SAMPLES)
        _whole("seed", self.seed, 0, 2**63)
        for name in ("classes", "threads"):
            if getattr(self, name) is not None:
                _whole(name, getattr(self, name), 1, 10**5)

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """Φ, the value of :meth:`estimate`; warns where its standard error exceeds the tolerance."""
        estimate = self.estimate(
            b, k, nuclei=nuclei, spin=spin, nuclear_precession=nuclear_precession
        )
        self.warn(estimate, stacklevel=3)
        return estimate.value

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e, the value that :meth:`estimates` gives with its standard error."""
        estimates = self.estimates(
            b, k, nuclei=nuclei, spin=spin, nuclear_precession=nuclear_precession
        )
        return estimates.relaxation_rate.value

    def estimate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Estimate:
        """Φ and its standard error, as in :meth:`estimates`."""
        estimates = self.estimates(
            b, k, nuclei=nuclei, spin=spin, nuclear_precession=nuclear_precession
        )
        return estimates.heating_coefficient

    def estimates(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Estimates:
        r"""Φ and s/T1e, each with its standard error.

        .. math:: \Phi = g + \sum_c \mu_c \left\langle\frac{1}{10c^2x^2}\int_0^\infty\left|\int_0^t
                  U_c^{-1}\,\frac{cx}2\,\boldsymbol n\cdot\boldsymbol L\,dt'\right|^2e^{-t}dt\right\rangle,\qquad
                  \frac{\tau_c}{T_{1,e}} = \left\langle\frac{\Omega_\perp^2\tau_c^2}{1+\Omega_e^2\tau_c^2}\right\rangle
                  + \frac12\left\langle\int_0^\infty[n_z(t)-n_z(0)]^2e^{-t}dt\right\rangle

        with t in τ_c, μ_c the share of the relative couplings c in Σa_j², n the direction of Ω_e,
        which moves as its nuclei do, U_c the rotation of a rank-2 tensor of nuclei that turn with
        ±(cx/2)n + ω_Bτ_c z, and g the average ⟨1/(1+Ω_e²τ_c²)⟩. b = Ω_B s and
        `nuclear_precession` = ω_B s are signed, k = τ_c/s, x = k/√N_I up to 1000; all broadcast.
        Unchanged when b or ω_B changes sign. Leading order in 1/√N_I; equal couplings give
        :class:`~coldspin.heating.Semiclassical`. T1N is to T1e as in the paper, so that both have
        the same relative error. Raises InvalidInputError outside the domain.
        """
        k = positive("k", k)
        omega = within("nuclear_precession", nuclear_precession, -1e100, 1e100)
        groups = Groups.read(b, k, nuclei, spin, omega)
        shape = groups.b.shape
        x = groups.rotation_angle
        if x.size == 0:
            empty = Estimate(np.empty(shape), np.empty(shape))
            return Estimates(empty, empty)
        if np.max(x) > LARGEST_ANGLE:
            raise InvalidInputError(
                f"k/√N_I must be at most {LARGEST_ANGLE:g}, since trajectories are followed turn "
                f"by turn, not {np.max(x):g}",
                remedy="take Semiclassical",
            )
        # Numba loads in half a second: only here
        from coldspin.heating.trajectories.sampling import BATCH, Point, batch_means

        batches = ceil(self.samples / BATCH)
        if batches * x.size > _MOST_MEANS:
            raise InvalidInputError(
                f"{x.size} points of {self.samples} samples need "
                f"{16 * batches * x.size / 2**30:.3g} GiB, more than "
                f"{16 * _MOST_MEANS / 2**30:.3g}",
                remedy="take fewer of either",
            )
        half_x = np.maximum(x, _SMALLEST_ANGLE) / 2
        # A phase beyond 1e6 is as good as that.
        phase = np.minimum(groups.nuclear_phase, 1e6)
        points = []
        for precession, half, turn in zip(
            groups.b.ravel().tolist(), half_x.ravel().tolist(), phase.ravel().tolist(), strict=True
        ):
            points.append(Point(*self._classes(half), abs(precession), half, turn))
        # Turn of the fastest class in one step [rad]: the error of the midpoint rule is its square.
        angle = 0.5 * sqrt(self.tolerance)
        means = batch_means(points, batches, self.seed, angle, self.threads)
        slow = np.moveaxis(means, 2, 0).reshape(2, -1, *shape)
        drift = slow[1] * (x / (2 * half_x)) ** 2 / groups.k
        return Estimates(
            _estimate(np.asarray(lorentzian_average(groups.b, groups.k)), slow[0]),
            _estimate(np.asarray(relaxation_rate(groups.b, groups.k)), drift),
        )

    def warn(self, estimate: Estimate, *, stacklevel: int = 2) -> None:
        """Warn where the relative standard error of Φ exceeds the tolerance."""
        relative = np.asarray(estimate.standard_error) / np.asarray(estimate.value)
        above = np.count_nonzero(relative > self.tolerance)
        if above:
            message = (
                f"{self!r} has a standard error of up to {np.max(relative):.1%}, above its "
                f"tolerance at {above} of {relative.size} points; take more samples"
            )
            warning = ValidityWarning(message, "error Trajectories", float(np.max(relative)))
            warnings.warn(warning, stacklevel=stacklevel)

    def _classes(self, half_x: float) -> tuple[Array, Array]:
        """The Knight classes for one point: as many as its rotation angle and the tolerance need."""
        if self.classes:
            return _choose_classes(self.couplings, self.classes)
        coupling, _ = _measure(self.couplings)
        # Degree, for every radian of phase in τ_c, of polynomials that hide the single classes. The
        # resonance of a class is as wide as 1/τ_c, and what the others leave between it and the
        # next was measured to be below 1.3 exp(−2.1·degree) of Φ: a tenth of the tolerance.
        degree = 0.5 * log(20 / self.tolerance)
        each = degree * float(coupling.max())  # classes for every radian of half_x
        count = _FEWEST_CLASSES + ceil(each * half_x)
        if min(count, coupling.size) > _MOST_CLASSES:
            raise InvalidInputError(
                f"k/√N_I must be at most {2 * (_MOST_CLASSES - _FEWEST_CLASSES) / each:.3g} with "
                f"{self.couplings!r}, not {2 * half_x:.3g}: more than {_MOST_CLASSES} Knight "
                f"frequencies would have to be followed",
                remedy="take shorter correlation times or a larger tolerance, or set classes",
            )
        return _choose_classes(self.couplings, count)


def _estimate(fast: Array, slow: Array) -> Estimate:
    """Mean and standard error of the batches (first axis), plus the part known in closed form."""
    error = np.std(slow, axis=0, ddof=1) / sqrt(len(slow))
    return Estimate(as_given(fast + np.mean(slow, axis=0)), as_given(error))


@lru_cache(maxsize=8)
def _measure(profile: Profile) -> tuple[Array, Array]:
    return profile.measure()


@lru_cache(maxsize=64)
def _choose_classes(profile: Profile, count: int) -> tuple[Array, Array]:
    return knight_classes(*_measure(profile), count)


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | np.integer)
        or not low <= value <= high
    ):
        raise InvalidInputError(
            f"must be a whole number from {low} to {high}", parameter=name, value=value
        )
