"""Protocol files: a sample file, and its stages one after the other in tables [[stage]]."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, create_model

from coldspin.constants import BOLTZMANN
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.inputs.sample_files import Sample, Tables, read_unit, refuse_material
from coldspin.inputs.site_tables import build_site, find_form
from coldspin.protocols.stages import DarkStage, Measure, PumpStage, Stage, Sweep
from coldspin.quantities import TEMPERATURE, nonzero_scalar
from coldspin.sample.site import Site
from coldspin.toml_files import (
    Angle,
    Flag,
    MagneticField,
    Number,
    Table,
    Temperature,
    Time,
    read_toml,
    validate_tables,
)
from coldspin.wording import nearest, shown


class PumpTable(Table):
    """Arguments of :class:`~coldspin.protocols.PumpStage`; [electron] gives what is left out."""

    field: MagneticField
    duration: Time
    spin: Number | None = None
    optical_axis_angle: Angle | None = None
    leakage: Time | None = None


class DarkTable(Table):
    """Arguments of :class:`~coldspin.protocols.DarkStage`."""

    field: MagneticField
    duration: Time


class SweepTable(Table):
    """Arguments of :class:`~coldspin.protocols.Sweep`."""

    field: MagneticField
    duration: Time | None = None
    sudden: Flag = False


class MeasureTable(Table):
    """Arguments of :class:`~coldspin.protocols.Measure`."""

    field: MagneticField


STAGES: dict[str, type[PumpTable | DarkTable | SweepTable | MeasureTable]] = {
    "pump": PumpTable,
    "dark": DarkTable,
    "sweep": SweepTable,
    "measure": MeasureTable,
}
_KINDS = '"pump", "dark", "sweep" or "measure"'


class RunTable(Table):
    """What `run` takes besides stages: rows of each, and the initial temperature of the nuclei."""

    points: Annotated[int, Field(strict=True, ge=2)] = 101
    spin_temperature: Temperature | None = None


class ProtocolTables(Tables):
    """A sample file with stages."""

    run: RunTable = RunTable()
    stage: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Protocol:
    """A protocol file: the sample and its stages.

    `inverse_spin_temperature` is β at the start [1/J], `points` the rows of each stage, `unit` that
    of the fields as written.
    """

    sample: Sample
    stages: tuple[Stage, ...]
    inverse_spin_temperature: float
    points: int
    unit: str

    @property
    def site(self) -> Site:
        """The electron and its nuclei."""
        return self.sample.site

    def options(
        self, *, no_feedback: bool = False, knight_field: bool = False, leakage: str | None = None
    ) -> dict[str, Any]:
        """Keyword arguments of :func:`~coldspin.protocols.run` but for the method."""
        path = self.sample.path
        options = self.sample.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )
        del options["optical_axis_angle"]
        if not options.pop("high_temperature"):
            raise InvalidInputError(
                "= false, but protocols hold at high temperature",
                parameter="method.high_temperature",
                place=f"{path}",
            )
        if isinstance(options["leakage"], float):
            raise InvalidInputError(
                "has no rate",
                parameter="leakage.factor",
                remedy="give leakage.time or a channel",
                place=f"{path}",
            )
        return options | {
            "inverse_spin_temperature": self.inverse_spin_temperature,
            "points": self.points,
        }


def read_protocol(path: Path | str) -> Protocol:
    """Read and check a protocol file; InvalidInputError names the file and the key."""
    path = Path(path)
    content = read_toml(path, "protocol file")
    refuse_material(content, path)
    return build_protocol(content, path)


def build_protocol(content: dict[str, Any], path: Path) -> Protocol:
    """Protocol of the tables of a file.

    `path` is its name in messages; materials are looked for beside it.
    """
    entries = content.get("stage", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidInputError(
            "stages must be tables [[stage]], with two brackets", place=f"{path}"
        )
    model = create_model(
        "ProtocolTables", __base__=ProtocolTables, site=(find_form(content.get("site")), ...)
    )
    tables = validate_tables(model, content, path)
    if not entries:
        raise InvalidInputError(
            "is missing",
            parameter="stage",
            remedy="give at least one table [[stage]] with kind, field and duration",
            place=f"{path}",
        )
    sample = Sample(path, tables, build_site(tables.site, path))
    stages = tuple(
        _build_stage(entry, f"{path}: stage {number}", sample)
        for number, entry in enumerate(entries, start=1)
    )
    beta = 0.0
    if tables.run.spin_temperature is not None:
        with locate_errors(f"{path}", "run"):
            kelvin = nonzero_scalar("spin_temperature", tables.run.spin_temperature, TEMPERATURE)
        beta = 1 / (BOLTZMANN * kelvin)
    return Protocol(sample, stages, beta, tables.run.points, read_unit(entries[0]["field"]))


def _build_stage(entry: dict[str, Any], place: str, sample: Sample) -> Stage:
    """Stage of a table [[stage]]; `place` names it in messages."""
    arguments = dict(entry)
    kind = arguments.pop("kind", None)
    if kind is None:
        raise InvalidInputError(
            "is missing",
            parameter="kind",
            remedy=f"give kind = {_KINDS}",
            place=place,
        )
    if not isinstance(kind, str):
        raise InvalidInputError(
            f"must be {_KINDS}, in quotes",
            parameter="kind",
            value=kind,
            shown=shown(kind),
            place=place,
        )
    if kind not in STAGES:
        raise InvalidInputError(
            f"= {shown(kind)} is unknown",
            parameter="kind",
            value=kind,
            shown="",
            remedy=nearest(kind, STAGES),
            place=place,
        )
    place = f"{place} ({kind})"
    table = validate_tables(STAGES[kind], arguments, place)
    with locate_errors(place):
        match table:
            case PumpTable():
                return _build_pump(table, sample)
            case DarkTable():
                return DarkStage(table.field, table.duration)
            case SweepTable():
                return Sweep(table.field, "sudden" if table.sudden else "adiabatic", table.duration)
            case MeasureTable():
                return Measure(table.field)


def _build_pump(table: PumpTable, sample: Sample) -> PumpStage:
    spin = sample.tables.electron.spin if table.spin is None else table.spin
    if spin is None:
        raise InvalidInputError(
            "there is no electron spin", remedy="give spin = 0.01 here or in [electron]"
        )
    angle: Any = table.optical_axis_angle
    if angle is None:
        angle = sample.optical_axis_angle
    return PumpStage(table.field, table.duration, spin, angle, table.leakage)
