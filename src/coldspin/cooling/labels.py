"""Results as labelled Datasets: units, long names, parameters, and warnings."""

import warnings
from typing import Any

import numpy as np
import xarray as xr

from coldspin.arguments import Array
from coldspin.exceptions import ValidityWarning
from coldspin.sample.site import Site
from coldspin.thermodynamics.conditions import ConditionValue

_LABELS = {
    "field": ("T", "magnetic field B along z"),
    "inverse_spin_temperature": ("1/J", "inverse nuclear spin temperature β"),
    "spin_temperature": ("K", "nuclear spin temperature θ_N"),
    "nuclear_spin": ("1", "mean nuclear spin ⟨I_z⟩"),
    "nuclear_polarization": ("1", "nuclear polarization ⟨I_z⟩/I"),
    "overhauser_field": ("T", "Overhauser field on the electron ⟨Ω_N⟩/γ_e"),
    "heating_coefficient": ("1", "heating coefficient Φ"),
    "electron_relaxation_time": ("s", "electron spin relaxation time by the nuclei T1e"),
    "heating_coefficient_error": ("1", "standard error of Φ at this precession"),
    "relaxation_rate_error": ("1/s", "standard error of 1/T_E, at most"),
    "electron_relaxation_time_error": ("s", "standard error of T1e at this precession"),
    "mean_overhauser_precession": ("1", "mean Overhauser precession ⟨Ω_N⟩ T2e*"),
    "spin_influx": ("W", "Zeeman energy brought by oriented electrons"),
    "zeeman_heating": ("W", "heating of the Zeeman reservoir q_Z"),
    "spin_spin_heating": ("W", "heating of the spin-spin reservoir q_SS"),
    "relaxation_rate": ("1/s", "warming rate of the nuclear spins in the dark 1/T_E"),
    "relaxation_time": ("s", "warming time of the nuclear spins in the dark T_E"),
    "zeeman_relaxation_rate": ("1/s", "part of 1/T_E by the Zeeman reservoir"),
    "spin_spin_relaxation_rate": ("1/s", "part of 1/T_E by the spin-spin reservoir"),
    "leakage_heating": ("W", "heating by leakage"),
    "leakage_rate": ("1/s", "part of the warming rate by other channels"),
    "kind": ("", "maximum or minimum of |β|"),
    "from_rest": ("", "whether unpolarized nuclei come to this state"),
    "stable": ("", "whether the state is stable"),
    "stable_states": ("1", "number of stable states at this field"),
    "isotope": ("", "isotope"),
    "isotope_nuclear_spin": ("1", "mean nuclear spin of one isotope ⟨I_z⟩"),
    "isotope_overhauser_field": ("T", "Overhauser field of one isotope"),
    "time": ("s", "time since the start"),
    "stage": ("1", "number of the stage"),
    "stage_kind": ("", "kind of the stage"),
    "dark_field": ("T", "magnetic field in the dark"),
    "dark_time": ("s", "time in the dark"),
    "signal": ("T", "Overhauser field measured after the dark"),
    "fitted_relaxation_time": ("s", "decay time of the signal by an exponential fit"),
    "cooling_time": ("s", "time of cooling from rest to the given share of β"),
}


def build_dataset(
    columns: dict[str, Any],
    field: Array,
    site: Site,
    method: str,
    checks: tuple[tuple[ConditionValue, ...], list[ValidityWarning]],
    *,
    stacklevel: int,
) -> xr.Dataset:
    """Columns along `field` with units, names and attributes.

    Warns once of each condition that fails.
    """
    conditions, messages = checks
    messages = [*messages, *(c.warning() for c in conditions if not c.holds)]
    for message in messages:
        warnings.warn(message, stacklevel=stacklevel + 1)  # one frame is keywords_checked
    coordinates = {"field": ("field", field, attributes("field"))}
    if site.species is not None:
        coordinates["isotope"] = (
            "isotope",
            np.array([s.isotope for s in site.species]),
            attributes("isotope"),
        )
    variables = {
        name: ("field" if np.ndim(values) == 1 else ("isotope", "field"), values, attributes(name))
        for name, values in columns.items()
    }
    if all(len(dims) != 2 for dims, *_ in variables.values()):
        coordinates.pop("isotope", None)
    data = xr.Dataset(variables, coordinates)
    data.attrs = {**site.parameters(), "method": method, "warnings": "\n".join(map(str, messages))}
    data.attrs |= {f"condition_{c.name}": c.value for c in conditions}
    resonance = site.knight_resonance  # 0 where the γ of isotopes cancel
    data.attrs |= {
        "condition_rotation_angle": float(site.k / np.sqrt(site.effective_nuclei)),
        "condition_nuclear_zeeman_share": largest(field) / resonance if resonance else float("inf"),
        "condition_nuclear_phase": largest(site.nuclear_precession(field)) * site.k,
    }
    return data


def attributes(name: str) -> dict[str, str]:
    """Unit and long name of a column."""
    unit, long_name = _LABELS[name]
    return {"units": unit, "long_name": long_name}


def largest(values: Array) -> float:
    """Largest magnitude, 0 for none."""
    return float(np.max(np.abs(values), initial=0.0))
