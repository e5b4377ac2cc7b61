"""What symmetry demands of any system: norm, energy, balance, reversal of time, relabelling, rotation."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    Typical,
    averaged_energies,
    averaged_spin_correlator,
    energies,
    evolve,
    heat,
    heat_at,
    operator,
    spin_correlator,
)
from many_spins import hamiltonians, needs_kernels, random_parts, random_state, random_system
from quick import quick

COUPLINGS = (
    "hyperfine", "pair_tensors", "scalar_couplings", "quadrupole_tensors", "electron_precession", "nuclear_precession",
)  # fmt: skip
SPINS = ([0.5] * 4, [1.0, 0.5, 1.5])


def numbers(result):
    return np.array([result.zeeman, result.spin_spin, result.electron])


@pytest.mark.parametrize("spins", SPINS)
def test_norm_and_energy_are_conserved_while_the_parts_change(spins):
    system = random_system(1, spins)
    states = evolve(
        operator(system), random_state(2, system.dimension), np.linspace(0, 40, 5), tolerance=1e-12
    )
    np.testing.assert_allclose(np.linalg.norm(states, axis=1), 1, atol=1e-11)
    found = [energies(system, state) for state in states]
    np.testing.assert_allclose([e.total for e in found], found[0].total, atol=1e-10)
    assert np.ptp([e.spin_spin for e in found]) > 1e-2


@pytest.mark.parametrize("spins", SPINS)
def test_energies_are_those_of_the_matrices(spins):
    parts = random_parts(1, spins)
    system = SpinSystem(**parts)
    psi = random_state(3, system.dimension)
    H_e, H_Z, H_SS = (np.vdot(psi, matrix @ psi).real for matrix in hamiltonians(parts))
    found = energies(system, psi)
    assert found.electron_zeeman + found.hyperfine == pytest.approx(H_e)
    assert (found.nuclear_zeeman, found.spin_spin) == pytest.approx((H_Z, H_SS))


@needs_kernels
@pytest.mark.parametrize("spins", SPINS)
@pytest.mark.parametrize("tau", quick([1e-6, 0.3, 4.0], 0, 1))
def test_averaged_energies_are_those_of_the_averaged_density_matrix(spins, tau):
    """⟨i|ρ|j⟩/(1 + i(E_i − E_j)τ) in the eigenbasis of H."""
    parts = random_parts(7, spins)
    system = SpinSystem(**parts)
    psi = random_state(3, system.dimension)
    values, states = np.linalg.eigh(sum(hamiltonians(parts)))
    amplitudes = states.conj().T @ psi
    averaged = np.outer(amplitudes, amplitudes.conj()) / (1 + 1j * (values[:, None] - values) * tau)
    H_e, H_Z, H_SS = (
        np.sum(averaged * (states.conj().T @ h @ states).T).real for h in hamiltonians(parts)
    )
    found = averaged_energies(system, psi, tau, tolerance=1e-9)
    assert found.electron_zeeman + found.hyperfine == pytest.approx(H_e, abs=1e-7)
    assert (found.nuclear_zeeman, found.spin_spin) == pytest.approx((H_Z, H_SS), abs=1e-7)
    assert found.total == pytest.approx(energies(system, psi).total, abs=1e-10)


@pytest.mark.parametrize("spins", SPINS)
def test_evolution_back_in_time_returns(spins):
    system = random_system(4, spins)
    H, psi = operator(system), random_state(1, system.dimension)
    there = evolve(H, psi, 17.0, tolerance=1e-12)
    assert np.linalg.norm(there - psi) > 0.1
    np.testing.assert_allclose(evolve(H, there, -17.0, tolerance=1e-12), psi, atol=1e-11)


@needs_kernels
@pytest.mark.parametrize("spins", SPINS)
@pytest.mark.parametrize("tau", [0.1, 2.0, 50.0])
def test_what_the_electron_loses_the_nuclei_gain(spins, tau):
    found = numbers(heat(random_system(5, spins), tau, traces=Enumeration()))
    assert abs(found.sum()) < 1e-12 * abs(found[2])
    assert found[2] < 0
    assert np.all(np.abs(found[:2]) > 1e-3 * abs(found[2]))


@needs_kernels
@pytest.mark.parametrize("spins", SPINS)
def test_energies_balance_at_any_time_and_average_to_the_heat(spins):
    system = random_system(5, spins)
    tau, nodes, weights = 2.0, *np.polynomial.laguerre.laggauss(120)
    every = np.array([numbers(h) for h in heat_at(system, tau * nodes, traces=Enumeration())])
    assert np.max(np.abs(every[:, :2])) > 0.01
    np.testing.assert_allclose(every.sum(axis=1), 0, atol=1e-12)
    assert np.all(every[:, 2] < 0)
    smooth = np.array([numbers(h) for h in heat_at(system, [0.0, 0.7, -0.7], traces=Enumeration())])
    np.testing.assert_allclose(smooth[0], 0, atol=1e-13)
    assert smooth[1, 2] == pytest.approx(smooth[2, 2], rel=1e-10)
    slow = random_system(5, spins, 0.2)
    scaled = replace(slow, **{name: 0.1 * np.asarray(getattr(slow, name)) for name in COUPLINGS})
    at = np.array([numbers(h) for h in heat_at(scaled, tau * nodes, traces=Enumeration())])
    averaged = numbers(heat(scaled, tau, traces=Enumeration()))
    np.testing.assert_allclose(weights @ at, averaged, rtol=1e-6, atol=1e-9)


@needs_kernels
def test_random_states_at_given_times_agree_with_enumeration():
    system = random_system(6, [0.5] * 4, 0.2)
    times = [0.4, 3.0]
    exact, found = (heat_at(system, times, traces=t) for t in (Enumeration(), Typical(24, 5)))
    for one, other in zip(exact, found, strict=True):
        errors = np.array(other.errors)
        assert np.all(errors < 0.3 * abs(one.electron))
        assert np.all(np.abs(numbers(other) - numbers(one)) < 4 * errors)


@pytest.mark.slow
@needs_kernels
def test_random_states_balance_and_agree_with_enumeration_within_their_errors():
    system = random_system(6, [0.5] * 4, 0.2)
    exact, found = heat(system, 1.5, traces=Enumeration()), heat(system, 1.5, traces=Typical(20, 5))
    errors = np.array(found.errors)
    assert np.all(errors < 0.2 * abs(exact.electron))
    assert np.all(np.abs(numbers(found) - numbers(exact)) < 4 * errors)
    assert abs(numbers(found).sum()) < 4 * np.sqrt(np.sum(errors**2))


@needs_kernels
@pytest.mark.parametrize("spins", SPINS)
def test_reversal_of_time_turns_all_fields_over(spins):
    """For what the electron loses; Tr X H_e(t) with another X becomes Tr H_e X(t)."""
    parts = random_parts(8, spins)
    turned = parts | {name: -parts[name] for name in ("electron_precession", "nuclear_precession")}
    half = parts | {"electron_precession": -parts["electron_precession"]}
    one, other, wrong = (
        heat(SpinSystem(**p), 2.0, traces=Enumeration()).electron for p in (parts, turned, half)
    )
    assert other == pytest.approx(one, rel=1e-11)
    assert abs(wrong / one - 1) > 1e-4


@needs_kernels
def test_names_of_the_nuclei_do_not_matter():
    parts = random_parts(9, [0.5, 1.0, 1.5])
    expected = numbers(heat(SpinSystem(**parts), 2.0, traces=Enumeration()))
    for order in permutations(range(3)):
        o = list(order)
        moved = {
            name: np.asarray(value)[o]
            for name, value in parts.items()
            if name != "electron_precession"
        }
        moved["pair_tensors"] = parts["pair_tensors"][np.ix_(o, o)]
        moved["scalar_couplings"] = parts["scalar_couplings"][np.ix_(o, o)]
        system = SpinSystem(**moved, electron_precession=parts["electron_precession"])
        np.testing.assert_allclose(
            numbers(heat(system, 2.0, traces=Enumeration())), expected, rtol=1e-11
        )


@needs_kernels
@pytest.mark.parametrize("spins", SPINS)
def test_a_rotation_of_everything_changes_nothing(spins):
    parts = random_parts(10, spins)
    R = Rotation.random(rng=np.random.default_rng(3)).as_matrix()
    turned = parts | {
        name: R @ parts[name] @ R.T for name in ("hyperfine", "pair_tensors", "quadrupole_tensors")
    }
    turned |= {name: parts[name] @ R.T for name in ("electron_precession", "nuclear_precession")}
    one, other = (
        numbers(heat(SpinSystem(**p), 2.0, traces=Enumeration())) for p in (parts, turned)
    )
    np.testing.assert_allclose(other, one, rtol=1e-11)


@needs_kernels
@pytest.mark.parametrize("samples", quick([12, 60], 0))
def test_correlators_start_at_a_third_of_the_square_and_obey_reversal(samples):
    """C(0) = s(s+1)/3, exact in each state only for s = 1/2 on the diagonal; C_αβ(t; B) = C_βα(t; −B)."""
    parts = random_parts(11, [0.5, 0.5, 1.0])
    turned = parts | {name: -parts[name] for name in ("electron_precession", "nuclear_precession")}
    times = np.array([0.0, 0.7])
    for site, square in ((0, 0.25), (1, 0.25), (3, 2 / 3)):
        one, error = spin_correlator(SpinSystem(**parts), site, times, traces=Typical(samples, 1))
        other, more = spin_correlator(SpinSystem(**turned), site, times, traces=Typical(samples, 2))
        assert np.all(np.abs(one[0] - square * np.eye(3)) < 4.5 * error[0] + 1e-12)
        assert np.all(
            np.abs(one - other.swapaxes(1, 2)) < 4.5 * np.hypot(error, more.swapaxes(1, 2)) + 1e-12
        )
        if site == 0:
            assert np.max(np.abs(one[1] - one[1].T)) > 0.015


@needs_kernels
@pytest.mark.parametrize("site", [0, 2])
def test_averaged_correlators_are_averages_of_those_at_given_times(site):
    system, traces = random_system(12, [0.5, 1.0], 0.3), Typical(3, 1)
    tau = 0.4
    found, error = averaged_spin_correlator(system, site, tau, traces=traces, tolerance=1e-9)
    times, weights = np.polynomial.legendre.leggauss(200)
    times, weights = 6 * (times + 1), 6 * weights
    weights = weights * np.exp(-times / tau) / tau
    at, _ = spin_correlator(system, site, times, traces=traces, tolerance=1e-12)
    np.testing.assert_allclose(np.einsum("t,tab->ab", weights, at), found, atol=1e-8)
    assert np.all((error > 0) & (error < 0.3))
