"""A Dask cluster by the address of its scheduler; connected anew, and what was in flight sent again, when that dies."""

import asyncio
import concurrent.futures
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.pool import Lost, UnreachableError

if TYPE_CHECKING:
    from distributed import Client, Future

Job = TypeVar("Job")
_DEATHS = 3  # of schedulers that had this job in flight, before it is given up
_LOOK = 2.0  # seconds after which workers are counted again
_SILENCE = (
    concurrent.futures.CancelledError,
    asyncio.CancelledError,
    OSError,
    TimeoutError,
)  # what Dask raises when a scheduler is gone


class ClusterPool:
    """Workers of a running scheduler; `patience` [s] is how long it may be silent, at the start and after its death."""

    def __init__(self, address: str, *, patience: float = 30.0) -> None:
        self.address, self.patience = address, patience
        self.workers = 1
        self._client: Client | None = None
        self._looked = 0.0

    def __enter__(self) -> "ClusterPool":
        """Wait for the scheduler and for one worker."""
        try:
            self._connect()
        except UnreachableError as problem:
            self._leave()
            raise InvalidInputError(str(problem)) from None
        return self

    def __exit__(self, _kind: type[BaseException] | None, _what: object, _where: TracebackType | None) -> None:
        """Leave the scheduler and its workers as they are; what they still do for this client is dropped."""
        self._leave()

    @property
    def memory(self) -> int | None:
        """Bytes that the workers may use together, None if one has no limit."""
        limits = [worker.get("memory_limit") for worker in self._told_workers()]
        return sum(filter(None, limits)) if limits and all(limits) else None

    def run(self, call: Callable[[Job], Any], jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        """Results as they come, few jobs in flight; `Lost` for a job that kills workers again and again."""
        waiting, again = iter(jobs), list[Job]()
        flying, deaths = dict["Future", Job](), Counter[Job]()
        while True:
            landed: list[tuple[Job, Any, BaseException | None]] = []
            try:
                while len(flying) < 2 * self.workers and (job := again.pop() if again else next(waiting, None)):
                    again.append(job)  # until it is sent
                    flying[self._client_now().submit(call, job, pure=False)] = again.pop()
                if not flying:
                    return
                for future in self._finished(list(flying)):
                    landed.append((flying[future], *_outcome(future)))
                    del flying[future]
            except _SILENCE:
                deaths.update(flying.values())
                again += flying.values()
                flying.clear()
                self._connect()
            for job, result, error in landed:
                if error is not None:
                    raise error
                yield job, result
            for job in [job for job in again if deaths[job] > _DEATHS]:
                again.remove(job)
                yield job, Lost(f"the scheduler died {_DEATHS + 1} times while it was computed")

    def _finished(self, futures: "list[Future]") -> "list[Future]":
        """Wait for one; the workers are counted now and then, for they come and go."""
        from distributed import wait

        while True:
            if time.monotonic() - self._looked > _LOOK:
                self._look()
            with suppress(TimeoutError), self._client_now().as_current():
                return list(wait(futures, timeout=_LOOK, return_when="FIRST_COMPLETED").done)
            if self._client_now().status != "running":
                raise ConnectionError(self.address)

    def _connect(self) -> None:
        """Find the scheduler, and a worker, within the patience."""
        self._leave()
        end = time.monotonic() + self.patience
        while not self._attempt(end):
            if time.monotonic() >= end:
                what = "has no workers" if self._client else "does not answer"
                raise UnreachableError(
                    f"the Dask scheduler at {self.address} {what} within {self.patience:g} s; "
                    "start it, or correct the address"
                )
            time.sleep(0.2)

    def _attempt(self, end: float) -> bool:
        """Whether a scheduler answers and has a worker."""
        from distributed import Client

        try:
            if self._client is None:
                left = max(0.5, end - time.monotonic())
                self._client = Client(self.address, timeout=left, set_as_default=False)
            self._look()
        except _SILENCE:
            self._leave()
            return False
        except (ValueError, TypeError) as problem:
            raise InvalidInputError(
                f"scheduler {self.address!r} is no address like tcp://HOST:8786: {problem}"
            ) from None
        return bool(self._told_workers())

    def _leave(self) -> None:
        if self._client is not None:
            with suppress(*_SILENCE):
                self._client.close(timeout=2)
        self._client = None

    def _client_now(self) -> "Client":
        if self._client is None:
            raise ConnectionError(self.address)
        return self._client

    def _look(self) -> None:
        self.workers = max(1, sum(int(worker["nthreads"]) for worker in self._told_workers()))
        self._looked = time.monotonic()

    def _told_workers(self) -> list[dict[str, Any]]:
        return list(self._client_now().scheduler_info()["workers"].values())


def _outcome(future: "Future") -> tuple[Any, BaseException | None]:
    """Result of a finished call, or what it raised; only the silence of a scheduler is raised here."""
    from distributed.scheduler import KilledWorker

    if future.status != "error":
        return future.result(), None
    error: BaseException = future.exception()
    if isinstance(error, KilledWorker):
        return Lost("it killed several workers that had it"), None
    return None, error
