"""Processes of this machine: how many can run at once, and how none outlives the one that started it."""

import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def available_processors() -> int:
    """Processors that this process may use; all of the machine where the system does not say."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def end_with_owner(lifeline: "Connection") -> None:
    """End this process, whatever it does, as soon as the other end of `lifeline` closes.

    `lifeline` is the reading end of a pipe whose writing end the owner keeps and never uses: it
    closes when the owner lets go of it, and when the owner dies, however that happens. A thread
    waits for that. It cannot run while a compiled loop holds the interpreter, so the kernel is
    asked to send SIGIO as well, which ends the process at once. Call it in the main thread of a
    process that has just begun. Ctrl-C is then left to the owner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv_bytes()
        os._exit(0)

    with suppress(
        ImportError, AttributeError, OSError
    ):  # where there is no such signal, the thread is alone
        _ask_for_signal(lifeline)
    threading.Thread(target=wait, daemon=True).start()


def _ask_for_signal(lifeline: "Connection") -> None:
    """Ask for SIGIO, whose default is to end the process, when the pipe closes.

    The request belongs to an open file, which processes share that inherit it: each opens the pipe
    once more.
    """
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    mine = os.open(
        f"/proc/self/fd/{lifeline.fileno()}", os.O_RDONLY | os.O_CLOEXEC
    )  # open as long as the process
    fcntl.fcntl(mine, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(mine, fcntl.F_SETFL, fcntl.fcntl(mine, fcntl.F_GETFL) | os.O_ASYNC)
