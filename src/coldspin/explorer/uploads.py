"""A measured curve that came from a browser: limited in size, in a folder of its own, read strictly."""

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.measurements import MeasuredTable, read_measurements

LARGEST = 32 * 2**20
"""Bytes of a file."""

MOST_COLUMNS = 200
"""Columns that can be chosen from."""

_ERRORS = re.compile(r"(?i)(?:^|[^a-z])(?:err|error|sigma|std|stderr|unc)(?:$|[^a-z])|σ|±")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name for messages, and its bytes."""

    name: str
    content: bytes


def received(given: Any) -> Upload:
    """File of what a page sent, which may be anything; InvalidInputError in one sentence."""
    if not isinstance(given, dict) or not isinstance(given.get("content"), str):
        raise InvalidInputError("there is no data file; choose one, or drop it on the page")
    name = _CONTROL.sub("", str(given.get("name", "")))[-80:] or "data"
    encoded = given["content"]
    if len(encoded) > 4 * (LARGEST // 3 + 1):
        raise InvalidInputError(f"{name} is larger than {LARGEST // 2**20} MiB; thin it out")
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError(f"{name} came damaged from the browser; choose it again") from None
    return Upload(name, content)


@contextmanager
def laid_out(upload: Upload) -> Iterator[Path]:
    """Give the file in a folder of its own, under a name of ours; messages say the name that the user knows."""
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        path = Path(folder) / "data.txt"
        path.write_bytes(upload.content)
        try:
            yield path
        except InvalidInputError as problem:
            sentence = str(problem).replace(str(path), upload.name).replace(str(path.parent / "study.toml"), "page")
            raise InvalidInputError(sentence.replace(f"{folder}/", "")) from None


def read(upload: Upload) -> MeasuredTable:
    """Columns of the file, by the strict reader."""
    with laid_out(upload) as path:
        return read_measurements(path)


def guessed(table: MeasuredTable) -> tuple[str, str, str]:
    """Columns that are x, y and the error of y, by their order and by the name of the third."""
    names = [name or "" for name in table.names]
    if len(names) < 2 or not all(names):
        raise InvalidInputError(
            "the file needs two columns with names and units in its header, such as: B (mT), T1 (s), error (s)"
        )
    if len(names) > MOST_COLUMNS:
        raise InvalidInputError(
            f"the file has {len(names)} columns, more than the {MOST_COLUMNS} that the page lists; "
            "cut out those of the curve"
        )
    y = next((name for name in names[1:] if not _ERRORS.search(name.replace("_", " "))), names[1])
    error = next((name for name in names if name != y and _ERRORS.search(name.replace("_", " "))), "")
    return names[0], y, error
