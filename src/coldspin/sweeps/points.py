"""One point of a study: a pure function of the study and of the place of the point in the grid."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.run_files import Sample
from coldspin.sweeps.commands import columns_of
from coldspin.sweeps.grid import Index
from coldspin.sweeps.sources import Source, laid_out, place
from coldspin.sweeps.study import SweepStudy

Places = Mapping[str, str]
_ONE_AT_A_TIME = Lock()  # warnings are caught per process, not per thread, and a Dask worker may have several threads


class Result(NamedTuple):
    """Columns of a point; the sentences of what was doubtful; or, in place of both, why there is none."""

    columns: dict[str, Array]
    doubts: tuple[str, ...] = ()
    failure: str | None = None


@contextmanager
def files_of(source: Source) -> Iterator[Places]:
    """Lay out the files of a study, and give the place of each by its name."""
    with laid_out(source) as folder:
        yield {name: str(folder / place(source, number)) for number, (name, _) in enumerate(source.files)}


def evaluated(study: SweepStudy, point: Index, rank: int, places: Places) -> Result:
    """The point, computed; whatever is raised there becomes its failure."""
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            sample = study.sample(point, study.seed(rank), places)
            data = study.command.compute(sample, fields(study, sample))
            columns = columns_of(data, study.columns, length(study))
    except Exception as problem:  # noqa: BLE001  # recorded with the parameters of the point, and the rest goes on
        return Result({}, failure=_sentence(problem, places))
    doubts = [str(w.message) for w in caught if issubclass(w.category, ValidityWarning)]
    return Result(columns, tuple(dict.fromkeys(doubts)))


def _sentence(problem: Exception, places: Places) -> str:
    told = str(problem) or "no reason given"
    for name, where in places.items():
        told = told.replace(where, name)
    return told if isinstance(problem, InvalidInputError) else f"{type(problem).__name__}: {told}"


def fields(study: SweepStudy, sample: Sample) -> Array | None:
    """Fields of a point [T], None for a command that takes none; all points must have the same ones."""
    if study.command.along != "field":
        return None
    field, _ = sample.field(study.table.command)
    if study.field_varies:
        if study.table.command == "cool" and sample.start() == "sweep":
            raise InvalidInputError('cool.start = "sweep" follows the field, which is an axis here; use "rest"')
    elif not np.array_equal(field, common_field(study.source)):
        raise InvalidInputError(f"{study.table.command}.field differs between the samples; give it in the study")
    return field


@lru_cache(maxsize=4)
def common_field(source: Source) -> Array:
    """Fields that every point has [T]: those of the first."""
    from coldspin.sweeps.study import study_of

    study = study_of(source)
    with files_of(source) as places:
        field, _ = study.sample((0,) * len(study.shape), 0, places).field(study.table.command)
    return field


def length(study: SweepStudy) -> int:
    """Rows of each column of a point."""
    if study.field_varies:
        return 1
    return common_field(study.source).size if study.command.along == "field" else study.table.extrema


def check_ends(study: SweepStudy) -> None:
    """Raise InvalidInputError if neither the first point nor the last has a sample: then the study itself is wrong."""
    problems: list[InvalidInputError] = []
    with files_of(study.source) as places:
        for point in ((0,) * len(study.shape), tuple(size - 1 for size in study.shape)):
            try:
                _checked(study, point, places)
            except InvalidInputError as problem:
                problems.append(problem)
    if len(problems) == 2:
        raise InvalidInputError(_sentence(problems[0], places))


def _checked(study: SweepStudy, point: Index, places: Places) -> Any:
    sample = study.sample(point, 0, places)
    sample.method()
    if study.table.command != "relax":
        sample.electron_spin()
    return fields(study, sample)
