"""Nuclei under optical pumping: fields, balance of energies, stationary states."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Evaluator, Heating, bind_method, check
from coldspin.cooling.pump import Pump
from coldspin.heating import Semiclassical
from coldspin.sample.site import Site
from coldspin.thermodynamics import protocol
from coldspin.thermodynamics.balance import Balance, Squares
from coldspin.thermodynamics.ensemble import Ensemble
from coldspin.thermodynamics.fluxes import Fluxes
from coldspin.thermodynamics.knight_field import NuclearField, knight_field, nuclear_field
from coldspin.thermodynamics.self_consistency import (
    States,
    nearest_stable_state,
    self_consistent_states,
)
from coldspin.thermodynamics.spin_temperature import (
    ReservoirRates,
    heat_capacity_square,
    heating_field_squared,
    inverse_spin_temperature,
    reservoir_rates,
    warming_rate,
)

Indices = NDArray[np.intp]
Evaluate = Callable[[Array, Array], Heating]

_FINE, _COARSE = (
    0.1,
    0.4,
)  # steps of the search in asinh(2b): of a table of closed forms, of an engine
_CHEAP_NUCLEI = 1000  # up to here the exact engine searches for itself


class WarmingRates(NamedTuple):
    """Parts of the rate at which β decays [1/s]: by either reservoir (13), and by leakage."""

    zeeman: Array
    spin_spin: Array
    leakage: Array


@dataclass(frozen=True)
class PumpedSite:
    """A site under a pump along an axis of fields [T].

    u stands for ⟨Ω_N⟩T2e* along n, the axis of the field that the nuclei see.
    """

    site: Site
    field: Array
    pump: Pump
    evaluate: Evaluator
    ensemble: Ensemble
    seen: NuclearField

    def at_fields(self, field: Array) -> "PumpedSite":
        """Return the same at other fields [T]."""
        return replace(self, field=field, seen=_see_fields(self.site, field, self.pump))

    def precession(self, u: Array, index: Indices) -> tuple[Array, Array]:
        """Ω_B T2e* and ω_B T2e* along n, for the fields of given indices.

        |Ω_B| is that of the vector γ_e B + ⟨Ω_N⟩, its sign that of the component along n.
        """
        external = self.site.electron_precession(self.field[index])
        along, across = external * self.seen.cosine[index] + u, external * self.seen.sine[index]
        b = np.where(across == 0, along, np.copysign(np.hypot(along, across), along))
        return b, self.site.nuclear_precession(self.seen.field[index])

    def at(self, index: Indices) -> NuclearField:
        """Return what the nuclei see at the fields of given indices."""
        return NuclearField(*(value[..., index] for value in self.seen))

    def squares(self, heating: Heating, index: Indices) -> Squares:
        """B_Z², B_h² and B_leak² [T²], by which β is divided in (6)."""
        return self._squares(heating, self.at(index))

    def _squares(self, heating: Heating, seen: NuclearField) -> Squares:
        site, ensemble = self.site, self.ensemble
        zeeman = ensemble.zeeman_square(
            seen.squared,
            seen.along,
            precession=heating.precession,
            lorentzian=heating.lorentzian,
            spin_loss=heating.spin_loss,
            correlation_time=site.correlation_time,
        )
        heated = heating_field_squared(
            heating.coefficient, heating.spin_loss, site.k, site.kinetic_local_field
        )
        if not self.pump.leakage:
            return Squares(zeeman, heated, np.zeros_like(heated), np.zeros_like(heated))
        channels = np.zeros_like(heated)
        for share, gamma in zip(ensemble.capacity_shares, ensemble.gyromagnetic_ratio, strict=True):
            for channel in self.pump.leakage:
                channels = channels + share * channel.rate(seen.field, site.local_field, abs(gamma))
        rate = ensemble.capacity_nuclei * channels / self._arrival_rate(heating)
        return Squares(zeeman, heated, rate * self._capacity(seen.squared), rate)

    def balance(self, heating: Heating, index: Indices) -> Balance:
        """Return the balance of energies at the heating that belongs to some precession."""
        seen = self.at(index)
        squares = self._squares(heating, seen)
        return Balance(self.ensemble, seen, squares, linear=self.pump.linear)

    def isotope_error(self, heating: Heating, index: Indices) -> Array:
        """Largest relative error of β from the heat of isotopes that turn far against each other."""
        _, error = self.ensemble.turning_square(
            self.at(index).along, heating.precession, heating.spin_loss, self.site.correlation_time
        )
        total = np.abs(self.squares(heating, index).total)
        share: Array = np.divide(error, total, out=np.zeros_like(error), where=total > 0)
        return share

    def inverse_temperature(self, heating: Heating, index: Indices) -> Array:
        """β [1/J] in the steady state, at the heating that belongs to some precession."""
        return self.balance(heating, index).inverse_spin_temperature() * self.pump.leakage_factor

    def decay_rates(self, heating: Heating, index: Indices) -> WarmingRates:
        """Parts of 1/T_E and 1/T_L [1/s] (13)."""
        rate = self.relaxation_rate(heating)
        seen = self.at(index)
        squares = self._squares(heating, seen)
        capacity = self._capacity(seen.squared)
        return WarmingRates(
            warming_rate(rate, squares.zeeman, capacity),
            warming_rate(rate, squares.heating, capacity),
            warming_rate(rate, squares.leakage, capacity),
        )

    def decay_rate(self, heating: Heating, index: Indices) -> Array:
        """1/T_E + 1/T_L [1/s] (11), (13): dβ/dt = (β_∞ − β)(1/T_E + 1/T_L)."""
        seen = self.at(index)
        squares = self._squares(heating, seen).total
        capacity = self._capacity(seen.squared)
        return np.asarray(warming_rate(self.relaxation_rate(heating), squares, capacity))

    def fluxes(self, beta: Array, heating: Heating, index: Indices) -> Fluxes:
        """Energy fluxes at β [W]."""
        return self.balance(heating, index).fluxes(beta, self._arrival_rate(heating))

    def relaxation_rate(self, heating: Heating) -> Array:
        """r = f/(N T1e) [1/s] of (13), N the nuclei of the heat capacity."""
        return self._arrival_rate(heating) / self.ensemble.capacity_nuclei

    def _capacity(self, squared: Array) -> Array:
        """B² + B_L² of the heat capacity [T²], from B_k² of each isotope."""
        field_squared = self.ensemble.capacity_square_field(squared)
        return np.asarray(heat_capacity_square(field_squared, self.site.local_field))

    def _arrival_rate(self, heating: Heating) -> Array:
        rate: Array = self.site.filling * heating.spin_loss / self.site.correlation_time
        return rate

    def mean_spins(self, beta: Array, index: Indices) -> Array:
        """⟨I_k⟩·n of each isotope, polarized along its own field B_k; stacked first."""
        along = self.seen.along[:, index]
        if self.pump.linear:
            return self.ensemble.mean_spins(beta, along)
        size = np.sqrt(self.seen.squared[:, index])
        cosine = np.divide(along, size, out=np.zeros_like(along), where=size > 0)
        return cosine * self.ensemble.mean_spins(beta, size, linear=False)

    def switch_off(self, beta: Array, index: Indices) -> Array:
        """β [1/J] after the light, and with it the Knight field, has ended suddenly."""
        field = self.field[index]
        overlap = self.ensemble.capacity_square_field(self.seen.parallel[:, index] * field)
        beta = protocol.thermalize(beta, overlap, field**2, self.site.local_field)
        return np.asarray(beta)

    def response(self, evaluate: Evaluate, u: Array, index: Indices) -> Array:
        """Return the ⟨Ω_N⟩T2e* that the pump sustains while the electron precesses in u."""
        return self.overhauser(
            self.inverse_temperature(evaluate(*self.precession(u, index)), index), index
        )

    def overhauser(self, beta: Array, index: Indices) -> Array:
        """⟨Ω_N⟩T2e* along n of nuclei at β [1/J]."""
        result: Array = self._overhauser_scale @ self.mean_spins(beta, index)
        return result

    def surplus(self, beta: Array, heating: Heating, index: Indices) -> Array:
        """What cools less what heats at β [T²/J], of the sign of dβ/dt."""
        return self.balance(heating, index).surplus(beta / self.pump.leakage_factor)

    @property
    def _overhauser_scale(self) -> Array:
        scale: Array = self.ensemble.coupling * self.ensemble.nuclei * self.ensemble.dephasing_time
        return scale

    def reach(self) -> tuple[Array, Array]:
        """Bounds of ⟨Ω_N⟩T2e* of the states at each field: 0, and that of the least heating."""
        every = np.arange(self.field.size)
        if not self.pump.linear:
            spins = self.ensemble.spin
            limit = np.full(self.field.size, float(np.abs(self._overhauser_scale) @ spins))
            limit[~self.seen.product.any(axis=0)] = 0
            return -limit, limit
        drive = self.ensemble.cooling_drive(self.seen.product)
        slowest = self.ensemble.mean_square_field(self.seen.squared)
        coldest = np.nan_to_num(inverse_spin_temperature(drive, slowest))
        most = self.overhauser(coldest, every) * self.pump.leakage_factor
        return np.minimum(most, 0), np.maximum(most, 0)


def pump_site(site: Site, field: Array, pump: Pump) -> PumpedSite:
    """Prepare a site under a pump at fields [T]."""
    check(site, pump.method)
    seen = _see_fields(site, field, pump)
    b = site.electron_precession(field)
    omega = site.nuclear_precession(seen.field)
    evaluate = bind_method(site, b, omega, pump.method, effective_isotope=pump.effective_isotope)
    return PumpedSite(site, field, pump, evaluate, site.ensemble, seen)


def _see_fields(site: Site, field: Array, pump: Pump) -> NuclearField:
    """External field, and the Knight field of each isotope where that counts."""
    mean = 0.0
    isotopes: tuple[float, ...] = ()
    if pump.knight_field:
        ensemble = site.ensemble
        slopes = (ensemble.knight_slope, *ensemble.isotope_knight_slopes)
        mean, *each = (
            float(knight_field(pump.electron_spin, slope, 1.0, site.filling)) for slope in slopes
        )
        isotopes = tuple(each)
    return nuclear_field(field, pump.electron_spin, pump.angle, mean, isotopes)


def find_reservoir_rates(site: Site, heating: Heating) -> ReservoirRates:
    """1/T1N and the warming rate of the spin-spin energy alone [1/s], of all nuclei of the site."""
    arrival_rate = site.filling * heating.spin_loss / site.correlation_time
    heated = heating_field_squared(
        heating.coefficient, heating.spin_loss, site.k, site.kinetic_local_field
    )
    return reservoir_rates(arrival_rate / site.ensemble.capacity_nuclei, heated, site.local_field)


def stationary_states(pumped: PumpedSite, *, rough: bool = False) -> States:
    """Every self-consistent ⟨Ω_N⟩T2e* at every field; 0, one per field, without feedback.

    `rough` takes the states as the search finds them, of a closed form by interpolation.
    """
    every = np.arange(pumped.field.size)
    low, high = pumped.reach()
    still = low == high
    if not pumped.pump.self_consistent or still.all():
        return States(every, np.zeros(every.size), np.ones(every.size, dtype=bool))
    searcher = _searcher(pumped)
    grid = _axes(pumped, _FINE if isinstance(searcher, _Table) else _COARSE)
    states = self_consistent_states(
        lambda u, i: pumped.response(searcher, u, i),
        lambda u, i: pumped.response(searcher if rough else pumped.evaluate.quietly, u, i),
        grid,
    )
    index = np.concatenate([states.field, every[still]])
    value = np.concatenate([states.value, np.zeros(np.count_nonzero(still))])
    order = np.argsort(index, kind="stable")
    stable = np.concatenate([states.stable, still[still]])
    return States(index[order], value[order], stable[order])


def choose_states(pumped: PumpedSite, states: States, *, sweep: bool) -> Array:
    """⟨Ω_N⟩T2e* of the state that the nuclei reach at each field.

    They start from rest, or from the state at the field before.
    """
    result = np.empty(pumped.field.size)
    first = np.searchsorted(states.field, np.arange(result.size + 1))
    start = 0.0
    for i in range(result.size):
        mine = slice(first[i], first[i + 1])
        result[i] = nearest_stable_state(start, states.value[mine], states.stable[mine])
        if sweep and np.isfinite(result[i]):
            start = result[i]
    return result


def _axes(pumped: PumpedSite, step: float) -> Array:
    """An axis of u for each field, beyond its bounds, fine where the electron precesses slowly."""
    low, high = pumped.reach()
    margin = high - low
    ends = low - 0.05 * margin, high + 0.05 * margin
    external = pumped.site.electron_precession(pumped.field) * pumped.seen.cosine
    largest = float(np.max(np.abs(external + ends), initial=1.0))
    bend = 3 * max(1.0, 1 / pumped.site.k)  # beyond it Φ and T1e are powers of b
    middle = np.sinh(np.arange(0, np.arcsinh(2 * min(bend, largest)), step)) / 2
    beyond = (
        np.geomspace(bend, largest, 2 + int(np.log(largest / bend) / (3 * step)))
        if largest > bend
        else [largest]
    )
    side = np.concatenate([middle, beyond])
    common = np.concatenate([-side[:0:-1], side])
    axes: Array = np.clip(common - external[:, None], ends[0][:, None], ends[1][:, None])
    return axes


class _Table:
    """Φ and T1e of a closed form, which depend on |b| alone, interpolated."""

    def __init__(self, evaluate: Evaluate, largest: float) -> None:
        self._axis = (
            np.sinh(
                np.linspace(0, np.arcsinh(2 * largest), 1 + int(np.arcsinh(2 * largest) / 0.02))
            )
            / 2
        )
        self._values = evaluate(self._axis, np.zeros_like(self._axis))

    def __call__(self, b: Array, _omega: Array) -> Heating:
        return Heating(*(np.interp(np.abs(b), self._axis, column) for column in self._values))


def _searcher(pumped: PumpedSite) -> Evaluate:
    """A cheap evaluator for the scan: a table, the engine itself, or the semiclassical one."""
    method, evaluate = pumped.evaluate.method, pumped.evaluate
    if method.smooth:
        external = np.max(np.abs(pumped.site.electron_precession(pumped.field)), initial=1.0)
        return _Table(evaluate.quietly, float(external + 1.1 * np.max(np.abs(pumped.reach()))))
    if method.whole_nuclei and evaluate.nuclei > _CHEAP_NUCLEI:
        rough = bind_method(
            pumped.site,
            np.zeros(0),
            np.zeros(0),
            Semiclassical(tolerance=1e-4),
            effective_isotope=True,
        )
        return rough.quietly
    return evaluate.quietly
