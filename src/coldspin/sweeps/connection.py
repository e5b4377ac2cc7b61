"""The connection of a client to a Dask scheduler: made within a time, looked at now and then, made anew."""

import asyncio
import concurrent.futures
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.pool import UnreachableError

if TYPE_CHECKING:
    from distributed import Client

LOOK = 2.0  # seconds after which workers are counted again
SILENCE = (
    concurrent.futures.CancelledError,
    asyncio.CancelledError,
    OSError,
    TimeoutError,
)  # what Dask raises when a scheduler is gone


class Connection:
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
