"""No process outlives the one that started it, however that ends; and every test starts processes in one way."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from coldspin import processes as module
from coldspin.processes import available_processors
from processes import PIPE, run, started

TESTS = Path(__file__).parents[1]
OWNER = """
import ctypes, sys
from multiprocessing import get_context
from coldspin.processes import end_with_owner

def work(lifeline, told):
    end_with_owner(lifeline)
    told.send("begun")
    {busy}

if __name__ == "__main__":
    context = get_context("spawn")
    theirs, mine = context.Pipe(duplex=False)
    told, tell = context.Pipe(duplex=False)
    workers = [context.Process(target=work, args=(theirs, tell)) for _ in range(2)]
    for worker in workers:
        worker.start()
        told.recv()
    print(*(worker.pid for worker in workers), flush=True)
    sys.stdin.read()
    mine.close()
    for worker in workers:
        worker.join()
"""
HOLDS_THE_INTERPRETER = "ctypes.PyDLL(None).sleep(600)"
WAITS = "told.poll(600) or __import__('time').sleep(600)"


def ended(text, number, folder):
    """Whether two workers are gone soon after the end of their owner, by a signal or by letting go of the pipe."""
    (folder / "owner.py").write_text(text, encoding="utf-8")
    with started([sys.executable, str(folder / "owner.py")], stdin=PIPE, stdout=PIPE) as owner:
        workers = [psutil.Process(int(number)) for number in owner.stdout.readline().split()]
        assert len(workers) == 2
        if number is None:
            owner.stdin.close()
        else:
            owner.send_signal(number)
        alive = psutil.wait_procs(workers, timeout=30)[1]
        for worker in alive:
            worker.kill()
        return not alive


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere a compiled loop may end first"
)
@pytest.mark.parametrize("number", [signal.SIGKILL, None], ids=["killed", "let go"])
def test_workers_that_hold_the_interpreter_end_with_their_owner(tmp_path, number):
    assert ended(OWNER.format(busy=HOLDS_THE_INTERPRETER), number, tmp_path)


def test_without_the_signal_the_thread_ends_a_worker(tmp_path):
    without = "from coldspin import processes\nprocesses._ask_for_signal = lambda _: None\n" + OWNER
    assert ended(without.format(busy=WAITS), signal.SIGKILL, tmp_path)


def test_processors_are_counted_where_the_system_does_not_tell_which_may_be_used(monkeypatch):
    assert 1 <= available_processors() <= os.cpu_count()
    monkeypatch.delattr(module.os, "sched_getaffinity", raising=False)
    assert available_processors() == os.cpu_count()
    monkeypatch.setattr(module.os, "cpu_count", lambda: None)
    assert available_processors() == 1


def test_nobody_counts_processors_alone():
    source = TESTS.parent / "src" / "coldspin"
    users = [
        path.name
        for path in source.rglob("*.py")
        if "sched_getaffinity" in path.read_text(encoding="utf-8")
    ]
    assert users == ["processes.py"]


def test_every_test_starts_processes_by_the_helper():
    texts = {path: path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}
    users = [path.name for path, text in texts.items() if "\nimport subprocess" in text]
    assert users == ["processes.py"]


def test_a_child_gets_ctrl_c_where_the_tests_ignore_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = "import signal; print(signal.getsignal(signal.SIGINT) == signal.default_int_handler)"
        assert run([sys.executable, "-c", code], text=True).stdout == "True\n"
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
