"""From the state of the page to labelled results: which fields are drawn, and the results there.

Nothing here knows of a browser.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log10
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.conditions import ValidityReport, validity
from coldspin.cooling.extrema import coldest_field
from coldspin.cooling.pump import Pump, leakage_channels
from coldspin.exceptions import InvalidInputError, ValidityWarning, worst_warnings
from coldspin.explorer.samples import (
    build_page_protocol,
    build_page_sample,
    build_page_tables,
    check_sample,
)
from coldspin.explorer.state import PageState
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.inputs.sample_files import Sample
from coldspin.quantities import FIELD, si, si_axis

if TYPE_CHECKING:
    import xarray as xr

Progress = Callable[[str, float], None]

MOST_FIELDS = 2001
"""Fields that the page draws."""

MAP_FIELDS = 81
MAP_TIMES = 33

_POINTS = 201
_REACH = 6.0  # of the automatic range, in units of the optimal field
_ONE_AT_A_TIME = RLock()  # recording warnings changes the whole process


@dataclass(frozen=True)
class PumpedCurves:
    """The states under light at the drawn fields [T], with notes."""

    pumped: "xr.Dataset"
    fields: Array
    notes: tuple[str, ...]
    field_text: str


@dataclass(frozen=True)
class AllCurves:
    """All that is drawn against the field, with notes, and the validity report at one field."""

    pumped: "xr.Dataset"
    dark: "xr.Dataset"
    report: ValidityReport
    notes: tuple[str, ...]
    field_text: str


@dataclass(frozen=True)
class TemperatureMap:
    """β [1/J] over τ_c [s] (rows) and B [T] (columns), and the method that it is from."""

    field: Array
    time: Array
    beta: Array
    method: str


def is_fast(state: PageState) -> bool:
    """Whether the method of the page is a closed form, whose curves need no waiting."""
    return isinstance(build_page_sample(state).method(), ClosedForm | SmallAngle)


def find_plot_fields(state: PageState, sample: Sample) -> tuple[str, Array]:
    """Fields to draw, as text of a file and in tesla: typed ones, or a range that shows the optimum."""
    text = state.field.strip() or automatic_range(sample, state.unit)
    entries = [entry.strip() for entry in text.split(",")] if "," in text else text
    try:
        fields = si_axis("cool.field", entries, FIELD)
    except InvalidInputError as problem:
        raise problem.within("page") from None
    if fields.size > MOST_FIELDS:
        raise InvalidInputError(
            f"has {fields.size} fields",
            parameter="cool.field",
            remedy=f"give at most {MOST_FIELDS}",
            place="page",
        )
    return text, fields


def field_ends(fields: Array) -> tuple[str, str]:
    """Smallest and largest field as text of a file, for `optimum` to search between."""
    low = float(fields.min())
    high = float(fields.max())
    if not low < high:
        raise InvalidInputError(
            "is one field",
            parameter="cool.field",
            remedy="give a range such as -25:25:201 G to see a curve",
            place="page",
        )
    return f"{low!r} T", f"{high!r} T"


def automatic_range(sample: Sample, unit: str) -> str:
    """Range of both signs to six times the optimal field of the closed form, or to six times B_L."""
    options = sample.pump_options(no_feedback=False, knight_field=False, leakage=None)
    channels, factor = leakage_channels(options["leakage"])
    effects: dict[str, Any] = sample.effects("self_consistent", "knight_field")
    spin = sample.electron_spin()
    optimum = float("nan")
    if spin:
        pump = Pump(
            spin,
            sample.optical_axis_angle,
            leakage=channels,
            leakage_factor=factor,
            **effects,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            optimum = abs(coldest_field(sample.site, pump))
    if np.isnan(optimum):
        optimum = sample.site.local_field
    tesla_per_unit = float(si("unit", f"1 {unit}", FIELD))
    return symmetric_range(_REACH * optimum / tesla_per_unit, unit)


def symmetric_range(reach: float, unit: str) -> str:
    """Range of 201 fields from −reach to reach, rounded up to 1, 2, 3, 5 or 8 times a power of ten."""
    power = floor(log10(reach))
    lead = next(step for step in (1, 2, 3, 5, 8, 10) if step >= ceil(reach / 10**power - 1e-9))
    end = f"{lead * 10.0**power:.12g}"
    return f"-{end}:{end}:{_POINTS} {unit}"


def pumped_curves(state: PageState, progress: Progress | None = None) -> PumpedCurves:
    """β, θ_N and the other states under light; kept for the last few states of the page."""
    if progress is None:
        return _kept_pumped_curves(state)
    return _compute_pumped_curves(state, progress)


def _compute_pumped_curves(state: PageState, progress: Progress | None = None) -> PumpedCurves:
    sample = build_page_sample(state)
    with collect_notes() as notes:
        text, fields = find_plot_fields(state, sample)
        pumped = _cool(sample, fields, scale_progress(progress, 0.0, 1.0, "under light"))
    return PumpedCurves(pumped, fields, tuple(notes), text)


_kept_pumped_curves = lru_cache(maxsize=8)(_compute_pumped_curves)


def curves(state: PageState, progress: Progress | None = None) -> AllCurves:
    """States under light, warming in the dark, and the validity report."""
    from coldspin.cooling.facade import relax

    sample = build_page_sample(state)
    first = pumped_curves(state, scale_named_progress(progress, 0.0, 0.8))
    with collect_notes() as notes:
        dark = relax(
            sample.site,
            first.fields,
            progress=scale_progress(progress, 0.8, 0.95, "in the dark"),
            method=sample.method(),
            leakage=sample.dark_leakage(),
            **sample.effects("effective_isotope"),
        )
        # the report is about the field that was typed, or that of the largest |β| drawn
        field: Any = state.at.strip()
        if not field:
            beta = np.abs(np.nan_to_num(first.pumped.inverse_spin_temperature.values))
            field = float(first.pumped.field.values[int(np.argmax(beta))])
        report = validity(sample.site, field, sample.electron_spin(), **_options(sample))
    every_note = tuple(dict.fromkeys((*first.notes, *notes)))
    return AllCurves(first.pumped, dark, report, every_note, first.field_text)


def maxima(state: PageState, progress: Progress | None = None) -> "xr.Dataset":
    """Every extremum of |β(B)| within the drawn range, by :func:`coldspin.optimum`."""
    from coldspin.cooling.facade import optimum

    sample = build_page_sample(state)
    with collect_notes():
        _, fields = find_plot_fields(state, sample)
        return optimum(
            sample.site,
            sample.electron_spin(),
            **_options(sample)
            | {
                "fields": field_ends(fields),
                "progress": scale_progress(progress, 0.0, 1.0, "largest |β|"),
            },
        )


def course(state: PageState) -> "xr.Dataset":
    """β(t) through the stages, by :func:`coldspin.run`; a Dataset along time."""
    from coldspin.protocols import run

    protocol = build_page_protocol(state)
    sample = protocol.sample
    with collect_notes():
        return run(sample.site, protocol.stages, method=sample.method(), **protocol.options())


def temperature_map(state: PageState) -> TemperatureMap:
    """β over field and correlation time, by the method of the page if that is a closed form, else by (S38)."""
    sample = build_page_sample(state)
    with collect_notes():
        _, fields = find_plot_fields(state, sample)
    # what does not change the map is set to one value, so that the map is computed once
    changes: dict[str, Any] = {
        name: PageState.model_fields[name].default
        for name in ("at", "unit", "temperature", "tab", "stages", "model", "x", "y", "error")
    }
    changes |= {"correlation_time": "1 ns", "field": "", "free": ""}
    changes["method"] = state.method if is_fast(state) else "closed-form"
    return _map(state.model_copy(update=changes), float(fields.min()), float(fields.max()))


@lru_cache(maxsize=8)
def _map(state: PageState, low: float, high: float) -> TemperatureMap:
    content = build_page_tables(state)
    content["method"] = {
        name: value for name, value in content["method"].items() if name in _OF_CLOSED_FORMS
    }
    sample = check_sample(content)
    times = sample.site.dephasing_time * np.geomspace(1e-2, 1e3, MAP_TIMES)
    fields = np.linspace(low, high, MAP_FIELDS)
    rows = []
    for time in times:
        site = sample.site.replace(correlation_time=float(time))
        with collect_notes():
            data = _cool(Sample(sample.path, sample.tables, site), fields, None)
        rows.append(data.inverse_spin_temperature.values)
    return TemperatureMap(fields, times, np.array(rows), repr(sample.method()))


_OF_CLOSED_FORMS = (
    "name",
    "self_consistent",
    "knight_field",
    "effective_isotope",
    "high_temperature",
)


@contextmanager
def collect_notes() -> Iterator[list[str]]:
    """Collect warnings of the theory, the worst of each subject.

    One thread at a time, for Python's filters are shared.
    """
    notes: list[str] = []
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as entries:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ValidityWarning)
        yield notes
    messages = [entry.message for entry in entries]
    notes += map(str, worst_warnings(m for m in messages if isinstance(m, ValidityWarning)))


def _cool(sample: Sample, fields: Array, progress: Callable[[float], None] | None) -> "xr.Dataset":
    from coldspin.cooling.facade import cool

    return cool(sample.site, fields, sample.electron_spin(), progress=progress, **_options(sample))


def _options(sample: Sample) -> dict[str, Any]:
    options = sample.pump_options(no_feedback=False, knight_field=False, leakage=None)
    return options | {"method": sample.method()}


def scale_progress(
    progress: Progress | None, low: float, high: float, label: str
) -> Callable[[float], None] | None:
    """Progress of a part, under one label, as the share from low to high of the whole."""
    if progress is None:
        return None
    return lambda share: progress(label, low + (high - low) * share)


def scale_named_progress(progress: Progress | None, low: float, high: float) -> Progress | None:
    """Progress of a part that has labels of its own, as the share from low to high of the whole."""
    if progress is None:
        return None
    return lambda label, share: progress(label, low + (high - low) * share)
