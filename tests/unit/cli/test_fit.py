"""`coldspin fit` and `design`: what is printed, what is written, what is refused."""

import csv
import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import xarray as xr

EXAMPLES = Path(__file__).parents[3] / "examples" / "fits"


@pytest.fixture
def studies(folder):
    """The examples, in the folder where commands run."""
    for path in EXAMPLES.iterdir():
        if path.suffix in (".toml", ".csv", ".dat"):
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def words(result):
    return " ".join(result.stdout.split())


def test_fit_prints_parameters_and_verdicts(run, studies):
    result = run("fit", "t1.toml")
    assert result.exit_code == 0, result.stderr
    shown = words(result)
    for word in (
        "correlation_time",
        "filling",
        "local_field",
        " ns ",
        " G ",
        "determined",
        "χ² = ",
        "Doubtful: t1: ",
    ):
        assert word in shown
    assert "the classical theory does not explain the data" in shown
    assert not result.stderr.strip()


def test_fields_are_shown_in_the_unit_asked_for(run, studies):
    assert " mT " in words(run("fit", "t1.toml", "--unit", "mT"))


def test_fit_writes_everything_and_the_archive_repeats_it(run, studies):
    (studies / "out").mkdir()
    (studies / "out" / "fit.json").write_text("old")
    first = run("fit", "t1.toml", "--output", "out", "--force")
    assert first.exit_code == 0, first.stderr
    names = {path.name for path in (studies / "out").iterdir()}
    figures = {"fit.png", "fit.pdf", "fit.svg"}
    assert names == figures | {
        "fit.json",
        "report.html",
        "parameters.csv",
        "data-t1.csv",
        "curve-t1.csv",
    }
    with (studies / "out" / "data-t1.csv").open() as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    assert rows[0] == ["field (T)", "measured (s)", "curve (s)", "error (s)", "residual"]
    assert len(rows) == 17
    HTMLParser().feed((studies / "out" / "report.html").read_text(encoding="utf-8"))
    second = run("fit", "out/fit.json")
    assert second.stdout == first.stdout
    stored = json.loads((studies / "out" / "fit.json").read_text(encoding="utf-8"))
    assert stored["result"]["agreeing"] >= 3


def test_a_missing_sampler_is_told_before_the_fit(run, studies, monkeypatch):
    with (studies / "t1.toml").open("a") as file:
        file.write("\n[fit]\nposterior = 200\n")
    monkeypatch.setitem(sys.modules, "emcee", None)
    monkeypatch.setattr(
        "coldspin.inputs.study_files.study.fit", lambda *_, **__: pytest.fail("the fit began")
    )
    result = run("fit", "t1.toml")
    assert result.exit_code == 2
    assert (
        result.stderr
        == "error: a posterior needs emcee; install it with pip install 'coldspin[posterior]'\n"
    )


def test_what_exists_is_replaced_only_by_force(run, studies):
    (studies / "out").mkdir()
    (studies / "out" / "fit.json").write_text("old")
    refused = run("fit", "t1.toml", "--output", "out")
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert (
        "output out holds fit.json already; give --force to replace them, or another folder"
        in refused.stderr
    )
    assert (studies / "out" / "fit.json").read_text() == "old"


def test_data_without_errors_say_so(run, studies):
    shown = words(run("fit", "recovery.toml"))
    assert "the errors are unknown and taken from the scatter" in shown
    assert "the classical theory explains the data as well" in shown


def test_a_product_alone_is_determined(run, studies):
    text = (studies / "t1.toml").read_text().replace("filling = {}", "filling = {}\nnuclei = {}")
    (studies / "t1.toml").write_text(
        text.replace("[[fit.data]]", "[fit]\nprofile = false\n[[fit.data]]")
    )
    shown = words(run("fit", "t1.toml"))
    assert "Determined together: filling · nuclei⁻¹ = " in shown
    assert "nuclei: not determined" in shown


@pytest.mark.slow
def test_bootstrap_and_posterior_report_their_convergence(run, studies):
    text = (studies / "recovery.toml").read_text()
    data = 'error = "0.04 % relative"\n'  # a share of the curve
    options = "[fit]\nbootstrap = 10\nposterior = 60\n[[fit.data]]"
    (studies / "recovery.toml").write_text(
        text.replace("[[fit.data]]", options).replace('y = "rho"', f'y = "rho"\n{data}')
    )
    result = run("fit", "recovery.toml", "--output", "out")
    assert result.exit_code == 0, result.stderr
    shown = words(result)
    assert "bootstrap: 10 samples, 0 failed." in shown
    assert "posterior not converged: 48 steps" in shown
    assert (studies / "out" / "posterior.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("fit", "no.toml"), "study file no.toml does not exist; check the name and the folder"),
        (("fit", "no.json"), "study file no.json does not exist; check the name and the folder"),
        (
            ("fit", "dot.toml"),
            "dot.toml has no table [fit]; give [[fit.data]] and [fit.parameters]",
        ),
        (
            ("design", "t1.toml"),
            "t1.toml has no table [design]; give model, candidates, points and error",
        ),
        (("fit", "t1.toml", "--output", "t1.csv"), "output t1.csv is a file; name a folder"),
        (
            ("design", "plan.toml", "--output", "plan.txt"),
            "output plan.txt must end in .csv, .json or .nc",
        ),
    ],
)
def test_what_is_refused(arguments, sentence, run, studies):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_design_prints_points_and_what_they_will_determine(run, studies):
    result = run("design", "plan.toml", "--output", "plan.nc")
    assert result.exit_code == 0, result.stderr
    shown = words(result)
    for word in (
        "field (G)",
        "times",
        "correlation_time *",
        "with even points",
        "efficiency at least",
    ):
        assert word in shown
    data = xr.open_dataset(studies / "plan.nc", engine="h5netcdf")
    assert data.sizes["field"] == 12
    assert data.attrs["deviation_correlation_time"] < 0.05


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("points = 12", "points = 2", "points"),
        ('"0:25:251 G"', '"0:25 G"', "must be a range like"),
        ('"correlation_time"]', '"corelation_time"]', "did you mean correlation_time"),
        ('error = "6 %"', 'error = "-6 %"', "error"),
        ('error = "6 %"', "error = 6", "error"),
    ],
)
def test_bad_plans(old, new, sentence, run, studies):
    text = (studies / "plan.toml").read_text()
    assert old in text
    (studies / "plan.toml").write_text(text.replace(old, new))
    result = run("design", "plan.toml")
    assert result.exit_code == 2, result.stdout
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_time_limit_of_a_study_is_said_and_nothing_is_determined(run, studies):
    text = (
        (studies / "t1.toml")
        .read_text()
        .replace("[[fit.data]]", "[fit]\ntime_limit = '1 us'\n[[fit.data]]")
    )
    (studies / "t1.toml").write_text(text)
    result = run("fit", "t1.toml", "--output", "out")
    assert result.exit_code == 0, result.stderr
    shown = words(result)
    assert (
        "the search did not converge, and there is no verdict: the time limit of 1e-06 s ended the "
        "search" in shown
    )
    assert "not converged" in shown
    assert "the classical theory" not in shown
    stored = json.loads((studies / "out" / "fit.json").read_text(encoding="utf-8"))["result"]
    assert stored["converged"] is False
    assert stored["stopped"] == "the time limit of 1e-06 s"


def test_an_interrupted_fit_is_shown_written_and_ends_with_130(run, studies, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("coldspin.experiments.fitting.fitting._search_from_all", interrupted)
    result = run("fit", "t1.toml", "--output", "out")
    assert result.exit_code == 130
    assert "an interruption ended the search before it came to a minimum" in words(result)
    assert (studies / "out" / "report.html").exists()
    stored = json.loads((studies / "out" / "fit.json").read_text(encoding="utf-8"))["result"]
    assert (stored["converged"], stored["stopped"]) == (False, "an interruption")
