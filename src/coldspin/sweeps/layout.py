"""The store of a study: one zarr group (format 3), a quantity an array over the axes, a chunk with its checksum."""

import json
import platform
import shutil
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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
        _coordinates(group, study)
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
    return {
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


def _coordinates(group: "zarr.Group", study: SweepStudy) -> None:
    rows, along = inner(study)
    for axis in study.axes:
        numbers = not any(isinstance(value, str) for value in axis.coordinate)
        told = {"units": axis.unit if numbers else "", "long_name": axis.key}
        dimensions = ("point",) if study.table.together else (axis.name,)
        values = np.asarray(axis.coordinate, dtype=np.float64 if numbers else object)
        _whole(group, axis.name, values, dimensions, told)
    if study.table.together:
        told = {"units": "1", "long_name": "number of the point"}
        _whole(group, "point", np.arange(study.shape[0]), ("point",), told)
        group.attrs["coordinates"] = " ".join(axis.name for axis in study.axes)
    if along == ("field",):
        _whole(group, "field", common_field(study.source), along, attributes("field"))
    elif along:
        _whole(group, "extremum", np.arange(rows[0]), along, {"units": "1", "long_name": "rank of the extremum"})


def _whole(group: "zarr.Group", name: str, values: Any, dimensions: Sequence[str], told: dict[str, Any]) -> None:
    """An array of one chunk, written at once."""
    kind: Any = "string" if values.dtype == object else values.dtype
    array = group.create_array(
        name, shape=values.shape, chunks=values.shape, dtype=kind, dimension_names=dimensions, attributes=told
    )
    array[:] = values


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
