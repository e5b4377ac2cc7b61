"""H·ψ and a trajectory of all-pairs dipole systems: here, and by the sparse matrices of SciPy and QuTiP, in one run.

Run `python benchmarks/manybody.py [spins …]`, 16 and 18 by default; 20 spins need 7 GB for the matrix. Every time is
the least of several repeats: CPU time on one thread, wall time on two (on a machine that others use, wall times of two
threads say little). SciPy's and QuTiP's products use one thread whatever they are given.
"""

import os
import sys
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np
import qutip

from baselines.sparse_spins import hamiltonian
from coldspin.heating.manybody import SpinSystem, dipole_tensors, evolve, operator
from coldspin.heating.manybody.terms import Terms

PRODUCT_GAIN, TRAJECTORY_GAIN = 5.0, 15.0
ACCURACY, DURATION = 1e-6, 30.0


def fastest(call: Callable[[], object], clock: Callable[[], float] = process_time, repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = clock()
        call()
        times.append(clock() - start)
    return min(times)


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
    return SpinSystem(hyperfine=couplings, pair_tensors=tensors, electron_precession=(0.6, 0.0, 0.8))


def bandwidth() -> float:
    """Bytes a second of a = b + 3c on arrays of 64 MiB, one thread: a written, b and c read."""
    a, b, c = (np.ones(2**23) for _ in range(3))
    return 4 * a.nbytes / fastest(lambda: (np.multiply(c, 3.0, out=a), np.add(a, b, out=a))) * 5 / 4


def products(spins: int, stream: float) -> None:
    system = crystal(spins)
    terms = Terms.of(system)
    matrix = hamiltonian(terms.fields, terms.tensors)
    psi = np.random.default_rng(0).normal(size=2 * system.dimension).view(complex)
    wrapped, ket = qutip.Qobj(matrix).to("CSR").data, qutip.Qobj(psi).data
    one, two = operator(system), operator(system, threads=2)
    out = np.empty_like(psi)
    differ = np.max(np.abs(one.apply(psi) - matrix @ psi))
    two.apply(psi)
    assert differ < 1e-12, differ
    weights = (1.0, 0.0, 0.0)
    here = fastest(lambda: one.combine(weights, psi, psi, out))
    scipy, qutips = fastest(lambda: matrix @ psi), fastest(lambda: qutip.core.data.matmul(wrapped, ket))
    wall = fastest(lambda: two.combine(weights, psi, psi, out), perf_counter)
    least = (2 * psi.nbytes + 6 * psi.nbytes / 2) / stream
    print(
        f"\n{spins} spins, H·ψ, one thread: here {here * 1e3:.2f} ms, SciPy CSR {scipy * 1e3:.1f} ms, "
        f"QuTiP CSR {qutips * 1e3:.1f} ms; they differ by {differ:.0e}"
    )
    print(f"gain over SciPy {verdict(scipy / here, PRODUCT_GAIN)}; over QuTiP {verdict(qutips / here, PRODUCT_GAIN)}")
    print(
        f"two threads: {wall * 1e3:.2f} ms wall at load {os.getloadavg()[0]:.1f}, "
        f"gain over SciPy on one {scipy / wall:.1f}"
    )
    print(
        f"ψ, Hψ and six diagonals once over the memory: {least * 1e3:.2f} ms, {here / least:.1f} times less than here"
    )


def trajectory(spins: int) -> None:
    system = crystal(spins)
    terms = Terms.of(system)
    matrix = hamiltonian(terms.fields, terms.tensors)
    psi = np.random.default_rng(0).normal(size=2 * system.dimension).view(complex)
    psi /= np.linalg.norm(psi)
    H = operator(system)
    exact = evolve(H, psi, DURATION, tolerance=1e-13)
    here = fastest(lambda: evolve(H, psi, DURATION, tolerance=ACCURACY), repeats=3)
    error = np.linalg.norm(evolve(H, psi, DURATION, tolerance=ACCURACY) - exact)
    print(f"\n{spins} spins over {DURATION:g} T2e*: here {here * 1e3:.0f} ms, error {error:.0e}")
    wrapped, start = qutip.Qobj(matrix).to("CSR"), qutip.Qobj(psi)
    ways = {
        "krylov": {"method": "krylov", "krylov_dim": 20, "atol": 1e-7, "nsteps": 10**5},
        "vern9": {"method": "vern9", "atol": 1e-9, "rtol": 1e-8, "nsteps": 10**6},
    }
    gains = []
    for name, options in ways.items():
        begun = process_time()
        end = qutip.sesolve(wrapped, start, [0, DURATION], options={"progress_bar": "", **options}).states[-1]
        there = process_time() - begun
        off = np.linalg.norm(end.full().ravel() - exact)
        print(f"QuTiP {name}: {there:.2f} s, error {off:.0e}, gain {there / here:.1f}")
        if off < 10 * ACCURACY:
            gains.append(there / here)
    print(f"gain over the fastest with an error below {10 * ACCURACY:g}: {verdict(min(gains), TRAJECTORY_GAIN)}")


def main() -> None:
    stream = bandwidth()
    print(f"memory: {stream / 1e9:.1f} GB/s on one thread; load of the machine {os.getloadavg()[0]:.1f} on 2 cores")
    for spins in [int(word) for word in sys.argv[1:]] or [16, 18]:
        products(spins, stream)
    trajectory(16)


if __name__ == "__main__":
    main()
