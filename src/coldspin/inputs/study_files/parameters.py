"""Parameters of a study: a table lets one vary, a value fixes it, and [leakage] of the sample is a value too."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free
from coldspin.experiments.models import Model, Parameter
from coldspin.inputs.sample_files import Sample
from coldspin.inputs.study_files.tables import FreeTable
from coldspin.thermodynamics.channels import (
    Channel,
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
)
from coldspin.toml_files import validate_tables
from coldspin.wording import nearest, shown


def read_parameters(
    table: Mapping[str, Any], models: Sequence[Model], place: str
) -> tuple[dict[str, Free], dict[str, Any]]:
    """Free parameters and fixed ones, each checked to have a unit where it needs one."""
    known = {name: p for model in models for name, p in model.parameters.items()}
    free, fixed = {}, {}
    for key, value in table.items():
        where, name = f"{place}.{key}", key.partition("@")[0]
        if name not in known:
            raise InvalidInputError(
                f"{where} is a parameter of no model here", remedy=nearest(name, known)
            )
        if isinstance(value, dict):
            given = _free(value, where)
            for what, entry in given.items():
                if what != "logarithmic":
                    with_unit(entry, known[name], f"{where}.{what}")
            free[key] = Free(**given)
        else:
            if "@" in key:
                raise InvalidInputError(
                    f"{where} is a value for one measurement",
                    remedy="give it in fixed of its [[fit.data]]",
                )
            fixed[key] = with_unit(value, known[name], where)
    return free, fixed


def with_unit(value: Any, parameter: Parameter, where: str) -> Any:
    """Return a value as it stands, or say that it needs a unit, or that it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidInputError(
            f"{where} must be a value, or a table such as {{ start = … }}, not {shown(value)}"
        )
    if parameter.dimension is not None and not isinstance(value, str):
        raise InvalidInputError(
            f"{where} needs a unit, as in {parameter.dimension.examples}, not {shown(value)}"
        )
    if parameter.dimension is None and isinstance(value, str):
        raise InvalidInputError(f"{where} must be a number, not {shown(value)}")
    return value


def _free(value: dict[str, Any], where: str) -> dict[str, Any]:
    try:
        table = FreeTable.model_validate(value)
    except ValidationError:
        table = validate_tables(FreeTable, value, where)
    return {name: entry for name, entry in table.model_dump().items() if entry is not None}


def leakage_values(sample: Sample | None, models: Sequence[Model]) -> dict[str, float]:
    """[leakage] of the sample file, as values of the parameters that models have for it."""
    if sample is None or sample.leakage is None:
        return {}
    leakage = sample.leakage
    values = {"leakage_factor": leakage} if isinstance(leakage, float) else _rates(leakage)
    known = {name for model in models for name in model.parameters}
    return {name: value for name, value in values.items() if name in known}


def _rates(channels: tuple[Channel, ...]) -> dict[str, float]:
    values = {}
    for channel in channels:
        if isinstance(channel, ConstantRelaxation):
            values["constant_rate"] = 1 / channel.time
        elif isinstance(channel, QuadrupoleRelaxation):
            values |= {
                "quadrupole_rate": 1 / channel.time,
                "quadrupole_correlation_time": channel.correlation_time,
            }
        elif isinstance(channel, DiffusionLimited):
            values["diffusion_rate"] = float(channel.rate(0.0, 1.0, 1.0))
    return values
