"""The compiled motion: classes of nuclei that turn in the Knight field of an electron along ±Ω_e.

What that heats, and how far the spin of the electron goes with it. Time is in τ_c, precession of
the electron in 1/T2e*. In the frame that turns with ω_B about the field no nucleus knows of ω_B: it
is a phase of the components of H_SS alone.

What the Knight field pumps into the components of H_SS is ∫e^{imω_Bt}dU along a trajectory, summed
by parts. In the frame that turns with ω_B the nuclei of a pair see the tensors D_0 ∝ u⊗u − 1/3,
D_1 ∝ e⊗u + u⊗e, D_2 ∝ e⊗e, u = Rᵀz, e = Rᵀ(x + iy), and D_{−m} = D_m*. Each amount is
Σ_k p_k (D(t_{k+1}) − D(t_k)), p_k the mean of exp(imω_Bt) over the step; regrouped, every D(t_k)
is needed once.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from coldspin.arguments import Array

# How fast Ω_N may turn, in largest couplings, before the step stops to follow; Ω_e < r/30 is rare.
_FASTEST = 30.0
STRATA = 16


@njit(cache=True, nogil=True, error_model="numpy")
def end_time(quantile: float, early: float) -> float:
    """Solve 1 − e^{−t}[1 + early(t + t²/2)] = quantile by bisection.

    Times then have the density e^{−t}[1−early + early t²/2].
    """
    low = 0.0
    high = 60.0
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
        out[0] = x / size
        out[1] = y / size
        out[2] = z / size
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
        out[0] = x / size
        out[1] = y / size
        out[2] = z / size


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _turn(turns: Array, n: Array, cosine: Array, sine: Array, start: Array, spins: Array) -> None:
    """Multiply the quaternion of each class by a turn about n, and turn its spins with it.

    `cosine` and `sine` are those of the half angles.
    """
    for i in range(turns.shape[1]):
        w, x, y, z = turns[0, i], turns[1, i], turns[2, i], turns[3, i]
        c, p, q, r = cosine[i], n[0] * sine[i], n[1] * sine[i], n[2] * sine[i]
        # The product of two quaternions, the new turn on the left.
        w, x, y, z = (
            c * w - p * x - q * y - r * z,
            c * x + p * w + q * z - r * y,
            c * y + q * w + r * x - p * z,
            c * z + r * w + p * y - q * x,
        )
        turns[0, i] = w
        turns[1, i] = x
        turns[2, i] = y
        turns[3, i] = z
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


@njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"}, inline="always"
)
def _add_product(
    sums: Array, row: int, i: int, a: float, b: float, real: float, imag: float
) -> None:
    """Add (a + ib)(real + i·imag) to two rows."""
    sums[row, i] += a * real - b * imag
    sums[row + 1, i] += a * imag + b * real


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def add_components(sums: Array, turns: Array, one: complex, two: complex) -> None:
    """Add e⊗u + u⊗e times `one` and e⊗e times `two` for each class.

    Rows: the entries xx, yy, xy, xz, yz of the first, then of the second, real and imaginary part.
    """
    a, b, c, d = one.real, one.imag, two.real, two.imag
    for i in range(turns.shape[1]):
        w, x, y, z = turns[0, i], turns[1, i], turns[2, i], turns[3, i]
        f0, f1, f2 = 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)
        g0, g1, g2 = 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)
        u0, u1, u2 = 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)
        _add_product(sums, 0, i, a, b, 2 * f0 * u0, 2 * g0 * u0)
        _add_product(sums, 2, i, a, b, 2 * f1 * u1, 2 * g1 * u1)
        _add_product(sums, 4, i, a, b, f0 * u1 + f1 * u0, g0 * u1 + g1 * u0)
        _add_product(sums, 6, i, a, b, f0 * u2 + f2 * u0, g0 * u2 + g2 * u0)
        _add_product(sums, 8, i, a, b, f1 * u2 + f2 * u1, g1 * u2 + g2 * u1)
        _add_product(sums, 10, i, c, d, f0 * f0 - g0 * g0, 2 * f0 * g0)
        _add_product(sums, 12, i, c, d, f1 * f1 - g1 * g1, 2 * f1 * g1)
        _add_product(sums, 14, i, c, d, f0 * f1 - g0 * g1, f0 * g1 + f1 * g0)
        _add_product(sums, 16, i, c, d, f0 * f2 - g0 * g2, f0 * g2 + f2 * g0)
        _add_product(sums, 18, i, c, d, f1 * f2 - g1 * g2, f1 * g2 + f2 * g1)


@njit(cache=True, nogil=True, error_model="numpy")
def pump_square(sums: Array, turns: Array, i: int) -> float:
    """|∫V dt|² of class i over all five components.

    m = 0 is known from the ends; ±1 and ±2 are the sums.
    """
    x = turns[1, i]
    y = turns[2, i]
    tilt = 4 * (x * x + y * y) * (1 - x * x - y * y)  # sin² of the angle between Rᵀz and z
    total: float = 3 * tilt
    for row in range(0, 20, 10):
        for part in range(2):
            xx = sums[row + part, i]
            yy = sums[row + 2 + part, i]
            xy = sums[row + 4 + part, i]
            xz = sums[row + 6 + part, i]
            yz = sums[row + 8 + part, i]
            total += 0.5 * (xx * xx + yy * yy + (xx + yy) * (xx + yy)) + xy * xy + xz * xz + yz * yz
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def mean_phase(order: int, angle: float, step: int) -> Any:
    """Mean of exp(i·order·ω_Bt) over a step of ω_B·h = `angle`."""
    half = 0.5 * order * angle
    mean = math.sin(half) / half if half != 0 else 1.0
    middle = order * angle * (step + 0.5)
    return complex(mean * math.cos(middle), mean * math.sin(middle))


@njit(cache=True, nogil=True, error_model="numpy")
def steps_needed(
    coupling: Array, start: Array, field: float, half_x: float, end: float, angle: float
) -> int:
    """Number of steps in which the nuclei and the direction of Ω_e turn by at most `angle` each.

    Of the nuclei, the most strongly coupled ones.
    """
    square = 0.0
    for i in range(coupling.size):
        square += coupling[i] ** 2 * (start[0, i] ** 2 + start[1, i] ** 2 + start[2, i] ** 2)
    size = _electron(field, start, np.empty(3))
    fastest = np.max(coupling)
    rate: float = _FASTEST * fastest
    if size > 0:
        rate = max(fastest, min(math.sqrt(square) / size, rate))
    return max(1, math.ceil(half_x * rate * end / angle))


@njit(cache=True, nogil=True, error_model="numpy")
def pump_work(
    coupling: Array,
    share: Array,
    start: Array,
    field: float,
    half_x: float,
    phase: float,
    end: float,
    angle: float,
) -> tuple[float, float]:
    """Σ share |∫₀^end V dt|²/(10 c²x²) along one trajectory, and ½(n_z(end) − n_z(0))².

    n is the direction of Ω_e.
    `start` is Ω_N of each class, `phase` = ±ω_Bτ_c. Ω_N of one class alone turns about z: n_z
    stays.
    """
    steps = steps_needed(coupling, start, field, half_x, end, angle)
    step = end / steps
    half = 0.5 * half_x * step * coupling  # turn in half a step; half the turn in a whole one
    cosine = np.cos(half)
    sine = np.sin(half)
    turns = np.zeros((4, coupling.size))
    turns[0] = 1
    sums = np.zeros((20, coupling.size))
    spins = start.copy()
    n = np.array([0.0, 0.0, 1.0])
    middle = np.array([0.0, 0.0, 1.0])
    one = mean_phase(1, phase * step, 0)
    two = mean_phase(2, phase * step, 0)
    add_components(sums, turns, -one, -two)
    _electron(field, spins, n)
    before = n[2]
    # Midpoint rule: the classes turn about the direction that Ω_e has in the middle of the step.
    for k in range(steps):
        _electron(field, spins, n)
        _halfway(field, spins, n, cosine, sine, middle)
        _turn(turns, middle, cosine, sine, start, spins)
        if k + 1 == steps:
            add_components(sums, turns, one, two)
        elif phase != 0:
            next_one = mean_phase(1, phase * step, k + 1)
            next_two = mean_phase(2, phase * step, k + 1)
            add_components(sums, turns, one - next_one, two - next_two)
            one = next_one
            two = next_two
    total = 0.0
    for i in range(coupling.size):
        total += share[i] * pump_square(sums, turns, i) / (coupling[i] * coupling[i])
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
    """Slow parts of Φ and of τ_c/T1e from one batch.

    It has `STRATA` end times, and both states of the electron for each.
    """
    # Early times are drawn less often, with a weight: the work rises as t² there.
    early = 1 / (1 + 2 * half_x * half_x * np.sum(share * coupling**2) + phase * phase)
    heat = loss = 0.0
    for j in range(uniforms.size):
        start = 0.5 * np.sqrt(share) * normals[j]
        end = end_time((j // 2 + uniforms[j]) / STRATA, early)
        sign = 1.0 if j % 2 == 0 else -1.0
        work, drift = pump_work(coupling, share, start, field, half_x, sign * phase, end, angle)
        weight = 1 / (1 - early + 0.5 * early * end * end)
        heat += weight * work
        loss += weight * drift
    return heat / uniforms.size, loss / uniforms.size
