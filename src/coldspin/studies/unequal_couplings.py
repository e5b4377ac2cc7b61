"""Maxima of β(B) for unequal couplings, with error bars from several seeds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.heating import Estimate, Method, Trajectories
from coldspin.sample.site import Site
from coldspin.studies.second_maximum import curve

_NOISE = 1e-5


class Extremum(NamedTuple):
    """A stationary point of β(B): B in Δ_B, β/β_0, standard errors, whether a maximum."""

    field: Estimate
    height: Estimate
    maximum: bool


def extrema(
    site: Site, method: Method, grid: Array, seeds: Sequence[int] = range(1, 7)
) -> list[Extremum]:
    """Extrema of β(B)/β_0 for ⟨S⟩ → 0 that `grid` (rising, in Δ_B) resolves, in order of field.

    A :class:`~coldspin.heating.Trajectories` is used once with each of `seeds`, with the same
    random numbers at every field, so that noise moves an extremum but makes none. B and β are the
    means over the seeds, the errors those of the means. Any other method has errors of 0. Raises
    InvalidInputError for fewer than three seeds, and where two of them do not agree on the number
    of extrema: then more samples are needed to tell.
    """
    if not isinstance(method, Trajectories):
        return [
            Extremum(Estimate(at, 0.0), Estimate(high, 0.0), top)
            for at, high, top in _find_points(site, method, grid)
        ]
    if len(seeds) < 3:
        raise InvalidInputError(
            f"seeds must be three numbers or more, for an error from their scatter, not {seeds!r}"
        )
    each = [_find_points(site, replace(method, seed=seed), grid) for seed in seeds]
    counts = sorted({len(points) for points in each})
    if len(counts) > 1:
        text = " and ".join(map(str, counts))
        raise InvalidInputError(
            f"seeds find {text} extrema", remedy=f"take more than {method.samples} samples"
        )
    return [
        Extremum(
            _mean([point[0] for point in same]), _mean([point[1] for point in same]), same[0][2]
        )
        for same in zip(*each, strict=True)
    ]


def _find_points(site: Site, method: Method, grid: Array) -> list[tuple[float, float, bool]]:
    unit = site.fluctuation_field

    def height(field: Array) -> Array:
        return curve(site, field * unit, method)

    places = sampled_extrema(height, grid, noise=_NOISE, accuracy=1e-4)
    return [(at, float(height(np.array([at]))[0]), top) for at, top in places]


def sampled_extrema(
    function: Callable[[Array], Array], grid: Array, *, noise: float, accuracy: float = 1e-6
) -> list[tuple[float, bool]]:
    """Every interior extremum of `function` that `grid` resolves, as (place, is a maximum).

    For functions without a derivative, accurate to the relative `noise`; bends flatter than that
    are not extrema. Each is refined to the relative `accuracy` in its place by bounded parabolic
    search between its neighbours on the grid.
    """
    from scipy.optimize import minimize_scalar

    values = function(grid)
    distinct = np.append(
        True, values[1:] != values[:-1]
    )  # equal neighbours have one top between them
    grid = grid[distinct]
    values = values[distinct]
    points = []
    for i in range(1, len(grid) - 1):
        left = values[i] - values[i - 1]
        right = values[i] - values[i + 1]
        if left * right < 0 or max(abs(left), abs(right)) < noise * abs(values[i]):
            continue
        sign = -1.0 if left > 0 else 1.0
        search = minimize_scalar(
            lambda log, sign=sign: sign * float(function(np.exp(np.array([log])))[0]),
            bounds=(np.log(grid[i - 1]), np.log(grid[i + 1])),
            method="bounded",
            options={"xatol": accuracy},
        )
        points.append((float(np.exp(search.x)), left > 0))
    return points


def _mean(values: Sequence[float]) -> Estimate:
    return Estimate(float(np.mean(values)), float(np.std(values, ddof=1) / sqrt(len(values))))
