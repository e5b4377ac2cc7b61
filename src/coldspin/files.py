"""Output files: refused when they exist, written beside their place and renamed when whole."""

import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from coldspin.exceptions import InvalidInputError


def check_output(path: Path, *, force: bool) -> None:
    """Raise InvalidInputError, before any work is done, if `path` could not be written."""
    if path.is_dir():
        raise InvalidInputError(f"output {path} is a folder; name a file in it")
    if _exists(path) and not force:
        raise InvalidInputError(f"output {path} exists; give --force to replace it, or another name")
    if not path.parent.is_dir():
        raise InvalidInputError(f"output {path} cannot be written: there is no folder {path.parent}")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as reason:
        raise InvalidInputError(
            f"output {path} cannot be written: no file can be made in {path.parent} ({reason.strerror})"
        ) from None


def _exists(path: Path) -> bool:
    """Whether there is something; OSError for a name too long, to which Path.exists says no from Python 3.14 on."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return True


def prepare_folder(folder: Path, names: Iterable[str], *, force: bool) -> None:
    """Make `folder` and check that every file of `names` could be written in it, or raise InvalidInputError."""
    if folder.exists() and not folder.is_dir():
        raise InvalidInputError(f"output {folder} is a file; name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise InvalidInputError(f"output folder {folder} cannot be made: {reason.strerror}") from None
    existing = [name for name in names if (folder / name).exists()]
    if existing and not force:
        others = f" and {len(existing) - 1} more" if existing[1:] else ""
        raise InvalidInputError(
            f"output {folder} holds {existing[0]}{others} already; give --force to replace them, or another folder"
        )
    for name in names:
        check_output(folder / name, force=force)


def unfinished(path: Path) -> Path:
    """Give a hidden name beside `path` that nothing has, for what is renamed to `path` when it is whole."""
    return path.with_name(f".{path.stem}-{secrets.token_urlsafe(6)}{path.suffix}")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; rename it to `path` at the end, remove it if anything goes wrong.

    Nothing is there until the caller writes, so that Ctrl-C at any moment finds nothing or meets what removes it.
    """
    beside = unfinished(path)
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def whole_files(folder: Path, names: Iterable[str]) -> Iterator[dict[str, Path]]:
    """Give a path to write to for each name; rename them all into `folder` at the end, none if anything goes wrong."""
    with ExitStack() as files:
        yield {name: files.enter_context(whole_file(folder / name)) for name in names}
