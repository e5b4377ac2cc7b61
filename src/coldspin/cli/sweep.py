"""`coldspin sweep`: a command over many parameters, on many processors, into a zarr store."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from coldspin.cli.sweep_report import announce, tell
from coldspin.cli.terminal import note_unverified, reporting, say
from coldspin.exceptions import InvalidInputError
from coldspin.outputs.files import check_parent

if TYPE_CHECKING:
    from coldspin.sweeps import Summary, SweepStudy
    from coldspin.sweeps.pool import Pool

StudyFile = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY.toml", help="A sample file with [sweep] and [sweep.axes]; see examples/."
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="STORE.zarr",
        help="Where the results go; STUDY.zarr here when not given.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Processes or Slurm jobs; as many as processors when not given."
    ),
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A running Dask scheduler, tcp://HOST:8786.")
]
Slurm = Annotated[
    bool, typer.Option("--slurm", help="Workers in Slurm jobs, as [sweep.slurm] says.")
]
SlurmOption = Annotated[
    list[str] | None,
    typer.Option(
        "--slurm-option",
        metavar="KEY=VALUE",
        help="A key of [sweep.slurm]: queue=long; may be repeated.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        min=0.1,
        help="Seconds a scheduler may be silent, 30, or Slurm jobs may wait, 600.",
    ),
]
Retry = Annotated[bool, typer.Option("--retry", help="Compute points that failed once more.")]
DryRun = Annotated[bool, typer.Option("--estimate", help="Say what it would cost, and stop.")]
Force = Annotated[
    bool, typer.Option("--force", help="Begin anew, in place of what the store holds.")
]


class Workplace(NamedTuple):
    """What the options say of where the work is done."""

    workers: int | None
    scheduler: str | None
    timeout: float | None
    slurm: bool
    options: tuple[str, ...]


def sweep(
    study: StudyFile,
    output: Store = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    slurm: Slurm = False,
    slurm_option: SlurmOption = None,
    timeout: Timeout = None,
    retry: Retry = False,
    estimate: DryRun = False,
    force: Force = False,
) -> None:
    """Vary parameters; run again to resume."""
    with reporting():
        if scheduler is not None and (slurm or workers is not None):
            raise InvalidInputError(
                "has its own workers",
                parameter="--scheduler",
                remedy="leave out --slurm and --workers",
            )
        if timeout is not None and not isfinite(timeout):
            raise InvalidInputError(
                "must be a finite number of seconds",
                parameter="--timeout",
                value=timeout,
                shown=f"{timeout}",
            )
        if slurm_option and not slurm:
            raise InvalidInputError(
                "is of no use without --slurm", parameter="--slurm-option", remedy="give both"
            )
        _require(slurm or scheduler is not None, slurm=slurm)
        from coldspin.sweeps.points import check_ends
        from coldspin.sweeps.pool import UnreachableError
        from coldspin.sweeps.rows import unverified_constants
        from coldspin.sweeps.sources import read_source
        from coldspin.sweeps.study import study_of

        store = output or Path(f"{study.stem}.zarr")
        check_parent(store)
        given = study_of(read_source(study))
        check_ends(given)
        where = Workplace(
            workers, scheduler, timeout, slurm=slurm, options=tuple(slurm_option or ())
        )
        try:
            with _pool(given, where) as pool:
                if estimate:
                    _estimated(given, store, pool)
                    return
                summary = _run(given, store, pool, retry=retry, force=force)
        except UnreachableError as problem:
            say(f"error: {problem}; what was computed is in {store}: run the same again")
            raise typer.Exit(1) from None
        note_unverified(unverified_constants(given.source))
        tell(summary, store)
        if not summary.complete:
            raise typer.Exit(1)


def _require(distributed: bool, *, slurm: bool) -> None:
    """Say which extra is missing before anything else."""
    from importlib.util import find_spec

    extra = "cluster" if slurm else "sweep"
    needed = {"zarr": True, "distributed": distributed, "dask_jobqueue": slurm}
    for module, wanted in needed.items():
        if wanted and find_spec(module) is None:
            raise InvalidInputError(
                f"{module} is not installed", remedy=f"pip install 'coldspin[{extra}]'"
            )


@contextmanager
def _pool(study: "SweepStudy", where: Workplace) -> "Iterator[Pool]":
    if where.scheduler is not None:
        from coldspin.sweeps.cluster import ClusterPool

        with ClusterPool(where.scheduler, patience=where.timeout or 30.0) as cluster:
            yield cluster
    elif where.slurm:
        from coldspin.sweeps.slurm import slurm_pool, with_options

        table = with_options(study.table.slurm, where.options)
        with slurm_pool(
            table, where.workers or table.cores, patience=where.timeout or 600.0
        ) as jobs:
            yield jobs
    else:
        from coldspin.sweeps.local import LocalPool

        with LocalPool(where.workers) as processes:
            yield processes


def _estimated(study: "SweepStudy", store: Path, pool: "Pool") -> None:
    """Say the cost, and raise if it cannot fit."""
    from coldspin.sweeps.estimate import check_fit
    from coldspin.sweeps.running import plan_sweep

    plan = plan_sweep(study, store, pool)
    announce(plan)
    if plan.cost is not None:
        check_fit(plan.cost, study, store.resolve(), pool.memory)


def _run(study: "SweepStudy", store: Path, pool: "Pool", *, retry: bool, force: bool) -> "Summary":
    from coldspin.cli.terminal import progress_bar
    from coldspin.sweeps.running import run_sweep

    begun = time.monotonic()
    with progress_bar() as report:

        def progress(done: int, total: int) -> None:
            rate = done / max(time.monotonic() - begun, 1e-9)
            report(f"{done} of {total} points, {rate:.3g}/s", done / total)

        return run_sweep(
            study, store, pool, retry=retry, replace=force, announce=announce, progress=progress
        )
