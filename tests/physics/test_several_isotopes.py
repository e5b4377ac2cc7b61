"""Several isotopes in one electron orbit: sums by hand in SI, and who takes how much, by exact quantum dynamics."""

import itertools
import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest

from coldspin import Site, cool, optimum, relax
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.heating import ClosedForm, Multiplets, Semiclassical, SmallAngle
from coldspin.sample.species import Species
from coldspin.thermodynamics.ensemble import Ensemble
from isotope_spread import heat_apart
from samples import DOT, NEV, close_to
from scale import needs_compiler

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

ELECTRON = {"local_field": 1.5e-4, "filling": 0.05, "g_factor": -0.44}
GALLIUM_ARSENIDE = (
    (0.3e5, 1.5, 0.9 * NEV, 6.4e7),
    (0.2e5, 1.5, 1.1 * NEV, 8.2e7),
    (0.5e5, 1.5, 0.95 * NEV, 4.6e7),
)
UNLIKE = (
    (2e3, 0.5, -1.5 * NEV, -5.7e7),
    (3e3, 4.5, 0.2 * NEV, 5.9e7),
)  # either sign, different spins


def site_of(isotopes, correlation_time, **changes):
    names = ("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")
    species = [Species(**dict(zip(names, row, strict=True))) for row in isotopes]
    return Site(species=species, correlation_time=correlation_time, **(ELECTRON | changes))


def split(site, shares=(0.3, 0.6, 0.1)):
    """The same nuclei, said to be of several isotopes that do not differ."""
    row = (site.nuclear_spin, site.hyperfine_coupling, site.nuclear_gyromagnetic_ratio)
    return site_of([(site.nuclei * share, *row) for share in shares], site.correlation_time)


def frozen_field(b, k):
    """⟨1/(1+Ω²τ²)⟩ and τ_c/T1e, by the Faddeeva function at 40 digits; b ≠ 0."""
    with mp.workdps(40):
        b, k = mp.mpf(b), mp.mpf(k)
        z = mp.sqrt(2) * mp.mpc(b, 1 / k)
        w = mp.exp(-(z**2)) * mp.erfc(mp.mpc(0, -1) * z)
        slope = -2 * z * w + 2j / mp.sqrt(mp.pi)
        average = mp.sqrt(2 * mp.pi) / (b * k**2) * w.imag
        derivative = mp.sqrt(2 * mp.pi) / (b * k**2) * (mp.sqrt(2) * slope.imag - w.imag / b)
        return float(average), float(k**2 / 2 * (average + derivative / (4 * b)))


PUMPS = (
    {"self_consistent": False},
    {},
    {"knight_field": True, "optical_axis_angle": 0.7},
    {"leakage": "10 s"},
    {"high_temperature": False},
)


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
@pytest.mark.parametrize("options", PUMPS, ids=str)
def test_isotopes_that_do_not_differ_are_one(method, options):
    fields = [-0.3, -2e-3, 1e-4, 5e-3, 0.4]
    one = cool(DOT, fields, 0.05, method=method, **options)
    several = cool(split(DOT), fields, 0.05, method=method, **options)
    assert set(several.data_vars) - set(one.data_vars) == {
        "isotope_nuclear_spin",
        "isotope_overhauser_field",
    }
    for name in one.data_vars:
        np.testing.assert_allclose(
            several[name], one[name], rtol=1e-12, atol=1e-14 * float(abs(one[name]).max())
        )
    for isotope in range(3):
        np.testing.assert_allclose(
            several.isotope_nuclear_spin[isotope], one.nuclear_spin, rtol=1e-12
        )


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
@pytest.mark.parametrize("self_consistent", [False, True])
def test_the_optimum_of_isotopes_that_do_not_differ(method, self_consistent):
    one, several = (
        optimum(site, 1e-3, method=method, self_consistent=self_consistent, fields=(1e-5, 0.1))
        for site in (DOT, split(DOT))
    )
    assert one.sizes == {"extremum": several.sizes["extremum"]}
    for name in ("field", "inverse_spin_temperature", "overhauser_field", "heating_coefficient"):
        np.testing.assert_allclose(several[name], one[name], rtol=1e-12)


@pytest.mark.parametrize("isotopes", [GALLIUM_ARSENIDE, UNLIKE], ids=["GaAs", "unlike"])
@pytest.mark.parametrize("spin", [1e-3, 0.1])
def test_the_optimum_of_unlike_isotopes_is_stationary(isotopes, spin):
    site = site_of(isotopes, 3e-9)
    found = optimum(site, spin)
    assert found.sizes["extremum"] == 2
    for field, beta in zip(found.field.values, found.inverse_spin_temperature.values, strict=True):
        around = (
            cool(site, field * np.array([0.999, 1, 1.001]), spin).inverse_spin_temperature.values
            / beta
        )
        assert around[1] == close_to(1, rel=1e-10)
        assert max(around[0], around[2]) < 1
        assert abs(around[2] - around[0]) < 0.01 * (2 - around[0] - around[2])


@pytest.mark.parametrize("leakage", [None, "1 s"])
def test_relax_of_isotopes_that_do_not_differ(leakage):
    one, several = (relax(site, "-10:10:5 mT", leakage=leakage) for site in (DOT, split(DOT)))
    assert set(one.data_vars) == set(several.data_vars)
    for name in one.data_vars:
        np.testing.assert_allclose(several[name], one[name], rtol=1e-12)


@needs_compiler
@pytest.mark.parametrize("method", [Semiclassical(), Multiplets()], ids=repr)
def test_an_engine_takes_them_for_one_when_asked(method):
    one = cool(DOT, [2e-3], 1e-3, method=method, self_consistent=False)
    several = cool(
        split(DOT, (0.5, 0.5)),
        [2e-3],
        1e-3,
        method=method,
        self_consistent=False,
        effective_isotope=True,
    )
    np.testing.assert_allclose(
        several.inverse_spin_temperature, one.inverse_spin_temperature, rtol=1e-9
    )


@pytest.mark.parametrize("isotopes", [GALLIUM_ARSENIDE, UNLIKE], ids=["GaAs", "unlike"])
@pytest.mark.parametrize(
    ("field", "spin", "angle"), [(2e-3, 0.01, 0.0), (-0.2, -0.3, 0.9), (3e-4, 0.2, 2.0)]
)
def test_the_balance_by_hand(isotopes, field, spin, angle):
    kinetic = 2.2e-4
    site = site_of(isotopes, 1e-10, kinetic_local_field=kinetic)
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in isotopes]
    s = 1 / math.sqrt(sum(squares))
    k, gamma_e = 1e-10 / s, -0.44 * BOHR_MAGNETON / HBAR
    average, loss = frozen_field(gamma_e * field * s, k)
    phi = average + 0.5
    arrivals = 0.05 / 1e-10
    # what the electron brings, and per β what both reservoirs take, isotope by isotope
    brought = sum(
        arrivals * loss * spin * math.cos(angle) * q * s**2 * HBAR * row[3] * field
        for q, row in zip(squares, isotopes, strict=True)
    )
    zeeman = sum(
        arrivals * loss * q * s**2 * (HBAR * row[3] * field) ** 2 / 4
        for q, row in zip(squares, isotopes, strict=True)
    ) + arrivals * heat_apart(isotopes, field, gamma_e * field * s, average, loss, 1e-10)
    held = sum(
        phi * arrivals * q * 1e-10**2 * (HBAR * row[3] * kinetic) ** 2 / 12
        for q, row in zip(squares, isotopes, strict=True)
    )
    beta = brought / (zeeman + held)
    data = cool(
        site, field, spin, optical_axis_angle=angle, self_consistent=False, method=SmallAngle()
    ).isel(field=0)
    assert float(data.inverse_spin_temperature) == close_to(beta, rel=1e-12)
    assert float(data.spin_influx) == close_to(brought, rel=1e-12)
    assert float(data.zeeman_heating) == close_to(zeeman * beta, rel=1e-12)
    assert float(data.spin_spin_heating) == close_to(held * beta, rel=1e-12)
    spins = [i * (i + 1) / 3 * HBAR * gamma * field * beta for _, i, _, gamma in isotopes]
    np.testing.assert_allclose(data.isotope_nuclear_spin, spins, rtol=1e-12)
    total = sum(n * a * mean for (n, _, a, _), mean in zip(isotopes, spins, strict=True))
    assert float(data.mean_overhauser_precession) == close_to(total * s, rel=1e-12)
    assert float(data.overhauser_field) == close_to(total / gamma_e, rel=1e-12)
    assert float(data.isotope_overhauser_field.sum()) == close_to(total / gamma_e, rel=1e-12)
    assert float(data.nuclear_spin) == close_to(
        sum(n * mean for (n, *_), mean in zip(isotopes, spins, strict=True))
        / sum(n for n, *_ in isotopes),
        rel=1e-12,
    )
    # in the dark: the same heat, and the heat capacity of all nuclei
    capacity = sum(n * i * (i + 1) / 3 * (HBAR * g) ** 2 for n, i, _, g in isotopes) * (
        field**2 + 1.5e-4**2
    )
    dark = relax(site, field, method=SmallAngle()).isel(field=0)
    assert float(dark.zeeman_relaxation_rate) == close_to(zeeman / capacity, rel=1e-12)
    assert float(dark.spin_spin_relaxation_rate) == close_to(held / capacity, rel=1e-12)


def test_one_pair_of_weights_by_hand():
    """a = 1 and 2, three and one nuclei 1/2: their squares are 3·1 and 1·4."""
    ensemble = Ensemble(
        *(np.array(column) for column in ((3.0, 1.0), (0.5, 0.5), (1.0, 2.0), (10.0, -2.0)))
    )
    np.testing.assert_allclose(ensemble.weights, [3 / 7, 4 / 7], rtol=1e-15)
    assert ensemble.dephasing_time == close_to(7**-0.5, rel=1e-15)
    assert ensemble.drive == close_to((30 - 8) / (300 + 16), rel=1e-15)  # Σwγ/Σwγ², sevenths cancel
    assert ensemble.capacity_nuclei == close_to((3 * 100 + 4) / ((300 + 16) / 7), rel=1e-15)


# The electron with two boxes of nuclei 1/2, exactly: H = Σ a_k J_k·S + Ω S_z by multiplets of J_1 and J_2.


def spin_matrices(j):
    m = np.arange(j, -j - 1, -1)
    return np.diag(m), np.diag(np.sqrt(j * (j + 1) - m[1:] * (m[1:] + 1)), 1)


def multiplets(nuclei):
    """(J, fraction of all states in one multiplet J per state)."""
    for turned in range(nuclei // 2 + 1):
        number = math.comb(nuclei, turned) - (math.comb(nuclei, turned - 1) if turned else 0)
        yield nuclei / 2 - turned, number / 2**nuclei


@cache
def redistribution(nuclei, couplings, precession, time, nuclear=(0.0, 0.0)):
    """Σ over pairs of states of A_mn B_mn ω²τ²/(1+ω²τ²), for A, B among J_1z, J_2z, S_z, averaged over states.

    With ρ = 1 − βΣħω_kJ_kz the nuclei take up β Σ_kl ω_kω_l of this in one visit (second order in
    ω_k, the exponential distribution of visits summed); with ρ = 1 + 4⟨S⟩S_z, −4⟨S⟩ of its (k, S)
    element is ΔJ_kz.
    """
    total = np.zeros((3, 3))
    for (j1, p1), (j2, p2) in itertools.product(*map(multiplets, nuclei)):
        spins = [spin_matrices(j) for j in (j1, j2, 0.5)]
        sizes = [len(z) for z, _ in spins]

        def place(matrix, site, sizes=sizes):
            parts = [matrix if i == site else np.eye(size) for i, size in enumerate(sizes)]
            return np.kron(np.kron(parts[0], parts[1]), parts[2])

        along = [place(spins[i][0], i) for i in range(3)]
        up = [place(spins[i][1], i) for i in range(3)]
        energy = precession * along[2] + nuclear[0] * along[0] + nuclear[1] * along[1]
        for i, a in enumerate(couplings):
            flip = up[i] @ up[2].T
            energy = energy + a * (along[i] @ along[2] + (flip + flip.T) / 2)
        levels, states = np.linalg.eigh(energy)
        phase = ((levels[:, None] - levels) * time) ** 2
        elements = np.array([states.T @ z @ states for z in along])
        total += p1 * p2 / 2 * np.einsum("amn,bmn,mn->ab", elements, elements, phase / (1 + phase))
    return total


TWO = ((12, 6), (1.0, 0.7))


def two_isotopes(k, gammas):
    """Site of TWO with its T2e* = 1 ns, without spin-spin interaction to speak of."""
    nuclei, couplings = TWO
    unit = 1e9 / math.sqrt(sum(n * a * a for n, a in zip(nuclei, couplings, strict=True)))
    rows = [(n, 0.5, a * unit, g) for n, a, g in zip(nuclei, couplings, gammas, strict=True)]
    return site_of(
        rows, k * 1e-9, local_field=1e-12, electron_gyromagnetic_ratio=1e12, g_factor=None
    ), unit


@pytest.mark.parametrize("k", [0.1, 1.0])
@pytest.mark.parametrize("b", [0.0, 1.0, 3.0])
def test_the_electron_gives_its_spin_in_proportion_to_the_weights(k, b):
    site, unit = two_isotopes(k, (1e5, 1e5))
    taken = redistribution(TWO[0], tuple(a * unit for a in TWO[1]), b * 1e9, k * 1e-9)[2]
    np.testing.assert_allclose(taken[:2] / -taken[2], site.ensemble.weights, rtol=0.01)


def heat_of_the_zeeman_reservoir(k, b, gammas):
    """q_Z per β exactly, and what cool says."""
    site, unit = two_isotopes(k, gammas)
    matrix = redistribution(TWO[0], tuple(a * unit for a in TWO[1]), b * 1e9, k * 1e-9)[:2, :2]
    energies = HBAR * np.array(gammas) * (b * 1e-3)
    data = cool(site, b * 1e-3, 1e-6, self_consistent=False).isel(field=0)
    ours = float(data.zeeman_heating / data.inverse_spin_temperature)
    return energies @ matrix @ energies * site.filling / site.correlation_time, ours


@pytest.mark.parametrize("gammas", [(1e5, 1e5), (1e5, -2e5), (1e5, 4e5)], ids=str)
@pytest.mark.parametrize("b", [0.3, 1.0, 3.0])
def test_the_zeeman_reservoir_is_heated_as_in_exact_dynamics_at_short_correlation_time(b, gammas):
    exact, ours = heat_of_the_zeeman_reservoir(0.1, b, gammas)
    assert ours == close_to(exact, rel=0.01)


@pytest.mark.parametrize("b", [0.3, 1.0, 3.0])
def test_isotopes_of_one_gyromagnetic_ratio_heat_as_one_at_any_correlation_time(b):
    exact, ours = heat_of_the_zeeman_reservoir(1.0, b, (1e5, 1e5))
    assert ours == close_to(exact, rel=0.02)


@pytest.mark.parametrize("gammas", [(1e5, -2e5), (1e5, 4e5)], ids=str)
@pytest.mark.parametrize("b", [0.3, 1.0, 3.0])
def test_the_zeeman_reservoir_is_heated_as_in_exact_dynamics(b, gammas):
    exact, ours = heat_of_the_zeeman_reservoir(1.0, b, gammas)
    assert ours == close_to(exact, rel=0.02)


@pytest.mark.parametrize("k", [0.1, 1.0])
@pytest.mark.parametrize("b", [0.3, 1.0, 3.0])
def test_what_the_heat_of_two_isotopes_is(k, b):
    """γ² in q_Z becomes ⟨γ⟩² + (⟨γ²⟩−⟨γ⟩²)(k²/2)(g/L + ½), g = ⟨1/(1+Ω²τ²)⟩, L = τ_c/T1e: against exact dynamics."""
    site, unit = two_isotopes(k, (1e5, 1e5))
    matrix = redistribution(TWO[0], tuple(a * unit for a in TWO[1]), b * 1e9, k * 1e-9)[:2, :2]
    average, loss = frozen_field(b, k)
    for gamma in np.array([[1, 1], [1, 0], [0, 1], [1, -2], [1, 4]]):
        mean, square = site.ensemble.weights @ gamma, site.ensemble.weights @ gamma**2
        expected = loss / 4 * (mean**2 + (square - mean**2) * k**2 / 2 * (average / loss + 0.5))
        assert gamma @ matrix @ gamma == close_to(expected, rel=0.015)


@pytest.mark.parametrize(("phase", "tolerance"), [(0.3, 0.02), (1.0, 0.1), (3.0, 0.4)])
@pytest.mark.parametrize("gammas", [(1.0, -2.0), (1.0, 4.0)], ids=str)
def test_isotopes_that_precess_apart_heat_each_other_less(phase, tolerance, gammas):
    """In a strong field, where the cut-off is derived: q_Z beyond that of one mean γ, over its value without phase."""
    b, k = 10.0, 3.0
    site, unit = two_isotopes(k, (1e5, 1e5))
    couplings = tuple(a * unit for a in TWO[1])
    mean = float(site.ensemble.weights @ gammas)
    average, loss = frozen_field(b, k)

    def exact(field):
        def heat(ratios):
            matrix = redistribution(
                TWO[0], couplings, b * 1e9, k * 1e-9, tuple(-g * field for g in ratios)
            )
            return np.array(ratios) @ matrix[:2, :2] @ np.array(ratios)

        return heat(gammas) - heat((mean, mean))

    def ours(field):
        rows = [(n, 0.5, a, g) for n, a, g in zip(TWO[0], couplings, gammas, strict=True)]
        held = loss / 4 * float(np.prod(site.ensemble.weights)) * (gammas[0] - gammas[1]) ** 2
        return heat_apart(rows, field, b, average, loss, k * 1e-9) / (HBAR * field) ** 2 + held

    field, least = phase / abs(gammas[0] - gammas[1]) / (k * 1e-9), 1e-3 / (k * 1e-9)
    assert exact(least) == close_to(ours(least), rel=0.1)  # 18 nuclei are few
    assert exact(field) / exact(least) == close_to(ours(field) / ours(least), rel=tolerance)
