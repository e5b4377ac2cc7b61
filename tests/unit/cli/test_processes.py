"""What only a real process shows: pipes, terminals, signals, encodings."""

import os
import pty
import select
import signal
import sys
import time

import pytest

from processes import COLDSPIN, PATIENCE, PIPE, run, started
from quick import quick


def test_results_and_messages_go_their_own_ways(process):
    done = process("cool", "dot.toml", "--field", "0:10:3 mT", "--spin", "0.1", "--plot", "out.pdf")
    assert done.returncode == 0
    assert b"warning" not in done.stdout
    *warnings, last = done.stderr.splitlines()
    assert warnings
    assert all(line.startswith(b"warning: ") for line in warnings)
    assert last == b"wrote out.pdf"


def test_a_reader_that_leaves_early_causes_no_traceback(folder):
    command = f"{' '.join(COLDSPIN)} cool dot.toml --field '0:10:1001 mT' | head -n 3"
    done = run(["sh", "-c", command], cwd=folder)
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_a_plain_terminal_gets_question_marks(process):
    done = process("cool", "dot.toml", "--field", "1 mT", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"B_N (mT)" in done.stdout


def test_a_terminal_gets_a_thinned_table(folder):
    mine, theirs = pty.openpty()
    environment = {"TERM": "xterm", "COLUMNS": "100", "LINES": "50"}
    command = [*COLDSPIN, "cool", "dot.toml", "--field", "-200:200:401 mT"]
    with started(command, environment, stdout=theirs, stderr=PIPE, cwd=folder) as process:
        os.close(theirs)
        text = b""
        while select.select([mine], [], [], PATIENCE)[0]:
            try:
                text += os.read(mine, 65536)
            except OSError:  # the other end is closed
                break
        messages = process.stderr.read().decode()
        os.close(mine)
        assert process.wait() == 0
    assert "41 of 401 rows are shown; --output FILE.csv writes all of them" in messages
    rows = [line for line in text.decode().splitlines() if line.strip()]
    assert 42 <= len(rows) <= 44
    assert rows[-1].split()[0] == "200"


def _interrupted_while_writing(folder, number):
    """Exit code and messages of a command that gets a signal when its file is begun."""
    command = [*COLDSPIN, "cool", "dot.toml", "--field", "0:10:30000 mT", "--output", "out.csv"]
    with started(command, cwd=folder, stderr=PIPE) as process:
        until = time.monotonic() + PATIENCE
        while not list(folder.glob(".out-*")) and process.poll() is None:
            assert time.monotonic() < until, "writing did not begin"
            time.sleep(0.01)
        process.send_signal(number)
        _, messages = process.communicate(timeout=PATIENCE)
        return process.returncode, messages


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", quick([signal.SIGINT, signal.SIGTERM], 1))
def test_ctrl_c_exits_130_with_nothing_half_written(folder, number):
    for _ in range(5):  # it may have written all before the signal comes
        code, messages = _interrupted_while_writing(folder, number)
        if code != 0:
            break
        (folder / "out.csv").unlink()
    assert code == 130
    assert b"interrupted" in messages
    assert b"Traceback" not in messages
    assert [path.name for path in folder.iterdir()] == ["dot.toml"]
