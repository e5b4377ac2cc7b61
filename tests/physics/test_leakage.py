"""Relaxation that competes with the electron: energies by hand, quadrupoles by matrices, diffusion as it runs."""

import itertools
import math
from functools import partial

import numpy as np
import pytest
from scipy.integrate import solve_bvp, solve_ivp

from coldspin import Site, cool, relax
from coldspin.constants import HBAR
from coldspin.cooling.facade import branches
from coldspin.heating import ClosedForm, SmallAngle
from coldspin.sample.species import Species
from coldspin.thermodynamics.channels import (
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
    diffusion_length,
    diluted_rate,
)
from quick import quick
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

close_to = partial(pytest.approx, abs=0)
SPECIES = (
    Species(nuclei=3e4, nuclear_spin=1.5, hyperfine_coupling=2e6, nuclear_gyromagnetic_ratio=8e7),
    Species(nuclei=6e4, nuclear_spin=4.5, hyperfine_coupling=3e5, nuclear_gyromagnetic_ratio=-5e7),
)
TWO = Site(species=SPECIES, local_field=1e-4, correlation_time=1e-11, filling=0.05, g_factor=-0.44)
CHANNELS = (
    ConstantRelaxation(0.3),
    QuadrupoleRelaxation(time=0.5, correlation_time=1e-7),
    DiffusionLimited(density=1e21, diffusivity=1e-17, radius=1e-8),
)
FIELDS = (-0.2, -1e-3, 2e-4, 0.05)


def capacities(site, field):
    """−∂E/∂β of each isotope."""
    moments = [
        one.nuclei
        * one.nuclear_spin
        * (one.nuclear_spin + 1)
        / 3
        * (HBAR * one.nuclear_gyromagnetic_ratio) ** 2
        for one in site.isotopes
    ]
    return np.array(moments) * (field**2 + site.local_field**2)


@pytest.mark.parametrize("site", [DOT, TWO], ids=["one", "two"])
@pytest.mark.parametrize(
    "leakage", [*CHANNELS, CHANNELS, CHANNELS[:2]], ids=lambda c: type(c).__name__
)
@pytest.mark.parametrize("spin", [0.02, -0.4])
def test_all_fluxes_close(site, leakage, spin):
    data = branches(site, FIELDS, spin, leakage=leakage)
    several = leakage if isinstance(leakage, tuple) else (leakage,)
    for i in range(data.sizes["state"]):
        here = data.isel(state=i)
        field, beta = float(here.field), float(here.inverse_spin_temperature)
        rates = [
            sum(
                float(channel.rate(field, site.local_field, one.nuclear_gyromagnetic_ratio))
                for channel in several
            )
            for one in site.isotopes
        ]
        leaked = beta * float(capacities(site, field) @ rates)
        assert float(here.leakage_heating) == close_to(leaked, rel=1e-6)
        given = float(here.zeeman_heating + here.spin_spin_heating) + leaked
        assert float(here.spin_influx) == close_to(given, rel=1e-9)


@pytest.mark.parametrize("site", [DOT, TWO], ids=["one", "two"])
def test_beta_falls_by_the_share_of_the_electron_in_all_relaxation(site):
    """β/β_0 = T_L/(T_L + T_E), with T_E of (13) for the same precession of the electron."""
    options = {"self_consistent": False, "method": ClosedForm()}
    for time in (1e-4, 1.0, 1e3):
        without = cool(site, FIELDS, 0.02, **options).inverse_spin_temperature
        with_it = cool(
            site, FIELDS, 0.02, leakage=ConstantRelaxation(time), **options
        ).inverse_spin_temperature
        electron = relax(site, FIELDS).relaxation_time
        np.testing.assert_allclose(with_it / without, time / (time + electron), rtol=1e-11)


def test_in_strong_field_it_is_the_usual_leakage_factor():
    field, time = 3.0, 20.0
    site = DOT.replace(correlation_time="0.1 ns")
    data = cool(site, field, 0.02, leakage=f"{time} s", self_consistent=False).isel(field=0)
    n_eff = 4 / 3 * 1e5 * 1.5 * 2.5
    nuclear_time = n_eff * float(data.electron_relaxation_time) / site.filling  # T1N of (S27)
    full = 4 / 3 * 1.5 * 2.5 * 0.02
    assert float(data.nuclear_spin) == close_to(full * time / (time + nuclear_time), rel=1e-4)


def test_leakage_stands_in_the_self_consistent_state():
    """The weaker β, the weaker ⟨Ω_N⟩: the state solves its own balance."""
    site = DOT.replace(correlation_time="1 µs")
    data = branches(site, [0.5, 1.2], 0.1, leakage="1 s", method=SmallAngle())
    for i in range(data.sizes["state"]):
        here = data.isel(state=i)
        field, beta = float(here.field), float(here.inverse_spin_temperature)
        alone = site.electron_gyromagnetic_ratio * field * site.dephasing_time
        turned = (alone + float(here.mean_overhauser_precession)) / (
            site.electron_gyromagnetic_ratio * site.dephasing_time
        )
        there = relax(site, turned, method=SmallAngle()).isel(
            field=0
        )  # for Φ and T1e at that precession
        arrivals = site.filling / float(there.electron_relaxation_time)
        brought = arrivals * 0.1 * HBAR * 6.3e7 * field
        zeeman = arrivals * (HBAR * 6.3e7 * field) ** 2 / 4
        held = float(there.heating_coefficient) * site.filling / site.correlation_time * site.k**2
        held *= (HBAR * 6.3e7 * site.local_field) ** 2 / 4
        assert beta == close_to(
            brought / (zeeman + held + float(capacities(site, field).sum()) / 1.0), rel=1e-9
        )


@pytest.mark.parametrize("factor", [1.0, 0.3, 1e-3])
def test_a_plain_number_is_the_factor_of_beta(factor):
    plain = cool(DOT, FIELDS, 0.05, self_consistent=False)
    lowered = cool(DOT, FIELDS, 0.05, leakage=factor, self_consistent=False)
    np.testing.assert_allclose(
        lowered.inverse_spin_temperature, factor * plain.inverse_spin_temperature, rtol=1e-13
    )


def test_channels_add_in_the_dark():
    plain, leaky = relax(DOT, FIELDS), relax(DOT, FIELDS, leakage=CHANNELS)
    rates = sum(channel.rate(np.array(FIELDS), DOT.local_field, 6.3e7) for channel in CHANNELS)
    np.testing.assert_allclose(leaky.relaxation_rate, plain.relaxation_rate + rates, rtol=1e-14)
    np.testing.assert_allclose(leaky.leakage_rate, rates, rtol=1e-14)
    np.testing.assert_allclose(leaky.relaxation_time, 1 / leaky.relaxation_rate, rtol=1e-14)


# Fluctuating gradients and fields, as white noise V(t) = Σ_q c_q(t) V_q: dO/dt = −Σ_q [V_q,[V_q,O]].


def angular_momentum(spin):
    m = np.arange(spin, -spin - 1, -1)
    up = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1).astype(complex)
    return np.array([(up + up.T) / 2, (up - up.T) / 2j, np.diag(m).astype(complex)])


def gradients(spin):
    """The five components of the rank-2 tensor of one spin, of one length: isotropic when all are equally strong."""
    x, y, z = angular_momentum(spin)
    pairs = [(x, y), (y, z), (z, x)]
    mixed = [(a @ b + b @ a) / 2 for a, b in pairs]
    return [*mixed, (x @ x - y @ y) / 2, (2 * z @ z - x @ x - y @ y) / (2 * math.sqrt(3))]


def commutator(a, b):
    return a @ b - b @ a


def decay(noise, operator):
    """Rate at which Tr(O O(t)) falls."""
    fallen = sum(commutator(v, commutator(v, operator)) for v in noise)
    return float((np.vdot(operator, fallen) / np.vdot(operator, operator)).real)


def pair(spin):
    """Operators of the two spins, and what may couple them: dipole-dipole, scalar, and single products."""
    size = round(2 * spin + 1)
    own = angular_momentum(spin)
    products = {(i, j): np.kron(own[i], own[j]) for i, j in itertools.product(range(3), repeat=2)}
    scalar = sum(products[i, i] for i in range(3))
    couplings = [products[0, 1], products[2, 2], scalar, 3 * products[2, 2] - scalar]
    return (lambda v: np.kron(v, np.eye(size))), (lambda v: np.kron(np.eye(size), v)), couplings


@pytest.mark.parametrize("spin", [1.0, 1.5, 2.5])
def test_products_of_two_spins_decay_twice_as_fast_as_one(spin):
    one, other, couplings = pair(spin)
    single = decay(gradients(spin), angular_momentum(spin)[2])
    noise = [place(v) for v in gradients(spin) for place in (one, other)]
    for coupling in couplings:
        assert decay(noise, coupling) == close_to(2 * single, rel=1e-12)
    strong, weak = (
        float(QuadrupoleRelaxation(1.0, 1e-30).rate(field, 1e-4, 6e7)) for field in (1e6, 0.0)
    )
    assert weak / strong == close_to(2, rel=1e-12)


@pytest.mark.parametrize("spin", [1.0, 1.5])
def test_gradients_common_to_both_spins_change_nothing_in_that(spin):
    """[V,[V',O]] of both spins is of rank 2 in each, orthogonal to a coupling of rank 1 in each."""
    one, other, couplings = pair(spin)
    single = decay(gradients(spin), angular_momentum(spin)[2])
    common = [one(v) + other(v) for v in gradients(spin)]
    for coupling in couplings:
        assert decay(common, coupling) == close_to(2 * single, rel=1e-12)


@pytest.mark.parametrize("spin", [0.5, 1.5])
def test_a_magnetic_field_common_to_both_spins_turns_dipoles_three_times_as_fast(spin):
    one, other, couplings = pair(spin)
    single = decay(angular_momentum(spin), angular_momentum(spin)[2])
    common = [one(v) + other(v) for v in angular_momentum(spin)]
    apart = [place(v) for v in angular_momentum(spin) for place in (one, other)]
    *_, scalar, dipoles = couplings
    assert decay(common, dipoles) == close_to(3 * single, rel=1e-12)
    assert decay(apart, dipoles) == close_to(2 * single, rel=1e-12)
    assert decay(common, scalar) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("field", [0.0, 0.01, 0.05, 0.3])
def test_the_spectrum_seen_by_one_spin(field):
    """Each component of the gradient that changes m by q acts with its spectrum 1/(1+(qω τ)²): I_z of spin 3/2."""
    tau, gamma = 5e-7, 6.3e7
    z = angular_momentum(1.5)[2]
    rates = {}
    for q, parts in {
        1: (gradients(1.5)[1], gradients(1.5)[2]),
        2: (gradients(1.5)[0], gradients(1.5)[3]),
        0: (gradients(1.5)[4],),
    }.items():
        rates[q] = sum(decay([v], z) for v in parts)
    total = sum(rates.values())
    expected = sum(rate / total / (1 + (q * gamma * field * tau) ** 2) for q, rate in rates.items())
    channel = QuadrupoleRelaxation(time=2.0, correlation_time=tau)
    assert 2 * float(channel.rate(field, 1e-30 if field else 1.0, gamma)) == close_to(
        expected if field else 2.0, rel=1e-10
    )


# Spin diffusion to centres: D∇²β = w(r) β.


@pytest.mark.parametrize("strength", quick([0.05, 0.7, 3.0, 12.0], 0, 2))
def test_the_flux_into_a_sphere_is_that_of_the_diffusion_equation(strength):
    """r²β' between R = 1 and far outside: solved as a boundary value problem in 0 < r < R."""

    def slope(r, y):
        return np.array([y[1], strength**2 * y[0] - 2 * y[1] / r])

    def ends(inner, outer):
        # regular at the centre; outside β = 1 − C/r, so β + β' = 1 at r = 1
        return np.array([inner[1], outer[0] + outer[1] - 1])

    r = np.linspace(1e-3, 1, 400)
    solved = solve_bvp(
        slope, ends, r, np.array([np.ones_like(r), np.zeros_like(r)]), tol=1e-10, max_nodes=100000
    )
    flux = float(solved.sol(1.0)[1])  # C; 1/T = 4πnDRC
    radius, diffusivity, density = 7e-9, 3e-17, 2e21
    ours = float(
        diluted_rate(
            strength**2 * diffusivity / radius**2,
            density=density,
            diffusivity=diffusivity,
            radius=radius,
        )
    )
    assert ours == close_to(4 * math.pi * density * diffusivity * radius * flux, rel=1e-6)


@pytest.mark.parametrize("strength", [0.3, 3.0])
def test_the_mean_polarization_decays_with_that_rate(strength):
    """One centre in its Wigner-Seitz sphere, D∇²β = w β inside R, followed in time: the slowest mode."""
    outer, points = 20.0, 1500
    edge = np.linspace(0, outer, points + 1)
    middle = (edge[1:] + edge[:-1]) / 2
    volume = (edge[1:] ** 3 - edge[:-1] ** 3) / 3
    sink = strength**2 * np.clip((1 - edge[:-1]) / np.diff(edge), 0, 1)
    across = edge[1:-1] ** 2 / np.diff(middle)

    def speed(_, beta):
        flux = across * np.diff(beta)
        return (np.append(flux, 0) - np.append(0, flux)) / volume - sink * beta

    rate = 3 / outer**3 * (1 - math.tanh(strength) / strength)
    band = {"lband": 1, "uband": 1}
    times = (outer**2, outer**2 + 1 / rate)
    solved = solve_ivp(
        speed, (0, times[1]), np.ones(points), t_eval=times, method="LSODA", rtol=1e-8, **band
    )
    mean = volume @ solved.y
    found = -math.log(mean[1] / mean[0]) * rate
    neighbours = (
        1.8 / outer * (1 - math.tanh(strength) / strength)
    )  # centres are not infinitely far apart
    assert found / rate == close_to(1 + neighbours, rel=0.01)
    density = 3 / (4 * math.pi * outer**3)
    ours = float(diluted_rate(strength**2, density=density, diffusivity=1.0, radius=1.0))
    assert ours == close_to(rate, rel=1e-12)


def test_the_limits_of_dilution():
    sphere = {"density": 1e21, "diffusivity": 1e-17, "radius": 1e-8}
    slow, fast = 1e-4 * 1e-17 / 1e-16, 1e10 * 1e-17 / 1e-16
    volume = 4 / 3 * math.pi * 1e-24 * 1e21
    assert float(diluted_rate(slow, **sphere)) == close_to(volume * slow, rel=1e-4)
    limited = float(DiffusionLimited(**sphere).rate(0.0, 1e-4, 6e7))
    assert float(diluted_rate(fast, **sphere)) == close_to(limited, rel=2e-5)
    q = np.geomspace(1e-6, 1e-2, 60)  # no step where the series takes over
    rates = diluted_rate(q**2 * 0.1, **sphere) / (volume * q**2 * 0.1)
    np.testing.assert_allclose(rates, 1 - 0.4 * q**2, rtol=2e-8)
    assert diffusion_length(4e-17, 25.0) == close_to(math.sqrt(1e-15), rel=1e-14)
