"""Sums over the isotopes of one site: the weights with which the electron drives and heats them, their mean spins."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

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
              = \frac{\hbar\beta}{4}\left(\langle\gamma\rangle^2B^2 + Q\,\mathrm{Var}\,\gamma\,B^2
              + \langle\gamma^2\rangle B_h^2\right), \qquad
              Q = \frac{k^2}{2}\left(\frac{g}{\tau_c/T_{1,e}^N} + \frac12\right),

    means over w_k, g = ⟨1/(1+Ω_e²τ_c²)⟩, B̃_L the kinetic local field of all isotopes. Q comes from the Knight field,
    which turns isotopes against each other for as long as the electron stays: no torque on their sum, but heat when
    their γ differ (docs: derivations for samples). Q → 1 for k → 0, which is (6) with 1/γ_eff = Σw_kγ_k/Σw_kγ_k²; one
    isotope gives the paper's formulas for any k.
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
    def capacity_shares(self) -> Array:
        """Share N_kγ_k²/ΣN_lγ_l² of each isotope in the heat capacity at any field; they sum to 1."""
        squares = self.effective_nuclei * self.gyromagnetic_ratio**2
        share: Array = squares / squares.sum()
        return share

    @cached_property
    def capacity_nuclei(self) -> float:
        """Σ_k N_kγ_k²/Σ_k w_kγ_k², which takes the place of N_I in (13); all nuclei are heated, few may be driven."""
        return float(self.effective_nuclei @ self.gyromagnetic_ratio**2) / self.mean_square_gyromagnetic_ratio

    @cached_property
    def knight_slope(self) -> float:
        """Σ w_kγ_k a_k/Σ w_kγ_k² [T], in place of a/(ħγ_N) in the Knight field that drives all isotopes together."""
        return float(self.weights @ (self.gyromagnetic_ratio * self.coupling)) / self.mean_square_gyromagnetic_ratio

    @property
    def isotope_knight_slopes(self) -> Array:
        """a_k/(ħγ_k) [T] of each isotope, in its own Knight field."""
        result: Array = self.coupling / self.gyromagnetic_ratio
        return result

    @cached_property
    def differ(self) -> bool:
        """Whether isotopes differ in γ, so that the Knight field heats their Zeeman energies against each other."""
        return bool(np.ptp(self.gyromagnetic_ratio) > 0)

    @cached_property
    def effective_coupling(self) -> float:
        """(Σ w_k a_k²)^½ [rad/s], of the one isotope that stands for several, by the mean square of their angles."""
        return float(np.sqrt(self.weights @ self.coupling**2))

    def mean_spins(self, inverse_spin_temperature: ArrayLike, field: ArrayLike, *, linear: bool = True) -> Array:
        """⟨I_k⟩ along the field for each isotope, stacked first: βI(I+1)ħγB/3 (1), or of the Brillouin function."""
        product = HBAR * finite("field", field) * finite("inverse_spin_temperature", inverse_spin_temperature)
        return self._spins(np.multiply.outer(self.gyromagnetic_ratio, product), linear)

    def mean_spins_apart(self, inverse_spin_temperature: Array, fields: Array, *, linear: bool = True) -> Array:
        """As :meth:`mean_spins`, where each isotope sees its own field; a row each, or one row for all."""
        return self._spins(HBAR * self.gyromagnetic_ratio[:, None] * fields * inverse_spin_temperature, linear)

    def _spins(self, energy: Array, linear: bool) -> Array:
        if linear:
            return np.array([i * (i + 1) / 3 * eta for i, eta in zip(self.spin, energy, strict=True)])
        return np.array([moments(i, eta)[0] for i, eta in zip(self.spin, energy, strict=True)])

    def zeeman_square(
        self,
        squared: Array,
        along: Array,
        *,
        lorentzian: Array,
        spin_loss: Array,
        k: float,
        correlation_time: float,
        rotation: float,
    ) -> Array:
        r"""[⟨γB⟩² + Q Var γB]/⟨γ²⟩ [T²], B² for one isotope: the heating of the Zeeman energies (:class:`Ensemble`).

        `squared` and `along` are B_k² and B_k·n [T] of :class:`.knight_field.NuclearField`. The second part of Q, by
        the electron spin along Ω_e, is cut off where two isotopes precess apart or turn completely during τ_c:

        .. math:: \tfrac12\,\mathrm{Var}\,\gamma \to \tfrac12\sum_{k<l} w_kw_l
                  \frac{(\gamma_k-\gamma_l)^2}{1+[(\gamma_k-\gamma_l)B\tau_c]^2}\,\frac1{1+x^2/4}

        x = aτ_c/ħ is `rotation`. That factor is derived for b ≫ 1 and x ≪ 1; elsewhere it interpolates.
        """
        gamma, weights = self.gyromagnetic_ratio, self.weights
        total: Array = (weights * gamma**2) @ np.broadcast_to(squared, (gamma.size, squared.shape[-1]))
        if self.differ or len(along) > 1:
            held, turning = np.zeros_like(total), np.zeros_like(total)
            for i, j in combinations(range(gamma.size), 2):
                apart = (gamma[i] * along[i % len(along)] - gamma[j] * along[j % len(along)]) ** 2
                held += weights[i] * weights[j] * apart
                turning += weights[i] * weights[j] * apart / (1 + apart * correlation_time**2)
            turning /= 1 + rotation**2 / 4
            total = total + k**2 / 2 * (held * lorentzian / spin_loss + turning / 2) - held
        return total / self.mean_square_gyromagnetic_ratio


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
