"""A small study to vary, a pool that does everything in this process, and the command as a process of its own."""

import time
from contextlib import contextmanager

import xarray as xr

from processes import COLDSPIN, PIPE, begin, end

SAMPLE = """
[site]
nuclei = 1e5
nuclear_spin = 1.5
hyperfine_coupling = "1 neV"
nuclear_gyromagnetic_ratio = "6.3e7 rad/s/T"
local_field = "1.5 G"
correlation_time = "10 ns"
filling = 0.05
g_factor = -0.44

[electron]
spin = 1e-4
"""
SWEEP = """
[cool]
field = "0:2:5 mT"

[sweep]
command = "cool"
chunk = 4

[sweep.axes]
site.correlation_time = { range = "1:100:5 ns", logarithmic = true }
site.filling = [0.01, 0.1, 0.5]
method.name = ["closed-form", "small-angle"]
"""
SINGLE = (
    (SAMPLE + SWEEP).replace("1:100:5 ns", "1:100:10 ns").replace("chunk = 4", "chunk = 1")
)  # 60 tasks of a point


class Inline:
    """Does each job at once, here: in an order of its own, not more than `most` of them; it keeps what was sent."""

    workers = 1
    memory = None

    def __init__(self):
        self.order = lambda jobs: jobs
        self.most = 10**9
        self.sent = []

    def run(self, call, jobs):
        for number, job in enumerate(self.order(list(jobs))):
            if number == self.most:
                raise KeyboardInterrupt
            self.sent.append((call, job))
            yield job, call(job)


@contextmanager
def starting(*options, environment=()):
    """Give a function that starts `coldspin sweep grid.toml` as a user does; kill at the end what still runs."""
    started = []

    def start(*arguments):
        command = [*COLDSPIN, "sweep", "grid.toml", *options, *arguments]
        started.append(begin(command, environment, stdout=PIPE, stderr=PIPE, text=True))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            end(process)


def until(condition, patience=120):
    """Wait for a condition, and give what it found; fail after `patience` seconds."""
    end = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < end, f"not so within {patience} s"
        time.sleep(0.005)
    return found


def finished_chunks(store):
    """Chunks of a study of three axes that are whole."""
    return [path for path in store.glob("status/c/*/*/*") if path.suffix != ".partial"]


def bits(store):
    """Every variable of a store by its name, as bytes."""
    with xr.open_zarr(store, consolidated=False) as found:
        return {
            name: found[name].values.tobytes()
            for name in found.variables
            if found[name].dtype.kind != "T"
        }
