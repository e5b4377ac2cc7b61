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
    """A file as it came: its name for messages, its bytes, and their SHA-256, which is computed once."""

    name: str
    content: bytes
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", sha256(self.content).hexdigest())


def shown_name(name: str) -> str:
    """Name of a file for messages, short and without what no line of text holds."""
    return _CONTROL.sub("", name)[-80:] or "data"


class Kept:
    """Files that tabs sent, so that each is sent once: the last few, by tab and SHA-256."""

    def __init__(self, most: int = 8, largest: int = 4 * LARGEST) -> None:
        self._most, self._largest = most, largest
        self._files: OrderedDict[tuple[str, str], Upload] = OrderedDict()
        self._lock = Lock()

    def put(self, tab: str, upload: Upload) -> str:
        """Keep a file, and return its SHA-256; those that were not asked for the longest go."""
        key = tab, upload.digest
        with self._lock:
            self._files[key] = upload
            self._files.move_to_end(key)
            while len(self._files) > self._most or self._bytes() > max(
                self._largest, len(upload.content)
            ):
                self._files.popitem(last=False)
        return upload.digest

    def get(self, tab: str, given: Any) -> Upload | None:
        """File that a tab speaks of, {"name", "sha256"}, or None where it is not kept (any more).

        InvalidInputError where it speaks of none.
        """
        if not isinstance(given, dict) or not isinstance(given.get("sha256"), str):
            raise InvalidInputError(
                "there is no data file", remedy="choose one, or drop it on the page"
            )
        key = tab, given["sha256"]
        with self._lock:
            if found := self._files.get(key):
                self._files.move_to_end(key)
        return replace(found, name=shown_name(str(given.get("name", "")))) if found else None

    def _bytes(self) -> int:
        return sum(len(upload.content) for upload in self._files.values())


@contextmanager
def laid_out(upload: Upload) -> Iterator[Path]:
    """Give the file in a folder of its own, under a name of ours; messages say the name that the user knows."""
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        path = Path(folder) / "data.txt"
        path.write_bytes(upload.content)
        try:
            yield path
        except InvalidInputError as problem:
            sentence = (
                str(problem)
                .replace(str(path), upload.name)
                .replace(str(path.parent / "study.toml"), "page")
            )
            raise InvalidInputError(sentence.replace(f"{folder}/", "")) from None


MOST_TABLES, MOST_NUMBERS = 3, 2**24
_tables: OrderedDict[str, MeasuredTable] = OrderedDict()


def read(upload: Upload) -> MeasuredTable:
    """Columns of the file, by the strict reader; of the last few files, as far as they are not too large, kept."""
    found = _tables.pop(upload.digest, None)
    if found is None:
        with laid_out(upload) as path:
            found = read_measurements(path)
    if _numbers(found) <= MOST_NUMBERS:
        _tables[upload.digest] = found
    while len(_tables) > MOST_TABLES or sum(map(_numbers, _tables.values())) > MOST_NUMBERS:
        _tables.popitem(last=False)
    return replace(found, path=Path(upload.name))  # messages name it as the user does


def _numbers(table: MeasuredTable) -> int:
    return sum(column.values.size for column in table.columns)


def guessed(table: MeasuredTable) -> tuple[str, str, str]:
    """Columns that are x, y and the error of y, by their order and by the name of the third; none is of text."""
    names = [column.name or "" for column in table.columns if not column.fault]
    for column in table.columns:
        if column.fault and len(names) < 2:
            table.column(column.name)  # says which cell is no number
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
    y = next((name for name in names[1:] if not _ERRORS.search(name.replace("_", " "))), names[1])
    error = next(
        (name for name in names if name != y and _ERRORS.search(name.replace("_", " "))), ""
    )
    return names[0], y, error
