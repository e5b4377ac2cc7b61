"""Sums over the isotopes of one site: weights, mean spins, heat of one against another."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import Array
from coldspin.constants import HBAR
from coldspin.precession import effective_nuclei
from coldspin.precession import spin_loss as frozen_spin_loss
from coldspin.thermodynamics.spin_temperature import cooling_drive, mean_nuclear_spin

TURNING_ERROR = 0.4
"""Relative error of the heat of isotopes that turn far against each other in one visit.

The tests measure it.
"""


@dataclass(frozen=True)
class Ensemble:
    r"""Isotopes k of one site in the box of one electron: n_k nuclei, I_k, a_k/ħ [rad/s], γ_k [rad/s/T].

    The electron spin precesses in the sum of all Overhauser fields, so that 1/T2e*² = Σ N_k a_k²/ħ²
    with N_k = 4n_k I_k(I_k+1)/3, and gives its angular momentum to isotope k in proportion to w_k =
    N_k a_k² T2e*²/ħ², Σ w_k = 1, the share of its field in the fluctuation. With one spin
    temperature the balance of energies (2) then reads

    .. math:: \sum_k w_k\gamma_k\,\langle\mathbf S\rangle\cdot\mathbf B
              = \frac{\hbar\beta}{4}\left(\langle\gamma\rangle^2B^2 + Q\,\mathrm{Var}\,\gamma\,B^2
              + \langle\gamma^2\rangle B_h^2\right), \qquad
              Q = \frac{k^2}{2}\left(\frac{g}{\tau_c/T_{1,e}^N} + \frac12\right),

    means over w_k, g = ⟨1/(1+Ω_e²τ_c²)⟩, B̃_L the kinetic local field of all isotopes. Q comes from
    the Knight field, which turns isotopes against each other for as long as the electron stays: no
    torque on their sum, but heat when their γ differ (docs: derivations for samples). Q → 1 for k →
    0, which is (6) with 1/γ_eff = Σw_kγ_k/Σw_kγ_k²; one isotope gives the paper's formulas for any
    k.
    """

    nuclei: Array
    spin: Array
    coupling: Array
    gyromagnetic_ratio: Array

    @cached_property
    def effective_nuclei(self) -> Array:
        """N_k = 4n_k I_k(I_k+1)/3 of each isotope."""
        return np.array(
            [effective_nuclei(n, i) for n, i in zip(self.nuclei, self.spin, strict=True)]
        )

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
        """⟨γ²⟩ = Σ w_kγ_k² [(rad/s/T)²], in both heatings."""
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
        """Σ_k N_kγ_k²/Σ_k w_kγ_k², which takes the place of N_I in (13).

        All nuclei are heated, but the electron may drive few of them.
        """
        return (
            float(self.effective_nuclei @ self.gyromagnetic_ratio**2)
            / self.mean_square_gyromagnetic_ratio
        )

    @cached_property
    def mixing_factor(self) -> float:
        """By how much one spin temperature lengthens T1N of the isotope with the largest |a|.

        An isotope that shares its Zeeman energy with no other has N_k/w_k ∝ 1/a_k² in place of
        `capacity_nuclei`. 1 for equal couplings, large where the electron does not reach most
        nuclei.
        """
        return float(self.capacity_nuclei * np.max(self.weights / self.effective_nuclei))

    @cached_property
    def knight_slope(self) -> float:
        """Σ w_kγ_k a_k/Σ w_kγ_k² [T], in place of a/(ħγ_N) in the common Knight field."""
        return (
            float(self.weights @ (self.gyromagnetic_ratio * self.coupling))
            / self.mean_square_gyromagnetic_ratio
        )

    @property
    def isotope_knight_slopes(self) -> Array:
        """a_k/(ħγ_k) [T] of each isotope, in its own Knight field."""
        result: Array = self.coupling / self.gyromagnetic_ratio
        return result

    @cached_property
    def differ(self) -> bool:
        """Whether coupled isotopes differ in γ, so that the Knight field heats them against each other."""
        coupled = self.gyromagnetic_ratio[self.coupling != 0]
        return bool(np.ptp(coupled) > 0)

    @cached_property
    def gyromagnetic_spread(self) -> float:
        """√(Var γ/⟨γ²⟩) over w_k: relative spread of β of isotopes that exchange no energy."""
        share = self.mean_gyromagnetic_ratio**2 / self.mean_square_gyromagnetic_ratio
        return float(np.sqrt(max(0.0, 1 - share)))

    @cached_property
    def effective_coupling(self) -> float:
        """(Σ w_k a_k²)^½ [rad/s] of the effective isotope, which has the mean-square angle."""
        return float(np.sqrt(self.weights @ self.coupling**2))

    def cooling_drive(self, spin_fields: Array) -> Array:
        """D of (6) [T²/J], with Σw_kγ_k⟨S⟩·B_k/⟨γ²⟩ in place of ⟨S⟩·B/γ_N.

        `spin_fields` [T] are ⟨S⟩·B_k, rows by isotope or one row for all.
        """
        sums = self.weights @ (self.gyromagnetic_ratio[:, None] * spin_fields)
        return np.asarray(cooling_drive(sums, self.mean_square_gyromagnetic_ratio))

    def mean_square_field(self, squares: Array) -> Array:
        """B² of (6) [T²], Σw_kγ_k²B_k²/⟨γ²⟩; rows of B_k² [T²], or one row for all."""
        shares = self.weights * self.gyromagnetic_ratio**2
        return self._mean(shares, squares) / self.mean_square_gyromagnetic_ratio

    def capacity_square_field(self, squares: Array) -> Array:
        """B² of the heat capacity (12) [T²]; rows of B_k² [T²], or one row for all."""
        return self._mean(self.capacity_shares, squares)

    @staticmethod
    def _mean(shares: Array, rows: Array) -> Array:
        mean: Array = shares @ np.broadcast_to(rows, (shares.size, *rows.shape[1:]))
        return mean

    def mean_spins(
        self, inverse_spin_temperature: ArrayLike, fields: ArrayLike, *, linear: bool = True
    ) -> Array:
        """⟨I_k⟩ along the field of each isotope, stacked first: (1), or of the Brillouin function.

        `fields` [T] has a row for each isotope, or is one row for all.
        """
        beta = np.asarray(inverse_spin_temperature)
        fields = np.atleast_1d(fields)
        if linear:
            isotopes = (
                -1,
                *(1,) * max(beta.ndim, fields.ndim - 1),
            )  # stacked before all other axes
            spin = self.spin.reshape(isotopes)
            gamma = self.gyromagnetic_ratio.reshape(isotopes)
            return np.asarray(mean_nuclear_spin(beta, fields, spin, gamma))
        rows = np.broadcast_to(fields, (self.spin.size, *fields.shape[1:]))
        return np.array([self.moments(k, beta, row, linear=False)[0] for k, row in enumerate(rows)])

    def moments(
        self, k: int, inverse_spin_temperature: Array, field: Array, *, linear: bool
    ) -> tuple[Array, Array]:
        """⟨m⟩ and ⟨m²⟩ of isotope k along its field [T]: at high temperature, or at any."""
        spin, gamma = self.spin[k], self.gyromagnetic_ratio[k]
        if linear:
            mean = mean_nuclear_spin(inverse_spin_temperature, field, spin, gamma)
            return np.asarray(mean), spin * (spin + 1) / 3
        return moments(spin, HBAR * gamma * inverse_spin_temperature * field)

    def zeeman_square(
        self,
        squared: Array,
        along: Array,
        *,
        precession: Array,
        lorentzian: Array,
        spin_loss: Array,
        correlation_time: float,
    ) -> Array:
        r"""[⟨γB⟩² + Q Var γB]/⟨γ²⟩ [T²], the heating of the Zeeman energies; B² for one isotope.

        `squared` and `along` are B_k² and B_k·n [T] of :class:`.knight_field.NuclearField`,
        `precession` is Ω_B T2e*. The last part of Q, by the electron spin along Ω_e, is that of
        :meth:`turning_square`.
        """
        gamma, weights = self.gyromagnetic_ratio, self.weights
        total = self.mean_square_field(squared)
        if not self.differ and len(along) == 1:
            return total
        apart = np.zeros_like(total)
        for i, j in combinations(range(gamma.size), 2):
            apart += weights[i] * weights[j] * self._apart(along, i, j) ** 2
        apart /= self.mean_square_gyromagnetic_ratio
        k = correlation_time / self.dephasing_time
        turning, _ = self.turning_square(along, precession, spin_loss, correlation_time)
        return total + k**2 / 2 * apart * lorentzian / spin_loss + turning - apart

    def turning_square(
        self, along: Array, precession: Array, spin_loss: Array, correlation_time: float
    ) -> tuple[Array, Array]:
        r"""Heat of isotopes that the electron spin along Ω_e turns apart, and its error [T²].

        .. math:: \frac{k^2}{4\langle\gamma^2\rangle}\sum_{k<l}w_kw_l(\gamma_k-\gamma_l)^2B^2\;
                  \frac12\sum_\pm\frac{L(b',k')/L}{1+D_\pm^2+\kappa^2},\qquad
                  b'=\frac b{1+q^2},\quad \frac1{k'^2}=\frac{b^2q^2}{(1+q^2)^2}+\frac1{k^2(1+q^2)}

        with L = τ_c/T1e (S12) and, of each pair, the angle D_± = (γ_k−γ_l)Bτ_c ± ½(a_k−a_l)τ_c
        b/√(b²+¾) by which the isotopes turn apart about B in a visit, κ = ½a_klτ_c about the
        Overhauser field, a_kl² = w_k a_l² + w_l a_k² + ½(1−w_k−w_l)(a_k²+a_l²), and q² = κ²/(1 +
        D_±²). Exact for many nuclei where both angles are small, for equal a_k at small
        (γ_k−γ_l)Bτ_c, and for b ≫ 1 at κ ≪ b; elsewhere the result is an interpolation, within
        `TURNING_ERROR` of trajectories (docs: derivations for samples). The error is that much of
        what the angles take away.
        """
        a, weights, b = self.coupling * correlation_time, self.weights, np.abs(precession)
        k = correlation_time / self.dephasing_time
        heat = np.zeros(np.broadcast_shapes(b.shape, along.shape[1:]))
        error = np.zeros_like(heat)
        for i, j in combinations(range(a.size), 2):
            kappa = self._turn_square(i, j) * correlation_time**2
            phase = self._apart(along, i, j) * correlation_time
            drift = (a[i] - a[j]) / 2 * b / np.sqrt(b**2 + 0.75)
            for angle in (phase + drift, phase - drift):
                held = 1 + angle**2
                root = np.sqrt(1 + kappa / held)  # of 1 + q²
                slow = np.hypot(b * np.sqrt(kappa / held) / root**2, 1 / (k * root))  # 1/k'
                loss = frozen_spin_loss(b / root**2, 1 / slow)
                part = weights[i] * weights[j] * phase**2 * loss / (2 * (held + kappa))
                heat += part
                error += part * (1 - 1 / (held + kappa))
        scale = 1 / (4 * self.mean_square_gyromagnetic_ratio * self.dephasing_time**2 * spin_loss)
        return heat * scale, TURNING_ERROR * error * scale

    def turning_resonances(
        self, correlation_time: float, knight_phase: float
    ) -> Iterator[tuple[float, float, float]]:
        """|B| [T] at which D_± of a pair of isotopes vanishes where b ≫ 1, dB/dD_± [T], κ; for each pair and sign.

        Under a Knight field D_± has the term −(a_k−a_l)τ_c f⟨S⟩cosθ besides, `knight_phase` =
        f⟨S⟩cosθ.
        """
        for i, j in combinations(np.flatnonzero(self.coupling).tolist(), 2):
            turn = abs(self.gyromagnetic_ratio[i] - self.gyromagnetic_ratio[j])
            if turn:
                drift = abs(self.coupling[i] - self.coupling[j]) / turn
                kappa = float(np.sqrt(self._turn_square(i, j))) * correlation_time
                for sign in (1, -1):
                    yield abs(sign / 2 + knight_phase) * drift, 1 / (turn * correlation_time), kappa

    def _turn_square(self, i: int, j: int) -> float:
        """κ²/τ_c² of a pair [(rad/s)²]."""
        a, weights = self.coupling, self.weights
        others = 1 - weights[i] - weights[j]
        pair = (
            weights[i] * a[j] ** 2 + weights[j] * a[i] ** 2 + others * (a[i] ** 2 + a[j] ** 2) / 2
        )
        return float(pair / 4)

    def _apart(self, along: Array, i: int, j: int) -> Array:
        """Difference of the precessions of two isotopes in the field that each sees [rad/s]."""
        gamma = self.gyromagnetic_ratio
        difference: Array = gamma[i] * along[i % len(along)] - gamma[j] * along[j % len(along)]
        return difference


def moments(spin: float, energy: ArrayLike) -> tuple[Array, Array]:
    r"""⟨m⟩ and ⟨m²⟩ of a spin I in thermal equilibrium, populations ∝ exp(m η), η = βħγ_N B.

    .. math:: \langle m\rangle = (I+\tfrac12)\coth[(I+\tfrac12)\eta] - \tfrac12\coth\tfrac\eta2

    ⟨m⟩ is the Brillouin function times I. It is summed over pairs of levels ±m, so that it keeps
    all digits at small η. Holds at B ≫ B_L for any η.
    """
    eta = np.asarray(energy, dtype=np.float64)
    size = np.abs(eta)
    levels: NDArray[np.float64] = np.arange(-spin, spin + 0.5)
    weights = np.exp(np.multiply.outer(levels - spin, size))
    total = weights.sum(axis=0)
    upper = levels > 0
    # e^{mη} − e^{−mη} of each pair, in units of e^{Iη}
    differences = -weights[upper] * np.expm1(-2 * np.multiply.outer(levels[upper], size))
    mean = np.sign(eta) * np.tensordot(levels[upper], differences, 1) / total
    return mean, np.tensordot(levels**2, weights, 1) / total


def net_flips(spin: float, energy: ArrayLike, electron_spin: ArrayLike) -> Array:
    r"""2s[I(I+1) − ⟨m²⟩] − ⟨m⟩: by how much flip-flops with electrons of mean spin s polarize.

    .. math:: 2s[I(I+1)-\langle m^2\rangle] - \langle m\rangle
              = (\tfrac12+s)T_- - (\tfrac12-s)T_+,\qquad T_\pm = I(I+1)-\langle m^2\rangle\pm\langle m\rangle

    The influx (2) less q_Z (4) of a polarized spin I, in the same units. T₋ and T₊ are sums over the
    populations that can go up and down. Near the steady state the two terms of the first form are
    equal to many digits, where the spins are saturated; the second form keeps them. At small η the
    first form is the accurate one. `energy` is η as in :func:`moments`, s in [−1/2, 1/2].
    """
    eta = np.asarray(energy, dtype=np.float64)
    sign = np.where(eta < 0, -1.0, 1.0)
    size = np.abs(eta)
    s = sign * np.asarray(electron_spin)
    levels: NDArray[np.float64] = np.arange(-spin, spin + 0.5)
    weights = np.exp(np.multiply.outer(levels - spin, size))
    populations = weights / weights.sum(axis=0)
    steps = spin * (spin + 1) - levels[:-1] * (levels[:-1] + 1)
    up = np.tensordot(steps, populations[:-1], 1)
    down = np.tensordot(steps, populations[1:], 1)
    mean, _ = moments(spin, size)
    net: Array = sign * np.where(
        size < 1,
        s * (up + down) - mean,
        (0.5 + s) * up - (0.5 - s) * down,
    )
    return net
