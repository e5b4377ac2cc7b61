"""What the page is told: plain, complete, and each sentence beside its field."""

import json
import re

import numpy as np
import pytest

from coldspin.explorer import curves
from coldspin.explorer.answers import answer, data_answer
from coldspin.explorer.callbacks import curves as curves_callback
from coldspin.explorer.callbacks import rest as rest_callback
from coldspin.explorer.messages import LABELS
from coldspin.explorer.state import DEFAULT, StageRow


def told_of(state, **changes):
    """What the page is told of its curves, in two answers."""
    one, two = (answer(task, raw(state, **changes), None) for task in ("curves", "rest"))
    return two | one | {"figures": one["figures"] | two["figures"]}


def raw(state, **changes):
    return state.model_copy(update=changes).model_dump(mode="json")


def test_answers_are_plain_json(one_isotope):
    for task in ("curves", "rest", "details", "course"):
        json.dumps(answer(task, raw(one_isotope), None), allow_nan=False)


def test_the_drawn_curve_is_the_result_in_the_unit_of_the_page(one_isotope, drawn_numbers):
    found = curves.curves(one_isotope.model_copy(update={"unit": "mT"}))
    told = told_of(one_isotope, unit="mT")
    drawn = told["figures"]["temperature"]["data"][0]
    assert np.allclose(drawn_numbers(drawn["x"]), found.pumped.field.values * 1e3, rtol=1e-12)
    assert np.array_equal(drawn_numbers(drawn["y"]), found.pumped.inverse_spin_temperature.values)
    field = told["figures"]["spins"]["data"][1]
    assert np.allclose(
        drawn_numbers(field["y"]), found.pumped.overhauser_field.values * 1e3, rtol=1e-12
    )
    assert told["validity"]["rows"][0][0] == found.report.rows[0].level


def test_temperatures_are_microkelvin_or_energies(one_isotope, drawn_numbers):
    kelvin = answer("details", raw(one_isotope), None)
    energy = answer("details", raw(one_isotope, temperature="1/β"), None)
    best = curves.maxima(one_isotope)
    shown = [drawn_numbers(m["y"])[0] for m in (kelvin["marks"][1], energy["marks"][1])]
    assert shown[0] == pytest.approx(abs(float(best.spin_temperature[0])) * 1e6)
    assert shown[1] == pytest.approx(
        1 / abs(float(best.inverse_spin_temperature[0])) / 1.602176634e-28
    )
    assert "µK" in kelvin["summary"]
    assert "neV" in energy["summary"]


def test_marks_lie_on_the_curve(one_isotope, drawn_numbers):
    told, details = (
        answer(task, raw(one_isotope, field="-8:8:1601 G"), None) for task in ("curves", "details")
    )
    line = told["figures"]["temperature"]["data"][0]
    mark = details["marks"][0]
    axes = [drawn_numbers(line[name]) for name in ("x", "y")]
    for x, y in zip(drawn_numbers(mark["x"]), drawn_numbers(mark["y"]), strict=True):
        assert np.interp(x, *axes) == pytest.approx(y, rel=1e-3)


def test_a_method_that_takes_long_brings_its_curves_with_the_details(one_isotope, drawn_numbers):
    state = one_isotope.model_copy(
        update={"method": "semiclassical", "field": "-2:2:5 G", "nuclei": "400"}
    )
    told = answer("details", raw(state), None)
    found = curves.curves(state)
    drawn = told["curves"]["figures"]["temperature"]["data"][0]["y"]
    assert np.array_equal(drawn_numbers(drawn), found.pumped.inverse_spin_temperature.values)
    assert "ClosedForm" in told["map_method"]
    assert "Semiclassical" in told["curves"]["method"]


def test_without_light_there_is_no_optimum_and_that_is_said(one_isotope):
    told = answer("details", raw(one_isotope, spin="0", field="-1:1:11 G"), None)
    assert told["marks"] == []
    assert "no optimum" in told["summary"]
    assert told["map"]["data"]


def test_the_figure_of_a_protocol_has_each_stage(one_isotope):
    stages = (
        StageRow(field="1 G", duration="1 s"),
        StageRow(kind="sweep", field="-1 G", duration="2 s"),
    )
    told = answer("course", raw(one_isotope, stages=stages), None)
    assert [word["text"] for word in told["figure"]["layout"]["annotations"]] == ["pump", "sweep"]
    assert [row[1] for row in told["table"]["rows"]] == ["pump", "sweep"]


def in_two_answers(changes):
    request = {"n": 1, "state": raw(DEFAULT, **changes)}
    first = curves_callback(request)
    return first if "problem" in first else rest_callback(request)


@pytest.mark.parametrize(
    "changes",
    [
        {"size": "1e300 s"},
        {"material": "CdTe", "size_kind": "cells", "size": "1e-300"},
        {
            "material": "own nuclei",
            "nuclei": "1e300",
            "correlation_time": "1e300 s",
            "g_factor": "1e-300",
        },
        {
            "material": "CdTe",
            "correlation_time": "1e300 s",
            "size_kind": "cells",
            "size": "1e-9",
            "knight_field": True,
        },
        {"optical_axis_angle": "1e300 deg", "field": "-1e15:1e15:21 T"},
    ],
)
def test_values_beyond_all_measure_end_in_a_sentence_or_in_curves(changes):
    told = in_two_answers(changes)
    assert ("problem" in told) != ("figures" in told)
    assert "went wrong" not in told.get("problem", "")


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"correlation_time": "10"}, "correlation_time"),
        ({"correlation_time": "-1 ns"}, "correlation_time"),
        ({"correlation_time": ""}, "correlation_time"),
        ({"filling": "2"}, "filling"),
        ({"filling": "x"}, "filling"),
        ({"spin": "0.7"}, "spin"),
        ({"spin": ""}, "spin"),
        ({"optical_axis_angle": "3 m"}, "optical_axis_angle"),
        ({"size": ""}, "size"),
        ({"size": "3 m"}, "size"),
        ({"size_kind": "bohr_radius", "size": "1 ns"}, "size"),
        ({"material": "Unobtainium"}, "material"),
        ({"material": "InAs"}, "g_factor"),
        ({"g_factor": "0"}, "g_factor"),
        ({"method": "magic"}, "method"),
        ({"field": "1 G"}, ""),
        ({"field": "1:2 G"}, "field"),
        ({"field": "0:1:100000 G"}, "field"),
        ({"at": "here"}, "at"),
        ({"more": "x ="}, "more"),
        ({"material": "own nuclei", "nuclei": "-3", "g_factor": "1"}, "nuclei"),
        ({"material": "own nuclei", "nuclear_spin": "0.7", "g_factor": "1"}, "nuclear_spin"),
        ({"material": "own nuclei"}, "g_factor"),
    ],
)
def test_a_sentence_stands_beside_the_field_that_it_is_about(changes, at):
    told = in_two_answers(changes)
    if not at:
        assert "problem" not in told
        return
    assert told["at"] == at, told["problem"]
    assert "\n" not in told["problem"]
    label = LABELS[at]
    assert told["problem"].startswith(label)
    assert not re.search(
        r"\b(page|site|electron|method|cool)[.:]", told["problem"][len(label) :].partition(":")[0]
    )


def test_constants_that_are_not_verified_are_named_on_every_tab(donor, one_isotope, t1):
    """The donor in CdTe rests on recalled hyperfine constants, g-factor and coupling of neighbours."""
    recalled = "Recalled, not verified: electron g-factor of CdTe"
    stages = (StageRow(field="1 G", duration="1 s"),)
    assert recalled in answer("course", raw(donor, stages=stages), None)["caption"]
    assert any(note.startswith(recalled) for note in data_answer(donor, t1)["notes"])
    assert answer("curves", raw(donor), None)["recalled"].startswith("electron g-factor of CdTe")
    assert (
        answer("course", raw(one_isotope, stages=stages), None)["caption"]
        == "At the end of each stage."
    )
    assert not any("Recalled" in note for note in data_answer(one_isotope, t1)["notes"])
