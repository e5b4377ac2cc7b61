"""Rows of the validity report by hand in SI, where each turns yellow and red, what its limits were measured from."""

import math
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

import quadrature
import whole_system
from coldspin import InvalidInputError, Site, ValidityWarning, cool, relax
from coldspin.conditions import validity
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.heating import (
    ClosedForm,
    Multiplets,
    Semiclassical,
    SmallAngle,
    rotating_box_heating,
    slow_heating,
)
from coldspin.heating.method import CLOSED_FORM_ACCURACY, closed_form_error, largest_phase
from coldspin.inputs.sample_files import read_sample
from coldspin.precession import nuclear_relaxation_time, spin_loss
from coldspin.protocols import DarkStage, run
from coldspin.sample.species import Species
from coldspin.thermodynamics.channels import ConstantRelaxation, DiffusionLimited, diluted_rate
from coldspin.thermodynamics.conditions import CONDITIONS
from coldspin.thermodynamics.ensemble import moments
from coldspin.thermodynamics.spin_temperature import heating_field_squared, reservoir_rates
from coldspin.thermodynamics.validity import (
    FASTEST_WARMING,
    SHORTEST_RELAXATION_TIME,
    spin_spin_threshold,
)
from scale import needs_compiler

ROWS = {name for name, condition in CONDITIONS.items() if condition.group != "stages"}
N, SPIN, A, GAMMA, LOCAL, TAU, FILLING, G = 1e5, 1.5, 1.5e6, 6.3e7, 1.5e-4, 1e-8, 0.05, -0.44
DOT = Site(
    nuclei=N,
    nuclear_spin=SPIN,
    hyperfine_coupling=A,
    nuclear_gyromagnetic_ratio=GAMMA,
    local_field=LOCAL,
    correlation_time=TAU,
    filling=FILLING,
    g_factor=G,
)
TWO = Site(
    species=(
        Species(
            nuclei=N / 2, nuclear_spin=SPIN, hyperfine_coupling=A, nuclear_gyromagnetic_ratio=GAMMA
        ),
        Species(
            nuclei=N / 2,
            nuclear_spin=SPIN,
            hyperfine_coupling=A,
            nuclear_gyromagnetic_ratio=-GAMMA / 2,
        ),
    ),
    local_field=1e-9,
    correlation_time=TAU,
    filling=FILLING,
    g_factor=G,
)
LARGE_CORE = {"radius": 1e-6, "lattice_constant": 5e-10, "diffusivity": 1e-17}


def value(report, name):
    return report[name].value


def test_every_number_by_hand():
    field, spin = 2e-3, 0.01
    known = {
        "quadrupole_field": 3e-5,
        "radius": 1e-8,
        "lattice_constant": 4e-10,
        "diffusivity": 2e-17,
    }
    report = validity(DOT, field, spin, self_consistent=False, **known)
    n_i = 4 * N * SPIN * (SPIN + 1) / 3
    s = 1 / (A * math.sqrt(n_i))
    k, b = TAU / s, G * BOHR_MAGNETON / HBAR * field * s
    arrival = FILLING * float(quadrature.loss(b, k)) / TAU  # f/T1e
    t2n, t1n = 1 / (GAMMA * LOCAL), n_i / arrival
    phi = float(quadrature.lorentzian(b, k)) + 0.4 * (
        1 / (1 + (A * TAU) ** 2) + 1 / (4 + (A * TAU) ** 2)
    )
    heated = (
        phi * k**2 * LOCAL**2 / float(quadrature.loss(b, k))
    )  # the second term of the denominator of (6)
    beta = 4 * spin * field / (HBAR * GAMMA) / (field**2 + heated)
    mean = beta * SPIN * (SPIN + 1) / 3 * HBAR * GAMMA * field
    knight = A / (2 * GAMMA)
    warming = arrival / n_i * (field**2 + heated) / (field**2 + LOCAL**2)
    by_hand = {
        "thermalization_ratio": t2n * max(1 / t1n, FILLING * phi * TAU / (n_i * s**2)),
        "thermalization_number": N / FILLING,
        "local_phase": GAMMA * LOCAL * TAU,
        "field_ratio": field / LOCAL,
        "isotope_mixing": 1,
        "quadrupole_ratio": 3e-5 / LOCAL,
        "rotation_angle": A * TAU,
        "nuclear_zeeman_share": GAMMA * field / (A / 2),
        "nuclear_phase": GAMMA * field * TAU,
        "isotope_heating": 0.0,
        "few_nuclei": 1 / math.sqrt(n_i),
        "mean_overhauser_precession": A * N * mean * s,
        "stable_states": 1,
        "polarization": mean / SPIN,
        "knight_field_ratio": FILLING * A * spin / GAMMA / field,
        "static_knight_field": 8 * knight / LOCAL,  # |ψ(0)|² of a donor is 8 times that of its box
        "knight_gradient": 8 * 2 * 4e-10 / 1e-8 * knight / LOCAL,
        "diffusion": 2e-17 / 1e-8**2 / warming,
    }
    assert {row.name: row.value for row in report.rows} == pytest.approx(by_hand, rel=1e-8, abs=0)
    threshold = 0.2850351 * t2n * A * N
    row = report["thermalization_number"]
    assert row.yellow_limit == pytest.approx(10 * threshold, rel=1e-6, abs=0)
    assert row.red_limit == -math.inf  # the ratio of this correlation time is below 1


def test_the_self_consistent_state_by_hand():
    field, spin = 15e-3, 1e-3
    n_i = 4 * N * SPIN * (SPIN + 1) / 3
    s = 1 / (A * math.sqrt(n_i))
    slow = 0.4 * (1 / (1 + (A * TAU) ** 2) + 1 / (4 + (A * TAU) ** 2))

    def surplus(u):
        b, k = G * BOHR_MAGNETON / HBAR * field * s + u, TAU / s
        phi = float(quadrature.lorentzian(b, k)) + slow
        heated = phi * k**2 * LOCAL**2 / float(quadrature.loss(b, k))
        polarization = 4 * spin * field**2 / (field**2 + heated) * (SPIN + 1) / 3
        return A * N * SPIN * polarization * s - u

    found = brentq(surplus, 0, 10, xtol=1e-12)
    assert value(validity(DOT, field, spin), "mean_overhauser_precession") == pytest.approx(
        found, rel=1e-6, abs=0
    )


def test_a_tilted_axis_a_knight_field_and_leakage_enter():
    straight, tilted = (
        validity(DOT, 2e-3, 0.01),
        validity(DOT, 2e-3, 0.02, optical_axis_angle="60 deg"),
    )
    assert value(tilted, "polarization") == pytest.approx(
        value(straight, "polarization"), rel=1e-9, abs=0
    )
    leaking = validity(DOT, 2e-3, 0.01, leakage=(ConstantRelaxation(1e-3),))
    assert value(leaking, "polarization") < 0.9 * value(straight, "polarization")
    seen = validity(DOT, 0.0, 0.5, knight_field=True)
    assert value(seen, "field_ratio") == pytest.approx(
        FILLING * A * 0.5 / GAMMA / LOCAL, rel=1e-12, abs=0
    )
    assert seen["knight_field_ratio"].level == "green"


def test_one_isotope_written_as_two_halves_is_the_same_sample():
    half = {
        "nuclei": N / 2,
        "nuclear_spin": SPIN,
        "hyperfine_coupling": A,
        "nuclear_gyromagnetic_ratio": GAMMA,
    }
    two = Site(
        species=(Species(**half), Species(**half)),
        local_field=LOCAL,
        correlation_time=TAU,
        filling=FILLING,
        g_factor=G,
    )
    one = {
        row.name: (row.value, row.yellow_limit, row.red_limit)
        for row in validity(DOT, 2e-3, 0.01).rows
    }
    for row in validity(two, 2e-3, 0.01).rows:
        assert (row.value, row.yellow_limit, row.red_limit) == pytest.approx(
            one[row.name], rel=1e-9, nan_ok=True
        )


def test_two_isotopes_by_hand():
    """GaAs-like: different couplings, spins and γ; every nucleus has heat capacity."""
    species = (
        Species(
            nuclei=5e4, nuclear_spin=1.5, hyperfine_coupling=1.2e6, nuclear_gyromagnetic_ratio=4.6e7
        ),
        Species(
            nuclei=3e4, nuclear_spin=0.5, hyperfine_coupling=2.0e6, nuclear_gyromagnetic_ratio=8.2e7
        ),
    )
    site = Site(
        species=species, local_field=LOCAL, correlation_time=TAU, filling=FILLING, g_factor=G
    )
    report = validity(site, 2e-3, 1e-3, self_consistent=False)
    n, a, gamma = np.array([5e4 * 5, 3e4]), np.array([1.2e6, 2.0e6]), np.array([4.6e7, 8.2e7])
    s = 1 / math.sqrt(n @ a**2)
    w = n * a**2 * s**2
    t2n = 1 / (math.sqrt(w @ gamma**2) * LOCAL)
    b, k = G * BOHR_MAGNETON / HBAR * 2e-3 * s, TAU / s
    t1n = (n @ gamma**2) / (w @ gamma**2) * TAU / (FILLING * float(quadrature.loss(b, k)))
    x = TAU * math.sqrt(w @ a**2)
    phi = float(quadrature.lorentzian(b, k)) + 0.4 * (1 / (1 + x**2) + 1 / (4 + x**2))
    warming = FILLING * phi * TAU / s**2 * (w @ gamma**2) / (n @ gamma**2)  # B̃_L² = 3 B_L²
    assert warming > 1 / t1n
    assert value(report, "thermalization_ratio") == pytest.approx(t2n * warming, rel=1e-8, abs=0)
    # the second isotope by itself: 1/T1N = (f/τ_c) (τ_c/T1e) a² s²
    alone = FILLING * float(quadrature.loss(b, k)) / TAU * 2.0e6**2 * s**2
    assert value(report, "isotope_mixing") == pytest.approx(t1n * alone, rel=1e-8, abs=0)
    assert value(report, "local_phase") == pytest.approx(TAU / t2n, rel=1e-12, abs=0)
    assert value(report, "rotation_angle") == pytest.approx(
        TAU * math.sqrt(w @ a**2), rel=1e-12, abs=0
    )
    assert value(report, "knight_field_ratio") == pytest.approx(
        FILLING * 1e-3 * (w @ (gamma * a)) / (w @ gamma**2) / 2e-3, rel=1e-12
    )
    assert math.isnan(
        value(report, "quadrupole_ratio")
    )  # the first isotope has a quadrupole moment
    row = report["thermalization_number"]
    fastest = (
        0.2850351
        * FILLING
        * math.sqrt(w @ a**2)
        / (w @ a**2 * s**2)
        * (w @ gamma**2)
        / (n @ gamma**2)
    )
    assert 10 * row.value / row.yellow_limit == pytest.approx(1 / (t2n * fastest), rel=1e-9, abs=0)


# Where each row changes its colour: a site and arguments as functions of one number, which goes through both limits


def uncoupled(nuclei):
    """The dot with nuclei of the same kind that the electron does not reach."""
    isotope = {"nuclear_spin": SPIN, "nuclear_gyromagnetic_ratio": GAMMA}
    coupled = Species(nuclei=N, hyperfine_coupling=A, **isotope)
    others = Species(nuclei=nuclei, hyperfine_coupling=0, **isotope)
    return Site(
        species=(coupled, others),
        local_field=LOCAL,
        correlation_time=TAU,
        filling=FILLING,
        g_factor=G,
    )


CROSSINGS = {
    "thermalization_ratio": lambda t: (
        DOT.replace(filling=1, local_field=t * 1e-5),
        2e-3,
        1e-4,
        {},
    ),
    "thermalization_number": lambda t: (
        DOT.replace(filling=1, nuclei=1000, local_field=1e-4 / t),
        2e-3,
        1e-4,
        {},
    ),
    "local_phase": lambda t: (DOT.replace(correlation_time=t * 1e-4), 2e-3, 1e-4, {}),
    "field_ratio": lambda t: (DOT.replace(correlation_time=1e-6), t * LOCAL, 1e-4, {}),
    "isotope_mixing": lambda t: (uncoupled(t * 1e5), 2e-3, 1e-4, {}),
    "quadrupole_ratio": lambda t: (DOT, 2e-3, 1e-4, {"quadrupole_field": t * LOCAL}),
    "rotation_angle": lambda t: (
        DOT.replace(correlation_time=t / A),
        2e-3,
        1e-4,
        {"method": SmallAngle()},
    ),
    "nuclear_phase": lambda t: (DOT, t / (GAMMA * TAU), 1e-4, {}),
    "isotope_heating": lambda t: (TWO.replace(correlation_time=t * 1e-6), 2e-3, 1e-4, {}),
    "few_nuclei": lambda t: (DOT.replace(nuclear_spin=0.5, nuclei=1 / t**2), 2e-3, 1e-4, {}),
    "mean_overhauser_precession": lambda t: (DOT, 2e-3, t * 1e-3, {"self_consistent": False}),
    "polarization": lambda t: (DOT.replace(correlation_time=1e-10), 2e-3, t / 2, {}),
    "knight_field_ratio": lambda t: (DOT, 1e-3 / t, 0.01, {}),
    "static_knight_field": lambda t: (
        DOT.replace(local_field=A / (2 * GAMMA) / t, correlation_time=1e-4),
        0.2,
        0,
        {},
    ),
    "knight_gradient": lambda t: (
        DOT.replace(correlation_time=1e-2, filling=1),
        2e-3,
        1e-4,
        LARGE_CORE | {"radius": 5e-9, "lattice_constant": t * 5e-10},
    ),
    "diffusion": lambda t: (DOT, 2e-3, 1e-4, LARGE_CORE | {"diffusivity": t * 1e-13}),
}


@pytest.mark.parametrize("name", CROSSINGS)
def test_each_row_turns_yellow_and_red_where_it_says(name):
    def row(t):
        site, field, spin, options = CROSSINGS[name](t)
        return validity(site, field, spin, **options)[name]

    ends = {"polarization": 1, "mean_overhauser_precession": 100, "few_nuclei": 1}
    scan = np.geomspace(1e-4, ends.get(name, 1e4), 31)
    seen = [row(t) for t in scan]
    levels = [r.level for r in seen]
    assert set(levels) == {"green", "yellow", "red"}
    for r in seen:
        downwards = r.red_limit < r.yellow_limit
        crossed = [
            r.value < limit if downwards else r.value > limit
            for limit in (r.yellow_limit, r.red_limit)
        ]
        assert r.level == ("red" if crossed[1] else "yellow" if crossed[0] else "green")
    at = next(i for i, level in enumerate(levels) if level != levels[0])
    low, high = scan[at - 1], scan[at]
    edge = brentq(
        lambda t: (
            math.log(row(t).value / row(t).yellow_limit)
            if levels[0] == "green"
            else math.log(row(t).value / row(t).red_limit)
        ),
        low,
        high,
    )
    assert {row(edge * 0.999).level, row(edge * 1.001).level} == {levels[at - 1], levels[at]}


def test_every_row_is_in_the_crossings():
    assert set(CROSSINGS) | {"stable_states", "nuclear_zeeman_share"} == ROWS


def test_several_stable_states_are_yellow():
    """Overhauser field against the external one: in a strong pump a field can have two states."""
    site = DOT.replace(correlation_time=4e-7, local_field=1e-3)
    assert validity(site, 0.3, 0.1)["stable_states"].level == "yellow"
    assert validity(site, 0.3, 0.1, self_consistent=False)["stable_states"].level == "green"
    assert validity(site, 0.3, -0.1)["stable_states"].level == "green"


def test_limits_that_a_method_does_not_have():
    slow = DOT.replace(correlation_time=1e-6, nuclei=100)
    site, field = slow, 2e-2
    names = ("rotation_angle", "nuclear_zeeman_share", "nuclear_phase", "few_nuclei")
    closed, semi, exact = (
        [validity(site, field, 1e-4, method=m)[name].level for name in names]
        for m in (ClosedForm(), Semiclassical(tolerance=1e-3), Multiplets(tolerance=1e-3))
    )
    assert closed == ["yellow", "green", "red", "yellow"]
    assert semi == ["green", "green", "green", "yellow"]
    assert exact == ["green"] * 4


def test_a_fast_turn_of_the_field_matters_only_with_a_large_phase():
    short = validity(DOT, 15e-3, 1e-4)
    assert value(short, "nuclear_zeeman_share") > 1
    assert short["nuclear_phase"].level == "green"
    assert validity(DOT, 0.2, 1e-4)["nuclear_phase"].level == "yellow"  # |ω_B|τ_c = 0.126
    assert validity(DOT, 0.5, 1e-4)["nuclear_phase"].level == "red"
    slow = validity(
        DOT.replace(correlation_time=1e-4), 1e-4, 1e-4
    )  # the other way round: |ω_B|τ_c large
    assert value(slow, "nuclear_phase") > 0.3
    assert value(slow, "nuclear_zeeman_share") < 0.01
    assert slow["nuclear_phase"].level == "green"


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_mixing_matters_only_where_spin_spin_heating_does():
    seen = set()
    for tau in np.geomspace(1e-9, 1e-6, 13):
        site = DOT.replace(correlation_time=tau)
        fluxes = cool(site, 40 * LOCAL, 1e-6).isel(field=0)
        matters = float(fluxes.spin_spin_heating / fluxes.zeeman_heating) > 0.1
        row = validity(site, 40 * LOCAL, 1e-6)["field_ratio"]
        assert row.level == ("red" if matters else "yellow")
        seen.add(matters)
    assert seen == {True, False}


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_what_a_long_visit_warms_is_the_spin_spin_energy():
    """T_E at B = 0, by `relax`, is shorter than T1N by three quarters of k²: T2N must be compared with it."""
    site = DOT.replace(correlation_time=1e-7, filling=1)
    warming = relax(site, 0.0).isel(field=0)
    t1n = site.effective_nuclei * float(warming.electron_relaxation_time)
    ratio = t1n * float(warming.relaxation_rate)
    slow = ClosedForm().heating_coefficient(0.0, site.k, nuclei=N, spin=SPIN)
    assert ratio == pytest.approx(
        1.5 * site.k**2 * float(slow), rel=2e-3, abs=0
    )  # T1e = 1.5 τ_c for k ≫ 1
    assert ratio > 8e3
    report = validity(site, 0.0, 0)
    t2n = 1 / (GAMMA * LOCAL)
    assert value(report, "thermalization_ratio") == pytest.approx(
        t2n * float(warming.relaxation_rate), rel=1e-10, abs=0
    )
    assert report["thermalization_ratio"].level == "red"
    assert t2n / t1n < 0.01  # which section S2 calls green
    number = report["thermalization_number"]
    assert (number.red_limit, number.level) == (number.yellow_limit / 10, "red")
    data = cool(site, [0.0], 0.0)
    assert "thermalization_ratio" in data.attrs["warnings"]
    assert data.attrs["condition_thermalization_ratio"] == pytest.approx(
        value(report, "thermalization_ratio"), rel=1e-10, abs=0
    )


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_the_dot_of_the_examples_with_long_visits():
    """τ_c = 100 ns, f = 1: T2N is twelve times T_E(0), and 1.4e-3 of T1N; `relax` and `run` agree."""
    site = read_sample(Path(__file__).parents[2] / "examples" / "gaas-dot.toml").site
    site = site.replace(correlation_time="100 ns", filling=1.0)
    dark = relax(site, 0.0)
    t2n = 1 / (site.nuclear_gyromagnetic_ratio * site.local_field)
    ratio = t2n * float(dark.relaxation_rate[0])
    assert ratio == pytest.approx(12, abs=0.5)
    t1n = site.effective_nuclei * float(dark.electron_relaxation_time[0])
    assert t2n / t1n == pytest.approx(1.4e-3, rel=0.05, abs=0)
    course = run(site, [DarkStage(0.0, 1e-6)], inverse_spin_temperature=1e20)
    for value_of in (dark, course):
        assert value_of.attrs["condition_thermalization_ratio"] == pytest.approx(
            ratio, rel=1e-9, abs=0
        )
        assert "thermalization_ratio" in value_of.attrs["warnings"]


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_the_rates_of_both_reservoirs_make_up_the_warming_rate():
    """(13) is their mean, weighted with the heat capacities; far above B_L it is 1/T1N."""
    field = np.array([0.0, 1e-5, LOCAL, 2e-3, 1.0])
    dark = relax(DOT, field)
    for at, b in enumerate(field):
        loss = TAU / float(dark.electron_relaxation_time[at])
        phi = float(dark.heating_coefficient[at])
        square = heating_field_squared(phi, loss, DOT.k, math.sqrt(3) * LOCAL)
        rate = FILLING * loss / TAU / DOT.effective_nuclei
        parts = reservoir_rates(rate, square, LOCAL)
        whole = (b**2 * parts.zeeman + LOCAL**2 * parts.spin_spin) / (b**2 + LOCAL**2)
        assert float(dark.relaxation_rate[at]) == pytest.approx(float(whole), rel=1e-12, abs=0)


def test_the_fastest_warming_at_zero_field():
    found = minimize_scalar(
        lambda x: -x * slow_heating(x), bounds=(0.5, 3), options={"xatol": 1e-10}
    )
    assert pytest.approx(-found.fun, rel=1e-6, abs=0) == FASTEST_WARMING
    assert found.x == pytest.approx(1.2316, rel=1e-4, abs=0)
    x = np.geomspace(1e-2, 1e3, 201)
    nuclei = 1e6  # spin 1/2: s = 1/(a√N)
    phi = rotating_box_heating(0.0, x * 1e3, nuclei=nuclei)  # by the rotation itself
    warming = phi * x
    assert np.max(warming) <= FASTEST_WARMING * 1.005
    assert np.max(warming) >= FASTEST_WARMING * 0.99
    threshold = spin_spin_threshold(1e-4, HBAR * A * N)
    assert threshold == pytest.approx(1e-4 * np.max(warming) * A * N, rel=0.01, abs=0)


@pytest.mark.parametrize(
    "share", [1.0, 0.3, 1e-3]
)  # of B̃_L in √3 B_L; with the last one T1N is the shorter time
def test_the_number_is_the_worst_ratio_over_all_correlation_times(share):
    site = DOT.replace(kinetic_local_field=share * math.sqrt(3) * LOCAL)
    s = site.dephasing_time
    ratios = [
        value(validity(site.replace(correlation_time=k * s), 0.0, 0), "thermalization_ratio")
        for k in np.geomspace(0.3, 1e4, 60)
    ]
    row = validity(site, 0.0, 0)["thermalization_number"]
    assert row.yellow_limit / 10 / row.value == pytest.approx(max(ratios), rel=5e-3, abs=0)


def test_the_local_field_of_the_quadrupole_ratio_is_without_quadrupole_energy():
    field = {"local_field": math.hypot(3e-4, 4e-4), "quadrupole_field": 4e-4}
    site = DOT.replace(**field)
    assert value(validity(site, 2e-3, 0), "quadrupole_ratio") == pytest.approx(
        4 / 3, rel=1e-12, abs=0
    )
    own = validity(site, 2e-3, 0, quadrupole_field=1e-4)
    assert value(own, "quadrupole_ratio") == pytest.approx(1 / 3, rel=1e-12, abs=0)
    assert site.replace(filling=0.5).quadrupole_field == 4e-4
    assert site.replace(local_field=6e-4).quadrupole_field is None
    assert math.isnan(value(validity(site.replace(local_field=6e-4), 2e-3, 0), "quadrupole_ratio"))
    with pytest.raises(
        InvalidInputError, match=r"quadrupole_field = 0\.0004 T must .* smaller than local_field"
    ):
        DOT.replace(local_field=4e-4, quadrupole_field=4e-4)


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_isotopes_share_no_temperature_in_strong_field_however_little_spin_spin_heating_there_is():
    """Without mixing each isotope has its own I_0; one β gives them spins in proportion to γ."""
    assert cool(TWO, 0.01, 1e-6).spin_spin_heating < 0.01 * cool(TWO, 0.01, 1e-6).zeeman_heating
    assert validity(TWO, 0.01, 1e-6)["field_ratio"].level == "red"
    alike = TWO.replace(
        species=tuple(replace(one, nuclear_gyromagnetic_ratio=GAMMA) for one in TWO.species)
    )
    assert validity(alike, 0.01, 1e-6)["field_ratio"].level == "yellow"
    # an isotope that the electron hardly reaches changes nothing, as one that it does not reach
    for coupling in (0.0, 1e-9 * A):
        second = replace(TWO.species[1], hyperfine_coupling=coupling)
        site = TWO.replace(species=(TWO.species[0], second))
        assert validity(site, 0.01, 1e-6)["field_ratio"].level == "yellow"


def test_the_spread_of_gamma_over_isotopes():
    """γ and −γ/2 of equal weights: ⟨γ⟩ = γ/4, ⟨γ²⟩ = 5γ²/8."""
    assert TWO.ensemble.gyromagnetic_spread == pytest.approx(math.sqrt(0.9), rel=1e-12, abs=0)
    assert DOT.ensemble.gyromagnetic_spread == 0


# What the limits were measured from


def test_the_shortest_relaxation_time():
    found = minimize_scalar(
        lambda k: nuclear_relaxation_time(0.0, k, nuclei=1, filling=1),
        bounds=(0.3, 3),
        options={"xatol": 1e-10},
    )
    assert pytest.approx(found.fun, rel=1e-6, abs=0) == SHORTEST_RELAXATION_TIME
    b, k = np.meshgrid(np.linspace(0, 10, 101), np.geomspace(1e-2, 1e3, 101))
    assert np.min(k / spin_loss(b, k)) >= SHORTEST_RELAXATION_TIME * (
        1 - 1e-6
    )  # no field has a shorter one


@pytest.mark.parametrize("nuclei", [6, 7])
def test_second_order_in_the_spin_spin_interaction(nuclei):
    """4e: the whole evolution at B = 0, where all the heat is that of the spin-spin reservoir, against second order."""
    places = np.array(
        [(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, -1, 0), (1, 0, -1), (0, 1, -1)]
    )[:nuclei]
    h_ss = sum(
        whole_system.dipole(nuclei, 0.5, i, j, places[i] - places[j])
        for i in range(nuclei)
        for j in range(i)
    )
    h_0, h_e = whole_system.fields(nuclei, 0.5, 0.0, 0.0)
    local = math.sqrt(np.sum(np.abs(h_ss) ** 2) / len(h_ss) / (nuclei / 4))  # γ_N B_L over a
    worst = {}
    for phase in (0.1, 0.15, 0.5):
        low = []
        for k in (1, 3, 10):
            x = k / math.sqrt(nuclei)
            scaled = h_ss * phase / (x * local)
            square = np.sum(np.abs(scaled) ** 2) / len(h_ss)
            whole = whole_system.absorbed_energy(h_0 + scaled, h_e, x) / (x**2 * square)
            low.append(1 - whole / whole_system.heating_coefficient(h_0, h_e, [h_ss], x))
        worst[phase] = max(low)
    assert 0.01 < worst[0.1] < 0.02
    assert 0.03 < worst[0.15] < 0.05
    assert 0.3 < worst[0.5] < 0.36


@pytest.mark.parametrize("angle", [0.3, 1.0, 10.0, 1000.0])
def test_rotation_angles(angle):
    k, b = angle * 1e3, np.array([0.0, 0.5, 1, 2, 5])
    dots = rotating_box_heating(b, k, nuclei=1e6)
    closed = ClosedForm().heating_coefficient(b, k, nuclei=1e6)
    assert np.max(np.abs(closed / dots - 1)) < closed_form_error(angle, 0.0)
    if angle <= 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ValidityWarning)
            small = SmallAngle().heating_coefficient(b, k, nuclei=1e6)
        excess = np.max(small / dots - 1)
        assert excess == pytest.approx(0.5 / slow_heating(angle) - 1, rel=0.15, abs=0)
        assert excess < (0.09 if angle == 0.3 else 0.83)


def semiclassical(b, angle, share):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return Semiclassical(tolerance=1e-5).heating_coefficient(
            b, angle * 1e3, nuclei=1e6, nuclear_precession=share / 2e3
        )


@needs_compiler
def test_nuclear_precession_that_is_left_out():
    b = np.array([0, 0.03, 0.1, 0.3, 1, 3, 10])

    def off(angle, share):
        return np.max(np.abs(1 - semiclassical(b, angle, 0.0) / semiclassical(b, angle, share)))

    def phase_off(phase, angle=0.01):
        return off(angle, 2 * phase / angle)

    assert phase_off(0.1) == pytest.approx(0.034, abs=0.006)
    assert 0.25 < phase_off(0.3) < 0.34
    assert off(30, 0.03) < 0.03
    assert 0.6 < off(30, 0.3) < 0.7  # Φ without it is a third
    assert off(100, 0.03) > 0.15
    assert max(off(angle, 0.01) for angle in (10, 30, 100)) < 0.03


@needs_compiler
def test_the_bound_of_the_closed_form():
    """0.16 x² (17% at most) + 4 (ω_Bτ_c)² against the semiclassical Φ; with 0.15 it would be exceeded at b = 0.88."""
    b = np.concatenate([-np.geomspace(0.03, 300, 25), [0.0, -0.78, 0.78, 0.88]])
    tightest = 0.0
    for angle in (0.02, 0.1, 0.3, 1.0, 10.0, 100.0):
        for phase in (0.0, 0.01, -0.05, 0.1, 0.3, 1.0):
            groups = {"nuclei": 1e10, "nuclear_precession": phase / (angle * 1e5)}
            exact = Semiclassical(tolerance=1e-7).heating_coefficient(b, angle * 1e5, **groups)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ValidityWarning)
                off = np.abs(ClosedForm().heating_coefficient(b, angle * 1e5, **groups) / exact - 1)
            assert np.max(off) < closed_form_error(angle, phase)
            if phase == 0:
                tightest = max(tightest, np.max(off) / angle**2)
    assert 0.15 < tightest < 0.16


@needs_compiler
def test_the_closed_form_warns_where_validity_does_and_silence_can_be_trusted():
    """Silent: Φ within 5%, or ω_B changes it by less than 3% of what it is without."""
    rng = np.random.default_rng(4)
    b = np.array([0.0, 0.1, 0.3, 0.9, 3.0, 30.0])
    count = {True: 0, False: 0}
    for angle, share in zip(
        10 ** rng.uniform(-2, 2, 60), 10 ** rng.uniform(-3, 2, 60), strict=True
    ):
        phase = share * angle / 2
        groups = {"nuclei": 1e10, "nuclear_precession": rng.choice([-1, 1]) * phase / (angle * 1e5)}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            closed = ClosedForm().heating_coefficient(b, angle * 1e5, **groups)
        assert bool(caught) == (phase > largest_phase(angle))
        count[bool(caught)] += 1
        if not caught:
            with_field = Semiclassical(tolerance=1e-5).heating_coefficient(b, angle * 1e5, **groups)
            without = Semiclassical(tolerance=1e-5).heating_coefficient(b, angle * 1e5, nuclei=1e10)
            right = np.max(np.abs(closed / with_field - 1)) < CLOSED_FORM_ACCURACY
            assert right or np.max(np.abs(without / with_field - 1)) < 0.03
    assert min(count.values()) > 10
    for field in (1e-3, 0.1, 0.17, 0.18, 0.3):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            cool(DOT, field, 1e-4)
        warned = any("nuclear Zeeman precession" in str(w.message) for w in caught)
        assert (
            warned
            == (validity(DOT, field, 1e-4)["nuclear_phase"].level != "green")
            == (field > 0.175)
        )


@needs_compiler
def test_few_nuclei_against_the_exact_engine():
    def off(nuclei):
        worst = 0.0
        for angle in (0.1, 0.3, 1, 3):
            for share in (0, 1, -1):
                given = {"nuclei": nuclei, "nuclear_precession": share / (2 * math.sqrt(nuclei))}
                b, k = np.array([0.5, 1, 2]), angle * math.sqrt(nuclei)
                exact, mean = Multiplets(tolerance=1e-4), Semiclassical(tolerance=1e-4)
                for ask in ("heating_coefficient", "relaxation_rate"):
                    ratio = getattr(exact, ask)(b, k, **given) / getattr(mean, ask)(b, k, **given)
                    worst = max(worst, float(np.max(np.abs(ratio - 1))))
        return worst

    assert 0.01 < off(1111) < 0.03
    assert 0.1 < off(25) < 1 / 6


def test_a_shift_of_the_precession_changes_the_relaxation_time():
    b, k = np.linspace(-5, 5, 401), 1e3
    change = {u: np.max(spin_loss(b, k) / spin_loss(b + u, k)) for u in (0.1, 1.0)}
    assert change[0.1] == pytest.approx(1.12, abs=0.01)
    assert change[1.0] == pytest.approx(3.0, abs=0.02)


@pytest.mark.parametrize("spin", [0.5, 1.5, 4.5, 50])
@pytest.mark.parametrize("polarization", [0.2, 0.5])
def test_high_temperature_against_the_brillouin_function(spin, polarization):
    linear = polarization * spin
    mean, square = moments(spin, 3 * linear / (spin * (spin + 1)))
    assert 0 < 1 - mean / linear < 0.6 * polarization**2
    if spin == 0.5:
        assert (square - mean**2) * 4 == pytest.approx(1 - math.tanh(polarization) ** 2)


def test_the_flux_of_diffusion():
    largest = DiffusionLimited(1e20, 1e-17, 1e-8).rate(0.0, LOCAL, GAMMA)
    for ratio, share in ((0.1, 0.68), (1.0, 0.24)):
        rate = 1e-17 / 1e-8**2 / ratio  # T_E D/R² = ratio
        got = diluted_rate(rate, density=1e20, diffusivity=1e-17, radius=1e-8)
        assert float(got / largest) == pytest.approx(share, abs=0.005)
