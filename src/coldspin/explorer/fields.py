"""Which fields are drawn: those that were typed, or a range that shows the optimum of this sample."""

import warnings
from math import ceil, floor, log10
from typing import Any

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling.extrema import coldest_field
from coldspin.cooling.pump import Pump, leakage_channels
from coldspin.exceptions import InvalidInputError
from coldspin.explorer.state import State
from coldspin.inputs.sample_files import Sample
from coldspin.quantities import FIELD, si, si_axis

MOST = 2001
"""Fields that the page draws."""

_POINTS = 201
_BEYOND = 6.0  # how far the range reaches, in fields of the optimum


def drawn_fields(state: State, sample: Sample) -> tuple[str, Array]:
    """The range as a file says it, and the fields [T]."""
    text = state.field.strip() or automatic_range(sample, state.unit)
    given = [one.strip() for one in text.split(",")] if "," in text else text
    axis = si_axis("page: cool.field", given, FIELD)
    if axis.size > MOST:
        raise InvalidInputError(
            f"page: cool.field has {axis.size} fields", remedy=f"give at most {MOST}"
        )
    return text, axis


def ends(axis: Array) -> tuple[str, str]:
    """Smallest and largest field as a file says them, for `optimum` to search between."""
    low, high = float(axis.min()), float(axis.max())
    if not low < high:
        raise InvalidInputError(
            "page: cool.field is one field",
            remedy="give a range such as -25:25:201 G to see a curve",
        )
    return f"{low!r} T", f"{high!r} T"


def automatic_range(sample: Sample, unit: str) -> str:
    """Both signs of B to six times the field at which |β| of the closed form is largest, rounded to a digit."""
    one = float(si("unit", f"1 {unit}", FIELD))
    return symmetric(_BEYOND * optimal_field(sample) / one, unit)


def optimal_field(sample: Sample) -> float:
    """|B| of the largest |β| of the closed form that nuclei come to from rest [T]; B_L where nothing is cooled."""
    given = sample.pump_options(no_feedback=False, knight_field=False, leakage=None)
    channels, factor = leakage_channels(given["leakage"])
    effects: dict[str, Any] = sample.effects("self_consistent", "knight_field")
    spin, angle = sample.electron_spin(), sample.optical_axis_angle
    pump = Pump(spin, angle, leakage=channels, leakage_factor=factor, **effects)
    found = float("nan")
    if spin:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = abs(coldest_field(sample.site, pump))
    return sample.site.local_field if np.isnan(found) else found


def symmetric(reach: float, unit: str) -> str:
    """Range of 201 fields from −reach to reach, reach rounded up to 1, 2, 3, 5 or 8 times a power of ten."""
    power = floor(log10(reach))
    lead = next(step for step in (1, 2, 3, 5, 8, 10) if step >= ceil(reach / 10**power - 1e-9))
    end = f"{lead * 10.0**power:.12g}"
    return f"-{end}:{end}:{_POINTS} {unit}"
