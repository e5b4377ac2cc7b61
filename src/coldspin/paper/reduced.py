"""(1), (6) and (13) in the units of the figures: B in B̃_L, β in β_0, ⟨I_z⟩ in I_0, 1/T_E in 1/T_0, τ_c in T2e*.

A heating coefficient is a function of b = Ω_B T2e* and k = τ_c/T2e*. Where k is 0, the limit is
meant.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array
from coldspin.constants import HBAR
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.paper import formulas
from coldspin.paper.parameters import FLUCTUATION_FIELD, SHORT
from coldspin.precession import lorentzian_slope, spin_loss
from coldspin.thermodynamics.spin_temperature import (
    cooling_drive,
    heat_capacity_square,
    heating_field_squared,
    mean_nuclear_spin,
    saturated_nuclear_spin,
    warming_rate,
)
from coldspin.thermodynamics.spin_temperature import inverse_spin_temperature as beta_of_6

Heating = Callable[[Any, float], Any]

_GAMMA = 1 / HBAR  # γ_N for which ħγ_N = 1
_SPIN_Z = 0.5  # any ⟨S_z⟩: the units of β and ⟨I_z⟩ are proportional to it
_SPIN = 0.5
_SEARCH = (0.1, 1e4)  # B/B̃_L
_POINTS_PER_DECADE = 60
_LOCAL_FIELD = 1 / np.sqrt(3)  # B_L in units of B̃_L, for dipole-dipole interaction


class Optimum(NamedTuple):
    """Where β is largest, B_0/B̃_L, and how large, β_max/β_0."""

    field: float
    largest: float


def closed_form(nuclei: float) -> Heating:
    """Φ(b, k) of (S38) at N_I = `nuclei`."""
    return lambda b, k: ClosedForm().heating_coefficient(b, k, nuclei=nuclei)


def small_angle(b: ArrayLike, k: float) -> Any:
    """Φ(b, k) of (9), which is the limit N_I → ∞ of (S38)."""
    return SmallAngle().heating_coefficient(b, k, nuclei=1e6 * max(1.0, k) ** 2)


def heating_field(field: ArrayLike, k: float, heating: Heating, *, overhauser: float = 0.0) -> Any:
    """B_h/B̃_L of (6); `overhauser` is ⟨Ω_N⟩ T2e*, added to γ_e B T2e*."""
    b = np.asarray(field) / FLUCTUATION_FIELD + overhauser
    k = k or SHORT
    # B_h is proportional to k, which stays outside the root: that keeps the last printed digits
    return k * np.sqrt(heating_field_squared(heating(b, k), spin_loss(b, k), 1.0, 1.0))


def inverse_spin_temperature(
    field: ArrayLike, k: float, heating: Heating, *, overhauser: float = 0.0
) -> Any:
    """β/β_0 of (6)."""
    field = np.asarray(field)
    squares = field**2 + np.square(heating_field(field, k, heating, overhauser=overhauser))
    return beta_of_6(2 * field, squares)  # D/β_0 = 2BB̃_L


def nuclear_spin(field: ArrayLike, k: float, heating: Heating) -> Any:
    """⟨I_z⟩/I_0 of (1) and (6)."""
    field = np.asarray(field)
    squares = field**2 + np.square(heating_field(field, k, heating))
    beta = beta_of_6(cooling_drive(_SPIN_Z * field, _GAMMA), squares)
    mean = mean_nuclear_spin(beta, field, _SPIN, _GAMMA)
    return mean / saturated_nuclear_spin(_SPIN_Z, _SPIN)


def dark_rate(field: ArrayLike, k: float, heating: Heating) -> Any:
    """(1/T_E)/(1/T_0) of (13); the field is in units of B_L here, as in Fig. 3."""
    kinetic = np.asarray(field) * _LOCAL_FIELD
    k = k or SHORT
    b = kinetic / FLUCTUATION_FIELD
    squares = kinetic**2 + heating_field_squared(heating(b, k), spin_loss(b, k), k, 1.0)
    capacity = heat_capacity_square(kinetic**2, _LOCAL_FIELD)
    rate = warming_rate(spin_loss(b, k) / k, squares, capacity)  # N_I = f = 1
    return rate / formulas.dark_rate_unit(k, k, 1.0, 1.0)


def optimum(k: float, heating: Heating) -> Optimum:
    """B_0 and β_max of (6) with Φ of (9) or (S38), by the roots of the analytic dβ/dB."""
    roots = stationary_fields(k, heating)
    heights = [float(inverse_spin_temperature(field, k, heating)) for field in roots]
    best = int(np.argmax(heights))
    return Optimum(roots[best], heights[best])


def stationary_fields(k: float, heating: Heating) -> list[float]:
    """Every B/B̃_L from 0.1 to 10⁴ with dβ/dB = 0; Φ of (9) and (S38) have the same slope."""
    k = k or SHORT

    def rising(field: Array) -> Array:
        b = np.asarray(field) / FLUCTUATION_FIELD
        return formulas.stationarity(
            field, b, k, (np.asarray(heating(b, k)), np.asarray(lorentzian_slope(b, k))), 1.0
        )

    return find_roots(rising, *_SEARCH)


def find_roots(function: Callable[[Array], Array], low: float, high: float) -> list[float]:
    """Every simple root of `function` in (low, high), 0 < low, that a logarithmic grid separates.

    The grid has 60 points a decade; Brent's method refines each root to a few units in the last
    place.
    """
    from scipy.optimize import brentq  # half a second to load: only when an optimum is sought

    points = max(3, int(_POINTS_PER_DECADE * np.log10(high / low)) + 1)
    grid = np.geomspace(low, high, points)
    values = function(grid)
    roots = [float(x) for x in grid[1:-1][values[1:-1] == 0]]
    for i in np.flatnonzero(values[:-1] * values[1:] < 0):
        ends = grid[i], grid[i + 1]
        root = brentq(lambda x: float(function(np.array(x))), *ends, xtol=1e-300, rtol=1e-14)
        roots.append(root)
    return sorted(roots)
