"""What the Knight field pumps into the components of H_SS: ∫e^{imω_Bt}dU along a trajectory, summed by parts.

In the frame that turns with ω_B the nuclei of a pair see the tensors D_0 ∝ u⊗u − 1/3, D_1 ∝ e⊗u +
u⊗e, D_2 ∝ e⊗e, u = Rᵀz, e = Rᵀ(x + iy), and D_{−m} = D_m*. Each pumped amount is Σ_k p_k
(D(t_{k+1}) − D(t_k)), p_k the mean of exp(imω_Bt) over the step; regrouped, every D(t_k) is needed
once.
"""

import math
from typing import Any

from numba import njit

from coldspin.arguments import Array


@njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"}, inline="always"
)
def _put(sums: Array, row: int, i: int, a: float, b: float, real: float, imag: float) -> None:
    """Add (a + ib)(real + i·imag) to two rows."""
    sums[row, i] += a * real - b * imag
    sums[row + 1, i] += a * imag + b * real


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def add_components(sums: Array, turns: Array, one: complex, two: complex) -> None:
    """Add e⊗u + u⊗e times `one` and e⊗e times `two` for each class: entries xx, yy, xy, xz, yz, real, imaginary."""
    a, b, c, d = one.real, one.imag, two.real, two.imag
    for i in range(turns.shape[1]):
        w, x, y, z = turns[0, i], turns[1, i], turns[2, i], turns[3, i]
        f0, f1, f2 = 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)
        g0, g1, g2 = 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)
        u0, u1, u2 = 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)
        _put(sums, 0, i, a, b, 2 * f0 * u0, 2 * g0 * u0)
        _put(sums, 2, i, a, b, 2 * f1 * u1, 2 * g1 * u1)
        _put(sums, 4, i, a, b, f0 * u1 + f1 * u0, g0 * u1 + g1 * u0)
        _put(sums, 6, i, a, b, f0 * u2 + f2 * u0, g0 * u2 + g2 * u0)
        _put(sums, 8, i, a, b, f1 * u2 + f2 * u1, g1 * u2 + g2 * u1)
        _put(sums, 10, i, c, d, f0 * f0 - g0 * g0, 2 * f0 * g0)
        _put(sums, 12, i, c, d, f1 * f1 - g1 * g1, 2 * f1 * g1)
        _put(sums, 14, i, c, d, f0 * f1 - g0 * g1, f0 * g1 + f1 * g0)
        _put(sums, 16, i, c, d, f0 * f2 - g0 * g2, f0 * g2 + f2 * g0)
        _put(sums, 18, i, c, d, f1 * f2 - g1 * g2, f1 * g2 + f2 * g1)


@njit(cache=True, nogil=True, error_model="numpy")
def pumped_square(sums: Array, turns: Array, i: int) -> float:
    """|∫V dt|² of class i over all five components: m = 0 is known from the ends, ±1 and ±2 are the sums."""
    x, y = turns[1, i], turns[2, i]
    tilt = 4 * (x * x + y * y) * (1 - x * x - y * y)  # sin² of the angle between Rᵀz and z
    total: float = 3 * tilt
    for row in range(0, 20, 10):
        for part in range(2):
            xx, yy = sums[row + part, i], sums[row + 2 + part, i]
            xy, xz, yz = sums[row + 4 + part, i], sums[row + 6 + part, i], sums[row + 8 + part, i]
            total += 0.5 * (xx * xx + yy * yy + (xx + yy) * (xx + yy)) + xy * xy + xz * xz + yz * yz
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def mean_phase(order: int, angle: float, step: int) -> Any:
    """Mean of exp(i·order·ω_Bt) over a step of ω_B·h = `angle`."""
    half = 0.5 * order * angle
    mean = math.sin(half) / half if half != 0 else 1.0
    middle = order * angle * (step + 0.5)
    return complex(mean * math.cos(middle), mean * math.sin(middle))
