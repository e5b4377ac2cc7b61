"""The cooling curve as a model: the facade's numbers with every effect, and what it adds to them."""

import itertools
import math

import numpy as np
import pytest

from coldspin import Site, cool
from coldspin.constants import BOHR_MAGNETON, BOLTZMANN, HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models import ClassicalCooling, CoolingCurve
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.materials import Donor
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from methods import METHODS
from samples import DONOR, DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELDS = np.array([-1e-2, -4e-4, 3e-5, 2e-4, 2e-2])
ORDINATES = ("inverse_spin_temperature", "spin_temperature", "overhauser_field")
SMALL = DONOR.replace(nuclei=6, correlation_time="2 ns")
CDTE = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
EFFECTS = (
    {"self_consistent": False},
    {"self_consistent": True},
    {"self_consistent": False, "knight_field": True},
    {"self_consistent": True, "knight_field": True, "optical_axis_angle": 0.6},
    {"self_consistent": False, "optical_axis_angle": 2.5},
)
CHANNELS = {"constant_rate": 0.3, "quadrupole_rate": 0.7, "quadrupole_correlation_time": 2e-5}
GIVEN = (ConstantRelaxation(1 / 0.3), QuadrupoleRelaxation(1 / 0.7, 2e-5))

ordinate = pytest.mark.parametrize("ordinate", ORDINATES)


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def free(site, **options):
    """Curve in closed form: nothing acts back."""
    return CoolingCurve(site, self_consistent=False, **options)


# The facade's numbers


@ordinate
@pytest.mark.parametrize("effects", EFFECTS, ids=lambda e: ", ".join(map(str, e.items())))
@pytest.mark.parametrize("site", [DONOR, DOT, CDTE], ids=["donor", "dot", "cdte"])
def test_every_effect_is_that_of_cool(site, effects, ordinate):
    model = CoolingCurve(site, ordinate=ordinate, **effects)
    same(model(FIELDS, electron_spin=0.1), cool(site, FIELDS, 0.1, **effects)[ordinate])
    same(
        model(FIELDS, electron_spin=-0.1, **CHANNELS),
        cool(site, FIELDS, -0.1, leakage=GIVEN, **effects)[ordinate],
    )
    same(
        model(FIELDS, electron_spin=0.1, leakage_factor=0.4),
        cool(site, FIELDS, 0.1, leakage=0.4, **effects)[ordinate],
    )


@ordinate
def test_small_angles(ordinate):
    model = free(DOT, electron_spin=0.1, ordinate=ordinate, method=SmallAngle())
    same(
        model(FIELDS), cool(DOT, FIELDS, 0.1, self_consistent=False, method=SmallAngle())[ordinate]
    )


@ordinate
@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_every_method_is_cool(method, ordinate):
    fields = FIELDS[1:4]
    model = CoolingCurve(SMALL, electron_spin=0.1, ordinate=ordinate, method=method)
    same(model(fields), cool(SMALL, fields, 0.1, method=method)[ordinate])


@ordinate
def test_any_polarization(ordinate):
    site = DONOR.replace(filling=0.1)
    model = CoolingCurve(site, electron_spin=0.4, ordinate=ordinate, high_polarization=True)
    same(model(FIELDS), cool(site, FIELDS, 0.4, high_temperature=False)[ordinate])
    assert not np.allclose(
        model(FIELDS), CoolingCurve(site, electron_spin=0.4, ordinate=ordinate)(FIELDS), rtol=1e-3
    )


@ordinate
def test_the_closed_form_is_what_the_engine_says_of_the_same_sample(ordinate):
    """Channels of no rate but for rounding switch the closed form off."""
    given = {
        "nuclei": 2e4,
        "dephasing_time": 4e-9,
        "correlation_time": 3e-9,
        "g_factor": 0.7,
        "local_field": 2e-4,
    }
    model = free(DOT, electron_spin=0.1, ordinate=ordinate)
    same(model(FIELDS, **given), model(FIELDS, **given, constant_rate=1e-30))


# What the model adds


@ordinate
def test_amplitude_is_a_factor(ordinate):
    for model in (
        free(DONOR, electron_spin=0.1, ordinate=ordinate),
        CoolingCurve(DONOR, 0.1, ordinate),
    ):
        same(model(FIELDS, amplitude=-2.5), -2.5 * model(FIELDS))


@ordinate
@pytest.mark.parametrize("self_consistent", [True, False])
def test_polarity_is_the_sign_of_the_spin(ordinate, self_consistent):
    one, other = (
        CoolingCurve(
            DONOR, spin, ordinate, polarity=sign, self_consistent=self_consistent, knight_field=True
        )
        for spin, sign in ((0.1, -1), (-0.1, 1))
    )
    same(one(FIELDS), other(FIELDS))


@pytest.mark.parametrize("effects", EFFECTS[:4], ids=lambda e: ", ".join(map(str, e.items())))
def test_field_and_spin_reversed_leave_the_temperature_and_reverse_the_overhauser_field(effects):
    for name, sign in zip(ORDINATES, (1, 1, -1), strict=True):
        model = CoolingCurve(DONOR, 0.1, name, **effects)
        np.testing.assert_allclose(
            sign * model(-FIELDS, electron_spin=-0.1), model(FIELDS), rtol=1e-9
        )


def test_without_feedback_the_curve_is_odd_in_the_spin_and_linear():
    model = free(DONOR)
    same(model(FIELDS, electron_spin=-0.2), -4 * model(FIELDS, electron_spin=0.05))


def test_feedback_shifts_the_curve_oppositely_for_the_two_helicities():
    model = CoolingCurve(DONOR)
    up, down = (model(FIELDS, electron_spin=spin) for spin in (0.1, -0.1))
    assert np.all(np.abs(up / -down - 1) > 1e-4)


@pytest.mark.parametrize("self_consistent", [True, False])
def test_temperature_where_the_field_was_brought_adiabatically(self_consistent):
    look = 3e-4
    here = CoolingCurve(DONOR, 0.1, self_consistent=self_consistent)
    there = CoolingCurve(DONOR, 0.1, self_consistent=self_consistent, measurement_field=look)
    ratio = np.sqrt((FIELDS**2 + DONOR.local_field**2) / (look**2 + DONOR.local_field**2))
    same(there(FIELDS), here(FIELDS) * ratio)
    temperature = CoolingCurve(
        DONOR, 0.1, "spin_temperature", self_consistent=self_consistent, measurement_field=look
    )
    same(temperature(FIELDS), 1 / (BOLTZMANN * here(FIELDS) * ratio))


@pytest.mark.parametrize("site", [DONOR, DOT, CDTE], ids=["donor", "dot", "cdte"])
@pytest.mark.parametrize(
    "given", [{}, {"nuclei": 3e3, "dephasing_time": 3e-9, "g_factor": 0.8}], ids=["own", "other"]
)
def test_overhauser_field_where_it_is_measured(site, given):
    """B_N = (1/γ_e) Σ N_k a_k I_k(I_k+1)/3 ħγ_k B_m β, N and 1/T2e* in proportion."""
    look = -2e-4
    model = CoolingCurve(
        site, 0.05, "overhauser_field", self_consistent=False, measurement_field=look
    )
    beta = CoolingCurve(site, 0.05, self_consistent=False, measurement_field=look)(FIELDS, **given)
    count = given.get("nuclei", 0) / sum(one.nuclei for one in site.isotopes) or 1.0
    coupling = (
        site.dephasing_time / given.get("dephasing_time", site.dephasing_time) / math.sqrt(count)
    )
    moments = sum(
        count * one.nuclei * coupling * one.hyperfine_coupling * one.nuclear_spin * (one.nuclear_spin + 1) / 3
        * HBAR * one.nuclear_gyromagnetic_ratio
        for one in site.isotopes
    )  # fmt: skip
    ratio = given.get("g_factor", site.g_factor) * BOHR_MAGNETON / HBAR
    same(model(FIELDS, **given), moments * look * beta / ratio)


def test_measured_where_it_was_pumped_nothing_changes():
    for name in ORDINATES:
        model = CoolingCurve(DONOR, 0.1, name)
        there = [
            CoolingCurve(DONOR, 0.1, name, measurement_field=float(field))([field])[0]
            for field in FIELDS
        ]
        same(there, model(FIELDS))


# Parameters and options


@ordinate
def test_axes(ordinate):
    units = {
        "inverse_spin_temperature": "1 / joule",
        "spin_temperature": "kelvin",
        "overhauser_field": "tesla",
    }
    field, found = CoolingCurve(DONOR, ordinate=ordinate).axes
    assert (field.name, found.name, found.dimension.unit) == ("field", ordinate, units[ordinate])


def test_options_with_units():
    model = CoolingCurve(
        DONOR, 0.1, "overhauser_field", optical_axis_angle="60 deg", measurement_field="2 G"
    )
    same(
        model(FIELDS),
        CoolingCurve(
            DONOR, 0.1, "overhauser_field", ClosedForm(), math.pi / 3, 1, True, False, 2e-4
        )(FIELDS),
    )
    limit = model.classical()
    assert (limit.measurement_field, limit.optical_axis_angle) == (2e-4, pytest.approx(math.pi / 3))


@pytest.mark.parametrize("kind", [CoolingCurve, ClassicalCooling])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"polarity": 0}, "polarity must be 1 or -1, not 0"),
        ({"polarity": 2}, "polarity must be 1 or -1, not 2"),
        (
            {"ordinate": "theta"},
            "ordinate must be one of inverse_spin_temperature, spin_temperature, overhauser_field",
        ),
        ({"measurement_field": "3 K"}, "measurement_field = 3 K has the wrong dimension"),
        ({"optical_axis_angle": "much"}, "optical_axis_angle must start with a number"),
    ],
)
def test_refused_options(kind, options, message):
    with pytest.raises(InvalidInputError, match=message):
        kind(DONOR, 0.1, **options)


def test_the_electron_spin_must_be_given():
    with pytest.raises(InvalidInputError, match="CoolingCurve needs a value for electron_spin"):
        CoolingCurve(DONOR)(FIELDS)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("electron_spin", 0.6, r"electron_spin must lie in \[-0.5, 0.5\], not 0.6"),
        ("leakage_factor", 1.2, r"leakage_factor must lie in \[0, 1\], not 1.2"),
        ("filling", 0.0, "filling must be greater than zero, not 0"),
        ("constant_rate", -1.0, r"constant_rate must lie in \[0, inf\], not -1"),
    ],
)
def test_refused_values(name, value, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        CoolingCurve(DONOR)(FIELDS, **{"electron_spin": 0.1, name: value})


def test_doubts_are_the_warnings_of_cool():
    model = CoolingCurve(DOT, 0.4, polarity=-1, optical_axis_angle=0.3)
    values = {name: p.start for name, p in model.parameters.items()}
    told = cool(DOT, FIELDS, -0.4, optical_axis_angle=0.3).attrs["warnings"].splitlines()
    assert told
    assert [str(warning) for warning in model.doubts(FIELDS, values)] == told


# Classical


@ordinate
@pytest.mark.parametrize(("polarity", "angle"), list(itertools.product((1, -1), (0.0, 0.9))))
def test_classical_curve_written_out(ordinate, polarity, angle):
    model = ClassicalCooling(DOT, 0.2, ordinate, angle, polarity)
    beta = (
        4 * 0.7 / (HBAR * DOT.nuclear_gyromagnetic_ratio) * polarity * 0.2 * math.cos(angle)
        * FIELDS / (FIELDS**2 + 3e-4**2)
    )  # fmt: skip
    moment = (
        DOT.nuclei * DOT.hyperfine_coupling * 1.5 * 2.5 / 3 * HBAR * DOT.nuclear_gyromagnetic_ratio
    )
    expected = {
        "inverse_spin_temperature": 3 * beta,
        "spin_temperature": 3 / (BOLTZMANN * beta),
        "overhauser_field": 3 * moment * FIELDS * beta / DOT.electron_gyromagnetic_ratio,
    }
    given = {"leakage_factor": 0.7, "amplitude": 3, "kinetic_local_field": 3e-4}
    same(model(FIELDS, **given), expected[ordinate])


def test_the_classical_model_takes_over_what_it_has():
    full = CoolingCurve(
        DONOR, 0.1, "overhauser_field", optical_axis_angle=0.4, polarity=-1, measurement_field=1e-3
    )
    limit = full.classical()
    assert limit == ClassicalCooling(DONOR, 0.1, "overhauser_field", 0.4, -1, 1e-3)
    assert limit.classical() is None
    assert limit.parameters.keys() < full.parameters.keys()
    assert "nuclei" in limit.parameters
    assert "nuclei" not in CoolingCurve(DONOR, 0.1).classical().parameters
