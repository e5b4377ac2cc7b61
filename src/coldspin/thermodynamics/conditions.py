"""The conditions under which the theory holds: one table, read by results, reports and fits."""

from dataclasses import dataclass
from math import inf, isnan
from typing import Literal, NamedTuple

from coldspin.exceptions import ValidityWarning

Level = Literal["green", "yellow", "red", "unknown"]
Group = Literal["reservoirs", "method", "pump", "core", "stages"]

GROUPS: dict[Group, str] = {
    "reservoirs": "Is there one spin temperature?",
    "method": "Is the method right?",
    "pump": "What does the pump do?",
    "core": "Is the core alone?",
    "stages": "Do fields change slowly or suddenly?",
}


class Limits(NamedTuple):
    """Where a value turns yellow and red; with red below yellow, small values are bad."""

    yellow: float
    red: float = inf

    def level(self, value: float) -> Level:
        """Level of a value; a value on the limit has not crossed it, NaN is unknown."""
        if isnan(value):
            return "unknown"
        sign = -1 if self.red < self.yellow else 1
        if sign * value > sign * self.red:
            return "red"
        return "yellow" if sign * value > sign * self.yellow else "green"


NO_LIMITS = Limits(inf)


@dataclass(frozen=True)
class Condition:
    """One condition: a number with limits, what is wrong beyond them, and what to do.

    Parameters
    ----------
    name : str
        Results carry the number as attribute ``condition_<name>``.
    group : str
        A key of `GROUPS`.
    question : str
        What the number decides, in plain words.
    quantity, equation : str
        The number as a formula, and the equations of the paper that it comes from or limits; "" if
        the paper has none.
    limits : Limits
        Where it turns yellow and red. An effect that a call includes has no limit there.
    problem, remedy : str
        What is wrong beyond the limits, and what to do.
    origin : str
        Where the limits come from.
    needs : tuple of str
        Arguments without which the number is unknown.
    warns_from : str
        Level from which a result warns.
    """

    name: str
    group: Group
    question: str
    quantity: str
    equation: str
    limits: Limits
    problem: str
    remedy: str
    origin: str
    needs: tuple[str, ...] = ()
    warns_from: Literal["yellow", "red"] = "yellow"

    def at(self, value: float) -> "ConditionValue":
        """Return the condition with its number in a result."""
        return ConditionValue(self, value)


class ConditionValue(NamedTuple):
    """A condition with its number, the largest of a result."""

    condition: Condition
    value: float

    @property
    def name(self) -> str:
        """Name of the condition."""
        return self.condition.name

    @property
    def limit(self) -> float:
        """The limit above which a result warns."""
        return float(getattr(self.condition.limits, self.condition.warns_from))

    @property
    def holds(self) -> bool:
        """Whether the value stays within the limit."""
        return self.value <= self.limit

    def warning(self) -> ValidityWarning:
        """Return what the violation means as a warning, the worse the larger the value."""
        return ValidityWarning(
            f"{self.name} reaches {self.value:.3g} (limit {self.limit:g}): "
            f"{self.condition.problem}",
            self.name,
            self.value,
            parameter=self.name,
            value=self.value,
            remedy=self.condition.remedy,
        )


_TABLE = (
    Condition(
        name="thermalization_ratio",
        group="reservoirs",
        question="Do the nuclei exchange energy faster than the electron warms them?",
        quantity="T2N/min(T1N, T_SS)",
        equation="section S2, (13)",
        limits=Limits(0.1, 1.0),
        problem="the nuclei share a spin temperature only if their interaction mixes them "
        "(T2N = 1/(γ_N B_L)) faster than the electron relaxes them (T1N) and warms their "
        "spin-spin energy (T_SS) at this field",
        remedy="take a smaller filling, or do not speak of a temperature",
        origin="red: T2N equals the shorter of T1N, which section S2 has, and T_SS, which is T_E "
        "at B = 0 by (13) with Φ of this field; yellow: rule of thumb, a factor of ten",
        warns_from="red",
    ),
    Condition(
        name="thermalization_number",
        group="reservoirs",
        question="Would they do so at every correlation time, at B = 0?",
        quantity="N/f",
        equation="(13), (S37)",
        limits=Limits(10.0, 1.0),
        problem="T2N < T_E holds at B = 0 for every correlation time only if N/f exceeds the red "
        "limit",
        remedy="below it trust thermalization_ratio, which is that of this correlation time and "
        "field",
        origin="red: T2N of this site equals the computed minimum of T_E at B = 0, 3.508 ħ/(f a) "
        "for dipoles, where section S2 has the minimum of T1N; none where thermalization_ratio is "
        "at most 1; yellow: rule of thumb, a factor of ten",
    ),
    Condition(
        name="local_phase",
        group="reservoirs",
        question="Do the nuclei stay at rest in the local field during a visit?",
        quantity="γ_N B_L τ_c",
        equation="(5)",
        limits=Limits(0.1, 0.5),
        problem="the nuclei precess in the local field during a visit, and second order in the "
        "spin-spin interaction overestimates the heating",
        remedy="only a full simulation goes further",
        origin="measured by the tests on clusters of six and seven nuclei at B = 0: the heating is "
        "lower than that of second order by up to 2% at 0.1, 5% at 0.15, 36% at 0.5",
    ),
    Condition(
        name="field_ratio",
        group="reservoirs",
        question="Do the Zeeman and the spin-spin reservoir mix?",
        quantity="|B|/B_L",
        equation="(6)",
        limits=Limits(10.0, 30.0),
        problem="one temperature of the Zeeman and the spin-spin reservoir is assumed, but at "
        "B >> B_L they mix slowly, and spin-spin heating limits the polarization less than "
        "computed",
        remedy="compare with the limit without mixing, ⟨I_z⟩ = I_0",
        origin="rule of thumb; no red limit for nuclei of one γ, to a tenth, where spin-spin "
        "heating is less than a tenth of the Zeeman heating. Isotopes of different γ share no "
        "temperature at B >> B_L, whatever the heating",
    ),
    Condition(
        name="isotope_mixing",
        group="reservoirs",
        question="Do the isotopes share one temperature?",
        quantity="T1N/T1N(largest a)",
        equation="(13)",
        limits=Limits(2.0, 10.0),
        problem="one spin temperature of all isotopes is assumed, with the heat capacity of all, "
        "but at |B| > 3 B_L they exchange Zeeman energy slowly, and the isotope with the largest "
        "coupling relaxes up to this many times faster",
        remedy="nuclei without coupling are left out of B_L and of the heat capacity with isolated "
        "(from_material)",
        origin="value: exact for isotopes that exchange nothing; limits, and that there are none "
        "at |B| ≤ 3 B_L: rule of thumb",
    ),
    Condition(
        name="quadrupole_ratio",
        group="reservoirs",
        question="Is the quadrupole splitting small against the spin-spin interaction?",
        quantity="B_Q/B_SS",
        equation="(12)",
        limits=Limits(0.33, 1.0),
        problem="quadrupole splitting adds to the heat capacity and to the heating, and detunes "
        "neighbours until no spin temperature is established",
        remedy="put B_Q into local_field (quadrupole_frequencies of a material do), and doubt the "
        "temperature where it dominates; leave out split nuclei that the electron does not reach "
        "with isolated (from_material)",
        origin="arithmetic, B_L² = B_SS² + B_Q² of all nuclei in B_L, B_SS without B_Q: 0.33 is a "
        "tenth and 1 half of B_L²; what detuning does, rule of thumb",
        needs=("quadrupole_field",),
    ),
    Condition(
        name="rotation_angle",
        group="method",
        question="Does the electron turn the nuclei by small angles only?",
        quantity="x = aτ_c/ħ",
        equation="(9), (S38)",
        limits=Limits(0.3),
        problem="the electron turns the nuclei by about x/2 in a visit, and the formula in use "
        "does not follow large turns",
        remedy="take Semiclassical() or Automatic()",
        origin="measured by the tests: (S38) is off by at most 0.16 x² and never by more than 17%; "
        "(9), red above 1, is up to 9% too high at 0.3 and 80% at 1",
    ),
    Condition(
        name="nuclear_zeeman_share",
        group="method",
        question="Does the field turn the nuclei more slowly than the Knight field?",
        quantity="|ω_B|/ω_e",
        equation="(S30)",
        limits=NO_LIMITS,
        problem="the precession of the nuclei in B competes with that in the Knight field; about "
        "1, β(B) may have a second maximum, which closed forms do not know",
        remedy="see nuclear_phase, which decides whether it matters",
        origin="exact: no limit of its own, since the electron leaves before the nuclei precess "
        "where |ω_B|τ_c is small",
    ),
    Condition(
        name="nuclear_phase",
        group="method",
        question="May the method ignore the precession of the nuclei in the field?",
        quantity="|ω_B|τ_c",
        equation="(S30), (S38)",
        limits=Limits(0.11, 0.3),
        problem="the method ignores that nuclei precess in B during a visit, which averages the "
        "Knight field or compensates it",
        remedy="take Semiclassical() or Automatic()",
        origin="measured by the tests: Φ is off by up to 0.16 x² (17% at most) + 4 (|ω_B|τ_c)². "
        "Yellow, as the warning of the method: above 5%, of which |ω_B|τ_c makes more than 1%; "
        "red: a third at 0.3. No limit for |ω_B| ≤ 0.01 ω_e, where Φ is off by at most 3% up to "
        "x = 100",
    ),
    Condition(
        name="isotope_heating",
        group="method",
        question="Is the heat of isotopes against each other known?",
        quantity="error of β",
        equation="",
        limits=Limits(0.05, 0.2),
        problem="isotopes of different γ that the electron turns far against each other heat each "
        "other, by a formula that interpolates, and β may be wrong by this share",
        remedy="take a shorter correlation time, or read β with this error",
        origin="measured by the tests against trajectories of two and three isotopes and exact "
        "dynamics of two: the heat is right within 40%, with couplings of one sign within 20%, and "
        "exact for small angles; 0 for one isotope",
    ),
    Condition(
        name="few_nuclei",
        group="method",
        question="Are there enough nuclei for a Gaussian Overhauser field?",
        quantity="1/√N_I",
        equation="(S23)",
        limits=Limits(0.03, 0.2),
        problem="the Overhauser field is taken as frozen, Gaussian and continuous, and the "
        "electron's correlation with so few nuclei is left out",
        remedy="take Multiplets(), which counts them",
        origin="measured by the tests against Multiplets: Φ and T1e off by up to 3% at 0.03 and a "
        "sixth at 0.2",
    ),
    Condition(
        name="mean_overhauser_precession",
        group="pump",
        question="Does the mean Overhauser field leave the electron precession as it is?",
        quantity="|⟨Ω_N⟩| T2e*",
        equation="(6)",
        limits=Limits(0.1, 1.0),
        problem="the polarized nuclei shift the precession of the electron, which relax(), "
        "self_consistent=False and the paper's curves leave out",
        remedy="take cool() and run() as they are",
        origin="measured by the tests: the shift changes T1e by up to 13% at 0.1 and by up to a "
        "factor of three at 1; no red limit where the state is self-consistent",
    ),
    Condition(
        name="stable_states",
        group="pump",
        question="Is there one stable state at this field?",
        quantity="stable states",
        equation="(6)",
        limits=Limits(1.0),
        problem="with several stable states the result depends on the way to this field",
        remedy='take branches(), and give cool() its start="rest" or "sweep"',
        origin="exact: more than one is hysteresis, none (red) is a field without a stationary "
        "state",
    ),
    Condition(
        name="polarization",
        group="pump",
        question="Is the polarization small enough for formulas of high temperature?",
        quantity="|⟨I⟩|/I",
        equation="(1)",
        limits=Limits(0.2, 0.5),
        problem="formulas of high temperature are in use at a large polarization, and Φ and T1e "
        "are those of unpolarized nuclei",
        remedy="take high_temperature=False where the call has it, and doubt the heating where "
        "that is red as well",
        origin="Brillouin function: ⟨I⟩ of the same β is at most 0.6 P² lower, that is 2% at 0.2 "
        "and 15% at 0.5; with high_temperature=False the fluctuations, 1 − P² for spin 1/2, that "
        "is 0.9 at 0.3 and a half at 0.7",
    ),
    Condition(
        name="knight_field_ratio",
        group="pump",
        question="Is the mean Knight field small against the external field?",
        quantity="|B_e|/|B|",
        equation="(6)",
        limits=Limits(0.1, 1.0),
        problem="the mean Knight field of the oriented electrons adds to B",
        remedy="take knight_field=True",
        origin="exact, β ∝ ⟨S⟩·(B+B_e): 10% of β at 0.1, all of it or its sign at 1; no limit with "
        "knight_field=True",
    ),
    Condition(
        name="static_knight_field",
        group="core",
        question="Is the Knight field of one electron below the local field?",
        quantity="V max|ψ|² |a/2ħγ_N|/B_L",
        equation="",
        limits=Limits(1.0, 10.0),
        problem="while an electron is present its Knight field, largest where the wave function "
        "is, detunes nuclei and may keep polarization from diffusing out of the core",
        remedy="compare with experiments, which disagree on whether it does",
        origin="rule of thumb, from a tenth of the field as its step between neighbours; no red "
        "limit where hopping averages it, min(1, fωτ_c) times the field below B_L, ω the "
        "precession of a nucleus in it",
    ),
    Condition(
        name="knight_gradient",
        group="core",
        question="Is there no diffusion barrier?",
        quantity="d V max|∇|ψ|²| |a/2ħγ_N|/B_L",
        equation="",
        limits=Limits(1.0, 10.0),
        problem="the Knight field steps by more than the local field from cell to cell, which is "
        "the diffusion barrier",
        remedy="let diffusion start outside the core",
        origin="yellow: the usual definition of the barrier, at the steepest place of the wave "
        "function: V max|∇|ψ|²| is 16/R for |ψ|² ∝ exp(−2r/R), which has V max|ψ|² = 8; red: rule "
        "of thumb, and none where hopping averages the step",
        needs=("radius", "lattice_constant"),
    ),
    Condition(
        name="diffusion",
        group="core",
        question="Do spins stay in the core while it cools or warms?",
        quantity="T_E D/R²",
        equation="(13)",
        limits=Limits(0.1, 1.0),
        problem="spins diffuse out of the core while it cools or warms, so that N nuclei alone are "
        "not the sample",
        remedy="use a diffusion channel, or count the nuclei that diffusion reaches",
        origin="stationary flux into a sphere, 1 − tanh(q)/q with q² = R²/(D T_E): 68% of its "
        "largest at 0.1, 24% at 1",
        needs=("radius", "diffusivity"),
    ),
    Condition(
        name="sweep_speed",
        group="stages",
        question="Is every sweep of the field slow against T2N?",
        quantity="T2N dθ/dt",
        equation="",
        limits=Limits(0.1, 1.0),
        problem="the field passes the local field within about T2N = 1/(γ_N B_L); such a sweep is "
        "computed as adiabatic up to 1 and as sudden near B = 0 above, which is exact far below "
        "0.1 and far above 10",
        remedy="sweep more slowly, or in one step",
        origin="exact far from 1 on both sides; 0.1: rule of thumb",
    ),
    Condition(
        name="sudden_pace",
        group="stages",
        question="Do the nuclei reach one temperature between two sudden changes?",
        quantity="T2N over the time between two sudden changes of the field",
        equation="",
        limits=Limits(1.0),
        problem="two sudden changes of the field follow each other within T2N = 1/(γ_N B_L), but "
        "the second was computed from the one spin temperature that the nuclei have only after T2N",
        remedy="give them time, or make one change of the two",
        origin="rule of thumb",
    ),
)

CONDITIONS: dict[str, Condition] = {condition.name: condition for condition in _TABLE}
