"""Electron and nuclear relaxation times, and the paper's separate formulas for their limits (S13-S16, S27)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, averaging, finite, half_integer, positive, within
from coldspin.precession.averages import relaxation_rate, spin_loss

INFINITE_CORRELATION_TIME = np.inf


def dephasing_time(nuclei: ArrayLike, spin: float, hyperfine_coupling: ArrayLike) -> Any:
    r"""Electron spin dephasing time in the Overhauser field fluctuations, T2e* (S14).

    .. math:: T_{2,e}^* = \frac{\hbar}{|a|\sqrt{N_I}}, \qquad N_I = \tfrac43 N I(I+1)

    `nuclei` is N > 0, `spin` is I, `hyperfine_coupling` is a/ħ per nucleus [rad/s], either sign but
    not 0. In seconds. Each component of Ω_N has the standard deviation 1/(2 T2e*); Merkulov's T_Δ
    is √2 T2e*.

    >>> dephasing_time(1e4, 0.5, 1e7)
    1e-09
    """
    coupling = positive(
        "|hyperfine_coupling|", np.abs(finite("hyperfine_coupling", hyperfine_coupling))
    )
    return as_given(1 / (coupling * np.sqrt(effective_nuclei(nuclei, spin))))


def effective_nuclei(nuclei: ArrayLike, spin: float) -> Any:
    """N_I = 4NI(I+1)/3, the number of spins 1/2 with the same fluctuations (after (6)); N for I = 1/2."""
    spin = half_integer("spin", spin)
    return as_given(4 * positive("nuclei", nuclei) * spin * (spin + 1) / 3)


def short_correlation_rate(b: ArrayLike, k: ArrayLike) -> Any:
    r"""s/T1e for a correlation time short against T2e* (S13).

    .. math:: \frac{s}{T_{1,e}^N} = \frac{k}{2\,(1+b^2k^2)}

    b = Ω_B s, k = τ_c/s ≪ 1; with (9), Φ → 3/2 only while bk ≪ 1 as well. The limit of
    :func:`~coldspin.precession.relaxation_rate` for k → 0 at fixed bk.
    """
    b, k = averaging(b, positive("k", k))
    return as_given(k / 2 / np.hypot(1, b * k) ** 2)


def long_correlation_spin_loss(b: ArrayLike) -> Any:
    r"""τ_c/T1e for a correlation time long against T2e* (S15): ⟨Ω_⊥²/Ω_e²⟩, the Dawson function in disguise.

    .. math:: \frac{\tau_c}{T_{1,e}^N} = \left\langle\frac{\Omega_{e,\perp}^2}{\Omega_e^2}\right\rangle
              = \frac{1}{2b^2}\left[1 - \frac{D(\sqrt2\,b)}{\sqrt2\,b}\right]

    2/3 at b = 0, 1/(2b²) for b ≫ 1. Evaluated as :func:`~coldspin.precession.spin_loss` at k = ∞.
    """
    return spin_loss(b, INFINITE_CORRELATION_TIME)


def lorentzian_spin_loss(b: ArrayLike) -> Any:
    r"""The paper's Lorentzian for (S15), equation (S16): τ_c/T1e ≈ (2/3)/(1 + b²).

    Good to 2.8% of the zero-field value; relative to the exact rate it is 33% high for b ≫ 1 (docs:
    differences).
    """
    return as_given(2 / 3 / np.hypot(1, finite("b", b)) ** 2)


def nuclear_relaxation_time(
    b: ArrayLike, k: ArrayLike, nuclei: ArrayLike, spin: float = 0.5, filling: ArrayLike = 1.0
) -> Any:
    r"""Longitudinal relaxation time of the nuclear spin by the electrons, in units of T2e* (S26, S27).

    .. math:: \frac{T_{1,N}^e}{s} = \frac{N_I}{f}\,\frac{T_{1,e}^N}{s}

    b = Ω_B s, k = τ_c/s (finite), N nuclei of spin I, filling f in (0, 1]. At b = 0 its minimum
    over k is 4.024 N_I/f at k = 1.116 (the paper's S2 says 4.9 at 0.88; docs: differences).
    """
    k = positive("k", k)
    filling = within("filling", filling, 0, 1, open_low=True)
    return as_given(effective_nuclei(nuclei, spin) / (filling * relaxation_rate(b, k)))
