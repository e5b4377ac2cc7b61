"""The compiled motion: classes of nuclei that turn in the Knight field of an electron along ±Ω_e.

What that heats, and how far the spin of the electron goes with it. Time is in τ_c, precession of
the electron in 1/T2e*. In the frame that turns with ω_B about the field no nucleus knows of ω_B: it
is a phase of the components of H_SS alone.
"""

import math

import numpy as np
from numba import njit

from coldspin.arguments import Array
from coldspin.heating.trajectories.tensors import add_components, mean_phase, pumped_square

_FASTEST = 30.0  # times the largest coupling: how fast Ω_N may turn before the step stops to follow; Ω_e < r/30 is rare

STRATA = 16


@njit(cache=True, nogil=True, error_model="numpy")
def end_time(quantile: float, early: float) -> float:
    """Solve 1 − e^{−t}[1 + early(t + t²/2)] = quantile by bisection: times of density e^{−t}[1−early + early t²/2]."""
    low, high = 0.0, 60.0
    for _ in range(60):
        t = 0.5 * (low + high)
        if 1 - math.exp(-t) * (1 + early * (t + 0.5 * t * t)) < quantile:
            low = t
        else:
            high = t
    return 0.5 * (low + high)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _electron(field: float, spins: Array, out: Array) -> float:
    """Direction of Ω_e = field·z + ΣΩ_N into `out`; returns its length."""
    x = y = 0.0
    z = field
    for i in range(spins.shape[1]):
        x += spins[0, i]
        y += spins[1, i]
        z += spins[2, i]
    size = math.sqrt(x * x + y * y + z * z)
    if size > 0:
        out[0], out[1], out[2] = x / size, y / size, z / size
    return size


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _halfway(field: float, spins: Array, n: Array, cosine: Array, sine: Array, out: Array) -> None:
    """Direction of Ω_e after each class has turned about n by the angle of `cosine` and `sine`."""
    x = y = 0.0
    z = field
    for i in range(spins.shape[1]):
        a, b, c = spins[0, i], spins[1, i], spins[2, i]
        along = (n[0] * a + n[1] * b + n[2] * c) * (1 - cosine[i])
        x += a * cosine[i] + (n[1] * c - n[2] * b) * sine[i] + n[0] * along
        y += b * cosine[i] + (n[2] * a - n[0] * c) * sine[i] + n[1] * along
        z += c * cosine[i] + (n[0] * b - n[1] * a) * sine[i] + n[2] * along
    size = math.sqrt(x * x + y * y + z * z)
    if size > 0:
        out[0], out[1], out[2] = x / size, y / size, z / size


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _turn(turns: Array, n: Array, cosine: Array, sine: Array, start: Array, spins: Array) -> None:
    """Multiply the quaternion of each class by a turn about n (half angles given), and turn its spins with it."""
    for i in range(turns.shape[1]):
        w, x, y, z = turns[0, i], turns[1, i], turns[2, i], turns[3, i]
        c, p, q, r = cosine[i], n[0] * sine[i], n[1] * sine[i], n[2] * sine[i]
        w, x, y, z = (
            c * w - p * x - q * y - r * z,
            c * x + p * w + q * z - r * y,
            c * y + q * w + r * x - p * z,
            c * z + r * w + p * y - q * x,
        )
        turns[0, i], turns[1, i], turns[2, i], turns[3, i] = w, x, y, z
        a, b, d = start[0, i], start[1, i], start[2, i]
        spins[0, i] = (
            (1 - 2 * (y * y + z * z)) * a + 2 * (x * y - w * z) * b + 2 * (x * z + w * y) * d
        )
        spins[1, i] = (
            2 * (x * y + w * z) * a + (1 - 2 * (x * x + z * z)) * b + 2 * (y * z - w * x) * d
        )
        spins[2, i] = (
            2 * (x * z - w * y) * a + 2 * (y * z + w * x) * b + (1 - 2 * (x * x + y * y)) * d
        )


@njit(cache=True, nogil=True, error_model="numpy")
def steps_needed(
    coupling: Array, start: Array, field: float, half_x: float, end: float, angle: float
) -> int:
    """Steps so small that neither the strongest coupled nuclei nor the direction of Ω_e turn by more than `angle`."""
    square = 0.0
    for i in range(coupling.size):
        square += coupling[i] ** 2 * (start[0, i] ** 2 + start[1, i] ** 2 + start[2, i] ** 2)
    size = _electron(field, start, np.empty(3))
    fastest = np.max(coupling)
    rate = (
        max(fastest, min(math.sqrt(square) / size, _FASTEST * fastest))
        if size > 0
        else _FASTEST * fastest
    )
    return max(1, math.ceil(half_x * rate * end / angle))


@njit(cache=True, nogil=True, error_model="numpy")
def pumped_work(
    coupling: Array,
    share: Array,
    start: Array,
    field: float,
    half_x: float,
    phase: float,
    end: float,
    angle: float,
) -> tuple[float, float]:
    """Σ share |∫₀^end V dt|²/(10 c²x²) along one trajectory, and ½(n_z(end) − n_z(0))² of the direction n of Ω_e.

    `start` is Ω_N of each class, `phase` = ±ω_Bτ_c. Ω_N of one class alone turns about z: n_z
    stays.
    """
    steps = steps_needed(coupling, start, field, half_x, end, angle)
    step = end / steps
    half = 0.5 * half_x * step * coupling  # turn in half a step; half the turn in a whole one
    cosine, sine = np.cos(half), np.sin(half)
    turns, sums, spins = np.zeros((4, coupling.size)), np.zeros((20, coupling.size)), start.copy()
    turns[0] = 1
    n, middle = np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0])
    one, two = mean_phase(1, phase * step, 0), mean_phase(2, phase * step, 0)
    add_components(sums, turns, -one, -two)
    _electron(field, spins, n)
    before = n[2]
    for k in range(steps):
        _electron(field, spins, n)
        _halfway(field, spins, n, cosine, sine, middle)
        _turn(turns, middle, cosine, sine, start, spins)
        if k + 1 == steps:
            add_components(sums, turns, one, two)
        elif phase != 0:
            next_one, next_two = (
                mean_phase(1, phase * step, k + 1),
                mean_phase(2, phase * step, k + 1),
            )
            add_components(sums, turns, one - next_one, two - next_two)
            one, two = next_one, next_two
    total = 0.0
    for i in range(coupling.size):
        total += share[i] * pumped_square(sums, turns, i) / (coupling[i] * coupling[i])
    _electron(field, spins, n)
    drift = 0.5 * (n[2] - before) ** 2 if coupling.size > 1 else 0.0
    return total / (40 * half_x * half_x), drift


@njit(cache=True, nogil=True, error_model="numpy")
def batch_mean(
    coupling: Array,
    share: Array,
    normals: Array,
    uniforms: Array,
    field: float,
    half_x: float,
    phase: float,
    angle: float,
) -> tuple[float, float]:
    """Slow parts of Φ and of τ_c/T1e from one batch: `STRATA` end times, both states of the electron for each."""
    early = 1 / (1 + 2 * half_x * half_x * np.sum(share * coupling**2) + phase * phase)
    heat = loss = 0.0
    for j in range(uniforms.size):
        start = 0.5 * np.sqrt(share) * normals[j]
        end = end_time((j // 2 + uniforms[j]) / STRATA, early)
        sign = 1.0 if j % 2 == 0 else -1.0
        work, drift = pumped_work(coupling, share, start, field, half_x, sign * phase, end, angle)
        weight = 1 / (1 - early + 0.5 * early * end * end)
        heat += weight * work
        loss += weight * drift
    return heat / uniforms.size, loss / uniforms.size
