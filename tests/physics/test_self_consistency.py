"""The mean Overhauser field in which the electron precesses: all its states by brute force, and motion between them."""

import itertools
import math
from functools import partial

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import wofz

import samples
from coldspin import Site, cool, optimum
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.cooling.facade import branches
from coldspin.heating import ClosedForm, Multiplets, Semiclassical, SmallAngle
from coldspin.thermodynamics.self_consistency import self_consistent_states
from samples import NEV, close_to
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

DOT = samples.DOT.replace(correlation_time=1e-6)


class Balance:
    """Equations (1)-(6), (11)-(13), (S12), (S38) of one isotope in SI, from the numbers given to the site alone."""

    def __init__(self, site, spin, method=None):
        self.a, self.tau = site.hyperfine_coupling, site.correlation_time
        self.gamma_n, self.gamma_e = (
            site.nuclear_gyromagnetic_ratio,
            site.g_factor * BOHR_MAGNETON / HBAR,
        )
        self.n, self.i, self.f, self.b_l = (
            site.nuclei,
            site.nuclear_spin,
            site.filling,
            site.local_field,
        )
        self.n_eff = 4 * self.n * self.i * (self.i + 1) / 3
        self.s = 1 / (abs(self.a) * math.sqrt(self.n_eff))
        self.k, self.spin, self.small = self.tau / self.s, spin, method == SmallAngle()

    def slow(self):
        x2 = (self.a * self.tau) ** 2
        return 0.5 if self.small else 2 / 5 / x2 * (2 - 1 / (1 + x2) - 4 / (4 + x2))

    def averages(self, b):
        """g = ⟨1/(1+Ω²τ²)⟩ and τ_c/T1e: by the Faddeeva function, near b = 0 at 40 digits."""
        if abs(b) > 0.3:
            z = math.sqrt(2) * complex(b, 1 / self.k)
            w = wofz(z)
            slope = -2 * z * w + 2j / math.sqrt(math.pi)
            scale = math.sqrt(2 * math.pi) / (b * self.k**2)
            g, g_b = scale * w.imag, scale * (math.sqrt(2) * slope.imag - w.imag / b)
            return g, self.k**2 / 2 * (g + g_b / (4 * b))
        with mp.workdps(40):
            b, k = mp.mpf(b or 1e-9), mp.mpf(self.k)
            z = mp.sqrt(2) * mp.mpc(b, 1 / k)
            w = mp.exp(-(z**2)) * mp.erfc(mp.mpc(0, -1) * z)
            slope = -2 * z * w + 2j / mp.sqrt(mp.pi)
            scale = mp.sqrt(2 * mp.pi) / (b * k**2)
            g, g_b = scale * w.imag, scale * (mp.sqrt(2) * slope.imag - w.imag / b)
            return float(g), float(k**2 / 2 * (g + g_b / (4 * b)))

    def overhauser(self, beta, field):
        """⟨Ω_N⟩ = aN⟨I_z⟩/ħ with ⟨I_z⟩ of (1)."""
        return self.a * self.n * self.i * (self.i + 1) / 3 * HBAR * self.gamma_n * field * beta

    def rates(self, beta, field):
        """What the electrons bring, and what the reservoirs take per β, while ⟨Ω_N⟩ belongs to β [W], [W J]."""
        g, loss = self.averages((self.gamma_e * field + self.overhauser(beta, field)) * self.s)
        arrivals = self.f / self.tau
        brought = arrivals * loss * self.spin * HBAR * self.gamma_n * field
        zeeman = arrivals * loss * (HBAR * self.gamma_n * field) ** 2 / 4
        held = (
            arrivals
            * (g + self.slow())
            * self.n_eff
            / 4
            * (HBAR * self.gamma_n * self.b_l * self.a * self.tau) ** 2
        )
        return brought, zeeman + held

    def surplus(self, beta, field):
        brought, held = self.rates(beta, field)
        return brought / held - beta

    def largest(self, field):
        """β without spin-spin heating, which no state exceeds."""
        return 4 * self.spin / (HBAR * self.gamma_n * field)

    def states(self, field, points=1500):
        """Every β with balanced fluxes: scan, evenly and densely where Ω_B + ⟨Ω_N⟩ = 0, then bisect."""
        top = self.largest(field)
        compensated = -self.gamma_e * field / (self.overhauser(top, field) or math.inf)
        near = compensated + np.concatenate(
            [-np.geomspace(0.5, 1e-6, 150), [0], np.geomspace(1e-6, 0.5, 150)]
        )
        share = np.unique(
            np.concatenate([np.linspace(-0.01, 1.01, points), near[(near > 0) & (near < 1.01)]])
        )
        values = [self.surplus(x * top, field) for x in share]
        brackets = [
            share[i : i + 2] for i in range(len(share) - 1) if values[i] * values[i + 1] < 0
        ]
        excess = partial(self._excess, top=top, field=field)
        return [top * brentq(excess, *bracket, xtol=1e-16, rtol=1e-14) for bracket in brackets]

    def _excess(self, share, top, field):
        return self.surplus(share * top, field) / top

    def evolved(self, start, field, duration=200.0):
        """β after a long time, by dβ/dt = (fluxes)/(heat capacity)."""
        capacity = self.n_eff * (HBAR * self.gamma_n / 2) ** 2 * (field**2 + self.b_l**2)
        top = abs(self.largest(field))

        def speed(_, y):
            brought, held = self.rates(y[0] * top, field)
            return [(brought - held * y[0] * top) / capacity / top]

        unit = capacity / self.rates(start, field)[1]
        solved = solve_ivp(
            speed, (0, duration * unit), [start / top], method="LSODA", rtol=1e-9, atol=1e-12
        )
        return float(solved.y[0, -1]) * top


def precession(balance, beta, field):
    return balance.overhauser(beta, field) * balance.s


BISTABLE = (0.95, 1.2, 1.5, 1.9)


@pytest.mark.parametrize("field", [-3.0, -1.2, -0.3, 5e-3, 0.3, 0.7, *BISTABLE, 2.2, 4.0])
@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
def test_every_state_is_found(field, method):
    balance = Balance(DOT, 0.1, method)
    expected = sorted(precession(balance, beta, field) for beta in balance.states(field))
    found = branches(DOT, field, 0.1, method=method)
    assert found.sizes["state"] == len(expected)
    np.testing.assert_allclose(found.mean_overhauser_precession, expected, rtol=1e-9)
    betas = found.inverse_spin_temperature.values
    np.testing.assert_allclose(
        [balance.surplus(beta, field) / beta for beta in betas], 0, atol=1e-8
    )
    np.testing.assert_array_equal(found.field, field)


def test_there_is_a_bistable_region():
    counts = cool(DOT, [0.3, *BISTABLE, 4.0], 0.1).stable_states.values
    assert counts[0] == counts[-1] == 1
    assert max(counts) == 2


@pytest.mark.parametrize("field", [0.3, *BISTABLE, 2.2])
def test_stability_is_that_of_the_motion_in_time(field):
    balance = Balance(DOT, 0.1)
    found = branches(DOT, field, 0.1)
    betas = found.inverse_spin_temperature.values
    for beta, stable in zip(betas, found.stable.values, strict=True):
        for push in (-1e-4, 1e-4):
            end = balance.evolved(beta * (1 + push), field)
            assert (end == close_to(beta, rel=1e-6)) == stable
            assert (
                min(abs(end / b - 1) for b, s in zip(betas, found.stable.values, strict=True) if s)
                < 1e-6
            )


@pytest.mark.parametrize("spin", [0.1, -0.1, 0.4])
def test_rest_is_where_warm_nuclei_come_to(spin):
    fields = [-2.5, -1.5, -1.0, 0.5, *BISTABLE, 2.5]
    balance = Balance(DOT, spin)
    data = cool(DOT, fields, spin)
    ends = [balance.evolved(0.0, field) for field in fields]
    np.testing.assert_allclose(data.inverse_spin_temperature, ends, rtol=1e-6)


def test_hysteresis_follows_the_motion_in_time():
    fields = np.linspace(0.6, 2.6, 41)
    balance = Balance(DOT, 0.1)
    curves = {}
    for way, order in (("up", slice(None)), ("down", slice(None, None, -1))):
        path, beta = fields[order], 0.0
        swept = cool(DOT, path, 0.1, start="sweep")
        for field, ours in zip(path, swept.inverse_spin_temperature.values, strict=True):
            beta = balance.evolved(beta, field, 5000.0)
            assert ours == close_to(beta, rel=1e-6), (way, field)
        curves[way] = swept.sortby("field")
    differs = ~np.isclose(
        curves["up"].inverse_spin_temperature, curves["down"].inverse_spin_temperature, rtol=1e-6
    )
    np.testing.assert_array_equal(differs, curves["up"].stable_states.values == 2)
    assert 10 < differs.sum() < 35


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
def test_small_spin_is_the_limit_without_feedback(method):
    fields = np.array([-1.0, -0.02, 1e-3, 0.3, 2.0])
    for spin, tolerance in ((1e-7, 1e-4), (1e-9, 1e-6)):
        with_it, without = (
            cool(DOT, fields, spin, method=method, self_consistent=on) for on in (True, False)
        )
        for name in ("inverse_spin_temperature", "heating_coefficient", "electron_relaxation_time"):
            np.testing.assert_allclose(with_it[name], without[name], rtol=tolerance)
    assert (cool(DOT, fields, 0.0).inverse_spin_temperature == 0).all()


SIGNS = list(itertools.product((1, -1), (1, -1), (1, -1), (1, -1)))


@pytest.mark.parametrize(("g", "a", "n", "spin"), SIGNS)
def test_either_sign_of_everything(g, a, n, spin):
    site = DOT.replace(
        g_factor=0.44 * g, hyperfine_coupling=NEV * a, nuclear_gyromagnetic_ratio=6.3e7 * n
    )
    balance = Balance(site, 0.1 * spin)
    for field in (1.2, -1.2):
        found = branches(site, field, 0.1 * spin)
        expected = sorted(precession(balance, beta, field) for beta in balance.states(field, 300))
        np.testing.assert_allclose(found.mean_overhauser_precession, expected, rtol=1e-9)


def test_turning_all_fields_and_the_spin_over_changes_nothing():
    fields = [-1.5, -0.3, 2e-3, 1.0, 1.9]
    one, other = branches(DOT, fields, 0.1), branches(DOT, [-b for b in fields], -0.1)
    for name in ("inverse_spin_temperature", "heating_coefficient", "spin_influx"):
        np.testing.assert_allclose(np.sort(one[name]), np.sort(other[name]), rtol=1e-9)
    np.testing.assert_allclose(
        np.sort(one.overhauser_field), np.sort(-other.overhauser_field), rtol=1e-9
    )


def nearest_state(site, field, spin, like, method):
    there = branches(site, field, spin, method=method)
    stable = there.isel(state=np.flatnonzero(there.stable))
    at = int(
        np.argmin(
            np.abs(
                stable.mean_overhauser_precession.values - float(like.mean_overhauser_precession)
            )
        )
    )
    return float(stable.inverse_spin_temperature[at])


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
@pytest.mark.parametrize(
    ("time", "spin"),
    [("1 µs", 0.1), ("1 µs", -0.02), ("30 ns", 0.3), ("4 ns", 0.05), ("0.1 ns", 0.5)],
)
def test_an_optimum_is_stationary_on_its_branch(method, time, spin):
    site = DOT.replace(correlation_time=time)
    found = optimum(site, spin, method=method)
    assert found.sizes["extremum"] >= 2
    for i in range(found.sizes["extremum"]):
        here = found.isel(extremum=i)
        field, beta = float(here.field), float(here.inverse_spin_temperature)
        assert nearest_state(site, field, spin, here, method) == close_to(beta, rel=1e-9)
        change = np.array(
            [
                nearest_state(site, field * (1 + step), spin, here, method) / beta - 1
                for step in (-1e-3, 1e-3)
            ]
        )
        assert (np.sign(change) == (-1 if here.kind == "maximum" else 1)).all(), change
        assert (
            abs(change[1] - change[0]) < 0.01 * abs(change).sum()
        )  # a parabola about the place itself


def stable_curves(site, fields, spin):
    """(B, u, |β|) along each stable branch, followed from field to field by the nearest u."""
    there = branches(site, fields, spin)
    curves = []
    for before, field in zip([np.nan, *fields[:-1]], fields, strict=True):
        here = there.isel(state=np.flatnonzero((there.field == field) & there.stable))
        going_on = [curve for curve in curves if curve[-1][0] == before]
        for u, beta in zip(
            here.mean_overhauser_precession.values,
            here.inverse_spin_temperature.values,
            strict=True,
        ):
            near = [
                curve for curve in going_on if abs(curve[-1][1] - u) < 4 and curve[-1][0] != field
            ]
            if not near:
                curves.append([])
            curve = min(near, key=lambda c, u=u: abs(c[-1][1] - u)) if near else curves[-1]
            curve.append((field, u, abs(beta)))
    return curves


@pytest.mark.parametrize(("time", "spin"), [("1 µs", 0.1), ("30 ns", 0.3), ("4 ns", -0.05)])
def test_no_optimum_is_missed(time, spin):
    """Every turning point of the scanned branches is reported, and no other."""
    site, places = DOT.replace(correlation_time=time), []
    for sign in (1, -1):
        for curve in stable_curves(site, sign * np.geomspace(2e-5, 6, 600), spin):
            betas = np.array([beta for *_, beta in curve])
            turns = np.flatnonzero((betas[1:-1] - betas[:-2]) * (betas[2:] - betas[1:-1]) < 0) + 1
            places += [curve[i][0] for i in turns]
    found = optimum(site, spin, fields=(-6.0, 6.0)).field.values
    np.testing.assert_allclose(np.sort(found), np.sort(places), rtol=0.03)


@pytest.mark.parametrize("spin", [0.1, -0.3])
def test_optima_turn_over_with_field_and_spin(spin):
    one, other = optimum(DOT, spin), optimum(DOT, -spin)
    np.testing.assert_allclose(np.sort(one.field), np.sort(-other.field), rtol=1e-9)
    np.testing.assert_allclose(
        np.sort(abs(one.inverse_spin_temperature)),
        np.sort(abs(other.inverse_spin_temperature)),
        rtol=1e-9,
    )


SMALL = Site(
    nuclei=24,
    nuclear_spin=0.5,
    hyperfine_coupling=1e8,
    nuclear_gyromagnetic_ratio=-6e7,
    local_field=1e-4,
    correlation_time=1e-8,
    filling=0.01,
    g_factor=0.5,
)
LARGE = DOT.replace(correlation_time="200 ns", nuclei=1e4)


@needs_compiler
@pytest.mark.parametrize(
    ("method", "site", "spin", "fields"),
    [
        (Multiplets(), SMALL, 0.4, (-0.02, 2e-3, 0.02)),
        (Semiclassical(), LARGE, 0.2, (-0.3, 0.05, 0.3)),
    ],
    ids=("multiplets", "semiclassical"),
)
def test_engines_stand_in_their_own_mean_field(method, site, spin, fields):
    found = branches(site, fields, spin, method=method)
    assert set(found.field.values) == set(fields)
    n_eff = site.effective_nuclei
    s, tau = site.dephasing_time, site.correlation_time
    for i in range(found.sizes["state"]):
        here = found.isel(state=i)
        field, beta = float(here.field), float(here.inverse_spin_temperature)
        mean = (
            site.hyperfine_coupling
            * n_eff
            / 4
            * HBAR
            * site.nuclear_gyromagnetic_ratio
            * field
            * beta
        )
        assert float(here.mean_overhauser_precession) == close_to(mean * s, rel=1e-9)
        groups = {
            "nuclei": site.nuclei,
            "spin": site.nuclear_spin,
            "nuclear_precession": -site.nuclear_gyromagnetic_ratio * field * s,
        }
        b = (site.electron_gyromagnetic_ratio * field + mean) * s
        phi = float(method.heating_coefficient(b, site.k, **groups))
        rate = float(method.relaxation_rate(b, site.k, **groups)) / s
        heating = phi / rate / tau * (tau / s) ** 2 * site.local_field**2
        by_hand = 4 * spin * field / (HBAR * site.nuclear_gyromagnetic_ratio) / (field**2 + heating)
        assert beta == close_to(by_hand, rel=1e-8)


@pytest.mark.parametrize("centre", [0.29, 0.53])
def test_two_states_about_to_merge_are_found_between_points_of_an_uneven_grid(centre):
    """R(u) − u is a parabola whose top is 1e-6 above 0: only its exact vertex shows that it crosses 0."""

    def response(u, _index):
        return u + 1e-6 - (u - centre) ** 2

    grid = np.array([[0.0, 0.2, 0.47, 0.7, 1.0]])
    states = self_consistent_states(response, response, grid)
    np.testing.assert_allclose(states.value, [centre - 1e-3, centre + 1e-3], rtol=1e-9)
    assert states.stable.tolist() == [False, True]
