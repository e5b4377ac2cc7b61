"""Models by the names that a study file gives them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models import (
    CoolingCurve,
    DarkRate,
    Decay,
    HanleCurve,
    Model,
    OptimalField,
    PolarizationRecovery,
)
from coldspin.inputs.sample_files import Sample
from coldspin.inputs.study_files.tables import ModelTable
from coldspin.quantities import ANGLE, FIELD, scalar
from coldspin.wording import listed, nearest

Options = dict[str, Any]
_OPTIONS = tuple(name for name in ModelTable.model_fields if name != "model")


@dataclass(frozen=True)
class _Kind:
    """How a model is made, which options it has, which ordinates, and whether it needs a sample."""

    make: Callable[[Any, Options], Model]
    options: tuple[str, ...] = ()
    ordinates: tuple[str, ...] = ()
    sample: bool = False


def build_model(table: ModelTable, sample: Sample | None, place: str) -> Model:
    """Return the model of a table; with the first of its ordinates where none is given."""
    kind = _kind(table, place)
    given = {name: value for name in _OPTIONS if (value := getattr(table, name)) is not None}
    for name in given:
        if name not in kind.options:
            known = f"it has {listed(list(kind.options))}" if kind.options else "it has none"
            raise InvalidInputError(
                f"is no option of the model {table.model}",
                parameter=name,
                remedy=f"{known}",
                place=f"{place}",
            )
    if kind.sample and sample is None:
        raise InvalidInputError(f"the model {table.model} needs the table [site]", place=f"{place}")
    if "ordinate" in given and given["ordinate"] not in kind.ordinates:
        hint = nearest(given["ordinate"], kind.ordinates)
        raise InvalidInputError(
            f"ordinate = {given['ordinate']!r} is unknown", remedy=f"{hint}", place=f"{place}"
        )
    try:
        return kind.make(sample, given)
    except InvalidInputError as problem:
        raise InvalidInputError(f"{problem}", place=f"{place}") from None


def ordinates(table: ModelTable, place: str) -> tuple[str, ...]:
    """Ordinates among which the unit of a measured column decides."""
    return () if table.ordinate is not None else _kind(table, place).ordinates


def _kind(table: ModelTable, place: str) -> _Kind:
    if table.model not in KINDS:
        raise InvalidInputError(
            f"model = {table.model!r} is unknown",
            remedy=nearest(table.model, KINDS),
            place=f"{place}",
        )
    return KINDS[table.model]


def _dark_rate(sample: Sample, given: Options) -> Model:
    options: Options = {**sample.effects("effective_isotope"), **given}
    return DarkRate(sample.site, method=sample.method(), **options)


def _cooling(sample: Sample, given: Options) -> Model:
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


def _optimal_field(sample: Sample, _given: Options) -> Model:
    effects = sample.effects("self_consistent", "knight_field", "effective_isotope")
    return OptimalField(sample.site, method=sample.method(), **effects)


def _hanle(sample: Sample | None, given: Options) -> Model:
    angle = scalar("optical_axis_angle", given.get("optical_axis_angle", pi / 2), ANGLE)
    start = given.get("start", "rest")
    if start not in ("rest", "sweep"):
        raise InvalidInputError(
            f"start = {start!r} is unknown", remedy=nearest(start, ("rest", "sweep"))
        )
    return HanleCurve(sample.site if sample else None, angle, start)


KINDS: dict[str, _Kind] = {
    "dark-rate": _Kind(
        _dark_rate, ("ordinate",), ("relaxation_time", "relaxation_rate"), sample=True
    ),
    "cooling": _Kind(
        _cooling,
        ("ordinate", "polarity", "measurement_field", "optical_axis_angle"),
        ("inverse_spin_temperature", "spin_temperature", "overhauser_field"),
        sample=True,
    ),
    "optimal-field": _Kind(_optimal_field, sample=True),
    "recovery": _Kind(lambda sample, _given: PolarizationRecovery(sample.site if sample else None)),
    "hanle": _Kind(_hanle, ("optical_axis_angle", "start")),
    "decay": _Kind(lambda _sample, given: Decay(**given), ("form", "build_up")),
}
