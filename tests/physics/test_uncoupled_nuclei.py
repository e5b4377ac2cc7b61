"""Nuclei that the electron does not reach: a → 0 is continuous, T_E by traces, and leaving nuclei out on both sides."""

import math
from dataclasses import replace

import numpy as np
import pytest

import whole_system
from coldspin import InvalidInputError, Site, cool, optimum, relax, validity
from coldspin.constants import HBAR
from coldspin.experiments import CoolingCurve, DarkRate
from coldspin.experiments.models import closed_rates
from coldspin.heating import ClosedForm, Semiclassical, SmallAngle
from coldspin.inputs.sample_files import read_sample
from coldspin.materials import Box, GaussianDot, local_fields
from coldspin.materials.spin_spin_fields import pair_sums
from coldspin.protocols import DarkStage, Measure, PumpStage, Sweep, run
from coldspin.sample.species import Species
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELDS = np.array([0.0, 2e-5, -1e-4, 3e-3])
LEAKAGE = (ConstantRelaxation(3.0), QuadrupoleRelaxation(1.0, 1e-3))
LEAD = {"207Pb": "20 µeV"}


def hole(**changes):
    """A hole in MAPbI3 whose coupling to 207Pb is made up."""
    given = {
        "carrier": "hole",
        "cells": 2e4,
        "g_factor": 0.28,
        "correlation_time": "20 ns",
        "filling": 0.01,
    }
    return Site.from_material("MAPbI3", **given | {"hyperfine": LEAD} | changes)


def near_zero():
    """The same with a coupling to 127I of 5e-11 of that to 207Pb."""
    return hole(hyperfine=LEAD | {"127I": "1e-9 µeV"})


STAGES = (
    PumpStage("20 G", "0.5 s", 0.05),
    Sweep("1 G", duration="5 ms"),
    DarkStage("0.5 G", "0.05 s"),
    Measure("20 G"),
)
RESULTS = {
    "relax": lambda site, **options: relax(site, FIELDS, **options),
    "leaking": lambda site, **options: relax(site, FIELDS, leakage=LEAKAGE, **options),
    "cool": lambda site, **options: cool(site, FIELDS, 0.05, **options),
    "cool with leakage": lambda site, **options: cool(
        site, FIELDS, 0.05, leakage=LEAKAGE, **options
    ),
    "cool with a Knight field": lambda site, **options: cool(
        site, FIELDS, 0.3, knight_field=True, optical_axis_angle=0.4, leakage=LEAKAGE, **options
    ),
    "any polarization": lambda site, **options: cool(
        site, FIELDS[1:], 0.4, high_temperature=False, leakage=LEAKAGE, **options
    ),
    "optimum": lambda site, **options: optimum(site, 0.02, fields=("-50 mT", "50 mT"), **options),
    "run": lambda site, **options: run(site, STAGES, points=5, leakage=LEAKAGE, **options),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_vanishing_coupling_is_continuous(name):
    compute = RESULTS[name]
    limit = compute(hole(only=["207Pb"]))
    small = compute(near_zero(), effective_isotope=True)
    assert set(limit.data_vars) == set(small.data_vars)
    for variable in limit.data_vars:
        if limit[variable].dtype.kind == "f":
            scale = float(np.nanmax(np.abs(limit[variable].where(np.isfinite(limit[variable])))))
            np.testing.assert_allclose(
                small[variable], limit[variable], rtol=1e-7, atol=1e-7 * scale
            )
    zero = compute(hole(hyperfine=LEAD | {"127I": 0}))
    for variable in limit.data_vars:
        np.testing.assert_array_equal(zero[variable], limit[variable])


def test_a_size_by_nuclei_and_dephasing_time_has_the_others_in_proportion():
    by_cells = hole(only=["207Pb"])
    lead = by_cells.coupled[0]
    site = hole(
        hyperfine=None,
        cells=None,
        only="207Pb",
        nuclei=lead.nuclei,
        dephasing_time=f"{by_cells.dephasing_time} s",
    )
    assert [one.isotope for one in site.isotopes] == ["207Pb", "127I"]
    for one, other in zip(site.isotopes, by_cells.isotopes, strict=True):
        assert one.nuclei == pytest.approx(other.nuclei, rel=1e-12, abs=0)
        assert one.hyperfine_coupling == pytest.approx(other.hyperfine_coupling, rel=1e-12, abs=0)
    np.testing.assert_allclose(
        relax(site, FIELDS).relaxation_rate, relax(by_cells, FIELDS).relaxation_rate, rtol=1e-11
    )


@pytest.mark.parametrize("method", [ClosedForm(), SmallAngle()], ids=repr)
@pytest.mark.parametrize("ordinate", ["relaxation_rate", "relaxation_time"])
def test_the_fitted_dark_rate_is_that_of_relax(method, ordinate):
    """In closed form, with its derivatives, although most of the heat capacity is that of other nuclei."""
    site, x = hole(only=["207Pb"]), FIELDS[1:]
    assert closed_rates.applies(site, method)
    model = DarkRate(site, ordinate, method)
    np.testing.assert_allclose(model(x), relax(site, x, method=method)[ordinate], rtol=1e-12)
    np.testing.assert_allclose(
        DarkRate(near_zero(), ordinate, method, effective_isotope=True)(x), model(x), rtol=1e-6
    )
    values = {name: parameter.start for name, parameter in model.parameters.items()}
    assert values["nuclei"] == pytest.approx(site.coupled[0].nuclei, rel=1e-15, abs=0)
    slopes = model.gradient(x, values)
    for name in ("nuclei", "local_field", "correlation_time", "filling"):
        up, down = (
            model.evaluate(x, values | {name: values[name] * (1 + step)}) for step in (1e-5, -1e-5)
        )
        np.testing.assert_allclose(slopes[name], (up - down) / (2e-5 * values[name]), rtol=1e-6)
    twice = model(x, nuclei=2 * values["nuclei"])
    scaled = hole(
        only=["207Pb"], cells=4e4, hyperfine={"207Pb": f"{20 * math.sqrt(2)} µeV"}
    )  # the same T2e*
    np.testing.assert_allclose(twice, relax(scaled, x, method=method)[ordinate], rtol=1e-12)


def test_the_fitted_cooling_curve_is_that_of_cool():
    site, x = hole(only=["207Pb"]), FIELDS[1:]
    for leak in ({}, {"constant_rate": 0.3}):
        curve = CoolingCurve(site, 0.05, "overhauser_field", self_consistent=False)(x, **leak)
        leakage = ConstantRelaxation(1 / 0.3) if leak else None
        data = cool(site, x, 0.05, self_consistent=False, leakage=leakage)
        np.testing.assert_allclose(curve, data.overhauser_field, rtol=1e-11)


def cluster():
    """Five nuclei 1/2 at random places: two that the electron couples to, three that it does not."""
    random = np.random.default_rng(5)
    places = random.normal(size=(5, 3))
    gamma = np.array([5.6e7, 5.6e7, 3.1e7, 3.1e7, 3.1e7])
    couplings = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.eye(5)
    strength = np.outer(gamma, gamma) / distance**3 * (1 - np.eye(5)) * HBAR * 1e-13
    return places, gamma, couplings, strength


def test_warming_at_zero_field_by_traces():
    """τ_c → 0: an electron brings β τ_c² Σ_α Tr |[h_α, H_SS]|²/4, h = Σ a_j I_j, to nuclei with −∂E/∂β = Tr H_SS²."""
    places, gamma, couplings, strength = cluster()
    _, sites = whole_system.operators(5, 0.5)
    h_ss = 0.0
    for i in range(5):
        for j in range(i):
            between = places[i] - places[j]
            unit = whole_system.dipole(5, 0.5, i, j, between) * np.linalg.norm(between) ** 3
            h_ss = h_ss + strength[i, j] * unit
    trace = np.sum(np.abs(h_ss) ** 2) / len(h_ss)
    a, time, filling = 2e6, 1e-12, 0.3
    taken = 0.0
    for axis in range(3):
        h = a * sum(c * site[axis] for c, site in zip(couplings, sites, strict=True))
        taken += time**2 / 4 * np.sum(np.abs(h @ h_ss - h_ss @ h) ** 2) / len(h_ss)
    sums = pair_sums([0.5] * 5, gamma, np.zeros((5, 5)), strength)
    assert sums.dipolar.sum() == pytest.approx(trace, rel=1e-10, abs=0)
    species = tuple(
        Species(nuclei=n, nuclear_spin=0.5, hyperfine_coupling=c, nuclear_gyromagnetic_ratio=g)
        for n, c, g in ((2, a, gamma[0]), (3, 0.0, gamma[2]))
    )
    site = Site(
        species=species,
        local_field=sums.heat_capacity_field(),
        kinetic_local_field=sums.kinetic_field(couplings),
        correlation_time=time,
        filling=filling,
        g_factor=1.0,
    )
    by_traces = filling / time * taken / trace
    assert float(relax(site, 0.0).relaxation_rate[0]) == pytest.approx(by_traces, rel=1e-6, abs=0)


def test_a_channel_acts_on_each_isotope_with_its_own_precession():
    """Energy lost: Σ N_kγ_k²[B² J(γ_kB) + 2B_L²]/T_Q of Σ N_kγ_k²(B² + B_L²), whatever the electron couples to."""
    tau, rest, b = 1e-4, 0.7, 1e-3
    site = hole(only=["207Pb"])
    weights = [n.effective_nuclei * n.nuclear_gyromagnetic_ratio**2 for n in site.isotopes]
    lost = 0.0
    for weight, one in zip(weights, site.isotopes, strict=True):
        turn = (one.nuclear_gyromagnetic_ratio * b * tau) ** 2
        spectrum = 0.2 / (1 + turn) + 0.8 / (1 + 4 * turn)
        lost += weight * (b**2 * spectrum + 2 * site.local_field**2) / rest
    by_hand = lost / (sum(weights) * (b**2 + site.local_field**2))
    leaking = relax(site, b, leakage=QuadrupoleRelaxation(rest, tau))
    assert float(leaking.leakage_rate[0]) == pytest.approx(by_hand, rel=1e-12, abs=0)
    fitted = DarkRate(site, "relaxation_rate")(
        np.array([b]), quadrupole_rate=1 / rest, quadrupole_correlation_time=tau
    )
    assert fitted[0] == pytest.approx(float(leaking.relaxation_rate[0]), rel=1e-12, abs=0)


def test_isolated_nuclei_are_out_of_both_sides():
    """207Pb alone: B_L of its own dipoles, the same for one isotope without any other in the crystal."""
    site = hole(only=["207Pb"], isolated=["127I"])
    (lead,) = site.isotopes
    assert lead.isotope == "207Pb"
    assert site.local_field == pytest.approx(0.0284e-4, rel=2e-3, abs=0)
    assert site.kinetic_local_field == pytest.approx(
        math.sqrt(3) * site.local_field, rel=1e-12, abs=0
    )
    fields = local_fields("MAPbI3", carrier="hole", isolated=["127I"])
    # by hand: 22.1 % of a simple cubic lattice, Σ 1/r⁶ = 8.4019 /a⁶, B_L² = 3 c Σ (µ0/4π)² ħ²γ² x /r⁶
    length = 6.28e-10
    by_hand = (
        1e-7
        * HBAR
        * lead.nuclear_gyromagnetic_ratio
        / length**3
        * math.sqrt(3 / 4 * 0.221 * 8.4019)
    )
    assert fields.heat_capacity == pytest.approx(by_hand, rel=5e-3, abs=0)
    assert fields.dipolar == pytest.approx(fields.heat_capacity, rel=1e-12, abs=0)
    assert fields.nearest_share == 0  # the nearest neighbours of lead in the crystal are iodine
    whole = local_fields("MAPbI3", carrier="hole")
    share = whole.sums.zeeman / whole.sums.zeeman.sum()
    assert whole.heat_capacity**2 > share[0] * fields.heat_capacity**2
    data = relax(site, FIELDS)
    assert (data.attrs["isolated"], "uncoupled" in data.attrs) == ("127I", False)
    assert relax(hole(only=["207Pb"]), FIELDS).attrs["uncoupled"] == "127I"


def test_isolated_nuclei_leave_the_quadrupole_energy_with_them():
    quiet = hole(only=["207Pb"], isolated=["127I"])
    assert validity(quiet, "1 G", 1e-3)["quadrupole_ratio"].level == "green"
    unknown = validity(hole(only=["207Pb"]), "1 G", 1e-3)["quadrupole_ratio"]
    assert (unknown.level, unknown.meaning.startswith("give quadrupole_field")) == ("unknown", True)
    split = hole(only=["207Pb"], quadrupole_frequencies={"127I": 8e7})
    row = validity(split, "1 G", 1e-3)["quadrupole_ratio"]
    assert row.level == "red"
    fields = local_fields("MAPbI3", carrier="hole", quadrupole_frequencies={"127I": 8e7})
    assert fields.quadrupole > 1  # teslas
    assert row.value == pytest.approx(fields.quadrupole / fields.spin_spin, rel=1e-6, abs=0)
    apart = hole(only=["207Pb"], isolated=["127I"], quadrupole_frequencies={"127I": 8e7})
    assert apart.local_field == pytest.approx(quiet.local_field, rel=1e-12, abs=0)
    assert apart.quadrupole_field == 0


def test_the_heat_of_isotopes_against_each_other_keeps_the_red_limit():
    """GaAs at 0.3 T: B_h² is small against B², but one temperature lets the isotopes heat each other."""
    site = Site.from_material("GaAs", cells=5e4, correlation_time="20 ns", filling=0.01)
    report = validity(site, "0.3 T", 0.01, self_consistent=False)
    fluxes = cool(site, "0.3 T", 0.01, self_consistent=False).isel(field=0)
    gamma, weights = site.ensemble.gyromagnetic_ratio, site.ensemble.weights
    beta = float(fluxes.inverse_spin_temperature)
    arrivals = site.filling / float(fluxes.electron_relaxation_time)
    own = beta * HBAR**2 / 4 * 0.3**2 * arrivals * float(weights @ gamma**2)
    assert float(fluxes.spin_spin_heating) < 0.1 * own < float(fluxes.zeeman_heating) - own
    assert report["field_ratio"].level == "red"
    alike = site.replace(
        species=[
            replace(one, nuclear_gyromagnetic_ratio=site.box.nuclear_gyromagnetic_ratio)
            for one in site.isotopes
        ]
    )
    assert validity(alike, "0.3 T", 0.01, self_consistent=False)["field_ratio"].level == "yellow"


def test_isotopes_that_hardly_mix_are_told_of_in_strong_field():
    """T1N of 207Pb alone is 1/144 of that with the heat capacity of iodine."""
    shared, alone = hole(only=["207Pb"]), hole(only=["207Pb"], isolated=["127I"])
    strong = "1 T"
    times = [float(relax(site, strong).zeeman_relaxation_rate[0]) for site in (shared, alone)]
    factor = shared.ensemble.mixing_factor
    assert times[1] / times[0] == pytest.approx(factor, rel=1e-7, abs=0)  # B_L²/B² is 4e-9
    assert factor == pytest.approx(144, abs=1)
    for field, told in (("1 G", False), ("1 T", True)):
        data = cool(shared, field, 1e-3)
        assert ("isotope_mixing" in data.attrs["warnings"]) == told
        assert validity(shared, field, 1e-3)["isotope_mixing"].level == ("red" if told else "green")
    assert "condition_isotope_mixing" not in cool(alone, strong, 1e-3).attrs
    gaas = Site.from_material("GaAs", cells=1e5, correlation_time="1 ns", filling=0.01)
    assert "isotope_mixing" not in cool(gaas, strong, 1e-4).attrs["warnings"]


@needs_compiler
def test_an_engine_takes_one_coupled_isotope_as_one():
    site, alone = hole(only=["207Pb"]), hole(only=["207Pb"], isolated=["127I"])
    method = Semiclassical(tolerance=1e-4)
    with_others, without = (relax(one, 1e-3, method=method) for one in (site, alone))
    assert float(with_others.heating_coefficient[0]) == float(without.heating_coefficient[0])
    assert site.box == alone.box == site.coupled[0]
    assert not site.ensemble.differ


def test_a_file_and_a_wave_function_say_the_same(tmp_path):
    text = (
        '[site]\nmaterial = "MAPbI3"\ncarrier = "hole"\nonly = ["207Pb"]\nhyperfine = { 207Pb = '
        '"20 µeV" }\n'
        'isolated = ["127I"]\ncells = 2e4\ng_factor = 0.28\ncorrelation_time = "20 ns"\nfilling = '
        "0.01\n"
        "[electron]\nspin = 0.02\n"
    )
    path = tmp_path / "hole.toml"
    path.write_text(text, encoding="utf-8")
    assert read_sample(path).site == hole(only=["207Pb"], isolated=["127I"])
    path.write_text(text.replace('isolated = ["127I"]\n', ""), encoding="utf-8")
    assert read_sample(path).site == hole(only=["207Pb"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: hole(only=["207Pb"], isolated=["129I"]),
            "isolated names '129I', which is not in MAPbI3",
        ),
        (
            lambda: hole(only=["207Pb"], isolated=["207Pb"]),
            "isolated names 207Pb, to which the hole couples",
        ),
        (
            lambda: hole(isolated=["127I"], hyperfine=LEAD | {"127I": "1 µeV"}),
            "isolated names 127I, to which the hole",
        ),
        (
            lambda: hole(only=["207Pb"], isolated=["207Pb", "127I"]),
            "isolated names all isotopes of MAPbI3",
        ),
        (lambda: hole(only=["207Pb"], isolated=3), "isolated must be isotopes"),
        (
            lambda: hole(only=["207Pb"], local_field="1 G", quadrupole_frequencies={"127I": 1e5}),
            "quadrupole_field = .* smaller than local_field",
        ),
        (
            lambda: Site(
                species=[
                    Species(
                        nuclei=1,
                        nuclear_spin=0.5,
                        hyperfine_coupling=0,
                        nuclear_gyromagnetic_ratio=6e7,
                    )
                ],
                local_field=1e-4,
                correlation_time=1e-9,
                filling=1,
                g_factor=1,
            ),
            "all of them; the electron must couple to one",
        ),
        (lambda: hole(only=["207Pb"]).replace(envelope="5 nm"), "envelope must be a wave function"),
    ],
)
def test_bad_input_in_one_sentence(call, words):
    with pytest.raises(InvalidInputError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_the_wave_function_goes_into_the_validity_of_a_dot():
    dot = GaussianDot(("10 nm", "8 nm", "3 nm"))
    site = Site.from_material("GaAs", envelope=dot, correlation_time="50 ns", filling=0.01)
    box = site.knight_resonance / site.local_field
    report = validity(site, "1 G", 1e-3)
    assert report["static_knight_field"].value == pytest.approx(2**1.5 * box, rel=1e-12, abs=0)
    step = 2**1.5 * math.sqrt(2 / math.e) / 3e-9 * site.cell_distance
    assert report["knight_gradient"].value == pytest.approx(step * box, rel=1e-12, abs=0)
    even = Site.from_material(
        "GaAs", envelope=Box(["10 nm"] * 3), correlation_time="50 ns", filling=0.01
    )
    edge = validity(even, "1 G", 1e-3)
    assert edge["knight_gradient"].value == pytest.approx(
        edge["static_knight_field"].value, rel=1e-12, abs=0
    )
