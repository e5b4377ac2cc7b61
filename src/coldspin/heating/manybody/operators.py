"""Parts of H as operators on state vectors, and their matrices between eigenstates."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.six_axis import SixAxis
from coldspin.heating.manybody.states import Enumeration, Operator, Vector, check_state
from coldspin.heating.manybody.system import SpinSystem

Matrix = NDArray[np.complex128]

PARTS = ("electron_zeeman", "nuclear_zeeman", "hyperfine", "spin_spin")


def spin_matrices(spin: float) -> Any:
    """I_x, I_y, I_z of a spin I, as an array 3 × (2I+1) × (2I+1), m falling from I to −I."""
    m = np.arange(spin, -spin - 0.5, -1)
    up = np.diag(np.sqrt(spin * (spin + 1) - m[1:] * (m[1:] + 1)), 1)
    return np.array([(up + up.T) / 2, (up - up.T) / 2j, np.diag(m)], dtype=np.complex128)


@dataclass(frozen=True, eq=False)
class Terms:
    """The Hamiltonian as frequencies and tensors between all spins, the electron first.

    H = Σ_i fields_i·s_i + Σ_{i<j} s_i·tensors_ij·s_j + Σ_i s_i·squares_i·s_i. `fields` (N+1) × 3,
    `tensors` (N+1) × (N+1) × 3 × 3 with [j, i] the transpose of [i, j], `squares` (N+1) × 3 × 3.
    """

    fields: Array
    tensors: Array
    squares: Array

    @classmethod
    def of(cls, system: SpinSystem, parts: Iterable[str] = PARTS) -> "Terms":
        """The named parts of H; spin_spin holds dipole, scalar and quadrupole couplings."""
        parts = (parts,) if isinstance(parts, str) else parts
        size = system.nuclei + 1
        fields = np.zeros((size, 3))
        tensors = np.zeros((size, size, 3, 3))
        squares = np.zeros((size, 3, 3))
        for part in parts:
            if part == "electron_zeeman":
                fields[0] = system.electron_precession
            elif part == "nuclear_zeeman":
                fields[1:] = system.nuclear_precession
            elif part == "hyperfine":
                tensors[0, 1:] = system.hyperfine
                tensors[1:, 0] = np.swapaxes(np.asarray(system.hyperfine), 1, 2)
            elif part == "spin_spin":
                scalar = np.asarray(system.scalar_couplings)[..., None, None] * np.eye(3)
                tensors[1:, 1:] = np.asarray(system.pair_tensors) + scalar
                large = np.asarray(system.spins) > 0.5
                squares[1:] = large[:, None, None] * np.asarray(system.quadrupole_tensors)
            else:
                raise InvalidInputError(f"parts must be among {', '.join(PARTS)}, not {part!r}")
        return cls(fields, tensors, squares)


def operator(system: SpinSystem, parts: Iterable[str] = PARTS, *, threads: int = 1) -> Operator:
    """H, or the sum of the named `parts`, as an operator on state vectors, without its matrix.

    `parts`: electron_zeeman, nuclear_zeeman, hyperfine, spin_spin. Nuclei of spin 1/2 with pair
    couplings go by :class:`SixAxis`, in which pairs cost nothing extra, on `threads` threads;
    hyperfine tensors with an antisymmetric part add a pass for each nucleus. Anything else goes by
    :class:`LocalOperators`.
    """
    if not (isinstance(threads, int | np.integer) and threads >= 1):
        raise InvalidInputError(
            "must be a whole number, 1 or more", parameter="threads", value=threads
        )
    terms = Terms.of(system, parts)
    if max(system.dimensions) > 2 or not terms.tensors.any():
        return LocalOperators(terms, system.dimensions)
    symmetric = (terms.tensors + terms.tensors.swapaxes(2, 3)) / 2
    chain = SixAxis(terms.fields, symmetric, threads)
    rest = terms.tensors - symmetric
    if not rest.any():
        return chain
    none = Terms(np.zeros_like(terms.fields), rest, np.zeros_like(terms.squares))
    return _Sum(chain, LocalOperators(none, system.dimensions))


class LocalOperators:
    """The Hamiltonian of `terms` for spins of the given numbers of states, applied to state vectors.

    Every pair costs one pass over the vector: right for any spins, slower than :class:`SixAxis` for
    spins 1/2. Where nothing is coupled nothing is spent. State vectors: the first spin slowest, m
    falling.
    """

    def __init__(self, terms: Terms, dimensions: tuple[int, ...]) -> None:
        self.dimensions = dimensions
        self.dimension = math.prod(dimensions)
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
        vector = check_state(self.dimension, vector)
        result = np.zeros(self.dimension, np.complex128)
        for i, matrix in self._singles:
            shape = (math.prod(self.dimensions[:i]), self.dimensions[i], -1)
            result.reshape(shape)[...] += matrix @ vector.reshape(shape)
        for i, j, matrix in self._pairs:
            before = math.prod(self.dimensions[:i])
            between = math.prod(self.dimensions[i + 1 : j])
            grid = (before, self.dimensions[i], between, self.dimensions[j], -1)
            # Both spins of the pair first, so that their matrix acts on rows.
            cube = vector.reshape(grid).transpose(1, 3, 0, 2, 4)
            product = (matrix @ cube.reshape(len(matrix), -1)).reshape(cube.shape)
            result.reshape(grid)[...] += product.transpose(2, 0, 3, 1, 4)
        return result

    def combine(
        self,
        weights: tuple[float, float, float],
        vector: Vector,
        before: Vector,
        out: Vector | None = None,
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
        before = check_state(self.dimension, before)
        result = weights[0] * self.apply(vector) + weights[1] * vector + weights[2] * before
        if out is None:
            return result
        out[:] = result
        return out


class _Sum:
    """The sum of two operators."""

    def __init__(self, first: Operator, second: Operator) -> None:
        self.first = first
        self.second = second
        self.dimension = first.dimension

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


def eigenbasis(
    system: SpinSystem, operators: Sequence[Operator], traces: Enumeration
) -> tuple[Array, list[Any]]:
    """Energies of H in rad/s, and the matrices of the operators between its eigenstates."""
    if system.dimension > traces.largest:
        raise InvalidInputError(
            f"traces = {traces} cannot hold {system.dimension} states",
            remedy="take Typical(), or raise largest up to 4096",
        )
    energies, states = np.linalg.eigh(_matrix(operator(system)))
    return energies, [states.conj().T @ _matrix(one) @ states for one in operators]


def _matrix(one: Operator) -> Any:
    return np.stack([one.apply(row) for row in np.eye(one.dimension, dtype=np.complex128)], axis=1)
