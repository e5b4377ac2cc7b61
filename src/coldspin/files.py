"""Output files: refused when they exist, written beside their place and renamed when whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coldspin.exceptions import InvalidInputError


def check_output(path: Path, *, force: bool) -> None:
    """Raise InvalidInputError, before any work is done, if `path` could not be written."""
    if path.is_dir():
        raise InvalidInputError(f"output {path} is a folder; name a file in it")
    if path.exists() and not force:
        raise InvalidInputError(f"output {path} exists; give --force to replace it, or another name")
    if not path.parent.is_dir():
        raise InvalidInputError(f"output {path} cannot be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise InvalidInputError(f"output {path} cannot be written: the folder {path.parent} is not writable")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; rename it to `path` at the end, remove it if anything goes wrong."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
