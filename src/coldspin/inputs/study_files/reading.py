"""Study files: measured data and what is to be fitted to them, or a measurement to be planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import create_model

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement
from coldspin.experiments.models import Model
from coldspin.experiments.models.model import FIELD_AXIS
from coldspin.inputs.sample_files import Sample, read_unit, refuse_material
from coldspin.inputs.site_tables import AnySite, build_site, find_form
from coldspin.inputs.study_files.data import read_measurement
from coldspin.inputs.study_files.model_kinds import build_model
from coldspin.inputs.study_files.parameters import leakage_values, read_parameters
from coldspin.inputs.study_files.tables import DesignTable, FitTable, StudyTables
from coldspin.toml_files import read_toml, validate_tables
from coldspin.wording import shown

Locate = Callable[[str], Path]
"""From the name of a file as it stands in a study to the file."""


@dataclass(frozen=True)
class Study:
    """A study file, read: what `fit` and `design` need, the unit of fields in it, and every file that it names."""

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
        return _there(self.model)

    @property
    def plan(self) -> DesignTable:
        """The table [design]."""
        if self.tables.design is None:
            raise InvalidInputError(
                f"{self.path} has no table [design]",
                remedy="give model, candidates, points and error",
            )
        return self.tables.design


def _there(model: Model | None) -> Model:
    if model is None:
        raise InvalidInputError("the study was not read for design")
    return model


def read_study(path: Path | str, *, what: str = "fit", locate: Locate | None = None) -> Study:
    """Read a study and its data for `what`, "fit" or "design"; one sentence says what is wrong and where."""
    path = Path(path)
    content = read_toml(path, "study file")
    if "stage" in content:
        raise InvalidInputError(
            f"{path} is a protocol, with [[stage]]", remedy=f"use coldspin run {path}"
        )
    refuse_material(content, path)
    locate = locate or (lambda name: path.parent / name)
    files = _material(content, locate)
    site: Any = (find_form(content["site"]), ...) if "site" in content else (AnySite | None, None)
    tables = validate_tables(
        create_model("StudyTables", __base__=StudyTables, site=site), content, path
    )
    sample = (
        Sample(path, tables, build_site(tables.site, path)) if tables.site is not None else None
    )
    study = Study(path, sample, tables, files=files)
    return _with_data(study, locate) if what == "fit" else _with_model(study)


def _with_data(study: Study, locate: Locate) -> Study:
    made: list[Measurement] = []
    notes: list[str] = []
    units: list[str] = []
    files = dict(study.files)
    for number, table in enumerate(study.options.data, start=1):
        files[table.file] = locate(table.file)
        measurement, told = read_measurement(
            table, files[table.file], study.sample, f"{study.path}: fit.data[{number}]"
        )
        made.append(measurement)
        notes += told.notes
        units += [told.unit] if measurement.model.axes[0] == FIELD_AXIS else []
    models = [m.model for m in made]
    free, fixed = read_parameters(study.options.parameters, models, f"{study.path}: fit.parameters")
    if not free:
        raise InvalidInputError(
            f"{study.path}: fit.parameters lets nothing vary",
            remedy="give a table such as tau = {}",
        )
    given = leakage_values(study.sample, models)
    fixed = {name: value for name, value in given.items() if name not in free} | fixed
    unit = units[0] if units else None
    return replace(
        study,
        measurements=tuple(made),
        free=free,
        fixed=fixed,
        notes=tuple(notes),
        unit=unit,
        files=files,
    )


def _with_model(study: Study) -> Study:
    model = build_model(study.plan, study.sample, f"{study.path}: design")
    dimension, error = model.axes[1].dimension, study.plan.error
    if dimension is not None and not isinstance(error, str):
        raise InvalidInputError(
            f'{study.path}: design.error needs a unit, or to be a share such as "5 %", not '
            f"{shown(error)}"
        )
    free, fixed = read_parameters(
        study.plan.parameters, [model], f"{study.path}: design.parameters"
    )
    given = leakage_values(study.sample, [model])
    fixed = {name: value for name, value in given.items() if name not in free} | fixed
    first = (
        study.plan.candidates
        if isinstance(study.plan.candidates, str)
        else study.plan.candidates[0]
    )
    unit = read_unit(first) if model.axes[0] == FIELD_AXIS else None
    return replace(study, free=free, fixed=fixed, model=model, unit=unit)


def _material(content: dict[str, Any], locate: Locate) -> dict[str, Path]:
    """The material file of the site, and its place put into the site."""
    site = content.get("site")
    name = site.get("material") if isinstance(site, dict) else None
    if not isinstance(name, str) or not name.endswith((".toml", ".cif")):
        return {}
    place = locate(name).resolve()
    site["material"] = str(place)  # type: ignore[index]  # it is a dict
    return {name: place}
