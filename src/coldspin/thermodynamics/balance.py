"""The balance of energies under pumping: several isotopes, Knight field, leakage, any polarization."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, positive
from coldspin.constants import HBAR
from coldspin.thermodynamics.ensemble import Ensemble, moments
from coldspin.thermodynamics.knight_field import NuclearField

_SATURATION = 40.0  # βħγB at which every spin is turned, to the last digit


class Squares(NamedTuple):
    """Terms of the denominator of (6) [T²]: of the Zeeman energies, of spin-spin heating B_h², and of leakage.

    `leakage_rate` is N_E T1e/(f T_L), N_E the nuclei of the heat capacity; times B² + B_L² it is
    the third.
    """

    zeeman: Array
    heating: Array
    leakage: Array
    leakage_rate: Array

    @property
    def total(self) -> Array:
        """Their sum."""
        total: Array = self.zeeman + self.heating + self.leakage
        return total


def heating_field_squared(
    heating_coefficient: ArrayLike, spin_loss: ArrayLike, k: float, kinetic_local_field: float
) -> Any:
    """B_h² = Φ k² B̃_L²/(3 τ_c/T1e) [T²], the square of :func:`~.spin_temperature.heating_field`, with the sign of Φ.

    Φ < 0 occurs where nuclei precess faster than the electron, |ω_B| > |Ω_B|: the Zeeman reservoir
    then pays for the cooling of the spin-spin one, and only B² + B_h², which decides β, is a
    heating.
    """
    ratio = finite("heating_coefficient", heating_coefficient) / positive("spin_loss", spin_loss)
    return as_given(ratio * (k * positive("kinetic_local_field", kinetic_local_field)) ** 2 / 3)


def inverse_spin_temperature(
    ensemble: Ensemble, seen: NuclearField, squares: Squares, *, linear: bool = True
) -> Any:
    r"""β under pumping [1/J], NaN where the squares do not sum to > 0: there the theory has no stationary state.

    .. math:: \beta = \frac{4}{\hbar\langle\gamma^2\rangle}\,
              \frac{\sum_k w_k\gamma_k\,\langle\mathbf S\rangle\cdot\mathbf B_k}{B_Z^2 + B_h^2 + B_{leak}^2},\qquad
              B_{leak}^2 = \frac{N_E T_{1,e}^N}{f\,T_L}\,(B^2 + B_L^2)

    (6) for one isotope. B_leak makes β fall by the factor T_L/(T_L + T_E), 1/T_E of (13); at B ≫
    B_h that is the usual leakage factor T_L/(T_L + T1N). Not linear: the stationary state of

    .. math:: \sum_k \frac{w_k n_k\gamma_k}{N_k}
              \left[2\langle\mathbf S\rangle\cdot\mathbf B_k(I_k(I_k+1)-\langle m^2\rangle_k)
              - \langle m\rangle_k B_k\right] = \frac{\hbar\beta}{4}\langle\gamma^2\rangle\,(\text{the other squares})

    with the populations of β at any polarization: exact detailed balance, ħγ_N βB → 2 artanh 2⟨S⟩
    for B ≫ B_h, where (6) has 4⟨S⟩; the Zeeman energy leaks as ⟨m⟩ does. It needs B ≫ B_L wherever
    the polarization is not small, and takes q_SS, and the heating of isotopes against each other,
    in linear form.
    """
    gamma = ensemble.gyromagnetic_ratio[:, None]
    drive = (
        4
        / HBAR
        * (ensemble.weights @ (gamma * seen.product))
        / ensemble.mean_square_gyromagnetic_ratio
    )
    total = squares.total
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = np.where(total > 0, drive / total, np.nan) + 0.0
    return as_given(beta if linear else _full_balance(ensemble, seen, squares, beta))


def surplus(
    ensemble: Ensemble,
    seen: NuclearField,
    squares: Squares,
    inverse_spin_temperature: Array,
    *,
    linear: bool = True,
) -> Array:
    r"""What the electrons bring less what the heatings take, at any β [1/J]; 0 in the steady state.

    .. math:: P = \frac{4}{\hbar\langle\gamma^2\rangle}\sum_k w_k\gamma_k\,\langle\mathbf S\rangle\cdot\mathbf B_k
              - \beta\,(B_Z^2 + B_h^2 + B_{leak}^2)

    in T²/J; not linear: left side less right side of :func:`inverse_spin_temperature`, times
    4/(ħ⟨γ²⟩). dβ/dt has the sign of P.
    """
    gamma = ensemble.gyromagnetic_ratio[:, None]
    scale = 4 / (HBAR * ensemble.mean_square_gyromagnetic_ratio)
    if linear:
        drive: Array = scale * (ensemble.weights @ (gamma * seen.product))
        return drive - inverse_spin_temperature * squares.total
    rows = np.broadcast_shapes(seen.squared.shape, gamma.shape)[0]
    shape = (rows, inverse_spin_temperature.size)
    product = np.broadcast_to(seen.product, shape)
    field = np.broadcast_to(np.sqrt(seen.squared), shape)
    other = _other_squares(ensemble, seen, squares)
    return scale * _surplus(
        ensemble, product, field, other, squares.leakage_rate, inverse_spin_temperature
    )


def _other_squares(ensemble: Ensemble, seen: NuclearField, squares: Squares) -> Array:
    """The squares that the populations of β do not replace [T²]: all but Σw_kγ_k²B_k²/⟨γ²⟩ and its leakage."""
    gamma, mean_square = (
        ensemble.gyromagnetic_ratio[:, None],
        ensemble.mean_square_gyromagnetic_ratio,
    )
    own: Array = ensemble.weights @ (gamma**2 * seen.squared) / mean_square
    other: Array = squares.total - own - squares.leakage_rate * _capacity_square(ensemble, seen)
    return other


def _full_balance(ensemble: Ensemble, seen: NuclearField, squares: Squares, start: Array) -> Array:
    """Find β between 0 and where the linear heating alone takes more than the electrons can bring."""
    from scipy.optimize import elementwise  # half a second to load: only at high polarization

    gamma, mean_square = (
        ensemble.gyromagnetic_ratio[:, None],
        ensemble.mean_square_gyromagnetic_ratio,
    )
    other = _other_squares(ensemble, seen, squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        ceiling = (
            6 * (ensemble.weights @ np.abs(gamma * seen.product)) / (HBAR * mean_square * other)
        )
        saturated = _SATURATION / (HBAR * np.abs(gamma) * np.sqrt(seen.squared)).max(axis=0)
    high = np.where(other > 0, np.maximum(ceiling, saturated), saturated)
    result = np.where(start == 0, 0.0, np.nan)
    solve = np.isfinite(start) & (start != 0) & np.isfinite(high)
    sign = np.sign(start[solve])
    rows = np.broadcast_shapes(seen.squared.shape, gamma.shape)[0]
    product, field = (
        np.broadcast_to(value, (rows, start.size))[:, solve]
        for value in (seen.product, np.sqrt(seen.squared))
    )

    def surplus(beta: Array, sign: Array, index: Array, other: Array, leak: Array) -> Array:
        at = index.astype(int)
        return _surplus(ensemble, product[:, at], field[:, at], other, leak, sign * beta) * sign

    leak = np.broadcast_to(squares.leakage_rate, start.shape)[solve]
    arguments = (sign, np.arange(sign.size), other[solve], leak)
    near = np.minimum(
        high[solve], 4 * np.abs(start[solve])
    )  # most roots are below it, far below what saturates
    top = np.where(surplus(near, *arguments) < 0, near, high[solve])
    found = elementwise.find_root(
        surplus,
        (np.zeros_like(sign), top),
        args=arguments,
        tolerances={"xrtol": 1e-14, "xatol": 0.0},
    )
    result[solve] = np.where(found.success, sign * found.x, np.nan)
    return result


def _surplus(
    ensemble: Ensemble, product: Array, field: Array, other: Array, leak: Array, beta: Array
) -> Array:
    """Left side of the nonlinear balance less its right side, over ħ [T² rad/s/T]; fields and products by isotope."""
    total = -beta * HBAR / 4 * ensemble.mean_square_gyromagnetic_ratio * other
    share = (
        ensemble.effective_nuclei / ensemble.capacity_nuclei
    )  # of the leaking energy, over that of w_k in the flux
    for k, (weight, i, gamma) in enumerate(
        zip(ensemble.weights, ensemble.spin, ensemble.gyromagnetic_ratio, strict=True)
    ):
        mean, square = moments(i, HBAR * gamma * beta * field[k])
        flux = 2 * product[k] * (i * (i + 1) - square) - mean * field[k]
        total = total + 3 * gamma / (4 * i * (i + 1)) * (
            weight * flux - leak * share[k] * mean * field[k]
        )
    result: Array = total
    return result


def _capacity_square(ensemble: Ensemble, seen: NuclearField) -> Array:
    """B² of the heat capacity [T²]: that of each isotope by its share."""
    share = ensemble.capacity_shares
    square: Array = share @ np.broadcast_to(seen.squared, (share.size, seen.squared.shape[1]))
    return square


def leakage_square(
    ensemble: Ensemble, seen: NuclearField, leakage_rate: Array, local_field: float
) -> Array:
    """B_leak² [T²] from N_E T1e/(f T_L)."""
    square: Array = leakage_rate * (
        _capacity_square(ensemble, seen) + positive("local_field", local_field) ** 2
    )
    return square


def heat_capacity_square(ensemble: Ensemble, seen: NuclearField, local_field: float) -> Array:
    """B² + B_L² [T²] of (12)."""
    square: Array = _capacity_square(ensemble, seen) + local_field**2
    return square


class Fluxes(NamedTuple):
    """Energy fluxes of the balance (2) [W]: from the oriented electrons, and what warms either reservoir."""

    spin_influx: Array
    zeeman_heating: Array
    spin_spin_heating: Array


def energy_fluxes(
    ensemble: Ensemble,
    seen: NuclearField,
    squares: Squares,
    inverse_spin_temperature: ArrayLike,
    *,
    arrival_rate: ArrayLike,
    linear: bool = True,
) -> Fluxes:
    """Fluxes at β [1/J], summed over isotopes (:mod:`.fluxes` has those of one); `arrival_rate` is f/T1e [1/s]."""
    beta, rate = np.asarray(inverse_spin_temperature), positive("arrival_rate", arrival_rate)
    gamma, mean_square = (
        ensemble.gyromagnetic_ratio[:, None],
        ensemble.mean_square_gyromagnetic_ratio,
    )
    held = beta * HBAR**2 * mean_square / 4 * rate
    influx = HBAR * (ensemble.weights @ (gamma * seen.product)) * rate
    zeeman = held * squares.zeeman
    if not linear:
        fields = np.broadcast_to(np.sqrt(seen.squared), (gamma.size, beta.size))
        products = np.broadcast_to(seen.product, fields.shape)
        apart = squares.zeeman - ensemble.weights @ (gamma**2 * seen.squared) / mean_square
        influx, zeeman = np.zeros_like(beta), held * apart
        for weight, i, ratio, field, product in zip(
            ensemble.weights,
            ensemble.spin,
            ensemble.gyromagnetic_ratio,
            fields,
            products,
            strict=True,
        ):
            mean, square = moments(i, HBAR * ratio * beta * field)
            scale = 3 * HBAR * weight * ratio / (4 * i * (i + 1)) * rate
            influx = influx + scale * 2 * product * (i * (i + 1) - square)
            zeeman = zeeman + scale * mean * field
    return Fluxes(influx, zeeman, held * squares.heating)
