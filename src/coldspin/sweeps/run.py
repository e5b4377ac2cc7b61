"""Run a study: compute the missing chunks into its store."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldspin.sweeps.chunks import (
    Grid,
    discard_chunk,
    merge_doubts,
    missing_chunks,
    open_group,
    read_remarks,
)
from coldspin.sweeps.estimate import (
    SweepEstimate,
    check_fit,
    choose_grid,
    estimate_cost,
    time_points,
)
from coldspin.sweeps.points import ChunkTask, check_ends, compute_chunk
from coldspin.sweeps.pools import Lost, Pool
from coldspin.sweeps.store import array_names, create_store, lock_store, open_store
from coldspin.sweeps.study import SweepStudy

Progress = Callable[[int, int], None]
"""Told how many points are done, and of how many."""


@dataclass(frozen=True)
class SweepSummary:
    """Points computed now and in all; failures of all points, chunks given up, doubts."""

    computed: int
    points: int
    failures: tuple[dict[str, Any], ...]
    lost: tuple[dict[str, Any], ...]
    doubts: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every point was computed, and none failed."""
        return not self.failures and not self.lost


@dataclass(frozen=True)
class SweepPlan:
    """The chunks that are missing, and their cost, None where there is nothing to do."""

    grid: Grid
    missing: Sequence[int]
    cost: SweepEstimate | None


def run_sweep(
    study: SweepStudy,
    store: Path,
    pool: Pool,
    *,
    retry: bool = False,
    replace: bool = False,
    announce: Callable[[SweepPlan], None] = lambda _: None,
    progress: Progress = lambda _done, _all: None,
) -> SweepSummary:
    """Compute what is missing of a study in `store`, by the workers of `pool`.

    `retry` takes points that failed for missing; `replace` begins anew where the store holds
    another study. `announce` is told the cost before anything starts, and before it is refused
    where it cannot fit. Raises InvalidInputError for a study without a valid point, a store of
    another study or of another client, and a cost that cannot fit.
    """
    store = store.resolve()
    check_ends(study)
    with lock_store(store):
        existing = open_store(study, store, replace=replace)
        plan = _plan(study, store, pool, existing, retry=retry)
        announce(plan)
        if plan.cost is not None:
            check_fit(plan.cost, study, store, pool.memory)
        if existing is None:
            create_store(store, study, plan.grid)
        for number in plan.missing if existing else ():
            discard_chunk(store, plan.grid, number, array_names(study))
        try:
            done, lost = _compute(study, store, pool, plan, progress)
        except OSError as problem:  # no space, most often; what was written before is whole
            raise OSError(problem.errno, problem.strerror or str(problem), str(store)) from None
        failures, doubts = _note_remarks(store, plan.grid, complete=not lost)
        return SweepSummary(done, plan.grid.size, failures, lost, doubts)


def plan_sweep(study: SweepStudy, store: Path, pool: Pool, *, here: bool = False) -> SweepPlan:
    """What a run would do now, and its cost, with nothing begun.

    `here` says that this process may time points, as the workers are on this machine.
    """
    store = store.resolve()
    check_ends(study)
    with lock_store(store):
        grid = open_store(study, store, replace=False)
        return _plan(study, store, pool, grid, here=here)


def _plan(
    study: SweepStudy,
    store: Path,
    pool: Pool,
    grid: Grid | None,
    *,
    retry: bool = False,
    here: bool = False,
) -> SweepPlan:
    missing: Sequence[int] | None = None
    if grid is not None:
        missing = missing_chunks(store, grid, array_names(study), retry=retry)
        if not missing:
            return SweepPlan(grid, (), None)
    times = time_points(study, pool, here=here)
    if grid is None or missing is None:
        grid = choose_grid(study, times, pool.workers)
        missing = range(grid.chunks)  # there may be 10¹⁰ of them
    cost = estimate_cost(study, times, grid, grid.count_points(missing), pool.workers)
    return SweepPlan(grid, missing, cost)


def _compute(
    study: SweepStudy, store: Path, pool: Pool, plan: SweepPlan, progress: Progress
) -> tuple[int, tuple[dict[str, Any], ...]]:
    """Compute the missing chunks; return how many points were done, and the chunks given up."""
    total = plan.grid.count_points(plan.missing)
    identity = study.source.identity
    tasks = (ChunkTask(study.source, identity, store, plan.grid, number) for number in plan.missing)
    done = 0
    lost = []
    for task, result in pool.run(compute_chunk, tasks):
        if isinstance(result, Lost):
            point = next(task.grid.points(task.number))
            parameters = study.parameters(point)
            lost.append({"parameters": parameters, "sentence": result.sentence})
        else:
            done += result.points
            progress(done, total)
    return done, tuple(lost)


def _note_remarks(
    store: Path, grid: Grid, *, complete: bool
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Failures and doubts of all chunks; written into the attributes, for whoever opens the store."""
    remarks = [read_remarks(store, number) for number in range(grid.chunks)]
    failures = tuple(failure for remark in remarks for failure in remark.failures)
    merged = merge_doubts(doubt for remark in remarks for doubt in remark.doubts)
    doubts = tuple(_format_doubt(doubt, grid.size) for doubt in merged)
    state = {"failures": json.dumps(failures, ensure_ascii=False), "complete": int(complete)}
    group = open_group(store, "r+")
    if any(group.attrs.get(name) != value for name, value in state.items()):
        group.update_attributes(state)
    return failures, doubts


def _format_doubt(doubt: dict[str, Any], size: int) -> str:
    """A doubt with the points that it concerns."""
    at = ", ".join(f"{key} = {value}" for key, value in doubt["parameters"].items())
    if doubt["points"] == 1:
        return f"{doubt['sentence']} (at 1 of {size} points: {at})"
    return f"{doubt['sentence']} (at {doubt['points']} of {size} points, the worst: {at})"
