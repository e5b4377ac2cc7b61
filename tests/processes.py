"""Processes that tests start: with the signals that a terminal would give them, and none left behind.

A test run may ignore SIGINT, as one that a script puts into the background does (`nohup make test
&`). Its children inherit that, so that Ctrl-C cannot be tried on them; here they get the default
back.
"""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import coldspin

COLDSPIN = [sys.executable, "-m", "coldspin"]
PIPE, NOWHERE = subprocess.PIPE, subprocess.DEVNULL
PATIENCE = 300  # s; a busy machine is no failure
_SOURCE = {"PYTHONPATH": str(Path(coldspin.__file__).parents[1])}
_RESET = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def _default_signals():
    """Handle what is ignored for a moment: a new program gets the default of what its parent handles."""
    numbers = [getattr(signal, name) for name in _RESET if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda _number, _frame: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def begin(command, environment=(), **options):
    """Start a process, with variables added to its environment; whoever calls this ends it."""
    with _default_signals():
        return subprocess.Popen(command, env=os.environ | _SOURCE | dict(environment), **options)


def end(process):
    """Kill a process if it still runs, and let go of its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):  # what was still to be written to it
                pipe.close()


@contextmanager
def started(command, environment=(), **options):
    """A process, killed at the end if it still runs, however the test ends."""
    process = begin(command, environment, **options)
    try:
        yield process
    finally:
        end(process)


def run(command, environment=(), *, patience=PATIENCE, **options):
    """Wait for a process, and give its exit code and all that it said; it is killed after `patience` [s]."""
    with started(command, environment, stdout=PIPE, stderr=PIPE, **options) as process:
        out, messages = process.communicate(timeout=patience)
        return subprocess.CompletedProcess(command, process.returncode, out, messages)
