"""Batches of trajectories on several threads; a batch depends on the seed and its number alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.heating.trajectories.motion import STRATA, batch_mean
from coldspin.processes import available_processors

BATCH = 2 * STRATA

_PARTS = 8  # of the work for each thread, so that none waits long for the last


class Point(NamedTuple):
    """A point and its classes of nuclei: c, shares of Σc², |b|, x/2, |ω_B|τ_c."""

    coupling: Array
    share: Array
    field: float
    half_x: float
    phase: float


def batch_means(
    points: list[Point], batches: int, seed: int, angle: float, threads: int | None
) -> Array:
    """Slow parts of Φ and τ_c/T1e of each batch (rows) at each point (columns), stacked last.

    Batch i takes child i of the seed at every point.
    """
    result = np.empty((batches, len(points), 2))

    def work(share: range) -> None:
        for batch in share:
            numbers: dict[int, tuple[Array, Array]] = {}
            for column, point in enumerate(points):
                size = point.coupling.size
                if size not in numbers:
                    numbers[size] = _draw(seed, batch, size)
                result[batch, column] = batch_mean(
                    point.coupling,
                    point.share,
                    *numbers[size],
                    point.field,
                    point.half_x,
                    point.phase,
                    angle,
                )

    count = min(batches, threads or available_processors())
    if count == 1:
        work(range(batches))
        return result
    parts = min(batches, _PARTS * count)
    with ThreadPoolExecutor(count) as pool:
        tasks = [pool.submit(work, range(first, batches, parts)) for first in range(parts)]
        for task in tasks:
            task.result()
    return result


def _draw(seed: int, batch: int, classes: int) -> tuple[Array, Array]:
    """Standard normal Ω_N of each class and uniform numbers for the end times."""
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(batch,)))
    uniforms = generator.random(BATCH)
    return generator.standard_normal((BATCH, 3, classes)), uniforms
