"""Models by the names that a study file gives them, and their parameters: free, fixed, of a sample."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.experiments.fitting import Free
from coldspin.experiments.models import (
    CoolingCurve,
    DarkRate,
    Decay,
    HanleCurve,
    Model,
    OptimalField,
    Parameter,
    PolarizationRecovery,
)
from coldspin.inputs.sample_files import Sample
from coldspin.inputs.study_files.study_tables import FreeTable, ModelTable
from coldspin.quantities import ANGLE, FIELD, scalar
from coldspin.thermodynamics.channels import (
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
)
from coldspin.toml_files import validate_tables
from coldspin.wording import listed, nearest, shown

Options = dict[str, Any]
_OPTIONS = tuple(name for name in ModelTable.model_fields if name != "model")


@dataclass(frozen=True)
class ModelKind:
    """How a model is built, its options, its ordinates, and whether it needs a sample."""

    make: Callable[[Any, Options], Model]
    options: tuple[str, ...] = ()
    ordinates: tuple[str, ...] = ()
    sample: bool = False


def build_model(table: ModelTable, sample: Sample | None) -> Model:
    """Model of a table, with the first of its ordinates where none is given."""
    kind = find_kind(table.model)
    given = {name: value for name in _OPTIONS if (value := getattr(table, name)) is not None}
    for name, value in given.items():
        if name not in kind.options:
            known = f"it has {listed(list(kind.options))}" if kind.options else "it has none"
            raise InvalidInputError(
                f"is no option of the model {table.model}",
                parameter=name,
                value=value,
                shown="",
                remedy=known,
            )
    if kind.sample and sample is None:
        raise InvalidInputError(f"the model {table.model} needs the table [site]")
    if "ordinate" in given and given["ordinate"] not in kind.ordinates:
        raise _unknown("ordinate", given["ordinate"], kind.ordinates)
    return kind.make(sample, given)


def find_kind(name: str) -> ModelKind:
    """Kind of model of that name."""
    if name not in KINDS:
        raise _unknown("model", name, KINDS)
    return KINDS[name]


def _unknown(parameter: str, value: str, known: Collection[str]) -> InvalidInputError:
    return InvalidInputError(
        f"= {value!r} is unknown",
        parameter=parameter,
        value=value,
        shown="",
        remedy=nearest(value, known),
    )


def read_parameters(
    table: Mapping[str, Any], models: Sequence[Model], sample: Sample | None
) -> tuple[dict[str, Free], dict[str, Any]]:
    """Free and fixed parameters of a table.

    A table frees a parameter, a value fixes it. [leakage] of the sample fixes those that are left.
    """
    known = {name: parameter for model in models for name, parameter in model.parameters.items()}
    free: dict[str, Free] = {}
    fixed: dict[str, Any] = {}
    for key, value in table.items():
        name = key.partition("@")[0]
        if name not in known:
            raise InvalidInputError(
                "is a parameter of no model here", parameter=key, remedy=nearest(name, known)
            )
        if isinstance(value, dict):
            with locate_errors(table=key):
                search = validate_tables(FreeTable, value, "").model_dump(exclude_none=True)
                for what, entry in search.items():
                    if what != "logarithmic":
                        check_value(what, entry, known[name])
            free[key] = Free(**search)
        elif "@" in key:
            raise InvalidInputError(
                "is a value for one measurement",
                parameter=key,
                value=value,
                shown="",
                remedy="give it in fixed of its [[fit.data]]",
            )
        else:
            fixed[key] = check_value(key, value, known[name])
    leakage = {
        name: value
        for name, value in _read_leakage(sample).items()
        if name in known and name not in free
    }
    return free, leakage | fixed


def check_value(name: str, value: Any, parameter: Parameter) -> Any:
    """The value of a parameter as it stands, text if the parameter has a unit, else a number."""
    rule = ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        rule = "must be a value, or a table such as { start = … }"
    elif parameter.dimension is not None and not isinstance(value, str):
        rule = f"needs a unit, as in {parameter.dimension.examples}"
    elif parameter.dimension is None and isinstance(value, str):
        rule = "must be a number"
    if rule:
        raise InvalidInputError(rule, parameter=name, value=value, shown=shown(value))
    return value


def _read_leakage(sample: Sample | None) -> dict[str, float]:
    """[leakage] of the sample file, as values of the parameters that models have for it."""
    leakage = None if sample is None else sample.leakage
    if leakage is None:
        return {}
    if isinstance(leakage, float):
        return {"leakage_factor": leakage}
    values = {}
    for channel in leakage:
        if isinstance(channel, ConstantRelaxation):
            values["constant_rate"] = 1 / channel.time
        elif isinstance(channel, QuadrupoleRelaxation):
            values["quadrupole_rate"] = 1 / channel.time
            values["quadrupole_correlation_time"] = channel.correlation_time
        elif isinstance(channel, DiffusionLimited):
            values["diffusion_rate"] = float(channel.rate(0.0, 1.0, 1.0))
    return values


def _build_dark_rate(sample: Sample, given: Options) -> Model:
    options: Options = {**sample.effects("effective_isotope"), **given}
    return DarkRate(sample.site, method=sample.method(), **options)


def _build_cooling(sample: Sample, given: Options) -> Model:
    options: Options = {
        "optical_axis_angle": sample.optical_axis_angle,
        **sample.effects(),
        **given,
    }
    options["high_polarization"] = not options.pop("high_temperature")
    for name, dimension in (("optical_axis_angle", ANGLE), ("measurement_field", FIELD)):
        if name in options:
            options[name] = scalar(name, options[name], dimension)
    spin = sample.tables.electron.spin
    return CoolingCurve(
        sample.site,
        float("nan") if spin is None else sample.electron_spin(),
        method=sample.method(),
        **options,
    )


def _build_optimal_field(sample: Sample, _given: Options) -> Model:
    effects = sample.effects("self_consistent", "knight_field", "effective_isotope")
    return OptimalField(sample.site, method=sample.method(), **effects)


def _build_hanle(sample: Sample | None, given: Options) -> Model:
    angle = scalar("optical_axis_angle", given.get("optical_axis_angle", pi / 2), ANGLE)
    start = given.get("start", "rest")
    if start not in ("rest", "sweep"):
        raise _unknown("start", start, ("rest", "sweep"))
    return HanleCurve(sample.site if sample else None, angle, start)


KINDS: dict[str, ModelKind] = {
    "dark-rate": ModelKind(
        _build_dark_rate, ("ordinate",), ("relaxation_time", "relaxation_rate"), sample=True
    ),
    "cooling": ModelKind(
        _build_cooling,
        ("ordinate", "polarity", "measurement_field", "optical_axis_angle"),
        ("inverse_spin_temperature", "spin_temperature", "overhauser_field"),
        sample=True,
    ),
    "optimal-field": ModelKind(_build_optimal_field, sample=True),
    "recovery": ModelKind(
        lambda sample, _given: PolarizationRecovery(sample.site if sample else None)
    ),
    "hanle": ModelKind(_build_hanle, ("optical_axis_angle", "start")),
    "decay": ModelKind(lambda _sample, given: Decay(**given), ("form", "build_up")),
}
