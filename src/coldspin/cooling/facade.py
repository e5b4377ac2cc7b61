"""The facade in SI: a site, a field and an electron spin in, a labelled Dataset out."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr

from coldspin.arguments import keywords_checked
from coldspin.cooling.description import (
    conditions,
    describe_states,
    isotope_conditions,
    sampling_errors,
)
from coldspin.cooling.evaluation import Progress, check
from coldspin.cooling.extrema import explain_none, find_extrema, from_rest, search_range
from coldspin.cooling.labels import attributes, build_dataset
from coldspin.cooling.pump import Pump, build_pump, leakage_rates
from coldspin.cooling.pumped_site import choose_states, pump_site, stationary_states
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import ClosedForm, Method
from coldspin.quantities import FIELD, si_axis
from coldspin.sample.site import Site

_CLOSED_FORM = ClosedForm()


@keywords_checked
def cool(
    site: Site,
    field: Any,
    electron_spin: float,
    *,
    optical_axis_angle: Any = 0.0,
    self_consistent: bool = True,
    start: Literal["rest", "sweep"] = "rest",
    knight_field: bool = False,
    leakage: Any = None,
    high_temperature: bool = True,
    effective_isotope: bool = False,
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
    self_consistent : bool
        Whether the electron precesses in γ_e B + ⟨Ω_N⟩, with the mean Overhauser field that the
        result itself makes. Without it, in γ_e B alone: the paper's limit of ⟨S⟩ → 0, |⟨S⟩| ≪
        2/√N_I.
    start : "rest" or "sweep"
        Where several self-consistent states exist: the one that unpolarized nuclei come to at each
        field, or the one that they follow while the field is swept slowly, in the order given.
        :func:`branches` returns them all.
    knight_field : bool
        Whether the nuclei see the mean Knight field B_e = −fa⟨S⟩/(ħγ_N) along the optical axis
        besides B; β ∝ ⟨S⟩·(B+B_e), which cools at B = 0 too.
    leakage : float, quantity, channel or several channels, optional
        Relaxation that competes with that by the electron: a time ("10 s"), channels of
        :mod:`coldspin.thermodynamics.channels`, or as a plain number the leakage factor f_N in (0,
        1] of β.
    high_temperature : bool
        False for any polarization: populations of β (Brillouin function) and their detailed balance
        with the electron; needs B ≫ B_L wherever the polarization is large.
    effective_isotope : bool
        Whether an engine may take one effective isotope for several.
    method : Method
        How Φ and T1e are computed; :class:`~coldspin.heating.ClosedForm` when not given.
    progress : callable, optional
        Told the share of the work done, from 0 to 1, while an engine runs.

    Returns
    -------
    xarray.Dataset
        Along `field`: β, θ_N, ⟨I_z⟩, polarization, Overhauser field, Φ, T1e, ⟨Ω_N⟩T2e* and the
        energy fluxes, each with units and a long name; `stable_states`, how many the field has; for
        several isotopes also each one's own spin and Overhauser field; for a method that draws
        samples, :class:`~coldspin.heating.Trajectories`, `heating_coefficient_error` and
        `electron_relaxation_time_error`. Attributes: parameters, method, and `condition_*`, the
        worst value of each condition of validity. Each condition that fails is also a
        ValidityWarning. With a Knight field, spins and Overhauser field are along the sum of both
        fields.

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
    if start not in ("rest", "sweep"):
        raise InvalidInputError('must be "rest" or "sweep"', parameter="start", value=start)
    pump = build_pump(
        electron_spin,
        optical_axis_angle=optical_axis_angle,
        self_consistent=self_consistent,
        knight_field=knight_field,
        leakage=leakage,
        high_temperature=high_temperature,
        effective_isotope=effective_isotope,
        method=method,
    )
    pumped = pump_site(site, si_axis("field", field, FIELD), pump)
    states = stationary_states(pumped)
    every = np.arange(pumped.field.size)
    count = np.bincount(states.field[states.stable], minlength=every.size)
    u = choose_states(pumped, states, sweep=start == "sweep")
    return describe_states(pumped, u, every, progress, states=count, stacklevel=3)


@keywords_checked
def branches(
    site: Site,
    field: Any,
    electron_spin: float,
    *,
    optical_axis_angle: Any = 0.0,
    knight_field: bool = False,
    leakage: Any = None,
    high_temperature: bool = True,
    effective_isotope: bool = False,
    method: Method = _CLOSED_FORM,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Every self-consistent state of the nuclei at each field, stable or not.

    Arguments as in :func:`cool`. Returns a Dataset along `state`, ordered by field as given and
    then by ⟨Ω_N⟩, of what :func:`cool` returns, with `field` and `stable` (False: the nuclei leave
    it at the slightest push).
    """
    pump = build_pump(
        electron_spin,
        optical_axis_angle=optical_axis_angle,
        knight_field=knight_field,
        leakage=leakage,
        high_temperature=high_temperature,
        effective_isotope=effective_isotope,
        method=method,
    )
    pumped = pump_site(site, si_axis("field", field, FIELD), pump)
    states = stationary_states(pumped)
    data = describe_states(pumped, states.value, states.field, progress, stacklevel=3)
    data = data.drop_indexes("field").rename_dims(field="state").reset_coords("field")
    data["stable"] = ("state", states.stable, attributes("stable"))
    return data


@keywords_checked
def optimum(
    site: Site,
    electron_spin: float,
    *,
    fields: tuple[Any, Any] | None = None,
    optical_axis_angle: Any = 0.0,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    high_temperature: bool = True,
    effective_isotope: bool = False,
    method: Method = _CLOSED_FORM,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Every extremum of |β(B)| on a range of fields, largest |β| first.

    `fields` is (min, max) [T or with units], either sign; when it is not given, both signs of B up
    to ten times the largest field scale of the site, and to twice the Overhauser field, are
    searched, and the range is reported in the attributes. Other arguments as in :func:`cool`. Every
    stable branch is searched, from below the field where |β| is still proportional to |B|. With a
    closed form B is the common root of self-consistency and dβ/dB, to 1e-9 relative; with an engine
    it comes from a polynomial through ln|β|, to the square root of its tolerance or better, and
    only extrema that stand out by more than the tolerance are given. `from_rest` says whether
    unpolarized nuclei come to the state. A Monte Carlo method takes the same random numbers at
    every field: the noise bends its curve smoothly, and the extrema are those of its sample. Repeat
    with other seeds to estimate the scatter of B and β
    (:func:`~coldspin.studies.unequal_couplings.extrema`). The zero of β is not an extremum, nor is
    the end of a branch. Where there is no extremum, a ValidityWarning and the attribute
    `no_extremum` give the reason.

    Returns
    -------
    xarray.Dataset
        Along `extremum`: `field` [T], `kind` ("maximum" or "minimum" of |β|), and all that
        :func:`cool` returns there.
    """
    pump = build_pump(
        electron_spin,
        optical_axis_angle=optical_axis_angle,
        self_consistent=self_consistent,
        knight_field=knight_field,
        leakage=leakage,
        high_temperature=high_temperature,
        effective_isotope=effective_isotope,
        method=method,
    )
    if electron_spin == 0 or (abs(np.cos(pump.angle)) < 1e-15 and not knight_field):
        raise InvalidInputError(
            "electron_spin along the field is 0, so β is 0 at every field: there is no optimum"
        )
    check(site, method)
    low, high = search_range(site, fields, pump)
    ends = pump_site(site, np.array([low, high]), pump)
    extrema = find_extrema(ends, low, high, progress)
    at = np.array([place.field for place in extrema])
    pumped = pump_site(site, at, replace(pump, method=ends.evaluate.method))
    reason = "" if extrema else explain_none(ends, low, high)
    if reason:
        pumped.evaluate.messages.append(ValidityWarning(reason, "no extremum"))
    overhauser = np.array([place.overhauser for place in extrema])
    data = describe_states(pumped, overhauser, np.arange(at.size), None, stacklevel=3)
    data = data.drop_indexes("field").rename_dims(field="extremum").reset_coords("field")
    kinds = np.array([place.kind for place in extrema], dtype="<U7")
    data["kind"] = ("extremum", kinds, attributes("kind"))
    data["from_rest"] = ("extremum", from_rest(pumped, overhauser), attributes("from_rest"))
    order = np.argsort(-np.abs(data.inverse_spin_temperature.values), kind="stable")
    data = data.isel(extremum=order)
    return data.assign_attrs(
        search_minimum=low, search_maximum=high, no_extremum=reason, method=ends.evaluate.name
    )


@keywords_checked
def relax(
    site: Site,
    field: Any,
    *,
    leakage: Any = None,
    effective_isotope: bool = False,
    method: Method = _CLOSED_FORM,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Warming rate of the nuclei in the dark: by unpolarized electrons (13) and other channels.

    `site`, `field`, `effective_isotope` and `method` as in :func:`cool`; `leakage` a time or
    channels, whose rates add. Returns a Dataset along `field`: `relaxation_rate` [1/s] and its
    parts `zeeman_relaxation_rate`, `spin_spin_relaxation_rate` and, with leakage, `leakage_rate`,
    its inverse `relaxation_time` [s], Φ and T1e, with units, long names and conditions. A method
    that draws numbers adds standard errors; that of 1/T_E is the sum of those of its parts, which
    come from the same trajectories. Holds at small ⟨Ω_N⟩; :func:`run` follows the nuclei from any.
    """
    fields = si_axis("field", field, FIELD)
    channels = leakage_rates(leakage)
    pump = Pump(leakage=channels, effective_isotope=effective_isotope, method=method)
    dark = pump_site(site, fields, pump)
    every = np.arange(fields.size)
    heating = dark.evaluate(*dark.precession(np.zeros_like(fields), every), progress)
    parts = dark.decay_rates(heating, every)
    rate = dark.decay_rate(heating, every)
    columns = {"zeeman_relaxation_rate": parts.zeeman, "spin_spin_relaxation_rate": parts.spin_spin}
    if channels:
        columns["leakage_rate"] = parts.leakage
    columns = {
        "relaxation_rate": rate,
        "relaxation_time": 1 / rate,
        **columns,
        "heating_coefficient": heating.coefficient,
        "electron_relaxation_time": site.correlation_time / heating.spin_loss,
        **sampling_errors(site, heating, sampled=dark.evaluate.sampled),
    }
    if dark.evaluate.sampled:
        zeeman = parts.zeeman * heating.spin_loss_error / heating.spin_loss
        columns["relaxation_rate_error"] = (
            zeeman + abs(parts.spin_spin / heating.coefficient) * heating.coefficient_error
        )
    checks = conditions(site, fields, heating) + isotope_conditions(dark, heating, every)
    return build_dataset(
        columns, fields, site, dark.evaluate.name, (checks, dark.evaluate.messages), stacklevel=3
    )
