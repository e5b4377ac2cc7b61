"""Beyond high temperature: populations from rate equations, the Brillouin function, the balance of energies by hand."""

import math
from functools import partial

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq

from coldspin import Site, cool
from coldspin.constants import HBAR
from coldspin.cooling.facade import branches
from coldspin.heating import SmallAngle
from coldspin.precession import spin_loss
from coldspin.sample.species import Species
from coldspin.thermodynamics.balance import Balance, Squares
from coldspin.thermodynamics.ensemble import Ensemble, moments, net_flips
from coldspin.thermodynamics.knight_field import NuclearField
from isotope_spread import heat_apart

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

close_to = partial(pytest.approx, abs=0)
SPINS = (0.5, 1.0, 1.5, 2.5, 4.5)


def dot(spin, **changes):
    values = {
        "nuclei": 1e5,
        "nuclear_spin": spin,
        "hyperfine_coupling": "1 neV",
        "nuclear_gyromagnetic_ratio": 6.3e7,
        "local_field": 1e-10,
        "correlation_time": 4e-9,
        "filling": 0.05,
        "g_factor": -0.44,
    }
    return Site(**(values | changes))


def at_any_polarization(site, field, spin, **options):
    options = {
        "self_consistent": False,
        "high_temperature": False,
        "method": SmallAngle(),
    } | options
    return cool(site, field, spin, **options).isel(field=0)


def populations(spin, electron_spin):
    """Stationary state of flip-flops: m → m+1 with an electron ↑ → ↓, ∝ (½+S)[I(I+1)−m(m+1)], and back with ½−S."""
    m = np.arange(-spin, spin + 0.5)
    size = len(m)
    rates = np.zeros((size, size))
    for i in range(size - 1):
        strength = spin * (spin + 1) - m[i] * (m[i] + 1)
        for source, target, share in (
            (i, i + 1, 0.5 + electron_spin),
            (i + 1, i, 0.5 - electron_spin),
        ):
            rates[target, source] += strength * share
            rates[source, source] -= strength * share
    rates[-1] = 1.0  # in place of one dependent equation: they sum to 1
    return m, np.linalg.solve(rates, np.eye(size)[-1])


@pytest.mark.parametrize("spin", SPINS)
@pytest.mark.parametrize("electron_spin", [1e-3, 0.1, -0.3, 0.45])
@pytest.mark.parametrize("field", [1.0, -0.5])
def test_in_strong_field_the_populations_are_those_of_detailed_balance(spin, electron_spin, field):
    data = at_any_polarization(dot(spin), field, electron_spin)
    eta = float(data.inverse_spin_temperature) * HBAR * 6.3e7 * field
    assert math.exp(eta) == close_to((1 + 2 * electron_spin) / (1 - 2 * electron_spin), rel=1e-7)
    m, p = populations(spin, electron_spin)
    assert float(data.nuclear_spin) == close_to(float(m @ p), rel=1e-7)
    assert float(data.nuclear_polarization) == close_to(float(m @ p) / spin, rel=1e-7)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_fully_polarized_electron_turns_every_nucleus(sign):
    data = at_any_polarization(dot(1.5), 1.0, 0.5 * sign)
    assert float(data.nuclear_spin) == close_to(1.5 * sign, rel=1e-6)


@pytest.mark.parametrize("spin", SPINS)
def test_a_small_spin_is_high_temperature(spin):
    for electron_spin, tolerance in (
        (1e-2, 1e-3 * spin * (spin + 1)),
        (1e-4, 1e-7 * spin * (spin + 1)),
    ):
        options = {"self_consistent": True}
        site = dot(spin, local_field=2e-4)
        any_of_them = at_any_polarization(site, 2e-3, electron_spin, **options)
        linear = at_any_polarization(site, 2e-3, electron_spin, high_temperature=True, **options)
        for name in (
            "inverse_spin_temperature",
            "nuclear_spin",
            "zeeman_heating",
            "spin_spin_heating",
            "spin_influx",
        ):
            assert float(any_of_them[name]) == close_to(float(linear[name]), rel=tolerance)


def brillouin(spin, eta):
    """⟨m⟩ and ⟨m²⟩ = I(I+1) − ⟨m⟩ coth(η/2)."""
    mean = (spin + 0.5) / math.tanh((spin + 0.5) * eta) - 0.5 / math.tanh(eta / 2)
    return mean, spin * (spin + 1) - mean / math.tanh(eta / 2)


@pytest.mark.parametrize("spin", SPINS)
@pytest.mark.parametrize("eta", [-30.0, -2.0, -0.1, 0.03, 0.7, 5.0, 200.0])
def test_moments_are_those_of_the_brillouin_function(spin, eta):
    np.testing.assert_allclose(moments(spin, eta), brillouin(spin, eta), rtol=1e-9)
    slope = (
        moments(spin, eta + 1e-4)[0] - moments(spin, eta - 1e-4)[0]
    ) / 2e-4  # fluctuation and response
    mean, square = moments(spin, eta)
    assert float(slope) == close_to(float(square - mean**2), rel=1e-5) or abs(slope) < 1e-8


def test_moments_at_the_ends():
    assert [float(x) for x in moments(1.5, 0.0)] == pytest.approx([0, 1.25], abs=1e-15)
    assert [float(x) for x in moments(4.5, 1e4)] == [4.5, 20.25]
    assert [float(x) for x in moments(4.5, -1e4)] == [-4.5, 20.25]
    assert moments(0.5, np.zeros((2, 3)))[0].shape == (2, 3)


ISOTOPES = ((3e4, 0.5, 2e6, 8e7), (6e4, 1.5, 1e6, -5e7), (1e4, 4.5, 5e5, 6e7))
NAMES = ("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")


@pytest.mark.parametrize("isotopes", [ISOTOPES[:1], ISOTOPES[:2], ISOTOPES], ids=("1", "2", "3"))
@pytest.mark.parametrize(("field", "spin"), [(2e-3, 0.4), (-0.05, 0.45), (3e-4, -0.3)])
def test_the_balance_by_hand(isotopes, field, spin):
    site = Site(
        species=[Species(**dict(zip(NAMES, row, strict=True))) for row in isotopes],
        local_field=1.5e-4,
        correlation_time=1e-10,
        filling=0.05,
        g_factor=-0.44,
    )
    s = 1 / math.sqrt(sum(4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in isotopes))
    loss = float(spin_loss(site.electron_gyromagnetic_ratio * field * s, 1e-10 / s))
    phi = float(
        SmallAngle().heating_coefficient(site.electron_precession(field), site.k, nuclei=1e5)
    )
    arrivals = 0.05 / 1e-10

    def surplus(beta):
        """What flip-flops bring isotope by isotope, less what the spin-spin reservoir takes."""
        total = 0.0
        for n, i, a, gamma in isotopes:
            mean, square = brillouin(i, beta * HBAR * gamma * field)
            flips = arrivals * loss * (a * s) ** 2 * n * (2 * spin * (i * (i + 1) - square) - mean)
            total += flips * HBAR * gamma * field
            total -= (
                beta
                * arrivals
                * phi
                * n
                * i
                * (i + 1)
                / 3
                * (HBAR * gamma * 1.5e-4 * a * 1e-10) ** 2
            )
        b = site.electron_gyromagnetic_ratio * field * s
        apart = heat_apart(isotopes, field, b, phi - 0.5, loss, 1e-10)
        return total - beta * arrivals * apart

    linear = float(
        at_any_polarization(site, field, spin, high_temperature=True).inverse_spin_temperature
    )
    beta = linear * brentq(lambda x: surplus(x * linear) / 1e-20, 1e-3, 5, xtol=1e-14)
    data = at_any_polarization(site, field, spin)
    assert float(data.inverse_spin_temperature) == close_to(beta, rel=1e-9)
    means = [brillouin(i, beta * HBAR * gamma * field)[0] for _, i, _, gamma in isotopes]
    np.testing.assert_allclose(data.isotope_nuclear_spin, means, rtol=1e-8)
    overhauser = sum(n * a * mean for (n, _, a, _), mean in zip(isotopes, means, strict=True))
    assert float(data.mean_overhauser_precession) == close_to(overhauser * s, rel=1e-8)
    taken = float(data.zeeman_heating + data.spin_spin_heating)
    assert float(data.spin_influx) == close_to(taken, rel=1e-9)


def test_a_polarized_nucleus_stands_in_its_own_mean_field():
    """The states of branches solve the balance at γ_e B + ⟨Ω_N⟩ with ⟨I_z⟩ of the Brillouin function."""
    site = dot(1.5, local_field=1.5e-4, correlation_time=1e-6)
    found = branches(site, [0.5, 1.2], 0.3, high_temperature=False)
    for i in range(found.sizes["state"]):
        here = found.isel(state=i)
        field, beta = float(here.field), float(here.inverse_spin_temperature)
        mean, _ = brillouin(1.5, beta * HBAR * 6.3e7 * field)
        u = site.hyperfine_coupling * 1e5 * mean * site.dephasing_time
        assert float(here.mean_overhauser_precession) == close_to(u, rel=1e-8)
        shifted = field + u / (site.electron_gyromagnetic_ratio * site.dephasing_time)
        loss = float(spin_loss(site.electron_precession(shifted), site.k))
        assert float(here.electron_relaxation_time) == close_to(1e-6 / loss, rel=1e-6)
        assert float(here.spin_influx) == close_to(
            float(here.zeeman_heating + here.spin_spin_heating), rel=1e-6
        )


def test_the_mean_spins_of_an_ensemble_are_linear_or_not():
    ensemble = Ensemble(*(np.array(column) for column in zip(*ISOTOPES, strict=True)))
    beta, field = 2.0 / (HBAR * 6e7 * 0.1), 0.1
    eta = [2.0 * row[3] / 6e7 for row in ISOTOPES]
    linear = [row[1] * (row[1] + 1) / 3 * x for row, x in zip(ISOTOPES, eta, strict=True)]
    full = [brillouin(row[1], x)[0] for row, x in zip(ISOTOPES, eta, strict=True)]
    np.testing.assert_allclose(ensemble.mean_spins(beta, field), linear, rtol=1e-12)
    np.testing.assert_allclose(ensemble.mean_spins(beta, field, linear=False), full, rtol=1e-12)


@pytest.mark.parametrize("share", [0.1, 1.0])
@pytest.mark.parametrize("electron_spin", [1e-3, 0.45])
def test_leakage_of_spins_one_half(share, electron_spin):
    """d⟨m⟩/dt = −(⟨m⟩−⟨S⟩)/T1N − ⟨m⟩/T is linear for I = 1/2: ⟨m⟩ = ⟨S⟩T/(T+T1N) at any polarization."""
    site = dot(0.5)
    nuclear_time = 1e5 * float(at_any_polarization(site, 0.1, 1e-3).electron_relaxation_time) / 0.05
    time = nuclear_time / share
    data = at_any_polarization(site, 0.1, electron_spin, leakage=f"{time} s")
    assert float(data.nuclear_spin) == close_to(electron_spin / (1 + share), rel=1e-3)


def test_isotopes_whose_fields_are_opposite_and_saturate_differently():
    """Σ aNI(I+1)γ < 0 < Σ aNI: ⟨Ω_N⟩ changes its sign with polarization, and is there all the same."""
    rows = ((32e4, 0.5, 1e6, 6e7), (1e4, 4.5, -1e6, 6e7))
    site = Site(
        species=[Species(**dict(zip(NAMES, row, strict=True))) for row in rows],
        local_field=1e-4,
        correlation_time=1e-12,  # too short for ⟨Ω_N⟩ to matter
        filling=0.05,
        g_factor=-0.44,
    )
    alone, with_it = (
        at_any_polarization(site, 0.01, 0.3, self_consistent=on) for on in (False, True)
    )
    assert float(with_it.inverse_spin_temperature) == close_to(
        float(alone.inverse_spin_temperature), rel=1e-3
    )


@pytest.mark.parametrize("spin", [0.3, 0.45])
def test_a_heating_below_zero_leaves_a_balance_at_any_polarization(spin):
    """Φ < 0 where nuclei precess faster than the electron: m(η) = tanh(η/2)/2 with η = ħγβB, by a root of its own."""
    gamma, field, share = 6e7, 0.1, -0.005  # of B_h² in B²
    ensemble = Ensemble(np.array([1e4]), np.array([0.5]), np.array([1e6]), np.array([gamma]))
    one = np.array([field])
    seen = NuclearField(one, np.array([spin]), np.ones(1), np.zeros(1), *(row[None] for row in (
        one, one**2, spin * one, one, 0 * one
    )))  # fmt: skip
    squares = Squares(one**2, share * one**2, 0 * one, 0 * one)

    def surplus(eta):  # 2S(I(I+1) − ¼) − m = ηI(I+1)B_h²/3B² for I = 1/2
        return spin - math.tanh(eta / 2) / 2 - share * eta / 4

    eta = brentq(surplus, 0, 6)
    beta = Balance(ensemble, seen, squares, linear=False).inverse_spin_temperature()
    assert float(beta[0]) == pytest.approx(eta / (HBAR * gamma * field), rel=1e-9)


@pytest.mark.parametrize("spin", [0.5, 1.0, 1.5, 4.5])
@pytest.mark.parametrize("energy", [0.0, 1e-9, -3e-6, 0.4, -0.999, 1.001, 7.0, -40.0, 300.0])
def test_moments_and_net_flips_keep_their_digits(spin, energy):
    """Against sums of 300 digits, also where the electron would bring just this polarization."""
    with mpmath.workdps(300):
        eta = mpmath.mpf(energy)
        levels = [mpmath.mpf(m) for m in np.arange(-spin, spin + 0.5)]
        weights = [mpmath.exp(m * eta) for m in levels]
        total = mpmath.fsum(weights)
        mean = mpmath.fsum(m * w for m, w in zip(levels, weights, strict=True)) / total
        square = mpmath.fsum(m * m * w for m, w in zip(levels, weights, strict=True)) / total
        expected = {
            s: 2 * mpmath.mpf(s) * (spin * (spin + 1) - square) - mean
            for s in (0.5, -0.5, 0.3, -1e-4, 0.0)
        }
    assert moments(spin, energy)[0] == pytest.approx(float(mean), rel=1e-14, abs=0)
    assert moments(spin, energy)[1] == pytest.approx(float(square), rel=1e-14, abs=0)
    for s, flips in expected.items():
        assert net_flips(spin, energy, s) == pytest.approx(float(flips), rel=2e-14, abs=1e-300)
