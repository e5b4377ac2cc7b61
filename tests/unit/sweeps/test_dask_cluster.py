"""A real Dask scheduler and real workers on 127.0.0.1: found, lost, found again."""

import importlib
import operator
import socket
import sys
import time
from pathlib import Path

import pytest

from coldspin import InvalidInputError
from coldspin.sweeps import dask_cluster as cluster
from coldspin.sweeps import run_sweep
from coldspin.sweeps.dask_cluster import ClusterPool
from coldspin.sweeps.pools import UnreachableError
from helpers_of_sweeps import Inline, bits, until
from processes import NOWHERE, begin, end

STORE = Path("grid.zarr")
CHUNKS = 15


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def dask(folder):
    """Start a scheduler, or a worker of it, as separate processes."""
    address, started = f"127.0.0.1:{free_port()}", []

    def start(what):
        where = (
            ["--port", address.partition(":")[2]]
            if what == "scheduler"
            else [f"tcp://{address}", "--nthreads", "1"]
        )
        command = [
            sys.executable,
            "-m",
            "dask",
            what,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            *where,
        ]
        started.append(begin(command, stdout=NOWHERE, stderr=NOWHERE))
        return started[-1]

    start.address = f"tcp://{address}"
    yield start
    for process in started:
        end(process)


def test_nobody_at_an_address_is_said_in_time():
    importlib.import_module("distributed")  # takes longer than it takes to find nobody
    begun = time.monotonic()
    with (
        pytest.raises(InvalidInputError) as refused,
        ClusterPool(f"tcp://127.0.0.1:{free_port()}", patience=1),
    ):
        pass
    assert "does not answer within 1 s" in str(refused.value)
    assert time.monotonic() - begun < 15


def test_what_is_no_address_is_refused():
    with (
        pytest.raises(InvalidInputError, match="is no address like tcp://HOST:8786"),
        ClusterPool("nonsense://x", patience=1),
    ):
        pass


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scheduler_that_dies_and_comes_back(dask, made, folder):
    study = made(("chunk = 4", "chunk = 2"))
    run_sweep(study, folder / "peace.zarr", Inline())
    seen = []

    def progress(done, total):
        seen.append(done)
        if len(seen) == 4:
            running[0].kill()
            running[0].wait()
            running[1].kill()
            running[1].wait()
            running[:] = [dask("scheduler"), dask("worker")]

    running = [dask("scheduler"), dask("worker")]
    with ClusterPool(dask.address, patience=90) as pool:
        summary = run_sweep(study, folder / STORE, pool, progress=progress)
    assert summary.complete
    assert len(seen) == CHUNKS
    assert bits(folder / STORE) == bits(folder / "peace.zarr")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_worker_that_dies_with_a_result_is_replaced(dask, monkeypatch):
    """The result is finished, and gone before it is fetched, while no other worker is there."""
    fetched, workers = cluster._outcome, []

    def outcome(future):
        if len(workers) == 1:
            workers[0].kill()
            workers[0].wait()
            until(lambda: not pool.connection._workers())
            workers.append(None)
        return fetched(future)

    def renew():
        if workers[-1] is None:
            workers[-1] = dask("worker")

    monkeypatch.setattr(cluster, "_outcome", outcome)
    dask("scheduler")
    workers.append(dask("worker"))
    with ClusterPool(dask.address, patience=90, renew=renew) as pool:
        assert dict(pool.run(operator.neg, range(1, 9))) == {job: -job for job in range(1, 9)}
    assert len(workers) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scheduler_that_dies_for_good_ends_the_run_and_keeps_what_there_is(dask, made, folder):
    def progress(done, total):
        if running:
            for process in running:
                process.kill()
            running.clear()

    running = [dask("scheduler"), dask("worker")]
    study = made(("chunk = 4", "chunk = 2"))
    with ClusterPool(dask.address, patience=60) as pool:
        pool.connection.patience = 3
        with pytest.raises(UnreachableError):
            run_sweep(study, folder / STORE, pool, progress=progress)
    assert 1 <= run_sweep(study, folder / STORE, Inline()).computed < 30
