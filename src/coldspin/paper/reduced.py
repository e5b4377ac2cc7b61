"""(1), (6) and (13) in the units of the figures: B in B̃_L, β in β_0, ⟨I_z⟩ in I_0, 1/T_E in 1/T_0, τ_c in T2e*.

A heating coefficient is a function of b = Ω_B T2e* and k = τ_c/T2e*. Where k is 0, the limit is
meant.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array
from coldspin.constants import HBAR
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.paper.parameters import FLUCTUATION_FIELD, SHORT
from coldspin.precession import lorentzian_slope, spin_loss
from coldspin.thermodynamics import darkness, extrema, spin_temperature

Heating = Callable[[Any, float], Any]

_GAMMA = 1 / HBAR  # γ_N for which ħγ_N = 1
_SPIN_Z = 0.5  # any ⟨S_z⟩: the units of β and ⟨I_z⟩ are proportional to it
_SPIN = 0.5
_SEARCH = (0.1, 1e4)  # B/B̃_L
_LOCAL_FIELD = 1 / np.sqrt(3)  # B_L in units of B̃_L, for dipole-dipole interaction


class Optimum(NamedTuple):
    """Where β is largest, B_0/B̃_L, and how large, β_max/β_0."""

    field: float
    largest: float


def closed_form(nuclei: float) -> Heating:
    """Φ(b, k) of (S38) at N_I = `nuclei`."""
    return lambda b, k: ClosedForm().heating_coefficient(b, k, nuclei=nuclei)


def small_angle(b: ArrayLike, k: float) -> Any:
    """Φ(b, k) of (9), which is the limit N_I → ∞ of (S38)."""
    return SmallAngle().heating_coefficient(b, k, nuclei=1e6 * max(1.0, k) ** 2)


def heating_field(field: ArrayLike, k: float, heating: Heating, *, overhauser: float = 0.0) -> Any:
    """B_h/B̃_L of (6); `overhauser` is a mean Overhauser precession ⟨Ω_N⟩ T2e* on top of γ_e B T2e*."""
    b, k = np.asarray(field) / FLUCTUATION_FIELD + overhauser, k or SHORT
    return spin_temperature.heating_field(heating(b, k), spin_loss(b, k), k, 1.0)


def inverse_spin_temperature(
    field: ArrayLike, k: float, heating: Heating, *, overhauser: float = 0.0
) -> Any:
    """β/β_0 of (6)."""
    felt = heating_field(field, k, heating, overhauser=overhauser)
    beta = spin_temperature.inverse_spin_temperature(_SPIN_Z, field, felt, _GAMMA)
    return beta / spin_temperature.classical_maximum(_SPIN_Z, _LOCAL_FIELD, _GAMMA)


def nuclear_spin(field: ArrayLike, k: float, heating: Heating) -> Any:
    """⟨I_z⟩/I_0 of (1) and (6)."""
    felt = heating_field(field, k, heating)
    beta = spin_temperature.inverse_spin_temperature(_SPIN_Z, field, felt, _GAMMA)
    mean = spin_temperature.mean_nuclear_spin(beta, field, _SPIN, _GAMMA)
    return mean / spin_temperature.saturated_nuclear_spin(_SPIN_Z, _SPIN)


def dark_rate(field: ArrayLike, k: float, heating: Heating) -> Any:
    """(1/T_E)/(1/T_0) of (13); the field is in units of B_L here, as in Fig. 3."""
    kinetic, k = np.asarray(field) * _LOCAL_FIELD, k or SHORT
    b = kinetic / FLUCTUATION_FIELD
    parts = darkness.dark_relaxation(
        kinetic,
        electron_relaxation_rate=spin_loss(b, k) / k,
        heating_coefficient=heating(b, k),
        k=k,
        correlation_time=k,
        nuclei_effective=1.0,
        filling=1.0,
        local_fields=(_LOCAL_FIELD, 1.0),
    )
    return (parts.zeeman + parts.spin_spin) / darkness.dark_rate_unit(k, k, 1.0, 1.0)


def optimum(k: float, heating: Heating) -> Optimum:
    """B_0 and β_max of (6) with Φ of (9) or (S38), by the roots of the analytic dβ/dB."""
    roots = stationary_fields(k, heating)
    heights = [float(inverse_spin_temperature(field, k, heating)) for field in roots]
    best = int(np.argmax(heights))
    return Optimum(roots[best], heights[best])


def stationary_fields(k: float, heating: Heating) -> list[float]:
    """Every B/B̃_L from 0.1 to 10⁴ at which dβ/dB = 0, for Φ of (9) or (S38), whose slopes are the same."""
    k = k or SHORT

    def rising(field: Array) -> Array:
        b = np.asarray(field) / FLUCTUATION_FIELD
        return extrema.stationarity(
            field, b, k, (np.asarray(heating(b, k)), np.asarray(lorentzian_slope(b, k))), 1.0
        )

    return extrema.roots(rising, *_SEARCH)
