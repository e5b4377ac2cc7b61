"""Models called with values of parameters: units, domains, and what is said of names and numbers that are wrong."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models import (
    ClassicalDarkRate,
    CoolingCurve,
    DarkRate,
    Decay,
    OptimalField,
    Parameter,
    PolarizationRecovery,
)
from coldspin.quantities import FIELD, TIME
from samples import DONOR

CURVE = DarkRate(DONOR)


def test_units_of_the_axis_and_of_every_parameter():
    si = CURVE(
        [0.0, 1e-3],
        correlation_time=2e-8,
        dephasing_time=1e-8,
        local_field=1e-4,
        kinetic_local_field=2e-4,
        constant_rate=0.5,
        quadrupole_correlation_time=1e-6,
        quadrupole_rate=0.1,
    )
    given = CURVE(
        ["0 G", "10 G"],
        correlation_time="20 ns",
        dephasing_time="0.01 us",
        local_field="1 G",
        kinetic_local_field="0.2 mT",
        constant_rate="0.5 1/s",
        quadrupole_correlation_time="1 µs",
        quadrupole_rate="100 mHz",
    )
    np.testing.assert_allclose(given, si, rtol=1e-14)
    np.testing.assert_array_equal(CURVE("0:10:2 G"), CURVE([0.0, 1e-3]))


def test_a_number_is_a_curve_of_one_point():
    assert CURVE(1e-3).shape == CURVE("10 G").shape == OptimalField(DONOR)(0.1).shape == (1,)


@pytest.mark.parametrize(
    ("model", "name", "sentence"),
    [
        (
            CURVE,
            "corelation_time",
            "corelation_time is no parameter of DarkRate; did you mean correlation_time",
        ),
        (CURVE, "electron_spin", "electron_spin is no parameter of DarkRate"),
        (ClassicalDarkRate(DONOR), "filling", "filling is no parameter of ClassicalDarkRate"),
        (Decay(), "stretching", "stretching is no parameter of Decay"),
    ],
)
def test_unknown_parameters(model, name, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        model([1.0], **{name: 1.0})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"filling": 1.5}, r"filling must lie in \[0, 1\], not 1.5"),
        ({"filling": 0}, "filling must be greater than zero, not 0"),
        ({"nuclei": 0.5}, r"nuclei must lie in \[1, inf\], not 0.5"),
        ({"correlation_time": -1e-9}, "correlation_time must be greater than zero, not -1e-09"),
        ({"correlation_time": "3 G"}, "correlation_time = 3 G has the wrong dimension"),
        ({"correlation_time": "3"}, "correlation_time needs a unit"),
        ({"local_field": [1e-4, 2e-4]}, "local_field must be one value, not an array of 2"),
        ({"g_factor": np.nan}, "g_factor must be finite"),
        ({"diffusion_rate": -0.1}, r"diffusion_rate must lie in \[0, inf\], not -0.1"),
        ({"constant_rate": "x"}, "constant_rate must start with a number"),
    ],
)
def test_values_out_of_their_domain(given, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        CURVE(1e-3, **given)


@pytest.mark.parametrize("places", [np.nan, "5 K", [[0.0, 1.0]], "3:1"])
def test_fields_that_are_none(places):
    with pytest.raises(InvalidInputError, match=r"^field "):
        CURVE(places)


def test_missing_values_are_named():
    with pytest.raises(
        InvalidInputError,
        match="PolarizationRecovery needs a value for correlation_time, spin_lifetime",
    ):
        PolarizationRecovery()([0.0])
    with pytest.raises(InvalidInputError, match=r"CoolingCurve needs a value for electron_spin$"):
        CoolingCurve(DONOR)([0.0])


def test_checked_names_the_value_as_it_is_told_to():
    parameter = Parameter("time", "a time", TIME, low=0.0, high=1.0)
    assert parameter.check("10 ms") == 0.01
    with pytest.raises(InvalidInputError, match=r"^my time must lie in \[0, 1\], not 2$"):
        parameter.check(2, "my time")


def test_ends_of_a_domain_belong_to_it():
    parameter = Parameter("field", "a field", FIELD, low=-1.0, high=1.0)
    assert [parameter.check(end) for end in (-1, 1)] == [-1.0, 1.0]


@pytest.mark.parametrize(
    "model",
    [
        CURVE,
        CoolingCurve(DONOR, 0.1),
        OptimalField(DONOR),
        Decay("stretched"),
        PolarizationRecovery(DONOR),
    ],
    ids=repr,
)
def test_models_are_values(model):
    assert hash(model) == hash(
        type(model)(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    )
    assert all(
        name == parameter.name and parameter.meaning for name, parameter in model.parameters.items()
    )
    with pytest.raises(AttributeError):
        model.site = None
