"""A Dask cluster by the address of its scheduler; connected anew, and what was in flight sent again, when that dies."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.connection import LOOK, SILENCE, Connection
from coldspin.sweeps.pool import Lost, UnreachableError

if TYPE_CHECKING:
    from distributed import Future

Job = TypeVar("Job")
_DEATHS = 3  # of schedulers that had this job in flight, before it is given up
_FETCHING = 10.0  # seconds for a result to come from its worker, which may be dead by then


class ClusterPool:
    """Workers of a running scheduler; `patience` [s] is how long it may be silent, at the start and after its death.

    `renew` is called every few seconds, for those who can start workers in place of others that are
    gone.
    """

    def __init__(
        self, address: str, *, patience: float = 30.0, renew: Callable[[], None] = lambda: None
    ) -> None:
        self.connection, self._renew = Connection(address, patience), renew

    def __enter__(self) -> "ClusterPool":
        """Wait for the scheduler and for one worker."""
        try:
            self.connection.open()
        except UnreachableError as problem:
            self.connection.close()
            raise InvalidInputError(str(problem)) from None
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _what: object, _where: TracebackType | None
    ) -> None:
        """Leave the scheduler and its workers as they are; what they still do for this client is dropped."""
        self.connection.close()

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        return self.connection.threads

    @property
    def memory(self) -> int | None:
        """Bytes that the workers may use together, None if one has no limit."""
        return self.connection.memory

    def run(self, call: Callable[[Job], Any], jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        """Results as they come, few jobs in flight; `Lost` for a job that kills workers again and again."""
        waiting, again = iter(jobs), list[Job]()
        flying, deaths = dict["Future", Job](), Counter[Job]()
        while True:
            landed: list[tuple[Job, Any, BaseException | None]] = []
            try:
                while len(flying) < 2 * self.workers and (
                    job := again.pop() if again else next(waiting, None)
                ):
                    again.append(job)  # until it is sent
                    flying[self.connection.client.submit(call, job, pure=False)] = again.pop()
                if not flying:
                    return
                for future in self._finished(list(flying)):
                    with suppress(
                        TimeoutError
                    ):  # its worker died with the result: it is computed again
                        landed.append((flying[future], *_outcome(future)))
                        del flying[future]
            except SILENCE:
                deaths.update(flying.values())
                again += flying.values()
                flying.clear()
                self.connection.open()
            for job, result, error in landed:
                if error is not None:
                    raise error
                yield job, result
            for job in [job for job in again if deaths[job] > _DEATHS]:
                again.remove(job)
                yield job, Lost(f"the scheduler died {_DEATHS + 1} times while it was computed")

    def _finished(self, futures: "list[Future]") -> "list[Future]":
        """Wait for one."""
        from distributed import wait

        while True:
            self.connection.look()
            client = self.connection.client
            with suppress(TimeoutError), client.as_current():
                return list(wait(futures, timeout=LOOK, return_when="FIRST_COMPLETED").done)
            self._renew()
            if client.status != "running":
                raise ConnectionError(self.connection.address)


def _outcome(future: "Future") -> tuple[Any, BaseException | None]:
    """Result of a finished call, or what it raised; only the silence of a scheduler or of a worker is raised here."""
    from distributed.scheduler import KilledWorker

    if future.status != "error":
        return future.result(timeout=_FETCHING), None
    error: BaseException = future.exception()
    if isinstance(error, KilledWorker):
        return Lost("it killed several workers that had it"), None
    return None, error
