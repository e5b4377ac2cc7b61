"""`optimum` against a dense independent scan of every stable branch, on random samples.

The seed and the number of samples of the long proof are COLDSPIN_PROOF_SEED (1) and
COLDSPIN_PROOF_SAMPLES (2000).
"""

import os
from itertools import product

import numpy as np
import pytest

from coldspin import Site, ValidityWarning, branches, cool, optimum
from coldspin.experiments.models import OptimalField
from coldspin.heating import ClosedForm
from coldspin.materials import Donor
from coldspin.sample.species import Species
from optimum_scan import SPARSE, Sample, disagreements, draw
from samples import DONOR, DOT
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")

_SEED = int(os.environ.get("COLDSPIN_PROOF_SEED", "1"))
_SAMPLES = int(os.environ.get("COLDSPIN_PROOF_SAMPLES", "2000"))
_PIECES = 20  # of the long proof, so that several processes can share it

_GAAS = {"correlation_time": "10 ns", "filling": 0.01}
_NINE = {
    "GaAs 1 ns": Site.from_material("GaAs", dephasing_time="1 ns", **_GAAS),
    "GaAs 3 ns": Site.from_material("GaAs", dephasing_time="3 ns", **_GAAS),
    "GaAs 10 ns": Site.from_material("GaAs", dephasing_time="10 ns", **_GAAS),
    "InAs 1 ns": Site.from_material("InAs", dephasing_time="1 ns", g_factor=0.5, **_GAAS),
    "InAs 10 ns": Site.from_material("InAs", dephasing_time="10 ns", g_factor=-0.5, **_GAAS),
    "CdTe donor": Site.from_material("CdTe", envelope=Donor("5.2 nm"), **_GAAS),
    "GaAs donor": Site.from_material("GaAs", envelope=Donor("10 nm"), **_GAAS),
    "dot": DOT,
    "donor": DONOR,
}
_TIMES = ("1 ns", "10 ns", "100 ns")
_SPINS = (0.001, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5)


def assert_colder_than_its_neighbours(site, spin):
    """Either sign of B has a maximum that nuclei come to from rest, and β falls on both sides of it."""
    found = optimum(site, spin)
    best = found.where((found.kind == "maximum") & found.from_rest, drop=True)
    for sign in (1, -1):
        at = best.field.values[np.sign(best.field.values) == sign]
        assert at.size
        here = np.abs(
            cool(site, at[0] * np.array([0.98, 1.0, 1.02]), spin).inverse_spin_temperature.values
        )
        assert here[1] > here[0]
        assert here[1] > here[2]


def test_the_maximum_below_a_tenth_of_the_local_field():
    """The Overhauser field moves it there: 0.25 to 0.3 G, where the local field is 2 G."""
    site = _NINE["GaAs 10 ns"]
    found = optimum(site, 0.1)
    assert found.kind.values.tolist() == ["maximum", "maximum"]
    assert all(abs(found.field.values) < 0.15 * site.kinetic_local_field)
    assert np.abs(found.inverse_spin_temperature.values[0]) > 6.7e27
    assert_colder_than_its_neighbours(site, 0.1)
    assert OptimalField(site)(0.1)[0] == pytest.approx(abs(float(found.field[0])), rel=1e-9)


@pytest.mark.parametrize("name", _NINE)
def test_samples_of_materials_have_their_maxima(name):
    for spin in (0.01, 0.35):
        assert_colder_than_its_neighbours(_NINE[name], spin)


@pytest.mark.slow
def test_nine_samples_three_times_seven_spins():
    for site, time, spin in product(_NINE.values(), _TIMES, _SPINS):
        assert_colder_than_its_neighbours(site.replace(correlation_time=time), spin)


def test_several_isotopes_to_nine_digits():
    """A polynomial through ln|β| on the branch, which knows no derivative, turns at the same field."""
    site = _NINE["GaAs 3 ns"]
    at = float(optimum(site, 0.1).field[0])
    nodes = 0.1 * np.polynomial.chebyshev.chebpts1(24)
    height = np.log(np.abs(_beta(site, at * (1 + nodes))))
    curve = np.polynomial.Chebyshev.fit(nodes, height, 16, domain=[-0.1, 0.1])
    turns = curve.deriv().roots()
    nearest = turns[np.argmin(np.abs(turns))]
    assert abs(nearest) < 1e-9


def _beta(site, fields):
    data = branches(site, fields, 0.1)
    beta = data.inverse_spin_temperature.values[data.stable.values]
    assert beta.size == fields.size
    return beta


def test_a_range_without_extremum_says_why():
    site = _NINE["GaAs 10 ns"]
    with pytest.warns(
        ValidityWarning,
        match="no extremum between 0.001 T and 0.01 T: it falls from 0.001 to 0.01 T",
    ):
        found = optimum(site, 0.1, fields=("10 G", "100 G"))
    assert found.sizes["extremum"] == 0
    assert found.attrs["no_extremum"] in found.attrs["warnings"]
    with pytest.warns(ValidityWarning, match="it rises from"):
        optimum(site, 0.1, fields=("0 G", "0.1 G"))
    assert optimum(site, 0.1).attrs["no_extremum"] == ""


_LOST = [(1, 43), (1, 51), (2, 33)]  # the search up to version 0.1 lost a maximum of these


@pytest.mark.parametrize("seeds", [*((0, i) for i in range(25)), *_LOST], ids=str)
def test_random_samples_of_fixed_seeds(seeds):
    sample = draw(np.random.default_rng(seeds))
    sample.options.pop("high_temperature", None)  # takes long; the proof below has it
    assert disagreements(sample, SPARSE) == []


def test_the_default_range_has_fields_that_cool_takes():
    weak = DOT.replace(g_factor=1e-6, correlation_time="1 ms")
    found = optimum(weak, 0.1)
    assert found.attrs["search_maximum"] <= 1e5
    cool(weak, [found.attrs["search_minimum"], found.attrs["search_maximum"]], 0.1)


@pytest.mark.parametrize("number", [203, 1944])
def test_polarized_nuclei_lose_no_maximum(number):
    """Rounding hid these: of a balance near saturation, and of ⟨m⟩ at a small polarization."""
    sample = draw(np.random.default_rng([1, number]))
    assert sample.options["high_temperature"] is False
    assert disagreements(sample, SPARSE) == []


def test_the_narrow_minimum_where_isotopes_turn_against_each_other_in_step():
    """(γ_k−γ_l)B compensates the Knight field of the electron along B: at 1.55 T, within 1 %."""
    first = Species(
        nuclei=48,
        nuclear_spin=0.5,
        hyperfine_coupling=-7.1e7,
        nuclear_gyromagnetic_ratio=1.46e8,
        isotope="1X",
    )
    second = Species(
        nuclei=14.5,
        nuclear_spin=0.5,
        hyperfine_coupling=7.1e8,
        nuclear_gyromagnetic_ratio=-1.04e8,
        isotope="2X",
    )
    site = Site(
        species=(first, second),
        local_field=1.4e-6,
        kinetic_local_field=1.4e-6,
        correlation_time=3e-6,
        filling=0.004,
        g_factor=0.15,
    )
    assert disagreements(Sample(site, 1e-3, {"method": ClosedForm()}), SPARSE) == []
    minima = optimum(site, 1e-3, fields=("1 T", "3 T"))
    assert minima.kind.values.tolist() == ["minimum"]
    resonance = abs(first.hyperfine_coupling - second.hyperfine_coupling) / (2 * 2.5e8)
    assert float(minima.field[0]) == pytest.approx(resonance, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(_PIECES))
def test_random_samples(piece):
    problems = {}
    for i in range(piece, _SAMPLES, _PIECES):
        told = disagreements(draw(np.random.default_rng([_SEED, i])))
        if told:
            problems[i] = told
    assert problems == {}


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("methods", ["few", "many"])
@pytest.mark.parametrize("piece", range(4))
def test_random_samples_with_engines(methods, piece):
    problems = {}
    for i in range(piece, max(4, _SAMPLES // 100), 4):
        told = disagreements(draw(np.random.default_rng([_SEED, i]), methods=methods))
        if told:
            problems[i] = told
    assert problems == {}
