"""Heat of isotopes turned against each other: its limits, exact dynamics of two boxes, trajectories of several."""

import math

import numpy as np
import pytest

import isotope_spread
import two_boxes
from coldspin import Site, ValidityWarning, cool, relax
from coldspin.conditions import validity
from coldspin.constants import HBAR
from coldspin.heating import Automatic
from coldspin.precession import lorentzian_average, spin_loss
from coldspin.sample.species import Species
from coldspin.thermodynamics.ensemble import TURNING_ERROR, Ensemble
from samples import close_to


def ensemble_of(rows):
    return Ensemble(*(np.array(column) for column in zip(*rows, strict=True)))


def turning(ensemble, field, b, correlation_time):
    """½⟨(ΔE)²⟩/ħ² of the term, and its error, in one visit [rad²/s²]."""
    loss = np.array([spin_loss(b, correlation_time / ensemble.dephasing_time)])
    square = ensemble.turning_square(np.array([[field]]), np.array([b]), loss, correlation_time)
    return [
        float(part[0] * loss[0]) * ensemble.mean_square_gyromagnetic_ratio / 4 for part in square
    ]


def scaled(angles, weights, k=1e5):
    """Isotopes of spin 1/2 with these a_kτ_c and weights, τ_c = 1 s and T2e* = 1/k; γ is to be the phase at B = 1."""
    return (
        np.array(weights) / np.array(angles) ** 2 * k**2,
        np.full(len(angles), 0.5),
        np.array(angles),
    )


@pytest.mark.parametrize("b", [0.0, 0.4, 3.0, 20.0])
@pytest.mark.parametrize("k", [0.3, 5.0, 300.0])
def test_the_closed_form_of_the_average(b, k):
    """The shift of the Gaussian that makes the average a spin loss, against integration over frozen fields."""
    rows = [(12, 0.5, 1.0, 1.0), (9, 1.5, 0.6, -0.5), (4, 4.5, -0.8, 0.3)]
    ensemble = ensemble_of(rows)
    time = k * ensemble.dephasing_time
    expected = isotope_spread.turning_heat(rows, 0.7 / time, b, time) / HBAR**2
    tolerance = 1e-9 if k < 100 else 1e-4  # the integrand gets narrow
    assert turning(ensemble, 0.7 / time, b, time)[0] == close_to(expected, rel=tolerance)


@pytest.mark.parametrize(("x", "phase"), [(0.1, 0.05), (3.0, 0.1), (30.0, 2.0), (3.0, 10.0)])
def test_zero_field_of_equal_couplings(x, phase):
    """b = 0: nuclei turn by x/2 about the Overhauser field, isotopes apart by the phase: 1/(1 + x²/4 + phase²)."""
    ensemble = Ensemble(*scaled([x, x], [0.3, 0.7]), np.array([phase, 0.0]))
    free = 0.21 * phase**2 / 16 * spin_loss(0.0, 1e5) * 1e10
    assert turning(ensemble, 1.0, 0.0, 1.0)[0] == close_to(
        free / (1 + x**2 / 4 + phase**2), rel=1e-6
    )


@pytest.mark.parametrize(
    ("x", "other", "phase"), [(1.0, 0.8, 0.1), (10.0, 8.0, 3.0), (10.0, -6.0, 0.5)]
)
def test_high_field(x, other, phase):
    """b ≫ x: isotopes turn apart about B by the phase and by half the difference of x, up or down with the electron."""
    ensemble = Ensemble(*scaled([x, other], [0.5, 0.5]), np.array([phase, 0.0]))
    free = 0.25 * phase**2 / 16 * spin_loss(1e3, 1e5) * 1e10
    turned = sum(0.5 / (1 + (phase + sign * (x - other) / 2) ** 2) for sign in (1, -1))
    assert turning(ensemble, 1.0, 1e3, 1.0)[0] == close_to(free * turned, rel=1e-3)


def exact_and_ours(nuclei, couplings, gamma, b, x, phase):
    """½⟨(ΔE)²⟩ by exact dynamics and by the formulas; |ω_k|τ_c = phase for |γ_k| = 1."""
    a, gamma = np.array(couplings), np.array(gamma)
    ensemble = ensemble_of(
        [(n, 0.5, c, g) for n, c, g in zip(nuclei, couplings, gamma, strict=True)]
    )
    time = x / ensemble.effective_coupling
    k, field = time / ensemble.dephasing_time, phase / time
    exchange = two_boxes.exact_exchange(
        nuclei, a, b / ensemble.dephasing_time, -gamma * field, time
    )
    loss = np.array([spin_loss(b, k)])
    square = ensemble.zeeman_square(
        np.array([[field**2]]),
        np.array([[field]]),
        precession=np.array([b]),
        lorentzian=np.array([lorentzian_average(b, k)]),
        spin_loss=loss,
        correlation_time=time,
    )
    ours = float(square[0] * loss[0]) * ensemble.mean_square_gyromagnetic_ratio / 4
    return field**2 * gamma @ exchange @ gamma, ours


def test_a_small_pair_of_boxes():
    for b, x, phase, tolerance in ((10.0, 3.0, 0.05, 0.03), (10.0, 10.0, 3.0, 0.06)):
        exact, ours = exact_and_ours((8, 6), (1.0, 0.8), (1.0, -1.0), b, x, phase)
        assert ours == close_to(exact, rel=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("couplings", [(1.0, 1.0), (1.0, 0.8)])
@pytest.mark.parametrize("gamma", [(1.0, -1.0), (1.0, 0.6)])
@pytest.mark.parametrize(
    ("b", "x", "phase", "tolerance"),
    [
        (1, 3, 3.0, 0.25),
        (10, 3, 0.05, 0.03),
        (3, 10, 0.05, 0.05),
        (10, 10, 3.0, 0.06),
        (30, 30, 30.0, 0.03),
    ],
)
def test_two_boxes_of_twenty(couplings, gamma, b, x, phase, tolerance):
    """40 nuclei, where 1/(1+x²/4) was low by 2 to 278. At b = 1 so few nuclei deviate from the limit of many."""
    exact, ours = exact_and_ours((20, 20), couplings, gamma, b, x, phase)
    assert ours == close_to(exact, rel=tolerance)


def random_isotopes(rng, count):
    weights = rng.dirichlet(np.full(count, 1.5))
    angles = rng.uniform(0.3, 1, count) * rng.choice([-1, 1, 1], count)
    angles *= 10 ** rng.uniform(-0.3, 1.3) / math.sqrt(weights @ angles**2)
    return weights, angles, rng.normal(size=count) * 10 ** rng.uniform(-1, 1)


def check_against_trajectories(rng, count, samples):
    weights, angles, phases = random_isotopes(rng, count)
    b = 10 ** rng.uniform(-1, 1.5)
    heat, noise = two_boxes.trajectory_heat(b, angles, weights, phases, samples=samples)
    ours, error = (
        value / 1e10 for value in turning(Ensemble(*scaled(angles, weights), phases), 1.0, b, 1.0)
    )
    assert abs(ours - heat) < error + 0.02 * heat + 3 * noise
    return ours / heat


def test_trajectories_of_two_isotopes():
    check_against_trajectories(np.random.default_rng(3), 2, 128)


@pytest.mark.slow
def test_trajectories_of_several_isotopes():
    """The stated error holds everywhere, and the typical one is far smaller."""
    rng = np.random.default_rng(12)
    ratios = [check_against_trajectories(rng, 2 + number % 2, 512) for number in range(24)]
    assert np.std(np.log(ratios)) < 0.1


def test_what_the_formula_is_worth():
    """The stated error is 0 for small angles and TURNING_ERROR of the heat for large ones."""
    for x, phase, share in ((1e-3, 1e-3, 1e-6), (0.5, 0.01, 0.06), (30.0, 1.0, 1.0)):
        heat, error = turning(
            Ensemble(*scaled([x, x], [0.5, 0.5]), np.array([phase, 0.0])), 1.0, 1.0, 1.0
        )
        assert error / heat / TURNING_ERROR == close_to(share, rel=0.05, abs=1e-5)


def dot_of(correlation_time, second=8.2e7, **changes):
    row = {"nuclei": 5e4, "nuclear_spin": 1.5, "hyperfine_coupling": 1.5e6}
    species = [Species(**row, nuclear_gyromagnetic_ratio=gamma) for gamma in (4.6e7, second)]
    given = {
        "local_field": 1.5e-4,
        "filling": 0.05,
        "g_factor": -0.44,
        "correlation_time": correlation_time,
    }
    return Site(species=species, **(given | changes))


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_the_condition_is_the_share_of_the_error():
    site, field = dot_of(1e-6), 0.1
    data = cool(site, field, 1e-4, self_consistent=False).isel(field=0)
    square = float(data.zeeman_heating + data.spin_spin_heating)
    b = abs(float(site.electron_precession(field)))
    _, error = turning(site.ensemble, field, b, site.correlation_time)
    flux = (
        error
        * HBAR**2
        * float(data.inverse_spin_temperature)
        * site.filling
        / site.correlation_time
    )
    assert data.attrs["condition_isotope_heating"] == close_to(flux / square, rel=1e-9)
    assert 0.1 < flux / square < TURNING_ERROR
    assert relax(site, field).attrs["condition_isotope_heating"] == close_to(
        flux / square, rel=1e-9
    )
    row = validity(site, field, 1e-4, self_consistent=False)["isotope_heating"]
    assert row.value == close_to(flux / square, rel=1e-9)
    assert row.level != "green"


def test_a_doubtful_heat_is_warned_of_and_isotopes_of_one_gamma_have_none():
    with pytest.warns(ValidityWarning) as said:
        data = cool(dot_of(1e-6), 0.1, 1e-4, method=Automatic(), effective_isotope=True)
    assert sum("isotope_heating reaches" in str(entry.message) for entry in said) == 1
    assert data.attrs["warnings"].count("isotope_heating") == 1
    with pytest.warns(ValidityWarning) as caught:
        alike = cool(dot_of(1e-6, second=4.6e7), 0.1, 1e-4)
    assert alike.attrs["condition_isotope_heating"] == 0
    assert not any("isotope_heating" in str(entry.message) for entry in caught)
