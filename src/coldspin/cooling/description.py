"""States of pumped nuclei as labelled columns, with the conditions under which they hold."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.constants import BOLTZMANN
from coldspin.cooling.evaluation import Heating, Progress
from coldspin.cooling.labels import build_dataset, largest
from coldspin.cooling.pumped_site import Indices, PumpedSite, find_reservoir_rates
from coldspin.exceptions import ValidityWarning
from coldspin.sample.site import Site
from coldspin.thermodynamics.conditions import CONDITIONS, ConditionValue
from coldspin.thermodynamics.validity import WEAK_FIELD, spin_spin_time


def describe_states(
    pumped: PumpedSite,
    overhauser: Array,
    index: Indices,
    progress: Progress | None,
    *,
    states: NDArray[np.intp] | None = None,
    stacklevel: int,
) -> xr.Dataset:
    """Columns of the states at the fields of given indices.

    In each the electron precesses in the field and in `overhauser`.

    A state that is NaN, because there is none, gives NaN; `states` is the number of stable ones.
    """
    site, ensemble = pumped.site, pumped.ensemble
    field, absent = pumped.field[index], np.isnan(overhauser)
    b, omega = pumped.precession(np.where(absent, 0, overhauser), index)
    heating = pumped.evaluate(b, omega, progress)
    beta = np.where(absent, np.nan, pumped.inverse_temperature(heating, index))
    spins = pumped.mean_spins(np.nan_to_num(beta), index) + 0 * beta
    precession = ensemble.coupling * ensemble.nuclei @ spins
    fluxes = pumped.fluxes(beta, heating, index)
    with np.errstate(divide="ignore"):
        temperature = 1 / (BOLTZMANN * beta)
    columns: dict[str, Any] = {
        "inverse_spin_temperature": beta,
        "spin_temperature": temperature,
        "nuclear_spin": ensemble.nuclei @ spins / ensemble.nuclei.sum(),
        "nuclear_polarization": ensemble.nuclei @ spins / (ensemble.nuclei @ ensemble.spin),
        "overhauser_field": precession / site.electron_gyromagnetic_ratio,
        "heating_coefficient": heating.coefficient,
        "electron_relaxation_time": site.correlation_time / heating.spin_loss,
        "mean_overhauser_precession": precession * site.dephasing_time,
        **fluxes._asdict(),
    }
    columns |= sampling_errors(site, heating, sampled=pumped.evaluate.sampled)
    if pumped.pump.leakage or pumped.pump.leakage_factor != 1:
        columns["leakage_heating"] = fluxes.net
    if site.species is not None:
        ratio = ensemble.coupling * ensemble.nuclei / site.electron_gyromagnetic_ratio
        columns |= {
            "isotope_nuclear_spin": spins,
            "isotope_overhauser_field": ratio[:, None] * spins,
        }
    if states is not None:
        columns["stable_states"] = states
    isotopes = isotope_conditions(pumped, heating, index)
    checks = pump_conditions(pumped, columns, heating, field) + isotopes
    messages = [*pumped.evaluate.messages, *_absent(absent)]
    data = build_dataset(
        columns, field, site, pumped.evaluate.name, (checks, messages), stacklevel=stacklevel + 1
    )
    data.attrs |= _pump_attributes(pumped)
    return data


def sampling_errors(site: Site, heating: Heating, *, sampled: bool) -> dict[str, Any]:
    """Columns of the standard errors of Φ and T1e; none for a method that draws no samples."""
    if not sampled:
        return {}
    time = site.correlation_time * heating.spin_loss_error / heating.spin_loss**2
    return {
        "heating_coefficient_error": heating.coefficient_error,
        "electron_relaxation_time_error": time,
    }


def conditions(
    site: Site, field: Array, heating: Heating, *more: ConditionValue
) -> tuple[ConditionValue, ...]:
    """Conditions of the theory at these fields, and `more`."""
    gamma = np.sqrt(site.ensemble.mean_square_gyromagnetic_ratio)
    mixing_time = spin_spin_time(site.local_field, gamma)
    rates = find_reservoir_rates(site, heating)
    fastest = max(largest(rates.zeeman), largest(rates.spin_spin))
    ratio = largest(field) / site.local_field
    values = list(more)
    if len(site.isotopes) > 1:
        mixing = site.ensemble.mixing_factor if ratio > WEAK_FIELD else 1.0
        values.append(CONDITIONS["isotope_mixing"].at(mixing))
    values.append(CONDITIONS["local_phase"].at(site.correlation_time / mixing_time))
    values.append(CONDITIONS["thermalization_ratio"].at(mixing_time * fastest))
    values.append(CONDITIONS["field_ratio"].at(ratio))
    return tuple(values)


def pump_conditions(
    pumped: PumpedSite, columns: dict[str, Any], heating: Heating, field: Array
) -> tuple[ConditionValue, ...]:
    """Conditions on what the pump does to the nuclei come first."""
    more = []
    if not pumped.pump.self_consistent:
        precession = largest(columns["mean_overhauser_precession"])
        more.append(CONDITIONS["mean_overhauser_precession"].at(precession))
    if pumped.pump.linear:
        polarization = largest(columns["nuclear_polarization"])
        more.append(CONDITIONS["polarization"].at(polarization))
    return conditions(pumped.site, field, heating, *more)


def isotope_conditions(
    pumped: PumpedSite, heating: Heating, index: Indices
) -> tuple[ConditionValue, ...]:
    """Condition on the heat of isotopes against each other; none for one isotope."""
    if len(pumped.site.isotopes) == 1:
        return ()
    error = largest(pumped.isotope_error(heating, index))
    return (CONDITIONS["isotope_heating"].at(error),)


def _absent(absent: Any) -> list[ValidityWarning]:
    count = int(np.count_nonzero(absent))
    if not count:
        return []
    sentence = (
        f"no stationary state at {count} of {absent.size} fields, where B² + B_h² is negative"
    )
    return [ValidityWarning(sentence, "no stationary state", count)]


def _pump_attributes(pumped: PumpedSite) -> dict[str, Any]:
    pump, cosine = pumped.pump, np.cos(pumped.pump.angle)
    knight = pumped.pump.electron_spin * -pumped.site.filling * pumped.ensemble.knight_slope
    return {
        "electron_spin": pump.electron_spin,
        "optical_axis_angle": pump.angle,
        "electron_spin_along_field": pump.electron_spin * cosine if abs(cosine) > 1e-15 else 0.0,
        "self_consistent": int(pump.self_consistent),
        "knight_field": knight if pump.knight_field else 0.0,
        "leakage": ", ".join(map(repr, pump.leakage)) or pump.leakage_factor,
        "high_temperature": int(pump.linear),
    }
