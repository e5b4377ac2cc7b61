"""What a study file may hold besides the tables of a sample: [fit] with [[fit.data]], and [design]."""

from typing import Annotated, Any

from pydantic import Field

from coldspin.inputs.sample_files import Tables
from coldspin.toml_files import Flag, Number, Table, Text

Count = Annotated[int, Field(strict=True, ge=0)]


class ModelTable(Table):
    """Which model, and its options; only those that the model knows may be given."""

    model: Text
    ordinate: Text | None = None
    polarity: int | None = None
    measurement_field: Text | None = None
    optical_axis_angle: Text | None = None
    start: Text | None = None
    form: Text | None = None
    build_up: Flag | None = None


class DataTable(ModelTable):
    """One measured curve: its file, its columns, how the file is written, and what is particular to it."""

    file: Text
    name: Text | None = None
    x: Text
    y: Text
    error: Text | Number | None = None
    range: list[Text] | None = None
    logarithmic: Flag = False
    private: tuple[Text, ...] = ()
    fixed: dict[str, Any] = Field(default_factory=dict)
    delimiter: Text | None = None
    decimal: Text | None = None
    encoding: Text | None = None
    columns: list[Text] | None = None
    skip_rows: Count = 0


class FreeTable(Table):
    """How a free parameter is searched: the fields of :class:`~coldspin.experiments.fitting.Free`."""

    start: Text | Number | None = None
    low: Text | Number | None = None
    high: Text | Number | None = None
    logarithmic: Flag | None = None
    expected: Text | Number | None = None
    expected_error: Text | Number | None = None


class FitTable(Table):
    """What `fit` takes."""

    data: Annotated[list[DataTable], Field(min_length=1)]
    parameters: dict[str, Any]
    attempts: Annotated[int, Field(strict=True, ge=1)] = 4
    seed: Count = 0
    time_limit: Text | None = None
    robust: Flag = False
    profile: Flag = True
    classical: Flag = True
    bootstrap: Count = 0
    posterior: Count = 0


class DesignTable(ModelTable):
    """What `design` takes: candidates and a number of points, the error of one, and what is to come out best."""

    candidates: Text | list[Text]
    points: Annotated[int, Field(strict=True, ge=1)]
    error: Text | Number
    parameters: dict[str, Any]
    target: list[Text] | None = None
    seed: Count = 0


class StudyTables(Tables):
    """A study: a sample, where the models need one, and what is to be done."""

    fit: FitTable | None = None
    design: DesignTable | None = None
