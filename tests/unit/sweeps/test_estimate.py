"""The estimate of a study: what it counts, where its points are timed, what it refuses."""

import time
from pathlib import Path

import pytest

from coldspin import InvalidInputError
from coldspin.sweeps import run_sweep
from coldspin.sweeps.estimate import choose_grid
from coldspin.sweeps.points import PointCost, time_point
from coldspin.sweeps.run import plan_sweep
from coldspin.sweeps.store import find_versions

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")
STORE = Path("grid.zarr")


def test_what_cannot_fit_is_refused_before_anything_starts(made, inline, monkeypatch):
    def refused(study, message):
        with pytest.raises(InvalidInputError, match=message):
            run_sweep(study, STORE, inline)
        assert not STORE.exists()

    inline.memory = 1 << 20
    refused(
        made(), r"1 workers need .* [MG]iB of memory, and 1 MiB are free"
    )  # of this process, after other tests
    inline.memory = None
    refused(
        made(("chunk = 4", 'time_limit = "1 ns"')),
        "30 points need about .* more than time_limit = '1 ns'",
    )
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    refused(made(), "the results need up to .* and 1e.03 B are free|and 1000 B are free")


def test_an_estimate_counts_what_is_missing(made, inline):
    run_sweep(made(), STORE, inline)
    assert plan_sweep(made(), STORE, inline).cost is None
    next(path for path in STORE.rglob("c/*/*/*") if "status" in path.parts).unlink()
    plan = plan_sweep(made(), STORE, inline)
    assert plan.cost.points == 4
    assert plan.cost.seconds > 0
    assert len(plan.missing) == 1


def test_an_estimate_starts_no_process_for_a_closed_form(made, inline):
    plan = plan_sweep(made(), STORE, inline, here=True)
    assert not inline.sent
    assert plan.cost.points == 30
    assert 0 < plan.cost.seconds < 10
    engine = made(("small-angle", "multiplets"))

    def run(call, jobs):
        assert call is time_point
        return [(job, PointCost(3.0, 0, find_versions())) for job in jobs]

    inline.run = run
    assert plan_sweep(engine, STORE, inline, here=True).cost.seconds > 30 * 3.0 / 2


def test_an_estimate_does_not_count_chunks_one_by_one(made, inline):
    study = made(
        ("1:100:5 ns", "1:100:100000 ns"),
        ("[0.01, 0.1, 0.5]", '"0.01:0.5:50000"'),
        ("chunk = 4", "chunk = 1000"),
    )
    start = time.process_time()
    plan = plan_sweep(study, STORE, inline)
    assert time.process_time() - start < 1
    assert (plan.cost.points, len(plan.missing)) == (10**10, 10**7)
    assert list(plan.missing[-2:]) == [10**7 - 2, 10**7 - 1]


def test_workers_of_other_versions_are_refused(made, inline, monkeypatch):
    honest = inline.run

    def run(call, jobs):
        for job, result in honest(call, jobs):
            yield job, result._replace(versions={"numpy": "0"})

    inline.run = run
    with pytest.raises(InvalidInputError, match=r"workers have .* but this client"):
        run_sweep(made(), STORE, inline)


def test_chunks_are_sized_by_the_time_of_a_point(made):
    study = made(("chunk = 4", ""))
    assert choose_grid(study, {(0, 0, 0): PointCost(5.0, 0, {})}, 1).chunk == (1, 1, 1)
    assert choose_grid(study, {(0, 0, 0): PointCost(0.5, 0, {})}, 1).chunk == (1, 2, 2)
    assert choose_grid(study, {(0, 0, 0): PointCost(1e-6, 0, {})}, 2).chunks >= 8
