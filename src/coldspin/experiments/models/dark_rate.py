"""Relaxation of the nuclei in the dark against the field (13), and its classical limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from coldspin.arguments import Array, arguments_checked
from coldspin.cooling.facade import relax
from coldspin.cooling.pump import Pump
from coldspin.cooling.pumped_site import pump_site
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.models import closed_rates
from coldspin.experiments.models.model import (
    FIELD_AXIS,
    Axis,
    Model,
    Parameter,
    Values,
    call_model,
    one_of,
)
from coldspin.experiments.models.sample import (
    CHANNELS,
    channels,
    collect_warnings,
    site_parameters,
    vary_site,
)
from coldspin.heating import ClosedForm, Method
from coldspin.quantities import RATE, TIME
from coldspin.sample.site import Site
from coldspin.thermodynamics.channels import quadrupole_shape
from coldspin.thermodynamics.spin_temperature import heat_capacity_square, warming_rate

_CLOSED_FORM = ClosedForm()
_ORDINATES = {
    "relaxation_rate": Axis("relaxation_rate", r"$1/T_1$", RATE),
    "relaxation_time": Axis("relaxation_time", "$T_1$", TIME),
}
Ordinate = Literal["relaxation_rate", "relaxation_time"]


@arguments_checked
@dataclass(frozen=True)
class DarkRate:
    r"""Rate 1/T1 at which the nuclei warm in the dark (13), or its inverse, against the field.

    .. math:: \frac1{T_1} = \frac{f}{N_I(B^2+B_L^2)}\left(\frac{B^2}{T_{1,e}^N}
              + \frac{\Phi\tau_c}{T_{2,e}^{*2}}\frac{\tilde B_L^2}{3}\right) + \frac1{T_c} + \frac1{T_Q(B)} + 4\pi nDR

    Parameters of the curve: those of :func:`~.sample.site_parameters` (N, f, τ_c, T2e*, g, B_L,
    B̃_L) and of :data:`~.sample.CHANNELS` (1/T_c, 1/T_Q and τ_Q, 4πnDR). N and f enter by f/N_I,
    and N by the angle x = k/√N_I. Φ and T1e by any method. Holds as :func:`coldspin.relax` does.

    >>> from coldspin import Site
    >>> donor = Site(nuclei=1e4, nuclear_spin=0.5, hyperfine_coupling="1 neV",
    ...              nuclear_gyromagnetic_ratio="6e7 rad/s/T", local_field="0.5 G", correlation_time="10 ns",
    ...              filling=1e-3, g_factor=-1.6)
    >>> [f"{time:.3g} s" for time in DarkRate(donor)(["0 G", "25 G"], filling=1e-4)]
    ['0.454 s', '12.2 s']
    """

    site: Site
    ordinate: Ordinate = "relaxation_time"
    method: Method = _CLOSED_FORM
    effective_isotope: bool = False

    def __post_init__(self) -> None:
        """Check the ordinate."""
        one_of("ordinate", self.ordinate, _ORDINATES)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, and time or rate."""
        return FIELD_AXIS, _ORDINATES[self.ordinate]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Of the sample, then of other channels."""
        return site_parameters(self.site) | CHANNELS

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]; `parameters` replace those of the site."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """By closed forms for one isotope, by the engine of :func:`coldspin.relax` otherwise."""
        if closed_rates.applies(self.site, self.method):
            closed = closed_rates.ClosedSite.of(self.site, self.method, values)
            rate = closed_rates.warming_rate(x, closed) + _other_rates(x, values, self.site)
        else:
            rate = self._by_engine(x, values)
        return _ordinate(self.ordinate, rate)

    def gradient(self, x: Array, values: Values) -> Mapping[str, Array]:
        """By parameters of the sample and constant rates, in closed form; none with an engine."""
        if not closed_rates.applies(self.site, self.method):
            return {}
        slopes = closed_rates.warming_slopes(
            x, closed_rates.ClosedSite.of(self.site, self.method, values), values
        )
        slopes |= dict.fromkeys(("constant_rate", "diffusion_rate"), np.ones_like(x))
        if values["quadrupole_rate"] > 0:
            del slopes["local_field"]
        if self.ordinate == "relaxation_rate":
            return slopes
        rate = slopes["filling"] * values["filling"] + _other_rates(x, values, self.site)
        return {name: -slope / rate**2 for name, slope in slopes.items()}

    def _by_engine(self, x: Array, values: Values) -> Array:
        pump = Pump(
            leakage=channels(values),
            effective_isotope=self.effective_isotope,
            method=self.method,
        )
        dark = pump_site(vary_site(self.site, values), x, pump)
        every = np.arange(x.size)
        heating = dark.evaluate.quietly(*dark.precession(np.zeros_like(x), every))
        return dark.decay_rate(heating, every)

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, x: Array, values: Values) -> tuple[ValidityWarning, ...]:
        """What :func:`coldspin.relax` warns of."""
        options = {"leakage": channels(values) or None, "effective_isotope": self.effective_isotope}
        return collect_warnings(
            relax, vary_site(self.site, values), x, method=self.method, **options
        )

    def classical(self) -> Model:
        """1/T1 of a short correlation time."""
        return ClassicalDarkRate(self.site, self.ordinate)


@arguments_checked
@dataclass(frozen=True)
class ClassicalDarkRate:
    r"""(13) for a correlation time short against T2e* and 1/Ω_B, the theory of Dyakonov and Perel.

    .. math:: \frac1{T_1} = W\,\frac{B^2+\tilde B_L^2}{B^2+B_L^2} + \frac1{T_c} + \frac1{T_Q(B)} + 4\pi nDR,
              \qquad W = \frac{f\tau_c}{2N_IT_{2,e}^{*2}}

    A rate that falls by B̃_L²/B_L² (3 for dipoles) from B = 0 to B ≫ B_L, whatever the electron
    does. W is the parameter `zeeman_rate`; the others as in :class:`DarkRate`.
    """

    site: Site
    ordinate: Ordinate = "relaxation_time"

    def __post_init__(self) -> None:
        """Check the ordinate."""
        one_of("ordinate", self.ordinate, _ORDINATES)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, and time or rate."""
        return FIELD_AXIS, _ORDINATES[self.ordinate]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """W, the local fields, and other channels."""
        site = self.site
        start = (
            site.filling * site.k**2 / (2 * site.ensemble.capacity_nuclei * site.correlation_time)
        )
        own = site_parameters(site)
        rate = Parameter(
            "zeeman_rate",
            "rate W in a strong field",
            RATE,
            start,
            0.0,
            logarithmic=True,
            stands_for=("nuclei", "filling", "correlation_time", "dephasing_time"),
        )
        return (
            {"zeeman_rate": rate}
            | {name: own[name] for name in ("local_field", "kinetic_local_field")}
            | CHANNELS
        )

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """1/T1 or T1."""
        squares = x**2 + np.asarray(values["kinetic_local_field"]) ** 2
        capacity = heat_capacity_square(x**2, values["local_field"])
        rate = warming_rate(values["zeeman_rate"], squares, capacity)
        rate = rate + _other_rates(x, values, self.site)
        return _ordinate(self.ordinate, rate)

    def gradient(self, _x: Array, _values: Values) -> Mapping[str, Array]:
        """Left to differences: the curve costs nothing."""
        return {}

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def classical(self) -> None:
        """Nothing is more classical."""


def _ordinate(ordinate: Ordinate, rate: Array) -> Array:
    result: Array = rate if ordinate == "relaxation_rate" else 1 / rate
    return result


def _other_rates(field: Array, values: Values, site: Site) -> Array:
    """Rates of the other channels, broadcasting with their parameters."""
    total: Array = (
        np.asarray(values["constant_rate"]) + values["diffusion_rate"] + np.zeros_like(field)
    )
    if np.any(np.asarray(values["quadrupole_rate"]) > 0):
        time, local = (
            np.asarray(values[name]) for name in ("quadrupole_correlation_time", "local_field")
        )
        ensemble = site.ensemble
        for share, gamma in zip(ensemble.capacity_shares, ensemble.gyromagnetic_ratio, strict=True):
            shape = quadrupole_shape(field**2, local**2, gamma * time)
            total = total + values["quadrupole_rate"] * share * shape
    return total
