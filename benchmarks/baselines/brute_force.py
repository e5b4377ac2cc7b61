"""Baseline of multiplets.py: Φ of a pair from all 2^(N+1) states in QuTiP, averaged over six directions of the pair."""

import numpy as np
import qutip

PHI = (1 + 5**0.5) / 2
AXES = [(0, 1, PHI), (0, 1, -PHI), (1, PHI, 0), (1, -PHI, 0), (PHI, 0, 1), (-PHI, 0, 1)]


def heating(nuclei, electron_field, nuclear_field, x):
    """Φ in units of a, by the resolvent formula in the eigenbasis of H_0."""
    half = [qutip.jmat(0.5, axis) for axis in "xyz"]
    site = [[qutip.tensor([m if i == n else qutip.qeye(2) for i in range(nuclei + 1)]) for m in half]
            for n in range(nuclei + 1)]  # fmt: skip
    S, first, second = site[0], site[1], site[2]
    J = [sum(spin[axis] for spin in site[1:]) for axis in range(3)]
    H_e = sum(s * j for s, j in zip(S, J, strict=True)) + electron_field * S[2]
    energies, states = (H_e + nuclear_field * J[2]).eigenstates()
    U = np.hstack([state.full() for state in states])
    resolvent = 1 / (1 / x + 1j * (energies[:, None] - energies[None, :]))
    h = U.conj().T @ H_e.full() @ U
    ahead, back = resolvent * h, resolvent.conj() * h
    heat = square = 0.0
    for axis in AXES:
        n = np.array(axis) / np.linalg.norm(axis)
        along = [sum(n[a] * spin[a] for a in range(3)) for spin in (first, second)]
        pair = sum(first[a] * second[a] for a in range(3)) - 3 * along[0] * along[1]
        V = U.conj().T @ pair.full() @ U
        heat += np.sum((V @ back - back @ V).conj() * resolvent * (V @ ahead - ahead @ V)).real
        square += np.sum(np.abs(V) ** 2)
    return heat / (x**3 * square)
