"""Formulas that only the claims need: limits, printed forms, units of the figures.

What `cool`, `relax`, `optimum`, `run` and the fits compute with is in
:mod:`coldspin.thermodynamics`. Fields are in tesla, β in 1/J, γ_N in rad/s/T.
"""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import Array, as_given, finite, nonzero, positive, within
from coldspin.constants import HBAR
from coldspin.precession import effective_nuclei, spin_loss, spin_loss_slope
from coldspin.thermodynamics.spin_temperature import (
    cooling_drive,
    heat_capacity_square,
    heating_field_squared,
    inverse_spin_temperature,
)

Operator = NDArray[np.complex128]


def printed_spin_spin_heating(
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
    r"""Flux q_SS that warms the spin-spin reservoir (5) [W], as it is printed.

    .. math:: q_{SS} = \Phi N\frac{I(I+1)}{3}(\hbar\gamma_N B_L)^2
              \left(\frac{a\tau_c}{\hbar}\right)^2\frac{\beta}{\tau_R}

    β, Φ, N, I, γ_N, B_L (or the kinetic local field divided by √3), x = aτ_c/ħ, τ_R = τ_c/f [s].
    Equal to :func:`coldspin.thermodynamics.fluxes.spin_spin_heating`.
    """
    energy = _zeeman_energy(nuclear_gyromagnetic_ratio, positive("local_field", local_field))
    capacity = effective_nuclei(nuclei, spin) / 4 * energy**2
    beta = finite("inverse_spin_temperature", inverse_spin_temperature)
    phi = positive("heating_coefficient", heating_coefficient)
    angle = positive("rotation_angle", rotation_angle)
    return as_given(phi * capacity * angle**2 * beta / positive("arrival_time", arrival_time))


def zeeman_energy_change(
    electron_spin_change: ArrayLike, field: ArrayLike, nuclear_gyromagnetic_ratio: float
) -> Any:
    """ΔE_Z = ħγ_N B [S_z(t) − S_z(0)] in one visit [J] (S18).

    The nuclei gain what the electron spin loses along z.
    """
    change = finite("electron_spin_change", electron_spin_change)
    return as_given(_zeeman_energy(nuclear_gyromagnetic_ratio, field) * change)


def zeeman_heating_from_relaxation(
    mean_nuclear_spin: ArrayLike,
    field: ArrayLike,
    *,
    nuclei: float,
    nuclear_gyromagnetic_ratio: float,
    nuclear_relaxation_time: ArrayLike,
) -> Any:
    """q_Z = N⟨I_z⟩ħγ_N B/T1N (S28) [W], with T1N [s] of (S27).

    Equal to (4), :func:`coldspin.thermodynamics.fluxes.zeeman_heating`.
    """
    energy = _zeeman_energy(nuclear_gyromagnetic_ratio, field)
    moment = finite("mean_nuclear_spin", mean_nuclear_spin) * energy
    time = positive("nuclear_relaxation_time", nuclear_relaxation_time)
    return as_given(positive("nuclei", nuclei) * moment / time)


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

    β, k = τ_c/T2e*, B̃_L. With (9) the same as (5) times τ_R.
    """
    kinetic = positive("kinetic_local_field", kinetic_local_field)
    energy = _zeeman_energy(nuclear_gyromagnetic_ratio, kinetic)
    scale = (energy * positive("k", k)) ** 2 / 24
    average = finite("lorentzian_average", lorentzian_average)
    beta = finite("inverse_spin_temperature", inverse_spin_temperature)
    return as_given(beta * scale * (1 + 2 * average))


def heat_capacity(
    field: ArrayLike, nuclei_effective: float, nuclear_gyromagnetic_ratio: float, local_field: float
) -> Any:
    """−∂E/∂β = N_I (ħγ_N/2)² (B² + B_L²) of the nuclear spin system (12) [J²]."""
    moment = HBAR * nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio) / 2
    square = heat_capacity_square(finite("field", field) ** 2, local_field)
    return as_given(positive("nuclei_effective", nuclei_effective) * moment**2 * square)


def dark_rate_unit(
    k: float, correlation_time: float, nuclei_effective: float, filling: float
) -> float:
    """1/T_0 = fτ_c/(2N_I T2e*²), the unit of Fig. 3 [1/s]."""
    share = within("filling", filling, 0, 1, open_low=True)
    nuclei = positive("nuclei_effective", nuclei_effective)
    time = positive("correlation_time", correlation_time)
    return float(share * positive("k", k) ** 2 / (2 * nuclei * time))


def local_field(
    hamiltonian: Operator, nuclei_effective: float, nuclear_gyromagnetic_ratio: float
) -> float:
    """B_L = [4 Tr H_SS²/(N_I(ħγ_N)²)]^½ [T] (S33).

    H_SS [J] as a matrix, the trace normalised to Tr 1 = 1.
    """
    square = 4 * _trace(hamiltonian @ hamiltonian) / nuclei_effective
    return sqrt(square) / abs(HBAR * nuclear_gyromagnetic_ratio)


def kinetic_local_field(
    hamiltonian: Operator,
    total_spin: Operator,
    nuclei_effective: float,
    nuclear_gyromagnetic_ratio: float,
) -> float:
    """B̃_L = [−2 Tr [J, H_SS]²/(N_I(ħγ_N)²)]^½ [T] (S32); `total_spin` stacks J_x, J_y, J_z.

    √3 B_L for a dipole-dipole interaction, √(k(k+1)/2) B_L for a rank-k one.
    """
    commutators = total_spin @ hamiltonian - hamiltonian @ total_spin
    squares = sum(_trace(c @ c) for c in commutators)
    return sqrt(-2 * squares / nuclei_effective) / abs(HBAR * nuclear_gyromagnetic_ratio)


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
    differences). ⟨S_z⟩ along z, B along z, either sign.
    """
    field = finite("field", field)
    spin_field = finite("electron_spin", electron_spin) * field
    square = field**2 + long_correlation_heating_field(k, kinetic_local_field) ** 2
    return inverse_spin_temperature(cooling_drive(spin_field, nuclear_gyromagnetic_ratio), square)


def classical_maximum(
    electron_spin: ArrayLike, local_field: float, nuclear_gyromagnetic_ratio: float
) -> Any:
    """β_0 = 2⟨S_z⟩/(ħγ_N√3 B_L) [1/J], unit of Fig. 2(b, d): (6) at B = B_h = B̃_L.

    The largest β for a short correlation time.
    """
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    scale = HBAR * gamma * sqrt(3) * positive("local_field", local_field)
    return as_given(2 * finite("electron_spin", electron_spin) / scale)


def two_parameter_curve(field: ArrayLike, optimal_field: float, largest: float) -> Any:
    """β ≈ 2BB_0β_max/(B²+B_0²), by which the paper says β(B) is well described (before (10))."""
    field = finite("field", field)
    best = positive("optimal_field", optimal_field)
    return as_given(2 * field * best * finite("largest", largest) / (field**2 + best**2))


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
    """B_0 = √(2N_I/5) B̃_L [T] of few nuclei, completely reoriented, B_0 ≪ Δ_B.

    After (10), from (S35).
    """
    ratio = positive("nuclei_effective", nuclei_effective) * 0.4
    return as_given(np.sqrt(ratio) * positive("kinetic_local_field", kinetic_local_field))


def stationarity(
    field: Array, b: Array, k: float, heating: tuple[Array, Array], kinetic_local_field: float
) -> Array:
    r"""Left side of dβ/dB = 0 for (6), divided by positive factors; its sign is that of d|β|/d|B|.

    .. math:: \frac{1}{B^2}\left[B_h^2 - b\,\frac{\partial B_h^2}{\partial b}\right] - 1

    `heating` is (Φ, ∂Φ/∂b) at b = γ_e B T2e*.
    """
    loss = np.asarray(spin_loss(b, k))
    coefficient, slope = heating
    # B_h² is proportional to Φ/(τ_c/T1e), so that its derivative is B_h² with another ratio
    ratio = coefficient / loss
    ratio_slope = (slope - ratio * np.asarray(spin_loss_slope(b, k))) / loss
    square = heating_field_squared(ratio - b * ratio_slope, 1.0, k, kinetic_local_field)
    result: Array = square / field**2 - 1
    return result


def _zeeman_energy(nuclear_gyromagnetic_ratio: float, field: ArrayLike) -> Array:
    """ħγ_N B [J]."""
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    energy: Array = HBAR * gamma * finite("field", field)
    return energy


def _trace(operator: Operator) -> float:
    return float(np.trace(operator).real / len(operator))
