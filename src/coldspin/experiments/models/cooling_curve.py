"""Cooling curves of pumped nuclei against the field (6), and the classical limit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import cos
from typing import Any, Literal

import numpy as np

from coldspin.arguments import Array, arguments_checked
from coldspin.constants import BOHR_MAGNETON, BOLTZMANN, HBAR
from coldspin.cooling.facade import cool
from coldspin.cooling.pump import Pump
from coldspin.cooling.pumped_site import PumpedSite, choose_states, pump_site, stationary_states
from coldspin.exceptions import InvalidInputError, ValidityWarning
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
    count_coupled_nuclei,
    site_parameters,
    vary_site,
)
from coldspin.heating import ClosedForm, Method
from coldspin.quantities import ANGLE, FIELD, INVERSE_ENERGY, TEMPERATURE, scalar
from coldspin.sample.site import Site
from coldspin.thermodynamics.protocol import adiabatic
from coldspin.thermodynamics.spin_temperature import cooling_drive, inverse_spin_temperature

_CLOSED_FORM = ClosedForm()
Ordinate = Literal["inverse_spin_temperature", "spin_temperature", "overhauser_field"]
_ORDINATES = {
    "inverse_spin_temperature": Axis("inverse_spin_temperature", r"$\beta$", INVERSE_ENERGY),
    "spin_temperature": Axis("spin_temperature", r"$\theta_N$", TEMPERATURE),
    "overhauser_field": Axis("overhauser_field", "$B_N$", FIELD),
}
_SPIN = Parameter(
    "electron_spin", "mean electron spin ⟨S⟩ along the optical axis", None, float("nan"), -0.5, 0.5
)
_SCALE = {
    "amplitude": Parameter("amplitude", "factor of the whole curve", None, 1.0),
    "leakage_factor": Parameter("leakage_factor", "leakage factor f_N", None, 1.0, 0.0, 1.0),
}


@arguments_checked
@dataclass(frozen=True)
class CoolingCurve:
    r"""β, θ_N = 1/(k_Bβ) or the Overhauser field B_N of pumped nuclei against the field.

    .. math:: \beta = \frac{4f_N}{\hbar\gamma_N}\,
              \frac{\langle\mathbf S\rangle\cdot(\mathbf B+\mathbf B_e)}{(\mathbf B+\mathbf B_e)^2+B_h^2+B_{leak}^2}

    The stationary state of :func:`coldspin.cool`, with the same effects: the mean Overhauser field
    in the electron's precession (`self_consistent`), the Knight field B_e, other channels, the
    leakage factor f_N. `polarity` = ±1 multiplies ⟨S⟩, for curves of both helicities that share it.
    With `measurement_field` B_m [T] the nuclei are brought there adiabatically, in no time and in
    the dark, and seen there: β√((B²+B_L²)/(B_m²+B_L²)); before that the Knight field ends suddenly,
    as in :func:`coldspin.protocols.run`.

    Parameters of the curve: `electron_spin`, `amplitude` (a factor, for a signal that is only
    proportional), `leakage_factor`, those of the sample and of the channels. β depends on f by
    f/(1/T_c + …) alone.
    """

    site: Site
    electron_spin: float = float("nan")
    ordinate: Ordinate = "inverse_spin_temperature"
    method: Method = _CLOSED_FORM
    optical_axis_angle: float = 0.0
    polarity: int = 1
    self_consistent: bool = True
    knight_field: bool = False
    measurement_field: float | None = None
    high_polarization: bool = False
    effective_isotope: bool = False

    def __post_init__(self) -> None:
        """Check what is no parameter."""
        _check(self)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, and what was measured."""
        return FIELD_AXIS, _ORDINATES[self.ordinate]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """⟨S⟩, factors, the sample, other channels."""
        return _spin(self.electron_spin) | _SCALE | site_parameters(self.site) | CHANNELS

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]; `parameters` replace the model's own."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """By closed forms where they apply without feedback, else as :func:`coldspin.cool`."""
        if self._has_closed_form(values):
            beta = closed_rates.inverse_temperature(
                x, self._closed_site(values), self._spin_along(values)
            )
            return self._observe(x, beta * values["leakage_factor"], values)
        pumped = self._pump(x, values)
        overhauser = choose_states(pumped, stationary_states(pumped), sweep=False)
        every = np.arange(x.size)
        heating = pumped.evaluate.quietly(*pumped.precession(np.nan_to_num(overhauser), every))
        beta = pumped.inverse_temperature(heating, every) + 0 * overhauser
        if self.ordinate == "overhauser_field" and self.measurement_field is None:
            ensemble = pumped.ensemble
            spins = pumped.mean_spins(beta, every)
            precession: Array = ensemble.coupling * ensemble.nuclei @ spins
            field: Array = (
                values["amplitude"] * precession / pumped.site.electron_gyromagnetic_ratio
            )
            return field
        if self.knight_field and self.measurement_field is not None:
            finite = np.isfinite(beta)
            beta = beta.copy()
            beta[finite] = pumped.switch_off(beta[finite], every[finite])
        return self._observe(x, beta, values)

    def gradient(self, x: Array, values: Values) -> Mapping[str, Array]:
        """Where closed forms apply, of all parameters; of none otherwise."""
        if not self._has_closed_form(values):
            return {}
        spin = self._spin_along(values)
        slopes = closed_rates.inverse_temperature_slopes(x, self._closed_site(values), spin, values)
        slopes["electron_spin"] = (
            slopes["electron_spin"] * self.polarity * cos(self.optical_axis_angle)
        )
        beta = closed_rates.inverse_temperature(x, self._closed_site(values), spin)
        slopes["leakage_factor"] = beta / values["leakage_factor"]
        y = self.evaluate(x, values)
        if self.ordinate == "spin_temperature":
            slopes = {name: -y * slope / beta for name, slope in slopes.items()}
        else:
            slopes = {
                name: self._observe(x, slope * values["leakage_factor"], values)
                for name, slope in slopes.items()
            }
        if self.ordinate == "overhauser_field":
            powers = {"nuclei": 0.5, "dephasing_time": -1.0, "g_factor": -1.0}
            slopes |= {
                name: slopes[name] + power * y / values[name] for name, power in powers.items()
            }
        if self.measurement_field is not None:
            del slopes["local_field"]
        return slopes | {"amplitude": y / values["amplitude"]} if values["amplitude"] else slopes

    def _has_closed_form(self, values: Values) -> bool:
        alone = not (self.self_consistent or self.knight_field or self.high_polarization)
        return alone and closed_rates.applies(self.site, self.method) and not channels(values)

    def _closed_site(self, values: Values) -> closed_rates.ClosedSite:
        return closed_rates.ClosedSite.of(self.site, self.method, values)

    def _spin_along(self, values: Values) -> Any:
        return self.polarity * cos(self.optical_axis_angle) * np.asarray(values["electron_spin"])

    def _pump(self, x: Array, values: Values) -> PumpedSite:
        pump = Pump(
            self.polarity * float(values["electron_spin"]),
            self.optical_axis_angle,
            self_consistent=self.self_consistent,
            knight_field=self.knight_field,
            leakage=channels(values),
            leakage_factor=values["leakage_factor"],
            linear=not self.high_polarization,
            effective_isotope=self.effective_isotope,
            method=self.method,
        )
        return pump_site(vary_site(self.site, values), x, pump)

    def _observe(self, x: Array, beta: Array, values: Values) -> Array:
        return observe(self.site, (x, beta, self.measurement_field), self.ordinate, values)

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, x: Array, values: Values) -> tuple[ValidityWarning, ...]:
        """What :func:`coldspin.cool` warns of."""
        return collect_warnings(
            cool,
            vary_site(self.site, values),
            x,
            self.polarity * float(values["electron_spin"]),
            optical_axis_angle=self.optical_axis_angle,
            self_consistent=self.self_consistent,
            knight_field=self.knight_field,
            leakage=channels(values) or None,
            high_temperature=not self.high_polarization,
            effective_isotope=self.effective_isotope,
            method=self.method,
        )

    def classical(self) -> Model:
        """β of Dyakonov and Perel."""
        return ClassicalCooling(
            self.site,
            self.electron_spin,
            self.ordinate,
            self.optical_axis_angle,
            self.polarity,
            self.measurement_field,
        )


@arguments_checked
@dataclass(frozen=True)
class ClassicalCooling:
    r"""The theory of Dyakonov and Perel: a short correlation time, the electron left as it is.

    .. math:: \beta = \frac{4f_N}{\hbar\gamma_N}\,\frac{\langle\mathbf S\rangle\cdot\mathbf B}{B^2+\tilde B_L^2}

    The largest β at B = B̃_L. Parameters and options as in :class:`CoolingCurve`, but for those
    that do not enter.
    """

    site: Site
    electron_spin: float = float("nan")
    ordinate: Ordinate = "inverse_spin_temperature"
    optical_axis_angle: float = 0.0
    polarity: int = 1
    measurement_field: float | None = None

    def __post_init__(self) -> None:
        """Check what is no parameter."""
        _check(self)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, and what was measured."""
        return FIELD_AXIS, _ORDINATES[self.ordinate]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """⟨S⟩, factors, and of the sample what enters."""
        names = ["local_field", "kinetic_local_field"]
        if self.ordinate == "overhauser_field":
            names += ["nuclei", "dephasing_time", "g_factor"]
        own = site_parameters(self.site)
        return _spin(self.electron_spin) | _SCALE | {name: own[name] for name in names}

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """β, θ_N or B_N."""
        spin = self.polarity * cos(self.optical_axis_angle) * np.asarray(values["electron_spin"])
        drive = cooling_drive(spin * x * self.site.ensemble.drive, 1.0)  # 1/γ_eff in place of 1/γ
        squares = x**2 + np.asarray(values["kinetic_local_field"]) ** 2
        beta = inverse_spin_temperature(drive, squares) * values["leakage_factor"]
        return observe(self.site, (x, beta, self.measurement_field), self.ordinate, values)

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


def observe(
    site: Site, state: tuple[Array, Array, float | None], ordinate: Ordinate, values: Values
) -> Array:
    """Convert β of nuclei at a field to what is measured at `measurement_field` (None: there)."""
    field, beta, look = state
    if look is not None:
        beta = adiabatic(beta, field, look, values["local_field"])
    if ordinate == "spin_temperature":
        with np.errstate(divide="ignore"):
            return np.asarray(values["amplitude"]) / (BOLTZMANN * beta)
    if ordinate == "overhauser_field":
        beta = beta * _overhauser_slope(site, values) * (field if look is None else look)
    return np.asarray(values["amplitude"]) * beta


def _overhauser_slope(site: Site, values: Values) -> Array:
    r"""B_N/(βB) [1/J]: :math:`\frac{\hbar}{4\gamma_e}\sum_k N_ka_k\gamma_k`, with N and T2e* as the values say."""
    ensemble = site.ensemble
    count = np.asarray(values["nuclei"]) / count_coupled_nuclei(site)
    own = float(np.sum(ensemble.effective_nuclei * ensemble.coupling * ensemble.gyromagnetic_ratio))
    gamma = np.asarray(values["g_factor"]) * BOHR_MAGNETON / HBAR
    slope: Array = (
        HBAR * own / (4 * gamma) * np.sqrt(count) * site.dephasing_time / values["dephasing_time"]
    )
    return slope


def _spin(value: float) -> dict[str, Parameter]:
    return {"electron_spin": replace(_SPIN, start=value)}


def _check(model: "CoolingCurve | ClassicalCooling") -> None:
    """Refuse what is no ordinate or polarity; angle and field become SI floats."""
    one_of("ordinate", model.ordinate, _ORDINATES)
    if model.polarity not in (-1, 1):
        raise InvalidInputError(f"polarity must be 1 or -1, not {model.polarity!r}")
    angle = scalar("optical_axis_angle", model.optical_axis_angle, ANGLE)
    object.__setattr__(model, "optical_axis_angle", angle)
    if model.measurement_field is not None:
        field = scalar("measurement_field", model.measurement_field, FIELD)
        object.__setattr__(model, "measurement_field", field)
