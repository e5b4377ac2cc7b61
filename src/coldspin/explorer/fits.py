"""Measured data over the theory of the page, and their fit: a study that `coldspin fit` takes, and its result."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tomli_w

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.curves import told
from coldspin.explorer.samples import sample_of, tables
from coldspin.explorer.state import State
from coldspin.explorer.uploads import Upload, guessed, laid_out, read
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


def chosen(state: State, table: MeasuredTable) -> tuple[str, str, str]:
    """Columns x, y and error of the page where the file has them, those of the guess otherwise."""
    x, y, error = guessed(table)
    known = set(table.names)
    if state.x in known and state.y in known:
        return state.x, state.y, state.error if state.error in known else ""
    return x, y, error


def measurement(
    state: State, upload: Upload, columns: tuple[str, str, str]
) -> "tuple[Measurement, list[str]]":
    """Measured curve with the model of the page, at the values of the page."""
    from coldspin.inputs.study_files.data import build_measurement
    from coldspin.inputs.study_files.tables import DataTable

    made, note = build_measurement(
        read(upload), DataTable(**_data(state, columns)), sample_of(state), "page"
    )
    return made, note.notes


def free_names(state: State, model: "Model") -> list[str]:
    """Parameters to vary: those that are named on the page, or the usual ones, and all that have no value."""
    known = model.parameters
    named = [name.strip() for name in state.free.split(",") if name.strip()]
    if named:
        return named
    wanted = _FREE.get(state.model, ())
    return [
        name
        for name, p in known.items()
        if name in wanted or (np.isnan(p.start) and p.follows is None)
    ]


def study_text(state: State, columns: tuple[str, str, str], free: list[str]) -> str:
    """TOML file that `coldspin fit` takes, with the data beside it."""
    content = {name: value for name, value in tables(state).items() if name != "run"}
    content["fit"] = {"data": [_data(state, columns)], "parameters": {name: {} for name in free}}
    return (
        f"# From the page of coldspin explore: coldspin fit FILE, with the data as {DATA}.\n\n"
        + tomli_w.dumps(content)
    )


def fitted(
    state: State, upload: Upload, progress: "Progress | None" = None
) -> "tuple[Findings, str]":
    """Findings of the fit, and the study that gives the same on the command line."""
    from coldspin.inputs.study_files.reading import read_study
    from coldspin.inputs.study_files.running import fit_study

    columns = chosen(state, read(upload))
    made, _ = measurement(state, upload, columns)
    free = free_names(state, made.model)
    if not free:
        raise InvalidInputError("nothing is free in the fit", remedy="tick at least one parameter")
    text = study_text(state, columns, free)
    with laid_out(upload) as path:
        study = path.with_name("study.toml")
        study.write_text(text, encoding="utf-8")
        with told():
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


def _data(state: State, columns: tuple[str, str, str]) -> dict[str, Any]:
    x, y, error = columns
    return {"name": "data", "file": DATA, "model": state.model, "x": x, "y": y} | (
        {"error": error} if error else {}
    )
