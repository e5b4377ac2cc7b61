"""What a sweep adds to the work itself, for tasks of one second. Run python benchmarks/sweeps.py.

Tasks sleep for one second in place of computing: what is left over is the sending, the writing of a
chunk of every quantity, and the bookkeeping. It is stated by the clock, which other work on the
machine lengthens, and as processor time of client and workers, which it does not. The start of the
processes is left out. The client's memory is measured with as many points as a large study has,
none of which takes time.
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from coldspin.sweeps import LocalPool, read_source, study_of
from coldspin.sweeps.chunks import DOUBTS, SEED, STATUS, Grid, Remarks, write_chunk
from coldspin.sweeps.points import ChunkResult, ChunkTask
from coldspin.sweeps.store import create_store

WORKERS, TASKS, SECONDS = 2, 24, 1.0
MOST_OVERHEAD, MOST_MEMORY, MANY = 0.05, 1 << 30, 100_000
SAMPLE = (
    (Path(__file__).parents[1] / "examples" / "sweep.toml")
    .read_text(encoding="utf-8")
    .partition("\n[sweep]")[0]
)
STUDY = f"""{SAMPLE}
[cool]
field = "0:10:101 mT"
[sweep.axes]
site.filling = "0.1:0.9:COUNT"
"""


def asleep(task):
    """One chunk of every quantity, after a second of sleep: what a task does but for the computing; processor time."""
    begun = time.process_time()
    time.sleep(SECONDS)
    study, size = study_of(task.source), task.grid.chunk
    blocks = {name: np.full((*size, 101), 1 / 3) for name in study.columns}
    blocks |= {
        SEED: np.zeros(size, np.uint32),
        DOUBTS: np.zeros(size, np.int32),
        STATUS: np.ones(size, np.int8),
    }
    write_chunk(task.store, task.identity, task.grid, task.number, blocks, Remarks([], []))
    return time.process_time() - begun


def nothing(_task):
    return ChunkResult(1, Remarks([], []))


def study_with(folder, count):
    path = folder / f"{count}.toml"
    path.write_text(STUDY.replace("COUNT", str(count)), encoding="utf-8")
    return study_of(read_source(path))


def tasks(study, store, grid):
    return (
        ChunkTask(study.source, study.source.identity, store, grid, number)
        for number in range(grid.chunks)
    )


def overhead(folder, pool):
    """Shares of the time beyond the sleep of the tasks, by the clock and in processor time, once all is loaded."""
    study, store = study_with(folder, TASKS * 10), folder / "overhead.zarr"
    grid = Grid(study.shape, (10,))
    create_store(store, study, grid)
    every = list(tasks(study, store, grid))
    for _ in pool.run(asleep, every[: 2 * WORKERS]):
        pass
    begun, busy = time.perf_counter(), time.process_time()
    busy_workers = sum(result for _, result in pool.run(asleep, every))
    clock = (time.perf_counter() - begun) / (TASKS * SECONDS / WORKERS) - 1
    return clock, (busy_workers + time.process_time() - busy) / (TASKS * SECONDS)


def memory(folder, pool):
    """Seconds and the largest memory of this process [bytes], with one task for each of many points."""
    study = study_with(folder, MANY)
    begun = time.perf_counter()
    done = sum(
        result.points
        for _, result in pool.run(nothing, tasks(study, folder, Grid(study.shape, (1,))))
    )
    assert done == MANY
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def verdict(met):
    return "met" if met else "MISSED"


def main():
    with tempfile.TemporaryDirectory() as name, LocalPool(WORKERS) as pool:
        folder = Path(name)
        for share, what in zip(
            overhead(folder, pool), ("by the clock", "in processor time"), strict=True
        ):
            print(
                f"overhead of {TASKS} tasks of {SECONDS:g} s, {WORKERS} workers, {what}: "
                f"{100 * share:.1f}%, "
                f"target ≤ {100 * MOST_OVERHEAD:g}%: {verdict(share <= MOST_OVERHEAD)}"
            )
        seconds, most = memory(folder, pool)
        print(
            f"{MANY} tasks that do nothing: {1e3 * seconds / MANY:.2f} ms each; largest memory of "
            f"the client "
            f"{most / 2**20:.0f} MiB, target ≤ {MOST_MEMORY >> 20} MiB: "
            f"{verdict(most <= MOST_MEMORY)}"
        )


if __name__ == "__main__":
    main()
