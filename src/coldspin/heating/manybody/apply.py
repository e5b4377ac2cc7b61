"""The way to apply a Hamiltonian, or a part of it, to state vectors of a system."""

from collections.abc import Iterable

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.local_operators import LocalOperators
from coldspin.heating.manybody.six_axis import SixAxis
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.terms import PARTS, Terms
from coldspin.heating.manybody.vectors import Operator, Vector


def operator(system: SpinSystem, parts: Iterable[str] = PARTS, *, threads: int = 1) -> Operator:
    """H, or the sum of the named `parts`, as what applies it to a state vector; no matrix of it is ever made.

    `parts`: electron_zeeman, nuclear_zeeman, hyperfine, spin_spin. Nuclei of spin 1/2 with pair
    couplings go by :class:`SixAxis`, in which pairs cost nothing extra, on `threads` threads;
    hyperfine tensors with an antisymmetric part add a pass for each nucleus. Anything else goes by
    :class:`LocalOperators`.
    """
    if not (isinstance(threads, int | np.integer) and threads >= 1):
        raise InvalidInputError(f"threads must be a whole number, 1 or more, not {threads!r}")
    terms = Terms.of(system, parts)
    if max(system.dimensions) > 2 or not terms.tensors.any():
        return LocalOperators(terms, system.dimensions)
    symmetric = (terms.tensors + terms.tensors.swapaxes(2, 3)) / 2
    chain = SixAxis(terms.fields, symmetric, threads)
    rest = terms.tensors - symmetric
    if not rest.any():
        return chain
    none = Terms(np.zeros_like(terms.fields), rest, np.zeros_like(terms.squares))
    return SumOfTwo(chain, LocalOperators(none, system.dimensions))


class SumOfTwo:
    """Two operators applied one after the other."""

    def __init__(self, first: Operator, second: Operator) -> None:
        self.first, self.second, self.dimension = first, second, first.dimension

    def apply(self, vector: Vector) -> Vector:
        """H·ψ, a new vector."""
        result: Vector = self.first.apply(vector) + self.second.apply(vector)
        return result

    def combine(
        self,
        weights: tuple[float, float, float],
        vector: Vector,
        before: Vector,
        out: Vector | None = None,
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
        result = self.first.combine(weights, vector, before, out)
        result += weights[0] * self.second.apply(vector)
        return result
