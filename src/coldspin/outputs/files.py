"""Output files: checked before any work, written beside their place, renamed when complete."""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from coldspin.exceptions import InvalidInputError

_WRITTEN_MEANWHILE = (
    "another program wrote it during this run; give another name, or --force to replace it"
)


def check_output(path: Path, *, force: bool) -> None:
    """Raise InvalidInputError, before any work is done, if `path` could not be written."""
    try:
        if path.is_dir():
            raise InvalidInputError(f"output {path} is a folder", remedy="name a file in it")
        if _exists(path) and not force:
            raise InvalidInputError(
                f"output {path} exists", remedy="give --force to replace it, or another name"
            )
    except OSError as reason:  # a name too long for the file system
        raise InvalidInputError(f"output {path} cannot be written: {reason.strerror}") from None
    check_parent(path)


def check_parent(path: Path) -> None:
    """Raise InvalidInputError if no file can be made in the folder of `path`."""
    if not path.parent.is_dir():
        raise InvalidInputError(
            f"output {path} cannot be written: there is no folder {path.parent}"
        )
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as reason:
        raise InvalidInputError(
            f"output {path} cannot be written: no file can be made in {path.parent} "
            f"({reason.strerror})"
        ) from None


def _exists(path: Path) -> bool:
    """Whether `path` exists; OSError for a name too long, unlike Path.exists of Python 3.14."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return True


def check_folder(folder: Path, names: Iterable[str], *, force: bool) -> None:
    """Raise InvalidInputError, before any work, if `names` could not be written into `folder`.

    A missing folder is made to see whether that is possible, and removed again.
    """
    try:
        if _exists(folder) and not folder.is_dir():
            raise InvalidInputError(f"output {folder} is a file", remedy="name a folder")
        new = _make_folder(folder)
    except OSError as reason:
        raise InvalidInputError(
            f"output folder {folder} cannot be made: {reason.strerror}"
        ) from None
    try:
        # os.path.exists is False for a name that is too long; check_output refuses that below.
        existing = [name for name in names if os.path.exists(folder / name)]
        if existing and not force:
            others = f" and {len(existing) - 1} more" if existing[1:] else ""
            raise InvalidInputError(
                f"output {folder} holds {existing[0]}{others} already",
                remedy="give --force to replace them, or another folder",
            )
        for name in names:
            check_output(folder / name, force=force)
    finally:
        _remove_empty(new)


def _make_folder(folder: Path) -> list[Path]:
    """Make `folder` and its missing parents; return the new ones, the innermost first."""
    new: list[Path] = []
    missing = [place for place in (folder, *folder.parents) if not _exists(place)]
    with ExitStack() as undo:
        undo.callback(_remove_empty, new)
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            new.insert(0, place)
        undo.pop_all()
    return new


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders as long as they are empty."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def unfinished(path: Path) -> Path:
    """Return an unused hidden name beside `path`, for a file that is not complete."""
    return path.with_name(f".{path.stem}-{secrets.token_urlsafe(6)}{path.suffix}")


@contextmanager
def whole_file(path: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give a path beside `path` to write to; rename it at the end, remove it after an error.

    Nothing is there until the caller writes, so that Ctrl-C at any moment finds nothing or meets
    what removes it. Without `replace`, FileExistsError if another program made `path` meanwhile;
    its file stays. An OSError names `path`, and not the file beside it.
    """
    beside = unfinished(path)
    try:
        yield beside
        _publish(beside, path, replace=replace)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror or str(problem), str(path)) from problem
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def whole_files(
    folder: Path, names: Iterable[str], *, replace: bool = True
) -> Iterator[dict[str, Path]]:
    """Give a path to write to for each name; put all into `folder` at the end, none after an error.

    A missing folder is made, and removed after an error. `replace` and errors as of `whole_file`.
    """
    with ExitStack() as undo:
        undo.callback(_remove_empty, _make_folder(folder))
        beside = {name: unfinished(folder / name) for name in names}
        for path in beside.values():
            undo.callback(path.unlink, missing_ok=True)
        try:
            yield beside
            for name, path in beside.items():
                _publish(path, folder / name, replace=replace)
                if not replace:
                    undo.callback((folder / name).unlink, missing_ok=True)
        except OSError as problem:
            if problem.filename in (None, *map(str, beside.values())):
                reason = problem.strerror or str(problem)
                raise OSError(problem.errno, reason, str(folder)) from problem
            raise
        undo.pop_all()


def _publish(beside: Path, path: Path, *, replace: bool) -> None:
    """Rename `beside` to `path`; without `replace` only where there is none, in one atomic step."""
    if replace:
        beside.replace(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, _WRITTEN_MEANWHILE, str(path)) from None
    except OSError:  # a file system without hard links
        _publish_without_links(beside, path)
    else:
        beside.unlink()


def _publish_without_links(beside: Path, path: Path) -> None:
    """Claim the name with an empty file, which only one program can, then rename over it."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, _WRITTEN_MEANWHILE, str(path)) from None
    with ExitStack() as undo:
        undo.callback(path.unlink)
        beside.replace(path)
        undo.pop_all()
