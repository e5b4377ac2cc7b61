r"""One spin temperature: β under pumping (6), the heat capacity (12) and the warming rate (13).

All energies are divided by N_I(ħγ_N/2)², which makes each one the square of a field [T²]. The balance
of energies, (2) with (4), (5), (11) and (12), is then one line:

.. math:: (B^2 + B_L^2)\,\dot\beta = r\,\left[D - (B^2 + B_h^2)\,\beta\right],\qquad
          D = \frac{4\langle\mathbf S\rangle\cdot\mathbf B}{\hbar\gamma_N},\qquad
          r = \frac{f}{N_IT_{1,e}^N}

Each function below is one part of it. `cool`, `relax`, `optimum`, `run`, the fits and the paper's
figures all call them. Several isotopes put sums over isotopes in the place of D, B² and N_I
(:class:`.ensemble.Ensemble`); other effects add terms to B² + B_h² (:class:`.balance.Squares`).
Several reservoirs would make it a small matrix equation, with β and D as vectors, the squares and
B² + B_L² as matrices, and the exchange between the reservoirs as one more matrix.

The functions broadcast, and NaN stays NaN.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, nonzero, positive
from coldspin.constants import HBAR


def inverse_spin_temperature(cooling_drive: ArrayLike, squares: ArrayLike) -> Any:
    r"""β = 1/(k_Bθ_N) in the steady state under pumping (6) [1/J].

    .. math:: \beta = \frac{D}{B^2 + B_h^2} = \frac{4\langle S_z\rangle B/(\hbar\gamma_N)}
              {B^2 + \Phi\,\frac{T_{1,e}^N}{\tau_c}\left(\frac{\tau_c}{T_{2,e}^*}\right)^2 B_L^2}

    `cooling_drive` is D of :func:`cooling_drive` [T²/J]. `squares` is B² + B_h² [T²], with B_h² of
    :func:`heating_field_squared`; leakage and the heat between isotopes add to it. NaN where the
    squares are not positive: no steady state exists there. Assumes one spin temperature, high
    temperature and a small electron spin.
    """
    squares = np.asarray(squares, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = np.asarray(cooling_drive) / squares
    return as_given(np.where(squares > 0, beta, np.nan) + 0.0)  # 0.0 in place of −0.0


def cooling_drive(spin_field: ArrayLike, nuclear_gyromagnetic_ratio: ArrayLike) -> Any:
    r"""D = 4⟨S⟩·B/(ħγ_N) [T²/J], the numerator of (6): what the oriented electrons bring.

    `spin_field` is ⟨S⟩·B [T], or ⟨S_z⟩B for B along z; γ_N [rad/s/T].
    """
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    return as_given(4 / HBAR * np.asarray(spin_field) / gamma)


def heating_field_squared(
    heating_coefficient: ArrayLike,
    spin_loss: ArrayLike,
    k: ArrayLike,
    kinetic_local_field: ArrayLike,
) -> Any:
    r"""B_h² of (6) [T²]: heating of the spin-spin reservoir, where B² is that of the Zeeman one.

    .. math:: B_h^2 = \frac{\Phi}{\tau_c/T_{1,e}^N}\,k^2\,\frac{\tilde B_L^2}{3},\qquad
              k = \frac{\tau_c}{T_{2,e}^*}

    Φ, τ_c/T1e, k and B̃_L [T]; for dipoles B̃_L = √3 B_L. B_h is the local field as the electron
    makes it felt: B̃_L for k → 0, kB̃_L/2 for 1 ≪ k ≪ √N_I and b ≪ 1. B_h² has the sign of Φ.
    Φ < 0 occurs where the nuclei precess faster than the electron, |ω_B| > |Ω_B|: there the Zeeman
    reservoir pays for the cooling of the spin-spin reservoir, and only B² + B_h² is a heating.
    """
    ratio = finite("heating_coefficient", heating_coefficient) / positive("spin_loss", spin_loss)
    local = positive("k", k) * positive("kinetic_local_field", kinetic_local_field)
    return as_given(ratio * local**2 / 3)


def surplus(
    cooling_drive: ArrayLike, squares: ArrayLike, inverse_spin_temperature: ArrayLike
) -> Any:
    """D − (B² + B_h²)β [T²/J]: what cools less what heats, 0 in the steady state (6).

    It has the sign of dβ/dt. The search for the optimum looks for its zeros.
    """
    heating = np.asarray(inverse_spin_temperature) * np.asarray(squares)
    return as_given(np.asarray(cooling_drive) - heating)


def heat_capacity_square(field_squared: ArrayLike, local_field: ArrayLike) -> Any:
    """B² + B_L² [T²]: the heat capacity (12), −∂E/∂β, in units of N_I(ħγ_N/2)² [J²/T²]."""
    return as_given(np.asarray(field_squared) + positive("local_field", local_field) ** 2)


def warming_rate(
    relaxation_rate: ArrayLike, squares: ArrayLike, heat_capacity_square: ArrayLike
) -> Any:
    r"""1/T_E [1/s] (13): the rate at which β decays in the dark, and approaches (6) under light.

    .. math:: \frac1{T_{\mathcal E}} = r\,\frac{B^2 + B_h^2}{B^2 + B_L^2},\qquad
              r = \frac{f}{N_IT_{1,e}^N} = \frac1{T_{1,N}^e}

    `relaxation_rate` is r (S27) [1/s], `squares` as in :func:`inverse_spin_temperature` [T²],
    `heat_capacity_square` is that of :func:`heat_capacity_square` [T²]. With one of the squares
    alone it is that part of the rate.
    """
    heating = np.asarray(relaxation_rate) * np.asarray(squares)
    return as_given(heating / np.asarray(heat_capacity_square))


class ReservoirRates(NamedTuple):
    """Rates [1/s] at which the electron warms either reservoir alone: 1/T1N (S27), 1/T_SS."""

    zeeman: Array
    spin_spin: Array


def reservoir_rates(
    relaxation_rate: ArrayLike, heating_field_squared: ArrayLike, local_field: ArrayLike
) -> ReservoirRates:
    r"""Relaxation rates of the Zeeman and of the spin-spin energy, each by itself [1/s].

    .. math:: \frac1{T_{1,N}^e} = r,\qquad \frac1{T_{SS}} = r\,\frac{B_h^2}{B_L^2}

    1/T_E (13) is their mean, weighted with the heat capacities B² and B_L². At B = 0 the second one
    is 1/T_E, for dipoles about (3/4)k²/T1N where k ≫ 1 and x ≪ 1.
    """
    capacity = heat_capacity_square(0.0, local_field)
    rate = np.asarray(relaxation_rate)
    return ReservoirRates(rate, np.asarray(warming_rate(rate, heating_field_squared, capacity)))


def mean_nuclear_spin(
    inverse_spin_temperature: ArrayLike,
    field: ArrayLike,
    spin: ArrayLike,
    nuclear_gyromagnetic_ratio: ArrayLike,
) -> Any:
    """⟨I_z⟩ = β I(I+1)ħγ_N B/3 at high temperature (1), (S24); β [1/J], B [T], γ_N [rad/s/T]."""
    spin = positive("spin", spin)
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    energy = HBAR * gamma * np.asarray(field)
    return as_given(spin * (spin + 1) / 3 * (energy * np.asarray(inverse_spin_temperature)))


def saturated_nuclear_spin(electron_spin: ArrayLike, spin: ArrayLike) -> Any:
    """I_0 = (4/3) I(I+1)⟨S_z⟩, the nuclear spin in a strong field, by detailed balance."""
    spin = positive("spin", spin)
    return as_given(4 / 3 * spin * (spin + 1) * np.asarray(electron_spin))
