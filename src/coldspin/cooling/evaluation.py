"""Φ and T1e of a site by any method, at any precession: the step that takes the time."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, ValidityWarning, worst_warnings
from coldspin.heating import Method
from coldspin.heating.method import as_method
from coldspin.precession import lorentzian_average
from coldspin.sample.site import Site

Progress = Callable[[float], None]

_SHARES = 50  # of the work, after which progress is told


class Heating(NamedTuple):
    """Φ and τ_c/T1e of a site by a method, and ⟨1/(1+Ω_e²τ_c²)⟩, which is 0 for one coupled isotope.

    `precession` is the |Ω_B| T2e* at which they hold. With the standard errors of the first two, 0
    for a method that draws no samples.
    """

    coefficient: Array
    spin_loss: Array
    lorentzian: Array
    precession: Array
    coefficient_error: Array
    spin_loss_error: Array


@dataclass(frozen=True)
class Evaluator:
    """A method bound to a site: resolved, N rounded if needed, warnings collected, one of each subject."""

    site: Site
    method: Method
    name: str
    nuclei: float
    messages: list[ValidityWarning] = field(default_factory=list)
    automatic: bool = False

    def __call__(self, b: Array, omega: Array, progress: Progress | None = None) -> Heating:
        """Evaluate at b = Ω_B T2e* and ω_B T2e*; warnings of the method become messages."""
        pieces = 1
        if progress and not self.method.smooth and b.size:
            pieces = min(_SHARES, b.size)
        parts = list(zip(np.array_split(b, pieces), np.array_split(omega, pieces), strict=True))
        values = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            for done, part in enumerate(parts, start=1):
                values.append(self._all(*part))
                if progress:
                    progress(done / len(parts))
        if not self.automatic:
            fresh = [
                entry.message for entry in caught if isinstance(entry.message, ValidityWarning)
            ]
            self.messages[:] = worst_warnings([*self.messages, *fresh])
        columns = zip(*values, strict=True)
        return Heating(
            *(np.concatenate([np.atleast_1d(piece) for piece in column]) for column in columns)
        )

    def quietly(self, b: Array, omega: Array) -> Heating:
        """Evaluate without listening to warnings, for points that are only steps of a search."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ValidityWarning)
            return Heating(*(np.atleast_1d(value) for value in self._all(b, omega)))

    @property
    def sampled(self) -> bool:
        """Whether the method draws samples, so that its values have standard errors."""
        return self.method.sampled

    def _all(self, b: Array, omega: Array) -> tuple[Array, ...]:
        groups: dict[str, Any] = {
            "nuclei": self.nuclei,
            "spin": self.site.box.nuclear_spin,
            "nuclear_precession": omega,
        }
        k = self.site.k
        heating, relaxation = self.method.estimates(b, k, **groups)
        self.method.warn(heating)
        coefficient, error = (np.asarray(value) for value in heating)
        rate, rate_error = (np.asarray(value) for value in relaxation)
        alike = len(self.site.coupled) == 1
        lorentzian = np.zeros_like(rate) if alike else np.asarray(lorentzian_average(b, k))
        return coefficient, rate * k, lorentzian, np.abs(b), error, rate_error * k


def bind_method(
    site: Site, b: Array, omega: Array, method: Method, *, effective_isotope: bool = False
) -> Evaluator:
    """Bind a method to a site.

    Rounds N for a method that counts nuclei; `Automatic` chooses a method for these points.
    """
    check(site, method)
    method = as_method(method)
    box = site.box
    messages: list[ValidityWarning] = []
    if len(site.coupled) > 1 and not method.small_angle:
        messages = _several_isotopes(site, method, effective_isotope)
    nuclei = box.nuclei
    if method.whole_nuclei and nuclei != round(nuclei):
        nuclei = float(round(nuclei))
        sentence = (
            f"nuclei = {box.nuclei:.10g} was rounded to {nuclei:.10g} for {type(method).__name__}"
        )
        messages.append(ValidityWarning(sentence, "rounded nuclei"))
    chosen = method
    if b.size:
        chosen = method.resolve(
            b, site.k, nuclei=nuclei, spin=box.nuclear_spin, nuclear_precession=omega
        )
    name = repr(method) if chosen is method else f"{method!r}: {chosen!r}"
    return Evaluator(site, chosen, name, nuclei, messages, automatic=chosen is not method)


def _several_isotopes(site: Site, method: Method, effective_isotope: bool) -> list[ValidityWarning]:
    """Say where one isotope stands for several, which an engine does only when asked."""
    if not method.several_isotopes and not effective_isotope:
        raise InvalidInputError(
            f"{method!r} holds for one isotope, and the site has {len(site.coupled)} coupled ones",
            remedy="set effective_isotope to true (in a file under [method]) to let one stand for "
            "them, or use ClosedForm",
        )
    angle = site.k / np.sqrt(site.effective_nuclei)
    if effective_isotope or angle > _LARGEST_ANGLE:
        sentence = (
            f"one effective isotope, N = {site.box.nuclei:.4g}, stands for {len(site.coupled)} in Φ"
        )
        return [ValidityWarning(sentence, "effective isotope")]
    return []


_LARGEST_ANGLE = (
    0.3  # x up to which ClosedForm depends on its mean square over the isotopes alone, to 1%
)


def check(site: Site, method: Method) -> None:
    """Refuse what is no Site or no method, in words."""
    if not isinstance(site, Site):
        raise InvalidInputError(
            f"site must be a Site, not {type(site).__name__}",
            remedy="make one with Site(nuclei=..., ...)",
        )
    as_method(method)
