"""The conditions of validity at one field of one site: their numbers beside their limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan, nan, sqrt
from typing import Any

import numpy as np

from coldspin.conditions.working_point import WorkingPoint
from coldspin.constants import HBAR
from coldspin.heating.method import largest_phase
from coldspin.materials.envelopes import Envelope
from coldspin.sample.site import Site
from coldspin.thermodynamics.conditions import CONDITIONS, NO_LIMITS, Condition, Level, Limits
from coldspin.thermodynamics.validity import (
    FASTEST_WARMING,
    SHORTEST_RELAXATION_TIME,
    WEAK_FIELD,
    spin_spin_threshold,
    spin_spin_time,
)


@dataclass(frozen=True)
class ValidityRow:
    """One condition with its value at one field, its limits there, and its level.

    `level` is "green", "yellow", "red", or "unknown" where `missing` arguments were not given. An
    infinite limit is never crossed; a red limit below the yellow one means that small values are
    bad.
    """

    condition: Condition
    value: float
    limits: Limits
    level: Level
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the condition."""
        return self.condition.name

    @property
    def question(self) -> str:
        """What the number decides."""
        return self.condition.question

    @property
    def quantity(self) -> str:
        """The number as a formula."""
        return self.condition.quantity

    @property
    def yellow_limit(self) -> float:
        """Limit beyond which the level is yellow."""
        return self.limits.yellow

    @property
    def red_limit(self) -> float:
        """Limit beyond which the level is red."""
        return self.limits.red

    @property
    def meaning(self) -> str:
        """What is wrong beyond the limits and what to do, or what is missing."""
        if self.missing:
            return f"give {' and '.join(self.missing)} to judge whether {self.condition.problem}"
        if isnan(self.value):
            return "there is no stationary state"
        return f"{self.condition.problem}; {self.condition.remedy}"

    @property
    def origin(self) -> str:
        """Where the limits come from."""
        return self.condition.origin


@dataclass(frozen=True)
class Surroundings:
    """What the site or the caller knows of the surroundings, in SI; None where it is unknown."""

    quadrupole_field: float | None = None
    diffusivity: float | None = None
    radius: float | None = None
    lattice_constant: float | None = None
    envelope: Envelope | None = None


def build_rows(point: WorkingPoint, known: Surroundings) -> tuple[ValidityRow, ...]:
    """Every condition: of the reservoirs, of the method, of the pump, of the core."""
    return (
        *_reservoir_rows(point, known.quadrupole_field),
        *_method_rows(point),
        *_pump_rows(point),
        *_core_rows(point, known),
    )


def _row(
    name: str,
    value: float,
    limits: Limits | None = None,
    known: Mapping[str, Any] | None = None,
) -> ValidityRow:
    """Row of a condition with its own limits or others; unknown where it lacks what it needs."""
    condition = CONDITIONS[name]
    if limits is None:
        limits = condition.limits
    missing: tuple[str, ...] = ()
    if isnan(value) and known is not None:
        missing = tuple(need for need in condition.needs if known[need] is None)
    return ValidityRow(condition, value, limits, limits.level(value), missing)


def _never_red(name: str) -> Limits:
    return Limits(CONDITIONS[name].limits.yellow)


def _reservoir_rows(point: WorkingPoint, quadrupole: float | None) -> list[ValidityRow]:
    """Conditions of one common spin temperature."""
    site = point.site
    box = site.box
    ensemble = site.ensemble
    mixing_time = float(
        spin_spin_time(site.local_field, sqrt(ensemble.mean_square_gyromagnetic_ratio))
    )
    ratio = mixing_time * point.reservoir_rate

    # The threshold is that of dipoles, B̃_L² = 3B_L². T_SS shortens it by B̃_L²/3B_L²; for a small
    # B̃_L the second number counts, of T1N by (S12).
    threshold = spin_spin_threshold(mixing_time, HBAR * box.nuclei * box.hyperfine_coupling)
    dipolar = site.kinetic_local_field**2 / (3 * site.local_field**2)
    zeeman = 1 / (SHORTEST_RELAXATION_TIME * FASTEST_WARMING * sqrt(box.effective_nuclei))
    threshold *= max(dipolar, zeeman)
    threshold *= box.effective_nuclei / ensemble.capacity_nuclei  # 1 for one isotope
    number_limits = Limits(10 * threshold, threshold if ratio > 1 else -inf)

    field_limits = None
    if point.heating_share < 0.1 and ensemble.gyromagnetic_spread < 0.1:
        field_limits = _never_red("field_ratio")
    mixing_limits = None if point.field > WEAK_FIELD * site.local_field else NO_LIMITS
    return [
        _row("thermalization_ratio", ratio),
        _row("thermalization_number", box.nuclei / site.filling, number_limits),
        _row("local_phase", site.correlation_time / mixing_time),
        _row("field_ratio", point.field / site.local_field, field_limits),
        _row("isotope_mixing", ensemble.mixing_factor, mixing_limits),
        _row(
            "quadrupole_ratio",
            _quadrupole_ratio(site, quadrupole),
            known={"quadrupole_field": None},
        ),
    ]


def _quadrupole_ratio(site: Site, quadrupole: float | None) -> float:
    """B_Q/B_SS of all nuclei in B_L, B_Q from the caller or the site; 0 where all have spin 1/2."""
    if quadrupole is None:
        quadrupole = site.quadrupole_field
    if quadrupole is not None:
        return float(quadrupole / site.spin_spin_field)
    return nan if any(isotope.nuclear_spin > 0.5 for isotope in site.isotopes) else 0.0


def _method_rows(point: WorkingPoint) -> list[ValidityRow]:
    """What the method leaves out. What it includes has no limit."""
    method = point.pumped.evaluate.method
    angle = point.rotation_angle
    phase = abs(point.nuclear_precession) * point.site.k
    angle_limits = NO_LIMITS
    phase_limits = NO_LIMITS
    if method.ignores_nuclear_precession:
        angle_limits = CONDITIONS["rotation_angle"].limits
        yellow = float(largest_phase(angle))
        red = max(CONDITIONS["nuclear_phase"].limits.red, 2 * yellow)
        phase_limits = Limits(yellow, red)
    if method.small_angle:
        angle_limits = Limits(0.3, 1.0)
    counts_nuclei = method.whole_nuclei
    return [
        _row("rotation_angle", angle, angle_limits),
        _row("nuclear_zeeman_share", 2 * phase / angle),
        _row("nuclear_phase", phase, phase_limits),
        _row("isotope_heating", point.isotope_error),
        _row(
            "few_nuclei",
            1 / sqrt(point.site.effective_nuclei),
            NO_LIMITS if counts_nuclei else None,
        ),
    ]


def _pump_rows(point: WorkingPoint) -> list[ValidityRow]:
    """What the pump does. An effect that the call includes has no limit."""
    pump = point.pumped.pump
    ensemble = point.site.ensemble
    knight_field = abs(point.site.filling * ensemble.knight_slope * pump.electron_spin)
    external_field = abs(float(point.pumped.field[0]))
    states = _row("stable_states", float(point.stable_states))
    if not point.stable_states:
        states = ValidityRow(states.condition, states.value, states.limits, "red")
    return [
        _row(
            "mean_overhauser_precession",
            abs(point.mean_overhauser_precession),
            _never_red("mean_overhauser_precession") if pump.self_consistent else None,
        ),
        states,
        _row(
            "polarization",
            float(np.max(np.abs(point.spins) / ensemble.spin)),
            None if pump.linear else Limits(0.3, 0.7),
        ),
        _row(
            "knight_field_ratio",
            _ratio(knight_field, external_field),
            NO_LIMITS if pump.knight_field else None,
        ),
    ]


def _core_rows(point: WorkingPoint, known: Surroundings) -> list[ValidityRow]:
    """Fields of an electron that is present [T], and diffusion out of the core."""
    site = point.site
    box_field = site.knight_resonance
    envelope = known.envelope
    largest = box_field
    step = nan
    escape = nan
    if envelope is not None:
        largest = box_field * envelope.peak
        if known.lattice_constant is not None:
            step = box_field * envelope.largest_step(known.lattice_constant)
    if known.radius is not None and known.diffusivity is not None:
        escape = _ratio(known.diffusivity / known.radius**2, point.decay_rate)
    # The wave function says what the radius would say.
    shape = {"radius": envelope, "lattice_constant": known.lattice_constant}
    return [
        _row(
            "static_knight_field",
            largest / site.local_field,
            _barrier_limits(site, "static_knight_field", largest),
        ),
        _row(
            "knight_gradient",
            step / site.local_field,
            _barrier_limits(site, "knight_gradient", step),
            known=shape,
        ),
        _row(
            "diffusion",
            escape,
            known={"radius": known.radius, "diffusivity": known.diffusivity},
        ),
    ]


def _barrier_limits(site: Site, name: str, field: float) -> Limits | None:
    """No red limit for a Knight field [T] that hopping averages to below the local field."""
    turn = site.filling * abs(site.box.nuclear_gyromagnetic_ratio) * field * site.correlation_time
    return _never_red(name) if min(1.0, turn) * field < site.local_field else None


def _ratio(value: float, scale: float) -> float:
    if scale:
        return value / scale
    return inf if value else 0.0
