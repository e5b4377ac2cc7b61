"""The formulas that the documentation names are those that run: a breakpoint there stops."""

import sys
from collections import Counter
from contextlib import contextmanager
from types import FunctionType

import numpy as np
import pytest

from coldspin import DarkStage, Measure, PumpStage, Sweep, cool, optimum, relax, run
from coldspin.experiments import CoolingCurve, DarkRate, Measurement, fit
from coldspin.heating import ClosedForm
from coldspin.paper import reduced
from coldspin.protocols import cooling_time
from coldspin.studies.second_maximum import classical_unit
from coldspin.thermodynamics import fluxes, protocol, spin_temperature
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")

FORMULAS = [
    spin_temperature.inverse_spin_temperature,
    spin_temperature.cooling_drive,
    spin_temperature.heating_field_squared,
    spin_temperature.surplus,
    spin_temperature.heat_capacity_square,
    spin_temperature.warming_rate,
    spin_temperature.mean_nuclear_spin,
    fluxes.spin_influx,
    fluxes.zeeman_heating,
    fluxes.spin_spin_heating,
    protocol.adiabatic,
]
CODES = {formula.__code__: formula.__name__ for formula in FORMULAS}

BETA = {"inverse_spin_temperature", "cooling_drive", "heating_field_squared"}
WARMING = {"heating_field_squared", "heat_capacity_square", "warming_rate"}
FLUXES = {"spin_influx", "zeeman_heating", "spin_spin_heating"}


@contextmanager
def calls():
    """Count the calls of each formula."""
    counter = Counter()

    def notice(frame, event, _argument):
        if event == "call" and frame.f_code in CODES:
            counter[CODES[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(notice)
    try:
        yield counter
    finally:
        sys.setprofile(before)


def stages():
    return [
        PumpStage("30 G", "1 s", 0.01),
        Sweep("5 G"),
        DarkStage("5 G", "1 s"),
        Measure("50 G"),
    ]


def fit_dark_rate():
    model = DarkRate(DOT, ordinate="relaxation_rate")
    field = np.array([1e-4, 5e-4, 2e-3, 1e-2])
    data = Measurement("dark", model, field, model(field), 0.05 * model(field))
    return fit([data], ["filling"])


def evaluate_cooling_curve(**options):
    model = CoolingCurve(DOT, electron_spin=0.01, measurement_field=1e-2, **options)
    return model(np.array([1e-4, 1e-3]))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: cool(DOT, "10 G", 0.01), BETA | FLUXES | {"mean_nuclear_spin"}),
        (lambda: optimum(DOT, 0.01), BETA | FLUXES | {"mean_nuclear_spin", "surplus"}),
        (lambda: relax(DOT, "10 G"), WARMING),
        (lambda: run(DOT, stages()), BETA | WARMING | {"mean_nuclear_spin", "adiabatic"}),
        (lambda: cooling_time(DOT, "10 G", 0.01), BETA | WARMING),
        (fit_dark_rate, WARMING),
        (lambda: evaluate_cooling_curve(self_consistent=False), BETA | {"adiabatic"}),
        (evaluate_cooling_curve, BETA | {"mean_nuclear_spin", "adiabatic"}),
        (
            lambda: reduced.inverse_spin_temperature(1.0, 10.0, reduced.small_angle),
            BETA - {"cooling_drive"},
        ),
        (lambda: reduced.dark_rate(1.0, 10.0, reduced.small_angle), WARMING),
    ],
    ids=[
        "cool",
        "optimum",
        "relax",
        "run",
        "cooling_time",
        "fit of DarkRate",
        "CoolingCurve in closed form",
        "CoolingCurve with feedback",
        "figure 2",
        "figure 3",
    ],
)
def test_what_runs_is_what_is_documented(call, expected):
    with calls() as counter:
        call()
    assert expected <= set(counter)


def tripled(*args, **names):
    """Three times the original, which `triple` puts among the globals of the formula."""
    return 3 * _original(*args, **names)  # noqa: F821


def triple(monkeypatch, formula):
    """Multiply what a formula returns by 3, wherever it is called from."""
    original = FunctionType(formula.__code__, formula.__globals__)
    monkeypatch.setitem(formula.__globals__, "_original", original)
    monkeypatch.setattr(formula, "__code__", tripled.__code__)


def betas(field):
    """β by every way that there is, without feedback [1/J]."""
    curve = CoolingCurve(DOT, electron_spin=0.01, self_consistent=False)
    long = PumpStage(field, "100 hours", 0.01)
    b = DOT.electron_precession(field)
    phi = ClosedForm().heating_coefficient(b, DOT.k, nuclei=DOT.nuclei, spin=DOT.nuclear_spin)
    reduced_beta = reduced.inverse_spin_temperature(
        field / DOT.kinetic_local_field,
        DOT.k,
        lambda _b, _k: phi,
        overhauser=b - field / DOT.kinetic_local_field / reduced.FLUCTUATION_FIELD,
    )
    best = optimum(DOT, 0.01, self_consistent=False, fields=(0.0, 0.1))
    here = cool(DOT, best.field.values, 0.01, self_consistent=False)
    return {
        "cool": cool(DOT, field, 0.01, self_consistent=False).inverse_spin_temperature.values[0],
        "run": run(DOT, [long], self_consistent=False).inverse_spin_temperature.values[-1],
        "CoolingCurve": curve(np.array([field]))[0],
        "paper": reduced_beta * abs(classical_unit(DOT, 0.01)),
        "optimum": here.inverse_spin_temperature.values / best.inverse_spin_temperature.values,
    }


def rates(field):
    """1/T_E by every way that there is [1/s]."""
    time = cooling_time(DOT, field, 0.01, self_consistent=False)
    return {
        "relax": relax(DOT, field).relaxation_rate.values[0],
        "DarkRate": DarkRate(DOT, ordinate="relaxation_rate")(np.array([field]))[0],
        "cooling_time": 1 / time.cooling_time.values[0],
    }


FIELD = 1e-3
PARTS = [
    spin_temperature.cooling_drive,
    spin_temperature.heating_field_squared,
    spin_temperature.heat_capacity_square,
    spin_temperature.warming_rate,
]


@pytest.mark.parametrize("formula", PARTS, ids=lambda formula: formula.__name__)
def test_each_part_is_written_once(monkeypatch, formula):
    """A change of the one formula changes every result that contains it, and all alike."""
    drive = spin_temperature.cooling_drive(0.01 * FIELD, DOT.nuclear_gyromagnetic_ratio)
    beta, rate = betas(FIELD), rates(FIELD)
    heated = drive / beta["cool"] - FIELD**2
    triple(monkeypatch, formula)
    more = (FIELD**2 + 3 * heated) / (FIELD**2 + heated)
    beta_factor, rate_factor = {
        "cooling_drive": (3, 1),
        "heating_field_squared": (1 / more, more),
        "heat_capacity_square": (1, 1 / 3),
        "warming_rate": (1, 3),
    }[formula.__name__]
    for way, value in betas(FIELD).items():
        # β at the optimum is given as its ratio to that of `cool` there
        factor = 1 if way == "optimum" else beta_factor
        assert value == pytest.approx(factor * beta[way], rel=1e-9, abs=0), way
    for way, value in rates(FIELD).items():
        assert value == pytest.approx(rate_factor * rate[way], rel=1e-9, abs=0), way
