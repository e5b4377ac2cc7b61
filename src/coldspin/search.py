"""Where |β(B)| of pumped nuclei is stationary: by the analytic derivative, or on the sampled curve."""

from typing import Any, NamedTuple

import numpy as np

from coldspin.evaluation import Progress
from coldspin.exceptions import InvalidInputError
from coldspin.heating import SmoothMethod
from coldspin.pumping import Pumping
from coldspin.quantities import FIELD, si
from coldspin.sampled_search import sampled_points
from coldspin.site import Site
from coldspin.smooth_search import stationary_points


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
    """Every extremum in (low, high) on a stable branch."""
    if isinstance(pumped.evaluate.method, SmoothMethod):
        points = stationary_points(pumped, low, high)
    else:
        points = sampled_points(pumped, low, high, progress)
    return [Extremum(one.field, one.overhauser, "maximum" if one.maximum else "minimum") for one in points]
