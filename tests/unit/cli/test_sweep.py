"""`coldspin sweep`: what it refuses before any process starts."""

import pytest
from typer.testing import CliRunner

from coldspin.cli.app import app
from helpers_of_sweeps import SAMPLE, SWEEP


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder but for grid.toml, where the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.toml").write_text(SAMPLE + SWEEP, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder):
    return lambda *arguments: CliRunner().invoke(app, ["sweep", *arguments])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("absent.toml",), "study file absent.toml does not exist"),
        (("grid.toml", "--output", "no/where.zarr"), "there is no folder no"),
        (
            ("grid.toml", "--scheduler", "tcp://127.0.0.1:1", "--slurm"),
            "has its own workers; leave out --slurm",
        ),
        (("grid.toml", "--slurm"), "sweep.slurm.interface is missing"),
        (("grid.toml", "--slurm-option", "queue=long"), "is of no use without --slurm"),
        (
            ("grid.toml", "--scheduler", "tcp://127.0.0.1:1", "--timeout", "inf"),
            "must be a finite number of seconds",
        ),
        (("grid.toml", "--workers", "0"), "Invalid value for '--workers'"),
    ],
)
def test_bad_input_is_exit_code_2(run, arguments, sentence):
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert not result.stdout.strip()


def test_a_misspelt_parameter_is_exit_code_2(run, folder):
    (folder / "grid.toml").write_text(
        (SAMPLE + SWEEP).replace("site.filling", "site.fillling"), encoding="utf-8"
    )
    result = run("grid.toml")
    assert result.exit_code == 2
    assert (
        "error: grid.toml: sweep.axes.site.fillling is no parameter of a sample file"
        in result.stderr
    )
    assert [path.name for path in folder.iterdir()] == ["grid.toml"]


def test_a_missing_extra_is_named(run, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for options, extra in (
        ([], "sweep"),
        (["--scheduler", "tcp://127.0.0.1:8786"], "sweep"),
        (["--slurm"], "cluster"),
    ):
        result = run("grid.toml", *options)
        assert result.exit_code == 2
        assert f"zarr is not installed; pip install 'coldspin[{extra}]'" in result.stderr
