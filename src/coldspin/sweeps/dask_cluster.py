"""A Dask cluster by the address of its scheduler.

When the scheduler dies, the client connects anew and sends again what was in flight.
"""

import asyncio
import concurrent.futures
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.pools import Job, Lost, UnreachableError

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK = 2.0  # seconds after which workers are counted again
SILENCE = (
    concurrent.futures.CancelledError,
    asyncio.CancelledError,
    OSError,
    TimeoutError,
)  # what Dask raises when a scheduler is gone


class SchedulerConnection:
    """A scheduler by its address; `patience` [s] is how long it may be silent, or without any worker."""

    def __init__(self, address: str, patience: float) -> None:
        self.address, self.patience = address, patience
        self.threads = 1
        self._client: Client | None = None
        self._looked = self._manned = 0.0

    @property
    def client(self) -> "Client":
        """The client of now; ConnectionError if there is none."""
        if self._client is None:
            raise ConnectionError(self.address)
        return self._client

    @property
    def memory(self) -> int | None:
        """Bytes that the workers may use together, None if one has no limit."""
        limits = [worker.get("memory_limit") for worker in self._workers()]
        return sum(filter(None, limits)) if limits and all(limits) else None

    def open(self) -> None:
        """Find the scheduler, and a worker, within the patience; UnreachableError if that does not come about."""
        self.close()
        self._manned = time.monotonic()
        end = self._manned + self.patience
        while not self._attempt(end):
            if time.monotonic() >= end:
                raise self._unreachable("has no workers" if self._client else "does not answer")
            time.sleep(0.2)

    def close(self) -> None:
        """Leave the scheduler as it is."""
        if self._client is not None:
            with suppress(*SILENCE):
                self._client.close(timeout=2)
        self._client = None

    def look(self) -> None:
        """Count the workers, for they come and go; UnreachableError if there have been none for too long."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        workers = self._workers()
        self._looked, self.threads = now, max(1, sum(int(worker["nthreads"]) for worker in workers))
        if workers:
            self._manned = now
        elif now - self._manned > self.patience:
            raise self._unreachable("has no workers")

    def _attempt(self, end: float) -> bool:
        """Whether a scheduler answers and has a worker."""
        from distributed import Client

        try:
            if self._client is None:
                left = max(0.5, end - time.monotonic())
                self._client = Client(self.address, timeout=left, set_as_default=False)
            self._looked = 0.0
            self.look()
        except SILENCE:
            self.close()
            return False
        except (ValueError, TypeError) as problem:
            raise InvalidInputError(
                f"scheduler {self.address!r} is no address like tcp://HOST:8786: {problem}"
            ) from None
        return bool(self._workers())

    def _workers(self) -> list[dict[str, Any]]:
        return list(self.client.scheduler_info()["workers"].values())

    def _unreachable(self, what: str) -> UnreachableError:
        return UnreachableError(
            f"the Dask scheduler at {self.address} {what} within {self.patience:g} s; start it, or "
            f"correct the address"
        )


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
        self.connection, self._renew = SchedulerConnection(address, patience), renew

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
