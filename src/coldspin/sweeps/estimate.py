"""What a study will cost, from one point of each method: time, memory, disk; and whether that can fit."""

import shutil
from dataclasses import dataclass
from math import prod
from pathlib import Path

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import TIME, positive_scalar
from coldspin.sweeps.grid import Grid, Index, chunk_shape
from coldspin.sweeps.layout import versions
from coldspin.sweeps.pool import Lost, Pool
from coldspin.sweeps.rows import own_shapes
from coldspin.sweeps.study import SweepStudy
from coldspin.sweeps.study_checks import METHOD
from coldspin.sweeps.tasks import Timed, timed

_SECONDS_OF_A_TASK = 2.0
_TASKS_OF_A_WORKER = 4
_MOST_POINTS = 10_000  # of a chunk
_BYTES_OF_A_FILE = 4096  # what a file system gives at least


@dataclass(frozen=True)
class Estimate:
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


def time_points(study: SweepStudy, pool: Pool) -> dict[Index, Timed]:
    """The middle point of each method, timed by a worker; versions of worker and client must agree."""
    points = [_middle(study, at) for at in range(_methods(study))]
    found: dict[Index, Timed] = {}
    for (_, point), result in pool.run(timed, [(study.source, point) for point in points]):
        if isinstance(result, Lost):
            raise InvalidInputError(
                f"a point of {study.source.name} cannot be computed: {result.sentence}"
            )
        if result.versions != versions():
            raise InvalidInputError(
                f"have {result.versions}, but this client {versions()}",
                parameter="workers",
                remedy="make them equal",
            )
        found[point] = result
    return found


def _methods(study: SweepStudy) -> int:
    """How many methods a grid has; of a list of points each is one more."""
    return next(
        (len(a.entries) for a in study.axes if a.key == METHOD and not study.table.together), 1
    )


def _middle(study: SweepStudy, method: int) -> Index:
    varied = [axis.key == METHOD and not study.table.together for axis in study.axes][
        : len(study.shape)
    ]
    return tuple(
        method if fixed else size // 2 for fixed, size in zip(varied, study.shape, strict=True)
    )


def grid_for(study: SweepStudy, times: dict[Index, Timed], workers: int) -> Grid:
    """Chunks of about two seconds, or as the study says; not fewer than four for each worker where points allow."""
    points = study.table.chunk
    if points is None:
        mean = sum(t.seconds for t in times.values()) / len(times)
        share = prod(study.shape) // (workers * _TASKS_OF_A_WORKER)
        points = max(1, min(int(_SECONDS_OF_A_TASK / max(mean, 1e-9)), share, _MOST_POINTS))
    return Grid(study.shape, chunk_shape(study.shape, points))


def estimate(
    study: SweepStudy, times: dict[Index, Timed], grid: Grid, missing: int, workers: int
) -> Estimate:
    """Cost of the points that are missing, those of each method at its own pace."""
    mean = sum(t.seconds for t in times.values()) / len(times)
    own = own_shapes(study.source).values()
    a_chunk = prod(grid.chunk) * (8 * sum(map(prod, own)) + 9)
    files = (len(own) + 3) * _BYTES_OF_A_FILE
    memory = max(t.memory for t in times.values()) + 2 * a_chunk
    return Estimate(missing, mean * missing, memory, grid.chunks * (a_chunk + files), workers)


def check_fit(found: Estimate, study: SweepStudy, store: Path, memory: int | None) -> None:
    """Raise InvalidInputError where memory, disk or the study's time limit would not do."""
    if memory is not None and found.memory * found.workers > memory:
        most = memory // found.memory
        raise InvalidInputError(
            f"{found.workers} workers need {size(found.memory * found.workers)} of memory, and "
            f"{size(memory)} are "
            "free; "
            + (f"give --workers {most}" if most else "a smaller chunk in [sweep] needs less")
        )
    free = shutil.disk_usage(store.parent).free
    needed = found.disk * found.points // max(1, prod(study.shape))
    if needed > free:
        raise InvalidInputError(
            f"the results need up to {size(needed)}, and {size(free)} are free in {store.parent}",
            remedy="keep fewer quantities, or give another --output",
        )
    limit = study.table.time_limit
    if limit is not None and found.duration > positive_scalar("sweep.time_limit", limit, TIME):
        raise InvalidInputError(
            f"{found.points} points need about {duration(found.duration)} with {found.workers} "
            f"workers, more than time_limit = {limit!r}",
            remedy="vary less, or allow more",
        )


def size(count: int) -> str:
    """Bytes for people."""
    amount, units = float(count), iter(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))
    unit = next(units)
    while amount >= 1024 and unit != "EiB":
        amount, unit = amount / 1024, next(units)
    return f"{amount:.3g} {unit}"


def duration(seconds: float) -> str:
    """Seconds for people."""
    for limit, unit, length in ((120, "s", 1), (7200, "min", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds / 86400:.3g} days"
