"""The heat by brute force: electron and N nuclei in full, diagonalised as one matrix, nothing of the package used.

H_0 = aJ·S + Ω_B S_z + ω_B J_z with a = 1, H_e = aJ·S + Ω_B S_z. Two routes: the resolvent formula
of second order in H_SS, in the eigenbasis of H_0; and energy conservation, ΔE_n = Tr[H_e²] − Tr[H_e
(1/τ)R H_e] with all of H_0 + H_SS.
"""

from functools import lru_cache, reduce

import numpy as np

ICOSAHEDRAL_AXES = np.array(
    [(0, 1, s * (1 + 5**0.5) / 2) for s in (1, -1)]
    + [(1, s * (1 + 5**0.5) / 2, 0) for s in (1, -1)]
    + [(s * (1 + 5**0.5) / 2, 0, 1) for s in (1, -1)]
)
"""Six axes whose mean over rank-2 quantities, and their squares, is the mean over all directions."""


def spin_matrices(spin):
    m = np.arange(spin, -spin - 0.5, -1)
    up = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1)
    return (up + up.T) / 2, (up - up.T) / 2j, np.diag(m)


@lru_cache(maxsize=8)
def operators(nuclei, spin):
    """Electron operators and those of every nucleus, each (x, y, z), on electron ⊗ nucleus 1 ⊗ … ⊗ nucleus N."""
    dimensions = [2] + [round(2 * spin) + 1] * nuclei

    def on(site, matrix):
        return reduce(
            np.kron, [matrix if i == site else np.eye(d) for i, d in enumerate(dimensions)]
        )

    electron = [on(0, matrix) for matrix in spin_matrices(0.5)]
    return electron, [[on(i + 1, matrix) for matrix in spin_matrices(spin)] for i in range(nuclei)]


def fields(nuclei, spin, electron_field, nuclear_field):
    """H_0 and H_e for Ω_B/a, ω_B/a."""
    S, sites = operators(nuclei, spin)
    J = [sum(site[axis] for site in sites) for axis in range(3)]
    H_e = sum(s @ j for s, j in zip(S, J, strict=True)) + electron_field * S[2]
    return H_e + nuclear_field * J[2], H_e


def dipole(nuclei, spin, i, j, vector):
    """Secular and all other parts of the dipole-dipole coupling of nuclei i and j."""
    site = operators(nuclei, spin)[1]
    r = np.linalg.norm(vector)
    n = np.asarray(vector) / r
    tensor = (np.eye(3) - 3 * np.outer(n, n)) / r**3
    return sum(tensor[a, b] * site[i][a] @ site[j][b] for a in range(3) for b in range(3))


def quadrupole(nuclei, spin, i, axis):
    site = operators(nuclei, spin)[1][i]
    n = np.asarray(axis) / np.linalg.norm(axis)
    along = sum(n[a] * site[a] for a in range(3))
    return 3 * along @ along - spin * (spin + 1) * np.eye(len(along))


def heating_coefficient(H_0, H_e, couplings, x):
    """Φ = Re⟨L_1 R_0† H_e|R_0|L_1 R_0 H_e⟩ / (τ x² Tr H_SS²), summed over the given H_SS before dividing; τ = x."""
    energies, states = np.linalg.eigh(H_0)
    gaps = energies[:, None] - energies[None, :]
    resolvent = 1 / (1 / x + 1j * gaps)
    H_e = states.conj().T @ H_e @ states
    ahead, back = resolvent * H_e, resolvent.conj() * H_e
    heat, square = 0.0, 0.0
    for H_SS in couplings:
        H_SS = states.conj().T @ H_SS @ states
        right, left = H_SS @ ahead - ahead @ H_SS, H_SS @ back - back @ H_SS
        heat += np.sum(left.conj() * resolvent * right).real
        square += np.sum(np.abs(H_SS) ** 2)
    return heat / (x**3 * square)


def absorbed_energy(H, H_e, x):
    """ΔE_n/β = Tr[H_e²] − Tr[H_e (1/τ) R H_e], R = (1/τ + iL)^{-1} with all of H; the trace normalised to 1."""
    energies, states = np.linalg.eigh(H)
    gaps = energies[:, None] - energies[None, :]
    squares = np.abs(states.conj().T @ H_e @ states) ** 2
    return np.sum(squares * (gaps * x) ** 2 / (1 + (gaps * x) ** 2)) / len(H)
