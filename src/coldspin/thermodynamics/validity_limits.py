"""Limits of validity: above (or below) which value each condition turns yellow and red, where the limit comes from."""

from dataclasses import dataclass
from math import inf, isnan
from typing import Literal, NamedTuple

Level = Literal["green", "yellow", "red", "unknown"]


class Limits(NamedTuple):
    """Where a value turns yellow and where red; a red limit below the yellow one means that small values are bad."""

    yellow: float
    red: float = inf

    @property
    def downwards(self) -> bool:
        """Whether small values are bad."""
        return self.red < self.yellow

    def level(self, value: float) -> Level:
        """Level of a value; a value on the limit has not crossed it, NaN is unknown."""
        if isnan(value):
            return "unknown"
        sign = -1 if self.downwards else 1
        if sign * value > sign * self.red:
            return "red"
        return "yellow" if sign * value > sign * self.yellow else "green"


NO_LIMITS = Limits(inf)


@dataclass(frozen=True)
class Question:
    """What a condition asks: its quantity, its limits, what they mean for the user, where they come from.

    `needs` names the arguments without which it is unknown.
    """

    quantity: str
    limits: Limits
    meaning: str
    origin: str
    needs: str = ""


_TEN = "rule of thumb, a factor of ten"

QUESTIONS: dict[str, Question] = {
    "thermalization_ratio": Question(
        "T2N/min(T1N, T_SS)",
        Limits(0.1, 1.0),
        "the nuclei share a spin temperature only if their interaction mixes them (T2N) faster "
        "than the electron "
        "relaxes them (T1N) and warms their spin-spin energy (T_SS) at this field; otherwise take "
        "a "
        "smaller filling, or do not speak of a temperature",
        "red: T2N = 1/(γ_N B_L) equals the shorter of T1N, which section S2 has, and T_SS, which "
        "is T_E "
        f"at B = 0 by (13) with Φ of this field; yellow: {_TEN}",
    ),
    "thermalization_number": Question(
        "N/f",
        Limits(10.0, 1.0),
        "T2N < T_E holds at B = 0 for every correlation time if N/f exceeds the red limit; below "
        "it trust "
        "thermalization_ratio, which is that of this correlation time and field",
        "red: T2N of this site equals the computed minimum of T_E at B = 0, 3.508 ħ/(f a) for "
        "dipoles, "
        f"where section S2 has the minimum of T1N; none where thermalization_ratio is at most 1; "
        f"yellow: {_TEN}",
    ),
    "local_phase": Question(
        "γ_N B_L τ_c",
        Limits(0.1, 0.5),
        "second order in the spin-spin interaction overestimates the heating when nuclei precess "
        "in the local field "
        "during a visit; only a full simulation goes further",
        "measured by the tests on clusters of six and seven nuclei at B = 0: the heating is lower "
        "than second order "
        "says by up to 2% at 0.1, 5% at 0.15, 36% at 0.5",
    ),
    "field_ratio": Question(
        "|B|/B_L",
        Limits(10.0, 30.0),
        "one temperature of Zeeman and spin-spin reservoir is assumed, but at B >> B_L they mix "
        "slowly and spin-spin "
        "heating limits the polarization less than computed; compare with the limit ⟨I_z⟩ = I_0 of "
        "no mixing",
        "rule of thumb; no red limit for nuclei of one γ, to a tenth, where spin-spin heating is "
        "less than a tenth of "
        "the Zeeman heating. Isotopes of different γ share no temperature at B >> B_L, whatever "
        "the heating",
    ),
    "isotope_mixing": Question(
        "T1N/T1N(largest a)",
        Limits(2.0, 10.0),
        "one spin temperature of all isotopes is assumed, with the heat capacity of all, but at B "
        ">> B_L "
        "they exchange Zeeman energy slowly: the isotope with the largest coupling relaxes up to "
        "this many "
        "times faster; nuclei without coupling are left out of B_L and of the heat capacity with "
        "isolated "
        "(from_material)",
        "value: exact for isotopes that exchange nothing; limits, and that there are none at |B| ≤ "
        "3 B_L: "
        "rule of thumb",
    ),
    "quadrupole_ratio": Question(
        "B_Q/B_SS",
        Limits(0.33, 1.0),
        "quadrupole splitting adds to the heat capacity and to the heating, and detunes neighbours "
        "until no spin "
        "temperature is established; put B_Q into local_field (quadrupole_frequencies of a "
        "material do) "
        "and doubt the temperature where it dominates; split nuclei that the electron does not "
        "reach can "
        "be left out with isolated (from_material)",
        "arithmetic, B_L² = B_SS² + B_Q² of all nuclei in B_L, B_SS without B_Q: 0.33 is a tenth "
        "and 1 half "
        "of B_L²; what detuning does, rule of thumb",
        "quadrupole_field",
    ),
    "rotation_angle": Question(
        "x = aτ_c/ħ",
        Limits(0.3),
        "the electron turns the nuclei by about x/2 in a visit, and the formula in use does not "
        "follow large turns; "
        "take Semiclassical() or Automatic()",
        "measured by the tests: (S38) is off by at most 0.16 x² and never by more than 17%; (9), "
        "red above 1, is "
        "up to 9% too high at 0.3 and 80% at 1",
    ),
    "nuclear_zeeman_share": Question(
        "|ω_B|/ω_e",
        NO_LIMITS,
        "the precession of the nuclei in B competes with that in the Knight field; about 1, β(B) "
        "may have a second "
        "maximum, which closed forms do not know. nuclear_phase says whether it matters",
        "exact: no limit of its own, since the electron leaves before the nuclei precess where "
        "|ω_B|τ_c is small",
    ),
    "nuclear_phase": Question(
        "|ω_B|τ_c",
        Limits(0.11, 0.3),
        "the method ignores that nuclei precess in B during a visit, which averages the Knight "
        "field or compensates "
        "it; take Semiclassical() or Automatic()",
        "measured by the tests: Φ is off by up to 0.16 x² (17% at most) + 4 (|ω_B|τ_c)². Yellow, "
        "as the warning of the "
        "method: above 5%, of which |ω_B|τ_c makes more than 1%; red: a third at 0.3. No limit for "
        "|ω_B| ≤ 0.01 ω_e, "
        "where Φ is off by at most 3% up to x = 100",
    ),
    "isotope_heating": Question(
        "error of β",
        Limits(0.05, 0.2),
        "isotopes of different γ that the electron turns far against each other heat each other, "
        "by a formula that "
        "interpolates; β may be wrong by this share",
        "measured by the tests against trajectories of two and three isotopes and exact dynamics "
        "of two: the heat is "
        "right within 40%, with couplings of one sign within 20%, and exact for small angles; 0 "
        "for one isotope",
    ),
    "few_nuclei": Question(
        "1/√N_I",
        Limits(0.03, 0.2),
        "the Overhauser field is taken as frozen, Gaussian and continuous, and the electron's "
        "correlation with so few "
        "nuclei is left out; take Multiplets(), which counts them",
        "measured by the tests against Multiplets: Φ and T1e off by up to 3% at 0.03 and a sixth "
        "at 0.2",
    ),
    "mean_overhauser_precession": Question(
        "|⟨Ω_N⟩| T2e*",
        Limits(0.1, 1.0),
        "the polarized nuclei shift the precession of the electron, which relax(), "
        "self_consistent=False and the "
        "paper's curves leave out; take cool() and run() as they are",
        "measured by the tests: the shift changes T1e by up to 13% at 0.1 and by up to a factor of "
        "three at 1; no red "
        "limit where the state is self-consistent",
    ),
    "stable_states": Question(
        "stable states",
        Limits(1.0),
        "with several stable states the result depends on the way to this field; take branches(), "
        "and give cool() its "
        'start="rest" or "sweep"',
        "exact: more than one is hysteresis, none (red) is a field without a stationary state",
    ),
    "polarization": Question(
        "|⟨I⟩|/I",
        Limits(0.2, 0.5),
        "formulas of high temperature are in use, and Φ and T1e are those of unpolarized nuclei at "
        "any polarization; "
        "take high_temperature=False, and doubt the heating where that is red as well",
        "Brillouin function: ⟨I⟩ of the same β is at most 0.6 P² lower, that is 2% at 0.2 and 15% "
        "at 0.5; with "
        "high_temperature=False the fluctuations, 1 − P² for spin 1/2, that is 0.9 at 0.3 and a "
        "half at 0.7",
    ),
    "knight_field_ratio": Question(
        "|B_e|/|B|",
        Limits(0.1, 1.0),
        "the mean Knight field of the oriented electrons adds to B; take knight_field=True",
        "exact, β ∝ ⟨S⟩·(B+B_e): 10% of β at 0.1, all of it or its sign at 1; no limit with "
        "knight_field=True",
    ),
    "static_knight_field": Question(
        "V max|ψ|² |a/2ħγ_N|/B_L",
        Limits(1.0, 10.0),
        "while an electron is present its Knight field, largest where the wave function is, "
        "detunes nuclei "
        "and may keep polarization from diffusing out of the core; experiments disagree on whether "
        "it does",
        "rule of thumb, from a tenth of the field as its step between neighbours; no red limit "
        "where hopping averages "
        "it, min(1, fωτ_c) times the field below B_L, ω the precession of a nucleus in it",
    ),
    "knight_gradient": Question(
        "d V max|∇|ψ|²| |a/2ħγ_N|/B_L",
        Limits(1.0, 10.0),
        "the Knight field steps by more than the local field from cell to cell, which is the "
        "diffusion barrier; let "
        "diffusion start outside the core",
        "yellow: the usual definition of the barrier, at the steepest place of the wave function: "
        "V max|∇|ψ|²| is 16/R for |ψ|² ∝ exp(−2r/R), which has V max|ψ|² = 8; red: rule of thumb, "
        "and none "
        "where hopping averages the step",
        "radius and lattice_constant",
    ),
    "diffusion": Question(
        "T_E D/R²",
        Limits(0.1, 1.0),
        "spins diffuse out of the core while it cools or warms, so that N nuclei alone are not the "
        "sample; use a "
        "diffusion channel, or count the nuclei that diffusion reaches",
        "stationary flux into a sphere, 1 − tanh(q)/q with q² = R²/(D T_E): 68% of its largest at "
        "0.1, 24% at 1",
        "radius and diffusivity",
    ),
}
