"""Workers as Slurm jobs, by dask-jobqueue: a scheduler here, and one job for each worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.cluster import ClusterPool
from coldspin.sweeps.tables import SlurmTable


@contextmanager
def slurm_pool(table: SlurmTable, workers: int, *, patience: float = 600.0) -> Iterator[ClusterPool]:
    """Give the workers of `workers` jobs; the jobs end with the block. They may wait `patience` [s] in the queue."""
    with slurm_cluster(table) as cluster:
        cluster.scale(jobs=workers)
        with ClusterPool(cluster.scheduler_address, patience=patience) as pool:
            yield pool


def slurm_cluster(table: SlurmTable) -> Any:
    """Return the cluster as the table [sweep.slurm] describes it, without jobs yet."""
    from dask_jobqueue import SLURMCluster

    if table.interface is None:
        raise InvalidInputError(
            "sweep.slurm.interface is missing; give the network interface over which the nodes reach this machine, "
            '"lo" where they are the same'
        )
    try:
        return SLURMCluster(
            cores=1,
            processes=1,
            memory=table.memory,
            walltime=table.time,
            queue=table.queue,
            account=table.account,
            interface=table.interface,
            job_extra_directives=list(table.directives),
            job_script_prologue=list(table.prologue),
            scheduler_options={"dashboard": False, "dashboard_address": None},
        )
    except (ValueError, OSError, RuntimeError) as problem:
        raise InvalidInputError(f"sweep.slurm does not make a cluster: {problem}") from None
