"""Processes for what takes long: given up, killed, replaced, and never mixed between tabs."""

import os
import signal
import sys
import time
from threading import Event, Thread

import psutil
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import background as module
from coldspin.explorer.background import Background, Cancelled
from coldspin.explorer.state import PageState
from processes import PIPE, started

A, B = "a" * 32, "b" * 32
QUICK = ("curves", PageState().model_dump(), None)
LONG = {
    "material": "own nuclei",
    "nuclei": "400",
    "g_factor": "-0.44",
    "method": "multiplets",
    "field": "-60:60:901 mT",
    "correlation_time": "50 ns",
}
SLOW = ("details", LONG, None)


@pytest.fixture(scope="module")
def workers():
    made = Background(most=2)
    yield made
    made.close()
    until = time.monotonic() + 20
    while _children() and time.monotonic() < until:
        time.sleep(0.02)
    assert not _children()


@pytest.fixture
def background(workers):
    """The same workers for all tests, as their start takes long: nothing is left to do after each."""
    yield workers
    workers.cancel(A, before=1000)
    workers.cancel(B, before=1000)
    until = time.monotonic() + 60
    while (workers._jobs or not workers._idle) and time.monotonic() < until:
        time.sleep(0.02)
    assert not workers._jobs
    assert workers._idle


class Running(Thread):
    """A request in a thread of its own, as the server has it."""

    def __init__(self, background, tab, message, purpose="page", number=0):
        super().__init__(daemon=True)
        self.arguments = (tab, purpose, message, number)
        self.background, self.result, self.problem, self.ended = background, None, None, Event()
        self.start()

    def run(self):
        try:
            self.result = self.background.run(*self.arguments)
        except (Cancelled, InvalidInputError) as problem:
            self.problem = problem
        self.ended.set()


def begun(background, tab):
    """Wait until a worker has told of its progress."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told = background.progress(tab)
        if told and all(label != "waiting" for label, _ in told.values()):
            return told
        time.sleep(0.05)
    return pytest.fail("no progress came")


def test_an_answer_comes_from_a_worker(background):
    found = background.run(A, "page", QUICK)
    assert found["figures"]["temperature"]["data"]
    assert background.progress(A) == {}


def test_what_is_wrong_comes_as_the_sentence(background):
    with pytest.raises(InvalidInputError, match="unknown"):
        background.run(A, "page", ("curves", {"material": "Kryptonite"}, None))


@pytest.mark.slow
def test_cancel_ends_a_long_computation_soon(background):
    request = Running(background, A, SLOW)
    begun(background, A)
    start = time.monotonic()
    background.cancel(A, before=1)
    assert request.ended.wait(module.GRACE + 3)
    assert isinstance(request.problem, Cancelled)
    assert time.monotonic() - start < module.GRACE + 3
    assert background.run(A, "page", QUICK)["figures"]


def test_what_is_newer_than_the_cancel_goes_on(background):
    request = Running(background, A, SLOW, number=5)
    begun(background, A)
    background.cancel(A, before=5)
    assert not request.ended.wait(0.5)


@pytest.mark.slow
def test_a_newer_request_of_a_tab_takes_the_place_of_the_older(background):
    older = Running(background, A, SLOW)
    begun(background, A)
    newer = background.run(A, "page", QUICK)
    assert older.ended.wait(5)
    assert isinstance(older.problem, Cancelled)
    assert newer["figures"]


@pytest.mark.slow
def test_a_second_tab_goes_on_when_the_first_is_cancelled(background):
    first, second = Running(background, A, SLOW), Running(background, B, SLOW)
    begun(background, A)
    begun(background, B)
    background.cancel(A, before=1)
    assert first.ended.wait(5)
    assert not second.ended.is_set()
    assert "page" in background.progress(B)
    assert background.progress(A) == {}


def test_a_worker_that_dies_is_said_and_replaced(background):
    request = Running(background, A, SLOW)
    begun(background, A)
    for child in _children():
        os.kill(child, signal.SIGKILL)
    assert request.ended.wait(10)
    assert "ended" in str(request.problem)
    assert background.run(A, "page", QUICK)["figures"]


@pytest.mark.slow
def test_a_worker_that_died_while_idle_is_replaced_unseen(background):
    assert background.run(A, "page", QUICK)["figures"]
    for child in _children():
        os.kill(child, signal.SIGKILL)
    time.sleep(0.3)
    assert background.run(A, "page", QUICK)["figures"]


def _children():
    from multiprocessing import active_children

    return [child.pid for child in active_children()]


@pytest.mark.slow
def test_more_than_a_few_wait_and_are_refused_in_a_sentence(background, monkeypatch):
    monkeypatch.setattr(module, "_WAIT", 0.5)
    running = [Running(background, tab, SLOW) for tab in (A, B)]
    begun(background, A)
    begun(background, B)
    with pytest.raises(InvalidInputError, match="2 computations are running already"):
        background.run("c" * 32, "page", QUICK)
    assert not any(one.ended.is_set() for one in running)


@pytest.mark.slow
def test_a_tab_that_asks_no_more_is_given_up(background, monkeypatch):
    request = Running(background, A, SLOW)
    begun(background, A)
    monkeypatch.setattr(module, "GONE", 0.1)
    assert request.ended.wait(12)
    assert isinstance(request.problem, Cancelled)


@pytest.mark.slow
def test_another_worker_is_ready_before_one_is_cancelled(background):
    request, seen = Running(background, A, SLOW), set()
    begun(background, A)
    until = time.monotonic() + 30
    while len(seen) < 2 and time.monotonic() < until:
        seen = set(_children())
        time.sleep(0.05)
    assert len(seen) == 2
    background.cancel(A, before=1)
    assert background.run(A, "page", QUICK)["figures"]
    (served,) = [
        worker.process.pid
        for worker in background._idle
        if worker.tab == A and worker.process.is_alive()
    ]
    assert served in seen
    assert request.ended.wait(5)


@pytest.mark.slow
def test_there_are_never_more_processes_than_are_allowed(background):
    requests, most = [], 0
    for tab in "abab":
        requests.append(Running(background, tab * 32, SLOW))
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            most = max(most, len(_children()))
            time.sleep(0.02)
    assert most == 2


@pytest.mark.slow
def test_a_tab_comes_back_to_the_worker_that_has_read_its_file(background):
    background.run(A, "page", QUICK)
    request = Running(background, B, SLOW)
    begun(background, B)
    background.run(A, "page", QUICK)
    assert [worker.tab for worker in background._idle] == [A]
    background.cancel(B, before=1)
    assert request.ended.wait(5)


def test_closing_ends_every_process():
    before = set(_children())
    made = Background(most=2)
    request = Running(made, A, SLOW)
    begun(made, A)
    made.close()
    assert request.ended.wait(5)
    until = time.monotonic() + 5
    while set(_children()) - before and time.monotonic() < until:
        time.sleep(0.1)
    assert not set(_children()) - before


OWNER = f"""
import sys, time
from threading import Thread
from coldspin.explorer.background import Background

if __name__ == "__main__":
    background = Background(most=1)
    Thread(target=background.run, args=({A!r}, "page", {SLOW!r}), daemon=True).start()
    while not background.progress({A!r}) or "waiting" in str(background.progress({A!r})):
        time.sleep(0.05)
    print("begun", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_worker_ends_with_the_server(tmp_path, number):
    (tmp_path / "owner.py").write_text(OWNER, encoding="utf-8")
    with started([sys.executable, str(tmp_path / "owner.py")], stdout=PIPE) as owner:
        assert owner.stdout.readline() == b"begun\n"
        workers = [
            one
            for one in psutil.Process(owner.pid).children()
            if "spawn_main" in " ".join(one.cmdline())
        ]
        assert workers
        owner.send_signal(number)
        assert not psutil.wait_procs(workers, timeout=10)[1]


@pytest.mark.slow
def test_a_worker_that_ends_before_it_begins_is_replaced_unseen(background, monkeypatch):
    lost = []

    def taken(self, job, tab):
        worker = real(self, job, tab)
        if not lost:  # it ends between the look at it and the message
            lost.append(worker)
            worker.process.kill()
            worker.process.join()
        return worker

    real = Background._take
    monkeypatch.setattr(Background, "_take", taken)
    assert background.run(A, "page", QUICK)["figures"]
    assert len(lost) == 1
