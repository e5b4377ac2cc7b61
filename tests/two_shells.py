"""An electron and two shells of spins 1/2, each with one coupling, in full: hundreds of nuclei with unequal couplings.

The sum of the spins of a shell is conserved, and so is the projection of all spins: blocks of some ten states are all
that has to be diagonalized. H = b S_z + S·(a_1 I_1 + a_2 I_2), in units of 1/s.
"""

from math import comb, sqrt

import numpy as np

NEGLIGIBLE = 1e-6  # weight of a pair of shell spins, against that of the most frequent one


def spin_loss(count, couplings, b, k):
    """τ_c/T1e = 1 − 4⟨S_z(0)S_z(t)⟩, averaged over e^{-t/τ_c}, of two shells of `count` nuclei each; for every k."""
    scaled = np.array(couplings) / sqrt(count * np.sum(np.square(couplings)))
    spins = np.arange(count % 2 / 2, count / 2 + 0.25)
    shares = np.array([_share(count, spin) for spin in spins])
    kept, weights = np.zeros(len(k)), 0.0
    for one, w in zip(spins, shares, strict=True):
        for two, v in zip(spins, shares, strict=True):
            if w * v > NEGLIGIBLE * np.max(shares) ** 2:
                kept += w * v * _kept(one, two, *scaled, b, k)
                weights += w * v
    return 1 - kept / weights


def _share(count, spin):
    """Of the states of `count` spins 1/2, those of this total spin."""
    down = round(count / 2 - spin)
    multiplets = comb(count, down) - (comb(count, down - 1) if down else 0)
    return multiplets * (2 * spin + 1) / 2**count


def _kept(one, two, a, c, b, k):
    """4⟨S_z(0)S_z(t)⟩ for shells of spin `one` and `two`."""
    total, whole = np.zeros(len(k)), one + two + 0.5
    for projection in np.arange(-whole, whole + 0.25):
        h, up = _block(one, two, a, c, b, projection)
        energies, states = np.linalg.eigh(h)
        s = states[:up].T @ states[:up] - 0.5 * np.eye(len(h))
        differences = energies[:, None] - energies
        total += 4 * np.array([np.sum(s**2 / (1 + (time * differences) ** 2)) for time in k])
    return total / (2 * (2 * one + 1) * (2 * two + 1))


def _block(one, two, a, c, b, projection):
    """H within one projection of all spins, the states with the electron up first; and how many those are."""
    up, down = (_projections(one, two, projection - s) for s in (0.5, -0.5))
    first, second = down[:, None], up[None, :]  # the electron goes up, one nucleus down
    of_one = (first - 1 == second) * a / 2 * np.sqrt(np.maximum(one * (one + 1) - first * (first - 1), 0))
    rest = projection + 0.5 - first
    of_two = (first == second) * c / 2 * np.sqrt(np.maximum(two * (two + 1) - rest * (rest - 1), 0))
    fields = [b + a * m + c * (projection - s - m) for s, m in ((0.5, up), (-0.5, down))]
    h = np.diag(np.concatenate([fields[0] / 2, -fields[1] / 2]))
    h[len(up) :, : len(up)] = of_one + of_two
    h[: len(up), len(up) :] = h[len(up) :, : len(up)].T
    return h, len(up)


def _projections(one, two, both):
    """Projections of the first shell that leave one to the second."""
    m = np.arange(-one, one + 0.25)
    return m[np.abs(both - m) <= two]
