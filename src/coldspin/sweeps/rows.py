"""What each point of a study has of itself: columns along fields, extrema, states, stages and isotopes."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.cooling.labels import attributes
from coldspin.exceptions import InvalidInputError
from coldspin.sample.site import Site, join_unverified
from coldspin.sweeps.commands import ISOTOPE, isotopes_of
from coldspin.sweeps.grid import Index
from coldspin.sweeps.places import files_of
from coldspin.sweeps.sources import Source
from coldspin.sweeps.study import SweepStudy, study_of

_OF_ISOTOPES = ("sample", "protocol", "site.material")  # axes along which the isotopes may differ
_LONG_NAMES = {
    "extremum": "rank of the extremum",
    "state": "rank of the state by its mean Overhauser precession",
}


class Coordinate(NamedTuple):
    """Values along one dimension, its name, and what there is to say about them."""

    values: NDArray[Any]
    dimension: str
    told: dict[str, Any]


@lru_cache(maxsize=4)
def own_columns(source: Source) -> Mapping[str, tuple[str, ...]]:
    """Columns that are kept of each point, each with its dimensions."""
    study = study_of(source)
    along = tuple(name for name in study.command.along if name != "field" or not study.field_varies)
    found = dict.fromkeys(study.columns, along)
    if isotopes(source):
        return found | dict.fromkeys(study.isotope_columns, (*along, ISOTOPE))
    if study.table.quantities is not None and study.isotope_columns:
        raise InvalidInputError(
            f"{source.name}: sweep.quantities: the sample is of one isotope and has no "
            f"{study.isotope_columns[0]!r} apart",
            remedy="leave that out",
        )
    return found


@lru_cache(maxsize=4)
def own_dimensions(source: Source) -> Mapping[str, Coordinate]:
    """Dimensions of those columns, each with its coordinate."""
    study, found = study_of(source), dict[str, Coordinate]()
    for name in dict.fromkeys(each for along in own_columns(source).values() for each in along):
        if name == "field":
            found[name] = Coordinate(common_field(source), name, attributes(name))
        elif name == ISOTOPE:
            found[name] = Coordinate(
                np.array(isotopes(source), dtype=object), name, attributes(name)
            )
        elif name == "stage":
            found[name] = Coordinate(np.arange(1, study.stages + 1), name, attributes(name))
        else:
            count = study.table.extrema if name == "extremum" else study.table.states
            found[name] = Coordinate(
                np.arange(count), name, {"units": "1", "long_name": _LONG_NAMES[name]}
            )
    return found


def own_sizes(source: Source) -> dict[str, int]:
    """Length of each of those dimensions."""
    return {name: coordinate.values.size for name, coordinate in own_dimensions(source).items()}


def own_shapes(source: Source) -> dict[str, Index]:
    """Shape of each column of one point."""
    sizes = own_sizes(source)
    return {
        name: tuple(sizes[each] for each in along) for name, along in own_columns(source).items()
    }


@lru_cache(maxsize=4)
def common_field(source: Source) -> Array:
    """Fields that every point has [T]: those of the first."""
    study = study_of(source)
    with files_of(source) as places:
        field: Array = study.sample((0,) * len(study.shape), 0, places).field(study.table.command)[
            0
        ]
    return field


@lru_cache(maxsize=4)
def isotopes(source: Source) -> tuple[str, ...]:
    """Isotopes of all samples of a study, in the order in which they come; none where samples are of one isotope."""
    return tuple(dict.fromkeys(name for site in _sites(source) for name in isotopes_of(site)))


@lru_cache(maxsize=4)
def unverified_constants(source: Source) -> str:
    """Constants of all samples of a study that are recalled and not verified, each once."""
    return join_unverified(site.unverified for site in _sites(source))


@lru_cache(maxsize=4)
def _sites(source: Source) -> tuple[Site, ...]:
    """A site of each sample and material of a study; those that are not valid are recorded when they are computed."""
    study, found = study_of(source), []
    with files_of(source) as places:
        for several in _alike(study):
            for point in several:
                try:
                    sample = study.sample(point, 0, places)
                except InvalidInputError:
                    continue
                found.append(sample.site)
                break
    return tuple(found)


def _alike(study: SweepStudy) -> Iterator[tuple[Index, ...]]:
    """For each sample and material some points that have it: the first, and the last."""
    decides = [axis.key in _OF_ISOTOPES for axis in study.axes]
    if study.table.together:
        for (at,) in product(*map(range, study.shape)):
            yield ((at,),)
        return
    ranges = [
        range(size) if own else range(1) for own, size in zip(decides, study.shape, strict=True)
    ]
    for first in product(*ranges):
        last = (
            at if own else size - 1
            for at, own, size in zip(first, decides, study.shape, strict=True)
        )
        yield (first, tuple(last))
