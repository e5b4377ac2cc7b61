"""Studies: what is read from them, and archives that repeat a fit."""

import json
from pathlib import Path

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.experiments.models import (
    CoolingCurve,
    DarkRate,
    Decay,
    HanleCurve,
    OptimalField,
    PolarizationRecovery,
)
from coldspin.heating import SmallAngle
from coldspin.inputs.study_files import fit_study, read_study
from coldspin.inputs.study_files.archive import FORMAT, open_study, write_archive

SITE = (Path(__file__).parents[4] / "examples/fits/t1.toml").read_text().split("[[fit.data]]")[0]


def study(
    folder,
    tables,
    data="B (G), y (s)\n1, 2\n3, 4\n5, 6\n",
    site=SITE,
    parameters="[fit.parameters]\nfilling = {}",
):
    (folder / "data.csv").write_text(data)
    (folder / "study.toml").write_text(f"{site}\n{tables}\n{parameters}\n")
    return read_study("study.toml")


def data_table(model, **more):
    keys = {"file": "data.csv", "model": model, "x": "B", "y": "y"} | more
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(["[[fit.data]]", *lines])


def test_columns_become_a_measurement_in_si(folder):
    read = read_study("t1.toml")
    (m,) = read.measurements
    assert isinstance(m.model, DarkRate)
    assert m.model.ordinate == "relaxation_time"
    assert m.name == "t1"
    np.testing.assert_allclose(m.x[[0, 1, -1]], [0, 2e-5, 25e-4])
    assert m.error is not None
    assert (m.error > 0).all()
    assert set(read.free) == {"correlation_time", "filling", "local_field"}
    assert read.free["correlation_time"].low == "0.1 ns"
    assert read.unit == "G"


@pytest.mark.parametrize(
    ("model", "unit", "kind", "ordinate"),
    [
        ("dark-rate", "s", DarkRate, "relaxation_time"),
        ("dark-rate", "1/s", DarkRate, "relaxation_rate"),
        ("cooling", "1/J", CoolingCurve, "inverse_spin_temperature"),
        ("cooling", "uK", CoolingCurve, "spin_temperature"),
        ("cooling", "mT", CoolingCurve, "overhauser_field"),
    ],
)
def test_the_unit_of_y_decides_on_the_ordinate(model, unit, kind, ordinate, folder):
    read = study(folder, data_table(model), f"B (G), y ({unit})\n1, 2\n3, 4\n5, 6\n")
    assert isinstance(read.measurements[0].model, kind)
    assert read.measurements[0].model.ordinate == ordinate


def test_models_and_their_options(folder):
    cooling = (
        study(
            folder,
            data_table(
                "cooling", polarity=-1, measurement_field="20 G", optical_axis_angle="10 deg"
            ),
            "B (G), y (mT)\n1, 2\n3, 4\n5, 6\n",
            SITE + "[electron]\nspin = 0.05\n[method]\nname = 'small-angle'\nself_consistent = "
            "false\nknight_field = true\n",
        )
        .measurements[0]
        .model
    )
    assert (cooling.polarity, cooling.measurement_field, cooling.electron_spin) == (-1, 20e-4, 0.05)
    assert cooling.optical_axis_angle == pytest.approx(np.pi / 18)
    assert cooling.method == SmallAngle()
    assert cooling.knight_field
    assert not cooling.self_consistent
    plain = "B (G), y\n1, 2\n3, 4\n5, 6\n"
    hanle = study(
        folder,
        data_table("hanle", start="sweep"),
        plain,
        parameters="[fit.parameters]\nspin_lifetime = {}",
    )
    assert hanle.measurements[0].model == HanleCurve(hanle.sample.site, start="sweep")
    table = data_table("recovery")
    recovery = study(
        folder,
        table,
        plain,
        site="",
        parameters="[fit.parameters]\nspin_lifetime = { start = '5 ns' }",
    )
    assert recovery.measurements[0].model == PolarizationRecovery()
    table = data_table("decay", form="stretched", build_up=True, x="t", y="U")
    decay = study(
        folder,
        table,
        "t (min), U (mV)\n1, 2\n2, 3\n",
        site="",
        parameters="[fit.parameters]\namplitude = {}",
    )
    assert decay.measurements[0].model == Decay("stretched", build_up=True)
    np.testing.assert_allclose(decay.measurements[0].x, [60, 120])
    np.testing.assert_allclose(decay.measurements[0].y, [2, 3])
    assert decay.measurements[0].unit == "mV"
    table = data_table("optimal-field", x="S", y="B0")
    field = study(folder, table, "S, B0 (G)\n0.01, 2\n0.02, 3\n")
    assert isinstance(field.measurements[0].model, OptimalField)
    np.testing.assert_allclose(field.measurements[0].y, [2e-4, 3e-4])


def test_errors_in_every_form(folder):
    table = "B (G), y (s), dy (ms)\n1, 2, 100\n3, 4, 200\n5, 6, 300\n"
    for error, expected in (
        ("dy", [0.1, 0.2, 0.3]),
        ("5 %", [0.1, 0.2, 0.3]),
        ("0.2 s", [0.2, 0.2, 0.2]),
    ):
        read = study(folder, data_table("dark-rate", error=error), table)
        np.testing.assert_allclose(read.measurements[0].error, expected)


def recovery_in_percent(folder, error):
    """Errors of a polarization of 10 and 20 %, and of a signal in % that has any unit."""
    found = []
    for model, start, site in (
        ("recovery", "spin_lifetime = '1 ns'", SITE),
        ("decay", "amplitude = 1", ""),
    ):
        free = (
            f"[fit.parameters]\namplitude = {{}}\n{start}\n"
            if model == "recovery"
            else "[fit.parameters]\namplitude = {}\n"
        )
        x = "B (G)" if model == "recovery" else "t (s)"
        table = data_table(model, x=x.split()[0], y="P", error=error)
        found.append(
            study(folder, table, f"{x}, P (%)\n1, 10\n2, 20\n", site=site, parameters=free)
            .measurements[0]
            .error
        )
    return found


def test_a_percentage_of_a_column_in_percent_has_two_readings(folder):
    with pytest.raises(InvalidInputError) as refused:
        recovery_in_percent(folder, "0.5 %")
    said = str(refused.value)
    assert "error = '0.5 %' can be read in two ways, since 'P' is in %" in said
    assert '"0.5 % relative" for that share of each value' in said
    assert '"0.5 % absolute" for values like 10 % ± 0.5 %' in said
    share, signal = recovery_in_percent(folder, "0.5 % relative")
    np.testing.assert_allclose(share, [0.0005, 0.001])
    np.testing.assert_allclose(signal, [0.05, 0.1])
    share, signal = recovery_in_percent(folder, "0.5 % absolute")
    np.testing.assert_allclose(share, [0.005, 0.005])
    np.testing.assert_allclose(signal, [0.5, 0.5])


def test_an_absolute_percentage_needs_a_column_in_percent(folder):
    with pytest.raises(
        InvalidInputError, match="error = '2 % absolute' is absolute, but 'y' is not in %"
    ):
        study(folder, data_table("dark-rate", error="2 % absolute"), "B (G), y (s)\n1, 2\n3, 4\n")
    read = study(
        folder, data_table("dark-rate", error="2 % relative"), "B (G), y (s)\n1, 2\n3, 4\n"
    )
    np.testing.assert_allclose(read.measurements[0].error, [0.04, 0.08])


def test_missing_cells_and_a_range_are_told(folder):
    table = "B (G), y (s)\n1, 2\n2, -\n, 3\n3, 4\n9, 4\n"
    read = study(folder, data_table("dark-rate", range=["0 G", "5 G"]), table)
    np.testing.assert_allclose(read.measurements[0].x, [1e-4, 3e-4])
    assert [note.partition(": ")[2] for note in read.notes] == [
        "2 of 5 rows have no value and are left out",
        "1 rows are outside the range and are left out",
    ]


def test_a_missing_error_is_asked_about(folder):
    table = "B (G), y (s), dy (s)\n1, 2, 0.1\n3, 4, -\n"
    with pytest.raises(
        InvalidInputError, match="row 3 has no error above 0 for 'y'; give one, or drop it"
    ):
        study(folder, data_table("dark-rate", error="dy"), table)


def test_leakage_of_the_sample_counts_unless_it_is_free(folder):
    leaking = (
        SITE
        + "[leakage]\ntime = '10 s'\nquadrupole = { time = '5 s', correlation_time = '1 us' }\n"
    )
    read = study(folder, data_table("dark-rate"), site=leaking)
    assert read.fixed == {
        "constant_rate": 0.1,
        "quadrupole_rate": 0.2,
        "quadrupole_correlation_time": 1e-6,
    }
    free = "[fit.parameters]\nfilling = {}\nconstant_rate = { start = '0.1 1/s' }"
    assert (
        "constant_rate"
        not in study(folder, data_table("dark-rate"), site=leaking, parameters=free).fixed
    )


def test_an_archive_repeats_the_fit_to_the_last_bit(folder):
    read = read_study("t1.toml")
    first = fit_study(read)
    write_archive(first, read, folder / "fit.json")
    for name in ("t1.toml", "t1.csv"):
        (folder / name).unlink()
    with open_study(folder / "fit.json") as again:
        second = fit_study(again)
    assert second.fit.best == first.fit.best
    assert second.fit.intervals == first.fit.intervals
    content = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    assert content["format"] == FORMAT
    assert content["versions"]["scipy"]
    stored = {entry["name"]: entry["value"] for entry in content["result"]["parameters"]}
    assert stored == first.fit.best
    assert content["result"]["measurements"][0]["x"] == first.fit.problem.measurements[0].x.tolist()


def test_an_archive_holds_a_material_file_and_bytes_that_are_no_text(folder):
    examples = Path(__file__).parents[4] / "examples" / "materials"
    (folder / "my.toml").write_bytes((examples / "my-gaas.toml").read_bytes())
    site = "[site]\nmaterial = 'my.toml'\ncells = 1e5\ncorrelation_time = '5 ns'\nfilling = 1e-3\n"
    (folder / "t.csv").write_bytes("B (G); T1 (s)\n1; 2\n2; 3 # \xb5\n4; 5\n".encode("latin-1"))
    table = "[[fit.data]]\nfile = 't.csv'\nmodel = 'dark-rate'\nx = 'B'\ny = 'T1'\nencoding = 'latin-1'\n"
    (folder / "s.toml").write_text(
        f"{site}{table}[fit]\nprofile = false\n[fit.parameters]\nfilling = {{}}\n".replace(
            "[fit]\nprofile = false\n", ""
        )
    )
    read = read_study("s.toml")
    assert set(read.files) == {"my.toml", "t.csv"}
    found = fit_study(read)
    write_archive(found, read, folder / "fit.json")
    for name in read.files:
        (folder / name).unlink()
    with open_study(folder / "fit.json") as again:
        np.testing.assert_array_equal(again.measurements[0].y, read.measurements[0].y)
        assert again.sample.site == read.sample.site


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no archive of a fit"),
        ('{"format": "coldspin fit 9"}', "is no archive of a fit"),
        (
            json.dumps({"format": FORMAT, "study": {"text": 3}, "files": []}),
            "is no archive of a fit",
        ),
        ("[" * 100000, "cannot be read as JSON"),
    ],
)
def test_what_is_no_archive(content, sentence, folder):
    (folder / "bad.json").write_text(content)
    with pytest.raises(InvalidInputError, match=sentence), open_study(folder / "bad.json"):
        pass


def test_an_archive_opens_no_file_outside_it(folder):
    (folder / "secret.csv").write_text("B (G), T1 (s)\n1, 2\n2, 3\n")
    text = (
        (folder / "t1.toml").read_text().replace('"t1.csv"', json.dumps(str(folder / "secret.csv")))
    )
    (folder / "bad.json").write_text(
        json.dumps({"format": FORMAT, "study": {"text": text}, "files": []})
    )
    with (
        pytest.raises(InvalidInputError, match="does not hold the file"),
        open_study(folder / "bad.json"),
    ):
        pass


def test_a_damaged_file_in_an_archive(folder):
    entry = {"name": "t1.csv", "encoding": "base64", "content": "?"}
    content = {
        "format": FORMAT,
        "study": {"text": (folder / "t1.toml").read_text()},
        "files": [entry],
    }
    (folder / "bad.json").write_text(json.dumps(content))
    with (
        pytest.raises(InvalidInputError, match=r"'t1\.csv' in the archive is damaged"),
        open_study(folder / "bad.json"),
    ):
        pass


def decay(folder, data, **more):
    return study(
        folder,
        data_table("decay", x="t", **more),
        data,
        site="",
        parameters="[fit.parameters]\namplitude = {}",
    )


def test_an_error_column_in_percent_is_a_share_of_what_was_measured(folder):
    (m,) = decay(
        folder, "t (s), y (mV), dy (%)\n0, 10, 5\n1, -4, 10\n2, 2, 1\n", error="dy"
    ).measurements
    np.testing.assert_allclose(m.error, [0.5, 0.4, 0.02], rtol=1e-14)
    (m,) = decay(folder, "t (s), y (%), dy (%)\n0, 10, 5\n1, 4, 10\n", error="dy").measurements
    np.testing.assert_allclose(m.error / m.y, [0.5, 2.5], rtol=1e-14)
    table = data_table("dark-rate", error="dy")
    (m,) = study(folder, table, "B (Oe), y (s), dy (%)\n1, 2, 10\n3, 4, 5\n").measurements
    np.testing.assert_allclose(m.error, [0.2, 0.2], rtol=1e-14)
    np.testing.assert_allclose(m.x, [1e-4, 3e-4], rtol=1e-14)


def test_percent_of_a_plain_number_is_asked_about(folder):
    with pytest.raises(
        InvalidInputError, match=r"is in %, and 1 % may be a hundredth of 'y' or 0\.01"
    ):
        study(
            folder, data_table("recovery", error="dy"), "B (G), y, dy (%)\n1, 0.2, 10\n3, 0.3, 5\n"
        )


def test_a_field_in_oersted_is_noted(folder):
    read = study(folder, data_table("dark-rate"), "B (kOe), y (s), remark\n1, 2, dark\n3, 4,\n")
    assert "data.csv: 'B' is in kOe, read as the field in air: 1 Oe is 1 G" in read.notes
    np.testing.assert_allclose(read.measurements[0].x, [0.1, 0.3], rtol=1e-14)
    assert not any("air" in note for note in study(folder, data_table("dark-rate")).notes)
    with pytest.raises(
        InvalidInputError, match=r"'dark' in row 2, column 3 \(remark\) is not a number"
    ):
        study(
            folder,
            data_table("dark-rate", error="remark"),
            "B (kOe), y (s), remark\n1, 2, dark\n3, 4,\n",
        )
