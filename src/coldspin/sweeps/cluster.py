"""A Dask cluster, found by the address of its scheduler or made of Slurm jobs; connected anew when the scheduler dies."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.pool import Lost

if TYPE_CHECKING:
    from distributed import Client, Future

Job = TypeVar("Job")
_DEATHS = 3  # of connections with this job in flight, before the job is given up


class ClusterPool:
    """Workers of a running scheduler; `patience` [s] is how long it may be silent, at the start and after its death."""

    def __init__(self, address: str, *, patience: float = 60.0) -> None:
        self.address, self.patience = address, patience
        self.workers = 1
        self._client: Client | None = None

    def __enter__(self) -> "ClusterPool":
        """Wait for the scheduler and for one worker."""
        self._connect()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _what: object, _where: TracebackType | None) -> None:
        """Leave the scheduler and its workers as they are; what they do for this client is dropped."""
        self._leave()

    @property
    def memory(self) -> int | None:
        """Bytes that the workers may use together, None if one has no limit."""
        limits = [worker.get("memory_limit") for worker in self._told_workers().values()]
        return sum(limits) if limits and all(limits) else None

    def run(self, call: Callable[[Job], Any], jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        """Results as they come, few jobs in flight; what was in flight when the scheduler died is sent again."""
        waiting, again, flying = iter(jobs), list[Job](), dict["Future", Job]()
        deaths: Counter[Job] = Counter()
        while True:
            try:
                while len(flying) < 2 * self.workers:
                    job = again.pop() if again else next(waiting, None)
                    if job is None:
                        break
                    flying[self._submitted(call, job)] = job
                if not flying:
                    return
                for future in self._finished(list(flying)):
                    yield flying[future], self._result(future)
                    del flying[future]
            except _silences():
                again += flying.values()
                deaths.update(flying.values())
                flying.clear()
                self._connect()
                for job in [job for job in again if deaths[job] > _DEATHS]:
                    again.remove(job)
                    yield job, Lost(f"the scheduler died {_DEATHS + 1} times while it was computed")

    def _submitted(self, call: Callable[[Job], Any], job: Job) -> "Future":
        assert self._client is not None  # noqa: S101  # between __enter__ and __exit__
        return self._client.submit(call, job, pure=False)

    def _finished(self, futures: "list[Future]") -> "list[Future]":
        """Wait for one; CancelledError if the scheduler has forgotten any."""
        from distributed import wait

        assert self._client is not None  # noqa: S101
        while True:
            with suppress(TimeoutError):
                done: list[Future] = list(wait(futures, timeout=2, return_when="FIRST_COMPLETED").done)
                return done
            if self._client.status != "running":
                raise ConnectionError(self.address)
            self.workers = max(1, self._threads())

    def _result(self, future: "Future") -> Any:
        from distributed.scheduler import KilledWorker

        try:
            return future.result()
        except KilledWorker:
            return Lost("it killed several workers that had it")

    def _connect(self) -> None:
        """Find the scheduler, and a worker, within the patience; InvalidInputError if nobody answers."""
        from distributed import Client

        self._leave()
        end = time.monotonic() + self.patience
        while self._client is None:
            left = end - time.monotonic()
            if left <= 0:
                raise _NoAnswer(f"no Dask scheduler answers at {self.address} within {self.patience:g} s; check the address")
            try:
                self._client = Client(self.address, timeout=max(0.5, left), set_as_default=False)
            except OSError:
                time.sleep(min(0.5, max(0.0, left)))
            except (ValueError, TypeError) as problem:
                raise InvalidInputError(f'--scheduler must be like "tcp://HOST:8786": {problem}') from None
        while not self._threads():
            if time.monotonic() > end:
                raise _NoAnswer(f"the scheduler at {self.address} has no workers after {self.patience:g} s; start some")
            time.sleep(0.2)
        self.workers = self._threads()

    def _leave(self) -> None:
        if self._client is not None:
            with suppress(OSError, TimeoutError):
                self._client.close(timeout=2)
            self._client = None

    def _threads(self) -> int:
        return sum(int(worker["nthreads"]) for worker in self._told_workers().values())

    def _told_workers(self) -> dict[str, Any]:
        assert self._client is not None  # noqa: S101
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers
