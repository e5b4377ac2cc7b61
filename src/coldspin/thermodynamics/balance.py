"""The balance of energies under pumping: several isotopes, Knight field, leakage, any polarization."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array
from coldspin.constants import HBAR
from coldspin.thermodynamics import spin_temperature
from coldspin.thermodynamics.ensemble import Ensemble, net_flips
from coldspin.thermodynamics.fluxes import Fluxes, spin_influx, spin_spin_heating, zeeman_heating
from coldspin.thermodynamics.knight_field import NuclearField

_SATURATION = 40.0  # βħγB at which every spin is turned, to the last digit


class Squares(NamedTuple):
    """Terms of the denominator of (6) [T²]: of the Zeeman energies, B_h², and of leakage.

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


@dataclass(frozen=True)
class Balance:
    r"""The balance (2) of the isotopes of one site in the fields that they see.

    At high temperature (`linear`) it is that of :mod:`.spin_temperature`, with

    .. math:: D = \frac{4}{\hbar\langle\gamma^2\rangle}
              \sum_k w_k\gamma_k\,\langle\mathbf S\rangle\cdot\mathbf B_k,\qquad
              B^2 + B_h^2 \to B_Z^2 + B_h^2 + B_{leak}^2,\qquad
              B_{leak}^2 = \frac{N_E T_{1,e}^N}{f\,T_L}\,(B^2 + B_L^2)

    B_leak makes β fall by the factor T_L/(T_L + T_E), 1/T_E of (13); at B ≫ B_h that is the usual
    leakage factor T_L/(T_L + T1N). At any polarization the steady state is that of

    .. math:: \sum_k \frac{w_k n_k\gamma_k}{N_k}
              \left[2\langle\mathbf S\rangle\cdot\mathbf B_k(I_k(I_k+1)-\langle m^2\rangle_k)
              - \langle m\rangle_k B_k\right] = \frac{\hbar\beta}{4}\langle\gamma^2\rangle\,(\text{the other squares})

    with the populations of β: exact detailed balance, ħγ_N βB → 2 artanh 2⟨S⟩ for B ≫ B_h, where
    (6) has 4⟨S⟩; the Zeeman energy leaks as ⟨m⟩ does. It needs B ≫ B_L wherever the polarization is
    not small, and takes q_SS, and the heating of isotopes against each other, in linear form.
    """

    ensemble: Ensemble
    seen: NuclearField
    squares: Squares
    linear: bool = True

    @cached_property
    def drive(self) -> Array:
        """D [T²/J]."""
        return self.ensemble.cooling_drive(self.seen.product)

    def inverse_spin_temperature(self) -> Array:
        """β in the steady state [1/J], NaN where there is none: where the squares are negative."""
        beta = np.asarray(spin_temperature.inverse_spin_temperature(self.drive, self.squares.total))
        return beta if self.linear else self._solve(beta)

    def surplus(self, inverse_spin_temperature: Array) -> Array:
        """What the electrons bring less what the heatings take [T²/J], of the sign of dβ/dt."""
        if self.linear:
            return np.asarray(
                spin_temperature.surplus(self.drive, self.squares.total, inverse_spin_temperature)
            )
        shape = (self.ensemble.spin.size, inverse_spin_temperature.size)
        surplus = self._net_flux(
            np.broadcast_to(self.seen.product, shape),
            np.broadcast_to(np.sqrt(self.seen.squared), shape),
            self._other_squares,
            self.squares.leakage_rate,
            inverse_spin_temperature,
        )
        return surplus * 4 / (HBAR**2 * self.ensemble.mean_square_gyromagnetic_ratio)

    def fluxes(self, inverse_spin_temperature: Array, arrival_rate: Array) -> Fluxes:
        """Fluxes at β [W], summed over isotopes; `arrival_rate` is f/T1e [1/s]."""
        ensemble, beta = self.ensemble, inverse_spin_temperature
        products = np.broadcast_to(self.seen.product, (ensemble.spin.size, beta.size))
        fields = np.broadcast_to(np.sqrt(self.seen.squared), products.shape)
        influx = np.zeros_like(beta)
        zeeman = np.zeros_like(beta)
        for k, weight in enumerate(ensemble.weights):
            brought, taken = self._isotope_fluxes(k, products[k], fields[k], beta)
            influx = influx + weight * arrival_rate * brought
            zeeman = zeeman + weight * arrival_rate * taken
        between = self.squares.zeeman - ensemble.mean_square_field(self.seen.squared)
        zeeman = zeeman + self._heat(beta, between, arrival_rate)
        return Fluxes(influx, zeeman, self._heat(beta, self.squares.heating, arrival_rate))

    def _heat(self, beta: Array, square: Array, arrival_rate: ArrayLike) -> Array:
        """Flux of one of the squares [W]."""
        gamma_squared = self.ensemble.mean_square_gyromagnetic_ratio
        heat: Array = spin_spin_heating(
            beta, square, gyromagnetic_ratio_squared=gamma_squared, arrival_rate=arrival_rate
        )
        return heat

    def _isotope_fluxes(
        self, k: int, product: Array, field: Array, beta: Array
    ) -> tuple[Array, Array]:
        """Influx (2) and q_Z (4) of isotope k for w_k f/T1e = 1 [J]."""
        mean, square = self.ensemble.moments(k, beta, field, linear=self.linear)
        kind: dict[str, Any] = {
            "spin": self.ensemble.spin[k],
            "nuclear_gyromagnetic_ratio": self.ensemble.gyromagnetic_ratio[k],
            "arrival_rate": 1.0,
        }
        return spin_influx(product, square, **kind), zeeman_heating(mean, field, **kind)

    @cached_property
    def _other_squares(self) -> Array:
        """The squares that the populations of β do not replace [T²]: all but B² and its leakage."""
        own = self.ensemble.mean_square_field(self.seen.squared)
        capacity = self.ensemble.capacity_square_field(self.seen.squared)
        # each difference by itself: B_h² may be far below the rounding of B²
        between = self.squares.zeeman - own
        leakage = self.squares.leakage - self.squares.leakage_rate * capacity
        other: Array = between + self.squares.heating + leakage
        return other

    def _net_flux(
        self, products: Array, fields: Array, other: Array, leak: Array, beta: Array
    ) -> Array:
        """Influx less all heating at any polarization, for f/T1e = 1 [J]; rows by isotope."""
        ensemble = self.ensemble
        net = -self._heat(beta, other, 1.0)
        # the energy of isotope k leaks in proportion to N_k/N_E, where the electron takes w_k of it
        shares = ensemble.effective_nuclei / ensemble.capacity_nuclei
        for k, weight in enumerate(ensemble.weights):
            spin = ensemble.spin[k]
            moment = HBAR * ensemble.gyromagnetic_ratio[k]
            field = fields[k]
            electron_spin = np.divide(products[k], field, out=np.zeros_like(field), where=field > 0)
            # brought − taken, formed before the two are rounded
            flips = net_flips(spin, moment * beta * field, electron_spin)
            net = net + weight * 3 * moment * field * flips / (4 * spin * (spin + 1))
            _, taken = self._isotope_fluxes(k, products[k], field, beta)
            net = net - leak * shares[k] * taken
        result: Array = net
        return result

    def _solve(self, start: Array) -> Array:
        """Find β between 0 and where the linear heating alone takes more than electrons can bring.

        `start` is β of high temperature, which has the sign of the result.
        """
        from scipy.optimize import elementwise  # half a second to load: only at high polarization

        ensemble, seen = self.ensemble, self.seen
        gamma = ensemble.gyromagnetic_ratio[:, None]
        other = self._other_squares
        scale = HBAR * ensemble.mean_square_gyromagnetic_ratio
        with np.errstate(divide="ignore", invalid="ignore"):
            ceiling = 6 * (ensemble.weights @ np.abs(gamma * seen.product)) / (scale * other)
            saturated = _SATURATION / (HBAR * np.abs(gamma) * np.sqrt(seen.squared)).max(axis=0)
        high = np.where(other > 0, np.maximum(ceiling, saturated), saturated)
        result = np.where(start == 0, 0.0, np.nan)
        solvable = np.isfinite(start) & (start != 0) & np.isfinite(high)
        sign = np.sign(start[solvable])
        shape = (ensemble.spin.size, start.size)
        products = np.broadcast_to(seen.product, shape)[:, solvable]
        fields = np.broadcast_to(np.sqrt(seen.squared), shape)[:, solvable]

        def net_flux(beta: Array, sign: Array, index: Array, other: Array, leak: Array) -> Array:
            at = index.astype(int)
            return self._net_flux(products[:, at], fields[:, at], other, leak, sign * beta) * sign

        leak = np.broadcast_to(self.squares.leakage_rate, start.shape)[solvable]
        arguments = (sign, np.arange(sign.size), other[solvable], leak)
        # most roots are below four times the linear β, far below what saturates
        near = np.minimum(high[solvable], 4 * np.abs(start[solvable]))
        top = np.where(net_flux(near, *arguments) < 0, near, high[solvable])
        roots = elementwise.find_root(
            net_flux,
            (np.zeros_like(sign), top),
            args=arguments,
            tolerances={"xrtol": 1e-14, "xatol": 0.0},
        )
        result[solvable] = np.where(roots.success, sign * roots.x, np.nan)
        return result
