"""Results of an experiment in stages as a labelled Dataset, with conditions of validity."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from coldspin.arguments import Array
from coldspin.constants import BOLTZMANN
from coldspin.cooling.description import conditions, isotope_conditions
from coldspin.cooling.labels import attributes, largest
from coldspin.cooling.pumped_site import PumpedSite
from coldspin.exceptions import ValidityWarning, worst_warnings
from coldspin.protocols.stages import STAGE_NAMES, Measure, Stage
from coldspin.protocols.trajectories import Laboratory
from coldspin.thermodynamics.conditions import CONDITIONS, ConditionValue

Checks = tuple[tuple[ConditionValue, ...], list[ValidityWarning]]
"""Conditions of validity, and what the method has to say."""


class Part(NamedTuple):
    """Rows of one stage: time from its start, external field, fields along n, β; and the light.

    `seen` has a row for each isotope or one for all, and a column for each time or one for all
    times. `sweep_speed` is the largest T2N dθ/dt of a sweep in time.
    """

    time: Array
    field: Array
    seen: Array
    beta: Array
    pumped: PumpedSite
    sweep_speed: float = 0.0

    def coldest(self) -> Array:
        """Largest β at the field of `pumped`, which is the last one."""
        beta = self.beta[self.field == self.field[-1]]
        result: Array = beta[[int(np.argmax(np.abs(beta)))]]
        return result


def build_course(
    lab: Laboratory, stages: list[Stage], parts: list[Part], start: float, *, sudden_pace: float
) -> xr.Dataset:
    """All stages put together, with what there is to be warned of and what each Measure found.

    `sudden_pace` is the largest T2N over the time between two sudden changes of the field.
    """
    site, ensemble = lab.site, lab.site.ensemble
    lengths = [part.time.size for part in parts]
    begins = np.concatenate([[0.0], np.cumsum([part.time[-1] for part in parts])])
    beta = np.concatenate([part.beta for part in parts])
    field = np.concatenate([part.field for part in parts])
    spins = np.hstack([ensemble.mean_spins(part.beta, part.seen) for part in parts])
    precession = ensemble.coupling * ensemble.nuclei @ spins
    kinds = np.array([STAGE_NAMES[type(stage)] for stage in stages], dtype="<U7")
    with np.errstate(divide="ignore", over="ignore"):  # β → 0 in a long dark stage
        temperature = 1 / (BOLTZMANN * beta)
    columns: dict[str, Any] = {
        "field": field,
        "inverse_spin_temperature": beta,
        "spin_temperature": temperature,
        "nuclear_polarization": ensemble.nuclei @ spins / (ensemble.nuclei @ ensemble.spin),
        "overhauser_field": precession / site.electron_gyromagnetic_ratio + 0.0,
        "stage": np.repeat(np.arange(1, len(parts) + 1), lengths),
        "stage_kind": np.repeat(kinds, lengths),
    }
    time = np.concatenate(
        [begin + part.time for begin, part in zip(begins[:-1], parts, strict=True)]
    )
    data = xr.Dataset(
        {name: ("time", values, attributes(name)) for name, values in columns.items()}
    )
    data = data.assign_coords(time=("time", time, attributes("time")))
    checks = [
        find_conditions(lab, part.pumped, part.coldest(), sweep_speed=part.sweep_speed)
        for part in parts
    ]
    if sudden_pace:
        checks.append(((CONDITIONS["sudden_pace"].at(sudden_pace),), []))
    condition_attributes = warn_conditions(checks, stacklevel=4)
    results = {
        "initial_inverse_spin_temperature": start,
        "final_spin_temperature": float(temperature[-1]),
    }
    ends = np.cumsum(lengths) - 1
    for number, (stage, end) in enumerate(zip(stages, ends, strict=True), start=1):
        if isinstance(stage, Measure):
            names = ("inverse_spin_temperature", "spin_temperature", "overhauser_field")
            results |= {f"measured_{number}_{name}": float(columns[name][end]) for name in names}
    return data.assign_attrs(
        **laboratory_attributes(lab, parts[0].pumped.evaluate.name),
        **condition_attributes,
        stages="\n".join(map(repr, stages)),
        **results,
    )


def stage_ends(data: xr.Dataset) -> xr.Dataset:
    """Last row of each stage."""
    stage = data["stage"].values
    return data.isel(time=np.flatnonzero(np.append(stage[1:] != stage[:-1], True)))


def laboratory_attributes(lab: Laboratory, method: str) -> dict[str, Any]:
    """Parameters of the site, the method and the effects, as attributes."""
    return {
        **lab.site.parameters(),
        "method": method,
        "self_consistent": int(lab.pump.self_consistent),
        "knight_field": int(lab.pump.knight_field),
        "leakage": ", ".join(map(repr, lab.pump.leakage)),
    }


def find_conditions(
    lab: Laboratory, pumped: PumpedSite, beta: Array, *, sweep_speed: float = 0.0
) -> Checks:
    """Conditions of validity at β of each field of `pumped`, and what its method has to say.

    `sweep_speed` is the largest T2N dθ/dt of the sweeps that led there, 0 for none.
    """
    every = np.arange(pumped.field.size)
    ensemble, spins = lab.site.ensemble, pumped.mean_spins(beta, every)
    u = ensemble.coupling * ensemble.dephasing_time * ensemble.nuclei @ spins
    heating = pumped.evaluate(*pumped.precession(u if lab.pump.self_consistent else 0 * u, every))
    polarization = largest(ensemble.nuclei @ spins) / float(ensemble.nuclei @ ensemble.spin)
    more = [CONDITIONS["polarization"].at(polarization)]
    if sweep_speed:
        more.append(CONDITIONS["sweep_speed"].at(sweep_speed))
    if not lab.pump.self_consistent:
        more.insert(0, CONDITIONS["mean_overhauser_precession"].at(largest(u)))
    isotopes = isotope_conditions(pumped, heating, every)
    return conditions(lab.site, pumped.field, heating, *more) + isotopes, pumped.evaluate.messages


def worst_conditions(checks: Sequence[Checks]) -> Checks:
    """Each condition at its worst, and one message of each subject."""
    worst: dict[str, ConditionValue] = {}
    messages: list[ValidityWarning] = []
    for several, own_messages in checks:
        messages += own_messages
        for condition in several:
            if condition.name not in worst or condition.value > worst[condition.name].value:
                worst[condition.name] = condition
    return tuple(worst.values()), worst_warnings(messages)


def warn_conditions(checks: Sequence[Checks], *, stacklevel: int) -> dict[str, Any]:
    """Warn once of each condition that fails, at its worst, and return the conditions as attributes."""
    worst, messages = worst_conditions(checks)
    messages += [condition.warning() for condition in worst if not condition.holds]
    for message in messages:
        warnings.warn(message, stacklevel=stacklevel + 1)  # one frame is keywords_checked
    values = {f"condition_{condition.name}": condition.value for condition in worst}
    return {"warnings": "\n".join(map(str, messages)), **values}
