"""Helpers of the tests stand beside this file (methods.py, quadrature.py) and are imported by their bare names.

BLAS gets one thread, before NumPy is loaded: tests run side by side, and threads of small matrices
wait for each other. A test that takes longer than LIMIT fails, and says where it was;
faulthandler_timeout in pyproject.toml shows a bit earlier where one hangs in compiled code, which
no signal of Python can end.
"""

import os
import signal
import sys
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

LIMIT = 1800  # s; ten times what the longest test takes, as a busy machine is no failure


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if not hasattr(signal, "SIGALRM"):  # Windows
        return (yield)

    def fail(_number, _frame):
        pytest.fail(f"{item.nodeid} took longer than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(LIMIT)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
