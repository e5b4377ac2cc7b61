"""Energy fluxes into and out of the nuclear spin system, in watts per site (2)-(5), (S18), (S19), (S28), (S31)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, half_integer, nonzero, positive, within
from coldspin.constants import HBAR
from coldspin.precession import effective_nuclei


def spin_influx(
    electron_spin: ArrayLike,
    field: ArrayLike,
    *,
    nuclear_gyromagnetic_ratio: float,
    electron_relaxation_rate: ArrayLike,
    filling: float,
) -> Any:
    r"""Zeeman energy that the oriented electrons bring, left side of the balance (2), (S19): f⟨S_z⟩ħγ_N B/T1e [W].

    `electron_spin` is ⟨S_z⟩ along the field axis z, `field` is B along z [T], γ_N [rad/s/T],
    `electron_relaxation_rate` is 1/T1e [1/s], `filling` is f. In the steady state it equals
    :func:`zeeman_heating` + :func:`spin_spin_heating`.
    """
    moment = finite("electron_spin", electron_spin) * _zeeman_energy(
        nuclear_gyromagnetic_ratio, field
    )
    return as_given(
        np.asarray(
            _share(filling)
            * moment
            * positive("electron_relaxation_rate", electron_relaxation_rate)
        )
    )


def zeeman_heating(
    mean_nuclear_spin: ArrayLike,
    field: ArrayLike,
    *,
    spin: float,
    nuclear_gyromagnetic_ratio: float,
    electron_relaxation_rate: ArrayLike,
    filling: float,
) -> Any:
    r"""Flux q_Z that warms the Zeeman reservoir (4) [W], by detailed balance ⟨I_z⟩ = ⟨S_z⟩·4I(I+1)/3.

    .. math:: q_Z = \frac{3f\langle I_z\rangle}{4I(I+1)T_{1,e}^N}\,\hbar\gamma_N B

    `mean_nuclear_spin` is ⟨I_z⟩ of one nucleus; the rest as in :func:`spin_influx`. Equal to (S28).
    """
    spin = half_integer("spin", spin)
    moment = finite("mean_nuclear_spin", mean_nuclear_spin) * _zeeman_energy(
        nuclear_gyromagnetic_ratio, field
    )
    rate = positive("electron_relaxation_rate", electron_relaxation_rate)
    return as_given(3 * _share(filling) * moment * rate / (4 * spin * (spin + 1)))


def zeeman_heating_from_relaxation(
    mean_nuclear_spin: ArrayLike,
    field: ArrayLike,
    *,
    nuclei: float,
    nuclear_gyromagnetic_ratio: float,
    nuclear_relaxation_time: ArrayLike,
) -> Any:
    """q_Z = N⟨I_z⟩ħγ_N B/T1N (S28) [W], with T1N [s] of (S27); equal to (4)."""
    moment = finite("mean_nuclear_spin", mean_nuclear_spin) * _zeeman_energy(
        nuclear_gyromagnetic_ratio, field
    )
    return as_given(
        np.asarray(
            positive("nuclei", nuclei)
            * moment
            / positive("nuclear_relaxation_time", nuclear_relaxation_time)
        )
    )


def spin_spin_heating(
    inverse_spin_temperature: ArrayLike,
    *,
    heating_coefficient: ArrayLike,
    nuclei: float,
    spin: float,
    nuclear_gyromagnetic_ratio: float,
    local_field: float,
    rotation_angle: float,
    arrival_time: float,
) -> Any:
    r"""Flux q_SS that warms the spin-spin reservoir (5) [W].

    .. math:: q_{SS} = \Phi N\frac{I(I+1)}{3}(\hbar\gamma_N B_L)^2
              \left(\frac{a\tau_c}{\hbar}\right)^2\frac{\beta}{\tau_R}

    β [1/J], Φ, N, I, γ_N [rad/s/T], B_L [T] (or the kinetic local field divided by √3), x = aτ_c/ħ,
    τ_R = τ_c/f [s].
    """
    capacity = (
        effective_nuclei(nuclei, spin)
        / 4
        * _zeeman_energy(nuclear_gyromagnetic_ratio, positive("local_field", local_field)) ** 2
    )
    beta = finite("inverse_spin_temperature", inverse_spin_temperature)
    phi, angle = (
        positive("heating_coefficient", heating_coefficient),
        positive("rotation_angle", rotation_angle),
    )
    return as_given(phi * capacity * angle**2 * beta / positive("arrival_time", arrival_time))


def zeeman_energy_change(
    electron_spin_change: ArrayLike, field: ArrayLike, nuclear_gyromagnetic_ratio: float
) -> Any:
    """ΔE_Z = ħγ_N B [S_z(t) − S_z(0)] in one visit [J] (S18): what the electron spin loses along z the nuclei gain."""
    change = finite("electron_spin_change", electron_spin_change)
    return as_given(_zeeman_energy(nuclear_gyromagnetic_ratio, field) * change)


def small_angle_energy_change(
    inverse_spin_temperature: ArrayLike,
    *,
    lorentzian_average: ArrayLike,
    k: ArrayLike,
    nuclear_gyromagnetic_ratio: float,
    kinetic_local_field: float,
) -> Any:
    r"""Energy that one visit gives to the spin-spin reservoir at small rotation angles [J] (S31).

    .. math:: \langle\Delta E_{SS}\rangle = \frac{\beta(\hbar\gamma_N\tilde B_L\tau_c)^2}{24\,T_{2,e}^{*2}}
              \left(1 + \left\langle\frac{2}{1+\Omega_e^2\tau_c^2}\right\rangle\right)

    β [1/J], k = τ_c/T2e*, B̃_L [T]. With (9) the same as (5) times τ_R.
    """
    energy = _zeeman_energy(
        nuclear_gyromagnetic_ratio, positive("kinetic_local_field", kinetic_local_field)
    )
    scale = (energy * positive("k", k)) ** 2 / 24
    average = finite("lorentzian_average", lorentzian_average)
    return as_given(
        finite("inverse_spin_temperature", inverse_spin_temperature) * scale * (1 + 2 * average)
    )


def energy_balance(
    spin_influx: ArrayLike, zeeman_heating: ArrayLike, spin_spin_heating: ArrayLike
) -> Any:
    """f⟨S_z⟩ħγ_N B/T1e − q_Z − q_SS [W], 0 in the steady state (2), positive while the nuclei are cooling."""
    heating = finite("zeeman_heating", zeeman_heating) + finite(
        "spin_spin_heating", spin_spin_heating
    )
    return as_given(finite("spin_influx", spin_influx) - heating)


def _zeeman_energy(nuclear_gyromagnetic_ratio: float, field: ArrayLike) -> Array:
    """ħγ_N B [J]."""
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    energy: Array = HBAR * gamma * finite("field", field)
    return energy


def _share(filling: float) -> Array:
    return within("filling", filling, 0, 1, open_low=True)
