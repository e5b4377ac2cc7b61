"""The conditions of validity at one field of one site: their numbers beside their limits."""

from dataclasses import dataclass, replace
from math import inf, isnan, nan, sqrt

import numpy as np

from coldspin.conditions.working_point import WorkingPoint
from coldspin.constants import HBAR
from coldspin.heating.method import largest_phase
from coldspin.materials.envelopes import Envelope
from coldspin.sample.site import Site
from coldspin.thermodynamics.validity import (
    FASTEST_WARMING,
    SHORTEST_RELAXATION_TIME,
    WEAK_FIELD,
    spin_spin_threshold,
    spin_spin_time,
)
from coldspin.thermodynamics.validity_limits import NO_LIMITS, QUESTIONS, Level, Limits


@dataclass(frozen=True)
class ValidityRow:
    """One condition: its value, where it turns yellow and red (infinity: never), what it means and what to do.

    `level` is "green", "yellow", "red", or "unknown" where what it needs was not given. A red limit
    below the yellow one means that small values are bad. `origin` says where the limits come from.
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
    """What is known, by the Site or besides, in SI; None where it is not."""

    quadrupole_field: float | None = None
    diffusivity: float | None = None
    radius: float | None = None
    lattice_constant: float | None = None
    envelope: Envelope | None = None


def validity_rows(point: WorkingPoint, known: Surroundings) -> tuple[ValidityRow, ...]:
    """Every condition: of the reservoirs, of the method, of the pump, of the core."""
    return (
        *_reservoirs(point, known.quadrupole_field),
        *_method(point),
        *_pump(point),
        *_core(point, known),
    )


def _row(
    name: str,
    value: float,
    limits: Limits | None = None,
    level: Level | None = None,
    known: Surroundings | None = None,
) -> ValidityRow:
    question = QUESTIONS[name]
    limits = question.limits if limits is None else limits
    meaning = question.meaning
    if isnan(value):
        lacking = " and ".join(
            need for need in question.needs.split(" and ") if getattr(known, need, None) is None
        )
        meaning = (
            f"give {lacking} to judge whether {meaning}"
            if lacking
            else "there is no stationary state"
        )
    return ValidityRow(
        name,
        question.quantity,
        value,
        *limits,
        level or limits.level(value),
        meaning,
        question.origin,
    )


def _never_red(name: str) -> Limits:
    return Limits(QUESTIONS[name].limits.yellow)


def _reservoirs(point: WorkingPoint, quadrupole: float | None) -> list[ValidityRow]:
    site, box = point.site, point.site.box
    gamma = sqrt(site.ensemble.mean_square_gyromagnetic_ratio)
    mixing = float(spin_spin_time(site.local_field, gamma))
    threshold = spin_spin_threshold(mixing, HBAR * box.nuclei * box.hyperfine_coupling)
    dipolar = site.kinetic_local_field**2 / (3 * site.local_field**2)
    zeeman = 1 / (SHORTEST_RELAXATION_TIME * FASTEST_WARMING * sqrt(box.effective_nuclei))
    threshold *= max(dipolar, zeeman)  # the second, of T1N, counts for B̃_L ≪ B_L alone
    threshold *= box.effective_nuclei / site.ensemble.capacity_nuclei  # 1 for one isotope
    ratio = mixing * point.reservoir_rate
    numbers = Limits(10 * threshold, threshold if ratio > 1 else -inf)
    mixing_limits = None if point.field > WEAK_FIELD * site.local_field else NO_LIMITS
    return [
        _row("thermalization_ratio", ratio),
        _row("thermalization_number", box.nuclei / site.filling, numbers),
        _row("local_phase", site.correlation_time / mixing),
        _row(
            "field_ratio",
            point.field / site.local_field,
            _never_red("field_ratio")
            if point.heating_share < 0.1 and site.ensemble.gyromagnetic_spread < 0.1
            else None,
        ),
        _row("isotope_mixing", site.ensemble.mixing_factor, mixing_limits),
        _row("quadrupole_ratio", _quadrupole_ratio(site, quadrupole), known=Surroundings()),
    ]


def _quadrupole_ratio(site: Site, given: float | None) -> float:
    """B_Q/B_SS of all nuclei in B_L; of what is given, of what the site knows, 0 where all have spin 1/2."""
    if given is not None:
        return given / site.spin_spin_field
    if site.quadrupole_field is not None:
        return float(site.quadrupole_field / site.spin_spin_field)
    return nan if any(isotope.nuclear_spin > 0.5 for isotope in site.isotopes) else 0.0


def _method(point: WorkingPoint) -> list[ValidityRow]:
    """What the method leaves out; what it has in it has no limit."""
    method, angle = point.pumped.evaluate.method, point.rotation_angle
    ignores = method.ignores_nuclear_precession
    counts = method.whole_nuclei
    turns = Limits(0.3, 1.0) if method.small_angle else None
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
        _row(
            "stable_states",
            float(point.stable_states),
            level=None if point.stable_states else "red",
        ),
        _row(
            "polarization",
            float(np.max(np.abs(point.spins) / ensemble.spin)),
            None if pump.linear else Limits(0.3, 0.7),
        ),
        _row(
            "knight_field_ratio", _ratio(knight, external), NO_LIMITS if pump.knight_field else None
        ),
    ]


def _core(point: WorkingPoint, known: Surroundings) -> list[ValidityRow]:
    site, box, step, escape = point.site, point.site.knight_resonance, nan, nan
    knight = box * (known.envelope.peak if known.envelope else 1.0)
    if known.envelope is not None and known.lattice_constant is not None:
        step = box * known.envelope.largest_step(known.lattice_constant)
    if known.radius is not None and known.diffusivity is not None:
        escape = _ratio(known.diffusivity / known.radius**2, point.decay_rate)
    # the wave function says what the radius would
    about = known if known.envelope is None else replace(known, radius=nan)
    return [
        _row(
            "static_knight_field",
            knight / site.local_field,
            _barrier(point, "static_knight_field", knight),
        ),
        _row(
            "knight_gradient",
            step / site.local_field,
            _barrier(point, "knight_gradient", step),
            known=about,
        ),
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
