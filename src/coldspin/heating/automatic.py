"""The choice of a method: the cheapest one whose known error stays within a tolerance."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import arguments_checked, within
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating.closed_form import ClosedForm
from coldspin.heating.method import Groups, Method, closed_form_error
from coldspin.heating.semiclassical import Semiclassical


@arguments_checked
@dataclass(frozen=True)
class Automatic(Method):
    r"""The cheapest method whose systematic error in Φ stays below `tolerance`, one for a call.

    ==================  ==================================================================
    method              taken when
    ==================  ==================================================================
    ``ClosedForm``      0.16 x² + 4 (ω_Bτ_c)² ≤ tolerance, x = k/√N_I: small rotation
    ``Semiclassical``   1/√N_I ≤ tolerance
    ``Multiplets``      otherwise
    ==================  ==================================================================

    The first bound is that of (S38) against the semiclassical Φ, the second the leading finite-N
    correction, largest at the Knight resonance; both are measured in the tests. The engines run at
    a tenth of `tolerance`; `Multiplets` needs a whole N. The result of :func:`coldspin.cool` names
    the choice in its attribute `method`.

    `tolerance` is about the Φ of one isotope. With several isotopes β holds two approximations
    more, the same with every method: one effective isotope in Φ, which the result names, and the
    heat of isotopes against each other (:meth:`.Ensemble.turning_square`). The attribute
    `condition_isotope_heating` bounds the error of β from the second.
    """

    whole_nuclei: ClassVar[bool] = True

    tolerance: float = 1e-2

    def __post_init__(self) -> None:
        """Check the tolerance."""
        if within("tolerance", self.tolerance, 1e-8, 0.1).ndim:
            raise InvalidInputError("must be one number", parameter="tolerance")

    def resolve(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Method:
        """Return the method that these arguments call for."""
        groups = Groups.read(b, k, nuclei, spin, nuclear_precession)
        rotation = float(np.max(groups.rotation_angle, initial=0.0))
        phase = float(np.max(groups.nuclear_phase, initial=0.0))
        if closed_form_error(rotation, phase) <= self.tolerance:
            return ClosedForm()
        numerical = min(1e-2, self.tolerance / 10)
        if 1 / np.sqrt(np.min(groups.effective_nuclei)) <= self.tolerance:
            return Semiclassical(tolerance=numerical)
        from coldspin.heating.multiplets import Multiplets

        return Multiplets(tolerance=numerical)

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """Φ by the method of :meth:`resolve`."""
        rest: Any = {"nuclei": nuclei, "spin": spin, "nuclear_precession": nuclear_precession}
        method = self.resolve(b, k, **rest)
        with warnings.catch_warnings():
            # The method was chosen because what it warns about is within the tolerance.
            warnings.simplefilter("ignore", ValidityWarning)
            return method.heating_coefficient(b, k, **rest)

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        """s/T1e by the method of :meth:`resolve`."""
        rest: Any = {"nuclei": nuclei, "spin": spin, "nuclear_precession": nuclear_precession}
        method = self.resolve(b, k, **rest)
        with warnings.catch_warnings():
            # The method was chosen because what it warns about is within the tolerance.
            warnings.simplefilter("ignore", ValidityWarning)
            return method.relaxation_rate(b, k, **rest)
