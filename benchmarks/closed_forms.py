"""Closed forms against the Faddeeva function they stand on and against nested quadrature, side by side in one run.

Run `python benchmarks/closed_forms.py`. Every time is the minimum of several repeats taken in turn,
so that a busy machine slows both sides.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np
from scipy.integrate import quad
from scipy.special import wofz

from coldspin.precession import lorentzian_average, relaxation_rate, spin_loss, transverse_average

POINTS = 1_000_000
REPEATS = 5
QUADRATURE_POINTS = 24
MOST_FADDEEVA_CALLS = 4.0
LEAST_GAIN = 1000.0
FUNCTIONS = (lorentzian_average, transverse_average, spin_loss, relaxation_rate)


def distributions() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    logarithmic = 10 ** rng.uniform(-3, 3, POINTS), 10 ** rng.uniform(-3, 4, POINTS)
    return {
        "log-uniform, b 1e-3…1e3, k 1e-3…1e4": logarithmic,
        "uniform, b 0…10, k 0.01…100": (rng.uniform(0, 10, POINTS), rng.uniform(0.01, 100, POINTS)),
    }


def fastest(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Shortest time of each call, the calls taken in turn."""
    best = dict.fromkeys(calls, np.inf)
    for _ in range(REPEATS):
        for name, call in calls.items():
            start = perf_counter()
            call()
            best[name] = min(best[name], perf_counter() - start)
    return best


def nested(b: float, k: float) -> tuple[float, float]:
    """⟨1/(1+Ω_e²k²)⟩ and ⟨Ω_⊥²/(1+Ω_e²k²)⟩ over Ω_⊥ and Ω_z, each to twelve digits where `quad` can."""

    def mean(power: int) -> float:
        def transverse(z: float) -> float:
            def integrand(r: float) -> float:
                return (
                    r ** (1 + 2 * power) * np.exp(-2 * r * r) / (1 + (r * r + (b + z) ** 2) * k * k)
                )

            return quad(integrand, 0, 4.5, epsabs=0, epsrel=1e-12, limit=200)[0] * np.exp(
                -2 * z * z
            )

        points = [-b] if b < 4.5 else None
        whole = quad(transverse, -4.5, 4.5, epsabs=0, epsrel=1e-12, limit=200, points=points)[0]
        return whole * 2 * np.pi * (2 / np.pi) ** 1.5

    return mean(0), mean(1)


def against_faddeeva() -> None:
    print(
        f"One call on {POINTS:,} points against scipy.special.wofz on the same points, best of "
        f"{REPEATS}\n"
    )
    print(f"{'points':38}{'function':22}{'ms':>8}{'wofz ms':>9}{'ratio':>7}  target  verdict")
    for label, (b, k) in distributions().items():
        z = np.sqrt(2) * (b + 1j / k)
        calls = {"wofz": lambda z=z: wofz(z)} | {
            f.__name__: lambda f=f, b=b, k=k: f(b, k) for f in FUNCTIONS
        }
        best = fastest(calls)
        for function in FUNCTIONS:
            time, ratio = best[function.__name__], best[function.__name__] / best["wofz"]
            print(
                f"{label:38}{function.__name__:22}{time * 1e3:8.0f}{best['wofz'] * 1e3:9.0f}{ratio:7.2f}"
                f"  ≤ {MOST_FADDEEVA_CALLS:g}     "
                f"{'met' if ratio <= MOST_FADDEEVA_CALLS else 'MISSED'}"
            )


def against_quadrature() -> None:
    rng = np.random.default_rng(1)
    b, k = rng.uniform(0, 4, QUADRATURE_POINTS), 10 ** rng.uniform(-1, 1, QUADRATURE_POINTS)
    start = perf_counter()
    reference = np.array([nested(x, y) for x, y in zip(b.tolist(), k.tolist(), strict=True)])
    slow = (perf_counter() - start) / (2 * QUADRATURE_POINTS)
    (many_b, many_k) = (np.resize(array, POINTS) for array in (b, k))
    print(
        f"\nTime per point against nested scipy.integrate.quad at {QUADRATURE_POINTS} points (b < "
        f"4, k 0.1…10)\n"
    )
    print(
        f"{'function':22}{'quad ms':>9}{'here ns':>9}{'gain':>11}{'differ by':>11}  target   "
        f"verdict"
    )
    best = fastest({f.__name__: lambda f=f: f(many_b, many_k) for f in FUNCTIONS[:2]})
    for column, function in enumerate(FUNCTIONS[:2]):
        here = best[function.__name__] / POINTS
        gain, differ = slow / here, np.max(np.abs(function(b, k) / reference[:, column] - 1))
        verdict = "met" if gain >= LEAST_GAIN and differ < 1e-10 else "MISSED"
        print(
            f"{function.__name__:22}{slow * 1e3:9.1f}{here * 1e9:9.0f}{gain:11,.0f}{differ:11.0e}"
            f"  ≥ {LEAST_GAIN:,.0f}  {verdict}"
        )


def main() -> None:
    against_faddeeva()
    against_quadrature()


if __name__ == "__main__":
    main()
