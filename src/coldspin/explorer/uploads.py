"""A measured curve that came from a browser: limited in size, in a folder of its own, read strictly."""

import re
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.inputs.measurements import MeasuredTable, read_measurements

LARGEST = 32 * 2**20
"""Bytes of a file."""

MOST_COLUMNS = 200
"""Columns that can be chosen from."""

_ERRORS = re.compile(r"(?i)(?:^|[^a-z])(?:err|error|sigma|std|stderr|unc)(?:$|[^a-z])|σ|±")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name for messages, its bytes, and their SHA-256, computed once."""

    name: str
    content: bytes
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", sha256(self.content).hexdigest())


def clean_name(name: str) -> str:
    """Name of a file for messages: short, without control characters."""
    return _CONTROL.sub("", name)[-80:] or "data"


class UploadStore:
    """The last few files that tabs sent, by tab and SHA-256, so that each is sent once."""

    def __init__(self, most: int = 8, largest: int = 4 * LARGEST) -> None:
        self._most = most
        self._largest = largest
        self._files: OrderedDict[tuple[str, str], Upload] = OrderedDict()
        self._lock = Lock()

    def put(self, tab: str, upload: Upload) -> str:
        """Keep a file, drop the files unused for longest, and return its SHA-256."""
        key = (tab, upload.digest)
        largest = max(self._largest, len(upload.content))
        with self._lock:
            self._files[key] = upload
            self._files.move_to_end(key)
            size = sum(len(file.content) for file in self._files.values())
            while len(self._files) > self._most or size > largest:
                _, oldest = self._files.popitem(last=False)
                size -= len(oldest.content)
        return upload.digest

    def get(self, tab: str, subject: Any) -> Upload | None:
        """File that a tab names, {"name", "sha256"}, or None if it is not kept (any more).

        InvalidInputError if the tab names none.
        """
        if not isinstance(subject, dict) or not isinstance(subject.get("sha256"), str):
            raise InvalidInputError(
                "there is no data file", remedy="choose one, or drop it on the page"
            )
        key = (tab, subject["sha256"])
        with self._lock:
            upload = self._files.get(key)
            if upload is None:
                return None
            self._files.move_to_end(key)
        return replace(upload, name=clean_name(str(subject.get("name", ""))))


@contextmanager
def write_upload(upload: Upload) -> Iterator[Path]:
    """Write the file into a folder of its own, under a name of ours; errors name it as the user does."""
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        path = Path(folder) / "data.txt"
        path.write_bytes(upload.content)
        try:
            yield path
        except InvalidInputError as problem:
            raise rename_place(problem, Path(folder), upload.name) from None


def rename_place(problem: InvalidInputError, folder: Path, name: str) -> InvalidInputError:
    """Replace paths in the place of an error: the data by its name, the study by "page"."""
    error = problem.within()
    error.place = problem.place.replace(str(folder / "data.txt"), name).replace(
        str(folder / "study.toml"), "page"
    )
    return error


MOST_TABLES = 3
MOST_NUMBERS = 2**24
_tables: OrderedDict[str, MeasuredTable] = OrderedDict()


def read_upload(upload: Upload) -> MeasuredTable:
    """Columns of the file, by the strict reader; tables of the last few files are kept."""
    table = _tables.pop(upload.digest, None)
    if table is None:
        with write_upload(upload) as path:
            table = read_measurements(path)
    if _count_numbers(table) <= MOST_NUMBERS:
        _tables[upload.digest] = table
    while len(_tables) > MOST_TABLES or sum(map(_count_numbers, _tables.values())) > MOST_NUMBERS:
        _tables.popitem(last=False)
    return replace(table, path=Path(upload.name))  # errors name it as the user does


def _count_numbers(table: MeasuredTable) -> int:
    return sum(column.values.size for column in table.columns)


def guess_columns(table: MeasuredTable) -> tuple[str, str, str]:
    """Columns for x, y and the error of y, by their order and the name of the error; none of text."""
    names = [column.name or "" for column in table.columns if not column.fault]
    for column in table.columns:
        if column.fault and len(names) < 2:
            table.column(column.name)  # raises, and names the cell that is no number
    if len(names) < 2 or not all(names):
        raise InvalidInputError(
            "the file needs two columns with names and units in its header, such as: B (mT), T1 "
            "(s), error (s)"
        )
    if len(names) > MOST_COLUMNS:
        raise InvalidInputError(
            f"the file has {len(names)} columns, more than the {MOST_COLUMNS} that the page lists",
            remedy="cut out those of the curve",
        )
    errors = [name for name in names if _ERRORS.search(name.replace("_", " "))]
    y = next((name for name in names[1:] if name not in errors), names[1])
    error = next((name for name in errors if name != y), "")
    return names[0], y, error
