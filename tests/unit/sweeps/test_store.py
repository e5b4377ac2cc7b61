"""What is in a store: the numbers of the commands, whole chunks or none, the same bits however they came there."""

import json
import os
import random
import shutil
import socket
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from coldspin import InvalidInputError, cool, optimum, relax
from coldspin.sweeps import read_source, run_sweep, study_of
from coldspin.sweeps.store import lock_file, lock_store
from helpers_of_sweeps import SAMPLE, SWEEP, Inline
from processes import PIPE, started
from quick import quick

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")
STORE = Path("grid.zarr")


def data(store=STORE):
    with xr.open_zarr(store, consolidated=False) as found:
        return found.load()


def same(one, other):
    """Bit by bit, NaN included."""
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        if one[name].dtype.kind in "TO":  # text, of which an array of objects holds addresses
            assert one[name].values.tolist() == other[name].values.tolist(), name
        else:
            assert one[name].values.tobytes() == other[name].values.tobytes(), name


def chunk_files(store=STORE):
    return sorted(path for path in store.rglob("*") if path.is_file() and "c" in path.parts)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The store of grid.toml, complete, computed once."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "grid.toml").write_text(SAMPLE + SWEEP, encoding="utf-8")
    run_sweep(study_of(read_source(folder / "grid.toml")), folder / STORE, Inline())
    return folder / STORE


@pytest.fixture
def whole(finished, folder):
    """A copy of it here."""
    shutil.copytree(finished, folder / STORE)
    return data()


def test_a_store_has_what_the_command_gives(made, whole):
    study = made()
    assert dict(whole.sizes) == {"correlation_time": 5, "filling": 3, "method_name": 2, "field": 5}
    for point in ((0, 0, 0), (4, 2, 1), (2, 1, 0)):
        sample = study.sample(point, 0, {})
        expected = cool(sample.site, "0:2:5 mT", 1e-4, method=sample.method())
        there = whole.isel(dict(zip(study.dimensions, point, strict=True)))
        for name in ("spin_temperature", "heating_coefficient", "spin_influx", "stable_states"):
            np.testing.assert_array_equal(there[name], expected[name])
        assert there["doubts"] == len(expected.attrs["warnings"].splitlines())
    assert whole["spin_temperature"].attrs["units"] == "K"
    assert whole["correlation_time"].attrs == {"units": "s", "long_name": "site.correlation_time"}
    assert (whole["status"] == 1).all()
    assert np.isnan(whole["leakage_heating"]).all()


def test_a_store_says_what_it_is_of(made, whole, folder):
    assert whole.attrs["study"] == (folder / "grid.toml").read_text(encoding="utf-8")
    assert json.loads(whole.attrs["versions"])["numpy"] == np.__version__
    assert whole.attrs["complete"] == 1
    assert whole["seed"].values[1, 2, 1] == made().seed(6 + 2 * 2 + 1)


@pytest.mark.parametrize("command", quick(["relax", "optimum"], 0))
def test_other_commands(made, inline, command):
    study = made(('command = "cool"', f'command = "{command}"'), ("[cool]", "[relax]"))
    run_sweep(study, STORE, inline)
    found, sample = (
        data().isel(correlation_time=2, filling=1, method_name=0),
        study.sample((2, 1, 0), 0, {}),
    )
    if command == "relax":
        expected = relax(sample.site, "0:2:5 mT")
        np.testing.assert_array_equal(found["relaxation_time"], expected["relaxation_time"])
    else:
        expected = optimum(sample.site, 1e-4)
        count = expected.sizes["extremum"]
        np.testing.assert_array_equal(found["field"][:count], expected["field"])
        assert np.isnan(found["field"][count:]).all()
        assert found["kind"][0] == 1


@pytest.mark.slow
def test_the_field_may_be_an_axis(made, inline):
    study = made(
        ("site.filling = [0.01, 0.1, 0.5]", 'cool.field = "0:2:3 mT"'), ('field = "0:2:5 mT"', "")
    )
    run_sweep(study, STORE, inline)
    found = data()
    assert found["spin_temperature"].dims == ("correlation_time", "field", "method_name")
    alone = cool(study.sample((1, 2, 0), 0, {}).site, "2 mT", 1e-4)
    assert found["spin_temperature"].values[1, 2, 0] == alone["spin_temperature"].values[0]


def test_only_what_is_asked_for_is_kept(made, inline):
    run_sweep(made(("chunk = 4", 'quantities = ["nuclear_spin"]')), STORE, inline)
    assert set(data().data_vars) == {"nuclear_spin", "status", "seed", "doubts"}


def test_together(made, inline):
    study = made(('range = "1:100:5 ns"', 'range = "1:100:3 ns"'), ("chunk = 4", "together = true\nchunk = 2"),
                 ('"small-angle"]', '"small-angle", "closed-form"]'))  # fmt: skip
    run_sweep(study, STORE, inline)
    found = data()
    assert found["nuclear_spin"].dims == ("point", "field")
    assert {"correlation_time", "filling", "method_name"} < set(found.coords)


def test_bits_depend_neither_on_chunks_nor_on_order(made, whole, inline):
    inline.order = lambda jobs: random.Random(1).sample(jobs, len(jobs))
    for chunk in (1, 7, 1000):
        other = Path(f"chunk-{chunk}.zarr")
        run_sweep(made(("chunk = 4", f"chunk = {chunk}")), other, inline)
        same(whole, data(other))


def test_bits_do_not_depend_on_interruption(made, whole, inline):
    study, other = made(), Path("other.zarr")

    inline.most = 3
    with pytest.raises(KeyboardInterrupt):
        run_sweep(study, other, inline)
    assert (data(other)["status"] == 1).sum() == 4 + 2 + 4
    inline.most = 100
    summary = run_sweep(study, other, inline)
    assert summary.computed == 30 - 10
    same(whole, data(other))


@pytest.mark.slow
def test_a_study_whose_chunk_was_changed_goes_on_with_that_of_its_store(made, whole, inline):
    other = Path("other.zarr")
    inline.most = 3
    with pytest.raises(KeyboardInterrupt):
        run_sweep(made(), other, inline)
    inline.most = 100
    assert run_sweep(made(("chunk = 4", "chunk = 7")), other, inline).computed == 30 - 10
    same(whole, data(other))


def test_a_method_that_draws_numbers_gives_the_same_bits_in_any_chunks_and_order(made, inline):
    method = '[method]\nname = "trajectories"\nsamples = 256\ntolerance = 0.5\n[relax]'
    changes = (
        ("1e5", "100"),
        ('command = "cool"', 'command = "relax"'),
        ("[cool]", method),
        ("0:2:5 mT", "1 mT"),
        ("100:5 ns", "100:2 ns"),
        ('method.name = ["closed-form", "small-angle"]', ""),
    )
    for name, chunk in (("a.zarr", 4), ("b.zarr", 1), ("c.zarr", 100)):
        run_sweep(made(*changes, ("chunk = 4", f"chunk = {chunk}")), Path(name), inline)
        inline.order = lambda jobs: random.Random(1).sample(jobs, len(jobs))
    one = data(Path("a.zarr"))
    for other in ("b.zarr", "c.zarr"):
        same(one, data(Path(other)))
    assert np.unique(one["seed"]).size == 6
    given = made(*changes).sample((1, 2), int(one["seed"][1, 2]), {})
    alone = relax(given.site, "1 mT", method=given.method())
    np.testing.assert_array_equal(
        one["heating_coefficient"].values[1, 2], alone["heating_coefficient"]
    )
    assert given.method().seed == one["seed"][1, 2]


def test_nothing_is_computed_twice(made, whole, inline):
    times = {path: path.stat().st_mtime_ns for path in STORE.rglob("*")}
    summary = run_sweep(made(), STORE, inline)
    assert summary.computed == 0
    assert times == {path: path.stat().st_mtime_ns for path in STORE.rglob("*")}


@pytest.mark.parametrize(
    ("array", "harm"),
    quick(
        [
            ("status", "cut"),
            ("status", "gone"),
            ("spin_temperature", "cut"),
            ("spin_temperature", "empty"),
            ("spin_temperature", "flip"),
            ("spin_temperature", "gone"),
            ("seed", "flip"),
            ("filling", "cut"),
            ("filling", "gone"),
        ],
        *(0, 4, 8),
    ),
)
def test_a_damaged_chunk_is_found_and_computed_again(made, whole, inline, array, harm):
    victim = next(path for path in chunk_files() if array in path.parts)
    content = victim.read_bytes()
    if harm == "gone":
        victim.unlink()
    else:
        flipped = bytes([content[0] ^ 64]) + content[1:]
        victim.write_bytes({"cut": content[:-3], "empty": b"", "flip": flipped}[harm])
    if (
        harm != "gone"
    ):  # a chunk that is not there reads as missing, one that is damaged does not read
        with pytest.raises((ValueError, RuntimeError)):
            data()
    assert run_sweep(made(), STORE, inline).computed == (0 if array == "filling" else 4)
    same(whole, data())


def test_a_damaged_description_is_refused(made, whole, inline):
    (STORE / "nuclear_spin" / "zarr.json").write_text("{")
    with pytest.raises(InvalidInputError, match="is damaged: it has no"):
        run_sweep(made(), STORE, inline)
    assert run_sweep(made(), STORE, inline, replace=True).computed == 30


def test_points_that_raise_are_recorded_and_the_others_go_on(made, inline):
    study = made(("0.5]", "2.0]"))
    summary = run_sweep(study, STORE, inline)
    found = data()
    assert len(summary.failures) == 10
    assert summary.failures == tuple(json.loads(found.attrs["failures"]))
    assert not summary.complete
    first = summary.failures[0]
    assert first["sentence"] == "grid.toml: site.filling must lie in (0, 1], not 2"
    assert first["parameters"] == {
        "site.correlation_time": "1.0 ns",
        "site.filling": 2.0,
        "method.name": "closed-form",
    }
    assert (found["status"].sel(filling=2.0) == 2).all()
    assert (found["status"].sel(filling=[0.01, 0.1]) == 1).all()
    assert np.isnan(found["spin_temperature"].sel(filling=2.0)).all()
    assert np.isfinite(found["nuclear_spin"].sel(filling=0.1)).all()
    assert run_sweep(study, STORE, inline).computed == 0
    again = run_sweep(study, STORE, inline, retry=True)
    assert 10 <= again.computed < 30
    assert len(again.failures) == 10


def test_what_raises_anything_is_recorded_by_its_kind(made, inline, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("no luck")

    monkeypatch.setattr("coldspin.cooling.facade.cool", broken)
    summary = run_sweep(made(), STORE, inline)
    assert {failure["sentence"] for failure in summary.failures} == {"ZeroDivisionError: no luck"}


def test_another_study_or_another_version_is_refused(made, whole, inline, monkeypatch):
    changed = made(("0.05", "0.06"))
    with pytest.raises(InvalidInputError, match="holds another study"):
        run_sweep(changed, STORE, inline)
    monkeypatch.setattr("coldspin.sweeps.store.find_versions", lambda: {"numpy": "0"})
    with pytest.raises(InvalidInputError, match="was computed with"):
        run_sweep(made(), STORE, inline)


@pytest.mark.slow
def test_force_begins_anew_but_not_in_place_of_something_else(made, whole, inline, folder):
    changed = made(("0.05", "0.06"))
    assert run_sweep(changed, folder / STORE, inline, replace=True).computed == 30
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(InvalidInputError, match="no store of a sweep"):
        run_sweep(changed, folder / "mine", inline, replace=True)
    assert (folder / "mine" / "thesis.txt").exists()


@pytest.mark.slow
def test_a_task_of_a_study_that_was_replaced_writes_nothing(made, inline, folder):
    run_sweep(made(), folder / STORE, inline)
    call, job = inline.sent[-1]
    run_sweep(made(("0.05", "0.06")), folder / STORE, inline, replace=True)
    before = data()
    with pytest.raises(InvalidInputError, match="now belongs to another study"):
        call(job)
    same(before, data())


@pytest.mark.slow
def test_two_clients_are_one_too_many(made, inline, folder):
    code = (
        "import sys, pathlib\nfrom coldspin.sweeps.store import lock_store\n"
        f"with lock_store(pathlib.Path({str(folder / STORE)!r})):\n    print('held', flush=True)\n    "
        f"sys.stdin.read()\n"
    )
    with started([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(InvalidInputError) as refused:
            run_sweep(made(), STORE, inline)
        assert f"is being written by process {holder.pid} on {socket.gethostname()}" in str(
            refused.value
        )
        assert not STORE.exists()
        holder.kill()
        holder.wait()
        assert lock_file(STORE).exists()
        assert run_sweep(made(), STORE, inline).computed == 30
        assert not lock_file(STORE).exists()


def test_a_lock_of_another_machine_is_not_taken_over(folder):
    lock_file(STORE).write_text("1\nelsewhere\n")
    with pytest.raises(InvalidInputError) as refused, lock_store(STORE):
        pass
    assert "by process 1 on elsewhere" in refused.value.rule
    assert refused.value.remedy.startswith("if that is over, remove")
    assert lock_file(STORE).exists()


@pytest.mark.parametrize("text", ["{ spoilt", '{"pid": 1, "host": "elsewhere"}'])
def test_a_lock_that_does_not_read_is_taken_over(folder, text):
    """That of an earlier version too: no other version may write the same store."""
    lock_file(STORE).write_text(text)
    with lock_store(STORE):
        assert lock_file(STORE).read_text().splitlines()[0] == str(os.getpid())
    assert not lock_file(STORE).exists()


def test_a_store_is_locked_against_its_own_process_too(folder):
    with (
        lock_store(STORE),
        pytest.raises(InvalidInputError, match=f"process {os.getpid()} on"),
        lock_store(STORE),
    ):
        pass
