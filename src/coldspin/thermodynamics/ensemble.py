"""Sums over the isotopes of one site: the weights with which the electron drives and heats them, their mean spins."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import Array, finite
from coldspin.constants import HBAR
from coldspin.precession import effective_nuclei


@dataclass(frozen=True)
class Ensemble:
    r"""Isotopes k of one site in the box of one electron: n_k nuclei, I_k, a_k/ħ [rad/s], γ_k [rad/s/T].

    The electron spin precesses in the sum of all Overhauser fields, so that 1/T2e*² = Σ N_k a_k²/ħ² with
    N_k = 4n_k I_k(I_k+1)/3, and gives its angular momentum to isotope k in proportion to
    w_k = N_k a_k² T2e*²/ħ², Σ w_k = 1, the share of its field in the fluctuation. With one spin temperature the balance
    of energies (2) then reads

    .. math:: \sum_k w_k\gamma_k\,\langle\mathbf S\rangle\cdot\mathbf B
              = \frac{\hbar\beta}{4}\sum_k w_k\gamma_k^2\,\left(B^2 + B_h^2\right),

    that is (6) with 1/γ_eff = Σw_kγ_k/Σw_kγ_k² and B̃_L the kinetic local field of all isotopes. One isotope gives the
    paper's formulas.
    """

    nuclei: Array
    spin: Array
    coupling: Array
    gyromagnetic_ratio: Array

    @cached_property
    def effective_nuclei(self) -> Array:
        """N_k = 4n_k I_k(I_k+1)/3 of each isotope."""
        return np.array([effective_nuclei(n, i) for n, i in zip(self.nuclei, self.spin, strict=True)])

    @cached_property
    def dephasing_time(self) -> float:
        """T2e* = (Σ N_k a_k²/ħ²)^−½ [s]."""
        return float(1 / np.sqrt(np.sum(self.effective_nuclei * self.coupling**2)))

    @cached_property
    def weights(self) -> Array:
        """Share w_k of each isotope in the fluctuation of the Overhauser field; they sum to 1."""
        squares = self.effective_nuclei * self.coupling**2
        share: Array = squares / squares.sum()
        return share

    @cached_property
    def mean_gyromagnetic_ratio(self) -> float:
        """Σ w_kγ_k [rad/s/T], in the influx of spin."""
        return float(self.weights @ self.gyromagnetic_ratio)

    @cached_property
    def mean_square_gyromagnetic_ratio(self) -> float:
        """Σ w_kγ_k² [(rad/s/T)²], in both heatings."""
        return float(self.weights @ self.gyromagnetic_ratio**2)

    @cached_property
    def drive(self) -> float:
        """1/γ_eff = Σw_kγ_k/Σw_kγ_k² [T s/rad], which takes the place of 1/γ_N in (6)."""
        return self.mean_gyromagnetic_ratio / self.mean_square_gyromagnetic_ratio

    @cached_property
    def capacity_nuclei(self) -> float:
        """Σ_k N_kγ_k²/Σ_k w_kγ_k², which takes the place of N_I in (13); all nuclei are heated, few may be driven."""
        return float(self.effective_nuclei @ self.gyromagnetic_ratio**2) / self.mean_square_gyromagnetic_ratio

    @cached_property
    def overhauser_slope(self) -> float:
        """Mean Overhauser precession per βB in the linear regime, ħ Σ a_k N_kγ_k/4 [rad/s J/T]."""
        return float(HBAR / 4 * (self.coupling * self.effective_nuclei) @ self.gyromagnetic_ratio)

    @cached_property
    def knight_slope(self) -> float:
        """Σ w_kγ_k a_k/Σ w_kγ_k² [T], in place of a/(ħγ_N) in the Knight field that drives all isotopes together."""
        return float(self.weights @ (self.gyromagnetic_ratio * self.coupling)) / self.mean_square_gyromagnetic_ratio

    @cached_property
    def effective_coupling(self) -> float:
        """(Σ w_k a_k²)^½ [rad/s], of the one isotope that stands for several, by the mean square of their angles."""
        return float(np.sqrt(self.weights @ self.coupling**2))

    def mean_spins(self, inverse_spin_temperature: ArrayLike, field: ArrayLike, *, linear: bool = True) -> Array:
        """⟨I_k⟩ along the field for each isotope, stacked first: βI(I+1)ħγB/3 (1), or of the Brillouin function."""
        zeeman = finite("inverse_spin_temperature", inverse_spin_temperature) * (HBAR * finite("field", field))
        if linear:
            slopes = self.spin * (self.spin + 1) * self.gyromagnetic_ratio / 3
            result: Array = np.multiply.outer(slopes, zeeman)
            return result
        return np.array([moments(i, g * zeeman)[0] for i, g in zip(self.spin, self.gyromagnetic_ratio, strict=True)])


def moments(spin: float, energy: ArrayLike) -> tuple[Array, Array]:
    r"""⟨m⟩ and ⟨m²⟩ of a spin I in thermal equilibrium, populations ∝ exp(m η), η = βħγ_N B.

    .. math:: \langle m\rangle = (I+\tfrac12)\coth[(I+\tfrac12)\eta] - \tfrac12\coth\tfrac\eta2

    ⟨m⟩ is the Brillouin function times I; summed over the levels, which cancels nowhere. Holds at B ≫ B_L for any η.
    """
    eta = np.asarray(energy, dtype=np.float64)
    levels: NDArray[np.float64] = np.arange(-spin, spin + 0.5)
    weights = np.exp(np.multiply.outer(levels, eta) - spin * np.abs(eta))
    total = weights.sum(axis=0)
    return np.tensordot(levels, weights, 1) / total, np.tensordot(levels**2, weights, 1) / total
