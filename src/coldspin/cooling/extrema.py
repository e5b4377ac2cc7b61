"""Extrema of |β(B)| of pumped nuclei, for `optimum`, sweeps, the fit of B_0 and the page."""

from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Progress
from coldspin.cooling.pump import Pump
from coldspin.cooling.pumped_site import PumpedSite, choose_states, pump_site, stationary_states
from coldspin.cooling.sampled_extrema import find_sampled_extrema
from coldspin.cooling.stationary_points import field_axis, find_stationary_points, smallest_scale
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import FIELD, scalar
from coldspin.sample.site import Site
from coldspin.thermodynamics.spin_temperature import saturated_nuclear_spin


class Extremum(NamedTuple):
    """A stationary point of |β|: B [T], ⟨Ω_N⟩T2e* of the state, and its kind."""

    field: float
    overhauser: float
    kind: str


def search_range(
    site: Site, fields: tuple[Any, Any] | None, pump: Pump | None = None
) -> tuple[float, float]:
    """The range as given [T], or ten times the largest field scale of the site to both sides.

    A pump that acts back extends it to twice the Overhauser field that it can make: where that
    compensates the external field, |β| has another maximum.
    """
    if fields is None:
        gamma = np.sqrt(site.ensemble.mean_square_gyromagnetic_ratio)
        scales = (
            site.kinetic_local_field * (1 + site.k / 2),
            site.fluctuation_field,
            site.knight_resonance,
            abs(site.electron_gyromagnetic_ratio / gamma) * site.local_field,
        )
        end = 10 * max(scales)
        if pump is not None and pump.self_consistent:
            end = max(end, 2 * overhauser_reach(site, pump) * site.fluctuation_field)
        end = min(end, FIELD.largest)  # the largest field that `cool` takes
        return -end, end
    if isinstance(fields, str) or len(fields) != 2:
        raise InvalidInputError(
            'must be a pair (min, max) such as ("0 G", "200 G")', parameter="fields", value=fields
        )
    low, high = (scalar("fields", value, FIELD) for value in fields)
    if not low < high:
        raise InvalidInputError(
            f"must be (min, max) with min < max, not ({low:g} T, {high:g} T)", parameter="fields"
        )
    return low, high


def overhauser_reach(site: Site, pump: Pump) -> float:
    """Largest |⟨Ω_N⟩T2e*|: that of detailed balance with the electron in a strong field."""
    ensemble = site.ensemble
    spin = pump.electron_spin * np.cos(pump.angle)
    mean = saturated_nuclear_spin(abs(spin), ensemble.spin)
    if not pump.linear:
        mean = np.minimum(mean, ensemble.spin)
    return float(np.abs(ensemble.coupling * ensemble.nuclei) @ mean * ensemble.dephasing_time)


def find_extrema(
    pumped: PumpedSite, low: float, high: float, progress: Progress | None
) -> list[Extremum]:
    """Every extremum in (low, high) on a stable branch."""
    if pumped.evaluate.method.smooth:
        points = find_stationary_points(pumped, low, high)
    else:
        points = find_sampled_extrema(pumped, low, high, progress)
    return [
        Extremum(one.field, one.overhauser, "maximum" if one.maximum else "minimum")
        for one in points
    ]


def coldest_field(site: Site, pump: Pump) -> float:
    """B [T] of the largest maximum of |β| that nuclei come to from rest; NaN where there is none."""
    if pump.electron_spin == 0:
        return float("nan")
    low, high = search_range(site, None, pump)
    ends = pump_site(site, np.array([low, high]), pump)
    maxima = [point for point in find_extrema(ends, low, high, None) if point.kind == "maximum"]
    if not maxima:
        return float("nan")
    fields, overhauser = (np.array([point[i] for point in maxima]) for i in (0, 1))
    here = ends.at_fields(fields)
    every = np.arange(fields.size)
    beta = here.inverse_temperature(
        here.evaluate.quietly(*here.precession(overhauser, every)), every
    )
    size = np.where(from_rest(here, overhauser), np.abs(beta), -1.0)
    return float(fields[np.argmax(size)]) if size.max() > 0 else float("nan")


def from_rest(pumped: PumpedSite, overhauser: Array) -> Any:
    """Whether unpolarized nuclei come to the state at each field."""
    states = stationary_states(pumped)
    return np.isclose(choose_states(pumped, states, sweep=False), overhauser, rtol=1e-6)


def explain_none(pumped: PumpedSite, low: float, high: float) -> str:
    """Say how |β| of nuclei from rest goes where it has no extremum: one sentence."""
    fields = field_axis(pumped, smallest_scale(pumped), low, high, 4)
    here = pumped.at_fields(fields)
    every = np.arange(fields.size)
    u = choose_states(here, stationary_states(here), sweep=False)
    beta = here.inverse_temperature(
        here.evaluate.quietly(*here.precession(np.nan_to_num(u), every)), every
    )
    beta = np.where(np.isnan(u), np.nan, beta)
    size = np.abs(beta)
    begin = f"|β| has no extremum between {low:.4g} T and {high:.4g} T"
    if np.isnan(beta).all():
        return f"{begin}: no field there has a stationary state"
    if not np.nan_to_num(beta).any():
        return f"{begin}: β is 0 at every field, because the influx of spin to the isotopes cancels"
    steps = []
    for i in range(fields.size - 1):
        change = size[i + 1] - size[i]
        word = "has no stationary state" if np.isnan(change) else "rises" if change > 0 else "falls"
        steps.append((word, fields[i], fields[i + 1]))
    runs = []
    for word, group in groupby(steps, key=lambda step: step[0]):
        members = list(group)
        runs.append(f"it {word} from {members[0][1]:.4g} to {members[-1][2]:.4g} T")
    if len(runs) > 4:
        return f"{begin} on any branch; it jumps from branch to branch"
    jumps = "" if len(runs) == 1 else "; where it turns, it is 0 or jumps to another branch"
    return f"{begin}: {', '.join(runs)}{jumps}; search a wider range"
