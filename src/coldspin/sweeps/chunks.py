"""Chunks of a store: which points each holds; written whole, verified before reuse."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.outputs.files import whole_file

if TYPE_CHECKING:
    import zarr

Blocks = dict[str, NDArray[Any]]
Index = tuple[int, ...]

STATUS = "status"
DOUBTS = "doubts"
SEED = "seed"
COMPUTED = 1
FAILED = 2


@dataclass(frozen=True)
class Grid:
    """A grid of points in the order of its axes, and the shape of one chunk of it."""

    shape: Index
    chunk: Index

    @property
    def size(self) -> int:
        """Number of points."""
        return prod(self.shape)

    @property
    def blocks(self) -> Index:
        """Number of chunks along each axis."""
        return tuple(ceil(size / part) for size, part in zip(self.shape, self.chunk, strict=True))

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return prod(self.blocks)

    def block(self, number: int) -> Index:
        """Place of chunk `number` among the chunks."""
        return tuple(int(at) for at in np.unravel_index(number, self.blocks))

    def region(self, number: int) -> tuple[slice, ...]:
        """Points of chunk `number`, along each axis."""
        region = []
        for at, part, size in zip(self.block(number), self.chunk, self.shape, strict=True):
            region.append(slice(at * part, min((at + 1) * part, size)))
        return tuple(region)

    def points(self, number: int) -> Iterator[Index]:
        """Points of chunk `number`, in order."""
        return product(*(range(part.start, part.stop) for part in self.region(number)))

    def rank(self, point: Index) -> int:
        """Number of a point in the whole grid, whatever the chunks."""
        return int(np.ravel_multi_index(point, self.shape))

    def count_points(self, numbers: Sequence[int]) -> int:
        """Points of chunks that are in order and all different."""
        if len(numbers) == self.chunks:  # there may be 10¹⁰ of them
            return self.size
        total = 0
        for number in numbers:
            total += prod(part.stop - part.start for part in self.region(number))
        return total


def chunk_shape(shape: Index, points: int) -> Index:
    """Shape of a block of at most `points` points.

    The last axes are whole as far as they fit, then comes a part of one axis, then single values.
    """
    left = max(1, points)
    chunk = []
    for size in reversed(shape):
        part = min(size, left)
        chunk.append(part)
        left = left // size if part == size else 1
    return tuple(reversed(chunk))


class Remarks(NamedTuple):
    """Failures and doubts of a chunk, each with its parameters and its sentence.

    A doubt stands for all points with a warning of its `subject`: `points` counts them, the rest is
    of the worst one.
    """

    failures: list[dict[str, Any]]
    doubts: list[dict[str, Any]]


def describe_doubt(warning: ValidityWarning, parameters: dict[str, Any]) -> dict[str, Any]:
    """One warning of the point with these parameters."""
    sentence = str(warning)
    return {
        "subject": warning.subject,
        "sentence": sentence,
        "size": warning.size,
        "points": 1,
        "parameters": parameters,
    }


def merge_doubts(doubts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One doubt of each subject: the worst, with the number of points of all."""
    worst: dict[str, dict[str, Any]] = {}
    for doubt in doubts:
        before = worst.get(doubt["subject"], doubt)
        points = doubt["points"] + (before["points"] if before is not doubt else 0)
        larger = doubt if doubt["size"] > before["size"] else before
        worst[doubt["subject"]] = larger | {"points": points}
    return list(worst.values())


class OtherStoreError(InvalidInputError):
    """The store was replaced by that of another study while a task computed for it."""


def write_chunk(
    store: Path, identity: str, grid: Grid, number: int, blocks: Blocks, remarks: Remarks
) -> None:
    """Write every quantity of a chunk; its status comes last, so a chunk with a status is whole."""
    if open_group(store, "r").attrs.get("identity") != identity:
        raise OtherStoreError(
            f"{store} now belongs to another study; run the sweep again with another --output"
        )
    region = grid.region(number)
    with write_empty_chunks():
        arrays = _arrays(store, identity)
        for name, block in blocks.items():
            if name != STATUS:
                arrays[name][region] = block
        _write_remarks(store, number, remarks)
        arrays[STATUS][region] = blocks[STATUS]


def open_group(store: Path, mode: Any) -> "zarr.Group":
    """The group of a store."""
    import zarr

    return zarr.open_group(store, mode=mode, zarr_format=3, use_consolidated=False)


def write_empty_chunks() -> Any:
    """A context in which chunks of only the fill value are written too, so that they exist."""
    import zarr

    return zarr.config.set({"array.write_empty_chunks": True})


@lru_cache(maxsize=4)
def _arrays(store: Path, _identity: str) -> "dict[str, zarr.Array[Any]]":
    """Arrays of a store, opened once a process."""
    return dict(open_group(store, "r+").arrays())


def missing_chunks(
    store: Path, grid: Grid, names: tuple[str, ...], *, retry: bool = False
) -> list[int]:
    """Chunks that are not there, damaged, or, if they are to be tried again, with failures."""
    arrays = dict(open_group(store, "r").arrays())
    return [n for n in range(grid.chunks) if not _is_sound(store, arrays, grid, n, names, retry)]


def _is_sound(
    store: Path,
    arrays: dict[str, Any],
    grid: Grid,
    number: int,
    names: tuple[str, ...],
    retry: bool,
) -> bool:
    """Whether every file of a chunk exists with its checksum, and no point is missing."""
    block, region = grid.block(number), grid.region(number)
    status = _read(store, arrays[STATUS], block, region)
    if status is None or not np.isin(status, (COMPUTED, FAILED)).all():
        return False
    failed = np.count_nonzero(status == FAILED)
    if failed and (retry or len(read_remarks(store, number).failures) != failed):
        return False
    return all(
        _read(store, arrays[name], block, region) is not None for name in names if name != STATUS
    )


def _read(
    store: Path, array: Any, block: tuple[int, ...], region: tuple[slice, ...]
) -> NDArray[Any] | None:
    """Values of a chunk, None if its file is missing or does not keep its checksum."""
    tail = (0,) * (array.ndim - len(block))
    if not store.joinpath(array.basename, "c", *map(str, block + tail)).is_file():
        return None
    try:
        values: NDArray[Any] = array[region]
    except (ValueError, RuntimeError, OSError):  # a checksum, a decompressor, a disk
        return None
    return values


def discard_chunk(store: Path, grid: Grid, number: int, names: tuple[str, ...]) -> None:
    """Remove the files of a chunk, its status first, so that nothing is written into a damaged one."""
    for name in (STATUS, *names):
        path = store.joinpath(name, "c", *map(str, grid.block(number)))
        for file in (path, *path.rglob("*")):
            if file.is_file():
                file.unlink()


def _remarks_file(store: Path, number: int) -> Path:
    """Beside the chunks of the status, where readers of zarr do not look for anything."""
    return store / STATUS / "remarks" / f"{number}.json"


def _write_remarks(store: Path, number: int, remarks: Remarks) -> None:
    path = _remarks_file(store, number)
    if not any(remarks):
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    with whole_file(path) as beside:
        beside.write_text(json.dumps(remarks._asdict(), ensure_ascii=False), encoding="utf-8")


def read_remarks(store: Path, number: int) -> Remarks:
    """Remarks of a chunk; none if there are none, or if their file is damaged."""
    with suppress(OSError, ValueError, TypeError):
        stored = Remarks(**json.loads(_remarks_file(store, number).read_text(encoding="utf-8")))
        # Stores of earlier versions hold sentences without points; these are left out.
        return Remarks(
            stored.failures, [doubt for doubt in stored.doubts if isinstance(doubt, dict)]
        )
    return Remarks([], [])


def remove_partial_files(store: Path) -> None:
    """Remove what writers that were killed left half-written beside its place."""
    for left in [*store.rglob("*.partial"), *(store / STATUS / "remarks").glob(".*")]:
        left.unlink(missing_ok=True)
