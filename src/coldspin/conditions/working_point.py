"""Nuclei under a pump at one field: their state, the regime that they are in, the method for it."""

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Heating
from coldspin.cooling.pumping import Pumping, reached, reservoir_rates_of, stationary_states
from coldspin.heating import Automatic, Method
from coldspin.sample.site import Site

_ONLY = np.zeros(1, dtype=np.intp)


@dataclass(frozen=True)
class WorkingPoint:
    """The state that nuclei come to from rest at one field, in numbers; NaN where there is none.

    Ω_B T2e* and ω_B T2e* with the mean Overhauser field in the first, fields in tesla, rates in
    1/s.
    """

    pumped: Pumping
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
        """Size of the field that the nuclei see [T], with the Knight field where that is asked for."""
        return abs(float(self.pumped.seen.field[0]))

    @property
    def rotation_angle(self) -> float:
        """x = aτ_c/ħ."""
        return float(self.site.k / sqrt(self.site.effective_nuclei))

    @property
    def mean_overhauser_precession(self) -> float:
        """⟨Ω_N⟩T2e* that the state makes."""
        return float(
            self.site.ensemble.coupling
            * self.site.ensemble.nuclei
            @ self.spins
            * self.site.dephasing_time
        )

    @property
    def reservoir_rate(self) -> float:
        """The faster of 1/T1N and the warming rate of the spin-spin energy [1/s], by the electron."""
        rates = reservoir_rates_of(self.site, self.heating)
        return max(float(rates.zeeman[0]), abs(float(rates.spin_spin[0])))

    @property
    def decay_rate(self) -> float:
        """1/T_E and leakage [1/s]."""
        return float(self.pumped.decay_rate(self.heating, _ONLY)[0])

    @property
    def heating_share(self) -> float:
        """Heat that one temperature of all reservoirs lets the Zeeman energies take, over their own.

        B_h²/B², and for several isotopes the heat of one against the others besides.
        """
        squares, ensemble = self.pumped.squares(self.heating, _ONLY), self.site.ensemble
        weights = ensemble.weights * ensemble.gyromagnetic_ratio**2
        rows = np.broadcast_to(self.pumped.seen.squared[:, 0], weights.shape)
        own = float(weights @ rows / weights.sum())
        against = abs(float(squares.zeeman[0]) - own)
        return (abs(float(squares.heating[0])) + against) / own if own else inf

    @property
    def isotope_error(self) -> float:
        """Largest relative error of β from the heat of isotopes against each other; 0 for one isotope."""
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
        """One sentence: correlation time, field, rotation of the nuclei, their number, and the method for that."""
        site, b, x, method = (
            self.site,
            self.electron_precession,
            self.rotation_angle,
            self.recommended_method(),
        )
        time = _which(site.k, "Short", "Intermediate", "Long")
        field = _which(abs(b), "weak", "intermediate", "strong")
        turn = _which(x, "small rotation", "noticeable rotation", "complete turns")
        cloud = (
            "many nuclei, a classical Overhauser field"
            if site.effective_nuclei > 1000
            else "few nuclei"
        )
        one = (
            " with effective_isotope=True"
            if len(site.coupled) > 1 and not method.several_isotopes
            else ""
        )
        return (
            f"{time} correlation time (k = τ_c/T2e* = {site.k:.3g}), {field} field (Ω_B T2e* = "
            f"{b:.3g}), {turn} of the "
            f"nuclei in one visit (x = aτ_c/ħ = {x:.3g}), {cloud} (N_I = "
            f"{site.effective_nuclei:.3g}); recommended "
            f"method: {method!r}{one}."
        )


def working_point(pumped: Pumping) -> WorkingPoint:
    """Let the nuclei come to their state from rest, at the one field of `pumped`."""
    states = stationary_states(pumped)
    overhauser = reached(pumped, states, sweep=False)
    b, omega = pumped.precession(np.nan_to_num(overhauser), _ONLY)
    heating = pumped.evaluate(b, omega)
    spins = np.full(len(pumped.site.isotopes), nan)
    if np.isfinite(overhauser[0]):
        beta = pumped.inverse_temperature(heating, _ONLY)
        if np.isfinite(beta[0]):
            spins = pumped.mean_spins(beta, _ONLY)[:, 0]
    count = int(np.count_nonzero(states.stable)) if np.isfinite(spins).all() else 0
    return WorkingPoint(pumped, count, float(b[0]), float(omega[0]), heating, spins)


def _which(value: float, small: str, between: str, large: str) -> str:
    return small if value < 0.3 else large if value > 3 else between
