"""Place of a variable that moves at a known pace: Chebyshev series of ∫pace, inverted."""

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev

from coldspin.arguments import Array

Pace = Callable[[Array], tuple[Array, Array]]
"""Time [s] per unit of way at each place, which is positive, and how much of it is noise."""

_NODES = chebyshev.chebpts1(16)
_TO_COEFFICIENTS = np.linalg.inv(chebyshev.chebvander(_NODES, _NODES.size - 1))
_BATCH = 4
_NARROWEST = 1e-6
_MOST = 64  # panels that are not resolved
_BISECTIONS = 55


def way_after(time: Array, pace: Pace, *, end: float = np.inf) -> Array:
    """Way s ≥ 0 covered after each `time` ≥ 0, t = ∫₀ˢ pace(s') ds'.

    Beyond `end`, or where the pace has come to that of s = ∞, it is constant. Panels of unit width,
    halved until the last coefficients of each are noise.
    """
    left, series = np.zeros(0), np.zeros((_NODES.size, 0))
    reach, passed, last = 0.0, 0.0, float(time.max(initial=0.0))
    while reach < end and passed <= last:
        edges = np.append(np.arange(reach, min(reach + _BATCH, end)), min(reach + _BATCH, end))
        more, coefficients = _resolve(pace, edges)
        left, series = np.append(left, more), np.hstack([series, coefficients])
        reach = float(edges[-1])
        widths = np.diff(left, append=reach)
        passed = float(widths @ _mean(series))
        if end == np.inf and _is_settled(pace, coefficients):
            break
    if not left.size:
        return time / pace(np.array([end]))[0]
    widths = np.diff(left, append=reach)
    starts = np.concatenate([[0.0], np.cumsum(widths * _mean(series))])
    final = pace(np.array([reach]))[0][0]
    panel = np.clip(np.searchsorted(starts, time, side="right") - 1, 0, left.size - 1)
    within = left[panel] + widths[panel] * _place(
        series[:, panel], (time - starts[panel]) / widths[panel]
    )
    covered = np.where(time > starts[-1], reach + (time - starts[-1]) / final, within)
    result: Array = np.where(time > 0, covered, 0.0)
    return result


def _resolve(pace: Pace, edges: Array) -> tuple[Array, Array]:
    """Left ends of panels between `edges`, and the Chebyshev coefficients of the pace on each."""
    left, width = edges[:-1], np.diff(edges)
    done: list[tuple[Array, Array]] = []
    while left.size:
        places = left + width * (1 + _NODES[:, None]) / 2
        values, noise = (v.reshape(places.shape) for v in pace(places.ravel()))
        coefficients = _TO_COEFFICIENTS @ values
        tail = np.abs(coefficients[-3:]).max(axis=0)
        good = (tail <= (noise * values).max(axis=0)) | (width < _NARROWEST)
        if np.count_nonzero(~good) >= _MOST:
            good[:] = True  # not narrow features, but more noise than was announced
        done.append((left[good], coefficients[:, good]))
        left, width = left[~good], width[~good] / 2
        left, width = np.concatenate([left, left + width]), np.tile(width, 2)
    lefts, series = np.concatenate([d[0] for d in done]), np.hstack([d[1] for d in done])
    order = np.argsort(lefts)
    return lefts[order], series[:, order]


def _is_settled(pace: Pace, coefficients: Array) -> bool:
    limit, noise = pace(np.array([np.inf]))
    spread = np.abs(coefficients[1:]).max() + np.abs(coefficients[0] - limit).max()
    return bool(spread <= noise[0] * limit[0])


def _mean(series: Array) -> Array:
    """Mean of each series on [−1, 1]."""
    even = np.arange(0, len(series), 2)
    result: Array = (1 / (1 - even**2.0)) @ series[even]
    return result


def _place(series: Array, integral: Array) -> Array:
    """Place in [0, 1] on a panel of width 1 at which each series has the given `integral`."""
    sums = chebyshev.chebint(series, axis=0) / 2
    offset = chebyshev.chebval(-1.0, sums)
    low, high = np.zeros(integral.shape), np.ones(integral.shape)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = chebyshev.chebval(2 * middle - 1, sums, tensor=False) - offset < integral
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    result: Array = (low + high) / 2
    return result
