"""Columns and coordinates of a store: those of the axes, and those that each point has of itself."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.cooling.labels import attributes
from coldspin.exceptions import InvalidInputError
from coldspin.sample.site import join_unverified
from coldspin.sweeps.chunks import Index
from coldspin.sweeps.commands import ISOTOPE, list_isotopes
from coldspin.sweeps.source import Source, write_files
from coldspin.sweeps.study import SweepStudy, study_of

_OF_ISOTOPES = ("sample", "protocol", "site.material")  # axes along which the isotopes may differ
_LONG_NAMES = {
    "extremum": "rank of the extremum",
    "state": "rank of the state by its mean Overhauser precession",
}


class Coordinate(NamedTuple):
    """Values along one dimension, its name, and its attributes."""

    values: NDArray[Any]
    dimension: str
    attributes: dict[str, Any]


class PointColumns(NamedTuple):
    """What is kept of each point.

    `dimensions` are those of each column, and `coordinates` their values; `isotopes` are those of
    all samples, none where each is of one isotope; `field` [T] is that of every point, None where
    it varies or is not taken; `unverified` names constants that are recalled and not verified.
    """

    dimensions: Mapping[str, tuple[str, ...]]
    coordinates: Mapping[str, Coordinate]
    isotopes: tuple[str, ...]
    field: Array | None
    unverified: str

    @property
    def shapes(self) -> dict[str, Index]:
        """Shape of each column of one point."""
        shapes = {}
        for name, dimensions in self.dimensions.items():
            shapes[name] = tuple(self.coordinates[each].values.size for each in dimensions)
        return shapes


@lru_cache(maxsize=4)
def point_columns(source: Source) -> PointColumns:
    """Columns of a study; every process finds the same ones."""
    study = study_of(source)
    samples = _build_samples(study)
    sites = [sample.site for sample in samples]
    isotopes = tuple(dict.fromkeys(name for site in sites for name in list_isotopes(site)))
    along = tuple(name for name in study.command.along if name != "field" or not study.field_varies)
    dimensions = dict.fromkeys(study.columns, along)
    if isotopes:
        dimensions |= dict.fromkeys(study.isotope_columns, (*along, ISOTOPE))
    elif study.table.quantities is not None and study.isotope_columns:
        raise InvalidInputError(
            f"the sample is of one isotope and has no {study.isotope_columns[0]!r} apart",
            place=f"{source.name}: sweep.quantities",
            remedy="leave that out",
        )
    field = None
    if "field" in along and samples:
        field, _ = samples[0].field(study.table.command)

    coordinates: dict[str, Coordinate] = {}
    for name in dict.fromkeys(each for names in dimensions.values() for each in names):
        if name in _LONG_NAMES:
            count = study.table.extrema if name == "extremum" else study.table.states
            label = {"units": "1", "long_name": _LONG_NAMES[name]}
            coordinates[name] = Coordinate(np.arange(count), name, label)
            continue
        values: dict[str, Any] = {
            "field": field,
            ISOTOPE: np.array(isotopes, dtype=object),
            "stage": np.arange(1, study.stages + 1),
        }
        coordinates[name] = Coordinate(values[name], name, attributes(name))
    unverified = join_unverified(site.unverified for site in sites)
    return PointColumns(dimensions, coordinates, isotopes, field, unverified)


def _build_samples(study: SweepStudy) -> list[Any]:
    """A sample for each sample file and material; invalid ones are recorded when computed."""
    samples = []
    with write_files(study.source) as places:
        for points in _find_alike(study):
            for point in points:
                try:
                    sample = study.sample(point, 0, places)
                except InvalidInputError:
                    continue
                samples.append(sample)
                break
    return samples


def _find_alike(study: SweepStudy) -> Iterator[tuple[Index, ...]]:
    """For each sample and material some points that have it: the first, and the last."""
    if study.table.together:
        for at in range(study.shape[0]):
            yield ((at,),)
        return
    decisive = np.array([axis.key in _OF_ISOTOPES for axis in study.axes])
    last = np.array(study.shape) - 1
    for first in product(
        *(range(n if own else 1) for own, n in zip(decisive, study.shape, strict=True))
    ):
        yield first, tuple(np.where(decisive, first, last).tolist())


def list_coordinates(study: SweepStudy) -> dict[str, Coordinate]:
    """Every coordinate of a store by its name."""
    coordinates = {}
    for axis in study.axes:
        numeric = not any(isinstance(value, str) for value in axis.coordinate)
        label = {"units": axis.unit if numeric else "", "long_name": axis.key}
        values = np.asarray(axis.coordinate, dtype=np.float64 if numeric else object)
        dimension = "point" if study.table.together else axis.name
        coordinates[axis.name] = Coordinate(values, dimension, label)
    if study.table.together:
        label = {"units": "1", "long_name": "number of the point"}
        coordinates["point"] = Coordinate(np.arange(study.shape[0]), "point", label)
    return coordinates | dict(point_columns(study.source).coordinates)
