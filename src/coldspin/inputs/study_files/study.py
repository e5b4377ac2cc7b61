"""Read study files (measured data to fit, or a measurement to plan), and fit them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import create_model

from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.experiments.fitting import Findings, Free, Measurement, findings, fit
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.samples import import_emcee
from coldspin.experiments.models import Model
from coldspin.experiments.models.model import FIELD_AXIS
from coldspin.inputs.measurements import read_measurements
from coldspin.inputs.sample_files import Sample, read_unit, refuse_material
from coldspin.inputs.site_tables import AnySite, build_site, find_form
from coldspin.inputs.study_files.data import build_measurement
from coldspin.inputs.study_files.models import build_model, read_parameters
from coldspin.inputs.study_files.study_tables import DesignTable, FitTable, StudyTables
from coldspin.toml_files import read_toml, validate_tables
from coldspin.wording import shown

Locate = Callable[[str], Path]
"""Finds the file of a name that stands in a study."""


@dataclass(frozen=True)
class Study:
    """A study file as `fit` and `design` need it.

    `unit` is that of the fields in it, `files` every file that it names.
    """

    path: Path
    sample: Sample | None
    tables: StudyTables
    measurements: tuple[Measurement, ...] = ()
    free: Mapping[str, Free] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    model: Model | None = None
    notes: tuple[str, ...] = ()
    unit: str | None = None
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def options(self) -> FitTable:
        """The table [fit]."""
        if self.tables.fit is None:
            raise InvalidInputError(
                f"{self.path} has no table [fit]", remedy="give [[fit.data]] and [fit.parameters]"
            )
        return self.tables.fit

    @property
    def planned(self) -> Model:
        """The model whose measurement is planned."""
        if self.model is None:
            raise InvalidInputError("the study was not read for design")
        return self.model

    @property
    def plan(self) -> DesignTable:
        """The table [design]."""
        if self.tables.design is None:
            raise InvalidInputError(
                f"{self.path} has no table [design]",
                remedy="give model, candidates, points and error",
            )
        return self.tables.design


def read_study(path: Path | str, *, what: str = "fit", locate: Locate | None = None) -> Study:
    """Read a study and its data for `what`, "fit" or "design".

    `locate` finds the files that the study names; without it they are looked for beside the study.
    Raises InvalidInputError: one sentence, with the file and the key.
    """
    path = Path(path)
    content = read_toml(path, "study file")
    if "stage" in content:
        raise InvalidInputError(
            f"{path} is a protocol, with [[stage]]", remedy=f"use coldspin run {path}"
        )
    refuse_material(content, path)
    if locate is None:
        locate = path.parent.joinpath
    files = {}
    site = content.get("site")
    material = site.get("material") if isinstance(site, dict) else None
    if isinstance(material, str) and material.endswith((".toml", ".cif")):
        files[material] = locate(material).resolve()
        content["site"]["material"] = str(files[material])
    form: Any = (find_form(site), ...) if "site" in content else (AnySite | None, None)
    model = create_model("StudyTables", __base__=StudyTables, site=form)
    tables = validate_tables(model, content, path)
    sample = None
    if tables.site is not None:
        sample = Sample(path, tables, build_site(tables.site, path))
    study = Study(path, sample, tables, files=files)
    return _add_data(study, locate) if what == "fit" else _add_model(study)


def fit_study(study: Study, *, progress: Progress | None = None) -> Findings:
    """Fit the measurements of a study as its table [fit] says, and judge the result."""
    options = study.options
    if options.posterior:
        import_emcee()  # a missing package is reported before minutes of fitting
    result = fit(
        study.measurements,
        study.free,
        fixed=study.fixed,
        profile=options.profile,
        robust=options.robust,
        attempts=options.attempts,
        seed=options.seed,
        time_limit=options.time_limit,
        progress=progress,
    )
    return findings(
        result,
        classical=options.classical,
        bootstrap_samples=options.bootstrap,
        posterior_steps=options.posterior,
        progress=progress,
    )


def _add_data(study: Study, locate: Locate) -> Study:
    """The study with its measurements and parameters, for `fit`."""
    measurements: list[Measurement] = []
    notes: list[str] = []
    units: list[str] = []
    files = dict(study.files)
    for number, table in enumerate(study.options.data, start=1):
        files[table.file] = locate(table.file)
        columns = read_measurements(
            files[table.file],
            delimiter=table.delimiter,
            decimal=table.decimal,
            encoding=table.encoding,
            columns=table.columns,
            skip_rows=table.skip_rows,
        )
        measurement, more_notes = build_measurement(
            columns, table, study.sample, f"{study.path}", f"fit.data[{number}]"
        )
        measurements.append(measurement)
        notes += more_notes
        if measurement.model.axes[0] == FIELD_AXIS:
            units.append(columns.column(table.x).unit)
    models = [measurement.model for measurement in measurements]
    with locate_errors(f"{study.path}", "fit.parameters"):
        free, fixed = read_parameters(study.options.parameters, models, study.sample)
    if not free:
        raise InvalidInputError(
            "lets nothing vary",
            parameter="fit.parameters",
            remedy="give a table such as tau = {}",
            place=f"{study.path}",
        )
    return replace(
        study,
        measurements=tuple(measurements),
        free=free,
        fixed=fixed,
        notes=tuple(notes),
        unit=units[0] if units else None,
        files=files,
    )


def _add_model(study: Study) -> Study:
    """The study with its model and parameters, for `design`."""
    plan = study.plan
    with locate_errors(f"{study.path}", "design"):
        model = build_model(plan, study.sample)
        if model.axes[1].dimension is not None and not isinstance(plan.error, str):
            raise InvalidInputError(
                'needs a unit, or to be a share such as "5 %"',
                parameter="error",
                value=plan.error,
                shown=shown(plan.error),
            )
        with locate_errors(table="parameters"):
            free, fixed = read_parameters(plan.parameters, [model], study.sample)
    unit = None
    if model.axes[0] == FIELD_AXIS:
        unit = read_unit(
            plan.candidates if isinstance(plan.candidates, str) else plan.candidates[0]
        )
    return replace(study, free=free, fixed=fixed, model=model, unit=unit)
