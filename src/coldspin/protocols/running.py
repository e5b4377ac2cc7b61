"""Experiments in stages, as a Dataset along time; and the time that cooling takes.

:mod:`~coldspin.protocols.stages` has the stages, :mod:`~coldspin.protocols.standard` two experiments ready-made.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from coldspin.arguments import keywords_checked, within
from coldspin.constants import BOLTZMANN
from coldspin.cooling.evaluation import check
from coldspin.cooling.labels import build_dataset
from coldspin.cooling.pump import Pump, leakage_rates
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method
from coldspin.protocols.results import Part, build_course, find_conditions
from coldspin.protocols.stages import (
    STAGE_NAMES,
    DarkStage,
    Measure,
    PumpStage,
    Stage,
    Sweep,
)
from coldspin.protocols.trajectories import Laboratory, State, flow, goals, noise_of
from coldspin.quantities import FIELD, INVERSE_ENERGY, scalar, si_axis
from coldspin.sample.site import Site
from coldspin.thermodynamics.protocol import approach_time

__all__ = ["DarkStage", "Measure", "PumpStage", "Sweep", "cooling_time", "run"]

_CLOSED_FORM = ClosedForm()


@keywords_checked
def run(
    site: Site,
    stages: Sequence[Stage],
    *,
    method: Method = _CLOSED_FORM,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    inverse_spin_temperature: float = 0.0,
    points: int = 101,
    effective_isotope: bool = False,
) -> xr.Dataset:
    """Nuclear spin temperature through the stages of an experiment.

    At a constant field dβ/dt = (β∞ − β)R, solved exactly where β∞ and R are constants and to 1e-9
    where the mean Overhauser field changes them. Between stages at different fields the field
    changes adiabatically and in no time, in the dark; a :class:`Sweep` before the stage says
    otherwise. A Sweep that has a duration is adiabatic where it is slow against T2N = 1/(γ_N B_L),
    and sudden where it is fast (:func:`~coldspin.thermodynamics.protocol.sweep`).

    Parameters
    ----------
    site : Site
        The electron and its nuclei.
    stages : sequence of PumpStage, DarkStage, Sweep and Measure
        One after the other; the first says at which field the nuclei start.
    method, self_consistent, effective_isotope
        As in :func:`coldspin.cool`.
    knight_field : bool
        Whether the nuclei see the mean Knight field while light is on, which then goes on and off
        suddenly.
    leakage : quantity, channel or several channels, optional
        Relaxation besides that by the electron, in the dark and under light: a time or channels.
    inverse_spin_temperature : float
        β at the start [1/J].
    points : int
        Rows of each stage that takes time, both ends included; the others have one.

    Returns
    -------
    xarray.Dataset
        Along `time` [s], which stands twice where a stage follows another: `field`,
        `inverse_spin_temperature` [1/J], `spin_temperature` [K], `nuclear_polarization` and
        `overhauser_field` [T], both along the field that the nuclei see, as in
        :func:`coldspin.cool`, `stage` (its number) and `stage_kind`. The attributes have the
        parameters, the final temperature, what each Measure found, as `measured_<stage>_…`, and
        `condition_sweep_speed`, the largest T2N dθ/dt of the sweeps, where there are any with a
        duration: adiabatic far below 1, sudden far above.

    Warns
    -----
    ValidityWarning
        Once for each condition of validity that fails, high temperature among them.

    Examples
    --------
    >>> from coldspin import Site
    >>> donor = Site(nuclei=1e4, nuclear_spin=0.5, hyperfine_coupling="1 neV",
    ...              nuclear_gyromagnetic_ratio="6e7 rad/s/T", local_field="0.5 G", correlation_time="10 ns",
    ...              filling=1e-3, g_factor=-1.6)
    >>> data = run(donor, [PumpStage("2 G", "2 s", 1e-3), DarkStage("0 G", "0.1 s"), Measure("2 G")])
    >>> [f"{float(data.spin_temperature[i]) * 1e6:.3g} µK" for i in (100, 101, -1)]
    ['31.6 µK', '7.67 µK', '286 µK']
    """
    lab = build_laboratory(
        site,
        leakage,
        self_consistent=self_consistent,
        knight_field=knight_field,
        effective_isotope=effective_isotope,
        method=method,
    )
    listed = _check_stages(stages)
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise InvalidInputError(
            "must be a whole number of rows for each stage, 2 or more",
            parameter="points",
            value=points,
        )
    start = scalar("inverse_spin_temperature", inverse_spin_temperature, INVERSE_ENERGY)
    state, parts = State(start, listed[0].field), []
    for number, stage in enumerate(listed, start=1):
        try:
            part, state = _run_stage(lab, stage, state, points)
        except InvalidInputError as problem:
            raise problem.within(f"stage {number} ({STAGE_NAMES[type(stage)]})") from None
        parts.append(part)
    return build_course(lab, listed, parts, start, sudden_pace=state.sudden_pace)


@keywords_checked
def cooling_time(
    site: Site,
    field: Any,
    electron_spin: float,
    *,
    share: float = 1 - float(np.exp(-1)),
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    effective_isotope: bool = False,
) -> xr.Dataset:
    """Time in which pumped nuclei come from rest to a share of their stationary β, 1 − 1/e when not given.

    Other arguments as in :func:`coldspin.cool` and :func:`run`. Without feedback it is T_E of (13),
    shortened by leakage. Returns a Dataset along `field` with `cooling_time` [s] and the stationary
    `inverse_spin_temperature` and `spin_temperature`. NaN where β stays 0, at B = 0 without Knight
    field; InvalidInputError if it does at every field.
    """
    lab = build_laboratory(
        site,
        leakage,
        self_consistent=self_consistent,
        knight_field=knight_field,
        effective_isotope=effective_isotope,
        method=method,
    )
    fraction = float(within("share", share, 0, 1 - 1e-12, open_low=True))
    stage = PumpStage(0.0, 1.0, electron_spin, optical_axis_angle)
    fields = si_axis("field", field, FIELD)
    pumped = lab.illuminate(fields, stage.electron_spin, stage.optical_axis_angle)
    goal = goals(pumped)
    if goal.size and not goal.any():
        raise _nothing_cools(float(fields[0]), stage)
    if self_consistent:
        fine = noise_of(pumped, 1e-10)
        time = approach_time(
            goal, lambda beta, index: flow(pumped, beta, index), fraction, tolerance=fine
        )
    else:
        time = -np.log1p(-fraction) / flow(pumped, goal, np.arange(fields.size))[1]
    time = np.where(goal == 0, np.nan, time)
    with np.errstate(divide="ignore"):
        temperature = 1 / (BOLTZMANN * goal)
    columns = {
        "cooling_time": time,
        "inverse_spin_temperature": goal,
        "spin_temperature": temperature,
    }
    checks = find_conditions(lab, pumped, goal)
    data = build_dataset(columns, fields, site, pumped.evaluate.name, checks, stacklevel=3)
    return data.assign_attrs(
        electron_spin=stage.electron_spin,
        optical_axis_angle=stage.optical_axis_angle,
        share=fraction,
        self_consistent=int(self_consistent),
        knight_field=int(knight_field),
        leakage=", ".join(map(repr, lab.pump.leakage)),
    )


def _nothing_cools(field: float, stage: PumpStage) -> InvalidInputError:
    """Why β stays 0, and what to do."""
    if stage.electron_spin == 0:
        return InvalidInputError(
            "nothing cools with electron_spin = 0, so there is no cooling time",
            remedy="give a spin that is not 0",
        )
    if field == 0:
        return InvalidInputError(
            "nothing cools at B = 0 without the Knight field",
            remedy="leave that field out, or set knight_field=True",
        )
    angle = stage.optical_axis_angle
    return InvalidInputError(
        f"nothing cools at B = {field:g} T with optical_axis_angle = {angle:g}: "
        "light along the field is needed",
        remedy="give a smaller angle",
    )


def build_laboratory(site: Site, leakage: Any, **options: Any) -> Laboratory:
    """Site and options of a :class:`Pump`, checked."""
    pump = Pump(leakage=leakage_rates(leakage), **options)
    check(site, pump.method)
    return Laboratory(site, pump)


def _check_stages(stages: Sequence[Stage]) -> list[Stage]:
    """Stages as a list that can run."""
    listed = list(stages) if isinstance(stages, Sequence) else [stages]
    if not listed:
        raise InvalidInputError(
            "there are no stages", remedy="give at least one, such as PumpStage(...)"
        )
    for number, stage in enumerate(listed, start=1):
        if type(stage) not in STAGE_NAMES:
            raise InvalidInputError(
                "must be a PumpStage, DarkStage, Sweep or Measure",
                parameter=f"stage {number}",
                value=stage,
            )
    if isinstance(listed[0], Sweep):
        raise InvalidInputError(
            "to start from is missing",
            parameter="field",
            remedy="put a stage at that field before it",
            place="stage 1 (sweep)",
        )
    return listed


def _run_stage(lab: Laboratory, stage: Stage, state: State, points: int) -> tuple[Part, State]:
    """Rows of one stage, and the state at its end."""
    field, instant = np.array([stage.field]), np.zeros(1)
    duration = getattr(stage, "duration", None)
    time = instant if duration is None else np.linspace(0, duration, points)
    if isinstance(stage, Sweep) and duration is not None:
        state = lab.switch_light(state, None)
        path = state.field, stage.field, duration
        fields = np.linspace(state.field, stage.field, points)
        beta = lab.sweep_field(state, stage.field, duration, time)
        part = Part(time, fields, fields[None], beta, lab.dark(field), lab.sweep_speed(path))
        return part, lab.after_sweep(state, path, float(beta[-1]))
    kind = stage.kind if isinstance(stage, Sweep) else "adiabatic"
    if stage.field != state.field or not isinstance(stage, PumpStage):
        state = lab.step_field(state, stage.field, kind)
    pumped = lab.dark(field)
    if isinstance(stage, PumpStage):
        pumped = lab.illuminate(field, stage.electron_spin, stage.optical_axis_angle, stage.leakage)
        state = lab.switch_light(state, pumped)
    beta = np.array([state.beta]) if duration is None else lab.hold(pumped, state.beta, time)
    part = Part(time, np.full(time.shape, stage.field), pumped.seen.along, beta, pumped)
    return part, replace(state, beta=float(beta[-1]), rested=state.rested + time[-1])
