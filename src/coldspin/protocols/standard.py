"""Two experiments ready-made: relaxation in the dark against the field, and adiabatic demagnetization."""

from typing import Any

import numpy as np
import xarray as xr

from coldspin.arguments import Array, keywords_checked
from coldspin.constants import BOLTZMANN
from coldspin.cooling.labels import attributes, build_dataset
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method
from coldspin.protocols.results import (
    Checks,
    find_conditions,
    laboratory_attributes,
    warn_conditions,
    worst_conditions,
)
from coldspin.protocols.running import build_laboratory
from coldspin.protocols.stages import PumpStage
from coldspin.protocols.trajectories import Laboratory, State, flow, goals
from coldspin.quantities import FIELD, TIME, positive_scalar, scalar, si_axis
from coldspin.sample.site import Site

_CLOSED_FORM = ClosedForm()


@keywords_checked
def three_stage(
    site: Site,
    *,
    pump_field: Any,
    electron_spin: float,
    dark_field: Any,
    dark_times: Any,
    measure_field: Any,
    pump_time: Any = None,
    sweep_time: Any = None,
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    effective_isotope: bool = False,
) -> xr.Dataset:
    """Relaxation in the dark as it is measured: pump, wait, look, for each waiting time.

    The nuclei are pumped at `pump_field`, wait at each of `dark_field` for each of `dark_times`,
    and their Overhauser field is measured at `measure_field`. Between, the field changes
    adiabatically.

    Parameters
    ----------
    site : Site
        The electron and its nuclei.
    pump_field, measure_field : float or quantity
        [T]; the nuclei have no Overhauser field to measure at 0.
    electron_spin, optical_axis_angle
        Of the pump, as in :func:`coldspin.cool`.
    dark_field, dark_times : array_like, quantity or str
        Axes [T] and [s]: numbers, "0:50:26 G", "0:100:21 s".
    pump_time : float or quantity, optional
        [s]; until nothing changes when not given.
    sweep_time : float or quantity, optional
        [s] for each change of the field, in which the nuclei relax; no time when not given. A sweep
        is sudden where it is fast against T2N, as in :func:`~coldspin.protocols.run`.
    method, self_consistent, knight_field, leakage, effective_isotope
        As in :func:`~coldspin.protocols.run`.

    Returns
    -------
    xarray.Dataset
        Along `dark_field` and `dark_time`: `signal` [T]; along `dark_field`: `relaxation_time` [s],
        the exact T_E of the dark at vanishing ⟨Ω_N⟩, as in :func:`coldspin.relax`, and
        `fitted_relaxation_time` [s], of an exponential A exp(−t/T) fitted to the signal as an
        experimenter would. The two differ by what ⟨Ω_N⟩ does to the electron. The initial
        temperature is among the attributes.
    """
    lab = build_laboratory(
        site,
        leakage,
        self_consistent=self_consistent,
        knight_field=knight_field,
        effective_isotope=effective_isotope,
        method=method,
    )
    fields, times = (
        si_axis("dark_field", dark_field, FIELD),
        si_axis("dark_times", dark_times, TIME),
    )
    look = scalar("measure_field", measure_field, FIELD)
    if look == 0:
        raise InvalidInputError(
            "must not be 0, where the nuclei have no Overhauser field", parameter="measure_field"
        )
    if (times < 0).any():
        raise InvalidInputError(
            "must not be negative",
            parameter="dark_times",
            value=times.min(),
            shown=f"{times.min():g} s",
        )
    ramp = None if sweep_time is None else positive_scalar("sweep_time", sweep_time, TIME)
    state, pump_checks = _pump_from_rest(
        lab, pump_field, pump_time, electron_spin, optical_axis_angle
    )
    speed = _fastest_sweep(
        lab,
        [(state.field, float(field)) for field in fields] + [(float(f), look) for f in fields],
        ramp,
    )
    beta, coldest = np.empty((fields.size, times.size)), np.empty(fields.size)
    for i, field in enumerate(fields):
        begin = _move(lab, state, float(field), ramp)
        coldest[i] = begin.beta
        end = lab.hold(lab.dark(fields[i : i + 1]), begin.beta, times)
        beta[i] = _move_states(lab, float(field), end, look, ramp)
    signal = _overhauser_field(lab, beta, look)
    dark = lab.dark(fields)
    exact = 1 / flow(dark, np.zeros(fields.size), np.arange(fields.size))[1]
    fitted = np.array(
        [_decay_time(times, row, guess) for row, guess in zip(signal, exact, strict=True)]
    )
    seen = find_conditions(lab, lab.dark(np.array([look])), np.abs(beta).max(keepdims=True).ravel())
    condition_attributes = warn_conditions(
        [pump_checks, find_conditions(lab, dark, coldest, sweep_speed=speed), seen], stacklevel=3
    )
    along = {"relaxation_time": exact, "fitted_relaxation_time": fitted}
    data = xr.Dataset(
        {name: ("dark_field", values, attributes(name)) for name, values in along.items()}
    )
    data["signal"] = (("dark_field", "dark_time"), signal, attributes("signal"))
    data = data.assign_coords(
        dark_field=("dark_field", fields, attributes("dark_field")),
        dark_time=("dark_time", times, attributes("dark_time")),
    )
    return data.assign_attrs(
        **laboratory_attributes(lab, dark.evaluate.name),
        **condition_attributes,
        **_pump_attributes(state, electron_spin, pump_time),
    )


@keywords_checked
def adiabatic_demagnetization(
    site: Site,
    *,
    pump_field: Any,
    electron_spin: float,
    final_field: Any = 0.0,
    pump_time: Any = None,
    sweep_time: Any = None,
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    effective_isotope: bool = False,
) -> xr.Dataset:
    """Temperature of nuclei that are pumped at one field and taken slowly to another, in the dark.

    `final_field` is one field or an axis [T]; it may be of the other sign. Other arguments as in
    :func:`three_stage`. Without `sweep_time` the entropy stays; with it the nuclei relax during the
    sweep, which goes evenly to each final field in that time, and is sudden where it is fast
    against T2N. Returns a Dataset along `field` with `inverse_spin_temperature`,
    `spin_temperature`, `nuclear_polarization` and `overhauser_field`; the state after pumping is in
    the attributes.
    """
    lab = build_laboratory(
        site,
        leakage,
        self_consistent=self_consistent,
        knight_field=knight_field,
        effective_isotope=effective_isotope,
        method=method,
    )
    fields = si_axis("final_field", final_field, FIELD)
    ramp = None if sweep_time is None else positive_scalar("sweep_time", sweep_time, TIME)
    state, pump_checks = _pump_from_rest(
        lab, pump_field, pump_time, electron_spin, optical_axis_angle
    )
    speed = _fastest_sweep(lab, [(state.field, float(field)) for field in fields], ramp)
    beta = np.array([_move(lab, state, float(field), ramp).beta for field in fields])
    spins = lab.site.ensemble.mean_spins(beta, fields[None])
    nuclei = lab.site.ensemble.nuclei
    with np.errstate(divide="ignore"):
        temperature = 1 / (BOLTZMANN * beta)
    columns = {
        "inverse_spin_temperature": beta,
        "spin_temperature": temperature,
        "nuclear_polarization": nuclei @ spins / (nuclei @ lab.site.ensemble.spin),
        "overhauser_field": _overhauser_field(lab, beta, fields),
    }
    dark = lab.dark(fields)
    checks = worst_conditions([pump_checks, find_conditions(lab, dark, beta, sweep_speed=speed)])
    data = build_dataset(columns, fields, site, dark.evaluate.name, checks, stacklevel=3)
    effects = laboratory_attributes(lab, data.attrs["method"])
    return data.assign_attrs(
        **(effects | data.attrs), **_pump_attributes(state, electron_spin, pump_time)
    )


def _pump_from_rest(
    lab: Laboratory, field: Any, time: Any, electron_spin: float, angle: Any
) -> tuple[State, Checks]:
    """State of the nuclei after pumping from rest, the light just off, and conditions."""
    stage = PumpStage(field, 1.0 if time is None else time, electron_spin, angle)
    pumped = lab.illuminate(np.array([stage.field]), stage.electron_spin, stage.optical_axis_angle)
    beta = goals(pumped) if time is None else lab.hold(pumped, 0.0, np.array([stage.duration]))
    lit = State(float(beta[0]), stage.field, pumped)
    return lab.switch_light(lit, None), find_conditions(lab, pumped, beta)


def _fastest_sweep(
    lab: Laboratory, changes: list[tuple[float, float]], ramp: float | None
) -> float:
    """Largest T2N dθ/dt of even sweeps (from, to) in the time `ramp`; 0 for sudden changes."""
    if ramp is None:
        return 0.0
    return max(
        (lab.sweep_speed((first, last, ramp)) for first, last in changes if first != last),
        default=0.0,
    )


def _move(lab: Laboratory, state: State, field: float, ramp: float | None) -> State:
    """Take the nuclei to another field, at once or in a time."""
    if ramp is None or field == state.field:
        return lab.step_field(state, field)
    beta = lab.sweep_field(state, field, ramp, np.array([ramp]))
    return State(float(beta[0]), field)


def _move_states(
    lab: Laboratory, field: float, beta: Array, new: float, ramp: float | None
) -> Array:
    """β of nuclei that stood at one field in several states, taken to another."""
    if ramp is None or field == new:
        return np.array([lab.step_field(State(float(b), field), new).beta for b in beta])
    return lab.sweep_states(beta, (field, new, ramp), np.array([ramp]))[:, 0]


def _overhauser_field(lab: Laboratory, beta: Array, field: Any) -> Array:
    ensemble = lab.site.ensemble
    weights = ensemble.coupling * ensemble.nuclei / lab.site.electron_gyromagnetic_ratio
    result: Array = (
        np.tensordot(weights, ensemble.mean_spins(beta, np.atleast_1d(field)[None]), 1) + 0.0
    )
    return result


def _decay_time(time: Array, signal: Array, guess: float) -> float:
    """T of A exp(−t/T) fitted to a signal by least squares; NaN where there is nothing to fit."""
    from scipy.optimize import least_squares  # loads slowly

    top = float(np.abs(signal).max())
    if np.unique(time).size < 2 or top == 0:
        return float("nan")
    scaled = signal / top
    first, last = int(np.argmin(time)), int(np.argmax(time))
    ratio = scaled[first] / scaled[last] if scaled[last] else np.inf
    rate = np.log(ratio) / (time[last] - time[first]) if 1 < ratio < 1e3 else 1 / guess
    fit = least_squares(
        lambda p: p[0] * np.exp(-p[1] * rate * time) - scaled,
        (scaled[first], 1.0),
        ftol=1e-14,
        xtol=1e-14,
        gtol=1e-14,
    )
    return float(1 / (fit.x[1] * rate))


def _pump_attributes(state: State, electron_spin: float, time: Any) -> dict[str, Any]:
    with np.errstate(divide="ignore"):
        temperature = float(1 / (BOLTZMANN * np.float64(state.beta)))
    return {
        "electron_spin": electron_spin,
        "pump_field": state.field,
        "pump_time": float("inf") if time is None else positive_scalar("pump_time", time, TIME),
        "pumped_inverse_spin_temperature": state.beta,
        "pumped_spin_temperature": temperature,
    }
