"""The exact engine against a plain NumPy version, against QuTiP, and against itself at other N, in one run.

Run `OMP_NUM_THREADS=1 python benchmarks/multiplets.py`. Times are CPU times of one core, the least
of several repeats. Kernels are compiled (or loaded from their cache) before anything is timed.
"""

import resource
from collections.abc import Callable
from time import process_time

import numpy as np

from baselines import brute_force, six_by_six
from coldspin.heating import BalancedLattice, Multiplets, SinglePair

FIELD, SHARE = 1.0, 1e-3
CORRELATION_TIMES = np.logspace(-1, 3, 50)
SAMPLED = 12
LEAST_GAIN, LEAST_GAIN_QUTIP = 50.0, 1000.0


def fastest(call: Callable[[], object], repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


def heat(
    nuclei: int,
    k: object = CORRELATION_TIMES,
    tolerance: float = 0.0,
    couplings: object = None,
    b: float = FIELD,
):
    method = Multiplets(couplings=couplings or SinglePair(), tolerance=tolerance)
    return method.heating_coefficient(b, k, nuclei=nuclei, nuclear_precession=-SHARE * b)


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def against_blocks() -> float:
    """SinglePair, N = 10⁴, every term, 50 values of k: here, and in 6×6 blocks with NumPy."""
    nuclei = 10**4
    root = np.sqrt(nuclei)
    few, k = 60, CORRELATION_TIMES[::7]
    other = six_by_six.heating(few, FIELD * few**0.5, -SHARE * FIELD * few**0.5, k / few**0.5)[0]
    differ = np.max(np.abs(heat(few, k) / other - 1))
    here = fastest(lambda: heat(nuclei))
    start = process_time()
    done, every = six_by_six.heating(
        nuclei, FIELD * root, -SHARE * FIELD * root, CORRELATION_TIMES / root, SAMPLED
    )[1:]
    sampled = process_time() - start
    there = sampled * every / done
    print(
        f"SinglePair, N = {nuclei}, b = {FIELD:g}, ω_B = −{SHARE:g} Ω_B, {len(CORRELATION_TIMES)} "
        f"k, tolerance 0\n"
    )
    print(
        f"plain NumPy, 6×6 blocks   {there:10.1f} s   "
        f"({sampled:.1f} s for {SAMPLED} of the L, {done} of {every} blocks, scaled)"
    )
    print(
        f"Multiplets                {here:10.3f} s   (the two differ by {differ:.0e} at N = {few})"
    )
    gain = there / here
    print(
        f"gain {gain:.0f}, target ≥ {LEAST_GAIN:g}: {verdict(gain >= LEAST_GAIN and differ < 1e-9)}"
    )
    return here


def thinned(full: float) -> None:
    time = fastest(lambda: heat(10**6, tolerance=1e-6))
    print(
        f"\nN = 10⁶ at tolerance 1e-6: {time:.3f} s, {time / full:.2f} of N = 10⁴ at tolerance 0, "
        f"target ≤ 1: {verdict(time <= full)}"
    )
    every, some = heat(10**4), heat(10**4, tolerance=1e-6)
    print(f"at N = 10⁴ tolerance 1e-6 is off by {np.max(np.abs(some / every - 1)):.0e} at most")


def number_of_times() -> None:
    print("\nCost against the number of k, SinglePair, N = 2000, tolerance 0\n")
    for count in (1, 10, 100, 1000):
        k = np.logspace(-1, 3, count)
        time = fastest(lambda k=k: heat(2000, k))
        print(f"{count:6d} values {time * 1e3:9.1f} ms {time / count * 1e3:9.3f} ms each")


def number_of_nuclei() -> None:
    print(
        "\nCost of one field against N, BalancedLattice, k = 100, and peak memory of the process\n"
    )
    print(f"{'N':>12}{'tolerance 0':>14}{'1e-8':>10}{'1e-6':>10}{'1e-4':>10}      peak")
    for power in range(2, 9):
        cells = []
        for tolerance in (0.0, 1e-8, 1e-6, 1e-4):
            if tolerance == 0 and power > 6:
                cells.append("-")
                continue
            lattice = BalancedLattice()
            time = fastest(
                lambda t=tolerance, p=power, c=lattice: heat(10**p, 100.0, t, c),
                1 if power > 5 else 3,
            )
            cells.append(f"{time * 1e3:.1f} ms")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{10**power:12d}{cells[0]:>14}{cells[1]:>10}{cells[2]:>10}{cells[3]:>10}{peak:7.0f} "
            f"MiB"
        )


def against_qutip() -> None:
    nuclei, k = 8, 3.0
    root = nuclei**0.5
    there = fastest(
        lambda: brute_force.heating(nuclei, FIELD * root, -SHARE * FIELD * root, k / root), 2
    )
    differ = abs(
        heat(nuclei, k) / brute_force.heating(nuclei, FIELD * root, -SHARE * FIELD * root, k / root)
        - 1
    )
    here = fastest(lambda: [heat(nuclei, k) for _ in range(100)]) / 100
    gain = there / here
    print(
        f"\nN = 8, one (b, k): QuTiP {there:.2f} s, Multiplets {here * 1e3:.2f} ms; they differ by "
        f"{differ:.0e}"
    )
    print(
        f"gain {gain:.0f}, target ≥ {LEAST_GAIN_QUTIP:g}: "
        f"{verdict(gain >= LEAST_GAIN_QUTIP and differ < 1e-9)}"
    )


def main() -> None:
    for couplings in (SinglePair(), BalancedLattice()):
        for tolerance in (0.0, 1e-6):
            heat(400, couplings=couplings, tolerance=tolerance)
    thinned(against_blocks())
    number_of_times()
    number_of_nuclei()
    against_qutip()


if __name__ == "__main__":
    main()
