"""A process that computes one thing after another for the page, and can be killed."""

from multiprocessing.connection import Connection
from typing import Any

from coldspin.processes import end_with_owner

MEMORY = 8 << 30
"""Bytes of address space, so that a sample too large fails here and not on the whole machine."""


class Stopped(Exception):  # noqa: N818  # it is no error
    """The page wants this result no more."""


def work(connection: Connection, lifeline: Connection) -> None:
    """Answer tasks until the other end closes; messages are (kind, what), a progress or the end of a task.

    The process ends at once, also in the middle of a task, when the other end of `lifeline` closes.
    """
    end_with_owner(lifeline)
    _limit_memory()
    from coldspin.explorer.answers import answer

    if not connection.poll():
        _warm(answer)
    while True:
        try:
            task, raw, given = connection.recv()
        except (EOFError, OSError):
            return
        if task == "stop":  # came when the task before was done
            continue
        try:
            connection.send(_done(answer, connection, task, raw, given))
        except (BrokenPipeError, OSError):
            return


def _warm(answer: Any) -> None:
    """Load what the first answer needs, by answering for the page as it opens."""
    from coldspin.explorer.state import DEFAULT

    answer("details", DEFAULT.model_dump(mode="json"), None)


def _done(answer: Any, connection: Connection, task: str, raw: Any, given: Any) -> tuple[str, Any]:
    from coldspin.exceptions import InvalidInputError

    def progress(label: str, share: float) -> None:
        if connection.poll():
            connection.recv()
            raise Stopped
        connection.send(("progress", (label, float(share))))

    try:
        return "done", answer(task, raw, given, progress)
    except Stopped:
        return "stopped", None
    except InvalidInputError as problem:
        return "refused", str(problem)
    except MemoryError:
        return "refused", "there is not enough memory for this; ask for fewer nuclei or fields"
    except Exception as problem:  # noqa: BLE001  # whatever it is, this worker lives on and the page says so
        return (
            "failed",
            f"this could not be computed: {type(problem).__name__}: {str(problem)[:200]}",
        )


def _limit_memory() -> None:
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ImportError, ValueError, OSError):  # a system without such limits
        pass
