"""Every derivative that a model gives, against differences of the curve at random values of all parameters."""

import numpy as np
import pytest

from coldspin.experiments.models import (
    ClassicalCooling,
    ClassicalDarkRate,
    ClassicalHanle,
    ClassicalOptimalField,
    ClassicalRecovery,
    CoolingCurve,
    DarkRate,
    Decay,
    HanleCurve,
    OptimalField,
    PolarizationRecovery,
)
from coldspin.experiments.models.model import complete
from coldspin.heating import Semiclassical, SmallAngle
from samples import DONOR, DOT

FIELDS = np.array([-3e-2, -1e-3, -5e-5, 2e-5, 3e-4, 8e-3])
TIMES = np.array([0.0, 0.3, 1.0, 4.0, 20.0])
SPINS = np.array([0.01, 0.1, 0.3])
SAMPLE = {
    "nuclei",
    "filling",
    "correlation_time",
    "dephasing_time",
    "g_factor",
    "local_field",
    "kinetic_local_field",
}
RATES = {"constant_rate", "diffusion_rate"}
ABSENT = {
    *RATES,
    "quadrupole_rate",
    "overhauser_field",
}  # of which a value other than 0 is another case
PUMP = {"electron_spin", "leakage_factor", "amplitude"}
SIGNAL = {"amplitude", "offset"}


def cooling(ordinate, **options):
    return CoolingCurve(DOT, electron_spin=0.1, ordinate=ordinate, self_consistent=False, **options)


CASES = {
    "rate": (DarkRate(DONOR, "relaxation_rate"), FIELDS, SAMPLE | RATES),
    "time": (DarkRate(DONOR), FIELDS, SAMPLE | RATES),
    "time, small angle": (DarkRate(DOT, method=SmallAngle()), FIELDS, SAMPLE | RATES),
    "beta": (cooling("inverse_spin_temperature"), FIELDS, SAMPLE | PUMP),
    "temperature": (cooling("spin_temperature"), FIELDS, SAMPLE | PUMP),
    "overhauser": (cooling("overhauser_field"), FIELDS, SAMPLE | PUMP),
    "small angle": (cooling("overhauser_field", method=SmallAngle()), FIELDS, SAMPLE | PUMP),
    "other helicity": (
        cooling("overhauser_field", polarity=-1, optical_axis_angle=0.7),
        FIELDS,
        SAMPLE | PUMP,
    ),
    "beta elsewhere": (
        cooling("inverse_spin_temperature", measurement_field=2e-4),
        FIELDS,
        SAMPLE - {"local_field"} | PUMP,
    ),
    "temperature elsewhere": (
        cooling("spin_temperature", measurement_field=2e-4),
        FIELDS,
        SAMPLE - {"local_field"} | PUMP,
    ),
    "overhauser elsewhere": (
        cooling("overhauser_field", measurement_field=2e-4),
        FIELDS,
        SAMPLE - {"local_field"} | PUMP,
    ),
    "exponential": (Decay(), TIMES, SIGNAL | {"relaxation_time"}),
    "build-up": (Decay(build_up=True), TIMES, SIGNAL | {"relaxation_time"}),
    "stretched": (Decay("stretched"), TIMES, SIGNAL | {"relaxation_time", "stretching"}),
    "stretched build-up": (
        Decay("stretched", build_up=True),
        TIMES,
        SIGNAL | {"relaxation_time", "stretching"},
    ),
    "two": (
        Decay("bi-exponential"),
        TIMES,
        SIGNAL | {"relaxation_time", "slow_time", "slow_share"},
    ),
    "classical field": (ClassicalOptimalField(DONOR), SPINS, {"kinetic_local_field"}),
    "recovery": (
        PolarizationRecovery(DONOR),
        FIELDS,
        SIGNAL | {"correlation_time", "spin_lifetime", "dephasing_time", "g_factor"},
    ),
    "hanle": (HanleCurve(DONOR), FIELDS, {"offset"}),
    "classical hanle": (ClassicalHanle(DONOR), FIELDS, {"offset"}),
}
NONE = (
    ClassicalDarkRate(DONOR),
    ClassicalCooling(DONOR, electron_spin=0.1),
    ClassicalRecovery(DONOR),
    OptimalField(DONOR),
    DarkRate(DONOR, method=Semiclassical()),
    CoolingCurve(DONOR, electron_spin=0.1),
    CoolingCurve(DONOR, electron_spin=0.1, self_consistent=False, knight_field=True),
    CoolingCurve(DONOR, electron_spin=0.1, self_consistent=False, high_polarization=True),
)
STARTS = {"spin_lifetime": 3e-9, "initial_spin": 0.2, "electron_spin": 0.1}

case = pytest.mark.parametrize(("model", "x", "known"), CASES.values(), ids=CASES)


def drawn(model, rng):
    """Values of every parameter, each within a factor of thirty of the model's own or in its domain."""
    starts = {name: value for name, value in STARTS.items() if name in model.parameters}
    values = complete(model, starts)
    for name, parameter in model.parameters.items():
        if name in ABSENT and not (name in RATES and isinstance(model, DarkRate)):
            continue
        if parameter.logarithmic and name != "stretching":
            value = values[name] * 30 ** rng.uniform(-1, 1)
        elif np.isfinite(parameter.low) and np.isfinite(parameter.high):
            value = parameter.low + (0.1 + 0.8 * rng.uniform()) * (parameter.high - parameter.low)
        else:
            value = (
                (rng.choice([-1, 1]) if parameter.low < 0 else 1)
                * (abs(values[name]) or 0.3)
                * 3 ** rng.uniform(-1, 1)
            )
        values[name] = min(value, parameter.high)
    return values


def difference(model, x, values, name):
    """∂y/∂p by differences over one and two steps, without their first error."""
    step = 1e-3 * values[name]
    slopes = []
    for width in (1, 2):
        up, down = ({**values, name: values[name] + sign * width * step} for sign in (1, -1))
        slopes.append((model.evaluate(x, up) - model.evaluate(x, down)) / (2 * width * step))
    return (4 * slopes[0] - slopes[1]) / 3


@case
def test_gradient_is_the_difference(model, x, known):
    rng = np.random.default_rng(41)
    for _ in range(12):
        values = drawn(model, rng)
        gradient = model.gradient(x, values)
        size = np.abs(model.evaluate(x, values))
        for name in known:
            expected, found = (
                values[name] * slope
                for slope in (difference(model, x, values, name), gradient[name])
            )
            assert np.all(np.abs(found - expected) <= 1e-8 * np.maximum(np.abs(expected), size)), (
                name,
                values,
            )


@case
def test_gradient_names_what_it_knows(model, x, known):
    gradient = model.gradient(x, drawn(model, np.random.default_rng(42)))
    assert gradient.keys() == known
    assert all(slope.shape == x.shape for slope in gradient.values())


@pytest.mark.parametrize("model", NONE, ids=repr)
def test_left_to_differences(model):
    assert model.gradient(FIELDS, drawn(model, np.random.default_rng(43))) == {}


@pytest.mark.parametrize(
    "model", [DarkRate(DONOR), DarkRate(DONOR, "relaxation_rate")], ids=["time", "rate"]
)
def test_quadrupole_relaxation_depends_on_the_local_field_and_leaves_its_slope_to_differences(
    model,
):
    values = complete(model, {"quadrupole_rate": 0.1})
    assert model.gradient(FIELDS, values).keys() == (SAMPLE | RATES) - {"local_field"}


def test_no_slope_along_an_amplitude_of_zero():
    model = CASES["beta"][0]
    assert "amplitude" not in model.gradient(FIELDS, complete(model, {"amplitude": 0.0}))
