"""Standard errors of methods that draw samples: in the store where the method gives them, and only there."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from coldspin import InvalidInputError, branches, cool, optimum, relax
from coldspin.cooling.labels import attributes
from coldspin.inputs.sample_files import METHODS
from coldspin.sweeps import run_sweep
from coldspin.sweeps.run import plan_sweep
from helpers_of_sweeps import SAMPLE, bits
from quick import quick

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")
STORE = Path("grid.zarr")
ERRORS = {"heating_coefficient_error", "electron_relaxation_time_error"}
DRAWN = '[method]\nname = "trajectories"\nsamples = 256\ntolerance = 0.5\n'
FEW = SAMPLE.replace("1e5", "100")


def text(command, method=DRAWN, axes="site.filling = [0.01, 0.05]", more=""):
    fields = 'fields = ["1 G", "20 G"]' if command == "optimum" else 'field = ["1 mT", "2 mT"]'
    table = f'[sweep]\ncommand = "{command}"\nchunk = 1\n[sweep.axes]\n{axes}\n'
    return f"{FEW}{method}[{command}]\n{fields}\n{more}{table}"


def data(store=STORE):
    with xr.open_zarr(store, consolidated=False) as found:
        return found.load()


def errors_of(found):
    return {str(name) for name in found.data_vars if str(name).endswith("_error")}


def alone(command, sample):
    """What the function says when it is called with the same sample."""
    given = {"method": sample.method()}
    if command == "optimum":
        return optimum(sample.site, 1e-4, fields=("1 G", "20 G"), self_consistent=False, **given)
    if command == "relax":
        return relax(sample.site, ["1 mT", "2 mT"], **given)
    return cool(sample.site, ["1 mT", "2 mT"], 1e-4, **given)


@pytest.mark.parametrize("command", quick(["cool", "relax", "optimum"], 1))
def test_errors_are_those_of_the_function_bit_by_bit(made, inline, command):
    quick = (
        "self_consistent = false\n" if command == "optimum" else ""
    )  # a search that follows the feedback takes long
    study = made(text=text(command, DRAWN + quick))
    assert run_sweep(study, STORE, inline).complete
    found = data()
    seeds = found["seed"].values.tolist()
    expected = [alone(command, study.sample((at,), seed, {})) for at, seed in enumerate(seeds)]
    names = ERRORS | ({"relaxation_rate_error"} if command == "relax" else set())
    assert errors_of(found) == errors_of(expected[0]) == names
    for name in names:
        assert found[name].attrs == attributes(name)
        for at, direct in enumerate(expected):
            there = found[name].values[at]
            assert (direct[name] > 0).all()
            assert there[: direct[name].size].tobytes() == direct[name].values.tobytes()
            assert np.isnan(there[direct[name].size :]).all()


@pytest.mark.slow
def test_errors_of_every_state_are_kept(made, inline):
    study = made(text=text("cool", more='start = "all"\n'))
    assert run_sweep(study, STORE, inline).complete
    sample = study.sample((1,), int(data()["seed"][1]), {})
    direct = branches(sample.site, ["1 mT", "2 mT"], sample.electron_spin(), method=sample.method())
    for name in ERRORS:
        there = data()[name].values[1]
        assert there[np.isfinite(there)].tobytes() == direct[name].values.tobytes()


@pytest.mark.parametrize("command", ["cool", "relax", "optimum"])
def test_a_closed_form_has_none(made, inline, command):
    run_sweep(made(text=text(command, method="")), STORE, inline)
    assert not errors_of(data())


def test_of_several_methods_those_without_errors_have_nan(made, inline):
    axes = 'method.name = ["closed-form", "trajectories"]'
    study = made(text=text("relax", axes=axes))
    run_sweep(study, STORE, inline)
    found = data()
    direct = alone("relax", study.sample((1,), int(found["seed"][1]), {}))
    for name in (*ERRORS, "relaxation_rate_error"):
        assert np.isnan(found[name].values[0]).all()
        assert found[name].values[1].tobytes() == direct[name].values.tobytes()
    assert np.isfinite(found["relaxation_rate"]).all()
    assert (found["status"] == 1).all()


def test_methods_may_be_those_of_sample_files(made, inline, folder):
    (folder / "drawn.toml").write_text(FEW + DRAWN, encoding="utf-8")
    (folder / "closed.toml").write_text(FEW, encoding="utf-8")
    given = text("relax", method="", axes='sample = ["closed.toml", "drawn.toml"]').replace(FEW, "")
    run_sweep(made(text=given), STORE, inline)
    assert np.isfinite(data()["heating_coefficient_error"].values).tolist() == [
        [False] * 2,
        [True] * 2,
    ]


def test_an_axis_of_closed_forms_goes_before_the_method_of_the_study(made, inline):
    run_sweep(
        made(text=text("relax", axes='method.name = ["closed-form", "small-angle"]')), STORE, inline
    )
    assert not errors_of(data())


def test_errors_are_kept_alone_where_they_are_asked_for_and_refused_where_there_are_none(
    made, inline
):
    given = text("relax").replace("chunk = 1", 'quantities = ["relaxation_rate_error"]')
    run_sweep(made(text=given), STORE, inline)
    assert (
        errors_of(data())
        == set(data().data_vars) - {"status", "seed", "doubts"}
        == {"relaxation_rate_error"}
    )
    sentence = "no method of this study draws samples, so that none gives 'relaxation_rate_"
    with pytest.raises(InvalidInputError, match=sentence):
        made(text=given.replace(DRAWN, ""))
    with pytest.raises(
        InvalidInputError, match="cool gives no 'relaxation_rate_error'; did you mean"
    ):
        made(text=text("cool").replace("chunk = 1", 'quantities = ["relaxation_rate_error"]'))


def test_a_protocol_has_none(made):
    stages = '[[stage]]\nkind = "dark"\nfield = "5 G"\nduration = "40 ms"\n'
    given = f'{FEW}{DRAWN}{stages}[sweep]\ncommand = "run"\n[sweep.axes]\nsite.filling = [0.01]\n'
    assert not [name for name in made(text=given).columns if name.endswith("_error")]


@pytest.mark.parametrize("name", METHODS)
def test_methods_that_take_a_seed_are_those_that_have_errors(name):
    assert METHODS[name].sampled == METHODS[name].make().sampled


def test_a_damaged_error_is_found_and_computed_again(made, inline):
    study = made(text=text("relax"))
    run_sweep(study, STORE, inline)
    before = bits(STORE)
    victim = STORE / "relaxation_rate_error" / "c" / "1" / "0"
    victim.write_bytes(victim.read_bytes()[:-3])
    assert run_sweep(study, STORE, inline).computed == 1
    assert bits(STORE) == before


def test_a_store_from_before_there_were_errors_is_refused(made, inline):
    """It resumes where its method draws no samples: then it lacks nothing."""
    study = made(text=text("relax"))
    run_sweep(study, STORE, inline)
    for name in (*ERRORS, "relaxation_rate_error"):
        shutil.rmtree(STORE / name)
    sentence = (
        r"grid.zarr was made by an older version, or is damaged: it has no heating_coefficient_error, or that cannot "
        "be read; give --force to begin anew, or another name"
    )
    with pytest.raises(InvalidInputError, match=sentence):
        run_sweep(study, STORE, inline)
    assert run_sweep(study, STORE, inline, replace=True).computed == 2
    assert errors_of(data()) == {*ERRORS, "relaxation_rate_error"}


def test_the_estimate_counts_errors(made, inline):
    """Per chunk of one point: three columns of two fields, and three files."""
    drawn, closed = (
        plan_sweep(made(text=text("relax", method=method)), STORE, inline).cost
        for method in (DRAWN, "")
    )
    assert drawn.disk - closed.disk == 2 * 3 * (2 * 8 + 4096)
