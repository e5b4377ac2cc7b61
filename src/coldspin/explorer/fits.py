"""Measured data over the theory of the page, and their fit: a study that `coldspin fit` takes, and its result."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tomli_w

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.curves import collect_notes
from coldspin.explorer.samples import build_page_sample, build_page_tables
from coldspin.explorer.state import PageState
from coldspin.explorer.uploads import Upload, guess_columns, read_upload, write_upload
from coldspin.inputs.measurements import MeasuredTable

if TYPE_CHECKING:
    from coldspin.experiments.fitting import Findings, Measurement
    from coldspin.experiments.fitting.problem import Progress
    from coldspin.experiments.models import Model

DATA = "data.txt"
"""Name of the data beside the study."""

_FREE: Mapping[str, tuple[str, ...]] = {
    "dark-rate": ("correlation_time", "filling", "local_field"),
    "cooling": ("correlation_time", "electron_spin"),
    "optimal-field": ("local_field",),
    "recovery": ("correlation_time", "spin_lifetime", "amplitude"),
    "decay": ("amplitude", "relaxation_time", "offset"),
}


def choose_columns(state: PageState, table: MeasuredTable) -> tuple[str, str, str]:
    """Columns x, y and error of the page if the file has them, else guesses."""
    x, y, error = guess_columns(table)
    known = set(table.names)
    if state.x in known and state.y in known:
        return state.x, state.y, state.error if state.error in known else ""
    return x, y, error


def build_page_measurement(
    state: PageState, upload: Upload, columns: tuple[str, str, str]
) -> "tuple[Measurement, list[str]]":
    """Measured curve with the model of the page, at the values of the page."""
    from coldspin.inputs.study_files.data import build_measurement
    from coldspin.inputs.study_files.study_tables import DataTable

    table = DataTable(**_data(state, columns))
    return build_measurement(read_upload(upload), table, build_page_sample(state), "page")


def free_names(state: PageState, model: "Model") -> list[str]:
    """Parameters to vary: those that the page names, or the usual ones and all without a value."""
    names = [name.strip() for name in state.free.split(",") if name.strip()]
    if names:
        return names
    usual = _FREE.get(state.model, ())
    for name, parameter in model.parameters.items():
        if name in usual or (np.isnan(parameter.start) and parameter.follows is None):
            names.append(name)
    return names


def study_text(state: PageState, columns: tuple[str, str, str], free: list[str]) -> str:
    """TOML file that `coldspin fit` takes, with the data beside it."""
    content = {name: value for name, value in build_page_tables(state).items() if name != "run"}
    content["fit"] = {"data": [_data(state, columns)], "parameters": {name: {} for name in free}}
    head = f"# From the page of coldspin explore: coldspin fit FILE, with the data as {DATA}.\n\n"
    return head + tomli_w.dumps(content)


def fit_upload(
    state: PageState, upload: Upload, progress: "Progress | None" = None
) -> "tuple[Findings, str]":
    """Findings of the fit, and the study that gives the same on the command line."""
    from coldspin.inputs.study_files import fit_study, read_study

    columns = choose_columns(state, read_upload(upload))
    curve, _ = build_page_measurement(state, upload, columns)
    free = free_names(state, curve.model)
    if not free:
        raise InvalidInputError("nothing is free in the fit", remedy="tick at least one parameter")
    text = study_text(state, columns, free)
    with write_upload(upload) as path:
        study = path.with_name("study.toml")
        study.write_text(text, encoding="utf-8")
        with collect_notes():
            return fit_study(read_study(study), progress=progress), text


def fit_files(findings: "Findings", study: str, unit: str) -> dict[str, str]:
    """Files that the page offers, in base 64 by name: figures, table of parameters, report, study."""
    import tempfile

    from coldspin.experiments.fitting.datasets import parameter_dataset
    from coldspin.inputs.study_files.archive import versions
    from coldspin.outputs import sample_figures as plots
    from coldspin.outputs import tables
    from coldspin.outputs.fit_figures import plot_fit
    from coldspin.outputs.fit_report import write_report

    with tempfile.TemporaryDirectory(prefix="coldspin-") as name:
        folder = Path(name)
        for kind in ("png", "svg", "pdf"):
            plots.save(plot_fit(findings, unit), folder / f"fit.{kind}")
        tables.write(parameter_dataset(findings), folder / "parameters.csv")
        report = {"title": "fit", "study_text": study, "provenance": versions(), "unit": unit}
        write_report(findings, folder / "report.html", **report)  # type: ignore[arg-type]  # they are told apart by name
        (folder / "study.toml").write_text(study, encoding="utf-8")
        return {
            path.name: base64.b64encode(path.read_bytes()).decode()
            for path in sorted(folder.iterdir())
        }


def _data(state: PageState, columns: tuple[str, str, str]) -> dict[str, Any]:
    x, y, error = columns
    table = {"name": "data", "file": DATA, "model": state.model, "x": x, "y": y}
    if error:
        table["error"] = error
    return table
