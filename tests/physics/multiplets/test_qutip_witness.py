"""An outside program for the same number: QuTiP's own operators, time evolution and integral."""

import numpy as np
import pytest
from scipy.integrate import quad

from coldspin.heating import Multiplets, SinglePair

qutip = pytest.importorskip("qutip")


@pytest.mark.slow
@pytest.mark.parametrize("nuclear_field", [0.0, 0.45, -0.45])
def test_time_dependent_heat_in_qutip(nuclear_field):
    """ΔE(t) = Tr[H_e²] − Tr[H_e H_e(t)] of three spins, averaged over exp(−t/τ), its H_SS² part by differences."""
    nuclei, electron_field, x, epsilon = 3, 0.9, 1.5, 4e-3
    spins = [[qutip.tensor([m if i == n else qutip.qeye(2) for i in range(4)]) for m in
              (qutip.sigmax() / 2, qutip.sigmay() / 2, qutip.sigmaz() / 2)] for n in range(4)]  # fmt: skip
    J = [sum(site[a] for site in spins[1:]) for a in range(3)]
    H_e = sum(spins[0][a] * J[a] for a in range(3)) + electron_field * spins[0][2]
    H_0 = H_e + nuclear_field * J[2]
    phi = (1 + 5**0.5) / 2
    axes = [(0, 1, phi), (0, 1, -phi), (1, phi, 0), (1, -phi, 0), (phi, 0, 1), (-phi, 0, 1)]

    def heat(H):
        energies, states = H.eigenstates()
        U = qutip.Qobj(np.hstack([s.full() for s in states]), dims=H.dims)
        e = (U.dag() * H_e * U).full()
        gaps = energies[:, None] - energies[None, :]

        def correlation(t):
            return np.sum(np.abs(e) ** 2 * (1 - np.cos(gaps * t))) / 16

        return quad(
            lambda u: correlation(-x * np.log(u)), 0, 1, epsabs=1e-13, epsrel=1e-11, limit=2000
        )[0]

    zeroth, second, square = heat(H_0), np.zeros(2), 0.0
    for axis in axes:
        n = np.array(axis) / np.linalg.norm(axis)
        first, other = (sum(n[a] * site[a] for a in range(3)) for site in spins[1:3])
        H_SS = sum(spins[1][a] * spins[2][a] for a in range(3)) - 3 * first * other
        square += (H_SS * H_SS).tr().real / 16
        for i, step in enumerate((epsilon, 2 * epsilon)):
            second[i] += (
                (heat(H_0 + step * H_SS) + heat(H_0 - step * H_SS)) / 2 - zeroth
            ) / step**2
    expected = (4 * second[0] - second[1]) / 3 / (x**2 * square)
    root = nuclei**0.5
    found = Multiplets(couplings=SinglePair()).heating_coefficient(
        electron_field / root, x * root, nuclei=nuclei, nuclear_precession=nuclear_field / root
    )
    assert found == pytest.approx(expected, rel=1e-6, abs=0)
