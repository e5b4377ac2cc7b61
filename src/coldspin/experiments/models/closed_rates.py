r"""(13) and (6) of one coupled isotope in closed form with derivatives, for fits.

With L = τ_c/T1e, H = Φ k² B̃_L²/3, b = γ_e B T2e*, k = τ_c/T2e*, x = k/√N_I,

.. math:: \frac1{T_{\mathcal E}} = \frac{f}{N_I\tau_c}\,\frac{B^2L+H}{B^2+B_L^2},\qquad
          \beta = \frac{4\langle S_z\rangle}{\hbar\gamma_N}\,\frac{BL}{B^2L+H},

N_I in the first that of the heat capacity of all nuclei where some have no coupling. This is what
:func:`coldspin.relax`, and :func:`coldspin.cool` without feedback, compute by another way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.experiments.models.model import Values
from coldspin.heating import ClosedForm, Method, SmallAngle, slow_heating, slow_heating_slope
from coldspin.precession import (
    averages_with_slopes,
    effective_nuclei,
    lorentzian_average,
    spin_loss,
)
from coldspin.sample.site import Site
from coldspin.thermodynamics import spin_temperature
from coldspin.thermodynamics.spin_temperature import (
    cooling_drive,
    heat_capacity_square,
    heating_field_squared,
    inverse_spin_temperature,
)


def applies(site: Site, method: Method) -> bool:
    """Whether the closed forms here are what the method says of the site."""
    return len(site.coupled) == 1 and isinstance(method, ClosedForm | SmallAngle)


@dataclass(frozen=True)
class ClosedSite:
    """What (13) and (6) need, SI: numbers or arrays that broadcast with the field."""

    effective_nuclei: Any
    filling: Any
    correlation_time: Any
    dephasing_time: Any
    electron_gyromagnetic_ratio: Any
    local_field: Any
    kinetic_local_field: Any
    nuclear_gyromagnetic_ratio: float
    small_angle: bool = False
    capacity_ratio: float = 1.0
    """Heat capacity of all nuclei over that of the coupled ones, the same at any field."""

    @classmethod
    def of(cls, site: Site, method: Method, values: Values) -> "ClosedSite":
        """From a site of one isotope with other values."""
        names = (
            "filling",
            "correlation_time",
            "dephasing_time",
            "local_field",
            "kinetic_local_field",
        )
        return cls(
            effective_nuclei=effective_nuclei(1.0, site.box.nuclear_spin)
            * np.asarray(values["nuclei"]),
            electron_gyromagnetic_ratio=np.asarray(values["g_factor"]) * BOHR_MAGNETON / HBAR,
            nuclear_gyromagnetic_ratio=site.box.nuclear_gyromagnetic_ratio,
            small_angle=method.small_angle,
            capacity_ratio=site.ensemble.capacity_nuclei / site.effective_nuclei,
            **{name: np.asarray(values[name]) for name in names},
        )

    def groups(self, field: Array) -> tuple[Array, Array, Array]:
        """b, k and x."""
        k = self.correlation_time / self.dephasing_time
        b = self.electron_gyromagnetic_ratio * self.dephasing_time * field
        return b, k, k / np.sqrt(self.effective_nuclei)

    def relaxation_rate(self, spin_loss: Array) -> Array:
        """r = f/(N T1e) [1/s] of (13), N the nuclei of the heat capacity."""
        nuclei = self.effective_nuclei * self.capacity_ratio
        rate: Array = self.filling * spin_loss / (nuclei * self.correlation_time)
        return rate


def warming_rate(field: Array, site: ClosedSite) -> Array:
    """1/T_E [1/s] (13)."""
    loss, heating = _loss_and_heating(field, site)
    capacity = heat_capacity_square(field**2, site.local_field)
    rate = spin_temperature.warming_rate(site.relaxation_rate(loss), field**2 + heating, capacity)
    return np.asarray(rate)


def inverse_temperature(field: Array, site: ClosedSite, electron_spin: Any) -> Array:
    """β [1/J] (6), without feedback of the nuclei on the electron."""
    _, heating = _loss_and_heating(field, site)
    drive = cooling_drive(np.asarray(electron_spin) * field, site.nuclear_gyromagnetic_ratio)
    return np.asarray(inverse_spin_temperature(drive, field**2 + heating))


def _loss_and_heating(field: Array, site: ClosedSite) -> tuple[Array, Array]:
    """τ_c/T1e, and B_h² [T²]."""
    b, k, x = site.groups(field)
    slow = 0.5 if site.small_angle else slow_heating(x)
    loss = np.asarray(spin_loss(b, k))
    heating = lorentzian_average(b, k) + slow
    return loss, heating_field_squared(heating, loss, k, site.kinetic_local_field)


class _Slopes(NamedTuple):
    """L and H, and their derivatives by the logarithms of parameters."""

    loss: Array
    heat: Array
    loss_by: dict[str, Array]
    heat_by: dict[str, Array]


def _slopes(field: Array, site: ClosedSite) -> _Slopes:
    b, k, x = site.groups(field)
    a = averages_with_slopes(b, k)
    slow, turn = (0.5, 0.0) if site.small_angle else (slow_heating(x), x * slow_heating_slope(x))
    scale = heating_field_squared(1.0, 1.0, k, site.kinetic_local_field)  # H/Φ
    phi = a.lorentzian + slow
    loss_b = b * a.spin_loss_slope
    loss_k = k * a.spin_loss_correlation_slope
    phi_b = b * a.lorentzian_slope
    phi_k = k * a.lorentzian_correlation_slope + turn
    loss_by = {"correlation_time": loss_k, "dephasing_time": loss_b - loss_k, "g_factor": loss_b}
    heat_by = {
        "correlation_time": scale * (phi_k + 2 * phi),
        "dephasing_time": scale * (phi_b - phi_k - 2 * phi),
        "g_factor": scale * phi_b,
        "nuclei": scale * (-turn / 2) + 0 * field,
        "kinetic_local_field": 2 * scale * phi,
    }
    return _Slopes(a.spin_loss, scale * phi, loss_by, heat_by)


def warming_slopes(field: Array, site: ClosedSite, values: Values) -> dict[str, Array]:
    """∂(1/T_E)/∂p of every parameter p of the sample."""
    s = _slopes(field, site)
    scale = site.relaxation_rate(np.ones(())) / heat_capacity_square(field**2, site.local_field)
    rate = scale * (field**2 * s.loss + s.heat)
    by = {
        name: scale * (field**2 * s.loss_by.get(name, 0.0) + heat)
        for name, heat in s.heat_by.items()
    }
    by["correlation_time"] = by["correlation_time"] - rate
    by["nuclei"] = by["nuclei"] - rate
    by["filling"] = rate
    by["local_field"] = -2 * rate * site.local_field**2 / (field**2 + site.local_field**2)
    return _by_parameter(by, values)


def inverse_temperature_slopes(
    field: Array, site: ClosedSite, electron_spin: Any, values: Values
) -> dict[str, Array]:
    """∂β/∂p of every parameter p of the sample, and of the electron spin."""
    s = _slopes(field, site)
    drive = cooling_drive(electron_spin, site.nuclear_gyromagnetic_ratio)
    total = field**2 * s.loss + s.heat
    by = {
        name: drive * field * (s.loss_by.get(name, 0.0) * s.heat - s.loss * heat) / total**2
        for name, heat in s.heat_by.items()
    }
    slopes = _by_parameter(by, values)
    slopes |= {"filling": np.zeros_like(total), "local_field": np.zeros_like(total)}
    slopes["electron_spin"] = cooling_drive(field, site.nuclear_gyromagnetic_ratio) * s.loss / total
    return slopes


def _by_parameter(by: Mapping[str, Array], values: Values) -> dict[str, Array]:
    """∂/∂p from ∂/∂ln|p|."""
    return {name: slope / values[name] for name, slope in by.items()}
