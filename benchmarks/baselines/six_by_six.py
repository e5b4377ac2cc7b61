"""Baseline of multiplets.py: Φ of a single pair by diagonalising pair ⊗ rest ⊗ electron in blocks of 6×6, plain NumPy.

For I = 1/2 only the triplet of the pair takes part. With the spin L of the other N − 2 nuclei and
the projection M of everything, the triplet (3) times the electron (2) is a 6×6 block. T_q acts on
the triplet alone and leads from (L, M) to (L, M + q). All M of one L are diagonalised in one
batched call, and for each k one batched matrix product does them.
"""

import numpy as np

from coldspin.heating.multiplets.weights import multiplet_fraction, spin_range

TRIPLET = np.array([1.0, 0.0, -1.0])
ELECTRON = np.array([0.5, -0.5])


def hamiltonians(L, M, electron_field, nuclear_field):
    """H_0 and H_e (batch of 6×6, basis triplet ⊗ electron, projection of L = M − the others) and which states exist."""
    mk, ms = (grid.ravel() for grid in np.meshgrid(TRIPLET, ELECTRON, indexing="ij"))
    ml = M[:, None] - mk - ms
    exists = np.abs(ml) <= L
    H_e = np.zeros((len(M), 6, 6))
    for i in range(6):
        H_e[:, i, i] = ms[i] * (mk[i] + ml[:, i]) + electron_field * ms[i]
        for j in range(6):
            if ms[i] == 0.5 and ms[j] == -0.5:
                if mk[j] == mk[i] + 1:
                    H_e[:, i, j] = H_e[:, j, i] = 0.5 * np.sqrt(2.0)
                if mk[j] == mk[i]:
                    up = L * (L + 1) - ml[:, i] * (ml[:, i] + 1)
                    H_e[:, i, j] = H_e[:, j, i] = 0.5 * np.sqrt(np.maximum(up, 0))
    both = exists[:, :, None] & exists[:, None, :]
    H_e = np.where(both, H_e, 0.0)
    H_0 = H_e.copy()
    index = np.arange(6)
    H_0[:, index, index] += nuclear_field * (M[:, None] - ms)
    return H_0, H_e, exists


def tensor(q):
    """T_q of the triplet ⊗ 1, normalised so that Tr T_q† T_q = 1 in the triplet."""
    z = np.diag(TRIPLET)
    up = np.sqrt(2.0) * np.diag(np.ones(2), 1)
    T = {0: (3 * z @ z - 2 * np.eye(3)) / np.sqrt(6), 1: (z @ up + up @ z) / 2, 2: up @ up / 2}[
        abs(q)
    ]
    return np.kron(T if q >= 0 else T.T, np.eye(2))


def block_sum(L, electron_field, nuclear_field, x):
    """Σ over M and q of the heat of one L, for every x, and the number of blocks."""
    M = np.arange(-L - 1.5, L + 1.75)
    H_0, H_e, exists = hamiltonians(L, M, electron_field, nuclear_field)
    E, U = np.linalg.eigh(H_0 + np.where(exists, 0.0, 1e9)[:, :, None] * np.eye(6))
    h = U.transpose(0, 2, 1) @ H_e @ U
    gap = E[:, :, None] - E[:, None, :]
    real = np.einsum("nim,ni->nm", U**2, exists) > 0.5
    heat = np.zeros(len(x))
    tensors = []
    for q in range(-2, 3):
        lo, hi = max(0, -q), len(M) - max(0, q)
        T = U[lo + q : hi + q].transpose(0, 2, 1) @ tensor(q) @ U[lo:hi]
        T *= real[lo + q : hi + q, :, None] & real[lo:hi, None, :]
        tensors.append((lo, hi, q, T, E[lo + q : hi + q, :, None] - E[lo:hi, None, :]))
    for n, z in enumerate(x):
        X = h / (1 + 1j * gap * z)
        for lo, hi, q, T, w in tensors:
            B = T @ X[lo:hi] - X[lo + q : hi + q] @ T
            heat[n] += np.sum((B * B / (1 + 1j * w * z)).real)
    return heat, len(M)


def heating(nuclei, electron_field, nuclear_field, x, sample=None):
    """Φ(x) in units of a (of only `sample` of the L, if given), the blocks done and the blocks in all."""
    L = spin_range(nuclei - 2, 0.5)
    weight = multiplet_fraction(L, nuclei - 2, 0.5)
    chosen = (
        range(len(L))
        if sample is None
        else np.unique(np.linspace(0, len(L) - 1, sample).round().astype(int))
    )
    total, blocks = np.zeros(len(x)), 0
    for i in chosen:
        heat, count = block_sum(L[i], electron_field, nuclear_field, x)
        total += weight[i] * heat
        blocks += count
    return total / 10, blocks, int(np.sum(2 * L + 4))
