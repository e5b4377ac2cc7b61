"""Several isotopes in one box: exact dynamics of two groups of spins 1/2, classical trajectories of any number."""

import itertools
from math import comb, sqrt

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc


def exact_exchange(nuclei, couplings, electron, nuclear, time):
    """C_kl = ½⟨ΔJ_kz ΔJ_lz⟩ after an exponential time, by the blocks of J_1, J_2 and the projection of all spins.

    H = electron S_z + Σ a_k J_k·S + Σ nuclear_k J_kz; a state β Σ ε_k J_kz takes up β Σ_kl ε_kε_l
    C_kl.
    """
    total = np.zeros((2, 2))
    groups = [_multiplets(n) for n in nuclei]
    largest = np.prod([max(weight * (2 * j + 1) for j, weight in group) for group in groups])
    for (j1, p1), (j2, p2) in itertools.product(*groups):
        if p1 * p2 * (2 * j1 + 1) * (2 * j2 + 1) < 1e-5 * largest:
            continue
        for whole in np.arange(j1 + j2 + 0.5, -j1 - j2 - 1, -1):
            energies, vectors, levels = _block((j1, j2), couplings, electron, nuclear, whole)
            phase = ((energies[:, None] - energies) * time) ** 2
            moments = [vectors.T @ (m[:, None] * vectors) for m in levels]
            total += (
                p1 * p2 / 2 * np.einsum("amn,bmn,mn->ab", moments, moments, phase / (1 + phase))
            )
    return total


def _multiplets(count):
    """(J, fraction of all states in one multiplet J per state)."""
    turned = [(t, comb(count, t) - (comb(count, t - 1) if t else 0)) for t in range(count // 2 + 1)]
    return [(count / 2 - t, number / 2**count) for t, number in turned]


def _block(spins, couplings, electron, nuclear, whole):
    """Energies, states, and J_1z and J_2z of the levels with one projection of all spins."""
    first, up = np.meshgrid(np.arange(spins[0], -spins[0] - 1, -1), [0.5, -0.5], indexing="ij")
    first, up = first.ravel(), up.ravel()
    second = whole - first - up
    able = np.abs(second) <= spins[1] + 1e-9
    first, second, up = first[able], second[able], up[able]
    place = {level: i for i, level in enumerate(zip(first, second, up, strict=True))}
    energy = up * (electron + couplings[0] * first + couplings[1] * second)
    h = np.diag(energy + nuclear[0] * first + nuclear[1] * second)
    for (m1, m2, s), i in place.items():
        for k, lower in ((0, (m1 - 1, m2, 0.5)), (1, (m1, m2 - 1, 0.5))):
            if s < 0 and lower in place:  # the electron goes up, the nuclei down
                m = (m1, m2)[k]
                h[i, place[lower]] = (
                    couplings[k] / 2 * sqrt(spins[k] * (spins[k] + 1) - m * (m - 1))
                )
                h[place[lower], i] = h[i, place[lower]]
    return *np.linalg.eigh(h), (first, second)


def trajectory_heat(b, angles, weights, phases, *, samples=1024, seed=0):
    """½⟨(Σ_k phase_k Δ(Ω_kz/x_k))²⟩ T2e*², and its standard error, of an electron that stands in ±Ω_e and follows it.

    Ω_k = a_kJ_k in units of 1/T2e* turns about z by phase_k = ω_kτ_c and about Ω_e by ±x_k/2, x_k =
    a_kτ_c; times are in τ_c, weighted by exp(−t). The noise is lowered by the start, whose mean
    over all samples is known exactly.
    """
    normal = ndtri(qmc.Sobol(3 * len(weights), seed=seed).random(samples) * (1 - 1e-9) + 5e-10)
    start = normal.reshape(samples, len(weights), 3) * np.sqrt(weights / 4)[None, :, None]
    factor = phases / angles
    count = int(400 + 60 * (np.max(np.abs(angles)) / 2 + np.max(np.abs(phases))))
    up, down = (
        _one_electron_state(start, sign * angles / 2, phases, factor, b, count) for sign in (1, -1)
    )
    heat = (up + down) / 2
    axis = _direction(start, b)
    torque = np.cross(axis[:, None, :], start)[:, :, 2] @ (phases / 2)
    control = torque**2 - unlimited_heat(b, weights, phases)
    slope = np.cov(heat, torque**2)[0, 1] / np.var(torque**2, ddof=1)
    better = heat - slope * control
    return better.mean(), better.std() / sqrt(samples)


def unlimited_heat(b, weights, phases):
    """The same for x → 0 and small phases: Σ_{k<l} w_kw_l (phase_k − phase_l)² ⟨Ω_⊥²/Ω_e²⟩/16."""
    nodes, w = np.polynomial.legendre.leggauss(200)
    size, density = 4 * (nodes + 1), 4 * w * sqrt(2 / np.pi) * 8 * (4 * (nodes + 1)) ** 2
    density = density * np.exp(-2 * size**2)
    square = b**2 + size[:, None] ** 2 + 2 * b * size[:, None] * nodes
    transverse = density @ (size[:, None] ** 2 * (1 - nodes**2) / square) @ w / 2
    pairs = itertools.combinations(range(len(weights)), 2)
    return (
        transverse
        / 16
        * sum(weights[i] * weights[j] * (phases[i] - phases[j]) ** 2 for i, j in pairs)
    )


def _one_electron_state(start, turns, phases, factor, b, count):
    step, omega, heat = 10 / count, start.copy(), np.zeros(len(start))
    first = start[:, :, 2] @ factor
    for number in range(1, count + 1):
        middle = _turned(omega, _direction(omega, b), turns, phases, step / 2)
        omega = _turned(omega, _direction(middle, b), turns, phases, step)
        weight = np.exp(-number * step) * (step if number < count else 1)
        heat += weight / 2 * (omega[:, :, 2] @ factor - first) ** 2
    return heat


def _direction(omega, b):
    total = omega.sum(axis=1) + np.array([0, 0, b])
    return total / np.linalg.norm(total, axis=1, keepdims=True)


def _turned(omega, direction, turns, phases, time):
    """Rotate each Ω_k about turns_k n + phase_k z (Rodrigues)."""
    axis = turns[None, :, None] * direction[:, None, :]
    axis[:, :, 2] += phases
    rate = np.linalg.norm(axis, axis=2, keepdims=True)
    axis = axis / np.maximum(rate, 1e-300)
    along = np.sum(axis * omega, axis=2, keepdims=True)
    cosine, sine = np.cos(rate * time), np.sin(rate * time)
    return omega * cosine + np.cross(axis, omega) * sine + axis * along * (1 - cosine)
