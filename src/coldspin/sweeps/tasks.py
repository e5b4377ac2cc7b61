"""What a worker does: compute one whole chunk and write it. Nothing of it depends on which worker, or when."""

import resource
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coldspin.sweeps.chunks import Blocks, Remarks, doubt_of, merged_doubts, write_chunk
from coldspin.sweeps.grid import Grid, Index
from coldspin.sweeps.layout import COMPUTED, DOUBTS, FAILED, SEED, STATUS, versions
from coldspin.sweeps.places import files_of
from coldspin.sweeps.points import evaluated
from coldspin.sweeps.rows import own_shapes
from coldspin.sweeps.sources import Source
from coldspin.sweeps.study import SweepStudy, study_of


class Task(NamedTuple):
    """One chunk to compute: of which study, into which store."""

    source: Source
    identity: str
    store: Path
    grid: Grid
    number: int


class Done(NamedTuple):
    """A chunk that is in the store: its points and its remarks."""

    points: int
    remarks: Remarks


class Timed(NamedTuple):
    """One point, timed [s]: with the largest memory of the process [bytes], and what computed it."""

    seconds: float
    memory: int
    versions: dict[str, str]


def compute(task: Task) -> Done:
    """Compute the chunk of a task and write it; a point that raises is recorded and the others go on."""
    study = study_of(task.source)
    blocks = _blocks(study, task.grid, task.number)
    remarks = Remarks([], [])
    corner = [part.start for part in task.grid.region(task.number)]
    points = list(task.grid.points(task.number))
    with files_of(task.source) as places:
        for point in points:
            at = tuple(i - start for i, start in zip(point, corner, strict=True))
            rank = task.grid.rank(point)
            result = evaluated(study, point, rank, places)
            blocks[SEED][at] = study.seed(rank)
            blocks[DOUBTS][at] = len(result.doubts)
            blocks[STATUS][at] = COMPUTED if result.failure is None else FAILED
            for name, column in result.columns.items():
                blocks[name][at] = column
            if result.failure is not None:
                remarks.failures.append(
                    {"parameters": parameters(study, point), "sentence": result.failure}
                )
            doubts = [doubt_of(warning, parameters(study, point)) for warning in result.doubts]
            remarks.doubts[:] = merged_doubts([*remarks.doubts, *doubts])
    write_chunk(task.store, task.identity, task.grid, task.number, blocks, remarks)
    return Done(len(points), remarks)


def parameters(study: SweepStudy, point: Index) -> dict[str, Any]:
    """Parameters of a point by their keys, as a file would have them."""
    return dict(zip((axis.key for axis in study.axes), study.entries(point), strict=True))


def _blocks(study: SweepStudy, grid: Grid, number: int) -> Blocks:
    shape = tuple(part.stop - part.start for part in grid.region(number))
    blocks: Blocks = {
        name: np.full(shape + own, np.nan) for name, own in own_shapes(study.source).items()
    }
    return blocks | {
        SEED: np.zeros(shape, dtype=np.uint32),
        DOUBTS: np.zeros(shape, dtype=np.int32),
        STATUS: np.zeros(shape, dtype=np.int8),
    }


def timed(job: tuple[Source, Index]) -> Timed:
    """Compute a point twice, the first time to load and compile, and time the last; once if that takes a minute."""
    source, point = job
    study = study_of(source)
    with files_of(source) as places:
        for _ in range(2):
            begun = time.perf_counter()
            evaluated(study, point, 0, places)
            seconds = time.perf_counter() - begun
            if seconds > 60:
                break
    unit = 1 if sys.platform == "darwin" else 1024
    return Timed(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, versions())
