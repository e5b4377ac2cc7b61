"""Energy fluxes into and out of the nuclei (2), (4), (5): what electrons bring, q_Z and q_SS [W].

All are per electron site. `arrival_rate` is f/T1e [1/s], fields are in tesla, γ_N in rad/s/T.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, positive
from coldspin.constants import HBAR


class Fluxes(NamedTuple):
    """Energy fluxes of the balance (2) [W]."""

    spin_influx: Array
    zeeman_heating: Array
    spin_spin_heating: Array

    @property
    def net(self) -> Array:
        """f⟨S_z⟩ħγ_N B/T1e − q_Z − q_SS (2): 0 in the steady state, or what leakage takes."""
        result: Array = self.spin_influx - self.zeeman_heating - self.spin_spin_heating
        return result


def spin_influx(
    spin_field: ArrayLike,
    mean_square: ArrayLike,
    *,
    spin: float,
    nuclear_gyromagnetic_ratio: float,
    arrival_rate: ArrayLike,
) -> Any:
    r"""Zeeman energy that oriented electrons bring, left side of (2) (S19).

    .. math:: \frac{f}{T_{1,e}^N}\,\hbar\gamma_N\,\langle\mathbf S\rangle\cdot\mathbf B\;
              \frac{3[I(I+1)-\langle m^2\rangle]}{2I(I+1)}

    `spin_field` is ⟨S⟩·B. The last factor is the share of nuclei that can still be turned: it is 1
    at high temperature, where `mean_square` ⟨m²⟩ = I(I+1)/3.
    """
    square = spin * (spin + 1)
    free = 3 * (square - np.asarray(mean_square)) / (2 * square)
    energy = HBAR * nuclear_gyromagnetic_ratio * np.asarray(spin_field)
    return as_given(positive("arrival_rate", arrival_rate) * energy * free)


def zeeman_heating(
    mean_nuclear_spin: ArrayLike,
    field: ArrayLike,
    *,
    spin: float,
    nuclear_gyromagnetic_ratio: float,
    arrival_rate: ArrayLike,
) -> Any:
    r"""Flux q_Z that warms the Zeeman reservoir (4), by detailed balance ⟨I_z⟩ = ⟨S_z⟩·4I(I+1)/3.

    .. math:: q_Z = \frac{3f\langle I_z\rangle}{4I(I+1)T_{1,e}^N}\,\hbar\gamma_N B

    `mean_nuclear_spin` is ⟨I_z⟩ of one nucleus along B.
    """
    energy = HBAR * nuclear_gyromagnetic_ratio * np.asarray(field)
    flips = positive("arrival_rate", arrival_rate) * np.asarray(mean_nuclear_spin)
    return as_given(3 * flips * energy / (4 * spin * (spin + 1)))


def spin_spin_heating(
    inverse_spin_temperature: ArrayLike,
    heating_field_squared: ArrayLike,
    *,
    gyromagnetic_ratio_squared: float,
    arrival_rate: ArrayLike,
) -> Any:
    r"""Flux q_SS that warms the spin-spin reservoir (5), in terms of B_h² of (6).

    .. math:: q_{SS} = \frac{f}{T_{1,e}^N}\left(\frac{\hbar\gamma_N}2\right)^2 B_h^2\,\beta

    :func:`coldspin.paper.formulas.printed_spin_spin_heating` is (5) as it is printed. With another
    square in the place of B_h² it is the flux of that term of the balance.
    """
    rate = positive("arrival_rate", arrival_rate)
    scale = HBAR**2 * gyromagnetic_ratio_squared / 4
    beta = np.asarray(inverse_spin_temperature)
    return as_given(beta * scale * rate * np.asarray(heating_field_squared))
