"""A real Slurm of one node, installed when asked (COLDSPIN_INSTALL_SLURM=1): the same bits as without it."""

import pytest

from coldspin.sweeps import run_sweep
from helpers_of_sweeps import SINGLE, Inline, bits, finished_chunks, starting, until
from one_node_slurm import one_node_slurm, require_slurm, told

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")]
STUDY = f"""{SINGLE}
[sweep.slurm]
interface = "lo"
memory = "500 MiB"
time = "0:10:00"
queue = "short"
directives = ["--overcommit"]
logs = "logs"
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    require_slurm()
    with one_node_slurm(tmp_path_factory.mktemp("slurm")) as configuration:
        yield configuration


@pytest.fixture
def start(slurm, folder):
    with starting("--slurm", environment={"SLURM_CONF": str(slurm)}) as begin:
        yield begin


def jobs(slurm):
    return told("squeue", "-h", "-t", "running", "-o", "%i %P", configuration=slurm).split("\n")[
        :-1
    ]


def test_jobs_give_the_bits_of_this_process_and_end_with_the_run(start, made, slurm, folder):
    study = made(text=STUDY)
    run_sweep(study, folder / "here.zarr", Inline())
    process = start("--workers", "2", "--slurm-option", "queue=long", "--timeout", "180")
    assert all(job.endswith(" long") for job in until(lambda: jobs(slurm)))
    _, messages = process.communicate(timeout=300)
    assert process.returncode == 0, messages
    assert messages.rstrip().endswith("60 points are in grid.zarr; 60 were computed now")
    assert bits(folder / "grid.zarr") == bits(folder / "here.zarr")
    assert list((folder / "logs").glob("*.out"))
    until(lambda: not jobs(slurm), 30)


def test_a_job_that_is_cancelled_is_replaced(start, made, slurm, folder):
    study = made(text=STUDY)
    run_sweep(study, folder / "here.zarr", Inline())
    process = start("--workers", "1", "--timeout", "180")
    until(lambda: len(finished_chunks(folder / "grid.zarr")) >= 3)
    first = jobs(slurm)[0].split()[0]
    told("scancel", first, configuration=slurm)
    other = until(
        lambda: (
            [job for job in jobs(slurm) if job.split()[0] != first] or process.poll() is not None
        )
    )
    _, messages = process.communicate(timeout=300)
    assert process.returncode == 0, messages
    assert other is not True
    assert bits(folder / "grid.zarr") == bits(folder / "here.zarr")


def test_jobs_that_never_begin_are_given_up(start, made, slurm):
    made(text=STUDY)
    process = start("--slurm-option", "directives=--begin=now+1hour", "--timeout", "5")
    _, messages = process.communicate(timeout=180)
    assert process.returncode == 2
    assert (
        "no Slurm job began to work within 5 s; look at squeue, and at the logs in logs" in messages
    )
    until(lambda: not told("squeue", "-h", configuration=slurm), 30)


def test_a_queue_that_does_not_exist_is_said(start, made, slurm):
    made(text=STUDY)
    process = start("--slurm-option", "queue=nowhere", "--timeout", "60")
    _, messages = process.communicate(timeout=180)
    assert process.returncode == 2
    assert "error: Slurm refuses the jobs of [sweep.slurm]: " in messages
    assert "invalid partition specified: nowhere" in messages
    assert "Traceback" not in messages
