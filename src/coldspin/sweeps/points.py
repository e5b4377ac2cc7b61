"""One point of a study: a pure function of the study and of the place of the point in the grid."""

import warnings
from threading import Lock
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, ValidityWarning, worst_warnings
from coldspin.inputs.protocol_files import Protocol
from coldspin.inputs.sample_files import Sample
from coldspin.sweeps.commands import isotopes_of
from coldspin.sweeps.grid import Index
from coldspin.sweeps.places import Places, files_of
from coldspin.sweeps.rows import common_field, isotopes, own_columns, own_shapes
from coldspin.sweeps.study import SweepStudy
from coldspin.sweeps.values import arranged

_ONE_AT_A_TIME = (
    Lock()
)  # warnings are caught per process, not per thread, and a Dask worker may have several threads


class Result(NamedTuple):
    """Columns of a point; its warnings, one of each subject; or, in place of both, why there is none."""

    columns: dict[str, Array]
    doubts: tuple[ValidityWarning, ...] = ()
    failure: str | None = None


def evaluated(study: SweepStudy, point: Index, rank: int, places: Places) -> Result:
    """The point, computed; whatever is raised there becomes its failure."""
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValidityWarning)
            columns = _columns(study, point, rank, places)
    except Exception as problem:  # noqa: BLE001  # recorded with the parameters of the point, and the rest goes on
        return Result({}, failure=_sentence(problem, places))
    doubts = worst_warnings(w.message for w in caught if isinstance(w.message, ValidityWarning))
    return Result(columns, tuple(doubts))


def _columns(study: SweepStudy, point: Index, rank: int, places: Places) -> dict[str, Array]:
    given = study.sample(point, study.seed(rank), places)
    data = study.command.compute(given, fields(study, given))
    shapes, among = (
        own_shapes(study.source),
        _among(isotopes_of(given.site), isotopes(study.source)),
    )
    return {
        name: arranged(data, name, along, shapes[name], among)
        for name, along in own_columns(study.source).items()
    }


def _among(mine: tuple[str, ...], every: tuple[str, ...]) -> list[int]:
    """Places of the isotopes of a point among those of the study."""
    unknown = [name for name in mine if name not in every]
    if unknown:
        raise InvalidInputError(
            f"isotope {unknown[0]} is in neither the first nor the last point with this sample",
            remedy="make one of them valid",
        )
    return [every.index(name) for name in mine]


def _sentence(problem: Exception, places: Places) -> str:
    told = str(problem) or "no reason given"
    for name, where in places.items():
        told = told.replace(where, name)
    return told if isinstance(problem, InvalidInputError) else f"{type(problem).__name__}: {told}"


def fields(study: SweepStudy, given: Sample | Protocol) -> Array | None:
    """Fields of a point [T], None for a command that takes none; all points must have the same ones."""
    if isinstance(given, Protocol) or "field" not in study.command.along:
        return None
    field, _ = given.field(study.table.command)
    if study.field_varies:
        if study.table.command == "cool" and given.start() == "sweep":
            raise InvalidInputError(
                'cool.start = "sweep" follows the field, which is an axis here', remedy='use "rest"'
            )
    elif not np.array_equal(field, common_field(study.source)):
        raise InvalidInputError(
            f"{study.table.command}.field differs between the samples",
            remedy="give it in the study",
        )
    return field


def check_ends(study: SweepStudy) -> None:
    """Raise InvalidInputError if neither the first point nor the last has a sample: then the study itself is wrong."""
    problems: list[InvalidInputError] = []
    with files_of(study.source) as places:
        for point in ((0,) * len(study.shape), tuple(size - 1 for size in study.shape)):
            try:
                _check(study, point, places)
            except InvalidInputError as problem:
                problems.append(problem)
    if len(problems) == 2:
        raise InvalidInputError(_sentence(problems[0], places))
    own_columns(study.source)


def _check(study: SweepStudy, point: Index, places: Places) -> None:
    given = study.sample(point, 0, places)
    if isinstance(given, Sample):
        _check_complete(study, given)
    fields(study, given)
    if isinstance(given, Protocol):
        given.options()
        given.sample.method()
        return
    given.method()
    if study.table.command != "relax":
        given.electron_spin()


def _check_complete(study: SweepStudy, sample: Sample) -> None:
    """Say where a field or a spin that is missing may stand in a study."""
    command = study.table.command
    if "field" in study.command.along and getattr(sample.tables, command).field is None:
        raise InvalidInputError(
            f"{study.source.name}: there is no field",
            remedy=f'give field = "0:2:21 mT", say, in [{command}], or {command}.field in '
            f"[sweep.axes]",
        )
    if command != "relax" and sample.tables.electron.spin is None:
        raise InvalidInputError(
            f"{study.source.name}: there is no electron spin",
            remedy="give spin in [electron], or electron.spin in [sweep.axes]",
        )
