"""What a study will cost, from one point of each method: time, memory, disk; and whether that can fit."""

import shutil
from dataclasses import dataclass
from math import prod
from pathlib import Path

from coldspin.exceptions import InvalidInputError
from coldspin.inputs.protocol_files import Protocol
from coldspin.quantities import TIME, positive_scalar
from coldspin.sweeps.axes import METHOD
from coldspin.sweeps.chunks import Grid, Index, chunk_shape
from coldspin.sweeps.columns import point_columns
from coldspin.sweeps.points import PointCost, time_point
from coldspin.sweeps.pools import Lost, Pool
from coldspin.sweeps.source import write_files
from coldspin.sweeps.store import find_versions
from coldspin.sweeps.study import SweepStudy

_SECONDS_OF_A_TASK = 2.0
_TASKS_OF_A_WORKER = 4
_MOST_POINTS = 10_000  # of a chunk
_QUICK = ("closed-form", "small-angle")
_BYTES_OF_A_FILE = 4096  # what a file system gives at least


@dataclass(frozen=True)
class SweepEstimate:
    """Points, seconds of one worker for all of them, bytes of memory of one worker, bytes of the whole store."""

    points: int
    seconds: float
    memory: int
    disk: int
    workers: int

    @property
    def duration(self) -> float:
        """Seconds with all workers."""
        return self.seconds / self.workers


def time_points(study: SweepStudy, pool: Pool, *, here: bool) -> dict[Index, PointCost]:
    """The middle point of each method, timed; versions of worker and client must agree.

    With `here`, closed forms are timed in this process, which saves the start of a
    worker. Others are timed by a worker, which Ctrl-C can end in the middle of a compiled loop.
    """
    middle = [size // 2 for size in study.shape]
    points = [tuple(middle)]
    if not study.table.together:
        for at, axis in enumerate(study.axes):
            if axis.key == METHOD:  # a list of points has one more method at each
                points = [
                    (*middle[:at], method, *middle[at + 1 :]) for method in range(study.shape[at])
                ]
    quick = {point for point in points if here and _is_quick(study, point)}
    times = {point: time_point((study.source, point)) for point in points if point in quick}
    jobs = [(study.source, point) for point in points if point not in quick]
    for (_, point), result in pool.run(time_point, jobs):
        if isinstance(result, Lost):
            raise InvalidInputError(
                f"a point of {study.source.name} cannot be computed: {result.sentence}"
            )
        if result.versions != find_versions():
            raise InvalidInputError(
                f"have {result.versions}, but this client {find_versions()}",
                parameter="workers",
                remedy="make them equal",
            )
        times[point] = result
    return times


def _is_quick(study: SweepStudy, point: Index) -> bool:
    """Whether the method of a point is a closed form."""
    with write_files(study.source) as places:
        try:
            sample = study.sample(point, 0, places)
        except InvalidInputError:
            return True  # it fails at once
    tables = sample.sample.tables if isinstance(sample, Protocol) else sample.tables
    return tables.method.name in _QUICK


def choose_grid(study: SweepStudy, times: dict[Index, PointCost], workers: int) -> Grid:
    """Chunks of about two seconds, or as the study says; not fewer than four for each worker where points allow."""
    points = study.table.chunk
    if points is None:
        mean = sum(t.seconds for t in times.values()) / len(times)
        share = prod(study.shape) // (workers * _TASKS_OF_A_WORKER)
        points = max(1, min(int(_SECONDS_OF_A_TASK / max(mean, 1e-9)), share, _MOST_POINTS))
    return Grid(study.shape, chunk_shape(study.shape, points))


def estimate_cost(
    study: SweepStudy, times: dict[Index, PointCost], grid: Grid, missing: int, workers: int
) -> SweepEstimate:
    """Cost of the points that are missing, those of each method at its own pace."""
    mean = sum(t.seconds for t in times.values()) / len(times)
    own = point_columns(study.source).shapes.values()
    a_chunk = prod(grid.chunk) * (8 * sum(map(prod, own)) + 9)
    files = (len(own) + 3) * _BYTES_OF_A_FILE
    memory = max(t.memory for t in times.values()) + 2 * a_chunk
    return SweepEstimate(missing, mean * missing, memory, grid.chunks * (a_chunk + files), workers)


def check_fit(cost: SweepEstimate, study: SweepStudy, store: Path, memory: int | None) -> None:
    """Raise InvalidInputError where memory, disk or the study's time limit would not do."""
    if memory is not None and cost.memory * cost.workers > memory:
        most = memory // cost.memory
        raise InvalidInputError(
            f"{cost.workers} workers need {format_size(cost.memory * cost.workers)} of memory, and "
            f"{format_size(memory)} are "
            "free; "
            + (f"give --workers {most}" if most else "a smaller chunk in [sweep] needs less")
        )
    free = shutil.disk_usage(store.parent).free
    needed = cost.disk * cost.points // max(1, prod(study.shape))
    if needed > free:
        raise InvalidInputError(
            f"the results need up to {format_size(needed)}, and {format_size(free)} are free in {store.parent}",
            remedy="keep fewer quantities, or give another --output",
        )
    limit = study.table.time_limit
    if limit is not None and cost.duration > positive_scalar("sweep.time_limit", limit, TIME):
        raise InvalidInputError(
            f"{cost.points} points need about {format_duration(cost.duration)} with {cost.workers} "
            f"workers, more than time_limit = {limit!r}",
            remedy="vary less, or allow more",
        )


def format_size(count: int) -> str:
    """Bytes for people."""
    amount, units = float(count), iter(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))
    unit = next(units)
    while amount >= 1024 and unit != "EiB":
        amount, unit = amount / 1024, next(units)
    return f"{amount:.3g} {unit}"


def format_duration(seconds: float) -> str:
    """Seconds for people."""
    for limit, unit, length in ((120, "s", 1), (7200, "min", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds / 86400:.3g} days"
