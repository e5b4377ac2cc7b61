import json
from pathlib import Path

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import curves
from coldspin.explorer.files import build_toml
from coldspin.explorer.samples import (
    build_page_protocol,
    build_page_sample,
    build_page_tables,
    read_page_file,
    read_tables,
)
from coldspin.explorer.state import PageState, StageRow
from coldspin.inputs.protocol_files import read_protocol
from coldspin.inputs.sample_files import read_sample

EXAMPLES = Path(__file__).parents[3] / "examples"
SAMPLES = ("cdte-donor", "gaas-donor", "gaas-dot", "mapbi3-hole")
PROTOCOLS = ("three-stage", "demagnetization")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_file_becomes_a_page_with_the_same_sample(name):
    given, made = (
        read_sample(EXAMPLES / f"{name}.toml"),
        build_page_sample(read_page_file(EXAMPLES / f"{name}.toml")),
    )
    assert made.site == given.site
    assert made.tables.method == given.tables.method
    assert made.tables.leakage == given.tables.leakage
    assert made.electron_spin() == given.electron_spin()


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_file_becomes_a_page_with_the_same_stages(name):
    given, made = (
        read_protocol(EXAMPLES / f"{name}.toml"),
        build_page_protocol(read_page_file(EXAMPLES / f"{name}.toml")),
    )
    assert made.stages == given.stages
    assert made.sample.site == given.sample.site
    assert made.options() == given.options()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_tables_of_a_page_make_the_same_page(name):
    state = read_page_file(EXAMPLES / f"{name}.toml")
    assert build_page_tables(read_tables(build_page_tables(state))) == build_page_tables(state)


def test_several_isotopes_of_ones_own_are_kept_as_toml():
    species = {"nuclei": 1e4, "nuclear_spin": 0.5, "hyperfine_coupling": "1 neV"}
    species |= {"nuclear_gyromagnetic_ratio": "6e7 rad/s/T", "isotope": "111Cd"}
    site = {
        "species": [species],
        "local_field": "0.5 G",
        "correlation_time": "5 ns",
        "filling": 0.01,
        "g_factor": -1.6,
    }
    state = read_tables({"site": site, "electron": {"spin": 0.1}})
    assert build_page_sample(state).site.species[0].isotope == "111Cd"


@pytest.mark.parametrize(
    "name", ["../secret.toml", "x.cif", "C:/x/y.toml", "/etc/passwd", "X.TOML"]
)
def test_no_file_is_opened_for_a_material(name, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"{self} was opened"))
    monkeypatch.setattr(Path, "read_text", lambda self, **_: pytest.fail(f"{self} was opened"))
    with pytest.raises(InvalidInputError, match=r"is a file|unknown"):
        build_page_sample(PageState(material=name))
    with pytest.raises(InvalidInputError, match=r"is a file|unknown"):
        build_page_sample(PageState(material="TOML below", more=f'[site]\nmaterial = "{name}"'))
    with pytest.raises(InvalidInputError, match=r"is a file|unknown"):
        build_page_protocol(PageState(material=name))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("x = ", "not valid TOML"),
        ("[site]\nfilling = 1", "field of its own"),
        ("[cool]\nfield = '1 G'", "may hold the tables"),
        ("site = 7", "must be a table"),
        ("x = " + "[" * 2000, "nested too deeply|not valid"),
        ("x = " + "9" * 6000, "too long"),
        ("[leakage]\ntime = 3", "leakage.time"),
        ("[leakage]\ntim = '3 s'", "leakage.tim"),
    ],
)
def test_what_is_wrong_with_further_toml_is_said(more, said):
    with pytest.raises(InvalidInputError, match=said):
        build_page_sample(PageState(more=more))


def test_a_sample_file_from_the_page_gives_the_same_numbers_on_the_command_line(
    donor, coldspin, tmp_path
):
    file, out = tmp_path / "page.toml", tmp_path / "out.json"
    file.write_text(build_toml(donor, "sample"), encoding="utf-8")
    assert coldspin("cool", str(file), "--output", str(out)).returncode == 0
    told = json.loads(out.read_text(encoding="utf-8"))["columns"]
    found = curves.curves(donor).pumped
    for name in ("field", "inverse_spin_temperature", "overhauser_field", "heating_coefficient"):
        assert np.array_equal(
            np.array(told[name]["values"], dtype=float), found[name].values, equal_nan=True
        )
    best = tmp_path / "best.json"
    assert coldspin("optimum", str(file), "--output", str(best)).returncode == 0
    told = json.loads(best.read_text(encoding="utf-8"))["columns"]
    assert np.array_equal(told["field"]["values"], curves.maxima(donor).field.values)


def test_a_protocol_file_from_the_page_gives_the_same_numbers_on_the_command_line(
    one_isotope, coldspin, tmp_path
):
    stages = (
        StageRow(kind="pump", field="10 G", duration="2 s", spin="0.02"),
        StageRow(kind="sweep", field="-3 G", duration="1 s"),
        StageRow(kind="sweep", field="4 G", sudden=True, duration="ignored"),
        StageRow(kind="dark", field="4 G", duration="10 s"),
    )
    state = one_isotope.model_copy(update={"stages": stages})
    file, out = tmp_path / "page.toml", tmp_path / "out.json"
    file.write_text(build_toml(state, "protocol"), encoding="utf-8")
    done = coldspin("run", str(file), "--output", str(out))
    assert done.returncode == 0, done.stderr
    told = json.loads(out.read_text(encoding="utf-8"))["columns"]
    found = curves.course(state)
    assert np.array_equal(
        told["inverse_spin_temperature"]["values"], found.inverse_spin_temperature.values
    )
    assert np.array_equal(told["time"]["values"], found.time.values)


def test_a_material_file_and_a_study_are_refused_at_the_start(tmp_path):
    with pytest.raises(InvalidInputError, match="study or a sweep"):
        read_page_file(EXAMPLES / "fits" / "t1.toml")
    with pytest.raises(InvalidInputError, match="does not exist"):
        read_page_file(tmp_path / "none.toml")
