"""The dark rate as a model: the facade's numbers by either path, and the classical one written out."""

import math

import numpy as np
import pytest

from coldspin import Site, relax
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models import ClassicalDarkRate, DarkRate
from coldspin.experiments.models.sample import channels, vary_site
from coldspin.heating import Automatic, ClosedForm, Multiplets, Semiclassical, SmallAngle
from coldspin.materials import Donor
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from methods import METHODS
from samples import DONOR, DOT
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELDS = np.array([-2e-2, -1e-3, 0.0, 3e-5, 4e-4, 0.01])
SMALL = DONOR.replace(nuclei=6, correlation_time="2 ns")
CDTE = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
CHANNELS = {
    "constant_rate": 0.3,
    "diffusion_rate": 0.1,
    "quadrupole_rate": 0.7,
    "quadrupole_correlation_time": 2e-5,
}
GIVEN = (ConstantRelaxation(1 / 0.4), QuadrupoleRelaxation(1 / 0.7, 2e-5))
EVERYTHING = {
    "nuclei": 3e3,
    "filling": 2e-2,
    "correlation_time": 3e-9,
    "dephasing_time": 7e-9,
    "g_factor": 0.9,
    "local_field": 8e-5,
    "kinetic_local_field": 2e-4,
}


def other_site(site):
    """The site with EVERYTHING: a/ħ of either sign from T2e* and N_I."""
    size = 4 * EVERYTHING["nuclei"] * site.nuclear_spin * (site.nuclear_spin + 1) / 3
    coupling = math.copysign(
        1 / (EVERYTHING["dephasing_time"] * math.sqrt(size)), site.hyperfine_coupling
    )
    values = {name: value for name, value in EVERYTHING.items() if name != "dephasing_time"}
    return site.replace(**values, hyperfine_coupling=coupling)


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# One isotope, in closed form


@pytest.mark.parametrize("method", [ClosedForm(), SmallAngle()], ids=repr)
@pytest.mark.parametrize("site", [DONOR, DOT], ids=["donor", "dot"])
@pytest.mark.parametrize("ordinate", ["relaxation_rate", "relaxation_time"])
def test_closed_form_is_relax(site, method, ordinate):
    model = DarkRate(site, ordinate, method)
    same(model(FIELDS), relax(site, FIELDS, method=method)[ordinate])
    same(model(FIELDS, **CHANNELS), relax(site, FIELDS, method=method, leakage=GIVEN)[ordinate])


@pytest.mark.parametrize("sign", [1, -1])
def test_every_parameter_of_the_sample(sign):
    site = DOT.replace(hyperfine_coupling=sign * DOT.hyperfine_coupling)
    same(DarkRate(site)(FIELDS, **EVERYTHING), relax(other_site(site), FIELDS).relaxation_time)


@pytest.mark.parametrize("name", EVERYTHING)
def test_each_parameter_alone_matters_by_the_engine_as_in_closed_form(name):
    given = {name: EVERYTHING[name]}
    values = {n: p.start for n, p in DarkRate(DOT).parameters.items()} | given
    same(
        DarkRate(DOT)(FIELDS, **{"kinetic_local_field": DOT.kinetic_local_field} | given),
        _by_engine(DOT, values),
    )
    assert not np.allclose(DarkRate(DOT)(FIELDS, **given), DarkRate(DOT)(FIELDS), rtol=1e-6)


def _by_engine(site, values):
    return DarkRate(site)._by_engine(FIELDS, values) ** -1.0


def test_arrays_of_parameters_broadcast_with_the_field():
    values = {name: p.start for name, p in DarkRate(DONOR).parameters.items()} | CHANNELS
    many = {name: np.array([[value], [2 * value]]) for name, value in values.items()}
    found = DarkRate(DONOR).evaluate(FIELDS, many)
    assert found.shape == (2, FIELDS.size)
    same(found[0], DarkRate(DONOR)(FIELDS, **values))
    same(found[1], DarkRate(DONOR)(FIELDS, **{name: 2 * value for name, value in values.items()}))


# By an engine


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_every_method_is_relax(method):
    fields = FIELDS[2:5]
    model = DarkRate(SMALL, method=method)
    same(
        model(fields, **CHANNELS),
        relax(SMALL, fields, method=method, leakage=GIVEN).relaxation_time,
    )


def test_several_isotopes_are_relax():
    same(DarkRate(CDTE)(FIELDS, **CHANNELS), relax(CDTE, FIELDS, leakage=GIVEN).relaxation_time)


@needs_compiler
def test_an_engine_takes_one_isotope_for_several_where_it_may():
    fields, method = FIELDS[2:4], Semiclassical()
    found = DarkRate(CDTE, method=method, effective_isotope=True)(fields)
    same(found, relax(CDTE, fields, method=method, effective_isotope=True).relaxation_time)
    with pytest.raises(InvalidInputError, match="holds for one isotope, and the site has 4"):
        DarkRate(CDTE, method=method)(fields)


def test_isotopes_keep_their_shares_and_ratios():
    """N twice and T2e* thrice: every a/ħ falls by 3√2."""
    scaled = vary_site(
        CDTE, {name: p.start for name, p in DarkRate(CDTE).parameters.items()} | _changed(CDTE)
    )
    for one, other in zip(CDTE.species, scaled.species, strict=True):
        assert other.nuclei == pytest.approx(2 * one.nuclei, rel=1e-14)
        assert other.hyperfine_coupling == pytest.approx(
            one.hyperfine_coupling / (3 * math.sqrt(2)), rel=1e-14
        )
        assert other.nuclear_gyromagnetic_ratio == one.nuclear_gyromagnetic_ratio
    assert scaled.dephasing_time == pytest.approx(3 * CDTE.dephasing_time, rel=1e-14)
    same(DarkRate(CDTE)(FIELDS, **_changed(CDTE)), relax(scaled, FIELDS).relaxation_time)


@pytest.mark.parametrize("site", [CDTE, DONOR], ids=["isotopes", "one"])
@pytest.mark.parametrize("size", [0.0, 1e-300, 1e300, math.inf])
def test_a_search_may_try_any_size(site, size):
    values = {name: p.start for name, p in DarkRate(site).parameters.items()}
    for name in (
        "nuclei",
        "dephasing_time",
        "correlation_time",
        "filling",
        "local_field",
        "kinetic_local_field",
    ):
        assert vary_site(site, values | {name: size}).dephasing_time > 0
    assert vary_site(site, values | {"g_factor": -size}).g_factor < 0
    assert (
        vary_site(site, values | dict.fromkeys(("nuclei", "dephasing_time"), size)).dephasing_time
        > 0
    )


def _changed(site):
    return {"nuclei": 2 * site.ensemble.nuclei.sum(), "dephasing_time": 3 * site.dephasing_time}


# Parameters


def test_kinetic_local_field_follows_the_local_field_of_dipoles_only():
    assert DarkRate(DONOR).parameters["kinetic_local_field"].follows == (
        "local_field",
        math.sqrt(3),
    )
    same(
        DarkRate(DONOR)(FIELDS, local_field=2e-4),
        relax(DONOR.replace(local_field=2e-4), FIELDS).relaxation_time,
    )
    other = DONOR.replace(kinetic_local_field="1 G")
    assert DarkRate(other).parameters["kinetic_local_field"].follows is None
    expected = relax(
        other.replace(local_field=2e-4, kinetic_local_field=1e-4), FIELDS
    ).relaxation_time
    same(DarkRate(other)(FIELDS, local_field=2e-4), expected)


def test_kinetic_local_field_of_a_material_keeps_its_ratio():
    """Both are sums over the same couplings: a material whose neighbours couple half as much has half of both."""
    donor = {"envelope": Donor("5.2 nm"), "correlation_time": "2 ns", "filling": 1e-4}
    site = Site.from_material("CdTe", **donor)
    ratio = site.kinetic_local_field / site.local_field
    assert DarkRate(site).parameters["kinetic_local_field"].follows == (
        "local_field",
        pytest.approx(ratio, rel=1e-14),
    )
    scaled = site.replace(local_field=2 * site.local_field)
    assert scaled.kinetic_local_field == pytest.approx(2 * site.kinetic_local_field, rel=1e-14)
    same(
        DarkRate(site)(FIELDS, local_field=scaled.local_field),
        relax(scaled, FIELDS).relaxation_time,
    )
    own = Site.from_material("CdTe", **donor, local_field=2 * site.local_field)
    assert own.kinetic_local_field == pytest.approx(scaled.kinetic_local_field, rel=1e-14)
    with pytest.raises(InvalidInputError, match="local_field must be greater than zero"):
        Site.from_material("CdTe", **donor, local_field="-1 G")
    own = site.replace(local_field="1 G", kinetic_local_field="1.3 G")
    assert own.kinetic_local_field == pytest.approx(1.3e-4, rel=1e-14)


def test_channels_of_rate_zero_are_none():
    values = {name: p.start for name, p in DarkRate(DONOR).parameters.items()}
    assert channels(values) == ()
    assert channels(values | {"constant_rate": 5e-324}) == ()
    assert channels(values | {"constant_rate": 0.25}) == (ConstantRelaxation(4.0),)


def test_the_sample_says_where_to_start():
    model = DarkRate(CDTE)
    assert model.guess(FIELDS, FIELDS) == {}
    starts = {name: p.start for name, p in model.parameters.items()}
    assert starts["nuclei"] == pytest.approx(CDTE.ensemble.nuclei.sum())
    for name in (
        "filling",
        "correlation_time",
        "dephasing_time",
        "g_factor",
        "local_field",
        "kinetic_local_field",
    ):
        assert starts[name] == getattr(CDTE, name)


def test_axes():
    field, time = DarkRate(DONOR).axes
    assert (field.name, field.dimension.unit, time.name, time.dimension.unit) == (
        "field",
        "tesla",
        "relaxation_time",
        "second",
    )
    assert DarkRate(DONOR, "relaxation_rate").axes[1].dimension.unit == "1 / second"


def test_ordinate_is_one_of_two():
    for model in (DarkRate, ClassicalDarkRate):
        with pytest.raises(
            InvalidInputError,
            match="ordinate must be one of relaxation_rate, relaxation_time, not 'T1'",
        ):
            model(DONOR, "T1")


# Doubts


@pytest.mark.parametrize("method", [ClosedForm(), Automatic(), Multiplets()], ids=repr)
@needs_compiler
def test_doubts_are_the_warnings_of_relax(method):
    model, site = DarkRate(SMALL, method=method), SMALL.replace(nuclei=6.3, filling=0.5)
    values = {name: p.start for name, p in DarkRate(site).parameters.items()}
    told = relax(site, FIELDS, method=method).attrs["warnings"].splitlines()
    assert told
    assert [str(warning) for warning in model.doubts(FIELDS, values)] == told


# Classical


def test_classical_rate_written_out():
    model = ClassicalDarkRate(DONOR, "relaxation_rate")
    values = {"zeeman_rate": 0.2, "local_field": 3e-5, "kinetic_local_field": 7e-5, **CHANNELS}
    for field, found in zip(FIELDS, model(FIELDS, **values), strict=True):
        phase = (field * 6e7 * 2e-5) ** 2
        spectrum = 0.2 / (1 + phase) + 0.8 / (1 + 4 * phase)
        electron = 0.2 * (field**2 + 7e-5**2) / (field**2 + 3e-5**2)
        quadrupole = 0.7 * (field**2 * spectrum + 2 * 3e-5**2) / (field**2 + 3e-5**2)
        assert found == pytest.approx(electron + 0.4 + quadrupole, rel=1e-13)
    same(ClassicalDarkRate(DONOR)(FIELDS, **values), 1 / model(FIELDS, **values))


def test_zeeman_rate_starts_from_the_sample():
    size = 4 * DOT.nuclei * 1.5 * 2.5 / 3
    expected = DOT.filling * DOT.correlation_time / (2 * size * DOT.dephasing_time**2)
    assert ClassicalDarkRate(DOT).parameters["zeeman_rate"].start == pytest.approx(
        expected, rel=1e-14
    )


def test_the_classical_model_has_the_same_ordinate_and_nothing_below_it():
    limit = DarkRate(DONOR, "relaxation_rate").classical()
    assert limit == ClassicalDarkRate(DONOR, "relaxation_rate")
    assert limit.classical() is None
    assert limit.doubts(FIELDS, {}) == ()
