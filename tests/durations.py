"""How long Python takes from start to end, for comparisons on a machine that others use."""

import sys
import time

from processes import run


def least_seconds(*commands, rounds):
    """Return the least duration of each of Python's `commands`; they take turns, so that a busy moment meets all."""
    taken = [[] for _ in commands]
    for _ in range(rounds):
        for arguments, durations in zip(commands, taken, strict=True):
            start = time.perf_counter()
            run([sys.executable, *arguments]).check_returncode()
            durations.append(time.perf_counter() - start)
    return [min(durations) for durations in taken]
