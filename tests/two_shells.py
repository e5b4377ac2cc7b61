"""An electron and two shells of spins 1/2, each with one coupling, in full: some hundred nuclei with unequal couplings.

The sum of the spins of a shell is conserved, and so is the projection of all spins: blocks of some
ten states are all that has to be diagonalized. H = b S_z + S·Σ a_j I_j over shells, in units of
1/s, where Σ a² over all nuclei is 1.
"""

from math import comb, sqrt

import numpy as np

NEGLIGIBLE = 1e-5  # weight of a pair of shell spins, against that of the most frequent one
TENSORS = (  # normalized components 0, 1 and 2 of rank 2 for a pair of spins 1/2 in its triplet
    np.diag([1, -2, 1]) / sqrt(6),
    np.array([[0, 1, 0], [0, 0, -1], [0, 0, 0]]) / sqrt(2),
    np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]]),
)


def spin_loss(count, couplings, b, k):
    """τ_c/T1e = 1 − 4⟨S_z(0)S_z(t)⟩, averaged over e^{-t/τ_c}, of two shells of `count` nuclei each; for every k."""
    a, c = _scaled(count, couplings)
    return 1 - _over_shells(count, count, lambda one, two: _kept((0.5, one, two), (a, c), b, k))


def heating(count, couplings, b, k):
    """Φ = Σ μ Φ_c of the two shells, where two neighbors in one shell have a dipole coupling of any orientation."""
    total = np.zeros(len(k))
    for a, c in (_scaled(count, couplings), _scaled(count, couplings)[::-1]):
        heat = _over_shells(
            count - 2, count, lambda one, two, a=a, c=c: _lost((0.5, 1, one, two), (a, a, c), b, k)
        )
        total += count * a**2 * heat / (a * k) ** 2
    return total


def _scaled(count, couplings):
    return np.array(couplings) / sqrt(count * np.sum(np.square(couplings)))


def _over_shells(first, second, function):
    """Mean over the spins of two shells of so many spins 1/2."""
    total, weights = 0.0, 0.0
    shares = [_shares(first), _shares(second)]
    largest = max(shares[0].values()) * max(shares[1].values())
    for one, v in shares[0].items():
        for two, w in shares[1].items():
            if v * w > NEGLIGIBLE * largest:
                total += v * w * function(one, two)
                weights += v * w
    return total / weights


def _shares(count):
    """Of the states of `count` spins 1/2, those of each total spin."""
    found = {}
    for down in range(count // 2 + 1):
        spin = count / 2 - down
        multiplets = comb(count, down) - (comb(count, down - 1) if down else 0)
        found[spin] = multiplets * (2 * spin + 1) / 2**count
    return found


def _kept(spins, couplings, b, k):
    """4⟨S_z(0)S_z(t)⟩ of the electron."""
    total = np.zeros(len(k))
    for energies, states, levels in _blocks(spins, couplings, b).values():
        s = states.T @ ((0.5 - levels[0])[:, None] * states)
        total += 4 * np.array(
            [np.sum(s**2 / (1 + (time * _turns(energies, energies)) ** 2)) for time in k]
        )
    return total / np.prod(_sizes(spins))


def _lost(spins, couplings, b, k):
    """1 − ⟨H_pair(0)H_pair(t)⟩/⟨H_pair²⟩ of the pair, which is the second spin, averaged over its five tensors."""
    blocks, sizes, total = _blocks(spins, couplings, b), _sizes(spins), np.zeros(len(k))
    for projection, (energies, states, levels) in blocks.items():
        for order, tensor in enumerate(TENSORS):
            if projection + order not in blocks:
                continue
            higher, others, targets = blocks[projection + order]
            able = levels[1] >= order
            raised = levels[:, able] - np.array([[0], [order], [0], [0]])
            place = _places(targets, sizes)[np.ravel_multi_index(raised, sizes)]
            matrix = others[place].T @ (tensor[raised[1], levels[1, able]][:, None] * states[able])
            angle = _turns(higher, energies)
            share = [np.sum(matrix**2 * (1 - 1 / (1 + (time * angle) ** 2))) for time in k]
            total += (1 if order == 0 else 2) * np.array(share)
    return total * sizes[1] / 5 / np.prod(sizes)


def _blocks(spins, couplings, b):
    """For each projection of all spins: energies, states, and the levels (from the top) of each spin, in columns."""
    sizes = _sizes(spins)
    levels = np.indices(sizes).reshape(len(sizes), -1)
    projections = np.array(spins)[:, None] - levels
    found = {}
    for whole in np.unique(projections.sum(axis=0)):
        chosen = projections.sum(axis=0) == whole
        h = _hamiltonian(spins, couplings, b, levels[:, chosen], projections[:, chosen])
        found[whole] = (*np.linalg.eigh(h), levels[:, chosen])
    return found


def _hamiltonian(spins, couplings, b, levels, projections):
    sizes = _sizes(spins)
    place = _places(levels, sizes)
    h = np.diag(projections[0] * (b + np.tensordot(couplings, projections[1:], 1)))
    for j, a in enumerate(couplings, start=1):  # the electron goes up, the other spin down
        able = (levels[0] == 1) & (levels[j] + 1 < sizes[j])
        turned = levels[:, able].copy()
        turned[0] -= 1
        turned[j] += 1
        m = projections[j, able]
        column = place[np.ravel_multi_index(turned, sizes)]
        h[np.flatnonzero(able), column] += a / 2 * np.sqrt(spins[j] * (spins[j] + 1) - m * (m - 1))
    return (
        h  # its lower triangle, as eigh reads it: the electron is up in the states that come first
    )


def _places(levels, sizes):
    """Where each state of all is among those with these levels."""
    place = np.zeros(np.prod(sizes), dtype=int)
    place[np.ravel_multi_index(levels, sizes)] = np.arange(levels.shape[1])
    return place


def _sizes(spins):
    return tuple(round(2 * spin) + 1 for spin in spins)


def _turns(one, other):
    return one[:, None] - other[None, :]
