"""A real Dask scheduler and real workers on 127.0.0.1: found, lost, found again; and the job script for Slurm."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coldspin import InvalidInputError
from coldspin.sweeps import run_sweep
from coldspin.sweeps.cluster import ClusterPool
from coldspin.sweeps.pool import UnreachableError
from coldspin.sweeps.slurm import slurm_cluster
from coldspin.sweeps.tables import SlurmTable
from helpers_of_sweeps import ENVIRONMENT, Inline, bits

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

    def begin(what):
        where = (
            ["--port", address.partition(":")[2]] if what == "scheduler" else [f"tcp://{address}", "--nthreads", "1"]
        )
        command = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--no-dashboard", *where]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    begin.address = f"tcp://{address}"
    yield begin
    for process in started:
        process.kill()
        process.wait()


def test_nobody_at_an_address_is_said_in_time():
    begun = time.monotonic()
    with pytest.raises(InvalidInputError) as refused, ClusterPool(f"tcp://127.0.0.1:{free_port()}", patience=1):
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
def test_a_scheduler_that_dies_for_good_ends_the_run_and_keeps_what_there_is(dask, made, folder):
    def progress(done, total):
        if running:
            for process in running:
                process.kill()
            running.clear()

    running = [dask("scheduler"), dask("worker")]
    study = made(("chunk = 4", "chunk = 2"))
    with ClusterPool(dask.address, patience=60) as pool:
        pool.patience = 3
        with pytest.raises(UnreachableError):
            run_sweep(study, folder / STORE, pool, progress=progress)
    assert 1 <= run_sweep(study, folder / STORE, Inline()).computed < 30


def test_the_job_script_of_slurm_says_what_the_study_says(folder):
    table = SlurmTable(memory="3 GiB", time="0:10:00", queue="long", interface="lo", directives=("--overcommit",))
    with slurm_cluster(table) as cluster:
        script = cluster.job_script()
        host = cluster.scheduler_address
    assert "#SBATCH -p long" in script
    assert "#SBATCH -t 0:10:00" in script
    assert "#SBATCH --overcommit" in script
    assert "--mem=3G" in script
    assert host.startswith("tcp://127.0.0.1:")
    assert os.path.dirname(sys.executable) in script


def test_slurm_needs_an_interface_that_exists():
    with pytest.raises(InvalidInputError, match="interface is missing"):
        slurm_cluster(SlurmTable())
    with pytest.raises(InvalidInputError, match="does not make a cluster"):
        slurm_cluster(SlurmTable(interface="none0"))
