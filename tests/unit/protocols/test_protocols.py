"""Stages, run and the ready-made protocols: what goes in, what comes out, what is refused."""

import warnings

import numpy as np
import pint
import pytest
from scipy.optimize import curve_fit

from coldspin import InvalidInputError, ValidityWarning, relax
from coldspin.constants import BOLTZMANN
from coldspin.outputs.protocol_figures import plot_protocol
from coldspin.protocols import (
    DarkStage,
    Measure,
    PumpStage,
    Sweep,
    adiabatic_demagnetization,
    cooling_time,
    run,
    three_stage,
)
from coldspin.protocols.standard import _decay_time
from coldspin.thermodynamics import protocol
from coldspin.thermodynamics.channels import ConstantRelaxation
from samples import DONOR

STAGES = [
    PumpStage("2 G", "0.5 s", 0.01),
    DarkStage("1 G", "0.1 s"),
    Sweep("3 G", duration="10 ms"),
    Sweep("-1 G", "sudden"),
    Measure("2 G"),
]


def test_records_hold_si_whatever_they_were_given():
    units = pint.UnitRegistry()
    pump = PumpStage(2 * units.millitesla, "3 ms", 0.1, "90 deg", leakage="10 s")
    assert (pump.field, pump.duration) == pytest.approx((2e-3, 3e-3))
    assert pump.optical_axis_angle == pytest.approx(np.pi / 2)
    assert pump.leakage == (ConstantRelaxation(10.0),)
    assert DarkStage(1e-4, 2.0) == DarkStage("1 G", "2000 ms")
    assert Sweep("-1 G") == Sweep(-1e-4, "adiabatic", None)
    assert Measure("0 G").field == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DarkStage("1 G", "-2 s"), "duration must be greater than zero"),
        (
            lambda: DarkStage("1 s", "2 s"),
            'field = 1 s has the wrong dimension; give it as in "150 G"',
        ),
        (lambda: DarkStage("1 G", 0.0), "duration"),
        (lambda: PumpStage("1 G", "1 s", 0.7), "electron_spin must lie in"),
        (lambda: PumpStage("1 G", "1 s", 0.1, leakage=0.5), "a factor has no rate"),
        (lambda: Sweep("1 G", "fast"), '"adiabatic" or "sudden", not \'fast\''),
        (lambda: Sweep("1 G", "sudden", "1 s"), "takes no time"),
        (lambda: Measure(float("nan")), "field must be finite"),
        (lambda: run(DONOR, []), "there are no stages"),
        (lambda: run(DONOR, [Sweep("1 G")]), "stage 1 (sweep): field to start from is missing"),
        (lambda: run(DONOR, [STAGES[0], "dark"]), "stage 2 must be a PumpStage"),
        (lambda: run(DONOR, STAGES, points=1), "points must be"),
        (lambda: run(DONOR, STAGES, leakage=0.5), "a factor has no rate"),
        (lambda: run("dot", STAGES), "site must be a Site"),
        (lambda: cooling_time(DONOR, "1 G", 0.1, share=1.0), "share must lie in"),
        (
            lambda: cooling_time(DONOR, ["0 G", "0 G"], 0.1),
            "nothing cools at B = 0 without the Knight field; leave",
        ),
        (lambda: cooling_time(DONOR, "0 G", 0.1, self_consistent=False), "nothing cools at B = 0"),
        (
            lambda: cooling_time(DONOR, "1 G", 0.0, knight_field=True),
            "nothing cools with electron_spin = 0",
        ),
        (
            lambda: cooling_time(DONOR, "1 G", 0.1, optical_axis_angle="90 deg"),
            "give a smaller angle",
        ),
        (
            lambda: three_stage(
                DONOR,
                pump_field="1 G",
                electron_spin=0.1,
                dark_field="1 G",
                dark_times="1 s",
                measure_field="0 G",
            ),
            "measure_field must not be 0",
        ),
        (
            lambda: three_stage(
                DONOR,
                pump_field="1 G",
                electron_spin=0.1,
                dark_field="1 G",
                dark_times="-1 s",
                measure_field="1 G",
            ),
            "dark_times must not be negative",
        ),
        (
            lambda: protocol.sweep(1.0, (1.0, 1.0, 1.0), 0.5, 1.0, lambda b, _: b),
            "two different fields",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(make, words):
    with pytest.raises(InvalidInputError) as caught:
        make()
    assert words in str(caught.value)


def test_run_gives_a_labelled_course():
    data = run(DONOR, STAGES, points=11, leakage="5 s")
    assert data.sizes == {"time": 3 * 11 + 2}
    assert set(data.data_vars) == {
        "field",
        "inverse_spin_temperature",
        "spin_temperature",
        "nuclear_polarization",
        "overhauser_field",
        "stage",
        "stage_kind",
    }
    for name, variable in data.variables.items():
        assert variable.attrs["long_name"], name
        assert "units" in variable.attrs, name
    assert np.all(np.diff(data.time.values) >= 0)
    assert data.time.values[-1] == pytest.approx(0.61)
    assert list(dict.fromkeys(data.stage_kind.values)) == ["pump", "dark", "sweep", "measure"]
    assert data.stage.values[[0, 11, 22, 33, 34]].tolist() == [1, 2, 3, 4, 5]
    assert data.field.values[[0, 10, 11, 21, 22, 32, 33, 34]] * 1e4 == pytest.approx(
        [2, 2, 1, 1, 1, 3, -1, 2]
    )
    beta = data.inverse_spin_temperature.values
    assert data.spin_temperature.values[1:] == pytest.approx(1 / (BOLTZMANN * beta[1:]))
    assert data.spin_temperature.values[0] == np.inf
    local = DONOR.local_field
    assert beta[11] == pytest.approx(protocol.adiabatic(beta[10], 2e-4, 1e-4, local))
    assert beta[33] == pytest.approx(protocol.sudden(beta[32], 3e-4, -1e-4, local))
    assert beta[34] == pytest.approx(protocol.adiabatic(beta[33], -1e-4, 2e-4, local))
    assert data.attrs["measured_5_inverse_spin_temperature"] == beta[34]
    assert data.attrs["measured_5_overhauser_field"] == data.overhauser_field.values[34]
    assert data.attrs["final_spin_temperature"] == data.spin_temperature.values[-1]
    assert data.attrs["stages"].count("\n") == 4
    assert data.attrs["leakage"] == "ConstantRelaxation(time=5.0)"
    assert data.attrs["nuclei"] == 1e4
    assert data.attrs["method"] == "ClosedForm()"


def test_at_zero_field_the_knight_field_cools():
    assert float(cooling_time(DONOR, "0 G", 0.01, knight_field=True).cooling_time[0]) > 0
    assert np.isnan(cooling_time(DONOR, ["0 G", "1 G"], 0.01).cooling_time.values).tolist() == [
        True,
        False,
    ]


def test_leakage_of_a_pump_adds_to_that_of_the_run():
    def end(stage, everywhere):
        data = run(
            DONOR, [PumpStage("2 G", "1 s", 1e-3, leakage=stage)], leakage=everywhere, points=2
        )
        return float(data.inverse_spin_temperature[-1])

    assert end("1 s", "1 s") == pytest.approx(end(None, "0.5 s"), rel=1e-12, abs=0)
    assert end("1 s", None) < end(None, None)


def test_what_does_not_hold_is_warned_of_once_with_its_worst_value():
    with pytest.warns(ValidityWarning) as caught:
        data = run(DONOR, [PumpStage("20 G", "5 s", 0.4), DarkStage("30 G", "1 s")])
    told = [str(entry.message) for entry in caught if entry.filename == __file__]
    assert len(told) == len(set(told)) == len(caught)
    assert [text.split()[0] for text in told if "reaches" in text] == [
        "polarization",
        "field_ratio",
    ]
    assert data.attrs["condition_field_ratio"] == pytest.approx(60)
    assert data.attrs["warnings"].splitlines() == told
    with pytest.warns(ValidityWarning, match="mean_overhauser_precession reaches"):
        run(DONOR, STAGES, self_consistent=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(DONOR, STAGES)


def test_demagnetization_keeps_the_entropy_and_loses_some_in_a_slow_sweep():
    how = {"pump_field": "4 G", "electron_spin": 0.01, "final_field": "-4:4:9 G"}
    data = adiabatic_demagnetization(DONOR, **how)
    beta, field = data.inverse_spin_temperature.values, data.field.values
    kept = beta * np.hypot(field, DONOR.local_field)
    assert kept == pytest.approx(
        data.attrs["pumped_inverse_spin_temperature"] * np.hypot(4e-4, 5e-5), rel=1e-12, abs=0
    )
    assert data.nuclear_polarization.values == pytest.approx(
        -data.nuclear_polarization.values[::-1]
    )
    assert float(data.spin_temperature.min()) == float(data.spin_temperature.sel(field=0))
    lossy = adiabatic_demagnetization(DONOR, **how, sweep_time="60 ms")
    lost = 1 - lossy.inverse_spin_temperature.values / beta
    assert lost[-1] == 0
    assert np.all(lost[:-1] > 0.03)
    assert lost[0] > 1.5 * lost[-2]
    brief = adiabatic_demagnetization(DONOR, **how, pump_time="0.1 s")
    assert (
        brief.attrs["pumped_inverse_spin_temperature"]
        < data.attrs["pumped_inverse_spin_temperature"]
    )


def test_three_stages_with_sweeps_are_those_of_run_one_by_one():
    data = three_stage(
        DONOR,
        pump_field="4 G",
        pump_time="0.3 s",
        electron_spin=0.05,
        dark_field=["1 G", "5 G"],
        dark_times=["0.1 s", "0.3 s"],
        measure_field="2 G",
        sweep_time="5 ms",
        leakage="2 s",
    )
    assert dict(data.sizes) == {"dark_field": 2, "dark_time": 2}
    for i, dark in enumerate(("1 G", "5 G")):
        for j, time in enumerate(("0.1 s", "0.3 s")):
            stages = [
                PumpStage("4 G", "0.3 s", 0.05),
                Sweep(dark, duration="5 ms"),
                DarkStage(dark, time),
            ]
            course = run(DONOR, [*stages, Sweep("2 G", duration="5 ms")], leakage="2 s", points=3)
            assert float(data.signal[i, j]) == pytest.approx(
                float(course.overhauser_field[-1]), rel=1e-9, abs=0
            )
    assert data.fitted_relaxation_time.dims == ("dark_field",)
    assert data.attrs["pump_time"] == 0.3


def test_a_signal_that_is_not_there_has_no_decay_time():
    data = three_stage(
        DONOR,
        pump_field="4 G",
        electron_spin=0.0,
        dark_field="1 G",
        dark_times="0:1:5 s",
        measure_field="2 G",
    )
    assert np.isnan(data.fitted_relaxation_time.values).all()
    assert data.attrs["pumped_spin_temperature"] == np.inf


@pytest.mark.parametrize(
    ("times", "there"), [(["1 s"], False), (["1 s", "1 s"], False), (["0.1 s", "1 s"], True)]
)
def test_a_decay_time_needs_two_times(times, there):
    data = three_stage(
        DONOR,
        pump_field="4 G",
        electron_spin=1e-4,
        dark_field="1 G",
        dark_times=times,
        measure_field="2 G",
    )
    fitted = data.fitted_relaxation_time.values
    assert np.isfinite(fitted).all() == there
    if there:
        np.testing.assert_allclose(fitted, data.relaxation_time.values, rtol=1e-3)


def test_a_decay_time_of_a_signal_that_is_no_exponential_is_its_least_squares_fit():
    time = np.array([0.5, 1.0, 2.0, 4.0, 7.0])
    signal = np.exp(-time) + 0.5 * np.exp(-time / 6)
    (_, rate), _ = curve_fit(lambda t, a, r: a * np.exp(-r * t), time, signal, (1.0, 0.5))
    assert _decay_time(time, signal, 1.0) == pytest.approx(1 / rate, rel=1e-5)


def test_the_figure_shows_what_was_computed():
    figure = plot_protocol(run(DONOR, STAGES, points=11), "G")
    upper, middle, lower = figure.axes
    assert lower.get_xlabel() == "time (ms)"
    assert lower.get_ylabel() == "$B_N$ (µT)"
    assert [text.get_text() for text in upper.texts] == ["pump\n2 G", "dark\n1 G", "sweep, measure"]
    assert middle.get_yscale() == "log"
    beta = run(DONOR, STAGES, points=11).inverse_spin_temperature.values
    shown = upper.lines[0].get_ydata()
    assert shown / shown[5] == pytest.approx(beta / beta[5])


def test_nuclei_that_stay_hot_can_be_drawn():
    figure = plot_protocol(run(DONOR, [Measure("1 G")]))
    assert len(figure.axes) == 3


def test_polarization_is_judged_where_it_is_largest_not_where_beta_is():
    data = run(
        DONOR, [PumpStage("4 G", "4 s", 0.05), Sweep("-4 G", duration="0.2 s"), Measure("-4 G")]
    )
    assert data.attrs["condition_polarization"] == pytest.approx(
        float(np.abs(data.nuclear_polarization).max())
    )


def test_beta_that_decays_to_nothing_is_an_infinite_temperature_without_a_warning():
    """β passes through numbers so small that 1/(k_B β) overflows."""
    dot = DONOR.replace(filling=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        longest = 2e3 / float(relax(dot, "0 T")["relaxation_rate"][0])
        data = run(dot, [PumpStage("2 G", "1 s", 0.01), DarkStage("0 T", longest)])
    assert np.isinf(data["spin_temperature"].values[-1])
