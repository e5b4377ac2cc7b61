"""Warming of the nuclear spins by unpolarized electrons, after the pump is switched off (11)-(13)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, nonzero, positive, within
from coldspin.constants import HBAR


def heat_capacity(
    field: ArrayLike, nuclei_effective: float, nuclear_gyromagnetic_ratio: float, local_field: float
) -> Any:
    """−∂E/∂β = N_I (ħγ_N/2)² (B² + B_L²) of the nuclear spin system (12) [J²]; B, B_L [T], γ_N [rad/s/T]."""
    moment = HBAR * nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio) / 2
    squares = finite("field", field) ** 2 + positive("local_field", local_field) ** 2
    return as_given(np.asarray(positive("nuclei_effective", nuclei_effective) * moment**2 * squares))


def warming_rate(zeeman_heating: ArrayLike, spin_spin_heating: ArrayLike, heat_capacity: ArrayLike) -> Any:
    """β̇ = (q_Z + q_SS)/(∂E/∂β) (11) [1/(J s)]: fluxes into the nuclei [W], heat capacity (12) [J²]."""
    flux = finite("zeeman_heating", zeeman_heating) + finite("spin_spin_heating", spin_spin_heating)
    return as_given(np.asarray(-flux / positive("heat_capacity", heat_capacity)))


class DarkRelaxation(NamedTuple):
    """The two parts of 1/T_E (13), each [1/s]; their sum is the rate at which β decays."""

    zeeman: Array
    spin_spin: Array


def dark_relaxation(
    field: ArrayLike,
    *,
    electron_relaxation_rate: ArrayLike,
    heating_coefficient: ArrayLike,
    k: float,
    correlation_time: float,
    nuclei_effective: float,
    filling: float,
    local_fields: tuple[float, float],
) -> DarkRelaxation:
    r"""Rates at which the two reservoirs warm in the dark (13) [1/s].

    .. math:: \frac1{T_{\mathcal E}} = \frac{f}{N_I(B^2+B_L^2)}\left(\frac{B^2}{T_{1,e}^N}
              + \frac{\Phi\tau_c}{T_{2,e}^{*2}}\frac{\tilde B_L^2}{3}\right)

    B [T], 1/T1e [1/s], Φ, k = τ_c/T2e*, τ_c [s], N_I, f, and `local_fields` = (B_L of the heat capacity, B̃_L) [T];
    B̃_L²/3 = B_L² for dipoles, which is (13) as printed.
    """
    b_l, kinetic = (positive("local_fields", value) for value in local_fields)
    squared = finite("field", field) ** 2
    share = within("filling", filling, 0, 1, open_low=True)
    scale = share / (positive("nuclei_effective", nuclei_effective) * (squared + b_l**2))
    rate = positive("electron_relaxation_rate", electron_relaxation_rate)
    heating = positive("heating_coefficient", heating_coefficient) * positive("k", k) ** 2
    heating *= kinetic**2 / 3 / positive("correlation_time", correlation_time)
    return DarkRelaxation(scale * squared * rate, scale * heating)


def dark_rate_unit(k: float, correlation_time: float, nuclei_effective: float, filling: float) -> float:
    """1/T_0 = fτ_c/(2N_I T2e*²), the unit of Fig. 3 [1/s]."""
    share = within("filling", filling, 0, 1, open_low=True)
    time = positive("correlation_time", correlation_time)
    return float(share * positive("k", k) ** 2 / (2 * positive("nuclei_effective", nuclei_effective) * time))
