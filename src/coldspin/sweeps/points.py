"""Points of a study: pure functions of the study and of the place of the point in the grid."""

import resource
import sys
import time
import warnings
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, ValidityWarning, worst_warnings
from coldspin.inputs.protocol_files import Protocol
from coldspin.inputs.sample_files import Sample
from coldspin.sweeps.chunks import (
    COMPUTED,
    DOUBTS,
    FAILED,
    SEED,
    STATUS,
    Blocks,
    Grid,
    Index,
    Remarks,
    describe_doubt,
    merge_doubts,
    write_chunk,
)
from coldspin.sweeps.columns import point_columns
from coldspin.sweeps.commands import arrange_column, list_isotopes
from coldspin.sweeps.source import Places, Source, write_files
from coldspin.sweeps.store import find_versions
from coldspin.sweeps.study import SweepStudy, study_of

# Warnings are caught per process, not per thread, and a Dask worker may have several threads.
_ONE_AT_A_TIME = Lock()


class PointResult(NamedTuple):
    """Columns of a point and its warnings, one of each subject; or the exception it raised."""

    columns: dict[str, Array]
    doubts: tuple[ValidityWarning, ...] = ()
    problem: Exception | None = None


class ChunkTask(NamedTuple):
    """One chunk to compute: of which study, into which store."""

    source: Source
    identity: str
    store: Path
    grid: Grid
    number: int


class ChunkResult(NamedTuple):
    """A chunk that is in the store: its points and its remarks."""

    points: int
    remarks: Remarks


class PointCost(NamedTuple):
    """One point, timed [s]: the largest memory of the process [bytes], and its versions."""

    seconds: float
    memory: int
    versions: dict[str, str]


def compute_point(study: SweepStudy, point: Index, rank: int, places: Places) -> PointResult:
    """The point, computed; whatever is raised there becomes its problem."""
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            columns = _compute_columns(study, point, rank, places)
    except Exception as problem:  # noqa: BLE001  # recorded with the parameters, and the rest goes on
        return PointResult({}, problem=_name_files(problem, places))
    doubts = worst_warnings(w.message for w in caught if isinstance(w.message, ValidityWarning))
    return PointResult(columns, tuple(doubts))


def _compute_columns(
    study: SweepStudy, point: Index, rank: int, places: Places
) -> dict[str, Array]:
    sample = study.sample(point, study.seed(rank), places)
    data = study.command.compute(sample, read_fields(study, sample))
    kept = point_columns(study.source)
    isotopes = list_isotopes(sample.site)
    for name in isotopes:
        if name not in kept.isotopes:
            raise InvalidInputError(
                f"isotope {name} is in neither the first nor the last point with this sample",
                remedy="make one of them valid",
            )
    order = [kept.isotopes.index(name) for name in isotopes]
    shapes = kept.shapes
    return {
        name: arrange_column(data, name, dimensions, shapes[name], order)
        for name, dimensions in kept.dimensions.items()
    }


def _name_files(problem: Exception, places: Places) -> Exception:
    """An error about a file of the study names it as the study does, not by its place for now."""
    if not isinstance(problem, InvalidInputError):
        return problem
    problem = problem.within()
    for name, place in places.items():
        problem.place = problem.place.replace(place, name)
        problem.rule = problem.rule.replace(place, name)
    return problem


def read_fields(study: SweepStudy, sample: Sample | Protocol) -> Array | None:
    """Fields of a point [T], None for a command that takes none; all points have the same ones."""
    if isinstance(sample, Protocol) or "field" not in study.command.along:
        return None
    command = study.table.command
    field, _ = sample.field(command)
    if study.field_varies:
        if command == "cool" and sample.start() == "sweep":
            raise InvalidInputError(
                '= "sweep" follows the field, which is an axis here',
                parameter="cool.start",
                remedy='use "rest"',
            )
    elif not np.array_equal(field, point_columns(study.source).field):  # type: ignore[arg-type]
        raise InvalidInputError(
            "differs between the samples",
            parameter=f"{command}.field",
            remedy="give it in the study",
        )
    return field


def check_ends(study: SweepStudy) -> None:
    """Raise InvalidInputError if neither the first point nor the last has a valid sample."""
    problems: list[InvalidInputError] = []
    first = (0,) * len(study.shape)
    last = tuple(size - 1 for size in study.shape)
    with write_files(study.source) as places:
        for point in (first, last):
            try:
                _check_point(study, point, places)
            except InvalidInputError as problem:
                problems.append(problem)
        if len(problems) == 2:
            raise _name_files(problems[0], places)
    point_columns(study.source)


def _check_point(study: SweepStudy, point: Index, places: Places) -> None:
    """Build all that a point is computed from, but for the numbers."""
    command = study.table.command
    sample = study.sample(point, 0, places)
    if isinstance(sample, Protocol):
        sample.options()
        sample.sample.method()
        return
    if "field" in study.command.along and getattr(sample.tables, command).field is None:
        raise InvalidInputError(
            "there is no field",
            place=study.source.name,
            remedy=f'give field = "0:2:21 mT", say, in [{command}], or {command}.field in '
            "[sweep.axes]",
        )
    if command != "relax" and sample.tables.electron.spin is None:
        raise InvalidInputError(
            "there is no electron spin",
            place=study.source.name,
            remedy="give spin in [electron], or electron.spin in [sweep.axes]",
        )
    read_fields(study, sample)
    sample.method()
    if command != "relax":
        sample.electron_spin()


def compute_chunk(task: ChunkTask) -> ChunkResult:
    """Compute a whole chunk and write it; a point that raises is recorded and the others go on."""
    study = study_of(task.source)
    region = task.grid.region(task.number)
    shape = tuple(part.stop - part.start for part in region)
    blocks: Blocks = {
        SEED: np.zeros(shape, dtype=np.uint32),
        DOUBTS: np.zeros(shape, dtype=np.int32),
        STATUS: np.zeros(shape, dtype=np.int8),
    }
    for name, own in point_columns(task.source).shapes.items():
        blocks[name] = np.full(shape + own, np.nan)
    failures: list[dict[str, Any]] = []
    doubts: list[dict[str, Any]] = []
    with write_files(task.source) as places:
        for at in np.ndindex(*shape):
            point = tuple(part.start + i for part, i in zip(region, at, strict=True))
            rank = task.grid.rank(point)
            parameters = study.parameters(point)
            result = compute_point(study, point, rank, places)
            blocks[SEED][at] = study.seed(rank)
            blocks[DOUBTS][at] = len(result.doubts)
            blocks[STATUS][at] = COMPUTED if result.problem is None else FAILED
            for name, column in result.columns.items():
                blocks[name][at] = column
            if result.problem is not None:
                sentence = _format_failure(result.problem)
                failures.append({"parameters": parameters, "sentence": sentence})
            new = [describe_doubt(warning, parameters) for warning in result.doubts]
            doubts = merge_doubts([*doubts, *new])
    remarks = Remarks(failures, doubts)
    write_chunk(task.store, task.identity, task.grid, task.number, blocks, remarks)
    return ChunkResult(blocks[STATUS].size, remarks)


def _format_failure(problem: Exception) -> str:
    sentence = str(problem) or "no reason given"
    if isinstance(problem, InvalidInputError):
        return sentence
    return f"{type(problem).__name__}: {sentence}"


def time_point(job: tuple[Source, Index]) -> PointCost:
    """Compute a point twice and time the second time, once all is loaded and compiled.

    A point that takes a minute is computed once.
    """
    source, point = job
    study = study_of(source)
    with write_files(source) as places:
        for _ in range(2):
            start = time.perf_counter()
            compute_point(study, point, 0, places)
            seconds = time.perf_counter() - start
            if seconds > 60:
                break
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return PointCost(seconds, memory, find_versions())
