"""The validity report as a record: levels, text, Dataset, sentences, bad input."""

import dataclasses
import math
import sys
import warnings

import numpy as np
import pytest

from coldspin import InvalidInputError, Site
from coldspin.conditions import HEADINGS, validity
from coldspin.conditions.rows import Surroundings, build_rows
from coldspin.conditions.working_point import find_working_point
from coldspin.cooling.pump import Pump
from coldspin.cooling.pumped_site import pump_site
from coldspin.heating import Automatic, ClosedForm, Multiplets, Semiclassical
from coldspin.materials import Donor
from coldspin.thermodynamics.conditions import CONDITIONS
from processes import run
from samples import DONOR

ROWS = [name for name, condition in CONDITIONS.items() if condition.group != "stages"]
DOT = DONOR.replace(nuclear_spin=1.5)


def test_every_question_is_a_row_and_says_enough():
    report = validity(DOT, "1 G", 1e-3)
    assert [row.name for row in report.rows] == ROWS
    for row in report.rows:
        assert row.meaning
        assert any(
            word in row.origin
            for word in ("measured", "rule of thumb", "exact", "section S2", "function", "flux")
        )
        assert report[row.name] is row


def test_a_row_that_lacks_something_says_what():
    report = validity(DOT, "1 G", 1e-3)
    for name, words in (
        ("quadrupole_ratio", "give quadrupole_field"),
        ("knight_gradient", "give radius and lattice_constant"),
        ("diffusion", "give radius and diffusivity"),
    ):
        assert report[name].level == "unknown"
        assert report[name].meaning.startswith(words)
    assert validity(DOT, "1 G", 1e-3, quadrupole_field=0)["quadrupole_ratio"].level == "green"
    assert validity(DONOR, "1 G", 1e-3)["quadrupole_ratio"].level == "green"  # spin 1/2
    half = validity(DOT, "1 G", 1e-3, radius="5 nm")["diffusion"]
    assert half.level == "unknown"
    assert half.meaning.startswith("give diffusivity to judge")


def test_a_donor_in_a_material_knows_its_orbit_and_its_cells():
    site = Site.from_material(
        "GaAs", envelope=Donor("10.2 nm"), correlation_time="50 ns", filling=0.01
    )
    neighbours = "0.39975 nm"  # 0.5653 nm/√2
    given = {"radius": "10.2 nm", "lattice_constant": neighbours, "diffusivity": "1e-13 cm^2/s"}
    whole = validity(site, "1 G", 1e-3, diffusivity="1e-13 cm^2/s")
    for name in ("knight_gradient", "diffusion"):
        assert whole[name].value == pytest.approx(
            validity(site, "1 G", 1e-3, **given)[name].value, rel=1e-3, abs=0
        )
    other = validity(site, "1 G", 1e-3, radius="5.1 nm")["knight_gradient"].value
    assert other == pytest.approx(2 * whole["knight_gradient"].value, rel=1e-12, abs=0)
    by_hand = DOT.replace(orbit_radius="5 nm", cell_distance="0.4 nm")
    both = (
        validity(by_hand, "1 G", 1e-3),
        validity(DOT, "1 G", 1e-3, radius="5 nm", lattice_constant="0.4 nm"),
    )
    assert both[0]["knight_gradient"] == both[1]["knight_gradient"]
    cold = DOT.replace(envelope=Donor("5 nm"))
    assert validity(cold, "1 G", 1e-3)["knight_gradient"].meaning.startswith(
        "give lattice_constant to judge"
    )
    cells = Site.from_material("GaAs", cells=1e5, correlation_time="50 ns", filling=0.01)
    assert validity(cells, "1 G", 1e-3)["knight_gradient"].level == "unknown"


def test_the_worst_level():
    complete = {"radius": "1 µm", "diffusivity": 1e-30, "lattice_constant": "1 fm"}
    quiet = DONOR.replace(local_field="200 G", filling=1e-9, hyperfine_coupling="0.1 neV")
    assert validity(quiet, "1 G", 1e-9, **complete).level == "green"
    assert validity(quiet, "1 G", 1e-9).level == "unknown"
    assert validity(DONOR, "1 G", 1e-9).level == "yellow"
    assert validity(DONOR, "1 G", 1e-9, **complete | {"diffusivity": 1.0}).level == "red"


def test_the_text():
    report = validity(DOT, "150 G", 0.4)
    regime, empty, heading, *lines = str(report).splitlines()
    assert (regime, empty) == (report.regime, "")
    assert tuple(heading.split()) == HEADINGS
    assert [line.split()[:2] for line in lines[: len(report.rows)]] == [
        [r.level, r.name] for r in report.rows
    ]
    remarks = [line for line in lines[len(report.rows) :] if line]
    assert len(remarks) == sum(row.level != "green" for row in report.rows)
    assert [line.split(":")[0] for line in remarks] == sorted(
        (r.level for r in report.rows if r.level != "green"), key=["red", "yellow", "unknown"].index
    )
    assert all(line.endswith(".") for line in remarks)


def test_the_dataset():
    report = validity(DOT, "150 G", 0.01)
    data = report.to_dataset()
    assert data.condition.values.tolist() == ROWS
    for name in ("value", "yellow_limit", "red_limit", "level", "meaning", "origin", "quantity"):
        for got, row in zip(data[name].values.tolist(), report.rows, strict=True):
            assert got == pytest.approx(getattr(row, name), nan_ok=True)
    assert all(
        set(variable.attrs) == {"units", "long_name"} for variable in data.variables.values()
    )
    assert data.attrs["regime"] == report.regime
    assert (data.attrs["field"], data.attrs["electron_spin"]) == (report.field, 0.01)
    assert data.attrs["method"] == "ClosedForm()"
    for parameter, number in DOT.parameters().items():
        assert data.attrs[parameter] == number


def test_the_report_is_frozen():
    report = validity(DONOR, "1 G", 1e-3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.field = 0.0
    with pytest.raises(KeyError, match="no condition 'colour'"):
        report["colour"]


@pytest.mark.parametrize(
    ("changes", "field", "words", "recommended"),
    [
        (
            {},
            "10 G",
            (
                "Intermediate correlation time",
                "intermediate field",
                "small rotation",
                "many nuclei",
            ),
            ClosedForm(),
        ),
        (
            {"correlation_time": "10 ps"},
            "0 G",
            ("Short correlation time", "weak field"),
            ClosedForm(),
        ),
        (
            {"correlation_time": "10 µs", "nuclei": 1e6},
            "1 kG",
            ("Long correlation time", "strong field", "complete turns"),
            Semiclassical(tolerance=1e-3),
        ),
        (
            {"correlation_time": "1 µs", "nuclei": 100},
            "1 G",
            ("noticeable rotation", "few nuclei"),
            Multiplets(tolerance=1e-3),
        ),
    ],
)
def test_the_regime(changes, field, words, recommended):
    report = validity(DONOR.replace(**changes), field, 1e-9)
    for word in words:
        assert word in report.regime
    assert report.recommended_method == recommended
    assert f"recommended method: {recommended!r}." in report.regime


def test_a_field_without_a_stationary_state():
    pumped = pump_site(DONOR, np.array([1e-4]), Pump(0.1))
    absent = dataclasses.replace(
        find_working_point(pumped), stable_states=0, spins=np.array([math.nan])
    )
    rows = {row.name: row for row in build_rows(absent, Surroundings())}
    assert rows["stable_states"].level == "red"
    for name in ("mean_overhauser_precession", "polarization"):
        assert rows[name].level == "unknown"
        assert rows[name].meaning == "there is no stationary state"


def test_the_method_chosen_is_the_method_judged():
    report = validity(DONOR, "1 G", 1e-3, method=Automatic())
    assert report.method == "Automatic(tolerance=0.01): ClosedForm()"
    assert report["rotation_angle"].yellow_limit == 0.3


def test_fields_without_a_pump_or_without_a_field():
    dark = validity(DONOR, "1 G", 0.0)
    assert dark["polarization"].value == dark["knight_field_ratio"].value == 0
    zero = validity(DONOR, 0.0, 0.1)
    assert zero["knight_field_ratio"].value == math.inf
    assert zero["knight_field_ratio"].level == "red"
    assert zero["field_ratio"].level == "green"
    assert validity(DONOR, 0.0, 0.0)["knight_field_ratio"].level == "green"


def test_effects_that_are_switched_on_have_no_limit():
    plain = validity(DONOR, "1 G", 0.4)
    assert plain["polarization"].red_limit == 0.5
    full = validity(DONOR, "1 G", 0.4, knight_field=True, high_temperature=False)
    assert (full["polarization"].yellow_limit, full["polarization"].red_limit) == (0.3, 0.7)
    assert math.isinf(full["knight_field_ratio"].yellow_limit)
    assert math.isinf(plain["mean_overhauser_precession"].red_limit)
    assert (
        validity(DONOR, "1 G", 0.4, self_consistent=False)["mean_overhauser_precession"].red_limit
        == 1
    )


def test_a_report_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        validity(DONOR.replace(correlation_time="1 ms", nuclei=10), "1 T", 0.5)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("1 G", 0.6), {}, "electron_spin must lie in"),
        (("1 G", [0.1, 0.2]), {}, "electron_spin must be one value"),
        ((["1 G", "2 G"], 0.1), {}, "field must be one value, not an array of 2"),
        (("1 ns", 0.1), {}, "field = 1 ns has the wrong dimension"),
        ((math.nan, 0.1), {}, "field must be finite"),
        (
            ("1 G", 0.1),
            {"quadrupole_field": "1 G"},
            "spin 1/2 has no quadrupole moment; leave it out",
        ),
        (("1 G", 0.1), {"quadrupole_field": "-1 G"}, "quadrupole_field must lie in"),
        (("1 G", 0.1), {"diffusivity": 0}, "diffusivity must be greater than zero"),
        (("1 G", 0.1), {"radius": "1 G"}, "radius = 1 G has the wrong dimension"),
        (("1 G", 0.1), {"lattice_constant": -1e-9}, "lattice_constant must be greater than zero"),
        (("1 G", 0.1), {"optical_axis_angle": "1 G"}, "optical_axis_angle"),
        (("1 G", 0.1), {"method": ClosedForm}, "method must be a value such as"),
        (("1 G", 0.1), {"leakage": True}, "leakage must be"),
    ],
)
def test_bad_input_is_one_sentence(arguments, options, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        validity(DONOR, *arguments, **options)
    assert "\n" not in str(caught.value)


def test_what_is_no_site_is_refused():
    with pytest.raises(InvalidInputError, match="site must be a Site"):
        validity("GaAs", "1 G", 0.1)


def test_xarray_and_numba_are_not_loaded_for_a_report():
    code = (
        "import sys; from coldspin.conditions import validity; from coldspin import Site;"
        "site = Site(nuclei=1e4, nuclear_spin=0.5, hyperfine_coupling=1e6, "
        "nuclear_gyromagnetic_ratio=6e7,"
        " local_field=5e-5, correlation_time=1e-8, filling=1e-3, g_factor=-1.6); "
        "str(validity(site, 1e-4, 1e-3));"
        "print([m for m in ('xarray', 'numba', 'pint', 'rich') if m in sys.modules])"
    )
    done = run([sys.executable, "-c", code], text=True)
    assert done.stdout.strip() == "[]"
