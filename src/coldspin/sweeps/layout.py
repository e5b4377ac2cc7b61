"""The store of a study: one zarr group (format 3), a quantity an array over the axes, a chunk with its checksum."""

import json
import platform
import shutil
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin import __version__
from coldspin.results import attributes
from coldspin.sweeps.grid import Grid, Index
from coldspin.sweeps.points import common_field
from coldspin.sweeps.study import SweepStudy

if TYPE_CHECKING:
    import zarr

FORMAT = "coldspin sweep 1"
STATUS, DOUBTS, SEED = "status", "doubts", "seed"
COMPUTED, FAILED = 1, 2
_LIBRARIES = ("numpy", "scipy", "numba", "xarray")


def versions() -> dict[str, str]:
    """Versions of what computes a study."""
    return {"coldspin": __version__, "python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def inner(study: SweepStudy) -> tuple[Index, tuple[str, ...]]:
    """Shape and names of the dimensions that each point has of itself."""
    if study.field_varies:
        return (), ()
    rows = common_field(study.source).size if study.command.along == "field" else study.table.extrema
    return (rows,), (study.command.along,)


def create(path: Path, study: SweepStudy, grid: Grid) -> None:
    """Make the store without any chunk, beside its place, and rename it."""
    import zarr

    beside = Path(tempfile.mkdtemp(prefix=f".{path.stem}-", dir=path.parent))
    try:
        group = zarr.create_group(beside, zarr_format=3, overwrite=True, attributes=_attributes(study, grid))
        write_coordinates(group, study)
        rows, along = inner(study)
        for name in study.columns:
            _array(group, name, (grid, rows), (*study.dimensions, *along), "float64", attributes(name))
        for name, (kind, told) in _OF_POINTS.items():
            _array(group, name, (grid, ()), study.dimensions, kind, told)
        beside.chmod(0o755)
        beside.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


_OF_POINTS: dict[str, tuple[str, dict[str, Any]]] = {
    SEED: ("uint32", {"units": "1", "long_name": "seed of the point, for methods that draw numbers"}),
    DOUBTS: ("int32", {"units": "1", "long_name": "number of warnings about validity at the point"}),
    STATUS: (
        "int8",
        {
            "units": "1",
            "long_name": "state of the point",
            "flag_values": [0, COMPUTED, FAILED],
            "flag_meanings": "missing computed failed",
        },
    ),
}


def _attributes(study: SweepStudy, grid: Grid) -> dict[str, Any]:
    together = {"coordinates": " ".join(axis.name for axis in study.axes)} if study.table.together else {}
    return together | {
        "format": FORMAT,
        "identity": study.source.identity,
        "command": study.table.command,
        "study_name": study.source.name,
        "study": study.source.text,
        "files": json.dumps(dict(study.source.files), ensure_ascii=False),
        "versions": json.dumps(versions()),
        "seed": study.table.seed,
        "chunk": list(grid.chunk),
        "failures": "[]",
        "complete": 0,
    }


class Coordinate(NamedTuple):
    """Values along one dimension, its name, and what there is to say about them."""

    values: NDArray[Any]
    dimension: str
    told: dict[str, Any]


def coordinates(study: SweepStudy) -> dict[str, Coordinate]:
    """Every coordinate of a store."""
    rows, along = inner(study)
    found = {}
    for axis in study.axes:
        numbers = not any(isinstance(value, str) for value in axis.coordinate)
        told = {"units": axis.unit if numbers else "", "long_name": axis.key}
        values = np.asarray(axis.coordinate, dtype=np.float64 if numbers else object)
        found[axis.name] = Coordinate(values, "point" if study.table.together else axis.name, told)
    if study.table.together:
        told = {"units": "1", "long_name": "number of the point"}
        found["point"] = Coordinate(np.arange(study.shape[0]), "point", told)
    if along == ("field",):
        found["field"] = Coordinate(common_field(study.source), "field", attributes("field"))
    elif along:
        told = {"units": "1", "long_name": "rank of the extremum"}
        found["extremum"] = Coordinate(np.arange(rows[0]), "extremum", told)
    return found


def write_coordinates(group: "zarr.Group", study: SweepStudy) -> None:
    """Write the coordinates that are not there, or not as they should be."""
    for name, wanted in coordinates(study).items():
        if not _there(group, name, wanted):
            _write_whole(group, name, wanted)


def _there(group: "zarr.Group", name: str, wanted: Coordinate) -> bool:
    if name not in group:
        return False
    try:
        return np.array_equal(np.asarray(group[name][:]), wanted.values)  # type: ignore[index]  # it is an array
    except (ValueError, RuntimeError, OSError):  # a checksum, a decompressor, a disk
        return False


def _write_whole(group: "zarr.Group", name: str, wanted: Coordinate) -> None:
    """An array of one chunk, written at once."""
    from zarr.codecs import Crc32cCodec, ZstdCodec

    array = group.create_array(
        name,
        shape=wanted.values.shape,
        chunks=wanted.values.shape,
        dtype="string" if wanted.values.dtype == object else wanted.values.dtype,
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=(wanted.dimension,),
        attributes=wanted.told,
        overwrite=True,
    )
    with zarr_writes_all():
        array[:] = wanted.values


def zarr_writes_all() -> Any:
    """A context in which chunks of nothing but the fill value are written too, so that they are seen to be there."""
    import zarr

    return zarr.config.set({"array.write_empty_chunks": True})


def _array(
    group: "zarr.Group",
    name: str,
    extent: tuple[Grid, Index],
    dimensions: Sequence[str],
    kind: str,
    told: dict[str, Any],
) -> None:
    from zarr.codecs import Crc32cCodec, ZstdCodec

    grid, rows = extent
    group.create_array(
        name,
        shape=grid.shape + rows,
        chunks=grid.chunk + rows,
        dtype=kind,
        fill_value=np.nan if kind == "float64" else 0,
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=dimensions,
        attributes=told,
    )
