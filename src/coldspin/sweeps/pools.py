"""Where jobs are done: processes of this machine, or a Dask cluster, behind one interface."""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from coldspin.processes import available_processors, end_with_owner

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


_DEATHS = 2  # of a worker that had this job alone, before the job is given up
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class LocalPool:
    """A pool of processes; each has one thread, started by spawning, so that it inherits no lock and no open file."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or available_processors()
        self._environment = {name: os.environ.get(name) for name in _THREADS}
        self._pool: ProcessPoolExecutor | None = None
        self._alive: Connection | None = None
        self._theirs: Connection | None = None

    def __enter__(self) -> "LocalPool":
        """Take one thread for each process: they are as many as there are processors."""
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        self._start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _what: object, _where: TracebackType | None
    ) -> None:
        """Stop every process at once."""
        self._stop()
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    @property
    def memory(self) -> int:
        """Bytes that are free for all workers together."""
        with suppress(OSError), open("/proc/meminfo", encoding="ascii") as file:
            told = dict(line.split(":") for line in file)
            return int(told["MemAvailable"].split()[0]) * 1024
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    def run(self, call: Callable[[Job], Any], jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        """Results as they come, few jobs in flight; `Lost` for a job that kills the process which has it alone."""
        flight = _Flight(jobs)
        while True:
            while (job := flight.next_job(2 * self.workers)) is not None:
                flight.flying[self._submitted(call, job)] = job
            if not flight.flying:
                return
            done, _ = wait(flight.flying, return_when=FIRST_COMPLETED)
            broken = [
                future for future in done if isinstance(future.exception(), BrokenProcessPool)
            ]
            for future in done - set(broken):
                yield flight.flying.pop(future), future.result()
            if broken:
                for job in flight.land():
                    yield job, Lost(f"it killed the process that had it, {_DEATHS} times")
                self._stop()
                self._start()

    def _submitted(self, call: Callable[[Job], Any], job: Job) -> Future[Any]:
        """Send one job; a pool that broke a moment ago says so as a future does."""
        assert self._pool is not None  # noqa: S101  # between __enter__ and __exit__
        try:
            return self._pool.submit(call, job)
        except BrokenProcessPool as broken:
            lost: Future[Any] = Future()
            lost.set_exception(broken)
            return lost

    def _start(self) -> None:
        context = get_context("spawn")
        theirs, self._alive = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(self.workers, context, end_with_owner, (theirs,))
        self._theirs = theirs

    def _stop(self) -> None:
        """Let go of the pipe: processes that read its end leave at once, whatever they do."""
        for end in (self._alive, self._theirs):
            if end is not None:
                end.close()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._alive = self._theirs = None


class _Flight(Generic[Job]):
    """Jobs that wait, those in flight, and those that were in flight when a process died: these go one by one."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.flying: dict[Future[Any], Job] = {}
        self._waiting, self._suspects, self._deaths = iter(jobs), deque[Job](), Counter[Job]()
        self._alone = False

    def next_job(self, most: int) -> Job | None:
        """Give a job to send now, None if there is none or enough are in flight."""
        if self.flying and (self._suspects or self._alone or len(self.flying) >= most):
            return None
        self._alone = bool(self._suspects)
        return self._suspects.popleft() if self._suspects else next(self._waiting, None)

    def land(self) -> list[Job]:
        """Take back what is in flight after a process died; return what is given up."""
        jobs = list(self.flying.values())
        self.flying.clear()
        if self._alone:
            self._deaths.update(jobs)
        given_up = [job for job in jobs if self._deaths[job] >= _DEATHS]
        self._suspects.extendleft(job for job in jobs if job not in given_up)
        return given_up
