"""Batches of trajectories on several threads: what each computes depends on the seed and its number alone."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.heating.trajectories.motion import STRATA, batch_mean

BATCH = 2 * STRATA

_PARTS = 8  # of the work for each thread, so that none waits long for the last


class Point(NamedTuple):
    """A point in the dimensionless groups and its classes of nuclei: c, shares of Σc², |b|, x/2, |ω_B|τ_c."""

    coupling: Array
    share: Array
    field: float
    half_x: float
    phase: float


def batch_means(points: list[Point], batches: int, seed: int, angle: float, threads: int | None) -> Array:
    """Slow part of Φ of each batch (rows) at each point (columns); batch i takes child i of the seed at every point."""
    result = np.empty((batches, len(points)))

    def work(share: range) -> None:
        for batch in share:
            for column, point in enumerate(points):
                result[batch, column] = _one(point, batch, seed, angle)

    count = min(batches, threads or available_cores())
    if count == 1:
        work(range(batches))
        return result
    parts = min(batches, _PARTS * count)
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work, range(first, batches, parts)) for first in range(parts)]:
            done.result()
    return result


def available_cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _one(point: Point, batch: int, seed: int, angle: float) -> float:
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(batch,)))
    uniforms = generator.random(BATCH)
    normals = generator.standard_normal((BATCH, 3, point.coupling.size))
    return float(
        batch_mean(point.coupling, point.share, normals, uniforms, point.field, point.half_x, point.phase, angle)
    )
