"""Where the theory stops holding: the condition of section S2, and the numbers to watch with their limits."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, finite, half_integer, nonzero, positive
from coldspin.constants import HBAR
from coldspin.exceptions import ValidityWarning

SHORTEST_RELAXATION_TIME = (
    4.024264  # of T1N f/(N_I T2e*) at B = 0, at τ_c = 1.116 T2e*; a test minimises (S12) anew
)
FASTEST_WARMING = 0.2850351  # of ħ/(f|a|T_E) at B = 0 for dipoles, N_I ≫ 1, at τ_c = 1.2316 ħ/|a|
WEAK_FIELD = (
    3.0  # |B|/B_L up to which isotopes share one temperature without a doubt; rule of thumb
)


class Condition(NamedTuple):
    """One condition of validity: its largest value, the limit above which the theory loses ground, and what to do."""

    name: str
    value: float
    limit: float
    meaning: str

    @property
    def holds(self) -> bool:
        """Whether the value stays within its limit."""
        return self.value <= self.limit

    def sentence(self) -> str:
        """Say what is violated, by how much, and what follows."""
        return f"{self.name} reaches {self.value:.3g} (limit {self.limit:g}): {self.meaning}"

    def warning(self) -> ValidityWarning:
        """Return the sentence as a warning, the worse the larger the value."""
        return ValidityWarning(self.sentence(), self.name, self.value)


def spin_spin_time(local_field: ArrayLike, nuclear_gyromagnetic_ratio: float) -> Any:
    """T2N ≈ 1/(|γ_N| B_L) [s], the time in which spin-spin interaction establishes a spin temperature; an estimate."""
    gamma = np.abs(nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio))
    rate = positive("local_field", local_field) * gamma
    return as_given(1 / rate)


def thermalization_threshold(
    spin_spin_time: float,
    total_hyperfine_energy: float,
    *,
    relaxation_minimum: float,
    spin: float = 0.5,
) -> float:
    r"""N^{3/2}/f above which T2N < T1N holds for every correlation time at B = 0 (section S2).

    .. math:: T_{1,N}^e \ge c\,\frac{N_I T_{2,e}^*}{f}\;\Rightarrow\;
              \frac{N^{3/2}}{f} > \frac{T_{2,N}\,|aN|}{c\,\hbar\sqrt{4I(I+1)/3}}

    T2N [s], |aN| [J], c = `relaxation_minimum`, the minimum of T1N f/(N_I T2e*): 4.024 by (S12),
    which is `SHORTEST_RELAXATION_TIME`, in the paper 4.9.
    """
    spin, least = half_integer("spin", spin), positive("relaxation_minimum", relaxation_minimum)
    scale = positive("spin_spin_time", spin_spin_time) * np.abs(
        finite("total_hyperfine_energy", total_hyperfine_energy)
    )
    return float(scale / (least * HBAR * sqrt(4 * spin * (spin + 1) / 3)))


def spin_spin_threshold(spin_spin_time: float, total_hyperfine_energy: float) -> float:
    r"""N/f above which T2N < T_E holds for every correlation time at B = 0, by (13) in place of (S27).

    .. math:: \frac1{T_{\mathcal E}(0)} = \frac{f\Phi\tau_c}{N_IT_{2,e}^{*2}} \le c\,\frac{f|a|}{\hbar}
              \;\Rightarrow\; \frac Nf > c\,\frac{T_{2,N}|aN|}{\hbar}

    T2N [s], |aN| [J], c = `FASTEST_WARMING`: the largest xΦ(x) of (S37), x = aτ_c/ħ. For dipoles,
    B̃_L² = 3B_L², many nuclei, any spin.
    """
    energy = np.abs(finite("total_hyperfine_energy", total_hyperfine_energy))
    return float(FASTEST_WARMING * positive("spin_spin_time", spin_spin_time) * energy / HBAR)


def largest_filling(nuclei: float, threshold: float) -> float:
    """Largest f that satisfies N^{3/2}/f > `threshold` (section S2), at most 1."""
    return float(
        np.minimum(1.0, positive("nuclei", nuclei) ** 1.5 / positive("threshold", threshold))
    )


def sweep_condition(sweep_speed: float) -> Condition:
    """Largest T2N dθ/dt of a sweep of the field, :func:`~.protocol.sweep_speed`."""
    pace = f"the field passes the local field within {1 / sweep_speed:.2g} T2N, T2N = 1/(γ_N B_L)"
    if sweep_speed <= 1:
        result = "the sweep was computed as adiabatic, but is not slow enough for that to be exact"
    elif sweep_speed <= 10:
        result = (
            "the sweep was computed as sudden near B = 0, but is neither sudden nor adiabatic there"
        )
    else:
        result = "the sweep was computed as sudden near B = 0 and not as adiabatic"
    return Condition("sweep_speed", sweep_speed, 0.1, f"{pace}; {result}")


def sudden_pace_condition(sudden_pace: float) -> Condition:
    """Largest T2N over the time between two sudden changes of the field."""
    return Condition(
        "sudden_pace",
        sudden_pace,
        1.0,
        "two sudden changes of the field follow each other within T2N = 1/(γ_N B_L), but the "
        "second was computed from "
        "the one spin temperature that the nuclei have only after T2N; give them time, or make one "
        "change of the two",
    )


def mean_overhauser_condition(mean_overhauser_precession: float) -> Condition:
    """|⟨Ω_N⟩|T2e*, where the result was not made self-consistent."""
    return Condition(
        "mean_overhauser_precession",
        mean_overhauser_precession,
        0.1,
        "the mean Overhauser field shifts the electron precession that (6) takes from the external "
        "field alone",
    )


def polarization_condition(polarization: float) -> Condition:
    """|⟨I⟩|/I, where the result is that of high temperature."""
    return Condition(
        "polarization",
        polarization,
        0.2,
        "high-temperature formulas were used at a large polarization; take high_temperature=False",
    )


def isotope_mixing_condition(mixing_factor: float, field_ratio: float) -> Condition:
    """:attr:`.ensemble.Ensemble.mixing_factor` where |B|/B_L is not small, 1 where it is."""
    return Condition(
        "isotope_mixing",
        mixing_factor if field_ratio > WEAK_FIELD else 1.0,
        2.0,
        "one spin temperature of all isotopes is assumed, but at |B| > 3 B_L they exchange Zeeman "
        "energy "
        "slowly, and the isotope with the largest coupling relaxes up to this many times faster; "
        "nuclei "
        "without coupling are left out of B_L and of the heat capacity with isolated "
        "(from_material)",
    )


def isotope_heating_condition(error: float) -> Condition:
    """Relative error of β from the heat of isotopes against each other (:meth:`.Ensemble.turning_square`)."""
    return Condition(
        "isotope_heating",
        error,
        0.05,
        "the heat of isotopes that the electron turns against each other is interpolated where "
        "they turn far in one "
        "visit, and β may be wrong by this share",
    )


def conditions(
    *,
    local_phase: float,
    thermalization_ratio: float,
    field_ratio: float,
) -> tuple[Condition, ...]:
    """The conditions that every result has, at the worst field: γ_N B_L τ_c, T2N/min(T1N, T_SS), |B|/B_L.

    T1N and T_SS are the times in which the electron warms the Zeeman and the spin-spin energy,
    :func:`.darkness.reservoir_rates`.
    """
    return (
        Condition(
            "local_phase",
            local_phase,
            0.1,
            "γ_N B_L τ_c is not small, and second order in the spin-spin interaction fails",
        ),
        Condition(
            "thermalization_ratio",
            thermalization_ratio,
            1.0,
            "T2N = 1/(γ_N B_L) exceeds the time in which the electron relaxes the nuclei (T1N) or "
            "warms "
            "their spin-spin energy (T_E at B = 0), and a spin temperature is not established",
        ),
        Condition(
            "field_ratio",
            field_ratio,
            10.0,
            "at B >> B_L the Zeeman and spin-spin reservoirs mix slowly, but one spin temperature "
            "is assumed",
        ),
    )
