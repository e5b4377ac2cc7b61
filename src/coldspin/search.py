"""Where |β(B)| of pumped nuclei is stationary: by the analytic derivative, or on the sampled curve."""

from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.evaluation import Progress
from coldspin.exceptions import InvalidInputError
from coldspin.heating import SmoothMethod
from coldspin.precession import spin_loss
from coldspin.pumping import Pumping, pumping, reached, stationary_states
from coldspin.quantities import FIELD, si
from coldspin.site import Site
from coldspin.thermodynamics import extrema


class Extremum(NamedTuple):
    """A stationary point of |β|: B [T], ⟨Ω_N⟩T2e* in which the electron precesses, and which kind it is."""

    field: float
    overhauser: float
    kind: str


def search_range(site: Site, fields: tuple[Any, Any] | None) -> tuple[float, float]:
    """The range as given [T], or ten times the largest field scale of the site to both sides."""
    if fields is None:
        gamma = np.sqrt(site.ensemble.mean_square_gyromagnetic_ratio)
        scales = (
            site.kinetic_local_field * (1 + site.k / 2),
            site.fluctuation_field,
            site.knight_resonance,
            abs(site.electron_gyromagnetic_ratio / gamma) * site.local_field,
        )
        return -10 * max(scales), 10 * max(scales)
    if isinstance(fields, str) or len(fields) != 2:
        raise InvalidInputError(f'fields must be a pair (min, max) such as ("0 G", "200 G"), not {fields!r}')
    low, high = (float(si("fields", value, FIELD)) for value in fields)
    if not low < high:
        raise InvalidInputError(f"fields must be (min, max) with min < max, not ({low:g} T, {high:g} T)")
    return low, high


def extrema_of(pumped: Pumping, low: float, high: float, progress: Progress | None) -> list[Extremum]:
    """Every extremum in (low, high)."""
    pump = pumped.pump
    plain = not pump.knight_field and not pump.leakage and pump.linear and not pumped.ensemble.differ
    if isinstance(pumped.evaluate.method, SmoothMethod) and plain:
        return [e for sign in (1.0, -1.0) for e in _smooth(pumped, sign, low, high)]
    return [e for sign in (1.0, -1.0) for e in _sampled(pumped, sign, low, high, progress)]


def _smooth(pumped: Pumping, sign: float, low: float, high: float) -> list[Extremum]:
    r"""Roots in b of the distance between b and the precession at the field that is stationary for b.

    On a branch b = B(γ_e s + Cβ), so that dβ/dB = 0 when ∂β/∂B + (b/B) ∂β/∂b = 0, whatever C is. That is an equation
    for B² at given b.
    """
    site, reach = pumped.site, 0.0
    if pumped.pump.self_consistent:  # the same at every field but 0
        reach = float(max(np.sum(pumped.reach(), axis=0), key=abs))
    method: Any = pumped.evaluate.method

    def heating(b: Array) -> tuple[Array, Array]:
        coefficient = pumped.evaluate.quietly(b, np.zeros_like(b)).coefficient
        return coefficient, np.atleast_1d(method.heating_slope(b, site.k))

    def share(field: Array, b: Array) -> Array:
        ratio = heating(b)[0] / np.atleast_1d(spin_loss(b, site.k))
        result: Array = field**2 / (field**2 + ratio * (site.k * site.kinetic_local_field) ** 2 / 3)
        return result

    def field_of(b: Array) -> Array:
        squared = extrema.stationary_field_squared(b, site.k, heating(b), site.kinetic_local_field)
        result: Array = sign * np.sqrt(np.maximum(squared, 0))
        return result

    def distance(point: Array) -> Array:
        b = np.atleast_1d(point)
        field = field_of(b)
        result: Array = b - site.electron_precession(field) - reach * share(field, b)
        return result.reshape(np.shape(point))

    def found(b: float) -> Extremum | None:
        at = np.array([b])
        field = float(field_of(at)[0])
        step = 1e-6 * max(abs(b), 1e-3)
        slope = float(np.diff(share(np.array(field), np.array([b - step, b + step])))[0] / (2 * step))
        if field == 0 or not low < field < high or reach * slope >= 1:
            return None
        before = extrema.stationarity(
            np.array([field * (1 - 1e-6)]), at * (1 - 1e-6), site.k, heating(at * (1 - 1e-6)), site.kinetic_local_field
        )
        return Extremum(field, float(reach * share(np.array(field), at)[0]), "maximum" if before > 0 else "minimum")

    largest = float(np.max(np.abs(site.electron_precession([low, high])))) + abs(reach)
    smallest = min(1e-3, abs(float(site.electron_precession(0.1 * site.kinetic_local_field))))
    return [e for b in extrema.signed_roots(distance, smallest, largest) if (e := found(b)) is not None]


def _sampled(pumped: Pumping, sign: float, low: float, high: float, progress: Progress | None) -> list[Extremum]:
    """Extrema of the curve that nuclei come to from rest, with more points where the Knight field compensates B."""
    site = pumped.site
    low, high = (low, high) if sign > 0 else (-high, -low)
    inner, outer = (
        max(low, 0.01 * site.kinetic_local_field if pumped.pump.knight_field else 0.1 * site.kinetic_local_field),
        high,
    )
    if outer <= inner:
        return []
    width = min(0.9, 4 * np.sqrt(site.effective_nuclei) / site.k)
    near = site.knight_resonance * (1 + width * np.linspace(-1, 1, 41))
    grid = np.geomspace(inner, outer, max(3, int(40 * np.log10(outer / inner))))
    grid = np.unique(np.concatenate([grid, near[(near > inner) & (near < outer)]]))

    def curve(field: Array) -> tuple[Array, Array]:
        here = pumping(site, sign * field, pumped.pump, pumped.evaluate.method, effective_isotope=True)
        every = np.arange(field.size)
        u = reached(here, stationary_states(here), sweep=False)
        told = progress if field.size > 1 else None
        heating = here.evaluate(*here.precession(np.nan_to_num(u), every), told)
        return np.abs(here.inverse_temperature(heating, every)), u

    places = extrema.sampled_extrema(lambda field: curve(field)[0], grid, noise=1e-5)
    return [
        Extremum(sign * at, float(curve(np.array([at]))[1][0]), "maximum" if maximum else "minimum")
        for at, maximum in places
    ]
