"""The stationary nuclear spin temperature under optical pumping (1), (6), (7), (10), and the scales of Fig. 2."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, finite, half_integer, nonzero, positive
from coldspin.constants import HBAR


def inverse_spin_temperature(
    electron_spin: ArrayLike,
    field: ArrayLike,
    heating_field: ArrayLike,
    nuclear_gyromagnetic_ratio: float,
) -> Any:
    r"""β = 1/(k_Bθ_N) under pumping (6) [1/J].

    .. math:: \beta = \frac{4\langle S_z\rangle B/(\hbar\gamma_N)}{B^2 + B_h^2},\qquad
              B_h^2 = \Phi\,\frac{T_{1,e}^N}{\tau_c}\left(\frac{\tau_c}{T_{2,e}^*}\right)^2 B_L^2

    ⟨S_z⟩ = |⟨S⟩| cosθ along z, B along z [T], either sign; B_h of :func:`heating_field` [T]; γ_N
    [rad/s/T]. Odd in B. Assumes one spin temperature, high temperature, electron spin small enough
    not to alter q_Z and q_SS. With B_h = B̃_L it is the result of Dyakonov and Perel for a short
    correlation time, Φ = 3/2.
    """
    field = finite("field", field)
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    drive = 4 * finite("electron_spin", electron_spin) * field / (HBAR * gamma)
    return as_given(drive / (field**2 + positive("heating_field", heating_field) ** 2))


def heating_field(
    heating_coefficient: ArrayLike,
    spin_loss: ArrayLike,
    k: ArrayLike,
    kinetic_local_field: ArrayLike,
) -> Any:
    r"""Field B_h at which spin-spin and Zeeman heating are equal, the local field as the electron makes it felt [T].

    .. math:: B_h^2 = \frac{\Phi}{\tau_c/T_{1,e}^N}\,k^2\,\frac{\tilde B_L^2}{3}

    Φ, τ_c/T1e, k = τ_c/T2e*, and B̃_L [T] (√3 B_L for dipoles). B̃_L for k → 0, kB̃_L/2 for 1 ≪ k ≪
    √N_I and b ≪ 1.
    """
    ratio = positive("heating_coefficient", heating_coefficient) / positive("spin_loss", spin_loss)
    return as_given(
        np.asarray(
            np.sqrt(ratio / 3)
            * finite("k", k)
            * positive("kinetic_local_field", kinetic_local_field)
        )
    )


def long_correlation_heating_field(k: ArrayLike, kinetic_local_field: ArrayLike) -> Any:
    """B_h = (τ_c/T2e*) B̃_L/2 for 1 ≪ τ_c/T2e* ≪ √N_I and b ≪ 1, which turns (6) into (7) [T]."""
    return as_given(positive("k", k) * positive("kinetic_local_field", kinetic_local_field) / 2)


def long_correlation_inverse_spin_temperature(
    electron_spin: ArrayLike,
    field: ArrayLike,
    *,
    k: ArrayLike,
    kinetic_local_field: ArrayLike,
    nuclear_gyromagnetic_ratio: float,
) -> Any:
    r"""β for a long correlation time (7) [1/J].

    .. math:: \beta = \frac{4\langle S_z\rangle B/(\hbar\gamma_N)}{B^2 + (\tau_c/T_{2,e}^*)^2\tilde B_L^2/4}

    (6) for 1 ≪ k = τ_c/T2e* ≪ √N_I and b ≪ 1, with B̃_L where the paper prints B_L (docs:
    differences). Arguments as for :func:`inverse_spin_temperature`; raises InvalidInputError
    outside the domain.
    """
    felt = long_correlation_heating_field(k, kinetic_local_field)
    return inverse_spin_temperature(electron_spin, field, felt, nuclear_gyromagnetic_ratio)


def optimal_field(
    k: ArrayLike, kinetic_local_field: ArrayLike, fluctuation_field: ArrayLike
) -> Any:
    r"""Field of the largest β for long correlation times and many nuclei (10) [T].

    .. math:: B_0 = \frac{1/T_{2,e}^*}{\sqrt{\gamma_e^2 + 4/(\tau_c\tilde B_L)^2}}
              = \left[\Delta_B^{-2} + (k\tilde B_L/2)^{-2}\right]^{-1/2}

    Follows from (6), (9) and the Lorentzian (S16) for N_I ≫ (T2e*γ_e B_L)⁻², k ≫ 1; Δ_B =
    1/(|γ_e|T2e*) [T]. Its error is −5% at k = 10 and +10% for k → ∞ (docs: differences);
    :func:`coldspin.optimum` finds the maximum itself.
    """
    rise = long_correlation_heating_field(k, kinetic_local_field)
    return as_given(1 / np.hypot(1 / positive("fluctuation_field", fluctuation_field), 1 / rise))


def saturated_optimal_field(nuclei_effective: ArrayLike, kinetic_local_field: ArrayLike) -> Any:
    """B_0 = √(2N_I/5) B̃_L [T]: few nuclei, completely reoriented, B_0 ≪ Δ_B (after (10), from (S35))."""
    ratio = positive("nuclei_effective", nuclei_effective) * 0.4
    return as_given(np.sqrt(ratio) * positive("kinetic_local_field", kinetic_local_field))


def two_parameter_curve(field: ArrayLike, optimal_field: float, largest: float) -> Any:
    """β ≈ 2BB_0β_max/(B²+B_0²), by which the paper says β(B) is well described (before (10))."""
    field, best = finite("field", field), positive("optimal_field", optimal_field)
    return as_given(2 * field * best * finite("largest", largest) / (field**2 + best**2))


def mean_nuclear_spin(
    inverse_spin_temperature: ArrayLike,
    field: ArrayLike,
    spin: float,
    nuclear_gyromagnetic_ratio: float,
) -> Any:
    """⟨I_z⟩ = β I(I+1)ħγ_N B/3 at high temperature (1), (S24); β [1/J], B [T], γ_N [rad/s/T]."""
    spin = half_integer("spin", spin)
    energy = (
        HBAR
        * nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
        * finite("field", field)
    )
    beta = finite("inverse_spin_temperature", inverse_spin_temperature)
    return as_given(beta * energy * spin * (spin + 1) / 3)


def saturated_nuclear_spin(electron_spin: ArrayLike, spin: float) -> Any:
    """I_0 = (4/3) I(I+1)⟨S_z⟩, the nuclear spin in a strong field, by detailed balance; unit of Fig. 2(a)."""
    spin = half_integer("spin", spin)
    return as_given(4 / 3 * spin * (spin + 1) * finite("electron_spin", electron_spin))


def classical_maximum(
    electron_spin: ArrayLike, local_field: float, nuclear_gyromagnetic_ratio: float
) -> Any:
    """β_0 = 2⟨S_z⟩/(ħγ_N√3 B_L), the largest β for a short correlation time [1/J]; unit of Fig. 2(b, d)."""
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    scale = HBAR * gamma * sqrt(3) * positive("local_field", local_field)
    return as_given(2 * finite("electron_spin", electron_spin) / scale)
