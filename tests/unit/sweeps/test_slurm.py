"""The job script and its options; and a real Slurm of one node, installed when asked (COLDSPIN_INSTALL_SLURM=1)."""

import shutil

import pytest

from coldspin import InvalidInputError
from coldspin.sweeps import run_sweep
from coldspin.sweeps.slurm import slurm_cluster, slurm_pool, with_options
from coldspin.sweeps.sweep_table import SlurmTable
from helpers_of_sweeps import SINGLE, Inline, bits, finished_chunks, starting, until
from one_node_slurm import one_node_slurm, require_slurm, told

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_jobs_that_never_begin_are_given_up(start, made, slurm):
    made(text=STUDY)
    process = start("--slurm-option", "directives=--begin=now+1hour", "--timeout", "5")
    _, messages = process.communicate(timeout=180)
    assert process.returncode == 2
    assert (
        "no Slurm job began to work within 5 s; look at squeue, and at the logs in logs" in messages
    )
    until(lambda: not told("squeue", "-h", configuration=slurm), 30)


@pytest.mark.slow
def test_a_queue_that_does_not_exist_is_said(start, made, slurm):
    made(text=STUDY)
    process = start("--slurm-option", "queue=nowhere", "--timeout", "60")
    _, messages = process.communicate(timeout=180)
    assert process.returncode == 2
    assert "error: Slurm refuses the jobs of [sweep.slurm]: " in messages
    assert "invalid partition specified: nowhere" in messages
    assert "Traceback" not in messages


def test_the_job_script_of_slurm_says_what_the_study_says(folder):
    table = SlurmTable(
        cores=2,
        memory="3 GiB",
        time="0:10:00",
        queue="long",
        account="physics",
        interface="lo",
        python="/opt/python",
        scratch="/scratch/me",
        logs="logs",
        directives=("--overcommit",),
        skip=("-J",),
        prologue=("module load python",),
    )
    with slurm_cluster(table) as cluster:
        script = cluster.job_script()
        host = cluster.scheduler_address
    assert "#SBATCH -p long" in script
    assert "#SBATCH -A physics" in script
    assert "#SBATCH --cpus-per-task=2" in script
    assert "--nworkers 2" in script
    assert "--nthreads 1" in script
    assert "#SBATCH -o logs/" in script
    assert "#SBATCH -J" not in script
    assert "module load python\n" in script
    assert "--local-directory /scratch/me" in script
    assert "/opt/python -m" in script
    assert "#SBATCH -t 0:10:00" in script
    assert "#SBATCH --overcommit" in script
    assert "--mem=3G" in script
    assert host.startswith("tcp://127.0.0.1:")


def test_several_clusters_of_one_machine_get_ports_of_their_own_and_serve_pages_to_nobody(folder):
    with (
        slurm_cluster(SlurmTable(interface="lo")) as one,
        slurm_cluster(SlurmTable(interface="lo")) as other,
    ):
        servers = [each.scheduler.http_server for each in (one, other)]
    assert [server.address for server in servers] == ["127.0.0.1", "127.0.0.1"]
    assert 8787 not in {server.port for server in servers}


def test_options_of_the_command_go_before_the_study():
    table = SlurmTable(queue="short", directives=("--overcommit",))
    changed = with_options(
        table, ["queue=long", "cores=4", "directives=--gres=gpu:1", "memory=8 GiB"]
    )
    assert changed == SlurmTable(
        queue="long", cores=4, memory="8 GiB", directives=("--overcommit", "--gres=gpu:1")
    )
    assert with_options(table, []) == table


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("qeue=long", "--slurm-option qeue=long is unknown; did you mean queue?"),
        ("queue", "--slurm-option queue is unknown; give KEY=VALUE"),
        ("cores=0", "cores must be 1 or more, not 0"),
        ("cores=two", "cores must be a whole number, not 'two'"),
    ],
)
def test_options_that_cannot_be_are_said(option, sentence):
    with pytest.raises(InvalidInputError) as refused:
        with_options(SlurmTable(), [option])
    assert sentence in str(refused.value)


@pytest.mark.skipif(shutil.which("sbatch") is not None, reason="Slurm is here")
def test_slurm_where_there_is_none_is_said(folder):
    with (
        pytest.raises(InvalidInputError, match="sbatch is not on the path"),
        slurm_pool(SlurmTable(interface="lo"), 1),
    ):
        pass


def test_slurm_needs_an_interface_that_exists():
    with pytest.raises(InvalidInputError, match="interface is missing"):
        slurm_cluster(SlurmTable())
    with pytest.raises(InvalidInputError, match="does not make a cluster"):
        slurm_cluster(SlurmTable(interface="none0"))
