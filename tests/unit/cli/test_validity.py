"""`coldspin validity`: the table, the files, the colours, the exit code."""

import csv
import json

import pytest
import xarray as xr
from rich.console import Console

from coldspin.thermodynamics.conditions import CONDITIONS

ROWS = [name for name, condition in CONDITIONS.items() if condition.group != "stages"]
RED = ("validity", "dot.toml", "--field", "150 G", "--spin", "0.3", "--quadrupole-field", "5 G")


def rows(text):
    """The printed rows by name."""
    lines = [line.split() for line in text.splitlines()]
    return {line[1]: line for line in lines if len(line) > 1 and line[1] in ROWS}


def test_the_table_has_every_row_with_its_level_in_words(run):
    result = run("validity", "dot.toml", "--field", "150 G")
    assert (result.exit_code, result.stderr) == (0, "")
    found = rows(result.stdout)
    assert list(found) == ROWS
    assert {line[0] for line in found.values()} == {"green", "yellow", "unknown"}
    assert found["local_phase"] == [
        "green",
        "local_phase",
        "γ_N",
        "B_L",
        "τ_c",
        "9.45e-05",
        ">",
        "0.1",
        ">",
        "0.5",
    ]
    assert found["field_ratio"] == ["yellow", "field_ratio", "|B|/B_L", "100", ">", "10", "none"]
    assert result.stdout.startswith("Long correlation time")
    assert "recommended method: ClosedForm()" in result.stdout.replace("\n", " ")
    assert "yellow: field_ratio: one temperature" in result.stdout
    assert "\x1b" not in result.stdout


def test_red_is_a_result(run):
    result = run(*RED)
    assert result.exit_code == 0
    found = rows(result.stdout)
    assert found["quadrupole_ratio"][0] == "red"
    remarks = [
        line.split(":")[0]
        for line in result.stdout.splitlines()
        if ":" in line and line.split(":")[0] in ("red", "yellow", "unknown")
    ]
    assert remarks == sorted(remarks, key=("red", "yellow", "unknown").index)
    assert "red" in remarks


def test_colour_on_a_terminal_only(run, monkeypatch):
    monkeypatch.setattr(
        "coldspin.cli.validity.console",
        lambda: Console(
            force_terminal=True, color_system="standard", width=160, highlight=False, _environ={}
        ),
    )
    text = run(*RED).stdout
    assert "\x1b[1;31mred\x1b[0m" in text
    assert "\x1b[32mgreen" in text


@pytest.mark.parametrize("suffix", ["json", "csv", "nc"])
def test_every_format_holds_the_report(suffix, run, folder):
    result = run(*RED, "--output", f"report.{suffix}")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"wrote report.{suffix}\nworst level: red\n"
    path = folder / f"report.{suffix}"
    if suffix == "json":
        content = json.loads(path.read_text(encoding="utf-8"))
        columns = {name: column["values"] for name, column in content["columns"].items()}
        assert content["attributes"]["level"] == "red"
        assert columns["red_limit"][columns["condition"].index("stable_states")] == "Infinity"
    elif suffix == "csv":
        lines = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")
        ]
        header, *cells = csv.reader(lines)
        columns = dict(zip(header, zip(*cells, strict=True), strict=True))
    else:
        data = xr.load_dataset(path, engine="h5netcdf")
        columns = {name: data[name].values.tolist() for name in data.variables}
    assert list(columns["condition"]) == ROWS
    at = list(columns["condition"]).index("quadrupole_ratio")
    assert float(columns["value"][at]) == pytest.approx(10 / 3)
    assert columns["level"][at] == "red"
    assert run(*RED, "--output", f"report.{suffix}").exit_code == 2
    assert run(*RED, "--output", f"report.{suffix}", "--force").exit_code == 0


def test_what_is_known_of_the_core(run):
    known = ("--radius", "10 nm", "--diffusivity", "1e-13 cm^2/s", "--lattice-constant", "0.565 nm")
    found = rows(run("validity", "dot.toml", "--field", "20 G", *known).stdout)
    assert float(found["knight_gradient"][-4]) == pytest.approx(16 * 0.0565 * 80.4, rel=2e-3, abs=0)
    assert found["diffusion"][0] != "unknown"


def test_options_speak_before_the_file(run):
    def row(name, *options):
        return rows(run("validity", "dot.toml", "--field", "150 G", *options).stdout)[name]

    assert row("mean_overhauser_precession", "--spin", "0.02")[-1] == "none"
    assert row("mean_overhauser_precession", "--spin", "0.02", "--no-feedback")[0] == "red"
    assert row("knight_field_ratio", "--knight-field")[-1] == "none"
    assert row("rotation_angle", "--method", "small-angle")[-2:] == [">", "1"]
    assert float(row("polarization", "--leakage", "1 ms")[3]) < float(row("polarization")[3])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], 'there is no field; give --field "150 G", the field to look at'),
        (["--field", "0:10:3 G"], '--field must be one field such as "150 G", not 3 of them'),
        (["--field", "10"], 'needs a unit, as in "150 G", "15 mT"'),
        (["--field", "10 ns"], "--field = 10 ns has the wrong dimension"),
        (["--field", "10 G", "--spin", "0.6"], "--spin must lie in [-0.5, 0.5]"),
        (["--field", "10 G", "--radius", "0 nm"], "radius must be greater than zero"),
        (
            ["--field", "10 G", "--quadrupole-field", "-1 G"],
            "quadrupole_field must lie in [0, inf]",
        ),
        (
            ["--field", "10 G", "--diffusivity", "1 nm"],
            "diffusivity = 1 nm has the wrong dimension",
        ),
        (["--field", "10 G", "--output", "report.txt"], "must end in .csv, .json or .nc"),
    ],
)
def test_bad_input_is_one_sentence(arguments, sentence, run):
    result = run("validity", "dot.toml", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
