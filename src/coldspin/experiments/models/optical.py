"""Optical curves of the electron spin: recovery of polarization, Hanle effect, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, pi
from typing import Any, Literal

import numpy as np

from coldspin.arguments import Array, arguments_checked
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.hanle import CooledNuclei, OrientedElectron, classical_hanle, hanle_curve
from coldspin.experiments.models.model import FIELD_AXIS, Axis, Model, Parameter, Values, call_model
from coldspin.experiments.recovery import (
    polarization_recovery,
    polarization_recovery_gradient,
    short_correlation_recovery,
)
from coldspin.quantities import FIELD, TIME
from coldspin.sample.site import Site

_AXES = (FIELD_AXIS, Axis("polarization", "$S_z$"))
_TIMES = ("correlation_time", "spin_lifetime", "dephasing_time")
_ELECTRON = (
    Parameter("correlation_time", "correlation time τ_c", TIME, low=0.0, logarithmic=True),
    Parameter("spin_lifetime", "spin lifetime T_s", TIME, low=0.0, logarithmic=True),
    Parameter("dephasing_time", "dephasing time T2e*", TIME, low=0.0, logarithmic=True),
    Parameter("g_factor", "g factor"),
)
_SIGNAL = (
    Parameter("amplitude", "signal without loss of spin", None, 1.0),
    Parameter("offset", "offset of the signal", None, 0.0),
)
_NUCLEI = (
    Parameter("initial_spin", "electron spin S_0 without precession", None, low=-0.5, high=0.5),
    Parameter(
        "overhauser_field", "Overhauser field per unit of ⟨S⟩, in a strong field", FIELD, 0.0
    ),
    Parameter("knight_field", "Knight field per unit of ⟨S⟩", FIELD, 0.0),
    Parameter("kinetic_local_field", "kinetic local field B̃_L", FIELD, 1e-4, 0.0, logarithmic=True),
)


def _electron(site: Site | None) -> dict[str, Parameter]:
    """Times and g, with those of the site where there is one."""
    own = (
        {}
        if site is None
        else {
            name: getattr(site, name) for name in ("correlation_time", "dephasing_time", "g_factor")
        }
    )
    return {p.name: replace(p, start=own.get(p.name, p.start)) for p in _ELECTRON}


@arguments_checked
@dataclass(frozen=True)
class PolarizationRecovery:
    r"""Electron spin against a field along the light, for any τ_c and T_s.

    .. math:: y = A\,\frac{1-L}{1+\frac{T_s}{\tau_c}L} + y_0,\qquad
              L = L\left(\gamma_eBT_{2,e}^*,\frac\tau{T_{2,e}^*}\right)

    with L = τ_c/T1e of (S12) at the time τ that the spin stays in one field, 1/τ = 1/τ_c + 1/T_s.
    Parameters: τ_c, T_s, T2e*, g, `amplitude` A and `offset` y_0. A/3 at B = 0 for T2e* ≪ T_s ≪
    τ_c.
    """

    site: Site | None = None

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, polarization."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Times, g, amplitude, offset."""
        return _electron(self.site) | {p.name: p for p in _SIGNAL}

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """The signal."""
        result: Array = (
            values["amplitude"] * polarization_recovery(x, **_times(values)) + values["offset"]
        )
        return result

    def gradient(self, x: Array, values: Values) -> Mapping[str, Array]:
        """Of every parameter."""
        by = polarization_recovery_gradient(x, **_times(values))
        names = (*_TIMES, "g_factor")
        slopes = {
            name: values["amplitude"] * row / values[name]
            for name, row in zip(names, by, strict=True)
        }
        return slopes | {
            "amplitude": polarization_recovery(x, **_times(values)),
            "offset": np.ones_like(x),
        }

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None: it holds for any times, in a Gaussian field that is frozen during τ."""
        return ()

    def guess(self, _x: Array, y: Array) -> Mapping[str, float]:
        """Amplitude: the largest signal."""
        return {"amplitude": float(y[np.argmax(np.abs(y))])}

    def classical(self) -> Model:
        """Motional narrowing."""
        return ClassicalRecovery(self.site)


@arguments_checked
@dataclass(frozen=True)
class ClassicalRecovery:
    r"""Recovery for a correlation time short against T2e* and T_s.

    .. math:: y = \frac A{1+T_s/T_{1e}} + y_0,\qquad \frac{T_s}{T_{1e}} = \frac{r}{1+(\gamma_eB\tau_c)^2},\qquad
              r = \frac{T_s\tau_c}{2T_{2,e}^{*2}}

    Parameters: r as `zero_field_loss`, τ_c, g, A, y_0.
    """

    site: Site | None = None

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, polarization."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Loss, τ_c, g, amplitude, offset."""
        own = _electron(self.site)
        loss = Parameter(
            "zero_field_loss",
            "T_s/T1e at B = 0",
            None,
            1.0,
            0.0,
            logarithmic=True,
            stands_for=("spin_lifetime", "dephasing_time"),
        )
        return {p.name: p for p in (loss, own["correlation_time"], own["g_factor"], *_SIGNAL)}

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """The signal."""
        time = values["correlation_time"]
        unit = {
            "correlation_time": time,
            "spin_lifetime": 2 * values["zero_field_loss"] * time,
            "dephasing_time": time,
        }
        curve = short_correlation_recovery(x, **unit, electron_gyromagnetic_ratio=_ratio(values))
        result: Array = values["amplitude"] * curve + values["offset"]
        return result

    def gradient(self, _x: Array, _values: Values) -> Mapping[str, Array]:
        """Left to differences: the curve costs nothing."""
        return {}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def guess(self, _x: Array, y: Array) -> Mapping[str, float]:
        """Amplitude: the largest signal."""
        return {"amplitude": float(y[np.argmax(np.abs(y))])}

    def classical(self) -> None:
        """Nothing is more classical."""


@arguments_checked
@dataclass(frozen=True)
class HanleCurve:
    """Electron spin along the light against a field at an angle to it, with the nuclei that it cools.

    y = A ⟨S⟩ + y_0, ⟨S⟩ by :func:`~coldspin.experiments.hanle.hanle_curve`. Parameters: those of
    :class:`PolarizationRecovery`; `initial_spin` S_0; `overhauser_field` B_N and `knight_field` B_e
    per unit of ⟨S⟩ and `kinetic_local_field` B̃_L, which matter where `overhauser_field` is not 0.
    Without nuclei S_0 and A are one number.
    """

    site: Site | None = None
    angle: float = pi / 2
    start: Literal["rest", "sweep"] = "rest"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, polarization."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Of the electron, of the signal, of the nuclei."""
        nuclei = {p.name: p for p in _NUCLEI}
        if self.site is not None:
            local = nuclei["kinetic_local_field"]
            nuclei["kinetic_local_field"] = replace(local, start=self.site.kinetic_local_field)
        return _electron(self.site) | {p.name: p for p in _SIGNAL} | nuclei

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """The signal."""
        number = inf if self.site is None else self.site.effective_nuclei
        curve = hanle_curve(
            x, _oriented(values), angle=self.angle, nuclei=_cooled(values, number), start=self.start
        )
        result: Array = values["amplitude"] * curve + values["offset"]
        return result

    def gradient(self, x: Array, _values: Values) -> Mapping[str, Array]:
        """Of the offset."""
        return {"offset": np.ones_like(x)}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing."""
        return {}

    def classical(self) -> Model:
        """Return a Lorentzian, with the nuclei of Dyakonov and Perel."""
        return ClassicalHanle(self.site, self.angle, self.start)


@arguments_checked
@dataclass(frozen=True)
class ClassicalHanle:
    """Hanle curve without fluctuations of the Overhauser field.

    Computed by :func:`~coldspin.experiments.hanle.classical_hanle`.

    Parameters: T_s, g, A, y_0, and those of the nuclei; as in :class:`HanleCurve`.
    """

    site: Site | None = None
    angle: float = pi / 2
    start: Literal["rest", "sweep"] = "rest"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Field, polarization."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Lifetime, g, signal, nuclei."""
        full = HanleCurve(self.site, self.angle, self.start).parameters
        return {
            name: p
            for name, p in full.items()
            if name not in ("correlation_time", "dephasing_time")
        }

    def __call__(self, field: Any, **parameters: Any) -> Array:
        """Return the curve at `field` [T, or with a unit]."""
        return call_model(self, field, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """The signal."""
        electron = _oriented({**values, "correlation_time": inf, "dephasing_time": inf})
        curve = classical_hanle(
            x, electron, angle=self.angle, nuclei=_cooled(values, inf), start=self.start
        )
        result: Array = values["amplitude"] * curve + values["offset"]
        return result

    def gradient(self, x: Array, _values: Values) -> Mapping[str, Array]:
        """Of the offset."""
        return {"offset": np.ones_like(x)}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing."""
        return {}

    def classical(self) -> None:
        """Nothing is more classical."""


def _ratio(values: Values) -> float:
    return float(values["g_factor"]) * BOHR_MAGNETON / HBAR


def _times(values: Values) -> dict[str, float]:
    return {name: values[name] for name in _TIMES} | {"electron_gyromagnetic_ratio": _ratio(values)}


def _oriented(values: Values) -> OrientedElectron:
    times = {name: float(values[name]) for name in _TIMES}
    return OrientedElectron(_ratio(values), initial_spin=float(values["initial_spin"]), **times)


def _cooled(values: Values, number: float) -> CooledNuclei | None:
    if not values["overhauser_field"]:
        return None
    return CooledNuclei(
        float(values["overhauser_field"]),
        float(values["knight_field"]),
        float(values["kinetic_local_field"]),
        number,
    )
