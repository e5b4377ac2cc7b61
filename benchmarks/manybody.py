"""H·ψ and a trajectory of all-pairs dipole systems: here, and by the sparse matrices of SciPy, QuTiP and QuSpin.

Run `python benchmarks/manybody.py [spins …]`, 16, 18 and 20 by default; what does not fit in memory
is left out (the matrix of 20 spins has 4.4 GB). All ways take turns in one run, and the least time
of each counts: CPU time on one thread, wall time on two. SciPy's and QuTiP's products use one
thread whatever they are given. QuSpin takes part where it and threadpoolctl are installed.
"""

import os
import sys
from collections.abc import Callable
from multiprocessing import get_context
from time import perf_counter, thread_time
from typing import Any

import numba
import numpy as np
import qutip
from numba import njit, prange

from baselines import quspin_ways
from baselines.sparse_spins import hamiltonian
from coldspin.heating.manybody import SpinSystem, dipole_tensors, evolve, operator
from coldspin.heating.manybody.operators import Terms

PRODUCT_GAIN, TRAJECTORY_GAIN = 5.0, 15.0
ACCURACY, DURATION = 1e-6, 30.0
LEAST, MOVED = 80, 448
"""Bytes a state: ψ, Hψ and six diagonals once; and what seven sweeps read and write."""


def fastest(
    calls: dict[str, Callable[[], Any]], clocks: dict[str, Callable[[], float]], rounds: int
) -> dict[str, float]:
    """Least seconds of each call, the calls taking turns of 60 ms; CPU time but for the named clocks."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            clock = clocks.get(name, thread_time)
            begun = perf_counter()
            while perf_counter() < begun + 0.06:
                start = clock()
                call()
                best[name] = min(best[name], clock() - start)
    return best


def verdict(gain: float, target: float) -> str:
    return f"{gain:.1f}, target ≥ {target:g}: {'met' if gain >= target else 'MISSED'}"


def crystal(spins: int) -> SpinSystem:
    """Spins − 1 nuclei on a cubic lattice, unequal couplings, T2e* = 1, dipoles a tenth of the couplings."""
    nuclei, random = spins - 1, np.random.default_rng(spins)
    sites = np.stack(np.meshgrid(*[np.arange(3)] * 3), axis=-1).reshape(-1, 3)[:nuclei]
    couplings = random.uniform(0.5, 1.5, nuclei)
    couplings /= np.sqrt(np.sum(couplings**2))
    tensors = dipole_tensors(sites, 1.0)
    tensors *= 0.1 / np.sqrt(nuclei) / np.max(np.abs(tensors))
    return SpinSystem(
        hyperfine=couplings, pair_tensors=tensors, electron_precession=(0.6, 0.0, 0.8)
    )


@njit(parallel=True)
def triad(a, b, c):
    for i in prange(a.size):
        a[i] = b[i] + 3.0 * c[i]


def bandwidth(threads: int) -> float:
    """Bytes a second of a = b + 3c on arrays of 128 MiB: a written, b and c read."""
    a, b, c = (np.ones(2**24) for _ in range(3))
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    triad(a, b, c)
    seconds = fastest({"triad": lambda: triad(a, b, c)}, {"triad": perf_counter}, 10)["triad"]
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    return 3 * a.nbytes / seconds


def sparse(spins: int, system: SpinSystem) -> Any:
    """The matrix, or None where building it needs more memory than is free."""
    needed = 2**spins * (1 + spins + spins * (spins - 1) // 2) * 20 * 1.4
    if needed > os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES"):
        print(
            f"{spins} spins: the sparse matrix needs {needed / 1e9:.0f} GB, more than is free; not "
            f"compared"
        )
        return None
    terms = Terms.of(system)
    return hamiltonian(terms.fields, terms.tensors)


def products(spins: int, stream: tuple[float, float]) -> None:
    system = crystal(spins)
    matrix = sparse(spins, system)
    if matrix is None:
        return
    psi = np.random.default_rng(0).normal(size=2 * system.dimension).view(complex)
    wrapped = qutip.core.data.CSR(
        (matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape, copy=False
    )
    ket, out = qutip.core.data.Dense(psi.reshape(-1, 1)), np.empty_like(psi)
    one, two = operator(system), operator(system, threads=2)
    differ = np.max(np.abs(one.apply(psi) - matrix @ psi))
    assert differ < 1e-12, differ
    assert np.array_equal(two.apply(psi), one.apply(psi))
    weights = (1.0, 0.0, 0.0)
    calls = {
        "here": lambda: one.combine(weights, psi, psi, out),
        "here, wall": lambda: one.combine(weights, psi, psi, out),
        "here on two": lambda: two.combine(weights, psi, psi, out),
        "SciPy": lambda: matrix @ psi,
        "QuTiP": lambda: qutip.core.data.matmul(wrapped, ket),
    }
    walls = dict.fromkeys(("here, wall", "here on two", "QuSpin on two"), perf_counter)
    rounds = 12 if spins < 20 else 5
    best = fastest(calls, walls, rounds)
    if quspin_ways.version():  # apart, as its threads and those of Numba disturb each other
        others = {
            f"QuSpin{name}": quspin_ways.product(matrix, psi, n)
            for name, n in (("", 1), (" on two", 2))
        }
        best |= fastest(others, walls, rounds)
    print(
        f"\n{spins} spins, H·ψ, load {os.getloadavg()[0]:.1f}; here and SciPy differ by "
        f"{differ:.0e}"
    )
    print("  " + ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in best.items()))
    for name in ("SciPy", "QuTiP", "QuSpin"):
        if name in best:
            print(
                f"  one thread, gain over {name} on one: "
                f"{verdict(best[name] / best['here'], PRODUCT_GAIN)}"
            )
            there = best.get(f"{name} on two", best[name])
            count = "two" if f"{name} on two" in best else "its one"
            print(
                f"  two threads, gain over {name} on {count}: "
                f"{verdict(there / best['here on two'], PRODUCT_GAIN)}"
            )
    print(f"  two threads over one, wall: {best['here, wall'] / best['here on two']:.2f}")
    for name, rate in zip(("here", "here on two"), stream, strict=True):
        least, moved = (size * system.dimension / rate for size in (LEAST, MOVED))
        print(
            f"  {name}: ψ, Hψ and six diagonals once take {least * 1e3:.2f} ms, "
            f"{best[name] / least:.1f} times less; "
            f"what the sweeps move {moved * 1e3:.2f} ms, {best[name] / moved:.1f} times less"
        )


def qutip_ways(matrix: Any, psi: Any) -> dict[str, Callable[[], Any]]:
    wrapped, start = qutip.Qobj(matrix).to("CSR"), qutip.Qobj(psi)
    options = {
        "krylov": {"method": "krylov", "krylov_dim": 30, "atol": 1e-6, "nsteps": 10**5},
        "vern9": {"method": "vern9", "atol": 1e-9, "rtol": 1e-8, "nsteps": 10**6},
    }

    def solve(chosen: dict[str, Any]) -> Any:
        times = [0, DURATION]
        end = qutip.sesolve(wrapped, start, times, options={"progress_bar": "", **chosen}).states[
            -1
        ]
        return end.full().ravel()

    return {
        f"QuTiP {name}": lambda chosen=chosen: solve(chosen) for name, chosen in options.items()
    }


def trajectory(spins: int) -> None:
    system = crystal(spins)
    matrix = sparse(spins, system)
    psi = np.random.default_rng(0).normal(size=2 * system.dimension).view(complex)
    psi /= np.linalg.norm(psi)
    H = operator(system)
    exact = evolve(H, psi, DURATION, tolerance=1e-13)
    calls = {
        "here": lambda: evolve(H, psi, DURATION, tolerance=ACCURACY),
        **qutip_ways(matrix, psi),
    }
    if quspin_ways.version():
        ways = quspin_ways.trajectories(matrix, psi, DURATION)
        calls |= {f"QuSpin {name}": call for name, call in ways.items()}
    best, errors = {"here": fastest({"here": calls["here"]}, {}, 10)["here"]}, {}
    for name, call in calls.items():
        start = thread_time()
        end = call()
        best.setdefault(name, thread_time() - start)
        errors[name] = np.linalg.norm(end - exact)
    print(f"\n{spins} spins over {DURATION:g} T2e*, one thread, load {os.getloadavg()[0]:.1f}")
    for name, seconds in best.items():
        print(
            f"  {name}: {seconds:.3f} s, error {errors[name]:.0e}, {seconds / best['here']:.1f} "
            f"times the time here"
        )
    for package in ("QuTiP", "QuSpin"):
        rivals = [
            best[name] / best["here"]
            for name in calls
            if package in name and "by trial" not in name
        ]
        if rivals:
            print(
                f"  gain over the fastest documented way of {package}: "
                f"{verdict(min(rivals), TRAJECTORY_GAIN)}"
            )


def main() -> None:
    stream = (bandwidth(1), bandwidth(2))
    print(f"memory: {stream[0] / 1e9:.1f} GB/s on one thread, {stream[1] / 1e9:.1f} GB/s on two")
    quspins = quspin_ways.version()
    print(
        f"QuSpin {quspins}" if quspins else "QuSpin or threadpoolctl is not installed: not compared"
    )
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # one thread is one thread, of vector operations too
    for spins in [int(word) for word in sys.argv[1:]] or [16, 18, 20]:
        apart(products, spins, stream)
    apart(trajectory, 16)


def apart(measure: Callable[..., None], *arguments: Any) -> None:
    """In a process of its own, with threads and memory anew."""
    process = get_context("spawn").Process(target=measure, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(1)


if __name__ == "__main__":
    main()
