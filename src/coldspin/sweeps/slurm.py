"""Workers as Slurm jobs, by dask-jobqueue: a scheduler here, jobs of one or more worker processes."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.cluster import ClusterPool
from coldspin.sweeps.tables import SlurmTable
from coldspin.toml_files import validate_tables
from coldspin.wording import nearest

_PATIENCE = 60.0  # seconds for sbatch to answer


@contextmanager
def slurm_pool(
    table: SlurmTable, workers: int, *, patience: float = 600.0
) -> Iterator[ClusterPool]:
    """Give `workers` processes in jobs of `table.cores` each; the jobs end with the block.

    Jobs may wait `patience` [s] in the queue. One that ends before its time, or by it, is replaced.
    """
    jobs = ceil(workers / table.cores)
    with slurm_cluster(table) as cluster:
        _try_out(cluster.job_script())
        cluster.scale(jobs=jobs)
        pool = ClusterPool(
            cluster.scheduler_address, patience=patience, renew=lambda: cluster.scale(jobs=jobs)
        )
        try:
            pool.__enter__()
        except InvalidInputError:
            raise InvalidInputError(
                f"no Slurm job began to work within {patience:g} s",
                remedy=f"look at squeue, and at the logs in {table.logs or 'this folder'}, or give "
                f"a longer --timeout",
            ) from None
        with pool:
            yield pool


def slurm_cluster(table: SlurmTable) -> Any:
    """Return the cluster as the table [sweep.slurm] describes it, without jobs yet."""
    from dask_jobqueue import SLURMCluster

    if table.interface is None:
        raise InvalidInputError(
            "is missing",
            parameter="sweep.slurm.interface",
            remedy='give the network interface over which the nodes reach this machine, "lo" where '
            "they are the same",
        )
    try:
        return SLURMCluster(
            cores=table.cores,
            processes=table.cores,
            memory=table.memory,
            walltime=table.time,
            queue=table.queue,
            account=table.account,
            interface=table.interface,
            python=table.python,
            local_directory=table.scratch,
            log_directory=table.logs,
            job_extra_directives=list(table.directives),
            job_directives_skip=list(table.skip),
            job_script_prologue=list(table.prologue),
            scheduler_options={
                "dashboard": False,
                "dashboard_address": "127.0.0.1:0",
            },  # no page for anybody
        )
    except (ValueError, OSError, RuntimeError) as problem:
        raise InvalidInputError(f"sweep.slurm does not make a cluster: {problem}") from None


def _try_out(script: str) -> None:
    """Let Slurm check the script of a job without taking it; InvalidInputError with what it says against it."""
    if shutil.which("sbatch") is None:
        raise InvalidInputError(
            "sbatch is not on the path",
            remedy="run --slurm where Slurm takes jobs, or leave it out",
        )
    try:
        tried = subprocess.run(  # the job that the user asks for
            ["sbatch", "--test-only"],  # noqa: S607  # wherever it is on the path
            input=script,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InvalidInputError(
            f"sbatch does not answer within {_PATIENCE:g} s", remedy="see whether sinfo does"
        ) from None
    if tried.returncode:
        told = " / ".join(line.strip() for line in tried.stderr.splitlines() if line.strip())
        raise InvalidInputError(
            f"Slurm refuses the jobs of [sweep.slurm]: {told or 'without a reason'}"
        )


def with_options(table: SlurmTable, options: Sequence[str]) -> SlurmTable:
    """Return the table with what --slurm-option says, KEY=VALUE, in place of its own; lists grow by the value."""
    changed = table.model_dump()
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or key not in changed:
            hint = "give KEY=VALUE" if not equals else nearest(key, changed)
            raise InvalidInputError(f"--slurm-option {option} is unknown", remedy=f"{hint}")
        if isinstance(changed[key], tuple):
            changed[key] = (*changed[key], value)
        else:
            changed[key] = int(value) if key == "cores" and value.isdecimal() else value
    return validate_tables(SlurmTable, changed, Path("--slurm-option"))
