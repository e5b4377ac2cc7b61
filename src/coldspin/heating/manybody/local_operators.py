"""H·ψ for spins of any size, without the matrix of H: one small matrix for each spin and each pair."""

import numpy as np

from coldspin.heating.manybody.spin_matrices import Matrix, spin_matrices
from coldspin.heating.manybody.terms import Terms
from coldspin.heating.manybody.vectors import Vector, state_of


class LocalOperators:
    """The Hamiltonian of `terms` for spins of the given numbers of states, applied to state vectors.

    Every pair costs one pass over the vector: right for any spins, slower than :class:`SixAxis` for
    spins 1/2. Where nothing is coupled nothing is spent. State vectors: the first spin slowest, m
    falling.
    """

    def __init__(self, terms: Terms, dimensions: tuple[int, ...]) -> None:
        self.dimensions, self.dimension = dimensions, int(np.prod(dimensions))
        spins = [spin_matrices((size - 1) / 2) for size in dimensions]
        self._singles: list[tuple[int, Matrix]] = []
        self._pairs: list[tuple[int, int, Matrix]] = []
        for i, s in enumerate(spins):
            if terms.fields[i].any() or terms.squares[i].any():
                square = np.einsum("ab,axy,byz->xz", terms.squares[i], s, s)
                self._singles.append((i, np.einsum("a,axy->xy", terms.fields[i], s) + square))
            for j in range(i + 1, len(spins)):
                if terms.tensors[i, j].any():
                    matrix = np.einsum("ab,aik,bjl->ijkl", terms.tensors[i, j], s, spins[j])
                    self._pairs.append((i, j, matrix.reshape([dimensions[i] * dimensions[j]] * 2)))

    def apply(self, vector: Vector) -> Vector:
        """H·ψ, a new vector."""
        vector = state_of(self.dimension, vector)
        result = np.zeros(self.dimension, np.complex128)
        for i, matrix in self._singles:
            before, size = int(np.prod(self.dimensions[:i])), self.dimensions[i]
            result.reshape(before, size, -1)[...] += matrix @ vector.reshape(before, size, -1)
        for i, j, matrix in self._pairs:
            self._add_pair(i, j, matrix, vector, result)
        return result

    def combine(
        self,
        weights: tuple[float, float, float],
        vector: Vector,
        before: Vector,
        out: Vector | None = None,
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
        before = state_of(self.dimension, before)
        result = weights[0] * self.apply(vector) + weights[1] * vector + weights[2] * before
        if out is None:
            return result
        out[:] = result
        return out

    def _add_pair(self, i: int, j: int, matrix: Matrix, vector: Vector, result: Vector) -> None:
        before, between = (
            int(np.prod(self.dimensions[:i])),
            int(np.prod(self.dimensions[i + 1 : j])),
        )
        shape = (before, self.dimensions[i], between, self.dimensions[j], -1)
        cube = vector.reshape(shape).transpose(1, 3, 0, 2, 4)
        turned = (matrix @ cube.reshape(len(matrix), -1)).reshape(cube.shape)
        result.reshape(shape)[...] += turned.transpose(2, 0, 3, 1, 4)
