"""Where jobs are done: processes of this machine, or a Dask cluster, behind one interface."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol, TypeVar

Job = TypeVar("Job")


class Lost(NamedTuple):
    """In place of a result: the job was given up, because the processes that had it died."""

    sentence: str


class Pool(Protocol):
    """Workers that do jobs, a bounded number of them in flight."""

    @property
    def workers(self) -> int:
        """How many jobs are done at once."""

    @property
    def memory(self) -> int | None:
        """Bytes that are free for all workers together, None where that is unknown."""

    def run(self, call: Callable[[Job], Any], jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        """Results as they come, each with its job; what a call raises is raised here."""


class UnreachableError(Exception):
    """A scheduler that does not answer, or has no workers; the message is one sentence."""
