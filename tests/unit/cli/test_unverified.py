"""Constants that are recalled and not verified are named with every result that rests on them; fixed values too."""

import json

import numpy as np
import pytest
import xarray as xr

from coldspin import Site, relax, validity
from coldspin.experiments.fitting import Measurement, findings, fit
from coldspin.experiments.fitting.result import list_fixed_values
from coldspin.experiments.models import DarkRate
from coldspin.explorer.fits import fit_files
from coldspin.outputs.fit_report.sentences import summary
from coldspin.sweeps import read_source
from coldspin.sweeps.rows import unverified_constants

# bromine and caesium do not see the electron, which is doubtful in strong field and not the subject here
pytestmark = pytest.mark.filterwarnings("ignore:isotope_mixing:coldspin.exceptions.ValidityWarning")

SITE = """
[site]
material = "CsPbBr3"
carrier = "electron"
nuclei = 1e4
only = ["207Pb"]
dephasing_time = "5 ns"
correlation_time = "2 ns"
filling = 1e-3
"""
RECALLED = "electron g-factor of CsPbBr3"
LATTICE = "lattice constant of CsPbBr3"
FIT = f"""{SITE}
[[fit.data]]
name = "t1"
file = "t1.csv"
model = "dark-rate"
x = "B"
y = "T1"
error = "T1_err"

[fit]
attempts = 2
profile = false

[fit.parameters]
filling = {{}}
local_field = {{}}
correlation_time = "2 ns"
"""
PLAN = f"""{SITE}
[design]
model = "dark-rate"
candidates = "0:25:26 G"
points = 6
error = "6 %"

[design.parameters]
filling = {{}}
"""
SWEEP = f"""{SITE}
[electron]
spin = 0.05

[cool]
field = "1:5:3 G"

[sweep]
command = "cool"

[sweep.axes]
site.filling = [1e-3, 1e-2]
"""


def site():
    return Site.from_material(
        "CsPbBr3",
        nuclei=1e4,
        only=["207Pb"],
        dephasing_time="5 ns",
        correlation_time="2 ns",
        filling=1e-3,
    )


@pytest.fixture
def study(folder):
    field = np.linspace(0, 12, 15)
    time = relax(site(), field * 1e-4).relaxation_time.values
    rows = "\n".join(f"{b:.6g},{t:.8g},{0.05 * t:.6g}" for b, t in zip(field, time, strict=True))
    (folder / "t1.csv").write_text(f"B (G),T1 (s),T1_err (s)\n{rows}\n", encoding="utf-8")
    (folder / "fit.toml").write_text(FIT, encoding="utf-8")
    return folder


def told(result):
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stderr.split())


def test_the_site_names_its_lattice_constant_too():
    assert RECALLED in site().unverified
    assert LATTICE in site().unverified
    own = Site.from_material(
        "CsPbBr3", nuclei=1e4, only=["207Pb"], dephasing_time="5 ns", correlation_time="2 ns", filling=1e-3,
        g_factor=2, local_field="0.5 G", kinetic_local_field="1 G",
    )  # fmt: skip
    assert own.unverified == ""


def test_fit_names_them_in_every_output_and_lists_what_was_not_varied(run, study):
    result = run("fit", "fit.toml", "--output", "out")
    assert f"note: recalled, not verified: {RECALLED}" in told(result)
    stored = json.loads((study / "out" / "fit.json").read_text(encoding="utf-8"))["result"]
    assert LATTICE in stored["unverified"]
    report = (study / "out" / "report.html").read_text(encoding="utf-8")
    assert "Recalled, not verified" in report
    assert RECALLED in report
    for name in ("parameters.csv", "data-t1.csv", "curve-t1.csv"):
        assert RECALLED in (study / "out" / name).read_text(encoding="utf-8")

    shown = " ".join(result.stdout.split())
    ratio = site().kinetic_local_field / site().local_field
    assert "Parameters that were not varied" in shown
    assert "nuclei 1 × 10⁴ the model's own" in shown
    assert "correlation_time 2 ns given" in shown
    assert f"{ratio:.4g} × local_field" in shown
    fixed = {entry["name"]: entry for entry in stored["fixed"]}
    assert fixed["kinetic_local_field"]["follows"] == {
        "name": "local_field",
        "factor": pytest.approx(ratio),
    }
    best = next(p["value"] for p in stored["parameters"] if p["name"] == "local_field")
    assert fixed["kinetic_local_field"]["value"] == pytest.approx(ratio * best)
    assert fixed["correlation_time"]["given"] is True
    assert fixed["correlation_time"]["value"] == pytest.approx(2e-9)
    assert set(fixed) == set(DarkRate(site()).parameters) - {"filling", "local_field"}


def test_design_names_them(run, folder):
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    assert RECALLED in told(run("design", "plan.toml", "--output", "plan.nc"))
    with xr.open_dataset(folder / "plan.nc") as data:
        assert LATTICE in data.attrs["unverified"]


def test_validity_names_them(run, folder):
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    command = ("validity", "site.toml", "--field", "10 G", "--spin", "0.1")
    assert RECALLED in told(run(*command))
    assert LATTICE in told(run(*command, "--output", "report.json"))
    assert RECALLED in (folder / "report.json").read_text(encoding="utf-8")
    assert f"recalled, not verified: {RECALLED}" in str(validity(site(), "10 G", 0.1))


def test_a_sweep_knows_those_of_every_material(folder):
    (folder / "study.toml").write_text(several_materials(), encoding="utf-8")
    source = read_source(folder / "study.toml")
    assert unverified_constants(source) == f"{LATTICE} [m]; lattice constant of CsPbI3 [m]"


def several_materials():
    axes = 'site.material = ["CsPbBr3", "CsPbI3"]\nsite.filling'
    return SWEEP.replace("site.filling", axes).replace("[site]", "[site]\ng_factor = 2")


@pytest.mark.slow
def test_a_sweep_names_them(run, folder):
    pytest.importorskip("zarr", reason="an extra")
    (folder / "study.toml").write_text(several_materials(), encoding="utf-8")
    said = told(run("sweep", "study.toml", "--output", "it.zarr", "--workers", "1"))
    assert f"note: recalled, not verified: {LATTICE}" in said
    assert "lattice constant of CsPbI3" in said
    data = xr.open_zarr(folder / "it.zarr", consolidated=False)
    assert "lattice constant of CsPbI3" in data.attrs["unverified"]


def test_what_is_verified_is_not_noted(run, study):
    text = (
        (study / "fit.toml")
        .read_text(encoding="utf-8")
        .replace("CsPbBr3", "CdTe")
        .replace("207Pb", "125Te")
    )
    text = text.replace(
        "[site]", '[site]\ng_factor = -1.6\nlocal_field = "2 G"\nkinetic_local_field = "4 G"'
    )
    (study / "fit.toml").write_text(text, encoding="utf-8")
    assert "recalled" not in told(run("fit", "fit.toml"))


@pytest.fixture(scope="module")
def found():
    model = DarkRate(site())
    field = np.linspace(0, 2e-3, 8)
    measured = Measurement("t1", model, field, model(field), error=0.05 * model(field))
    return findings(fit(measured, ["filling"], attempts=1, profile=False))


def test_the_page_names_them_in_its_summary_and_its_files(found):
    headings = dict(summary(found))
    assert RECALLED in headings["Recalled, not verified"][0]
    assert fit_files(found, "", "G")["report.html"]


def test_a_value_that_several_measurements_share_is_listed_once(found):
    (value,) = [
        one for one in list_fixed_values(found.fit) if one.parameter.name == "correlation_time"
    ]
    assert (value.value, value.given, value.follows, value.measurements) == (
        2e-9,
        False,
        None,
        ("t1",),
    )
