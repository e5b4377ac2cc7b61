"""Columns beyond the field: stages of protocols, single isotopes, every state of a field."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from coldspin import InvalidInputError, branches, cool
from coldspin.inputs.protocol_files import read_protocol
from coldspin.protocols import run
from coldspin.sweeps import read_source, run_sweep, study_of
from coldspin.sweeps.points import check_ends
from helpers_of_sweeps import SAMPLE

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")
STORE = Path("grid.zarr")
STAGES = """
[[stage]]
kind = "pump"
field = "10 G"
duration = "0.2 s"

[[stage]]
kind = "dark"
field = "5 G"
duration = "40 ms"
"""
MEASURE = """
[[stage]]
kind = "measure"
field = "10 G"
"""
RUN = """
[sweep]
command = "run"

[sweep.axes]
"stage[2].duration" = "0:0.2:3 s"
site.filling = [0.01, 0.05]
"""
SPECIES = """
[[site.species]]
nuclei = 1e5
nuclear_spin = 1.5
hyperfine_coupling = "1 neV"
nuclear_gyromagnetic_ratio = "6.3e7 rad/s/T"
isotope = "one"

[[site.species]]
nuclei = 5e4
nuclear_spin = 0.5
hyperfine_coupling = "2 neV"
nuclear_gyromagnetic_ratio = "9e7 rad/s/T"
isotope = "two"
"""
SEVERAL = f"""
[site]
local_field = "1.5 G"
correlation_time = "10 ns"
filling = 0.05
g_factor = -0.44
{SPECIES}
[electron]
spin = 1e-4
"""
COOL = """
[cool]
field = "0:2:3 mT"
[sweep]
[sweep.axes]
site.filling = [0.01, 0.1]
"""


def data(store=STORE):
    with xr.open_zarr(store, consolidated=False) as found:
        return found.load()


def swept(inline, folder, text):
    (folder / "grid.toml").write_text(text, encoding="utf-8")
    study = study_of(read_source(folder / "grid.toml"))
    check_ends(study)
    summary = run_sweep(study, folder / STORE, inline)
    return data(folder / STORE), summary


@pytest.mark.slow
def test_the_end_of_each_stage_of_a_protocol(inline, folder):
    text = (SAMPLE + STAGES + MEASURE + RUN).replace('"0:0.2:3 s"', '["1 ms", "0.1 s", "0.2 s"]')
    found, summary = swept(inline, folder, text)
    assert summary.complete
    assert dict(found.sizes) == {"stage_2_duration": 3, "filling": 2, "stage": 3}
    text = (SAMPLE + STAGES + MEASURE).replace("40 ms", "0.1 s").replace("0.05", "0.01")
    (folder / "alone.toml").write_text(text, encoding="utf-8")
    given = read_protocol(folder / "alone.toml")
    alone = run(given.sample.site, given.stages, method=given.sample.method(), **given.options())
    there = found.isel(stage_2_duration=1, filling=0)
    ends = [100, 201, 202]
    for name in (
        "time",
        "field",
        "inverse_spin_temperature",
        "nuclear_polarization",
        "overhauser_field",
    ):
        np.testing.assert_array_equal(there[name], alone[name].values[ends])
    assert found["time"].attrs["units"] == "s"
    assert there["overhauser_field"][-1] == alone.attrs["measured_3_overhauser_field"]


def test_protocol_files_are_an_axis_and_give_their_stages(inline, folder):
    (folder / "short.toml").write_text(SAMPLE.replace("1e5", "1e4") + STAGES, encoding="utf-8")
    (folder / "long.toml").write_text(
        SAMPLE.replace("1e5", "1e4") + STAGES + MEASURE, encoding="utf-8"
    )
    axes = '[sweep]\ncommand = "run"\n[sweep.axes]\nprotocol = ["short.toml", "long.toml"]\n'
    found, _ = swept(inline, folder, SAMPLE + axes)
    assert found["time"].dims == ("protocol", "stage")
    assert np.isnan(found["time"].values[0, 2])
    np.testing.assert_array_equal(
        found["spin_temperature"].values[0, :2], found["spin_temperature"].values[1, :2]
    )
    study = study_of(read_source(folder / "grid.toml"))
    assert study.sample((0,), 0, {}).site.nuclei == 1e5


def test_a_protocol_file_is_the_sample_too_where_the_study_has_none(inline, folder):
    (folder / "mine.toml").write_text(SAMPLE + STAGES, encoding="utf-8")
    axes = '[sweep]\ncommand = "run"\nprotocol = "mine.toml"\n[sweep.axes]\n"stage[1].spin" = [1e-4, 1e-3]\n'
    found, summary = swept(inline, folder, axes)
    assert summary.complete
    assert found["spin_temperature"].dims == ("stage_1_spin", "stage")
    assert found["spin_temperature"].values[0, 0] > found["spin_temperature"].values[1, 0]


def test_single_isotopes_have_columns_of_their_own(inline, folder):
    found, _ = swept(inline, folder, SEVERAL + COOL)
    assert found["isotope_nuclear_spin"].dims == ("filling", "field", "isotope")
    assert found["isotope"].values.tolist() == ["one", "two"]
    sample = study_of(read_source(folder / "grid.toml")).sample((1,), 0, {})
    alone = cool(sample.site, "0:2:3 mT", 1e-4)
    there = found.isel(filling=1)
    np.testing.assert_array_equal(there["isotope_nuclear_spin"], alone["isotope_nuclear_spin"].T)
    np.testing.assert_array_equal(
        there["isotope_overhauser_field"], alone["isotope_overhauser_field"].T
    )


def test_isotopes_are_matched_by_name_among_samples(inline, folder):
    one, two = SPECIES.split("[[site.species]]")[1:]
    swapped = SEVERAL.replace(SPECIES, f"[[site.species]]{two}[[site.species]]{one}")
    third = SEVERAL.replace('"two"', '"three"')
    for name, text in (("a", SEVERAL), ("b", swapped), ("c", third)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    axes = (
        '[cool]\nfield = "1 mT"\n[sweep]\n[sweep.axes]\nsample = ["a.toml", "b.toml", "c.toml"]\n'
    )
    found, summary = swept(inline, folder, axes)
    assert summary.complete
    spins = found["isotope_nuclear_spin"].isel(field=0).values
    assert found["isotope"].values.tolist() == ["one", "two", "three"]
    np.testing.assert_allclose(spins[0], spins[1], rtol=1e-12)
    np.testing.assert_array_equal(np.isnan(spins), [[0, 0, 1], [0, 0, 1], [0, 1, 0]])
    np.testing.assert_array_equal(spins[2, [0, 2]], spins[0, [0, 1]])


def test_isotopes_may_be_asked_for_alone(inline, folder):
    text = (SEVERAL + COOL).replace('isotope = "one"\n', "")
    found, _ = swept(
        inline, folder, text.replace("[sweep]", '[sweep]\nquantities = ["isotope_nuclear_spin"]')
    )
    assert set(found.data_vars) == {"isotope_nuclear_spin", "status", "seed", "doubts"}
    assert found["isotope"].values.tolist() == ["isotope 1", "two"]


def test_isotopes_of_a_sample_of_one_are_refused(inline, folder):
    text = SAMPLE + COOL.replace("[sweep]", '[sweep]\nquantities = ["isotope_nuclear_spin"]')
    with pytest.raises(
        InvalidInputError,
        match="the sample is of one isotope and has no 'isotope_nuclear_spin' apart",
    ):
        swept(inline, folder, text)


BISTABLE = SAMPLE.replace("spin = 1e-4", "spin = 0.1").replace("10 ns", "1 us")
EVERY = COOL.replace(
    'field = "0:2:3 mT"', 'field = ["1.2 T", "-3 T", "1.5 T"]\nstart = "all"'
).replace("0.1]", "0.05]")


def test_every_state_of_a_field_is_in_the_store(inline, folder):
    found, summary = swept(inline, folder, BISTABLE + EVERY)
    assert summary.complete
    assert found["spin_temperature"].dims == ("filling", "field", "state")
    sample = study_of(read_source(folder / "grid.toml")).sample((1,), 0, {})
    alone = branches(sample.site, ["1.2 T", "-3 T", "1.5 T"], 0.1)
    counts = [int((alone["field"] == field).sum()) for field in found["field"]]
    assert max(counts) > 1
    there = found.isel(filling=1)
    for name in ("overhauser_field", "stable"):
        np.testing.assert_array_equal(
            there[name].values[np.isfinite(there[name].values)], alone[name]
        )
    np.testing.assert_array_equal(np.isfinite(there["stable"]).sum("state"), counts)


def test_more_states_than_asked_for_are_not_cut_off(inline, folder):
    _, summary = swept(inline, folder, BISTABLE + EVERY.replace("[sweep]", "[sweep]\nstates = 1"))
    assert "states at one field; give states = 3 in [sweep]" in summary.failures[-1]["sentence"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SAMPLE + STAGES + RUN.replace("stage[2]", "stage[3]"), ("stage[3].duration does not exist: "
                                                                "there are 2")),
        (SAMPLE + STAGES + RUN.replace('"stage[2].duration"', "stage.duration"), "must name one stage, as in"),
        (SAMPLE + STAGES + RUN.replace("duration", "duratoin"), "did you mean stage.duration?"),
        (SAMPLE + STAGES + RUN.replace("0:0.2:3 s", "0:0.2:3 G"), "has the wrong dimension"),
        (SAMPLE + RUN, "stage[2].duration does not exist: there are none in the sample"),
        (SAMPLE + RUN.replace('"stage[2].duration" = "0:0.2:3 s"', ""), "stage is missing; give at least one"),
        (SAMPLE + STAGES + RUN.replace('"run"', '"cool"'), "stage[2].duration is not used by cool"),
        (SAMPLE + COOL.replace("[sweep]", '[sweep]\nprotocol = "a.toml"'), "a.toml does not exist"),
        (SAMPLE + RUN.replace('command = "run"', 'command = "relax"\nprotocol = "b.toml"'), "is not used by relax"),
        (BISTABLE + EVERY.replace("[sweep]", "[method]\nself_consistent = false\n[sweep]"), None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_sentence(inline, folder, text, sentence):
    (folder / "b.toml").write_text(SAMPLE + STAGES, encoding="utf-8")
    if sentence is None:
        _, summary = swept(inline, folder, text)
        assert "there is one state; leave out cool.start" in summary.failures[0]["sentence"]
        return
    with pytest.raises(InvalidInputError) as refused:
        swept(inline, folder, text)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_some_samples_with_all_states_and_some_without_are_refused(inline, folder):
    (folder / "a.toml").write_text(SAMPLE, encoding="utf-8")
    (folder / "b.toml").write_text(SAMPLE + '[cool]\nstart = "all"\n', encoding="utf-8")
    axes = '[cool]\nfield = "1 mT"\n[sweep]\n[sweep.axes]\nsample = ["a.toml", "b.toml"]\n'
    with pytest.raises(InvalidInputError, match="must be that of all samples or of none"):
        swept(inline, folder, axes)


def test_a_material_file_is_looked_for_beside_the_sample_that_names_it(folder):
    (folder / "samples").mkdir()
    (folder / "samples" / "a.toml").write_text('[site]\nmaterial = "mine.toml"\n', encoding="utf-8")
    (folder / "samples" / "mine.toml").write_text("[crystal]\n", encoding="utf-8")
    (folder / "grid.toml").write_text(
        '[sweep]\n[sweep.axes]\nsample = ["samples/a.toml"]\n', encoding="utf-8"
    )
    source = read_source(folder / "grid.toml")
    assert [name for name, _ in source.files] == ["samples/a.toml", "samples/mine.toml"]
