"""How the error of traces from random states falls with their number and with the dimension."""

from collections.abc import Sequence

import numpy as np

from coldspin.arguments import Array
from coldspin.heating.manybody import Enumeration, SpinSystem, Typical, dipole_tensors, heat


def chain(nuclei: int) -> SpinSystem:
    """Dipoles along a bent line, alike at every length; T2e* = 1, nearest coupling 0.3."""
    index = np.arange(nuclei)
    places = np.stack([index, 0.3 * (index % 2), np.zeros(nuclei)], axis=1)
    tensors = (
        0.3 * dipole_tensors(places, 1.0) / dipole_tensors([[0, 0, 0], [1, 0, 0]], 1.0)[0, 1, 1, 1]
    )
    return SpinSystem(hyperfine=np.full(nuclei, nuclei**-0.5), pair_tensors=tensors)


def relative_errors(nuclei: Sequence[int], samples: Sequence[int], sets: int) -> Array:
    """Root mean square error of what the electron loses, relative to it, over `sets` independent sets of states.

    Rows: `nuclei` of a :func:`chain`, dimension D = 2^(N+1); columns: `samples`. τ_c = T2e*. From
    `sets` sets each is uncertain by a part 1/√(2·sets).
    """
    errors = np.empty((len(nuclei), len(samples)))
    for row, count in zip(errors, nuclei, strict=True):
        system = chain(count)
        exact = heat(system, 1.0, traces=Enumeration()).electron
        for column, number in enumerate(samples):
            estimates = [
                heat(system, 1.0, traces=Typical(number, i), tolerance=1e-3).electron
                for i in range(sets)
            ]
            row[column] = np.sqrt(np.mean((np.array(estimates) / exact - 1) ** 2))
    return errors


def exponent(errors: Array) -> float:
    """p of errors ∝ n^p by least squares in the logarithms, n doubling at each step."""
    return float(np.polyfit(np.arange(len(errors)), np.log2(errors), 1)[0])
