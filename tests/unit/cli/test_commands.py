"""cool, relax, optimum, cite and paper: what comes out, where it goes, and the exit code."""

import csv
import json
import sys
import types

import numpy as np
import pytest
import xarray as xr

from coldspin import InvalidInputError, __version__
from coldspin.cooling import facade
from quick import quick


def table(text):
    """Cells of the printed table by heading, and rows of text."""
    lines = [line for line in text.splitlines() if line.strip() and "─" not in line]
    return lines[0], [line.split() for line in lines[1:]]


def test_cool_prints_a_table_and_warns_once_each(run):
    result = run("cool", "dot.toml", "--field", "-5:5:11 G", "--spin", "0.1", "--no-feedback")
    assert result.exit_code == 0
    heading, rows = table(result.stdout)
    for word in ("B (G)", "β (1/J)", "θ_N (µK)", "⟨I_z⟩/I", "B_N (mT)", "Φ", "T1e (ns)"):
        assert word in heading
    assert [row[0] for row in rows] == [str(field) for field in range(-5, 6)]
    assert rows[5][1:4] == ["0", "inf", "0"]
    assert "-0" not in rows[5]
    warnings = result.stderr.splitlines()
    assert warnings
    assert all(line.startswith("warning: ") for line in warnings)
    assert len(set(warnings)) == len(warnings)


def test_many_rows_are_printed_in_full_to_a_pipe(run):
    result = run("cool", "dot.toml", "--field", "-200:200:401 mT")
    heading, rows = table(result.stdout)
    assert "B (mT)" in heading
    assert len(rows) == 401
    assert "rows are shown" not in result.stderr


def test_the_command_line_speaks_before_the_file(run):
    rows = [
        table(run("cool", "dot.toml", "--field", "1 mT", "--spin", spin, "--no-feedback").stdout)[
            1
        ][0]
        for spin in ("0.01", "-0.02")
    ]
    assert float(rows[1][1]) == pytest.approx(-2 * float(rows[0][1]), rel=1e-3, abs=0)
    phi = [
        float(table(run("cool", "dot.toml", "--field", "1 mT", "--method", method).stdout)[1][0][5])
        for method in ("closed-form", "small-angle", "semiclassical")
    ]
    assert phi == pytest.approx([0.5275, 0.5275, 0.5275], abs=2e-3)


def test_which_method_was_taken_is_said(run):
    note = "note: the method was Automatic(tolerance=0.01): ClosedForm()"
    for command in ("cool", "relax"):
        result = run(command, "dot.toml", "--field", "1 mT", "--method", "automatic")
        assert note in result.stderr.splitlines()
    assert "the method was" not in run("cool", "dot.toml", "--field", "1 mT").stderr


def test_the_file_gives_what_the_command_line_does_not(run):
    _, rows = table(run("cool", "dot.toml").stdout)
    assert len(rows) == 201
    _, rows = table(run("relax", "dot.toml").stdout)
    assert len(rows) == 101


@pytest.mark.parametrize(
    ("options", "heading"), [([], "B (mT)"), (["--unit", "G"], "B (G)"), (["--unit", "T"], "B (T)")]
)
def test_the_unit_of_the_field(run, options, heading):
    assert heading in run("cool", "dot.toml", "--field", "0:1:3 mT", *options).stdout
    assert heading in run("relax", "dot.toml", *options).stdout
    assert heading in run("optimum", "dot.toml", *options).stdout


@pytest.mark.parametrize("typed", ["150 gauss", "15000 uT", "0.15 kG", "1.5e-2 T"])
def test_the_field_is_shown_in_the_unit_typed(run, typed):
    number, unit = typed.split()
    heading, rows = table(run("cool", "dot.toml", "--field", typed).stdout)
    assert f"B ({unit})" in heading
    assert float(rows[0][0]) == float(number)


def test_relax(run):
    heading, rows = table(run("relax", "dot.toml", "--field", "0:10:3 G").stdout)
    assert "1/T_E (1/s)" in heading
    for row in rows:
        assert float(row[1]) == pytest.approx(float(row[2]) + float(row[3]), rel=1e-3, abs=0)


def test_optimum(run):
    result = run("optimum", "dot.toml", "--fields", "0 G", "200 G", "--no-feedback")
    _, rows = table(result.stdout)
    assert len(rows) == 1
    assert rows[0][:2] == ["14.5227", "maximum"]
    _, rows = table(run("optimum", "dot.toml", "--fields", "0 G", "200 G").stdout)
    assert float(rows[0][0]) == pytest.approx(14.5227, rel=2e-3, abs=0)
    assert rows[0][0] != "14.5227"
    assert "searched from 0 to 200 G: 1 extrema" in result.stderr


def test_optimum_without_a_range_searches_that_of_the_site(run, folder, example):
    (folder / "dot.toml").write_text(
        example.replace('fields = ["-200 mT", "200 mT"]', ""), encoding="utf-8"
    )
    result = run("optimum", "dot.toml")
    assert len(table(result.stdout)[1]) == 2
    assert "searched from -" in result.stderr


def test_optimum_that_finds_nothing_says_so(run, folder):
    result = run(
        "optimum",
        "dot.toml",
        "--fields",
        "0.1 G",
        "0.2 G",
        "--output",
        "none.nc",
        "--plot",
        "none.png",
    )
    assert result.exit_code == 0
    assert "no extrema" in result.stderr
    assert (
        "warning: |β| has no extremum between 1e-05 T and 2e-05 T: it rises from 1e-05 to 2e-05 T"
        in result.stderr
    )
    assert xr.load_dataset(folder / "none.nc", engine="h5netcdf").sizes["extremum"] == 0
    assert (folder / "none.png").exists()


@pytest.mark.parametrize("command", ["cool", "relax", "optimum"])
def test_every_format_holds_the_same_numbers(command, run, folder):
    for suffix in ("csv", "json", "nc"):
        result = run(command, "dot.toml", "--output", f"out.{suffix}")
        assert (result.exit_code, result.stdout) == (0, "")
        assert f"wrote out.{suffix}" in result.stderr
    data = xr.load_dataset(folder / "out.nc", engine="h5netcdf")
    lines = [
        line for line in (folder / "out.csv").read_text().splitlines() if not line.startswith("#")
    ]
    columns = dict(
        zip(
            [h.split(" (")[0] for h in lines[0].split(",")],
            zip(*csv.reader(lines[1:]), strict=True),
            strict=True,
        )
    )
    labelled = json.loads((folder / "out.json").read_text())["columns"]
    for name, values in columns.items():
        if name not in ("kind", "from_rest"):
            np.testing.assert_array_equal(np.array(values, dtype=float), data[name])
            np.testing.assert_array_equal(
                np.array(labelled[name]["values"], dtype=float), data[name]
            )


@pytest.mark.parametrize(
    ("command", "suffix"),
    quick(
        [("cool", "png"), ("cool", "pdf"), ("cool", "svg"), ("relax", "png"), ("optimum", "png")],
        1,
        4,
    ),
)
def test_figures(command, suffix, run, folder):
    result = run(command, "dot.toml", "--plot", f"out.{suffix}")
    assert result.exit_code == 0
    assert (folder / f"out.{suffix}").stat().st_size > 5000
    assert table(result.stdout)[1]
    assert sorted(path.name for path in folder.iterdir()) == ["dot.toml", f"out.{suffix}"]


def test_force_replaces(run, folder):
    (folder / "out.csv").write_text("old")
    assert run("cool", "dot.toml", "--output", "out.csv", "--force").exit_code == 0
    assert (folder / "out.csv").read_text().startswith("# nuclei: 100000.0\n")


def test_a_byte_order_mark_and_windows_lines_are_fine(run, folder, example):
    (folder / "dot.toml").write_bytes(b"\xef\xbb\xbf" + example.replace("\n", "\r\n").encode())
    assert run("cool", "dot.toml").exit_code == 0


@pytest.mark.parametrize(
    ("trouble", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "error: there is not enough memory"),
        (
            OSError(28, "No space left on device", "out.csv"),
            1,
            "error: out.csv cannot be read or written: No space left",
        ),
    ],
)
def test_failed_runs(trouble, code, sentence, run, folder, monkeypatch):
    def fail(*_, **__):
        raise trouble

    monkeypatch.setattr(facade, "cool", fail)
    result = run("cool", "dot.toml", "--output", "out.csv")
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith(sentence)
    assert [path.name for path in folder.iterdir()] == ["dot.toml"]


def test_a_disk_that_fills_up_leaves_nothing(run, folder, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv, "writer", fail)
    result = run("cool", "dot.toml", "--output", "out.csv")
    assert result.exit_code == 1
    assert "error: out.csv cannot be read or written: No space left on device" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["dot.toml"]


def test_cite(run):
    text = run("cite").stdout
    assert text.count("@") == 5
    assert "2406.08296" in text
    assert f"version = {{{__version__}}}" in text
    assert text.count("{") == text.count("}")


def test_version(run):
    assert run("--version").stdout == f"coldspin {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["cool"],
        ["relax"],
        ["optimum"],
        ["paper"],
        ["second-maximum"],
        ["fit"],
        ["design"],
        ["cite"],
    ],
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(command, flag, run):
    result = run(*command, flag)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert "..." not in result.stdout.split("Commands:")[-1].split("Examples")[0] or command


@pytest.fixture
def fake_paper(monkeypatch):
    claim = types.SimpleNamespace(
        source="S2",
        statement="the minimum [of T1N]",
        paper="4.9 at 0.88",
        ours="4.024",
        verdict="not reproduced",
        why="…",
    )
    calls = []

    def write_paper(output, *, force, progress=None):
        calls.append((output, force))
        if str(output) == "refused":
            raise InvalidInputError("output refused exists; give --force to replace it")
        progress("Fig. 2", 0.5)
        progress("claims", 1.0)
        return [claim]

    module = types.ModuleType("coldspin.paper")
    module.write_paper = write_paper
    monkeypatch.setitem(sys.modules, "coldspin.paper", module)
    return calls


def test_paper_prints_the_claims(run, fake_paper):
    result = run("paper", "--output", "out/paper", "--force")
    assert result.exit_code == 0
    assert [(str(path), force) for path, force in fake_paper] == [("out/paper", True)]
    for word in ("statement", "verdict", "the minimum [of T1N]", "4.024", "not reproduced"):
        assert word in result.stdout
    assert "out/paper" in result.stderr


def test_paper_refuses(run, fake_paper):
    result = run("paper", "--output", "refused")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert (
        result.stderr.splitlines()[-1] == "error: output refused exists; give --force to replace it"
    )


def test_second_maximum_writes_its_files_and_prints_the_summary(run, folder, monkeypatch):
    from coldspin.studies import second_maximum_report as report

    def stub(output, *, force, progress, coarse):
        report.check_folder(output, report.FILES, force=force)
        output.mkdir()
        progress("map", 0.5)
        (output / "summary.md").write_text("done")
        return f"summary, coarse = {coarse}\n"

    monkeypatch.setattr(report, "write_second_maximum", stub)
    result = run("second-maximum", "--output", str(folder / "out"), "--coarse")
    assert (result.exit_code, result.stdout) == (0, "summary, coarse = True\n")
    again = run("second-maximum", "--output", str(folder / "out"))
    assert again.exit_code == 2
    assert "--force" in again.stderr
