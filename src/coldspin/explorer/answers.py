"""What the page is told, as plain numbers and text: each answer is a function of a state, here or in a worker."""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.conditions import HEADINGS
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models.sample import unverified_constants
from coldspin.explorer import curves as results
from coldspin.explorer import data_figures, figures, fits
from coldspin.explorer.files import file_of
from coldspin.explorer.problems import of_finite_numbers, placed
from coldspin.explorer.protocol_figures import course_figure, course_rows
from coldspin.explorer.samples import sample_of
from coldspin.explorer.state import State, query_of, state_of
from coldspin.explorer.uploads import Upload, read
from coldspin.outputs.fit_units import format_number

if TYPE_CHECKING:
    import xarray as xr

Answer = dict[str, Any]


def curves_answer(state: State, progress: results.Progress | None = None) -> Answer:
    """Temperature against the field, and of which sample it is."""
    return _first(results.cooling(state, progress), state)


def rest_answer(state: State, progress: results.Progress | None = None) -> Answer:
    """What is drawn below it against the field, remarks, and the traffic lights."""
    return _rest(results.curves(state, progress), state)


def _first(found: results.Cooling | results.Curves, state: State) -> Answer:
    site = sample_of(state).site
    return {
        "figures": {"temperature": figures.temperature_figure(found.pumped, state)},
        "sample": f"T2e* = {format_number(site.dephasing_time * 1e9, 3)} ns, B_L = "
        f"{format_number(site.local_field * 1e4, 3)} G, "
        f"N = {format_number(site.box.nuclei, 3)}, g = {format_number(float(site.g_factor or 0), 3)}",
        "recalled": site.unverified,
        "method": found.pumped.attrs["method"],
        "fields": found.field_text,
        "query": query_of(state),
    }


def _rest(found: results.Curves, state: State) -> Answer:
    return {
        "figures": {
            "spins": figures.spins_figure(found.pumped, state),
            "dark": figures.dark_figure(found.dark, state),
            "coefficients": figures.coefficients_figure(found.pumped, state),
        },
        "validity": validity_answer(found),
        "notes": list(found.notes),
    }


def validity_answer(found: results.Curves) -> Answer:
    """The report as rows of text, the first cell of each the level, and what there is to say of those not green."""
    report = found.report
    return {
        "regime": report.regime,
        "level": report.level,
        "field": report.field,
        "heads": list(HEADINGS),
        "rows": [list(cells) for cells in report.cells()],
        "remarks": [f"{level}: {text}." for level, text in report.remarks()],
    }


def details_answer(state: State, progress: results.Progress | None = None) -> Answer:
    """Maxima and the map; of a method that takes long, all curves too."""
    answer: Answer = {}
    if not results.is_fast(state):
        curves = results.curves(state, _scaled(progress, 0.0, 0.4))
        answer = {"curves": _first(curves, state), "rest": _rest(curves, state)}
    time = sample_of(state).site.correlation_time
    found = results.temperature_map(state)
    answer["map"] = figures.map_figure(found, state, time)
    answer["map_method"] = found.method
    try:
        extrema = results.maxima(state, _scaled(progress, 0.4, 1.0))
    except InvalidInputError as problem:
        return answer | {"marks": [], "table": None, "summary": f"{problem}."}
    return answer | {
        "marks": figures.mark_traces(extrema, state),
        "table": _extrema_table(extrema, state),
        "summary": _summary(extrema, state),
    }


def course_answer(state: State, progress: results.Progress | None = None) -> Answer:
    """β(t) through the stages."""
    if progress:
        progress("stages", 0.0)
    found = results.course(state)
    caption = " ".join(["At the end of each stage.", *_recalled(found.attrs.get("unverified", ""))])
    return {
        "figure": course_figure(found, state),
        "table": course_rows(found, state),
        "caption": caption,
    }


def _recalled(unverified: str) -> list[str]:
    """Say which constants behind a result are not verified."""
    return [f"Recalled, not verified: {unverified}."] if unverified else []


def data_answer(state: State, upload: Upload, progress: results.Progress | None = None) -> Answer:
    """Columns of a file, its points over the theory, and what may vary in a fit."""
    if progress:
        progress("reading", 0.0)
    table = read(upload)
    columns = fits.chosen(state, table)
    about = {"columns": list(table.names), "chosen": list(columns), "name": upload.name}
    try:
        made, notes = fits.measurement(state, upload, columns)
    except InvalidInputError as problem:
        return about | {
            "figure": None,
            "parameters": [],
            "notes": [placed(problem, upload.name)["problem"]],
        }
    figure, note = data_figures.data_figure(made, state)
    free = set(fits.free_names(state, made.model))
    names = [[name, p.meaning, name in free] for name, p in made.model.parameters.items()]
    notes += [note, data_figures.thinned_note(made), *_recalled(unverified_constants([made.model]))]
    return about | {
        "figure": figure,
        "parameters": names,
        "notes": [text for text in notes if text],
    }


def fit_answer(state: State, upload: Upload, progress: results.Progress | None = None) -> Answer:
    """Best curve and residuals, intervals, what the data say, and files."""
    from coldspin.outputs.fit_report.sentences import doubts, summary
    from coldspin.outputs.fit_report.tables import interval_table, parameter_table

    found, study = fits.fitted(state, upload, progress)
    parameters, intervals = (make(found, state.unit) for make in (parameter_table, interval_table))
    said = [{"heading": heading, "lines": lines} for heading, lines in summary(found, state.unit)]
    if progress:
        progress("files", 0.99)
    return {
        "figure": data_figures.fit_figure(found, state),
        "tables": [
            {"caption": t.caption, "heads": t.heads, "rows": list(t.rows)}
            for t in (parameters, intervals)
        ],
        "said": said,
        "doubts": doubts(found),
        "best": {key: float(value) for key, value in found.fit.best.items()},
        "files": fits.fit_files(found, study, state.unit),
    }


def file_answer(state: State, given: Any, progress: results.Progress | None = None) -> Answer:
    """One file in base 64."""
    if not isinstance(given, dict):
        raise InvalidInputError("which file is not said")
    name, content = file_of(state, str(given.get("content")), str(given.get("kind")), progress)
    return {"name": name, "content": base64.b64encode(content).decode()}


def answer(task: str, raw: Any, given: Any, progress: results.Progress | None = None) -> Answer:
    """Answer to a task of the page; whatever it sent is checked first. `given` of data and fit is an Upload."""
    state = state_of(raw)
    if progress:
        progress("starting", 0.0)
    with of_finite_numbers():
        if task in ("data", "fit", "file"):
            return {"data": data_answer, "fit": fit_answer, "file": file_answer}[task](
                state, given, progress
            )
        plain = {
            "curves": curves_answer,
            "rest": rest_answer,
            "details": details_answer,
            "course": course_answer,
        }
        return plain[task](state, progress)


def _extrema_table(found: "xr.Dataset", state: State) -> Answer:
    one, (label, scale) = figures.per_field(state.unit), figures.temperature_scale(state)
    unit = label.rpartition("(")[2].rstrip(")")
    heads = [
        "|β| is",
        f"B ({state.unit})",
        "β (1/J)",
        f"{'θ_N' if unit == 'µK' else '1/β'} ({unit})",
        "⟨I_z⟩/I (%)",
        "from rest",
    ]
    rows = [
        [
            str(found.kind.values[i]),
            format_number(float(found.field.values[i]) * one, 6),
            format_number(float(found.inverse_spin_temperature.values[i])),
            format_number(float(found.spin_temperature.values[i]) * scale),
            format_number(float(found.nuclear_polarization.values[i]) * 100),
            "yes" if bool(found.from_rest.values[i]) else "no",
        ]
        for i in range(found.sizes["extremum"])
    ]
    return {"heads": heads, "rows": rows}


def _summary(found: "xr.Dataset", state: State) -> str:
    best = np.flatnonzero(found.kind.values == "maximum")
    if not best.size:
        reason = (
            str(found.attrs["no_extremum"]) or "|β| has no maximum within the range that is drawn"
        )
        return f"{reason}."
    at, (_, scale) = int(best[0]), figures.temperature_scale(state)
    unit = "µK" if state.temperature == "µK" else "neV"
    name = "θ_N" if unit == "µK" else "1/β"
    field = format_number(float(found.field.values[at]) * figures.per_field(state.unit), 5)
    coldest = format_number(float(found.spin_temperature.values[at]) * scale)
    return f"Coldest at B = {field} {state.unit}: {name} = {coldest} {unit}."


def _scaled(progress: results.Progress | None, low: float, high: float) -> results.Progress | None:
    if progress is None:
        return None
    return lambda label, share: progress(label, low + (high - low) * share)
