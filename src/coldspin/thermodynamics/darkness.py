"""Warming of the nuclear spins by unpolarized electrons, after the pump is switched off (11)-(13)."""

from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, nonzero, positive, within
from coldspin.constants import HBAR


def heat_capacity(
    field: ArrayLike, nuclei_effective: float, nuclear_gyromagnetic_ratio: float, local_field: float
) -> Any:
    """−∂E/∂β = N_I (ħγ_N/2)² (B² + B_L²) of the nuclear spin system (12) [J²]; B, B_L [T], γ_N [rad/s/T]."""
    moment = HBAR * nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio) / 2
    squares = finite("field", field) ** 2 + positive("local_field", local_field) ** 2
    return as_given(positive("nuclei_effective", nuclei_effective) * moment**2 * squares)


def warming_rate(
    zeeman_heating: ArrayLike, spin_spin_heating: ArrayLike, heat_capacity: ArrayLike
) -> Any:
    """β̇ = (q_Z + q_SS)/(∂E/∂β) (11) [1/(J s)]: fluxes into the nuclei [W], heat capacity (12) [J²]."""
    flux = finite("zeeman_heating", zeeman_heating) + finite("spin_spin_heating", spin_spin_heating)
    return as_given(-flux / positive("heat_capacity", heat_capacity))


class DarkRelaxation(NamedTuple):
    """The two parts of 1/T_E (13), each [1/s]; their sum is the rate at which β decays."""

    zeeman: Array
    spin_spin: Array


class ReservoirRates(NamedTuple):
    """Rates [1/s] at which the electron warms either reservoir alone: 1/T1N (S27), 1/T_SS."""

    zeeman: Array
    spin_spin: Array


def reservoir_rates(
    *,
    electron_relaxation_rate: ArrayLike,
    heating_coefficient: ArrayLike,
    k: float,
    correlation_time: float,
    nuclei_effective: float,
    filling: float,
    local_fields: tuple[float, float],
) -> ReservoirRates:
    r"""Relaxation rates of the Zeeman and of the spin-spin energy, each by itself [1/s].

    .. math:: \frac1{T_{1,N}^e} = \frac{f}{N_IT_{1,e}^N},\qquad
              \frac1{T_{SS}} = \frac{f\Phi\tau_c}{N_IT_{2,e}^{*2}}\,\frac{\tilde B_L^2}{3B_L^2}

    Arguments as in :func:`dark_relaxation`, Φ of either sign. 1/T_E (13) is the mean of both rates,
    weighted with the heat capacities B² and B_L². At B = 0 the second is 1/T_E, for dipoles about
    (3/4)k²/T1N where k ≫ 1 and x ≪ 1.
    """
    b_l, kinetic = (positive("local_fields", value) for value in local_fields)
    share = within("filling", filling, 0, 1, open_low=True)
    scale = share / positive("nuclei_effective", nuclei_effective)
    heating = finite("heating_coefficient", heating_coefficient) * positive("k", k) ** 2
    heating = heating / positive("correlation_time", correlation_time) * kinetic**2 / (3 * b_l**2)
    rate = positive("electron_relaxation_rate", electron_relaxation_rate)
    return ReservoirRates(scale * rate, scale * heating)


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

    B [T], 1/T1e [1/s], Φ, k = τ_c/T2e*, τ_c [s], N_I, f, and `local_fields` = (B_L of the heat
    capacity, B̃_L) [T]; B̃_L²/3 = B_L² for dipoles, which is (13) as printed.
    """
    rates = reservoir_rates(
        electron_relaxation_rate=electron_relaxation_rate,
        heating_coefficient=positive("heating_coefficient", heating_coefficient),
        k=k,
        correlation_time=correlation_time,
        nuclei_effective=nuclei_effective,
        filling=filling,
        local_fields=local_fields,
    )
    squared, local = finite("field", field) ** 2, local_fields[0] ** 2
    total = squared + local
    return DarkRelaxation(squared / total * rates.zeeman, local / total * rates.spin_spin)


def dark_rate_unit(
    k: float, correlation_time: float, nuclei_effective: float, filling: float
) -> float:
    """1/T_0 = fτ_c/(2N_I T2e*²), the unit of Fig. 3 [1/s]."""
    share = within("filling", filling, 0, 1, open_low=True)
    time = positive("correlation_time", correlation_time)
    return float(
        share * positive("k", k) ** 2 / (2 * positive("nuclei_effective", nuclei_effective) * time)
    )
