"""Baseline of manybody.py: what QuSpin offers for a given sparse matrix, where `pip install quspin` was done."""

import numpy as np

try:
    import quspin
    from quspin.tools.evolution import ExpmMultiplyParallel
    from quspin.tools.lanczos import expm_lanczos, lanczos_full
    from quspin.tools.misc import get_matvec_function
    from threadpoolctl import ThreadpoolController
except ImportError:
    quspin = None


def version():
    """Of QuSpin, or None where it (or threadpoolctl, which sets its threads) cannot be imported."""
    return None if quspin is None else quspin.__version__


def product(matrix, vector, threads):
    """A call that computes H·ψ on so many threads of OpenMP."""
    multiply, out = get_matvec_function(matrix), np.empty_like(vector)

    def call():
        multiply(matrix, vector, out=out, overwrite_out=True)

    return limited(call, threads)


def limited(call, threads):
    """The same call, the threads of QuSpin's own OpenMP being limited, and not those of Numba."""
    pools = ThreadpoolController()
    bundled = [
        pool["filepath"]
        for pool in pools.info()
        if pool["user_api"] == "openmp" and ".libs" in pool["filepath"]
    ]
    own = pools.select(filepath=bundled)

    def inside():
        with own.limit(limits=threads):
            return call()

    return inside


def trajectories(matrix, vector, duration):
    """Name of each way and a call that gives exp(−iHt)ψ, each as loose as an error near 1e-6 at 30 T2e* allows.

    In the Lanczos example of QuSpin a space has 20 vectors. One space for the whole time is
    cheaper; its size is found by trial against the exact result.
    """

    def taylor():
        return ExpmMultiplyParallel(matrix, a=-1j * duration, dtype=complex).dot(vector, tol=1e-4)

    def lanczos(size, steps):
        state = vector
        for _ in range(steps):
            state = expm_lanczos(*lanczos_full(matrix, state, size), a=-1j * duration / steps)
        return state

    ways = {
        "expm_multiply_parallel": taylor,
        "Lanczos, 6 spaces of 20": lambda: lanczos(20, 6),
        "Lanczos, one space of 61 by trial": lambda: lanczos(61, 1),
    }
    return {name: limited(way, 1) for name, way in ways.items()}
