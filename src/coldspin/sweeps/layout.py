"""The store of a study: one zarr group (format 3), a quantity an array over the axes, a chunk with its checksum."""

import json
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin import __version__
from coldspin.cooling.labels import attributes
from coldspin.outputs.files import unfinished
from coldspin.sweeps.coordinates import write_coordinates
from coldspin.sweeps.grid import Grid
from coldspin.sweeps.rows import own_columns, own_sizes, unverified_constants
from coldspin.sweeps.study import SweepStudy

if TYPE_CHECKING:
    import zarr

FORMAT = "coldspin sweep 1"
STATUS, DOUBTS, SEED = "status", "doubts", "seed"
COMPUTED, FAILED = 1, 2
_LIBRARIES = ("numpy", "scipy", "numba", "xarray")


def versions() -> dict[str, str]:
    """Versions of what computes a study."""
    return {"coldspin": __version__, "python": platform.python_version()} | {
        name: version(name) for name in _LIBRARIES
    }


def array_names(study: SweepStudy) -> tuple[str, ...]:
    """Names of all arrays over the grid."""
    return (*own_columns(study.source), SEED, DOUBTS, STATUS)


def create(path: Path, study: SweepStudy, grid: Grid) -> None:
    """Make the store without any chunk, beside its place, and rename it."""
    import zarr

    beside = unfinished(path)
    try:
        group = zarr.create_group(beside, zarr_format=3, attributes=_attributes(study, grid))
        write_coordinates(group, study)
        sizes = own_sizes(study.source)
        for name, along in own_columns(study.source).items():
            dimensions = dict.fromkeys(study.dimensions) | {each: sizes[each] for each in along}
            _array(group, name, grid, dimensions, "float64", attributes(name))
        for name, (kind, told) in _OF_POINTS.items():
            _array(group, name, grid, dict.fromkeys(study.dimensions), kind, told)
        beside.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


_OF_POINTS: dict[str, tuple[str, dict[str, Any]]] = {
    SEED: (
        "uint32",
        {"units": "1", "long_name": "seed of the point, for methods that draw numbers"},
    ),
    DOUBTS: (
        "int32",
        {"units": "1", "long_name": "number of warnings about validity at the point"},
    ),
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
    together = (
        {"coordinates": " ".join(axis.name for axis in study.axes)} if study.table.together else {}
    )
    return together | {
        "format": FORMAT,
        "identity": study.source.identity,
        "command": study.table.command,
        "study_name": study.source.name,
        "study": study.source.text,
        "files": json.dumps(dict(study.source.files), ensure_ascii=False),
        "versions": json.dumps(versions()),
        "unverified": unverified_constants(study.source),
        "seed": study.table.seed,
        "chunk": list(grid.chunk),
        "failures": "[]",
        "complete": 0,
    }


def _array(
    group: "zarr.Group",
    name: str,
    grid: Grid,
    dimensions: dict[str, int | None],
    kind: str,
    told: dict[str, Any],
) -> None:
    """An array over the grid, in its chunks, and over the sizes that are given, whole."""
    from zarr.codecs import Crc32cCodec, ZstdCodec

    rows = tuple(size for size in dimensions.values() if size is not None)
    group.create_array(
        name,
        shape=grid.shape + rows,
        chunks=grid.chunk + rows,
        dtype=kind,
        fill_value=np.nan if kind == "float64" else 0,
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=tuple(dimensions),
        attributes=told,
    )
