"""`coldspin sweep`: a command over many parameters, on many processors, into a zarr store."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.reporting import reporting, say
from coldspin.exceptions import InvalidInputError

if TYPE_CHECKING:
    from coldspin.sweeps import Plan, Summary, SweepStudy
    from coldspin.sweeps.pool import Pool

StudyFile = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="A sample file with [sweep] and [sweep.axes]; see examples/.")
]
Store = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="STORE.zarr", help="Where the results go; STUDY.zarr here when not given."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes or Slurm jobs; as many as processors when not given.")
]
Scheduler = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A running Dask scheduler, tcp://HOST:8786.")]
Slurm = Annotated[bool, typer.Option("--slurm", help="Workers as Slurm jobs, as [sweep.slurm] says.")]
Timeout = Annotated[float, typer.Option(metavar="S", min=0.1, help="Seconds a scheduler may be silent.")]
Retry = Annotated[bool, typer.Option("--retry", help="Compute points that failed once more.")]
DryRun = Annotated[bool, typer.Option("--estimate", help="Say what it would cost, and stop.")]
Force = Annotated[bool, typer.Option("--force", help="Begin anew, in place of what the store holds.")]
_SHOWN = 5


def sweep(
    study: StudyFile,
    output: Store = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    slurm: Slurm = False,
    timeout: Timeout = 30.0,
    retry: Retry = False,
    estimate: DryRun = False,
    force: Force = False,
) -> None:
    """Vary parameters; run again to resume."""
    with reporting():
        if scheduler is not None and (slurm or workers is not None):
            raise InvalidInputError("--scheduler has its own workers; leave out --slurm and --workers")
        _require(slurm or scheduler is not None, slurm=slurm)
        from coldspin.sweeps.points import check_ends
        from coldspin.sweeps.pool import UnreachableError
        from coldspin.sweeps.sources import read_source
        from coldspin.sweeps.study import study_of

        given = study_of(read_source(study))
        check_ends(given)
        store = output or Path(f"{study.stem}.zarr")
        if not store.resolve().parent.is_dir():
            raise InvalidInputError(f"output {store} cannot be written: there is no folder {store.parent}")
        try:
            with _pool(given, workers, scheduler, timeout, slurm=slurm) as pool:
                if estimate:
                    _estimated(given, store, pool)
                    return
                summary = _run(given, store, pool, retry=retry, force=force)
        except UnreachableError as problem:
            say(f"error: {problem}; what was computed is in {store}: run the same again")
            raise typer.Exit(1) from None
        _tell(summary, store)
        if not summary.complete:
            raise typer.Exit(1)


def _require(distributed: bool, *, slurm: bool) -> None:
    """Say which extra is missing before anything else."""
    from importlib.util import find_spec

    extra = "cluster" if slurm else "sweep"
    needed = {"zarr": True, "distributed": distributed, "dask_jobqueue": slurm}
    for module, wanted in needed.items():
        if wanted and find_spec(module) is None:
            raise InvalidInputError(f"{module} is not installed; pip install 'coldspin[{extra}]'")


@contextmanager
def _pool(
    study: "SweepStudy", workers: int | None, scheduler: str | None, timeout: float, *, slurm: bool
) -> "Iterator[Pool]":
    if scheduler is not None:
        from coldspin.sweeps.cluster import ClusterPool

        with ClusterPool(scheduler, patience=timeout) as cluster:
            yield cluster
    elif slurm:
        from coldspin.sweeps.slurm import slurm_pool

        with slurm_pool(study.table.slurm, workers or 1) as jobs:
            yield jobs
    else:
        from coldspin.sweeps.local import LocalPool

        with LocalPool(workers) as processes:
            yield processes


def _estimated(study: "SweepStudy", store: Path, pool: "Pool") -> None:
    """Say the cost, and raise if it cannot fit."""
    from coldspin.sweeps.estimate import check_fit
    from coldspin.sweeps.running import plan_sweep

    plan = plan_sweep(study, store, pool)
    _announce(plan)
    if plan.cost is not None:
        check_fit(plan.cost, study, store.resolve(), pool.memory)


def _announce(plan: "Plan") -> None:
    from coldspin.sweeps.estimate import duration, size

    cost = plan.cost
    if cost is None:
        say(f"all {plan.grid.size} points are there")
        return
    say(
        f"{cost.points} of {plan.grid.size} points to compute, in {len(plan.missing)} chunks: about "
        f"{duration(cost.duration)} with {cost.workers} workers, {size(cost.memory)} of memory each, "
        f"up to {size(cost.disk)} on disk"
    )


def _run(study: "SweepStudy", store: Path, pool: "Pool", *, retry: bool, force: bool) -> "Summary":
    from coldspin.cli.progress import progress_bar
    from coldspin.sweeps.running import run_sweep

    begun = time.monotonic()
    with progress_bar() as report:

        def progress(done: int, total: int) -> None:
            rate = done / max(time.monotonic() - begun, 1e-9)
            report(f"{done} of {total} points, {rate:.3g}/s", done / total)

        return run_sweep(study, store, pool, retry=retry, replace=force, announce=_announce, progress=progress)


def _tell(summary: "Summary", store: Path) -> None:
    """Failures first, then doubts, a few of each; where the results are comes last."""
    for what, entries in (("failed", summary.failures), ("not computed", summary.lost)):
        for entry in entries[:_SHOWN]:
            at = ", ".join(f"{key} = {value}" for key, value in entry["parameters"].items())
            say(f"{what}: {at}: {entry['sentence']}")
        if len(entries) > _SHOWN:
            say(f"{what}: {len(entries) - _SHOWN} more; the attribute `failures` of the store has all that failed")
    for doubt in summary.doubts[:_SHOWN]:
        say(f"warning: {doubt}")
    if len(summary.doubts) > _SHOWN:
        say(f"warning: and {len(summary.doubts) - _SHOWN} more; `doubts` of the store counts them at each point")
    say(f"{summary.points} points are in {store}; {summary.computed} were computed now")
