"""Where the theory stops holding: the condition of section S2, and the numbers to watch with their limits."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, finite, half_integer, nonzero, positive
from coldspin.constants import HBAR

SHORTEST_RELAXATION_TIME = 4.024264  # of T1N f/(N_I T2e*) at B = 0, at τ_c = 1.116 T2e*; a test minimises (S12) anew


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


def spin_spin_time(local_field: ArrayLike, nuclear_gyromagnetic_ratio: float) -> Any:
    """T2N ≈ 1/(|γ_N| B_L) [s], the time in which spin-spin interaction establishes a spin temperature; an estimate."""
    gamma = np.abs(nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio))
    rate = positive("local_field", local_field) * gamma
    return as_given(np.asarray(1 / rate))


def thermalization_threshold(
    spin_spin_time: float, total_hyperfine_energy: float, *, relaxation_minimum: float, spin: float = 0.5
) -> float:
    r"""N^{3/2}/f above which T2N < T1N holds for every correlation time at B = 0 (section S2).

    .. math:: T_{1,N}^e \ge c\,\frac{N_I T_{2,e}^*}{f}\;\Rightarrow\;
              \frac{N^{3/2}}{f} > \frac{T_{2,N}\,|aN|}{c\,\hbar\sqrt{4I(I+1)/3}}

    T2N [s], |aN| [J], c = `relaxation_minimum`, the minimum of T1N f/(N_I T2e*): 4.024 by (S12), which is
    `SHORTEST_RELAXATION_TIME`, in the paper 4.9.
    """
    spin, least = half_integer("spin", spin), positive("relaxation_minimum", relaxation_minimum)
    scale = positive("spin_spin_time", spin_spin_time) * np.abs(
        finite("total_hyperfine_energy", total_hyperfine_energy)
    )
    return float(scale / (least * HBAR * sqrt(4 * spin * (spin + 1) / 3)))


def largest_filling(nuclei: float, threshold: float) -> float:
    """Largest f that satisfies N^{3/2}/f > `threshold` (section S2), at most 1."""
    return float(np.minimum(1.0, positive("nuclei", nuclei) ** 1.5 / positive("threshold", threshold)))


def sweep_condition(sweep_speed: float) -> Condition:
    """Largest T2N dθ/dt of a sweep of the field, :func:`~.protocol.sweep_speed`."""
    pace = f"the field passes the local field within {1 / sweep_speed:.2g} T2N, T2N = 1/(γ_N B_L)"
    if sweep_speed <= 1:
        result = "the sweep was computed as adiabatic, but is not slow enough for that to be exact"
    elif sweep_speed <= 10:
        result = "the sweep was computed as sudden near B = 0, but is neither sudden nor adiabatic there"
    else:
        result = "the sweep was computed as sudden near B = 0 and not as adiabatic"
    return Condition("sweep_speed", sweep_speed, 0.1, f"{pace}; {result}")


def sudden_pace_condition(sudden_pace: float) -> Condition:
    """Largest T2N over the time between two sudden changes of the field."""
    return Condition(
        "sudden_pace",
        sudden_pace,
        1.0,
        "two sudden changes of the field follow each other within T2N = 1/(γ_N B_L), but the second was computed from "
        "the one spin temperature that the nuclei have only after T2N; give them time, or make one change of the two",
    )


def mean_overhauser_condition(mean_overhauser_precession: float) -> Condition:
    """|⟨Ω_N⟩|T2e*, where the result was not made self-consistent."""
    return Condition(
        "mean_overhauser_precession",
        mean_overhauser_precession,
        0.1,
        "the mean Overhauser field shifts the electron precession that (6) takes from the external field alone",
    )


def polarization_condition(polarization: float) -> Condition:
    """|⟨I⟩|/I, where the result is that of high temperature."""
    return Condition(
        "polarization",
        polarization,
        0.2,
        "high-temperature formulas were used at a large polarization; take high_temperature=False",
    )


def conditions(
    *,
    local_phase: float,
    thermalization_ratio: float,
    field_ratio: float,
) -> tuple[Condition, ...]:
    """The conditions that every result has, worst case over the fields: γ_N B_L τ_c, T2N/T1N and |B|/B_L."""
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
            "T2N = 1/(γ_N B_L) exceeds T1N, and a spin temperature is not established between visits (section S2)",
        ),
        Condition(
            "field_ratio",
            field_ratio,
            10.0,
            "at B >> B_L the Zeeman and spin-spin reservoirs mix slowly, but one spin temperature is assumed",
        ),
    )
