"""Cost of trajectories: nuclei·steps a second and core, two threads against one; python benchmarks/trajectories.py."""

import os
import time

import numpy as np

from coldspin.heating import GaussianProfile, Trajectories
from coldspin.heating.trajectories.motion import pump_work, steps_needed
from coldspin.heating.trajectories.sampling import Point, batch_means

REPEATS = 5
TARGET = 1.8


def seconds(call):
    """Best of a few, after one call that compiles."""
    call()
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def speed(nuclei, phase):
    """Nuclei·steps a second on one core, every nucleus a class of its own; x = 10."""
    rng = np.random.default_rng(1)
    coupling, share = rng.uniform(0.1, 2.8, nuclei), np.full(nuclei, 1 / nuclei)
    start = 0.5 * np.sqrt(share) * rng.standard_normal((3, nuclei))
    end = 0.05 if nuclei > 1e4 else 1.0
    arguments = (coupling, share, start, 1.0, 5.0, phase, end, 0.1)
    steps = steps_needed(coupling, start, 1.0, 5.0, end, 0.1)
    return nuclei * steps / seconds(lambda: pump_work(*arguments))


def points(x, phase):
    """One point with a Gaussian envelope at b = 1."""
    return [Point(*Trajectories(GaussianProfile())._classes(x / 2), 1.0, x / 2, phase)]


def both(point, batches):
    """Best seconds with one thread and with two, in turns, as other work on the machine meets both; ratio of work."""
    batch_means(point, 2, 1, 0.1, 1)
    best, work = {1: np.inf, 2: np.inf}, {1: np.inf, 2: np.inf}
    for _ in range(2 * REPEATS):
        for threads in best:
            start, processor = time.perf_counter(), time.process_time()
            batch_means(point, batches, 1, 0.1, threads)
            best[threads] = min(best[threads], time.perf_counter() - start)
            work[threads] = min(work[threads], time.process_time() - processor)
    return best[1], best[2], work[2] / work[1]


def main():
    print("10⁶ nuclei·steps a second on one core, without and with ω_B")
    for nuclei in (100, 10_000, 1_000_000):
        print(
            f"  {nuclei:>7} nuclei: {speed(nuclei, 0.0) / 1e6:.0f}, {speed(nuclei, 5.0) / 1e6:.0f}"
        )
    load = f"needs two idle cores: load is {os.getloadavg()[0]:.1f}"
    print(
        f"two threads over one (target {TARGET}; {load}), Gaussian envelope; processor time of two "
        f"over one"
    )
    for x, phase, batches in ((1.0, 0.0, 32), (1.0, 0.0, 1024), (10.0, 5.0, 32), (30.0, 15.0, 32)):
        one, two, work = both(points(x, phase), batches)
        times = f"{one:.3f} s, {two:.3f} s, ratio {one / two:.2f}"
        print(
            f"  x = {x:g}, ω_Bτ_c = {phase:g}, {32 * batches} trajectories: {times}; processor "
            f"time {work:.2f}"
        )
    print("seconds for a point of 2048 samples, all threads, and its relative standard error")
    for x in (0.1, 1.0, 10.0, 30.0):
        method, arguments = Trajectories(), {"nuclei": 1e4, "nuclear_precession": 5e-3}
        value, error = method.estimate(1.0, 100 * x, **arguments)
        taken = seconds(
            lambda x=x: Trajectories().estimate(1.0, 100 * x, nuclei=1e4, nuclear_precession=5e-3)
        )
        print(f"  x = {x:g}: {taken:.2f}, {error / value:.1%}")


if __name__ == "__main__":
    main()
