"""From the state of the page to labelled results: what is drawn, marked and judged. Nothing here knows of a browser."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.conditions import ValidityReport, validity
from coldspin.exceptions import ValidityWarning, worst_warnings
from coldspin.explorer.fields import drawn_fields, ends
from coldspin.explorer.samples import checked, protocol_of, sample_of, tables
from coldspin.explorer.state import State
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.inputs.sample_files import Sample

if TYPE_CHECKING:
    import xarray as xr

Progress = Callable[[str, float], None]

_ONE_AT_A_TIME = RLock()  # to record warnings is a matter of the whole process

MAP_FIELDS, MAP_TIMES = 81, 33


@dataclass(frozen=True)
class Curves:
    """All that is drawn against the field, what there is to be said of it, and the report at one field."""

    pumped: "xr.Dataset"
    dark: "xr.Dataset"
    report: ValidityReport
    notes: tuple[str, ...]
    field_text: str


def is_fast(state: State) -> bool:
    """Whether the method of the page is a closed form, whose curves need no waiting."""
    return isinstance(sample_of(state).method(), ClosedForm | SmallAngle)


def curves(state: State, progress: Progress | None = None) -> Curves:
    """β, θ_N and all that goes with them under light, the warming in the dark, and the validity report."""
    sample, cooled = sample_of(state), cooling(state, _scaled(progress))
    with told() as notes:
        dark = _dark(sample, cooled.axis, _part(progress, "in the dark", 0.8, 0.95))
        report = _report(sample, state.at, cooled.pumped)
    return Curves(
        cooled.pumped,
        dark,
        report,
        tuple(dict.fromkeys((*cooled.notes, *notes))),
        cooled.field_text,
    )


@dataclass(frozen=True)
class Cooling:
    """What there is to see first: the states under light at the drawn fields [T]."""

    pumped: "xr.Dataset"
    axis: Array
    notes: tuple[str, ...]
    field_text: str


def cooling(state: State, progress: Progress | None = None) -> Cooling:
    """β, θ_N and all that goes with them under light; of the last few states of the page, kept."""
    return _kept(state) if progress is None else _cooling(state, progress)


def _cooling(state: State, progress: Progress | None = None) -> Cooling:
    sample = sample_of(state)
    with told() as notes:
        text, axis = drawn_fields(state, sample)
        pumped = _pumped(sample, axis, _part(progress, "under light", 0.0, 1.0))
    return Cooling(pumped, axis, tuple(notes), text)


_kept = lru_cache(maxsize=8)(_cooling)


def maxima(state: State, progress: Progress | None = None) -> "xr.Dataset":
    """Every extremum of |β(B)| within the drawn range, by :func:`coldspin.optimum`."""
    from coldspin.cooling.facade import optimum

    sample = sample_of(state)
    with told():
        _, axis = drawn_fields(state, sample)
        low, high = ends(axis)
        options = _options(sample) | {
            "fields": (low, high),
            "progress": _part(progress, "largest |β|", 0.0, 1.0),
        }
        return optimum(sample.site, sample.electron_spin(), **options)


def course(state: State) -> "xr.Dataset":
    """β(t) through the stages, by :func:`coldspin.run`; a Dataset along time."""
    from coldspin.protocols import run

    given = protocol_of(state)
    with told():
        return run(given.sample.site, given.stages, method=given.sample.method(), **given.options())


@dataclass(frozen=True)
class Map:
    """β [1/J] over τ_c [s] (rows) and B [T] (columns), and the method that it is from."""

    field: Array
    time: Array
    beta: Array
    method: str


def temperature_map(state: State) -> Map:
    """β over field and correlation time; by the method of the page if that is a closed form, else by (S38)."""
    sample = sample_of(state)
    with told():
        _, axis = drawn_fields(state, sample)
    low, high = float(axis.min()), float(axis.max())
    method = state.method if is_fast(state) else "closed-form"
    return _map(
        state.model_copy(update={"method": method, "more": state.more} | _UNSEEN), low, high
    )


_UNSEEN: dict[str, Any] = {
    "correlation_time": "1 ns",
    "field": "",
    "at": "",
    "unit": "G",
    "temperature": "µK",
} | {
    name: State.model_fields[name].default
    for name in ("tab", "stages", "model", "x", "y", "error", "free")
}


@lru_cache(maxsize=8)
def _map(state: State, low: float, high: float) -> Map:
    content = tables(state)
    content["method"] = {
        name: v for name, v in content["method"].items() if name in _OF_CLOSED_FORMS
    }
    sample = checked(content)
    times = sample.site.dephasing_time * np.geomspace(1e-2, 1e3, MAP_TIMES)
    fields = np.linspace(low, high, MAP_FIELDS)
    rows = []
    for time in times:
        one = Sample(sample.path, sample.tables, sample.site.replace(correlation_time=float(time)))
        with told():
            rows.append(_pumped(one, fields, None).inverse_spin_temperature.values)
    return Map(fields, times, np.array(rows), repr(sample.method()))


_OF_CLOSED_FORMS = (
    "name",
    "self_consistent",
    "knight_field",
    "effective_isotope",
    "high_temperature",
)


@contextmanager
def told() -> Iterator[list[str]]:
    """Collect what the theory warns of, one sentence a subject; one thread at a time: Python's filters are shared."""
    notes: list[str] = []
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ValidityWarning)
        yield notes
    warned = worst_warnings(
        entry.message for entry in caught if isinstance(entry.message, ValidityWarning)
    )
    notes += map(str, warned)


def _options(sample: Sample) -> dict[str, Any]:
    return sample.pump_options(no_feedback=False, knight_field=False, leakage=None) | {
        "method": sample.method()
    }


def _pumped(sample: Sample, axis: Array, progress: Callable[[float], None] | None) -> "xr.Dataset":
    from coldspin.cooling.facade import cool

    return cool(sample.site, axis, sample.electron_spin(), progress=progress, **_options(sample))


def _dark(sample: Sample, axis: Array, progress: Callable[[float], None] | None) -> "xr.Dataset":
    from coldspin.cooling.facade import relax

    options: dict[str, Any] = {"method": sample.method(), "leakage": sample.dark_leakage()}
    options |= sample.effects("effective_isotope")
    return relax(sample.site, axis, progress=progress, **options)


def _report(sample: Sample, at: str, pumped: "xr.Dataset") -> ValidityReport:
    """At the field that was typed, or at that of the largest |β| that is drawn."""
    beta = np.abs(np.nan_to_num(pumped.inverse_spin_temperature.values))
    field: Any = at.strip() or float(pumped.field.values[int(np.argmax(beta))])
    return validity(sample.site, field, sample.electron_spin(), **_options(sample))


def _scaled(progress: Progress | None) -> Progress | None:
    if progress is None:
        return None
    return lambda label, share: progress(label, 0.8 * share)


def _part(
    progress: Progress | None, label: str, low: float, high: float
) -> Callable[[float], None] | None:
    if progress is None:
        return None
    return lambda share: progress(label, low + (high - low) * share)
