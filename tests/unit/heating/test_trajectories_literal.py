"""Trajectories against classical vectors that are stepped in the laboratory frame, component by component."""

import numpy as np
import pytest

from coldspin.heating.trajectories.motion import end_time, pump_work, steps_needed
from quick import quick
from scale import needs_compiler

pytestmark = needs_compiler

COUPLINGS = np.array([0.4, 1.0, 1.7])
SHARES = np.array([0.2, 0.5, 0.3])


def generators():
    """L_x, L_y, L_z of a rank-2 tensor, m = −2…2."""
    m = np.arange(-2, 3)
    raising = np.diag(np.sqrt(6.0 - m[:-1] * (m[:-1] + 1)), -1)
    return np.array([(raising + raising.T) / 2, (raising - raising.T) / 2j, np.diag(m)])


L = generators()


def literal_work(spins, field, half_x, zeeman, end, steps=1500):
    """Σ share |∫V dt|²/(10c²x²), V = U⁻¹ (Knight frequency · L), by Runge-Kutta for the spins, U and ∫V at once.

    And ½(n_z(end) − n_z(0))².
    """
    size = COUPLINGS.size
    state = (
        spins.T.astype(float),
        np.tile(np.eye(5, dtype=complex), (size, 1, 1)),
        np.zeros((size, 5, 5), complex),
    )

    def slope(state):
        vectors, turns, _ = state
        total = vectors.sum(axis=0) + np.array([0.0, 0.0, field])
        knight = half_x * COUPLINGS[:, None] * total / np.linalg.norm(total)
        omega = knight + np.array([0.0, 0.0, zeeman])
        turning = -1j * np.tensordot(omega, L, 1) @ turns
        return (
            np.cross(omega, vectors),
            turning,
            turns.conj().swapaxes(1, 2) @ np.tensordot(knight, L, 1),
        )

    def ahead(state, slopes, time):
        return tuple(a + time * b for a, b in zip(state, slopes, strict=True))

    h = end / steps
    for _ in range(steps):
        one = slope(state)
        two = slope(ahead(state, one, h / 2))
        three = slope(ahead(state, two, h / 2))
        four = slope(ahead(state, three, h))
        mean = tuple(
            (p + 2 * q + 2 * r + s) / 6 for p, q, r, s in zip(one, two, three, four, strict=True)
        )
        state = ahead(state, mean, h)
    work = np.sum(np.abs(state[2]) ** 2, axis=(1, 2))
    cosines = []
    for vectors in (spins.T, state[0]):
        total = vectors.sum(axis=0) + np.array([0.0, 0.0, field])
        cosines.append(total[2] / np.linalg.norm(total))
    return np.sum(SHARES * work / COUPLINGS**2) / (40 * half_x**2), 0.5 * (
        cosines[1] - cosines[0]
    ) ** 2


@pytest.mark.parametrize(
    ("field", "half_x", "zeeman", "end"),
    quick(
        [
            (0.0, 1.5, 0.0, 2.0),
            (0.7, 2.0, 0.0, 3.0),
            (0.7, 2.0, 1.4, 3.0),
            (0.7, 2.0, -2.2, 3.0),
            (3.0, 5.0, 5.0, 1.5),
        ],
        *(0, 3),
    ),
)
def test_a_trajectory_is_that_of_stepped_vectors(field, half_x, zeeman, end):
    spins = 0.5 * np.sqrt(SHARES) * np.random.default_rng(5).standard_normal((3, 3))
    exact = literal_work(spins, field, half_x, zeeman, end)
    for i in range(2):
        coarse, fine = (
            pump_work(COUPLINGS, SHARES, spins, field, half_x, zeeman, end, a)[i]
            for a in (0.02, 0.01)
        )
        assert fine == pytest.approx(exact[i], rel=1e-3, abs=0)
        assert (
            abs(fine - exact[i]) < 0.35 * abs(coarse - exact[i]) + 1e-8 * exact[i]
        )  # second order in the step


def test_fast_nuclear_precession_needs_no_small_steps():
    spins = 0.5 * np.sqrt(SHARES) * np.random.default_rng(6).standard_normal((3, 3))
    exact = literal_work(spins, 0.5, 0.6, 60.0, 1.0, steps=6000)
    found = pump_work(COUPLINGS, SHARES, spins, 0.5, 0.6, 60.0, 1.0, 0.05)
    assert found == pytest.approx(exact, rel=3e-3, abs=0)


@pytest.mark.parametrize("early", [1.0, 0.5, 0.01])
def test_end_times_have_their_density(early):
    quantiles = (np.arange(20000) + 0.5) / 20000
    times = np.array([end_time(q, early) for q in quantiles])
    weights = 1 / (1 - early + early * times**2 / 2)
    assert np.mean(weights * times**2) == pytest.approx(2, rel=2e-3)  # ∫t²e^{−t}dt
    assert np.mean(weights * times**2 * np.exp(-times)) == pytest.approx(0.25, rel=2e-3)


@pytest.mark.parametrize("field", [0.0, 0.3, 40.0])
def test_the_number_of_steps_follows_the_fastest_turn(field):
    """Nuclei turn with their Knight field, Ω_e with √Σc²s² over its length, followed up to 30 times the former."""
    random = np.random.default_rng(3)
    coupling, start = random.uniform(0.1, 1, 20), random.normal(size=(3, 20))
    total = start.sum(axis=1) + np.array([0, 0, field])
    turn = np.sqrt(np.sum(coupling**2 * np.sum(start**2, axis=0))) / np.linalg.norm(total)
    rate = max(coupling.max(), min(turn, 30 * coupling.max()))
    assert steps_needed(coupling, start, field, 500.0, 1.7, 0.01) == np.ceil(
        500.0 * rate * 1.7 / 0.01
    )
