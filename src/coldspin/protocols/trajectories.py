"""Nuclei of one site through an experiment: light, darkness, changes of the field."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling.pump import Pump
from coldspin.cooling.pumped_site import Indices, PumpedSite, pump_site, stationary_states
from coldspin.exceptions import InvalidInputError
from coldspin.sample.site import Site
from coldspin.thermodynamics import protocol, validity
from coldspin.thermodynamics.channels import Channel
from coldspin.thermodynamics.self_consistency import nearest_stable_state

_HARMLESS = 0.995  # share of β that a sudden step leaves of what an adiabatic one would


@dataclass(frozen=True)
class State:
    """β [1/J], the external field [T] along z, and the light, which is None in the dark.

    `rested` is the time [s] since the last sudden change of the field, `sudden_pace` the largest
    T2N/`rested` of all sudden changes so far.
    """

    beta: float
    field: float
    light: PumpedSite | None = None
    rested: float = np.inf
    sudden_pace: float = 0.0

    @property
    def parallel(self) -> Array:
        """Component along z of the field that each isotope sees [T]; one row where all see the same."""
        return np.array([self.field]) if self.light is None else self.light.seen.parallel[:, 0]

    @property
    def across(self) -> Array:
        """Component across z of the field that each isotope sees [T]; one row where all see the same."""
        return np.zeros(1) if self.light is None else self.light.seen.across[:, 0]


@dataclass(frozen=True)
class Laboratory:
    """A site, and the pump without its light: which effects count in every part of the experiment."""

    site: Site
    pump: Pump

    def illuminate(
        self,
        field: Array,
        electron_spin: float,
        angle: float = 0.0,
        leakage: tuple[Channel, ...] = (),
    ) -> PumpedSite:
        """Nuclei under light at fields [T]; `leakage` counts besides that of the experiment."""
        channels = self.pump.leakage + leakage
        light = replace(self.pump, electron_spin=electron_spin, angle=angle, leakage=channels)
        return pump_site(self.site, field, light)

    def dark(self, field: Array) -> PumpedSite:
        """Nuclei among unpolarized electrons at fields [T]."""
        return self.illuminate(field, 0.0)

    @property
    def spin_spin_time(self) -> float:
        """T2N [s] of all isotopes together."""
        gamma = np.sqrt(self.site.ensemble.mean_square_gyromagnetic_ratio)
        return float(validity.spin_spin_time(self.site.local_field, gamma))

    def sweep_speed(self, path: tuple[float, float, float]) -> float:
        """Largest T2N dθ/dt of an even sweep along `path` = (B_i, B_f [T], duration [s])."""
        return protocol.sweep_speed(path, self.site.local_field, self.spin_spin_time)

    def switch_light(self, state: State, pumped: PumpedSite | None) -> State:
        """Turn the light on or off (None), and with it, suddenly for the nuclei, the Knight field."""
        return self._jump(state, state.field, pumped)

    def step_field(self, state: State, field: float, kind: str = "adiabatic") -> State:
        """Turn the light off and change the field without loss of time."""
        if kind == "sudden":
            return self._jump(state, field, None)
        dark = self.switch_light(state, None)
        if field == dark.field:
            return dark
        beta = protocol.adiabatic(dark.beta, dark.field, field, self.site.local_field)
        return replace(dark, beta=beta, field=field, rested=np.inf)

    def _jump(self, state: State, field: float, light: PumpedSite | None) -> State:
        """Change field and light suddenly, where each isotope keeps its magnetization along its own field."""
        new = replace(state, field=field, light=light)
        if np.array_equal(state.parallel, new.parallel) and np.array_equal(
            state.across, new.across
        ):
            return new
        overlap = self._mean_over_isotopes(
            state.parallel * new.parallel + state.across * new.across
        )
        squared = self._mean_over_isotopes(new.parallel**2 + new.across**2)
        new = replace(
            new, beta=protocol.thermalize(state.beta, overlap, squared, self.site.local_field)
        )
        # a step counts where β differs from that of an adiabatic change, which it does by the
        # cosine between the old and the new (B, B_L)
        before = self._mean_over_isotopes(state.parallel**2 + state.across**2)
        local = self.site.local_field**2
        cosine = (overlap + local) / np.sqrt((before + local) * (squared + local))
        if cosine > _HARMLESS:
            return new
        return replace(
            new, rested=0.0, sudden_pace=max(state.sudden_pace, self._pace(state.rested))
        )

    def _pace(self, rested: float) -> float:
        """T2N over the time since the last sudden change."""
        return self.spin_spin_time / rested if rested else np.inf

    def _mean_over_isotopes(self, squares: Array) -> float:
        shares = self.site.ensemble.capacity_shares
        return float(shares @ np.broadcast_to(squares, shares.shape))

    def sweep_field(self, state: State, field: float, duration: float, time: Array) -> Array:
        """β at each `time` of an even sweep of the field in the dark."""
        dark = self.switch_light(state, None)
        if field == dark.field:
            return self.hold(self.dark(np.array([field])), dark.beta, time)
        beta: Array = self.sweep_states(np.array([dark.beta]), (dark.field, field, duration), time)[
            0
        ]
        return beta

    def after_sweep(self, state: State, path: tuple[float, float, float], beta: float) -> State:
        """State at the end of an even sweep along `path` = (B_i, B_f [T], duration [s]) in the dark."""
        enter, leave = protocol.sudden_part(path, self.site.local_field, self.spin_spin_time)
        if enter == leave:
            return replace(state, beta=beta, field=path[1], rested=state.rested + path[2])
        pace = abs(path[1] - path[0]) / path[2]
        sudden_pace = max(state.sudden_pace, self._pace(state.rested + abs(enter - path[0]) / pace))
        rested = abs(path[1] - leave) / pace
        return replace(state, beta=beta, field=path[1], rested=rested, sudden_pace=sudden_pace)

    def sweep_states(self, beta: Array, path: tuple[float, float, float], time: Array) -> Array:
        """β at each `time` [s] of an even sweep in the dark along `path`, for each β at its start."""
        ends = self.dark(np.array(path[:2]))

        def rate(at: Array, beta: Array) -> Array:
            return flow(ends.at_fields(at), beta, np.arange(at.size))[1]

        return protocol.sweep(
            beta,
            path,
            time,
            self.site.local_field,
            rate,
            spin_spin_time=self.spin_spin_time,
            tolerance=noise_of(ends, 1e-11),
        )

    def hold(self, pumped: PumpedSite, beta: float, time: Array) -> Array:
        """β at each `time` from `beta` on, at the one field of `pumped`."""
        goal = float(goals(pumped, beta)[0])
        one = np.zeros(1, dtype=np.intp)
        if not self.pump.self_consistent or overhauser_slope(pumped, one)[0] == 0:
            rate = flow(pumped, np.zeros(1), one)[1]
            return np.atleast_1d(protocol.relax_to(beta, goal, rate, time))
        noise = noise_of(pumped, 1e-12)
        return protocol.follow(
            beta, goal, lambda b: flow(pumped, b, np.repeat(one, b.size)), time, tolerance=noise
        )


def noise_of(pumped: PumpedSite, least: float) -> float:
    """Relative error of Φ and T1e by the method in use, `least` for a closed form."""
    return max(least, pumped.evaluate.method.tolerance)


def overhauser_slope(pumped: PumpedSite, index: Indices) -> Array:
    """⟨Ω_N⟩T2e* per β [J] at the fields of given indices."""
    ensemble = pumped.ensemble
    scale = ensemble.coupling * ensemble.nuclei * ensemble.dephasing_time
    slope: Array = scale @ pumped.mean_spins(np.ones(index.size), index)
    return slope


def flow(pumped: PumpedSite, beta: Array, index: Indices) -> tuple[Array, Array]:
    """β∞ [1/J] and R [1/s] that nuclei at `beta` have, at the fields of given indices."""
    u = (
        overhauser_slope(pumped, index) * beta
        if pumped.pump.self_consistent
        else np.zeros(index.size)
    )
    heating = pumped.evaluate.quietly(*pumped.precession(u, index))
    return pumped.inverse_temperature(heating, index), pumped.decay_rate(heating, index)


def goals(pumped: PumpedSite, start: float = 0.0) -> Array:
    """Stationary β [1/J] that nuclei at β = `start` go to, at each field."""
    states, every = stationary_states(pumped), np.arange(pumped.field.size)
    slope, first = (
        overhauser_slope(pumped, every),
        np.searchsorted(states.field, np.arange(every.size + 1)),
    )
    parts = [slice(low, high) for low, high in pairwise(first)]
    u = np.array(
        [
            nearest_stable_state(at * start, states.value[mine], states.stable[mine])
            for at, mine in zip(slope, parts, strict=True)
        ]
    )
    heating = pumped.evaluate.quietly(*pumped.precession(np.nan_to_num(u), every))
    beta = pumped.inverse_temperature(heating, every)
    own = (u != 0) & (slope != 0)
    beta[own] = u[own] / slope[own]
    lost = ~np.isfinite(u + beta)
    if lost.any():
        raise InvalidInputError(
            f"pumped nuclei have no stationary state at B = {pumped.field[lost][0]:g} T, where B² "
            f"+ B_h² is negative"
        )
    return beta
