"""An outside program for the same numbers: QuTiP's operators, evolution and superoperators."""

import numpy as np
import pytest

from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    Typical,
    averaged_spin_correlator,
    evolve,
    heat,
    operator,
    spin_correlator,
)
from many_spins import needs_kernels, random_parts, random_state
from quick import quick


@pytest.fixture(autouse=True, scope="module")
def _qutip():
    """Load QuTiP for these tests alone: it takes seconds, which every process that collects them would spend."""
    global qutip
    qutip = pytest.importorskip("qutip")


def parts_in_qutip(parts):
    """H_e, H_Z, H_SS and the operators of every spin."""
    spins = [0.5, *parts["spins"]]
    sizes = [round(2 * s) + 1 for s in spins]
    sites = [[qutip.tensor([qutip.jmat(s, axis) if i == j else qutip.qeye(sizes[j]) for j in range(len(spins))])
              for axis in "xyz"] for i, s in enumerate(spins)]  # fmt: skip
    S, nuclei = sites[0], sites[1:]

    def bilinear(one, tensor, other):
        return sum(tensor[a, b] * one[a] * other[b] for a in range(3) for b in range(3))

    H_e = sum(parts["electron_precession"][a] * S[a] for a in range(3))
    H_e += sum(bilinear(S, parts["hyperfine"][j], nucleus) for j, nucleus in enumerate(nuclei))
    H_Z = sum(
        parts["nuclear_precession"][j, a] * n[a] for j, n in enumerate(nuclei) for a in range(3)
    )
    H_SS = sum(
        bilinear(n, parts["quadrupole_tensors"][j], n)
        for j, n in enumerate(nuclei)
        if spins[j + 1] > 0.5
    )
    for j, nucleus in enumerate(nuclei):
        for i in range(j):
            tensor = parts["pair_tensors"][i, j] + parts["scalar_couplings"][i, j] * np.eye(3)
            H_SS += bilinear(nuclei[i], tensor, nucleus)
    return H_e, H_Z, H_SS, sites


@pytest.mark.parametrize("spins", [[0.5] * 3, [0.5] * 8, [1.0] * 3, [1.5] * 2])
def test_state_after_a_time(spins):
    parts = random_parts(21, spins)
    H_e, H_Z, H_SS, _ = parts_in_qutip(parts)
    system = SpinSystem(**parts)
    psi = random_state(1, system.dimension)
    start = qutip.Qobj(psi, dims=[H_e.dims[0], [1]])
    options = {"atol": 1e-11, "rtol": 1e-9, "nsteps": 10**5}
    end = qutip.sesolve(H_e + H_Z + H_SS, start, [0, 1.3], options=options).states[-1]
    np.testing.assert_allclose(evolve(operator(system), psi, 1.3), end.full().ravel(), atol=1e-7)


@needs_kernels
@pytest.mark.parametrize("spins", [[0.5] * 3, [1.0, 0.5], [1.5]])
def test_heat_of_every_reservoir(spins):
    """⟨e^{−iHt}H_e e^{iHt}⟩ = (1 − τ𝓛)⁻¹ H_e with the Liouvillian of QuTiP."""
    parts = random_parts(22, spins)
    H_e, H_Z, H_SS, _ = parts_in_qutip(parts)
    tau = 1.7
    superoperator = qutip.liouvillian(H_e + H_Z + H_SS).full()
    vector = qutip.operator_to_vector(H_e).full()
    averaged = np.linalg.solve(np.eye(len(superoperator)) - tau * superoperator, vector)
    change = qutip.vector_to_operator(
        qutip.Qobj(averaged - vector, dims=qutip.operator_to_vector(H_e).dims)
    )
    expected = [(part * change).tr().real / H_e.shape[0] for part in (H_Z, H_SS, H_e)]
    found = heat(SpinSystem(**parts), tau, traces=Enumeration())
    assert [found.zeeman, found.spin_spin, found.electron] == pytest.approx(expected, rel=1e-9)


@needs_kernels
@pytest.mark.parametrize(
    "spins", quick([[0.5] * 8, [1.0] * 5, [1.5] * 4, [0.5, 1.0, 1.5, 0.5, 1.0]], -1)
)
def test_heat_and_correlators_of_many_spins(spins):
    """The same from the eigenstates of QuTiP: e^{−iHt} averages to 1/(1 + iωτ), and to e^{−iωt} at a time."""
    parts = random_parts(24, spins)
    H_e, H_Z, H_SS, sites = parts_in_qutip(parts)
    tau, time = 0.8, 1.1
    energies, states = (H_e + H_Z + H_SS).eigenstates(output_type="oper")
    system, turns = SpinSystem(**parts), np.subtract.outer(energies, energies)

    def turned(operator, factors):
        inside = (states.dag() * operator * states).full()
        return states * qutip.Qobj(factors * inside, dims=[states.dims[1]] * 2) * states.dag()

    change = turned(H_e, 1 / (1 + 1j * tau * turns)) - H_e
    expected = [(part * change).tr().real / H_e.shape[0] for part in (H_Z, H_SS, H_e)]
    every = Enumeration(H_e.shape[0])
    found = heat(system, tau, traces=every)
    assert [found.zeeman, found.spin_spin, found.electron] == pytest.approx(expected, rel=1e-8)
    site = len(spins)  # the last nucleus
    for found, kept in (
        (spin_correlator(system, site, [0.0, time], traces=every)[0][1], np.exp(1j * time * turns)),
        (averaged_spin_correlator(system, site, tau, traces=every)[0], 1 / (1 - 1j * tau * turns)),
    ):
        later = [turned(a, kept) for a in sites[site]]
        expected = [[(a * b).tr().real / H_e.shape[0] for b in sites[site]] for a in later]
        np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.slow
@needs_kernels
def test_correlator_of_the_electron():
    parts = random_parts(23, [0.5, 1.0])
    H_e, H_Z, H_SS, sites = parts_in_qutip(parts)
    U = (-1j * (H_e + H_Z + H_SS) * 0.9).expm()
    expected = np.array(
        [[(U.dag() * a * U * b).tr().real / U.shape[0] for b in sites[0]] for a in sites[0]]
    )
    found, error = spin_correlator(SpinSystem(**parts), 0, [0.9], traces=Typical(200, 3))
    assert np.all(error < 0.02)
    assert np.all(np.abs(found[0] - expected) < 4.5 * error[0])
