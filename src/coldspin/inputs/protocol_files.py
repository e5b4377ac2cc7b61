"""Protocol files: a sample file, and its stages one after the other in tables [[stage]]."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, create_model

from coldspin.constants import BOLTZMANN
from coldspin.exceptions import InvalidInputError
from coldspin.inputs.sample_files import Sample, Tables, refuse_material
from coldspin.inputs.site_tables import build_site, form_of
from coldspin.protocols.stages import DarkStage, Measure, PumpStage, Stage, Sweep
from coldspin.quantities import ANGLE, FIELD, TEMPERATURE, TIME, nonzero_scalar
from coldspin.sample.site import Site
from coldspin.toml_files import Table, Text, read_toml, validate_tables
from coldspin.wording import listed, nearest, shown

_UNITS = {"field": FIELD, "duration": TIME, "optical_axis_angle": ANGLE, "leakage": TIME}
STAGES: dict[
    str, tuple[type[Any], tuple[str, ...], tuple[str, ...]]
] = {  # record, keys it needs, keys it may have
    "pump": (PumpStage, ("field", "duration"), ("spin", "optical_axis_angle", "leakage")),
    "dark": (DarkStage, ("field", "duration"), ()),
    "sweep": (Sweep, ("field",), ("duration", "sudden")),
    "measure": (Measure, ("field",), ()),
}
_EXAMPLES = {"field": '"20 G"', "duration": '"10 s"'}


class RunTable(Table):
    """What `run` takes besides stages: rows of each, and the temperature of the nuclei at the start."""

    points: Annotated[int, Field(strict=True, ge=2)] = 101
    spin_temperature: Text | None = None


class ProtocolTables(Tables):
    """A sample file with stages."""

    run: RunTable = RunTable()
    stage: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Protocol:
    """A protocol file: the sample, its stages, β at the start [1/J], rows of each stage, and the unit of its fields."""

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
        """Keyword arguments of :func:`~coldspin.protocols.run` but for the method, from file and command line."""
        path = self.sample.path
        options = self.sample.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )
        del options["optical_axis_angle"]
        if not options.pop("high_temperature"):
            raise InvalidInputError(
                "method.high_temperature = false, but protocols hold at high temperature",
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
    """Read and check a protocol file; InvalidInputError says in one sentence what is wrong and where in the file."""
    path = Path(path)
    content = read_toml(path, "protocol file")
    refuse_material(content, path)
    return build_protocol(content, path)


def build_protocol(content: dict[str, Any], path: Path) -> Protocol:
    """Protocol of the tables of a file; `path` is its name in messages, and materials are looked for beside it."""
    entries = content.get("stage", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidInputError(
            "stages must be tables [[stage]], with two brackets", place=f"{path}"
        )
    model = create_model(
        "ProtocolTables", __base__=ProtocolTables, site=(form_of(content.get("site")), ...)
    )
    tables = validate_tables(model, content, path)
    if not entries:
        raise InvalidInputError(
            f"{path} has no stages",
            remedy="give at least one table [[stage]] with kind, field and duration",
        )
    sample = Sample(path, tables, build_site(tables.site, path))
    stages = tuple(
        _stage(entry, f"{path}: stage {i}", sample) for i, entry in enumerate(entries, start=1)
    )
    warm = tables.run.spin_temperature
    kelvin = (
        nonzero_scalar(f"{path}: run.spin_temperature", warm, TEMPERATURE)
        if warm is not None
        else float("inf")
    )
    return Protocol(
        sample, stages, 1 / (BOLTZMANN * kelvin), tables.run.points, _unit(entries[0]["field"])
    )


def _stage(entry: dict[str, Any], place: str, sample: Sample) -> Stage:
    """One stage, of a table whose place in the file is known."""
    kind = entry.get("kind")
    if kind is None:
        raise InvalidInputError(
            f"{place} has no kind", remedy=f"give kind = {_either(list(STAGES))}"
        )
    if not isinstance(kind, str):
        raise InvalidInputError(
            f"must be text in quotes, {_either(list(STAGES))}",
            parameter="kind",
            value=shown(kind),
            shown=shown(kind),
            place=f"{place}",
        )
    if kind not in STAGES:
        raise InvalidInputError(
            f"kind = {shown(kind)} is unknown", remedy=nearest(kind, STAGES), place=f"{place}"
        )
    record, needed, optional = STAGES[kind]
    place, given = (
        f"{place} ({kind})",
        {key: value for key, value in entry.items() if key != "kind"},
    )
    unknown = [key for key in given if key not in needed + optional]
    if unknown:
        raise InvalidInputError(
            f"{unknown[0]} is unknown",
            remedy=nearest(unknown[0], needed + optional),
            place=f"{place}",
        )
    missing = [key for key in needed if key not in given]
    if missing:
        examples = ", ".join(f"{key} = {_EXAMPLES[key]}" for key in missing)
        raise InvalidInputError(f"{place} has no {listed(missing)}", remedy=f"give {examples}")
    for key, value in given.items():
        if key in _UNITS and not isinstance(value, str):
            raise InvalidInputError(
                f"needs a unit, as in {_UNITS[key].examples}",
                parameter=key,
                value=shown(value),
                shown=shown(value),
                place=f"{place}",
            )
    try:
        made: Stage = record(**_arguments(kind, given, sample))
    except InvalidInputError as problem:
        raise InvalidInputError(f"{problem}", place=f"{place}") from None
    return made


def _arguments(kind: str, given: dict[str, Any], sample: Sample) -> dict[str, Any]:
    """Keys of the file as arguments of the record; what a pump does not say, [electron] says."""
    arguments = dict(given)
    if kind == "sweep":
        sudden = arguments.pop("sudden", False)
        if not isinstance(sudden, bool):
            raise InvalidInputError(f"sudden must be true or false, not {shown(sudden)}")
        arguments["kind"] = "sudden" if sudden else "adiabatic"
    if kind == "pump":
        spin = arguments.pop("spin", sample.tables.electron.spin)
        if spin is None:
            raise InvalidInputError(
                "there is no electron spin", remedy="give spin = 0.01 here or in [electron]"
            )
        if isinstance(spin, bool) or not isinstance(spin, int | float):
            raise InvalidInputError(
                "must be a number", parameter="spin", value=shown(spin), shown=shown(spin)
            )
        arguments["electron_spin"] = spin
        arguments.setdefault("optical_axis_angle", sample.optical_axis_angle)
    return arguments


def _either(words: list[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _unit(text: str) -> str:
    """What follows the number in "-20 mT"."""
    return re.sub(r"^\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*", "", text).strip()
