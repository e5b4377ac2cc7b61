"""Make table.csv: the four averages over the Overhauser field to 25 digits, each by two routes that must agree.

Run `python make_table.py` in this folder. It imports mpmath and nothing of coldspin. README.md
holds the derivation.
"""

import math
import random
import sys
from pathlib import Path

import mpmath
from mpmath import mpf

TABLE = Path(__file__).with_name("table.csv")
COLUMNS = ("b", "k", "lorentzian_average", "transverse_average", "spin_loss", "relaxation_rate")
DIGITS = 25
WORKING_DIGITS = 170  # b = 1e-8 with k = 1e-12 loses 64 of them
CHECK_DIGITS = 32


def points() -> list[tuple[float, float]]:
    """The (b, k) of the table: a grid, seeded random points, and both sides of the seams of the implementation."""
    fields = (0.0, 1e-8, 1e-4, 1e-2, 0.1, 0.3, 1.0, 2.0, 5.0, 30.0, 1e3, 1e5, 1e8)
    times = (1e-12, 1e-8, 1e-5, 1e-3, 0.03, 0.3, 1.0, 3.0, 30.0, 1e3, 1e6, 1e12, math.inf)
    chosen = [(b, k) for b in fields for k in times]
    draw = random.Random(20240608)
    chosen += [(10 ** draw.uniform(-8, 8), 10 ** draw.uniform(-12, 12)) for _ in range(50)]
    chosen += [(10 ** draw.uniform(-1.5, 1), 10 ** draw.uniform(-1, 2)) for _ in range(30)]
    near = (1 - 1e-9, 1 + 1e-9)
    chosen += [
        (0.5 / math.sqrt(2) * f, k)
        for k in (0.15, 0.2, 0.25, 0.7, 5.0, 1e4, math.inf)
        for f in near
    ]
    for angle in (0.02, 0.3, 0.8, 1.2, 1.5, math.pi / 2):
        for f in near:
            u, y = 10 * f * math.cos(angle), 10 * f * math.sin(angle)
            chosen.append((u / math.sqrt(2) if angle < 1.57 else 0.0, math.sqrt(2) / y))
    chosen += [
        (b, math.sqrt(2) / (math.pi / 0.45 * f)) for b in (0.0, 1e-3, 0.1, 0.3, 0.353) for f in near
    ]
    return chosen


def by_faddeeva(b: float, k: float) -> tuple[mpf, mpf]:
    """⟨1/(1+Ω²k²)⟩ and ⟨Ω_⊥²k²/(1+Ω²k²)⟩ from E[p/(p²+1/k²)] and E[1/(p²+1/k²)] over one normal variable p."""
    with mpmath.workdps(WORKING_DIGITS):
        b, a = mpf(b), 1 / mpf(k)
        z = mpmath.sqrt(2) * mpmath.mpc(b, a)
        w = mpmath.exp(-z * z) * mpmath.erfc(-1j * z) * mpmath.sqrt(2 * mpmath.pi)
        odd, rest = w.imag, 1 - a * w.real  # E[p/(p²+a²)], E[p²/(p²+a²)]
        if b == 0:
            g = 4 * a**2 * rest
            return g, 2 * (1 - g) / 3
        return a**2 * odd / b, (4 * b * rest - odd) / (8 * b**3)


def by_quadrature(b: float, k: float) -> tuple[mpf, mpf]:
    """The same two as Laplace integrals over μ, by the trapezoidal rule in ln μ: the integrand is positive."""
    with mpmath.workdps(CHECK_DIGITS + 8):
        b, cut, reach = mpf(b), 1 / mpf(k) ** 2, CHECK_DIGITS * mpmath.ln(10)
        step = mpmath.pi**2 / reach
        low = -reach - mpmath.ln(max(1, b * b, cut))
        high = min(2 * reach, mpmath.ln(reach / cut)) if cut else reach
        g = loss = mpf(0)
        for n in range(int(low / step), int(high / step) + 2):
            mu = mpmath.exp(n * step)
            q = 1 / (1 + mu / 2)
            term = mu * mpmath.exp(-mu * cut - mu * q * b * b) * q ** mpf("1.5")
            g, loss = g + term, loss + term * q / 2
        return cut * step * g, step * loss


def row(b: float, k: float) -> str:
    """One line of the table, after both routes agreed on it."""
    (g, loss), check = by_faddeeva(b, k), by_quadrature(b, k)
    for value, other in zip((g, loss), check, strict=True):
        if abs(value - other) > abs(value) * mpf(10) ** (2 - CHECK_DIGITS):
            raise ArithmeticError(
                f"the two routes differ at b = {b!r}, k = {k!r}: {value} and {other}"
            )
    with mpmath.workdps(WORKING_DIGITS):
        values = (g, loss / mpf(k) ** 2, loss, loss / mpf(k))
        return ",".join([repr(b), repr(k), *(number(v) for v in values)])


def number(value: mpf) -> str:
    return mpmath.nstr(value, DIGITS, strip_zeros=False, min_fixed=0, max_fixed=0) if value else "0"


def main() -> None:
    lines = [",".join(COLUMNS), *(row(b, k) for b, k in points())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines) - 1} points\n")


if __name__ == "__main__":
    main()
