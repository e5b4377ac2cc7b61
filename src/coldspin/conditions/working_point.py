"""Nuclei under a pump at one field: their state, their regime, the method for it."""

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Heating
from coldspin.cooling.pumped_site import (
    PumpedSite,
    choose_states,
    find_reservoir_rates,
    stationary_states,
)
from coldspin.heating import Automatic, Method
from coldspin.sample.site import Site

_ONLY = np.zeros(1, dtype=np.intp)


@dataclass(frozen=True)
class WorkingPoint:
    """The state that nuclei reach from rest at one field; NaN where there is none.

    `electron_precession` and `nuclear_precession` are Ω_B T2e*, with the mean Overhauser field,
    and ω_B T2e*. Fields are in tesla, rates in 1/s.
    """

    pumped: PumpedSite
    stable_states: int
    electron_precession: float
    nuclear_precession: float
    heating: Heating
    spins: Array

    @property
    def site(self) -> Site:
        """The electron and its nuclei."""
        return self.pumped.site

    @property
    def field(self) -> float:
        """Size of the field at the nuclei [T], with the Knight field if the pump has it."""
        return abs(float(self.pumped.seen.field[0]))

    @property
    def rotation_angle(self) -> float:
        """x = aτ_c/ħ."""
        return float(self.site.k / sqrt(self.site.effective_nuclei))

    @property
    def mean_overhauser_precession(self) -> float:
        """⟨Ω_N⟩T2e* of the state."""
        ensemble = self.site.ensemble
        precession = ensemble.coupling * ensemble.nuclei @ self.spins
        return float(precession * self.site.dephasing_time)

    @property
    def reservoir_rate(self) -> float:
        """The faster of 1/T1N and 1/T_SS, the warming rates by the electron [1/s]."""
        rates = find_reservoir_rates(self.site, self.heating)
        return max(float(rates.zeeman[0]), abs(float(rates.spin_spin[0])))

    @property
    def decay_rate(self) -> float:
        """1/T_E and leakage [1/s]."""
        return float(self.pumped.decay_rate(self.heating, _ONLY)[0])

    @property
    def heating_share(self) -> float:
        """Heat that the Zeeman energies take by sharing one temperature, over their own heat.

        It is B_h²/B², and for several isotopes also the heat of one against the others.
        """
        squares = self.pumped.squares(self.heating, _ONLY)
        ensemble = self.site.ensemble
        weights = ensemble.weights * ensemble.gyromagnetic_ratio**2
        rows = np.broadcast_to(self.pumped.seen.squared[:, 0], weights.shape)
        own = float(weights @ rows / weights.sum())
        against = abs(float(squares.zeeman[0]) - own)
        return (abs(float(squares.heating[0])) + against) / own if own else inf

    @property
    def isotope_error(self) -> float:
        """Largest relative error of β by the heat of isotopes against each other; 0 for one."""
        return float(self.pumped.isotope_error(self.heating, _ONLY)[0])

    def recommended_method(self) -> Method:
        """Return the method that `Automatic` takes here."""
        box = self.site.box
        return Automatic().resolve(
            self.electron_precession,
            self.site.k,
            nuclei=max(1.0, round(box.nuclei)),
            spin=box.nuclear_spin,
            nuclear_precession=self.nuclear_precession,
        )

    def regime(self) -> str:
        """One sentence on correlation time, field, rotation, number of nuclei, and the method."""
        site = self.site
        method = self.recommended_method()
        time = _size(site.k, "Short", "Intermediate", "Long")
        field = _size(abs(self.electron_precession), "weak", "intermediate", "strong")
        rotation = _size(
            self.rotation_angle, "small rotation", "noticeable rotation", "complete turns"
        )
        nuclei = "few nuclei"
        if site.effective_nuclei > 1000:
            nuclei = "many nuclei, a classical Overhauser field"
        option = ""
        if len(site.coupled) > 1 and not method.several_isotopes:
            option = " with effective_isotope=True"
        return (
            f"{time} correlation time (k = τ_c/T2e* = {site.k:.3g}), {field} field "
            f"(Ω_B T2e* = {self.electron_precession:.3g}), {rotation} of the nuclei in one visit "
            f"(x = aτ_c/ħ = {self.rotation_angle:.3g}), {nuclei} "
            f"(N_I = {site.effective_nuclei:.3g}); recommended method: {method!r}{option}."
        )


def find_working_point(pumped: PumpedSite) -> WorkingPoint:
    """Let the nuclei come to their state from rest, at the one field of `pumped`."""
    states = stationary_states(pumped)
    overhauser = choose_states(pumped, states, sweep=False)
    b, omega = pumped.precession(np.nan_to_num(overhauser), _ONLY)
    heating = pumped.evaluate(b, omega)
    spins = np.full(len(pumped.site.isotopes), nan)
    if np.isfinite(overhauser[0]):
        beta = pumped.inverse_temperature(heating, _ONLY)
        if np.isfinite(beta[0]):
            spins = pumped.mean_spins(beta, _ONLY)[:, 0]
    count = int(np.count_nonzero(states.stable)) if np.isfinite(spins).all() else 0
    return WorkingPoint(pumped, count, float(b[0]), float(omega[0]), heating, spins)


def _size(value: float, small: str, between: str, large: str) -> str:
    """The word for a dimensionless number: below 0.3, about 1, above 3."""
    if value < 0.3:
        return small
    return large if value > 3 else between
