"""Where β(B) is stationary: the analytic condition, and its roots on an interval."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.precession import spin_loss, spin_loss_slope

_POINTS_PER_DECADE = 60


def stationarity(
    field: Array, b: Array, k: float, heating: tuple[Array, Array], kinetic_local_field: float
) -> Array:
    r"""Left side of dβ/dB = 0 for (6), divided by positive factors; its sign is that of d|β|/d|B|.

    .. math:: \frac{1}{B^2}\left[B_h^2 - b\,\frac{\partial B_h^2}{\partial b}\right] - 1,\qquad
              B_h^2 = \frac{\Phi}{\tau_c/T_{1,e}^N}\,k^2\,\frac{\tilde B_L^2}{3}

    `heating` is (Φ, ∂Φ/∂b) at b = γ_e B T2e*.
    """
    result: Array = stationary_field_squared(b, k, heating, kinetic_local_field) / field**2 - 1
    return result


def stationary_field_squared(
    b: Array, k: float, heating: tuple[Array, Array], kinetic_local_field: float
) -> Array:
    """B² [T²] at which β would be stationary if the electron precessed with b there; negative where it cannot be."""
    loss, loss_slope = np.asarray(spin_loss(b, k)), np.asarray(spin_loss_slope(b, k))
    coefficient, slope = heating
    ratio = coefficient / loss
    ratio_slope = (slope - ratio * loss_slope) / loss
    result: Array = (ratio - b * ratio_slope) * (k * kinetic_local_field) ** 2 / 3
    return result


def roots(function: Callable[[Array], Array], low: float, high: float) -> list[float]:
    """Every simple root of `function` in (low, high), 0 < low, that a logarithmic grid of 60 points a decade separates.

    Each is refined to a few units in the last place by Brent's method.
    """
    return _refined(function, _logarithmic(low, high))


def _logarithmic(low: float, high: float) -> NDArray[np.float64]:
    return np.geomspace(low, high, max(3, int(_POINTS_PER_DECADE * np.log10(high / low)) + 1))


def _refined(function: Callable[[Array], Array], grid: NDArray[np.float64]) -> list[float]:
    from scipy.optimize import brentq  # half a second to load: only when an optimum is sought

    values = function(grid)
    brackets = np.flatnonzero(values[:-1] * values[1:] < 0)
    crossings = [
        brentq(
            lambda x: float(function(np.array(x))), grid[i], grid[i + 1], xtol=1e-300, rtol=1e-14
        )
        for i in brackets
    ]
    return sorted([*crossings, *(float(x) for x in grid[1:-1][values[1:-1] == 0])])


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
    grid, values = grid[distinct], values[distinct]
    found = []
    for i in range(1, len(grid) - 1):
        left, right = values[i] - values[i - 1], values[i] - values[i + 1]
        if left * right < 0 or max(abs(left), abs(right)) < noise * abs(values[i]):
            continue
        sign = -1.0 if left > 0 else 1.0
        search = minimize_scalar(
            lambda log, sign=sign: sign * float(function(np.exp(np.array([log])))[0]),
            bounds=(np.log(grid[i - 1]), np.log(grid[i + 1])),
            method="bounded",
            options={"xatol": accuracy},
        )
        found.append((float(np.exp(search.x)), left > 0))
    return found
