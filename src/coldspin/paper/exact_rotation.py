"""Φ by the rotation of all nuclei in the box model: the dots of Fig. S1, and (S36)."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from coldspin.arguments import Array
from coldspin.heating import Semiclassical, rotating_box_heating
from coldspin.paper.parameters import FLUCTUATION_FIELD
from coldspin.paper.reduced import Heating, Optimum, inverse_spin_temperature

_ACCURACY = 1e-9


class Maximum(NamedTuple):
    """A local maximum of β: the field in units of Δ_B, and β/β_0."""

    b: float
    height: float


def rotating_box(nuclei: float) -> Heating:
    """Φ(b, k) of the exact box-model rotation without nuclear Zeeman precession, N_I = `nuclei`."""
    return lambda b, k: rotating_box_heating(b, k, nuclei=nuclei, tolerance=_ACCURACY)


def precessing_box(nuclei: float, zeeman_ratio: float) -> Heating:
    """Φ(b, k) of the same rotation with ω_B = −`zeeman_ratio` Ω_B."""
    return lambda b, k: Semiclassical().heating_coefficient(
        b, k, nuclei=nuclei, nuclear_precession=-zeeman_ratio * b
    )


def exact_optimum(k: float, nuclei: float, *, near: float) -> Optimum:
    """B_0 and β_max of (6) with exact rotation, searched around `near`, B_0 of (S38)."""
    heating = rotating_box(nuclei)
    centre = np.log(near)

    def depth(logarithm: float) -> float:
        return -float(inverse_spin_temperature(np.exp(logarithm), k, heating))

    minimum = minimize_scalar(
        depth, bounds=(centre - 0.5, centre + 0.5), method="bounded", options={"xatol": 1e-6}
    )
    return Optimum(float(np.exp(minimum.x)), -float(minimum.fun))


def maxima(k: float, heating: Heating, fields: Array) -> list[Maximum]:
    """Local maxima of β that a grid of fields B/B̃_L separates, lowest field first."""
    beta = np.asarray(inverse_spin_temperature(fields, k, heating))
    inner = beta[1:-1]
    places = np.flatnonzero((inner > beta[:-2]) & (inner > beta[2:])) + 1
    return [Maximum(float(fields[i]) / FLUCTUATION_FIELD, float(beta[i])) for i in places]
