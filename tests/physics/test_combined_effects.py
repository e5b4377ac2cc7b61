"""Effects in combination, pair by pair, against the literal balance of `literal_balance`."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

import coldspin
from coldspin import Site
from coldspin.cooling.facade import branches
from coldspin.experiments.models import CoolingCurve
from coldspin.heating import ClosedForm, Semiclassical, SmallAngle
from coldspin.protocols import (
    DarkStage,
    Measure,
    PumpStage,
    Sweep,
    adiabatic_demagnetization,
    run,
    three_stage,
)
from coldspin.sample.species import Species
from coldspin.thermodynamics import protocol
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from literal_balance import (
    HBAR,
    Balance,
    Isotope,
    Light,
    Sample,
    averages,
    course,
    seen_fields,
    stationary_states,
    switch,
)

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELD_OF_HYSTERESIS = 0.7  # T
NEV = 1.519267447e6  # rad/s
ISOTOPES = {
    "one": (Isotope(40, 1.5, 10 * NEV, 4.6e7),),
    "two": (Isotope(3e3, 0.5, 1.4 * NEV, 5.8e7), Isotope(1e3, 1.5, 0.7 * NEV, 3.1e7)),
    "unlike": (
        Isotope(2e3, 0.5, -1.5 * NEV, -5.7e7),
        Isotope(9e2, 4.5, 0.5 * NEV, 5.9e7),
        Isotope(1e3, 1.5, NEV, 8e7),
    ),
}
LEAKAGES = ("none", "time", "quadrupole", "factor")
ANGLES = (0.0, 0.7, math.pi / 2, 2.3)
POLARIZATIONS = ("small", "large", "brillouin")
METHODS = {"small angle": SmallAngle(), "closed form": ClosedForm()}
FACTORS = {
    "isotopes": tuple(ISOTOPES),
    "leakage": LEAKAGES,
    "knight": (False, True),
    "angle": ANGLES,
    "polarization": POLARIZATIONS,
    "feedback": (False, True),
    "method": tuple(METHODS),
    "field": (0.0, 2e-5, -3e-4, 6e-3),
}


def sample_of(isotopes):
    """One isotope with k = 1.6 and x = 0.1; several with k = 0.1, where they turn little against each other."""
    tau = 8e-9 if isotopes == "one" else 7e-10
    return Sample(
        ISOTOPES[isotopes],
        local=1.3e-4,
        kinetic=2.5e-4,
        tau=tau,
        filling=0.06,
        gamma_e=-0.5 * 8.794100e10,
    )


def site_of(sample):
    names = ("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")
    rows = [
        dict(zip(names, (i.nuclei, i.spin, i.coupling, i.gamma), strict=True))
        for i in sample.isotopes
    ]
    nuclei = rows[0] if len(rows) == 1 else {"species": [Species(**row) for row in rows]}
    return Site(
        **nuclei,
        local_field=sample.local,
        kinetic_local_field=sample.kinetic,
        correlation_time=sample.tau,
        filling=sample.filling,
        electron_gyromagnetic_ratio=sample.gamma_e,
    )


def quadrupole_rate(sample, seen, correlation, time=3e-3):
    """1/T of quadrupole relaxation at |B| = |seen|; the spectrum is flat where γBτ_Q ≪ 1."""
    phase = sample.isotopes[0].gamma * seen * correlation
    spectrum = 0.2 / (1 + phase**2) + 0.8 / (1 + 4 * phase**2)
    return (seen**2 * spectrum + 2 * sample.local**2) / (seen**2 + sample.local**2) / time


def leakage_of(kind, sample):
    """What `cool` takes as leakage, and the arguments of the literal light."""
    if kind == "time":
        return ConstantRelaxation(2e-3), {"leak": lambda _: 1 / 2e-3}
    if kind == "quadrupole":
        correlation = 2e-6 if len(sample.isotopes) == 1 else 1e-12
        channel = QuadrupoleRelaxation(3e-3, correlation)
        return channel, {"leak": lambda seen: quadrupole_rate(sample, seen, correlation)}
    if kind == "factor":
        return 0.3, {"factor": 0.3}
    return None, {}


def all_pairs(factors, seed=3):
    """Cases in which every pair of values of two factors occurs, greedily; the seed decides ties."""
    rng = np.random.default_rng(seed)
    names = list(factors)
    wanted = {
        ((a, x), (b, y))
        for a, b in itertools.combinations(names, 2)
        for x in factors[a]
        for y in factors[b]
    }
    cases = []
    while wanted:
        tries = []
        for _ in range(60):
            case = {name: values[rng.integers(len(values))] for name, values in factors.items()}
            covered = {pair for pair in wanted if all(case[name] == value for name, value in pair)}
            tries.append((len(covered), len(tries), case, covered))
        count, _, case, covered = max(tries, key=lambda entry: entry[:2])
        if count:
            cases.append(case)
            wanted -= covered
    return cases


def compare(case):
    """`cool`, or every state of `branches`, against the literal stationary states; β, spins and fluxes."""
    sample = sample_of(case["isotopes"])
    leakage, literal = leakage_of(case["leakage"], sample)
    spin = {"small": 0.01, "large": 0.4, "brillouin": -0.45}[case["polarization"]]
    linear = case["polarization"] != "brillouin"
    light = Light(
        spin,
        case["angle"],
        knight=case["knight"],
        linear=linear,
        feedback=case["feedback"],
        small_angle=case["method"] == "small angle",
        **literal,
    )
    options = {
        "optical_axis_angle": case["angle"],
        "knight_field": case["knight"],
        "leakage": leakage,
        "high_temperature": linear,
        "method": METHODS[case["method"]],
    }
    field, site = case["field"], site_of(sample)
    expected = stationary_states(sample, light, field)
    if case["feedback"]:
        data = branches(site, field, spin, **options)
    else:
        data = coldspin.cool(site, field, spin, self_consistent=False, **options)
    found = data.inverse_spin_temperature.values
    assert len(found) == len(expected)
    gamma = max(abs(isotope.gamma) for isotope in sample.isotopes)
    unit = abs(spin) / (HBAR * gamma * (abs(field) + sample.local))
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-14 * unit)
    for i, beta in enumerate(expected):
        balance = Balance(sample, light, field, 0.0)
        u = balance.overhauser(beta)
        assert float(data.mean_overhauser_precession[i]) == pytest.approx(u, rel=1e-7, abs=1e-12)
        if light.feedback:
            balance = Balance(sample, light, field, u)
        back = balance.influx(beta, oriented=False)
        fluxes = {
            "spin_influx": balance.influx(beta) - back,
            "zeeman_heating": balance.apart * beta - back,
            "spin_spin_heating": balance.spin_spin * beta,
        }
        largest = max(abs(flux) for flux in fluxes.values())
        for name, flux in fluxes.items():
            assert float(data[name][i]) == pytest.approx(flux, rel=1e-6, abs=1e-12 * largest), name


@pytest.mark.parametrize(
    "case", all_pairs(FACTORS), ids=lambda case: "-".join(map(str, case.values()))
)
def test_the_stationary_states_are_those_of_the_literal_balance(case):
    compare(case)


@pytest.mark.slow
@pytest.mark.parametrize("isotopes", tuple(ISOTOPES))
@pytest.mark.parametrize("leakage", LEAKAGES)
@pytest.mark.parametrize("polarization", POLARIZATIONS)
def test_every_combination_is_that_of_the_literal_balance(isotopes, leakage, polarization):
    others = {
        "knight": (False, True),
        "angle": (0.7, math.pi / 2),
        "feedback": (False, True),
        "field": (0.0, -3e-4, 6e-3),
    }
    for values in itertools.product(*others.values()):
        case = dict(zip(others, values, strict=True))
        compare(
            case
            | {
                "isotopes": isotopes,
                "leakage": leakage,
                "polarization": polarization,
                "method": "closed form",
            }
        )


@pytest.mark.parametrize("linear", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_several_stable_states_of_two_isotopes_are_those_of_the_literal_balance(linear):
    """Hysteresis: the electron stands still where γ_e B and the mean Overhauser field cancel."""
    isotopes = (Isotope(6e4, 1.5, NEV, 6.3e7), Isotope(4e4, 0.5, 1.1 * NEV, 6.3e7))
    sample = Sample(
        isotopes, 1.5e-4, 3**0.5 * 1.5e-4, tau=1e-6, filling=0.05, gamma_e=-0.44 * 8.794100e10
    )
    light, options = Light(0.1, linear=linear), {"high_temperature": linear}
    data = branches(site_of(sample), FIELD_OF_HYSTERESIS, 0.1, **options)
    expected = stationary_states(sample, light, FIELD_OF_HYSTERESIS, points=400)
    assert len(expected) == 3
    assert data.inverse_spin_temperature.values == pytest.approx(expected, rel=1e-6, abs=0)
    assert data.stable.values.tolist() == [True, False, True]


@pytest.mark.parametrize("isotopes", tuple(ISOTOPES))
@pytest.mark.parametrize(
    ("knight", "angle", "field"), [(False, 0.0, -8e-3), (True, 0.7, 3e-4), (True, 2.3, 0.02)]
)
def test_an_engine_is_asked_for_the_effective_isotope_at_the_precession_of_both(
    isotopes, knight, angle, field
):
    """Φ of Semiclassical at b and ω_B of the literal balance, with one isotope of equal s and ⟨a²⟩ for several."""
    sample, engine = sample_of(isotopes), Semiclassical(tolerance=1e-8)
    same_spin = len({i.spin for i in sample.isotopes}) == 1
    spin = sample.isotopes[0].spin if same_spin else 0.5
    number = 1 / (sample.s**2 * sample.mean(lambda i: i.coupling**2))
    nuclei = number / (4 / 3 * spin * (spin + 1))
    k = sample.tau / sample.s

    def phi(b, omega):
        return float(
            engine.heating_coefficient(b, k, nuclei=nuclei, spin=spin, nuclear_precession=omega)
        )

    light = Light(0.1, angle, knight=knight, feedback=False, phi=phi)
    options = {"optical_axis_angle": angle, "knight_field": knight, "self_consistent": False}
    data = coldspin.cool(
        site_of(sample), field, 0.1, method=engine, effective_isotope=True, **options
    )
    (expected,) = stationary_states(sample, light, field)
    assert float(data.inverse_spin_temperature[0]) == pytest.approx(expected, rel=1e-7, abs=0)


@pytest.mark.parametrize(("b", "k"), [(0.0, 0.3), (0.4, 3.0), (-2.0, 20.0), (7.0, 1.0)])
def test_the_literal_averages_are_those_of_two_plain_integrals(b, k):
    def average(function):
        def inner(z):
            return quad(
                lambda q: math.exp(-q) * function((b + z) ** 2, q / 2),
                0,
                60,
                epsabs=0,
                epsrel=1e-10,
            )[0]

        weight = math.sqrt(2 / math.pi)
        points = [-b] if abs(b) < 4 else None
        return quad(
            lambda z: weight * math.exp(-2 * z * z) * inner(z),
            -4.4,
            4.4,
            points=points,
            epsabs=0,
            epsrel=1e-9,
        )[0]

    lorentzian = average(lambda along, across: 1 / (1 + (along + across) * k**2))
    loss = average(lambda along, across: across * k**2 / (1 + (along + across) * k**2))
    assert averages(b, k) == pytest.approx((lorentzian, loss), rel=1e-7, abs=0)


DARK = {name: FACTORS[name] for name in ("isotopes", "method", "field")} | {"leakage": LEAKAGES[:3]}


@pytest.mark.parametrize(
    "case", all_pairs(DARK), ids=lambda case: "-".join(map(str, case.values()))
)
def test_warming_in_the_dark_is_that_of_the_literal_balance(case):
    sample = sample_of(case["isotopes"])
    leakage, literal = leakage_of(case["leakage"], sample)
    balance = Balance(
        sample, Light(small_angle=case["method"] == "small angle", **literal), case["field"], 0.0
    )
    data = coldspin.relax(
        site_of(sample), case["field"], leakage=leakage, method=METHODS[case["method"]]
    )
    beta = 1e20
    expected = -balance.supply(beta) / beta / balance.capacity
    assert float(data.relaxation_rate[0]) == pytest.approx(expected, rel=1e-8, abs=0)
    assert float(data.spin_spin_relaxation_rate[0]) == pytest.approx(
        balance.spin_spin / balance.capacity, rel=1e-8
    )


TIMED = {
    name: FACTORS[name] for name in ("isotopes", "knight", "angle", "feedback", "method", "field")
} | {
    "leakage": LEAKAGES[:3],
    "polarization": POLARIZATIONS[:2],
}


def fields_in(sample, light, field):
    """What each isotope sees in this light, or in the dark (spin 0)."""
    return seen_fields(sample, light, field)[0]


@pytest.mark.parametrize(
    "case", all_pairs(TIMED), ids=lambda case: "-".join(map(str, case.values()))
)
def test_pump_dark_and_second_pump_are_those_of_the_literal_balance_in_time(case):
    """Light, darkness, light of two other directions, darkness: the Knight field of each isotope jumps."""
    sample, field = sample_of(case["isotopes"]), case["field"]
    leakage, literal = leakage_of(case["leakage"], sample)
    spin = {"small": 0.01, "large": 0.4}[case["polarization"]]
    literal |= {
        "feedback": case["feedback"],
        "small_angle": case["method"] == "small angle",
        "knight": case["knight"],
    }
    lights = [
        (Light(spin, case["angle"], **literal), 2e-3),
        (Light(**literal), 1e-3),
        (Light(-0.7 * spin, 1.1, **literal), 3e-4),
        (Light(0.8 * spin, 2.6, **literal), 2e-4),
        (Light(**literal), 1e-4),
    ]
    expected, beta, before = [], 0.0, fields_in(sample, lights[0][0], field)
    stages = []
    for light, time in lights:
        now = fields_in(sample, light, field)
        beta = course(sample, light, field, switch(sample, beta, before, now), time)
        before = now
        expected.append(beta)
        stages.append(
            PumpStage(field, time, light.spin, light.angle)
            if light.spin
            else DarkStage(field, time)
        )
    data = run(
        site_of(sample),
        stages,
        knight_field=case["knight"],
        leakage=leakage,
        self_consistent=case["feedback"],
        method=METHODS[case["method"]],
        points=2,
    )
    found = data.inverse_spin_temperature.values[1::2]
    scale = max(abs(beta) for beta in expected)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-8 * scale)
    for row, (light, _), beta in zip(
        data.overhauser_field.values[1::2], lights, expected, strict=True
    ):
        u = Balance(sample, light, field, 0.0).overhauser(beta)
        assert row * sample.gamma_e * sample.s == pytest.approx(
            u, rel=1e-6, abs=1e-8 * (1e-6 + abs(u))
        )


@pytest.mark.parametrize(
    "case", all_pairs(TIMED, seed=8), ids=lambda case: "-".join(map(str, case.values()))
)
def test_a_long_pump_ends_where_cool_says(case):
    sample, field = sample_of(case["isotopes"]), case["field"]
    leakage, _ = leakage_of(case["leakage"], sample)
    spin = {"small": 0.01, "large": 0.4}[case["polarization"]]
    effects = {
        "knight_field": case["knight"],
        "leakage": leakage,
        "self_consistent": case["feedback"],
        "method": METHODS[case["method"]],
    }
    goal = coldspin.cool(site_of(sample), field, spin, optical_axis_angle=case["angle"], **effects)
    end = run(
        site_of(sample), [PumpStage(field, "10 hours", spin, case["angle"])], points=2, **effects
    ).isel(time=-1)
    for name in ("inverse_spin_temperature", "overhauser_field", "nuclear_polarization"):
        expected = float(goal[name][0])
        assert float(end[name]) == pytest.approx(expected, rel=1e-9, abs=1e-30), name


@pytest.mark.parametrize("isotopes", tuple(ISOTOPES))
@pytest.mark.parametrize("feedback", [False, True])
@pytest.mark.parametrize("field", [2e-5, -3e-5])
def test_the_model_of_a_cooling_curve_turns_the_light_off_as_run_does(isotopes, feedback, field):
    site, angle = site_of(sample_of(isotopes)), 0.7
    model = CoolingCurve(
        site,
        0.4,
        knight_field=True,
        optical_axis_angle=angle,
        self_consistent=feedback,
        measurement_field=1e-3,
    )
    stages = [PumpStage(field, "10 hours", 0.4, angle), Measure(1e-3)]
    data = run(site, stages, knight_field=True, self_consistent=feedback, points=2)
    beta = float(data.inverse_spin_temperature[-1])
    assert model([field])[0] == pytest.approx(beta, rel=1e-8, abs=0)
    lit = float(data.inverse_spin_temperature[-2])
    adiabatic = protocol.adiabatic(lit, field, 1e-3, site.local_field)
    assert abs(beta / adiabatic - 1) > 0.01


def test_the_overhauser_field_of_two_isotopes_in_their_knight_fields_is_one_in_run_and_cool():
    """B = 0 in GaAs: the field of each isotope is its own Knight field."""
    sample = Sample(
        (
            Isotope(3e4, 1.5, 0.9 * NEV, 6.4e7),
            Isotope(2e4, 1.5, 1.1 * NEV, 8.2e7),
            Isotope(5e4, 1.5, 0.95 * NEV, 4.6e7),
        ),
        1.5e-4,
        2.6e-4,
        4e-9,
        0.3,
        -0.44 * 8.794100e10,
    )
    site = site_of(sample)
    goal = coldspin.cool(site, 0.0, 0.3, knight_field=True)
    data = run(
        site,
        [PumpStage(0.0, "10 hours", 0.3), Sweep("1 mT", "sudden"), Measure("1 mT")],
        knight_field=True,
    )
    lit, sudden = data.isel(time=-3), data.isel(time=-1)
    assert float(lit.overhauser_field) == pytest.approx(
        float(goal.overhauser_field[0]), rel=1e-9, abs=0
    )
    beta = float(goal.inverse_spin_temperature[0])
    own = seen_fields(sample, Light(0.3, knight=True), 0.0)[0]
    expected = switch(sample, beta, own, [(0.0, 1e-3)] * 3)  # light and field change at once
    assert float(sudden.inverse_spin_temperature) == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("isotopes", tuple(ISOTOPES))
def test_ready_made_protocols_are_those_of_run(isotopes):
    """Oblique light with Knight fields, then the field of the look: β, spins of any I and their Overhauser field."""
    site, field, look = site_of(sample_of(isotopes)), -3e-4, 2e-3
    options = {"knight_field": True, "leakage": ConstantRelaxation(5e-3)}
    pump = {"pump_field": field, "electron_spin": 0.3, "optical_axis_angle": 0.7, "pump_time": 2e-3}
    lit = PumpStage(field, 2e-3, 0.3, 0.7)

    cold = adiabatic_demagnetization(site, **pump, final_field=[look], **options).isel(field=0)
    course = run(site, [lit, Measure(look)], **options).isel(time=-1)
    for name in ("inverse_spin_temperature", "nuclear_polarization", "overhauser_field"):
        assert float(cold[name]) == pytest.approx(float(course[name]), rel=1e-9, abs=0), name

    waited = three_stage(
        site, **pump, dark_field=[1e-4], dark_times=[1e-3], measure_field=look, **options
    )
    course = run(site, [lit, DarkStage(1e-4, 1e-3), Measure(look)], **options).isel(time=-1)
    signal = float(waited.signal[0, 0])
    assert signal == pytest.approx(float(course.overhauser_field), rel=1e-8, abs=0)
