"""One client for each store: a lock that the kernel lets go of when its process dies, and that says who holds it."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coldspin.exceptions import InvalidInputError


def lock_file(store: Path) -> Path:
    """The file beside a store that locks it."""
    return store.with_name(f"{store.name}.lock")


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the lock of a store; InvalidInputError says which process on which machine holds it already.

    A lock that a dead process of this machine left is taken over. One of another machine is not,
    unless that machine let go of it properly: from here nobody can tell whether its process lives.
    """
    path = lock_file(store)
    handle = _taken(path)
    try:
        _check_owner(handle, store, path)
        os.ftruncate(handle, 0)
        told = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        os.pwrite(handle, json.dumps(told).encode(), 0)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _check_owner(handle: int, store: Path, path: Path) -> None:
    owner = _owner(handle)
    if owner and owner.get("host") != socket.gethostname():
        raise InvalidInputError(
            f"{store} was locked by process {owner.get('pid')} on {owner.get('host')}",
            remedy=f"if that is over, remove {path}",
        )


def _taken(path: Path) -> int:
    """An open file with the lock on it, which is the file that stands there and not one removed meanwhile."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _owner(handle)
            os.close(handle)
            raise InvalidInputError(
                f"{path.with_suffix('')} is being written by process {owner.get('pid', '?')} on "
                f"{owner.get('host', 'a machine')}",
                remedy="wait for it, or give another --output",
            ) from None
        try:
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _owner(handle: int) -> dict[str, object]:
    try:
        told = json.loads(os.pread(handle, 4096, 0) or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
