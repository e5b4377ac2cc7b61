"""Cost of the semiclassical Φ on one core, compiled kernels excluded: python benchmarks/semiclassical.py."""

import time

import numpy as np

from coldspin.heating import Semiclassical
from coldspin.heating.double_rotation import slow_heating_average

REPEATS = 3


def seconds(call):
    """Best of a few, after one call that compiles."""
    call()
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def cost_per_point(largest_angle, largest_phase, tolerance, count=300):
    """Mean and largest milliseconds over random (b, x, ω_Bτ_c), a third of them on the Knight resonance or close by."""
    rng = np.random.default_rng(7)
    costs = []
    for _ in range(count):
        b, x = 10 ** rng.uniform(-2, 1), 10 ** rng.uniform(-2, np.log10(largest_angle))
        near = x / 2 * (1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-6, 0))
        phase = rng.choice([0.0, near, 10 ** rng.uniform(-2, np.log10(largest_phase))])
        point = (b, x / 2, min(phase, largest_phase), 0.0, tolerance)
        costs.append(seconds(lambda point=point: slow_heating_average(*point)))
    return 1e3 * np.mean(costs), 1e3 * np.max(costs)


def curve(k, tolerance=1e-6):
    """Seconds for Φ at 400 fields of a GaAs dot: N = 10⁵, I = 3/2, |ω_B/Ω_B| = 1.5e-3, b to 20."""
    b = np.linspace(0.05, 20, 400)
    method = Semiclassical(tolerance)
    return seconds(
        lambda: method.heating_coefficient(
            b, k, nuclei=1e5, spin=1.5, nuclear_precession=1.5e-3 * b
        )
    )


def main():
    print("milliseconds a point (b, k): mean, largest")
    for angle, phase in [(30, 100), (1e3, 1e4), (1e6, 1e6)]:
        for tolerance in (1e-6, 1e-10):
            mean, largest = cost_per_point(angle, phase, tolerance)
            print(
                f"  x ≤ {angle:<7g} |ω_B|τ_c ≤ {phase:<7g} tolerance {tolerance:g}: {mean:.2f}, "
                f"{largest:.2f}"
            )
    print("seconds for 400 fields of a GaAs dot at 1e-6")
    for k in (10.0, 100.0, 1e3, 1e5):
        print(f"  k = {k:g}: {curve(k):.3f}")
    print("seconds for 100 fields against the number of k")
    b = np.linspace(0.05, 20, 100)[:, None]
    for count in (1, 4, 16):
        k = np.geomspace(10, 1000, count)
        taken = seconds(
            lambda k=k: Semiclassical().heating_coefficient(
                b, k, nuclei=1e5, nuclear_precession=1.5e-3 * b
            )
        )
        print(f"  {count}: {taken:.3f}")


if __name__ == "__main__":
    main()
