"""Coordinates of a store: values of the axes, and of the dimensions that each point has of itself."""

from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.sweeps.rows import Coordinate, own_dimensions
from coldspin.sweeps.study import SweepStudy

if TYPE_CHECKING:
    import zarr


def coordinates(study: SweepStudy) -> dict[str, Coordinate]:
    """Every coordinate of a store by its name."""
    found = {}
    for axis in study.axes:
        numbers = not any(isinstance(value, str) for value in axis.coordinate)
        told = {"units": axis.unit if numbers else "", "long_name": axis.key}
        values = np.asarray(axis.coordinate, dtype=np.float64 if numbers else object)
        found[axis.name] = Coordinate(values, "point" if study.table.together else axis.name, told)
    if study.table.together:
        told = {"units": "1", "long_name": "number of the point"}
        found["point"] = Coordinate(np.arange(study.shape[0]), "point", told)
    return found | dict(own_dimensions(study.source))


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

    array: Any = group.create_array(
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
