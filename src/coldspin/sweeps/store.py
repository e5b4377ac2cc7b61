"""The store of a study: one zarr group (format 3) with an array over the axes for each quantity.

One process at a time writes it, and holds its lock. Every chunk has a checksum.
"""

import json
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin import __version__
from coldspin.cooling.labels import attributes
from coldspin.exceptions import InvalidInputError
from coldspin.outputs.files import unfinished
from coldspin.sweeps.chunks import (
    COMPUTED,
    DOUBTS,
    FAILED,
    SEED,
    STATUS,
    Grid,
    open_group,
    remove_partial_files,
    write_empty_chunks,
)
from coldspin.sweeps.columns import Coordinate, list_coordinates, point_columns
from coldspin.sweeps.study import SweepStudy

if TYPE_CHECKING:
    import zarr

FORMAT = "coldspin sweep 1"
_LIBRARIES = ("numpy", "scipy", "numba", "xarray")
_DAMAGED = (ValueError, RuntimeError, OSError)  # a checksum, a decompressor, a disk
_MALFORMED = 2.5  # s that filelock looks at a lock file that it cannot read
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


def find_versions() -> dict[str, str]:
    """Versions of what computes a study."""
    versions = {"coldspin": __version__, "python": platform.python_version()}
    return versions | {name: version(name) for name in _LIBRARIES}


def array_names(study: SweepStudy) -> tuple[str, ...]:
    """Names of all arrays over the grid."""
    return (*point_columns(study.source).dimensions, *_OF_POINTS)


def create_store(path: Path, study: SweepStudy, grid: Grid) -> None:
    """Make the store without any chunk, beside its place, and rename it."""
    import zarr

    source = study.source
    columns = point_columns(source)
    description = {
        "format": FORMAT,
        "identity": source.identity,
        "command": study.table.command,
        "study_name": source.name,
        "study": source.text,
        "files": json.dumps(dict(source.files), ensure_ascii=False),
        "versions": json.dumps(find_versions()),
        "unverified": columns.unverified,
        "seed": study.table.seed,
        "chunk": list(grid.chunk),
        "failures": "[]",
        "complete": 0,
    }
    if study.table.together:
        names = " ".join(axis.name for axis in study.axes)
        description = {"coordinates": names} | description
    beside = unfinished(path)
    try:
        group = zarr.create_group(beside, zarr_format=3, attributes=description)
        _write_coordinates(group, study)
        for name, shape in columns.shapes.items():
            dimensions = study.dimensions + columns.dimensions[name]
            _create_array(group, name, grid, shape, dimensions, "float64", attributes(name))
        for name, (kind, label) in _OF_POINTS.items():
            _create_array(group, name, grid, (), study.dimensions, kind, label)
        beside.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _create_array(
    group: "zarr.Group",
    name: str,
    grid: Grid,
    rows: tuple[int, ...],
    dimensions: tuple[str, ...],
    kind: str,
    label: dict[str, Any],
) -> None:
    """An array over the grid, in its chunks, and over the rows of each point, whole."""
    from zarr.codecs import Crc32cCodec, ZstdCodec

    group.create_array(
        name,
        shape=grid.shape + rows,
        chunks=grid.chunk + rows,
        dtype=kind,
        fill_value=np.nan if kind == "float64" else 0,
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=dimensions,
        attributes=label,
    )


def _write_coordinates(group: "zarr.Group", study: SweepStudy) -> None:
    """Write the coordinates that are not there, or are damaged."""
    from zarr.codecs import Crc32cCodec, ZstdCodec

    for name, coordinate in list_coordinates(study).items():
        if _holds(group, name, coordinate):
            continue
        values = coordinate.values
        array: Any = group.create_array(
            name,
            shape=values.shape,
            chunks=values.shape,
            dtype="string" if values.dtype == object else values.dtype,
            compressors=[ZstdCodec(), Crc32cCodec()],
            dimension_names=(coordinate.dimension,),
            attributes=coordinate.attributes,
            overwrite=True,
        )
        with write_empty_chunks():
            array[:] = values


def _holds(group: "zarr.Group", name: str, coordinate: Coordinate) -> bool:
    if name not in group:
        return False
    try:
        return np.array_equal(np.asarray(group[name][:]), coordinate.values)  # type: ignore[index]  # it is an array
    except _DAMAGED:
        return False


def open_store(study: SweepStudy, store: Path, *, replace: bool) -> Grid | None:
    """Grid of the store that is there; None if there is none, or if `replace` removed it."""
    if not store.exists():
        return None
    place = f"output {store}"
    try:
        stored: dict[str, Any] = dict(open_group(store, "r").attrs)
    except (OSError, ValueError, KeyError):
        stored = {}
    if stored.get("format") != FORMAT:
        raise InvalidInputError(f"{place} is no store of a sweep", remedy="give another name")
    if replace:
        shutil.rmtree(store)
        return None
    if stored.get("identity") != study.source.identity:
        raise InvalidInputError(
            f"{place} holds another study ({stored.get('study_name')})",
            remedy="give --force to replace it, or another name",
        )
    if json.loads(str(stored["versions"])) != find_versions():
        raise InvalidInputError(
            f"{place} was computed with {stored['versions']}, not with "
            f"{json.dumps(find_versions())}, so that not all points would be of one kind",
            remedy="give --force to begin anew, or another name",
        )
    remove_partial_files(store)
    try:
        group = open_group(store, "r+")
        names = {name for name, _ in group.arrays()}
    except (OSError, ValueError, KeyError):
        names = set()
    for name in array_names(study):
        if name not in names:
            what = "is damaged"
            if not (store / name).exists():
                what = "was made by an older version, or is damaged"
            raise InvalidInputError(
                f"{place} {what}: it has no {name}, or that cannot be read",
                remedy="give --force to begin anew, or another name",
            )
    _write_coordinates(group, study)
    return Grid(study.shape, tuple(int(part) for part in stored["chunk"]))


def lock_file(store: Path) -> Path:
    """The file beside a store that locks it."""
    return store.with_name(f"{store.name}.lock")


@contextmanager
def lock_store(store: Path) -> Iterator[None]:
    """Hold the lock of a store; InvalidInputError says which process on which machine has it.

    The lock of a process of this machine that died is taken over. That of another machine is not:
    nobody here can tell whether its process is alive.
    """
    from filelock import SoftFileLock, Timeout

    path = lock_file(store)
    patience = _MALFORMED if _read_owner(path) is None else 0.0
    lock = SoftFileLock(path, timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        owner, machine = _read_owner(path) or ("?", "a machine")
        remedy = "wait for it, or give another --output"
        if machine != platform.node():
            remedy = f"if that is over, remove {path}"
        raise InvalidInputError(
            f"{store} is being written by process {owner} on {machine}", remedy=remedy
        ) from None
    try:
        yield
    finally:
        lock.release()


def _read_owner(path: Path) -> tuple[str, str] | None:
    """Number of the process and name of the machine in a lock file; None if it does not read."""
    try:
        owner, machine = path.read_text(encoding="utf-8").splitlines()[:2]
    except (OSError, ValueError):
        return None
    # filelock adds to the name of a container the number of its process namespace.
    return owner, machine.partition("?")[0]
