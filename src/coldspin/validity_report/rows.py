"""The conditions of validity at one field of one site: their numbers beside their limits."""

from dataclasses import dataclass
from math import inf, isnan, nan, sqrt

import numpy as np

from coldspin.constants import HBAR
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.heating.method import largest_phase
from coldspin.thermodynamics.validity import SHORTEST_RELAXATION_TIME, spin_spin_time, thermalization_threshold
from coldspin.thermodynamics.validity_limits import NO_LIMITS, QUESTIONS, Level, Limits
from coldspin.validity_report.working_point import WorkingPoint


@dataclass(frozen=True)
class ValidityRow:
    """One condition: its value, where it turns yellow and red (infinity: never), what it means and what to do.

    `level` is "green", "yellow", "red", or "unknown" where what it needs was not given. A red limit below the yellow
    one means that small values are bad. `origin` says where the limits come from.
    """

    name: str
    quantity: str
    value: float
    yellow_limit: float
    red_limit: float
    level: Level
    meaning: str
    origin: str


@dataclass(frozen=True)
class Surroundings:
    """What is known beyond the Site, SI, None where it is not: B_Q [T], D [m²/s], R [m], lattice constant [m]."""

    quadrupole_field: float | None = None
    diffusivity: float | None = None
    radius: float | None = None
    lattice_constant: float | None = None


def validity_rows(point: WorkingPoint, known: Surroundings) -> tuple[ValidityRow, ...]:
    """Every condition: of the reservoirs, of the method, of the pump, of the core."""
    return (*_reservoirs(point, known.quadrupole_field), *_method(point), *_pump(point), *_core(point, known))


def _row(
    name: str, value: float, limits: Limits | None = None, level: Level | None = None, known: Surroundings | None = None
) -> ValidityRow:
    question = QUESTIONS[name]
    limits = question.limits if limits is None else limits
    meaning = question.meaning
    if isnan(value):
        lacking = " and ".join(need for need in question.needs.split(" and ") if getattr(known, need, None) is None)
        meaning = f"give {lacking} to judge whether {meaning}" if lacking else "there is no stationary state"
    return ValidityRow(name, question.quantity, value, *limits, level or limits.level(value), meaning, question.origin)


def _never_red(name: str) -> Limits:
    return Limits(QUESTIONS[name].limits.yellow)


def _reservoirs(point: WorkingPoint, quadrupole: float | None) -> list[ValidityRow]:
    site, box = point.site, point.site.box
    gamma = sqrt(site.ensemble.mean_square_gyromagnetic_ratio)
    mixing = float(spin_spin_time(site.local_field, gamma))
    threshold = thermalization_threshold(
        mixing,
        HBAR * box.nuclei * box.hyperfine_coupling,
        relaxation_minimum=SHORTEST_RELAXATION_TIME,
        spin=box.nuclear_spin,
    )
    threshold *= box.effective_nuclei / site.ensemble.capacity_nuclei  # 1 for one isotope
    if quadrupole is None:
        quadrupole = nan if any(isotope.nuclear_spin > 0.5 for isotope in site.isotopes) else 0.0
    return [
        _row("thermalization_ratio", mixing / point.relaxation_time),
        _row("thermalization_number", box.nuclei**1.5 / site.filling, Limits(10 * threshold, threshold)),
        _row("local_phase", site.correlation_time / mixing),
        _row(
            "field_ratio",
            point.field / site.local_field,
            _never_red("field_ratio") if point.heating_share < 0.1 and not site.ensemble.differ else None,
        ),
        _row("quadrupole_ratio", quadrupole / site.local_field),
    ]


def _method(point: WorkingPoint) -> list[ValidityRow]:
    """What the method leaves out; what it has in it has no limit."""
    method, angle = point.pumped.evaluate.method, point.rotation_angle
    ignores = isinstance(method, ClosedForm | SmallAngle)
    counts = bool(getattr(method, "whole_nuclei", False))
    turns = Limits(0.3, 1.0) if isinstance(method, SmallAngle) else None
    phase = abs(point.nuclear_precession) * point.site.k
    yellow = float(largest_phase(angle))
    phases = Limits(yellow, max(QUESTIONS["nuclear_phase"].limits.red, 2 * yellow))
    return [
        _row("rotation_angle", angle, turns if ignores else NO_LIMITS),
        _row("nuclear_zeeman_share", 2 * phase / angle),
        _row("nuclear_phase", phase, phases if ignores else NO_LIMITS),
        _row("isotope_heating", point.isotope_error),
        _row("few_nuclei", 1 / sqrt(point.site.effective_nuclei), NO_LIMITS if counts else None),
    ]


def _pump(point: WorkingPoint) -> list[ValidityRow]:
    pump, ensemble = point.pumped.pump, point.site.ensemble
    knight = abs(point.site.filling * ensemble.knight_slope * pump.electron_spin)
    external = abs(float(point.pumped.field[0]))
    return [
        _row(
            "mean_overhauser_precession",
            abs(point.mean_overhauser_precession),
            _never_red("mean_overhauser_precession") if pump.self_consistent else None,
        ),
        _row("stable_states", float(point.stable_states), level=None if point.stable_states else "red"),
        _row(
            "polarization",
            float(np.max(np.abs(point.spins) / ensemble.spin)),
            None if pump.linear else Limits(0.3, 0.7),
        ),
        _row("knight_field_ratio", _ratio(knight, external), NO_LIMITS if pump.knight_field else None),
    ]


def _core(point: WorkingPoint, known: Surroundings) -> list[ValidityRow]:
    site, knight, step, escape = point.site, point.site.knight_resonance, nan, nan
    if known.radius is not None and known.lattice_constant is not None:
        step = 2 * known.lattice_constant / known.radius * knight
    if known.radius is not None and known.diffusivity is not None:
        escape = _ratio(known.diffusivity / known.radius**2, point.decay_rate)
    return [
        _row("static_knight_field", knight / site.local_field, _barrier(point, "static_knight_field", knight)),
        _row("knight_gradient", step / site.local_field, _barrier(point, "knight_gradient", step), known=known),
        _row("diffusion", escape, known=known),
    ]


def _barrier(point: WorkingPoint, name: str, field: float) -> Limits | None:
    """No red limit for a step of the Knight field [T] that hopping narrows below the local field."""
    site = point.site
    turned = site.filling * abs(site.box.nuclear_gyromagnetic_ratio) * field * site.correlation_time
    return _never_red(name) if min(1.0, turned) * field < site.local_field else None


def _ratio(value: float, scale: float) -> float:
    if scale:
        return value / scale
    return inf if value else 0.0
