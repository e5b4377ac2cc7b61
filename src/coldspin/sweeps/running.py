"""A study, run: what is missing is computed, chunk by chunk, into a store that one client at a time may write."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldspin.sweeps.chunks import discard, merged_doubts, missing_chunks, opened, read_remarks
from coldspin.sweeps.estimate import Estimate, check_fit, estimate, grid_for, time_points
from coldspin.sweeps.existing import existing_grid
from coldspin.sweeps.grid import Grid, Index
from coldspin.sweeps.layout import array_names, create
from coldspin.sweeps.lock import locked
from coldspin.sweeps.points import check_ends
from coldspin.sweeps.pool import Lost, Pool
from coldspin.sweeps.study import SweepStudy
from coldspin.sweeps.tasks import Task, Timed, compute, parameters

Progress = Callable[[int, int], None]
"""Told how many points are done, and of how many."""


@dataclass(frozen=True)
class Summary:
    """What a run did: points computed now, points of the study, failures of all, chunks given up, doubts."""

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
class Plan:
    """What a run is about to do: the chunks that are missing, and their cost, None where there is nothing to do."""

    grid: Grid
    missing: Sequence[int]
    cost: Estimate | None


def run_sweep(
    study: SweepStudy,
    store: Path,
    pool: Pool,
    *,
    retry: bool = False,
    replace: bool = False,
    announce: Callable[[Plan], None] = lambda _: None,
    progress: Progress = lambda _done, _all: None,
) -> Summary:
    """Compute what is missing of a study in `store`, by the workers of `pool`.

    `retry` takes points that failed for missing; `replace` begins anew where the store holds
    another study. `announce` is told the cost before anything starts, and before it is refused
    where it cannot fit. Raises InvalidInputError for a study without a valid point, a store of
    another study or of another client, and a cost that cannot fit.
    """
    store = store.resolve()
    check_ends(study)
    with locked(store):
        existing = existing_grid(study, store, replace=replace)
        plan = _planned(study, store, pool, existing, retry=retry)
        announce(plan)
        if plan.cost is not None:
            check_fit(plan.cost, study, store, pool.memory)
        if existing is None:
            create(store, study, plan.grid)
        for number in plan.missing if existing else ():
            discard(store, plan.grid, number, array_names(study))
        try:
            done, lost = _computed(study, store, pool, plan, progress)
        except OSError as problem:  # no space, most often; what was written before is whole
            raise OSError(problem.errno, problem.strerror or str(problem), str(store)) from None
        failures, doubts = _noted(store, plan.grid, complete=not lost)
        return Summary(done, plan.grid.size, failures, lost, doubts)


def plan_sweep(study: SweepStudy, store: Path, pool: Pool) -> Plan:
    """What a run would do now, and its cost, with nothing begun."""
    store = store.resolve()
    check_ends(study)
    with locked(store):
        return _planned(study, store, pool, existing_grid(study, store, replace=False), retry=False)


def _planned(study: SweepStudy, store: Path, pool: Pool, grid: Grid | None, *, retry: bool) -> Plan:
    missing = None if grid is None else missing_chunks(store, grid, array_names(study), retry=retry)
    if grid is not None and not missing:
        return Plan(grid, (), None)
    times: dict[Index, Timed] = time_points(study, pool)
    grid = grid or grid_for(study, times, pool.workers)
    numbers = range(grid.chunks) if missing is None else missing  # there may be 10¹⁰ of them
    cost = estimate(study, times, grid, _points(grid, numbers), pool.workers)
    return Plan(grid, numbers, cost)


def _points(grid: Grid, numbers: Sequence[int]) -> int:
    """Points of chunks that are in order and all different."""
    if len(numbers) == grid.chunks:
        return grid.size
    total = 0
    for number in numbers:
        count = 1
        for part in grid.region(number):
            count *= part.stop - part.start
        total += count
    return total


def _computed(
    study: SweepStudy, store: Path, pool: Pool, plan: Plan, progress: Progress
) -> tuple[int, tuple[dict[str, Any], ...]]:
    total, done, lost = _points(plan.grid, plan.missing), 0, []
    identity = study.source.identity

    def tasks() -> Iterator[Task]:
        for number in plan.missing:
            yield Task(study.source, identity, store, plan.grid, number)

    for task, result in pool.run(compute, tasks()):
        if isinstance(result, Lost):
            point = next(task.grid.points(task.number))
            lost.append({"parameters": parameters(study, point), "sentence": result.sentence})
        else:
            done += result.points
            progress(done, total)
    return done, tuple(lost)


def _noted(
    store: Path, grid: Grid, *, complete: bool
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Failures and doubts of all chunks; written into the attributes, for whoever opens the store."""
    remarks = [read_remarks(store, number) for number in range(grid.chunks)]
    failures = tuple(failure for remark in remarks for failure in remark.failures)
    merged = merged_doubts(doubt for remark in remarks for doubt in remark.doubts)
    doubts = tuple(_sentence(doubt, grid.size) for doubt in merged)
    told = {"failures": json.dumps(failures, ensure_ascii=False), "complete": int(complete)}
    group = opened(store, "r+")
    if any(group.attrs.get(name) != value for name, value in told.items()):
        group.update_attributes(told)
    return failures, doubts


def _sentence(doubt: dict[str, Any], size: int) -> str:
    """A doubt with the points that it concerns."""
    at = ", ".join(f"{key} = {value}" for key, value in doubt["parameters"].items())
    if doubt["points"] == 1:
        return f"{doubt['sentence']} (at 1 of {size} points: {at})"
    return f"{doubt['sentence']} (at {doubt['points']} of {size} points, the worst: {at})"
