"""The facade in SI: a site, a field and an electron spin in, a labelled Dataset out."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from coldspin.arguments import Array, within
from coldspin.constants import BOLTZMANN
from coldspin.evaluation import Progress, method_name, resolved, site_heating
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import ClosedForm, Method, SmoothMethod
from coldspin.quantities import ANGLE, FIELD, si, si_axis
from coldspin.results import attributes, labelled, largest
from coldspin.site import Site
from coldspin.thermodynamics import darkness, extrema, fluxes, spin_temperature, validity

_CLOSED_FORM = ClosedForm()


def cool(
    site: Site,
    field: Any,
    electron_spin: float,
    *,
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Stationary nuclear spin temperature under optical pumping, against magnetic field (1)-(6).

    Parameters
    ----------
    site : Site
        The electron and its nuclei.
    field : array_like, quantity or str
        B along z [T], either sign: numbers, "150 G", "-200:200:401 mT" (ends included).
    electron_spin : float
        |⟨S⟩| ≤ 1/2 along the optical axis, signed: its sign is that of the helicity.
    optical_axis_angle : float or quantity
        θ between the optical axis and z; ⟨S_z⟩ = |⟨S⟩| cosθ.
    method : Method
        How Φ and T1e are computed; :class:`~coldspin.heating.ClosedForm` when not given.
    progress : callable, optional
        Told the share of the work done, from 0 to 1, while an engine runs.

    Returns
    -------
    xarray.Dataset
        Along `field`: β, θ_N, ⟨I_z⟩, polarization, Overhauser field, Φ, T1e, ⟨Ω_N⟩T2e* and the three energy fluxes,
        each with units and a long name. Attributes: parameters, method, and `condition_*`, the worst value of each
        condition of validity. Each condition that fails is also a ValidityWarning.

    Raises
    ------
    InvalidInputError
        For an argument outside its domain.

    Examples
    --------
    >>> from coldspin import Site, cool
    >>> donor = Site(nuclei=1e4, nuclear_spin=0.5, hyperfine_coupling="1 neV",
    ...              nuclear_gyromagnetic_ratio="6e7 rad/s/T", local_field="0.5 G", correlation_time="10 ns",
    ...              filling=1e-3, g_factor=-1.6)
    >>> curve = cool(donor, ["0 G", "1 G", "2 G"], 1e-3)
    >>> [float(f"{t:.3g}") for t in curve.spin_temperature * 1e6]
    [inf, 28.8, 31.6]
    """
    spin_z = _electron_spin(electron_spin, optical_axis_angle)
    return _pumped(site, si_axis("field", field, FIELD), spin_z, method, progress, stacklevel=3)


def optimum(
    site: Site,
    electron_spin: float,
    *,
    fields: tuple[Any, Any] | None = None,
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Every extremum of |β(B)| on a range of fields, largest |β| first.

    `fields` is (min, max) [T or with units], either sign; when it is not given, both signs of B up to ten times the
    largest field scale of the site are searched, and the range is reported in the attributes. Other arguments as in
    :func:`cool`. B comes from the root of the analytic dβ/dB, to 1e-8 relative or better. The zero of β at B = 0 is not
    an extremum.

    Returns
    -------
    xarray.Dataset
        Along `extremum`: `field` [T], `kind` ("maximum" or "minimum" of |β|), and all that :func:`cool` returns there.
    """
    spin_z = _electron_spin(electron_spin, optical_axis_angle)
    if spin_z == 0:
        raise InvalidInputError("electron_spin along the field is 0, so β is 0 at every field: there is no optimum")
    low, high = _search_range(site, fields)
    chosen = resolved(site, np.array([low, high]), method)
    found = [(sign * size, kind) for sign, size, kind in _extrema(site, low, high, chosen, progress)]
    at = np.array([place for place, _ in found])
    data = _pumped(site, at, spin_z, chosen, None, stacklevel=3)
    data = data.drop_indexes("field").rename_dims(field="extremum").reset_coords("field")
    data["kind"] = ("extremum", np.array([kind for _, kind in found], dtype="<U7"), attributes("kind"))
    order = np.argsort(-np.abs(data.inverse_spin_temperature.values), kind="stable")
    return data.isel(extremum=order).assign_attrs(
        search_minimum=low, search_maximum=high, method=method_name(method, chosen)
    )


def relax(site: Site, field: Any, *, method: Method = _CLOSED_FORM, progress: Progress | None = None) -> xr.Dataset:
    """Warming rate of the nuclear spins by unpolarized electrons, 1/T_E (13), against magnetic field.

    `site`, `field` and `method` as in :func:`cool`. Returns a Dataset along `field`: `relaxation_rate` [1/s] and its
    parts `zeeman_relaxation_rate` and `spin_spin_relaxation_rate`, its inverse `relaxation_time` T_E [s], Φ and T1e,
    with units, long names and conditions.
    """
    fields = si_axis("field", field, FIELD)
    coefficient, rate, messages, name = site_heating(site, fields, method, progress)
    parts = darkness.dark_relaxation(
        fields,
        electron_relaxation_rate=rate,
        heating_coefficient=coefficient,
        k=site.k,
        correlation_time=site.correlation_time,
        nuclei_effective=site.effective_nuclei,
        filling=site.filling,
        local_fields=(site.local_field, site.kinetic_local_field),
    )
    columns = {
        "relaxation_rate": parts.zeeman + parts.spin_spin,
        "relaxation_time": 1 / (parts.zeeman + parts.spin_spin),
        "zeeman_relaxation_rate": parts.zeeman,
        "spin_spin_relaxation_rate": parts.spin_spin,
        "heating_coefficient": coefficient,
        "electron_relaxation_time": 1 / rate,
    }
    conditions = _conditions(site, fields, np.zeros_like(fields), rate)
    return labelled(columns, fields, site, name, (conditions, messages), stacklevel=3)


def _pumped(
    site: Site, field: Array, spin_z: float, method: Method, progress: Progress | None, *, stacklevel: int
) -> xr.Dataset:
    coefficient, rate, messages, name = site_heating(site, field, method, progress)
    gamma = site.nuclear_gyromagnetic_ratio
    felt = spin_temperature.heating_field(coefficient, rate * site.correlation_time, site.k, site.kinetic_local_field)
    beta = spin_temperature.inverse_spin_temperature(spin_z, field, felt, gamma)
    mean_spin = spin_temperature.mean_nuclear_spin(beta, field, site.nuclear_spin, gamma)
    overhauser = site.hyperfine_coupling * site.nuclei * mean_spin
    flux = {"nuclear_gyromagnetic_ratio": gamma, "electron_relaxation_rate": rate, "filling": site.filling}
    with np.errstate(divide="ignore"):
        temperature = 1 / (BOLTZMANN * beta)
    columns = {
        "inverse_spin_temperature": beta,
        "spin_temperature": temperature,
        "nuclear_spin": mean_spin,
        "nuclear_polarization": mean_spin / site.nuclear_spin,
        "overhauser_field": overhauser / site.electron_gyromagnetic_ratio,
        "heating_coefficient": coefficient,
        "electron_relaxation_time": 1 / rate,
        "mean_overhauser_precession": overhauser * site.dephasing_time,
        "spin_influx": fluxes.spin_influx(spin_z, field, **flux),
        "zeeman_heating": fluxes.zeeman_heating(mean_spin, field, spin=site.nuclear_spin, **flux),
        "spin_spin_heating": fluxes.spin_spin_heating(
            beta,
            heating_coefficient=coefficient,
            nuclei=site.nuclei,
            spin=site.nuclear_spin,
            nuclear_gyromagnetic_ratio=gamma,
            local_field=site.kinetic_local_field / np.sqrt(3),
            rotation_angle=site.k / np.sqrt(site.effective_nuclei),
            arrival_time=site.correlation_time / site.filling,
        ),
    }
    conditions = _conditions(site, field, columns["mean_overhauser_precession"], rate)
    data = labelled(columns, field, site, name, (conditions, messages), stacklevel=stacklevel + 1)
    return data.assign_attrs(electron_spin_along_field=spin_z)


def _conditions(site: Site, field: Array, overhauser: Array, rate: Array) -> tuple[validity.Condition, ...]:
    spin_spin_time = validity.spin_spin_time(site.local_field, site.nuclear_gyromagnetic_ratio)
    return validity.conditions(
        mean_overhauser_precession=largest(overhauser),
        local_phase=site.correlation_time / spin_spin_time,
        thermalization_ratio=spin_spin_time * site.filling * largest(rate) / site.effective_nuclei,
        field_ratio=largest(field) / site.local_field,
    )


def _electron_spin(electron_spin: float, optical_axis_angle: Any) -> float:
    spin = within("electron_spin", electron_spin, -0.5, 0.5)
    angle = si("optical_axis_angle", optical_axis_angle, ANGLE)
    if spin.ndim or angle.ndim:
        raise InvalidInputError("electron_spin and optical_axis_angle must be one value each, not arrays")
    cosine = np.cos(angle)
    return float(spin * cosine) if abs(cosine) > 1e-15 else 0.0


def _search_range(site: Site, fields: tuple[Any, Any] | None) -> tuple[float, float]:
    if fields is None:
        scales = (
            site.kinetic_local_field * (1 + site.k / 2),
            site.fluctuation_field,
            site.knight_resonance,
            abs(site.electron_gyromagnetic_ratio / site.nuclear_gyromagnetic_ratio) * site.local_field,
        )
        return -10 * max(scales), 10 * max(scales)
    if isinstance(fields, str) or len(fields) != 2:
        raise InvalidInputError(f'fields must be a pair (min, max) such as ("0 G", "200 G"), not {fields!r}')
    low, high = (float(si("fields", value, FIELD)) for value in fields)
    if not low < high:
        raise InvalidInputError(f"fields must be (min, max) with min < max, not ({low:g} T, {high:g} T)")
    return low, high


def _extrema(
    site: Site, low: float, high: float, method: Method, progress: Progress | None
) -> Iterable[tuple[int, float, str]]:
    """(sign of B, |B|, kind) of each stationary point of |β|, found once for both signs: β is odd in B."""
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    inner, outer = max(nearest, 0.1 * site.kinetic_local_field), max(abs(low), abs(high))
    if outer <= inner:
        return
    if isinstance(method, SmoothMethod):
        found = _smooth_extrema(site, inner, outer, method)
    else:
        found = _sampled_extrema(site, inner, outer, method, progress)
    for place, maximum in found:
        for sign in (1, -1):
            if low < sign * place < high:
                yield sign, place, "maximum" if maximum else "minimum"


def _smooth_extrema(site: Site, low: float, high: float, method: Any) -> list[tuple[float, bool]]:
    """Roots of the analytic dβ/dB."""

    def slope(field: Array) -> Array:
        b = site.electron_precession(field)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ValidityWarning)
            coefficient = method.heating_coefficient(b, site.k, nuclei=site.nuclei, spin=site.nuclear_spin)
        heating = (np.asarray(coefficient), np.asarray(method.heating_slope(b, site.k)))
        return extrema.stationarity(field, b, site.k, heating, site.kinetic_local_field)

    return [(root, bool(slope(np.array(root * (1 - 1e-6))) > 0)) for root in extrema.roots(slope, low, high)]


def _sampled_extrema(
    site: Site, low: float, high: float, method: Method, progress: Progress | None
) -> list[tuple[float, bool]]:
    """Extrema of sampled |β|, with more points where the Knight field compensates the external one."""
    width = min(0.9, 4 * np.sqrt(site.effective_nuclei) / site.k)
    near = site.knight_resonance * (1 + width * np.linspace(-1, 1, 41))
    grid = np.geomspace(low, high, max(3, int(40 * np.log10(high / low))))
    grid = np.unique(np.concatenate([grid, near[(near > low) & (near < high)]]))

    def size_of_beta(field: Array) -> Array:
        coefficient, rate, _, _ = site_heating(site, field, method, progress if field.size > 1 else None)
        loss = rate * site.correlation_time
        felt = spin_temperature.heating_field(coefficient, loss, site.k, site.kinetic_local_field)
        gamma = abs(site.nuclear_gyromagnetic_ratio)
        return np.asarray(spin_temperature.inverse_spin_temperature(1.0, field, felt, gamma))

    return extrema.sampled_extrema(size_of_beta, grid, noise=1e-5)
