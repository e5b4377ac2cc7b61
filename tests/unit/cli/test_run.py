"""run: the table of stage ends, the file, the figure, and the exit code."""

import csv
from pathlib import Path

import pytest
import typer
import xarray as xr
from typer.testing import CliRunner

from coldspin.cli.compute import run as command

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """`coldspin run`, in a folder with the example three.toml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "three.toml").write_text(
        (EXAMPLES / "three-stage.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    app = typer.Typer()
    app.command()(command)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_table_shows_the_end_of_each_stage(start):
    result = start("three.toml")
    assert result.exit_code == 0, result.stderr
    lines = [line for line in result.stdout.splitlines() if line.strip() and "─" not in line]
    for word in ("B (G)", "t (s)", "β (1/J)", "θ_N (µK)", "⟨I_z⟩/I", "B_N (mT)"):
        assert word in lines[0]
    rows = [line.split() for line in lines[1:]]
    assert [row[0] for row in rows] == ["10", "5", "10"]
    assert [row[1] for row in rows] == ["0.2", "0.24", "0.24"]
    assert [row[3] for row in rows] == ["pump", "dark", "measure"]
    assert "end of each stage" in result.stderr
    slow = start("three.toml", "--no-feedback", "--knight-field", "--leakage", "1 ms")
    assert slow.exit_code == 0
    assert slow.stdout != result.stdout
    warm = start("three.toml", "--unit", "mT", "--method", "small-angle").stdout
    assert "B (mT)" in warm


def test_files_have_the_whole_course(start):
    result = start("three.toml", "--output", "course.csv", "--plot", "course.png")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    lines = Path("course.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    assert len(rows) == 1 + 2 * 101 + 1
    assert "time (s)" in rows[0]
    assert any(line.startswith("# measured_3_overhauser_field: -") for line in lines)
    assert Path("course.png").read_bytes().startswith(b"\x89PNG")
    assert start("three.toml", "--output", "course.csv").exit_code == 2
    assert start("three.toml", "--output", "course.nc").exit_code == 0
    with xr.open_dataset("course.nc") as data:
        assert data.sizes["time"] == 203
        assert data.time.attrs["units"] == "s"


@pytest.mark.parametrize("name", ["three-stage.toml", "demagnetization.toml"])
def test_the_examples_run_without_a_warning(start, name):
    result = start(EXAMPLES / name)
    assert result.exit_code == 0
    assert "warning" not in result.stderr


def test_bad_input_is_one_sentence_and_exit_code_2(start):
    text = Path("three.toml").read_text(encoding="utf-8")
    Path("three.toml").write_text(text.replace('duration = "40 ms"\n', ""), encoding="utf-8")
    result = start("three.toml", "--plot", "course.png")
    assert result.exit_code == 2
    assert result.stderr == "error: three.toml: stage 2 (dark): duration is missing\n"
    assert not Path("course.png").exists()
    assert start("none.toml").exit_code == 2
