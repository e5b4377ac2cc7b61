"""Answers to the page as plain numbers and text: each is a function of a state, here or in a worker."""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.conditions import HEADINGS
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models.sample import unverified_constants
from coldspin.explorer import curves as results
from coldspin.explorer import data_figures, figures, fits
from coldspin.explorer.files import build_file
from coldspin.explorer.messages import describe_problem, refuse_overflow
from coldspin.explorer.samples import build_page_sample
from coldspin.explorer.state import PageState, check_state, write_query
from coldspin.explorer.uploads import Upload, read_upload
from coldspin.outputs.fit_units import format_number

if TYPE_CHECKING:
    import xarray as xr

Answer = dict[str, Any]


def curves_answer(state: PageState, progress: results.Progress | None = None) -> Answer:
    """Temperature against the field, and a line about the sample."""
    return _first_answer(results.pumped_curves(state, progress), state)


def rest_answer(state: PageState, progress: results.Progress | None = None) -> Answer:
    """The other figures against the field, remarks, and the traffic lights."""
    return _second_answer(results.curves(state, progress), state)


def _first_answer(curves: results.PumpedCurves | results.AllCurves, state: PageState) -> Answer:
    site = build_page_sample(state).site
    return {
        "figures": {"temperature": figures.temperature_figure(curves.pumped, state)},
        "sample": f"T2e* = {format_number(site.dephasing_time * 1e9, 3)} ns, "
        f"B_L = {format_number(site.local_field * 1e4, 3)} G, "
        f"N = {format_number(site.box.nuclei, 3)}, g = {format_number(float(site.g_factor or 0), 3)}",
        "recalled": site.unverified,
        "method": curves.pumped.attrs["method"],
        "fields": curves.field_text,
        "query": write_query(state),
    }


def _second_answer(curves: results.AllCurves, state: PageState) -> Answer:
    report = curves.report
    return {
        "figures": {
            "spins": figures.spins_figure(curves.pumped, state),
            "dark": figures.dark_figure(curves.dark, state),
            "coefficients": figures.coefficients_figure(curves.pumped, state),
        },
        "validity": {
            "regime": report.regime,
            "level": report.level,
            "field": report.field,
            "heads": list(HEADINGS),
            "rows": [list(cells) for cells in report.cells()],
            "remarks": [f"{level}: {text}." for level, text in report.remarks()],
        },
        "notes": list(curves.notes),
    }


def details_answer(state: PageState, progress: results.Progress | None = None) -> Answer:
    """Maxima and the map; for a method that takes long, all curves too."""
    answer: Answer = {}
    if not results.is_fast(state):
        curves = results.curves(state, results.scale_named_progress(progress, 0.0, 0.4))
        answer["curves"] = _first_answer(curves, state)
        answer["rest"] = _second_answer(curves, state)
    time = build_page_sample(state).site.correlation_time
    grid = results.temperature_map(state)
    answer["map"] = figures.map_figure(grid, state, time)
    answer["map_method"] = grid.method
    try:
        extrema = results.maxima(state, results.scale_named_progress(progress, 0.4, 1.0))
    except InvalidInputError as problem:
        return answer | {"marks": [], "table": None, "summary": f"{problem}."}
    answer["marks"] = figures.mark_traces(extrema, state)
    answer["table"] = _extrema_table(extrema, state)
    answer["summary"] = _summary(extrema, state)
    return answer


def course_answer(state: PageState, progress: results.Progress | None = None) -> Answer:
    """β(t) through the stages."""
    if progress:
        progress("stages", 0.0)
    course = results.course(state)
    notes = ["At the end of each stage.", *_unverified_notes(course.attrs.get("unverified", ""))]
    return {
        "figure": figures.course_figure(course, state),
        "table": figures.course_table(course, state),
        "caption": " ".join(notes),
    }


def _unverified_notes(constants: str) -> list[str]:
    """Note about the constants behind a result that are not verified, if there are any."""
    return [f"Recalled, not verified: {constants}."] if constants else []


def data_answer(
    state: PageState, upload: Upload, progress: results.Progress | None = None
) -> Answer:
    """Columns of a file, its points over the theory, and the parameters that may vary in a fit."""
    if progress:
        progress("reading", 0.0)
    table = read_upload(upload)
    columns = fits.choose_columns(state, table)
    answer: Answer = {
        "columns": list(table.names),
        "chosen": list(columns),
        "name": upload.name,
        "figure": None,
        "parameters": [],
    }
    try:
        measurement, notes = fits.build_page_measurement(state, upload, columns)
    except InvalidInputError as problem:
        return answer | {"notes": [describe_problem(problem, upload.name)["problem"]]}
    answer["figure"], note = data_figures.data_figure(measurement, state)
    free = set(fits.free_names(state, measurement.model))
    for name, parameter in measurement.model.parameters.items():
        answer["parameters"].append([name, parameter.meaning, name in free])
    notes = [*notes, note, data_figures.thinning_note(measurement)]
    notes += _unverified_notes(unverified_constants([measurement.model]))
    answer["notes"] = [text for text in notes if text]
    return answer


def fit_answer(
    state: PageState, upload: Upload, progress: results.Progress | None = None
) -> Answer:
    """Best curve and residuals, intervals, what the data say, and files."""
    from coldspin.outputs.fit_report.sentences import doubts, summary
    from coldspin.outputs.fit_report.tables import interval_table, parameter_table

    findings, study = fits.fit_upload(state, upload, progress)
    if progress:
        progress("files", 0.99)
    tables = [
        {"caption": table.caption, "heads": table.heads, "rows": list(table.rows)}
        for table in (parameter_table(findings, state.unit), interval_table(findings, state.unit))
    ]
    parts = summary(findings, state.unit)
    return {
        "figure": data_figures.fit_figure(findings, state),
        "tables": tables,
        "said": [{"heading": heading, "lines": lines} for heading, lines in parts],
        "doubts": doubts(findings),
        "best": {name: float(value) for name, value in findings.fit.best.items()},
        "files": fits.fit_files(findings, study, state.unit),
    }


def file_answer(state: PageState, subject: Any, progress: results.Progress | None = None) -> Answer:
    """One file in base 64."""
    if not isinstance(subject, dict):
        raise InvalidInputError("the request does not name a file")
    content = str(subject.get("content"))
    name, data = build_file(state, content, str(subject.get("kind")), progress)
    return {"name": name, "content": base64.b64encode(data).decode()}


_STATE_TASKS = {
    "curves": curves_answer,
    "rest": rest_answer,
    "details": details_answer,
    "course": course_answer,
}
_SUBJECT_TASKS = {"data": data_answer, "fit": fit_answer, "file": file_answer}


def answer(
    task: str, content: Any, subject: Any, progress: results.Progress | None = None
) -> Answer:
    """Answer to a task of the page for the state `content`, which is checked first.

    `subject` of data and fit is an Upload, of file it names the file.
    """
    state = check_state(content)
    if progress:
        progress("starting", 0.0)
    with refuse_overflow():
        if task in _SUBJECT_TASKS:
            return _SUBJECT_TASKS[task](state, subject, progress)
        return _STATE_TASKS[task](state, progress)


def _extrema_table(extrema: "xr.Dataset", state: PageState) -> Answer:
    name, unit, scale = figures.temperature_scale(state)
    heads = [
        "|β| is",
        f"B ({state.unit})",
        "β (1/J)",
        f"{name} ({unit})",
        "⟨I_z⟩/I (%)",
        "from rest",
    ]
    rows = []
    for i in range(extrema.sizes["extremum"]):
        here = extrema.isel(extremum=i)
        cells = [
            str(here.kind.values),
            format_number(float(here.field) * figures.per_tesla(state.unit), 6),
            format_number(float(here.inverse_spin_temperature)),
            format_number(float(here.spin_temperature) * scale),
            format_number(float(here.nuclear_polarization) * 100),
            "yes" if bool(here.from_rest) else "no",
        ]
        rows.append(cells)
    return {"heads": heads, "rows": rows}


def _summary(extrema: "xr.Dataset", state: PageState) -> str:
    places = np.flatnonzero(extrema.kind.values == "maximum")
    if not places.size:
        reason = str(extrema.attrs["no_extremum"])
        return f"{reason or '|β| has no maximum within the range that is drawn'}."
    best = extrema.isel(extremum=int(places[0]))
    name, unit, scale = figures.temperature_scale(state)
    field = format_number(float(best.field) * figures.per_tesla(state.unit), 5)
    coldest = format_number(float(best.spin_temperature) * scale)
    return f"Coldest at B = {field} {state.unit}: {name} = {coldest} {unit}."
