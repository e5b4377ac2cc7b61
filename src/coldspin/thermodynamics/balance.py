"""The balance of energies under pumping with everything that enters it: Knight field, leakage, full polarization."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, positive
from coldspin.constants import HBAR
from coldspin.thermodynamics.ensemble import Ensemble, moments

_SATURATION = 40.0  # βħγB at which every spin is turned, to the last digit


def heating_field_squared(
    heating_coefficient: ArrayLike, spin_loss: ArrayLike, k: float, kinetic_local_field: float
) -> Any:
    """B_h² = Φ k² B̃_L²/(3 τ_c/T1e) [T²], the square of :func:`~.spin_temperature.heating_field`, with the sign of Φ.

    Φ < 0 occurs where nuclei precess faster than the electron, |ω_B| > |Ω_B|: the Zeeman reservoir then pays for the
    cooling of the spin-spin one, and only B² + B_h², which decides β, is a heating.
    """
    ratio = finite("heating_coefficient", heating_coefficient) / positive("spin_loss", spin_loss)
    return as_given(np.asarray(ratio * (k * positive("kinetic_local_field", kinetic_local_field)) ** 2 / 3))


def leakage_field_squared(
    field: ArrayLike,
    leakage_rate: ArrayLike,
    *,
    electron_relaxation_rate: ArrayLike,
    capacity_nuclei: float,
    filling: float,
    local_field: float,
) -> Any:
    r"""What a leakage rate 1/T_L adds to B² + B_h² in (6) [T²], so that β falls by the factor T_L/(T_L + T_E).

    .. math:: B_{\mathrm{leak}}^2 = \frac{N_I T_{1,e}^N}{f\,T_L}\,(B^2 + B_L^2)

    with 1/T_E of (13); at B ≫ B_h it is the usual leakage factor T_L/(T_L + T1N). Fields [T], rates [1/s].
    """
    squares = finite("field", field) ** 2 + positive("local_field", local_field) ** 2
    electron = positive("electron_relaxation_rate", electron_relaxation_rate) * filling
    return as_given(np.asarray(capacity_nuclei * finite("leakage_rate", leakage_rate) / electron * squares))


def inverse_spin_temperature(
    ensemble: Ensemble, spin_along: ArrayLike, field: ArrayLike, other_squares: ArrayLike, *, linear: bool = True
) -> Any:
    r"""β under pumping [1/J], NaN where B² + B_h² + B_leak² is not positive: there the theory has no stationary state.

    `spin_along` is ⟨S⟩·n and `field` B [T], both along the axis n of the field that the nuclei see; `other_squares` is
    B_h² + B_leak² [T²]. Linear: (6) for several isotopes. Otherwise the stationary state of

    .. math:: \sum_k \frac{w_k\hbar\gamma_k}{N_k/n_k}\left[2\langle S\rangle(I_k(I_k+1)-\langle m^2\rangle_k)
              - \langle m\rangle_k\right] B = \frac{\beta\hbar^2}{4}\sum_k w_k\gamma_k^2\,(B_h^2+B_{leak}^2)

    with the populations of β at any polarization: exact detailed balance, ħγ_N βB → 2 artanh 2⟨S⟩ for B ≫ B_h, where
    (6) has 4⟨S⟩. It needs B ≫ B_L wherever the polarization is not small, and takes q_SS in its linear form.
    """
    spin, field, other = np.broadcast_arrays(
        finite("spin_along", spin_along), finite("field", field), np.asarray(other_squares, dtype=np.float64)
    )
    squares = field**2 + other
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = np.where(squares > 0, 4 * spin * field * (ensemble.drive / HBAR) / squares, np.nan) + 0.0
    return as_given(beta if linear else _full_balance(ensemble, spin, field, other, beta))


def _full_balance(ensemble: Ensemble, spin: Array, field: Array, other: Array, start: Array) -> Array:
    """Find β between 0 and where the spin-spin heating alone takes more than the electrons can bring."""
    from scipy.optimize import elementwise  # half a second to load: only at high polarization

    gamma = np.abs(ensemble.gyromagnetic_ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        ceiling = 6 * np.abs(spin * field) * (ensemble.weights @ gamma)
        ceiling = ceiling / (HBAR * ensemble.mean_square_gyromagnetic_ratio * other)
        saturated = _SATURATION / (HBAR * gamma.max() * np.abs(field))
    high = np.where(other > 0, ceiling, saturated)
    result = np.where(start == 0, 0.0, np.nan)
    solve = np.isfinite(start) & (start != 0)
    sign = np.sign(start[solve])
    found = elementwise.find_root(
        lambda beta, sign, spin, field, other: _surplus(ensemble, spin, field, other, sign * beta),
        (np.zeros_like(sign), high[solve]),
        args=(sign, spin[solve], field[solve], other[solve]),
        tolerances={"xrtol": 1e-14, "xatol": 0.0},
    )
    result[solve] = np.where(found.success, sign * found.x, np.nan)
    return result


def _surplus(ensemble: Ensemble, spin: Array, field: Array, other: Array, beta: Array) -> Array:
    total = -beta * HBAR / 4 * ensemble.mean_square_gyromagnetic_ratio * other
    for weight, i, gamma in zip(ensemble.weights, ensemble.spin, ensemble.gyromagnetic_ratio, strict=True):
        mean, square = moments(i, HBAR * gamma * beta * field)
        flux = 2 * spin * (i * (i + 1) - square) - mean
        total = total + weight * gamma * 3 / (4 * i * (i + 1)) * flux * field
    result: Array = total
    return result


class Fluxes(NamedTuple):
    """Energy fluxes of the balance (2) [W]: from the oriented electrons, and what warms either reservoir."""

    spin_influx: Array
    zeeman_heating: Array
    spin_spin_heating: Array


def energy_fluxes(
    ensemble: Ensemble,
    spin_along: ArrayLike,
    field: ArrayLike,
    inverse_spin_temperature: ArrayLike,
    *,
    heating_field_squared: ArrayLike,
    arrival_rate: ArrayLike,
    linear: bool = True,
) -> Fluxes:
    """Fluxes at β [1/J], summed over isotopes (:mod:`.fluxes` has those of one); `arrival_rate` is f/T1e [1/s]."""
    spin, field = finite("spin_along", spin_along), finite("field", field)
    beta, rate = np.asarray(inverse_spin_temperature), positive("arrival_rate", arrival_rate)
    influx, zeeman = np.zeros(np.shape(beta)), np.zeros(np.shape(beta))
    for weight, i, gamma in zip(ensemble.weights, ensemble.spin, ensemble.gyromagnetic_ratio, strict=True):
        eta, square = HBAR * gamma * beta * field, i * (i + 1)
        mean, mean_square = (square / 3 * eta, square / 3) if linear else moments(i, eta)
        scale = 3 * HBAR * weight * gamma / (4 * square) * field * rate
        influx, zeeman = influx + scale * 2 * spin * (square - mean_square), zeeman + scale * mean
    held = beta * HBAR**2 * ensemble.mean_square_gyromagnetic_ratio / 4
    return Fluxes(influx, zeeman, held * np.asarray(heating_field_squared) * rate)
