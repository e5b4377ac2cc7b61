"""Every model at extreme parameters within its domains, and starting values on poor data: a fit meets both."""

import warnings
from contextlib import suppress
from math import inf

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement
from coldspin.experiments.fitting.problem import Problem
from coldspin.experiments.fitting.search import minimize
from coldspin.experiments.fitting.variables import list_variables
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
from samples import DONOR

FIELDS = np.array([0.0, 1e-5, 1e-4, 1e-3])
SPINS = np.array([0.01, 0.05, 0.2])
TIMES = np.array([0.0, 0.5, 2.0, 9.0])
MODELS = {
    "exponential": (Decay(), TIMES),
    "stretched": (Decay("stretched"), TIMES),
    "build-up": (Decay("stretched", build_up=True), TIMES),
    "bi-exponential": (Decay("bi-exponential"), TIMES),
    "dark time": (DarkRate(DONOR), FIELDS),
    "dark rate": (DarkRate(DONOR, "relaxation_rate"), FIELDS),
    "classical dark": (ClassicalDarkRate(DONOR), FIELDS),
    "cooling": (CoolingCurve(DONOR, 0.1), FIELDS),
    "cooling, closed": (CoolingCurve(DONOR, 0.1, self_consistent=False), FIELDS),
    "cooling, temperature": (
        CoolingCurve(DONOR, 0.1, "spin_temperature", self_consistent=False),
        FIELDS[1:],
    ),
    "cooling, field": (CoolingCurve(DONOR, 0.1, "overhauser_field", self_consistent=False), FIELDS),
    "classical cooling": (ClassicalCooling(DONOR, 0.1), FIELDS),
    "optimal field": (OptimalField(DONOR, self_consistent=False), SPINS),
    "classical optimal field": (ClassicalOptimalField(DONOR), SPINS),
    "recovery": (PolarizationRecovery(), FIELDS),
    "classical recovery": (ClassicalRecovery(), FIELDS),
    "hanle": (HanleCurve(), FIELDS[1:3]),
    "hanle, oblique": (HanleCurve(angle=1.0), FIELDS[1:3]),
    "classical hanle": (ClassicalHanle(), FIELDS[1:3]),
}
KNOWN = {
    "correlation_time": 1e-9,
    "spin_lifetime": 1e-9,
    "dephasing_time": 1e-9,
    "g_factor": -0.44,
    "initial_spin": 0.1,
}
SLOW = {"cooling": 3, "cooling, field": 6, "cooling, temperature": 6, "optimal field": 2}
SLOW |= {"hanle": 4, "hanle, oblique": 2, "classical hanle": 4}
every_model = pytest.mark.parametrize("name", MODELS)


def extreme(parameter, random):
    """A value of the domain, often far out: 1e±300, next to an end, or at it."""
    low, high = parameter.low, parameter.high
    size = 10.0 ** random.choice([-300.0, -160.0, -100.0, -12.0, 0.0, 12.0, 100.0, 160.0, 300.0])
    if parameter.logarithmic or low >= 0:
        return float(np.clip(size, max(low, 0.0), high)) or 1e-300
    choices = [size, -size, 0.0, low, high]
    value = random.choice([one for one in choices if np.isfinite(one)])
    return float(np.clip(value, low, high))


@pytest.mark.parametrize("size", [1e155, 1e200])
def test_squares_of_python_numbers_beyond_their_range(size):
    """slow_time², B̃_L² of a Hanle curve and (τ_c/T2e*)² were squares of Python floats, which raise."""
    decay = typical(Decay("bi-exponential")) | {"slow_time": size}
    slopes = Decay("bi-exponential").gradient(TIMES, decay)
    assert np.abs(slopes["slow_time"]).max() < 1e-100
    nuclei = {"overhauser_field": 1.0, "kinetic_local_field": size}
    for model in (HanleCurve(), ClassicalHanle()):
        with (
            np.errstate(all="ignore"),
            pytest.raises(InvalidInputError, match="beyond double precision"),
        ):
            model.evaluate(FIELDS[1:3], typical(model) | nuclei)


def typical(model):
    """A value of every parameter."""
    values = {}
    for name, p in model.parameters.items():
        values[name] = KNOWN.get(name, 1.0) if p.start != p.start else p.start
    return values


def problem_of(name):
    """A problem with every parameter of a model free, not checked at its start."""
    model, x = MODELS[name]
    start = typical(model)
    y = np.linspace(1.0, 2.0, x.size)
    measured = Measurement(name.replace(" ", "-").replace(",", ""), model, x, y, 0.1)
    free = {}
    for key, p in model.parameters.items():
        value = start[key]
        if p.logarithmic and not value > 0:
            value = 1e-3
        free[key] = Free(value)
    return Problem((measured,), list_variables((measured,), free), {})


@every_model
def test_no_exception_or_warning_of_a_model_leaves_a_problem(name):
    put = problem_of(name)
    random = np.random.default_rng(14)
    for number in range(SLOW.get(name, 20)):
        values = [extreme(v.parameter, random) for v in put.variables]
        if number % 2:  # all but two typical
            kept = random.permutation(len(values))[2:]
            for i in kept:
                values[i] = put.variables[i].start
        place = np.array(
            [v.coordinate(value) for v, value in zip(put.variables, values, strict=True)]
        )
        place = np.clip(place, *put.bounds)
        place = np.where(np.isfinite(place), place, 0.0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            curve = put.curve(0, place)
            jacobian = (
                np.zeros((curve.size, len(values))) if "hanle" in name else put.jacobian(place)
            )
        assert curve.shape == put.data.shape
        assert jacobian.shape == (curve.size, len(values))


@every_model
def test_models_themselves_raise_no_error_of_python_numbers(name):
    """Numbers of Python raise where those of NumPy become infinite."""
    model, x = MODELS[name]
    start = typical(model)
    random = np.random.default_rng(15)
    for _ in range(SLOW.get(name, 20)):
        values = dict(start)
        for key in random.permutation(list(values))[:3]:
            values[key] = extreme(model.parameters[key], random)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)
            for compute in (model.evaluate, model.gradient):
                with suppress(InvalidInputError):
                    compute(x, values)


def poor_data(size):
    """Signals that tell little: flat, zero, noise, one outlier, of either sign."""
    random = np.random.default_rng(size)
    spike = np.zeros(size)
    spike[size // 2] = 5.0
    noise = random.standard_normal(size)
    found = {"flat": np.full(size, 2.0), "zero": np.zeros(size), "noise": noise, "spike": spike}
    return found | {"negative": -np.abs(noise), "tiny": 1e-25 * noise, "huge": 1e4 * noise}


@every_model
@pytest.mark.parametrize("size", [3, 12])
def test_guesses_lie_within_the_domains_of_the_parameters(name, size):
    model, x = MODELS[name]
    across = np.linspace(x.min() or x.max() / 9, x.max(), size)
    for y in poor_data(size).values():
        guess = model.guess(across, y)
        for key, value in guess.items():
            parameter = model.parameters[key]
            assert np.isfinite(value)
            assert parameter.low <= value <= parameter.high
            assert value > 0 or not parameter.logarithmic
        measured = Measurement("m", model, across, y, 1.0)
        free = {
            key: None
            for key in model.parameters
            if key in guess or model.parameters[key].start == 1.0
        }
        if free:
            for v in list_variables((measured,), free):
                assert v.low <= v.start <= v.high
                assert -inf < v.coordinate(v.start) < inf


@pytest.mark.parametrize("form", ["exponential", "stretched", "bi-exponential"])
@pytest.mark.parametrize("kind", ["flat", "zero", "noise", "spike", "negative"])
def test_a_decay_fitted_to_a_signal_that_does_not_decay_is_a_result(form, kind):
    """SciPy refused a start that had run away to NaN: "Initial guess is outside of provided bounds"."""
    x = np.linspace(0, 10, 12)
    model = Decay(form)
    measured = Measurement("m", model, x, poor_data(12)[kind], 0.1)
    put = Problem((measured,), list_variables((measured,), dict.fromkeys(model.parameters)), {})
    first = minimize(put, put.start)
    assert np.isfinite(first.coordinates).all()
    again = minimize(put, first.coordinates)
    assert again.chi_square <= first.chi_square * (1 + 1e-9) + 1e-12
