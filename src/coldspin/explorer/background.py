"""What takes long is computed in processes of its own: a few in all, one for each purpose of a tab, and killable.

This registry is the only thing that requests share. Its keys are the random names that tabs give
themselves.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from threading import Condition, Event, Thread
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.worker import work

GRACE = 1.5  # seconds that a worker has to stop before it is killed
GONE = 90.0  # seconds after which a tab that asks no more is gone; browsers let hidden tabs ask once a minute
_WAIT = 20.0  # seconds to wait for a free worker


_WAITING = "waiting"
_ENDED = "the process that computed this ended; it may have been too large for the memory"


class _Untouched(Exception):  # noqa: N818  # it is no error
    """The worker had ended before it began with this."""


class Cancelled(Exception):  # noqa: N818  # it is no error
    """The tab wants this no more, or asked for something newer."""


@dataclass
class Job:
    """One computation of one tab: how far it is, when the tab was last heard of, whether it is still wanted."""

    number: int
    label: str = _WAITING
    share: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    unwanted: Event = field(default_factory=Event)


class Worker:
    """A process, the pipe to it, and the pipe whose end tells it that the server is gone."""

    def __init__(self, tab: str = "") -> None:
        self.tab = tab  # that it worked for last, whose data file it has read
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        theirs, self.lifeline = context.Pipe(duplex=False)
        self.process = context.Process(target=work, args=(other, theirs), daemon=True)
        self.process.start()
        other.close()
        theirs.close()

    def kill(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.lifeline.close()


class Background:
    """Workers, of which at most `most` live, and the jobs of every tab.

    While there is room, one of them is idle and has loaded what it needs, so that nobody waits for
    a process to start.
    """

    def __init__(self, most: int = 4) -> None:
        self._most, self._free, self._living = most, Condition(), 0
        self._idle: list[Worker] = []
        self._jobs: dict[tuple[str, str], Job] = {}
        self._closed = Event()
        self._starting = False
        self._spare()
        Thread(target=self._forget, daemon=True).start()

    def run(self, tab: str, purpose: str, message: tuple[str, Any, Any], number: int = 0) -> Any:
        """Answer to a task with its state; what the tab had running for this purpose is given up.

        Raises Cancelled, and InvalidInputError with a sentence for whatever goes wrong.
        """
        job = self._entered((tab, purpose), Job(number))
        try:
            for _ in range(2):
                with suppress(_Untouched):
                    return self._watched(self._take(job, tab), job, message)
            raise InvalidInputError(_ENDED)
        finally:
            with self._free:
                if self._jobs.get((tab, purpose)) is job:
                    del self._jobs[tab, purpose]

    def progress(self, tab: str) -> dict[str, tuple[str, float]]:
        """What is being done for a tab, by purpose, and the share of it that is; tells that the tab lives."""
        with self._free:
            mine = {purpose: job for (owner, purpose), job in self._jobs.items() if owner == tab}
            for job in mine.values():
                job.seen = time.monotonic()
            return {purpose: (job.label, job.share) for purpose, job in mine.items()}

    def cancel(self, tab: str, before: int) -> None:
        """Give up what a tab has running for states with a smaller number."""
        with self._free:
            for (owner, _), job in self._jobs.items():
                if owner == tab and job.number < before:
                    job.unwanted.set()

    def close(self) -> None:
        """End every worker, one that is just starting too."""
        self._closed.set()
        with self._free:
            for job in self._jobs.values():
                job.unwanted.set()
            self._free.wait_for(lambda: not self._starting, _WAIT)
            while self._idle:
                self._idle.pop().kill()

    def _entered(self, key: tuple[str, str], job: Job) -> Job:
        with self._free:
            if before := self._jobs.get(key):
                before.unwanted.set()
            if len(self._jobs) >= 8 * self._most:
                raise InvalidInputError(
                    "too many pages compute at once", remedy="close some tabs, or cancel there"
                )
            self._jobs[key] = job
            return job

    def _take(self, job: Job, tab: str) -> Worker:
        """Take an idle worker, that of the tab or else the oldest; start one, or wait for one."""
        until = time.monotonic() + _WAIT
        with self._free:
            while True:
                if job.unwanted.is_set():
                    raise Cancelled
                while self._idle:
                    own = (i for i, worker in enumerate(self._idle) if worker.tab == tab)
                    worker = self._idle.pop(next(own, 0))
                    if worker.process.is_alive():
                        worker.tab = tab
                        Thread(target=self._spare, daemon=True).start()
                        return worker
                    self._living -= 1  # the system ended it while it had nothing to do
                    worker.kill()
                if self._living < self._most:
                    self._living += 1
                    break
                if time.monotonic() > until:
                    raise InvalidInputError(
                        f"{self._most} computations are running already",
                        remedy="cancel one, or wait for it",
                    )
                self._free.wait(0.1)
        return Worker(tab)

    def _spare(self) -> None:
        """Start a worker if none is idle, none is on its way, and there is room."""
        with self._free:
            if self._closed.is_set() or self._idle or self._starting or self._living >= self._most:
                return
            self._starting = True
            self._living += 1
        try:
            worker = Worker()
        except OSError:  # the system has no room; whoever needs a worker tries again
            with self._free:
                self._living -= 1
            return
        else:
            self._give_back(worker, alive=True)
        finally:
            with self._free:
                self._starting = False
                self._free.notify_all()

    def _watched(self, worker: Worker, job: Job, message: tuple[Any, ...]) -> Any:
        handed = False
        try:
            worker.connection.send(message)
            while True:
                if worker.connection.poll(0.05):
                    kind, what = worker.connection.recv()
                    if kind != "progress":
                        break
                    job.label, job.share = what
                elif job.unwanted.is_set():
                    handed = True
                    Thread(target=self._retire, args=(worker,), daemon=True).start()
                    raise Cancelled
        except (EOFError, OSError):
            worker.process.join(GRACE)
            if job.label == _WAITING:
                raise _Untouched from None
            kind, what = "failed", _ENDED
        finally:
            if not handed:
                self._give_back(worker, alive=worker.process.is_alive())
        if kind == "stopped":
            raise Cancelled
        if kind != "done":
            raise InvalidInputError(what)
        return what

    def _retire(self, worker: Worker) -> None:
        """Ask a worker to stop; kill it if it does not."""
        alive, until = True, time.monotonic() + GRACE
        try:
            worker.connection.send(("stop", None, None))
            kind = "progress"
            while kind == "progress":
                if not worker.connection.poll(max(0.0, until - time.monotonic())):
                    alive = False
                    break
                kind, _ = worker.connection.recv()
        except (EOFError, OSError):
            alive = False
        self._give_back(worker, alive=alive)

    def _give_back(self, worker: Worker, *, alive: bool) -> None:
        if not alive:
            worker.kill()  # before it counts as gone, so that there are never more than are allowed
        with self._free:
            kept = alive and not self._closed.is_set()
            if kept:
                self._idle.append(worker)
            else:
                self._living -= 1
            self._free.notify()
        if alive and not kept:
            worker.kill()
        elif not alive:
            Thread(target=self._spare, daemon=True).start()

    def _forget(self) -> None:
        """Give up what tabs that are gone have left."""
        while not self._closed.wait(5.0):
            with self._free:
                for job in self._jobs.values():
                    if time.monotonic() - job.seen > GONE:
                        job.unwanted.set()
