"""H·ψ for spins 1/2 with all pairs coupled, without the matrix of H: six diagonal forms along six axes."""

import math
from typing import Any

import numba
import numpy as np

from coldspin.arguments import Array
from coldspin.heating.manybody.six_axis_kernels import WIDTH, close_parallel, close_serial, sweep_parallel, sweep_serial
from coldspin.heating.manybody.vectors import Vector, state_of

QUARTERS = np.array([1, -1j, -1, 1j])
_CLOSING = np.exp(-0.25j * np.pi)  # per spin: what three quarter turns and six eighth turns leave


class SixAxis:
    r"""H = Σ_i ω_i·s_i + Σ_{i<j} s_i·D_ij·s_j of n ≥ 2 spins 1/2 with symmetric D_ij, applied to state vectors.

    .. math:: D_{ij} = \sum_{u=1}^6 c^u_{ij}\,n_u n_u^T, \qquad n_u \propto z,\ z+x,\ x,\ x+y,\ y,\ y+z, \qquad
              H = \sum_u R_u^\dagger\Delta_uR_u

    with c = 2D_{αβ} on the diagonal between axes α and β, c = D_αα − D_αβ − D_αγ on α; Δ_u are the energies of the
    states with all spins along ±n_u, R_u turns every spin to n_u. From each axis to the next it is the same
    rotation by 45°, real but for a rotation by 90° about x, y, z; the cosines cos(π/8)^{6n} are in Δ.
    `fields` is n × 3, `tensors` n × n × 3 × 3 with [i, j] and [j, i] equal, all in rad/s; `threads` compute together.
    State vectors: 2^n complex numbers, the first spin slowest, up before down. Memory 112 bytes a state.
    """

    def __init__(self, fields: Array, tensors: Array, threads: int = 1) -> None:
        self.sites, self.threads = len(fields), threads
        self.dimension = 1 << self.sites
        self._rows = self.sites // 2
        self._energies = self._diagonals(fields, tensors)
        self._work = np.empty((4, self.dimension), np.complex128)
        self._scratch = np.empty((threads, 2, min(WIDTH, self.dimension) << (self.sites - self._rows)), np.complex128)
        self._last = QUARTERS * _CLOSING**self.sites

    def apply(self, vector: Vector) -> Vector:
        """H·ψ, a new vector."""
        return self.combine((1.0, 0.0, 0.0), vector, vector)

    def combine(
        self, weights: tuple[float, float, float], vector: Vector, before: Vector, out: Vector | None = None
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
        result = np.empty(self.dimension, np.complex128) if out is None else out
        given, before = state_of(self.dimension, vector), state_of(self.dimension, before)
        if self.threads == 1:
            self._run((sweep_serial, close_serial), np.array(weights), given, before, result)
            return result
        allowed = numba.get_num_threads()
        numba.set_num_threads(min(self.threads, allowed))
        try:
            self._run((sweep_parallel, close_parallel), np.array(weights), given, before, result)
        finally:
            numba.set_num_threads(allowed)
        return result

    def _run(self, kernels: tuple[Any, Any], weights: Array, given: Vector, before: Vector, result: Vector) -> None:
        sweep, close = kernels
        first, second, sums, turned = self._work
        vectors: tuple[Any, Any] = (given, first)
        for axis in range(6):
            rows = self.sites - self._rows if axis % 2 else self._rows
            twists = axis in (2, 4)
            sweep(vectors, (sums, turned), self._energies[axis], rows, axis == 0, twists, QUARTERS, self._scratch)
            vectors = (vectors[1], second if vectors[1] is first else first)
            sums, turned = turned, sums
        close(sums, given, before, result, weights, self._rows, self._last, self._scratch)

    def _diagonals(self, fields: Array, tensors: Array) -> Array:
        scale = math.cos(math.pi / 8) ** (6 * self.sites)
        energies = np.empty((6, self.dimension))
        for axis, (pairs, field) in enumerate(zip(_axis_couplings(tensors), _axis_fields(fields), strict=True)):
            matrix = scale * diagonal_energies(pairs, field).reshape(1 << self._rows, -1)
            energies[axis] = _in_tiles(matrix.T if axis % 2 else matrix)
        return energies


def _axis_couplings(tensors: Array) -> list[Array]:
    """The six c^u, each n × n, along z, zx, x, xy, y, yz."""
    x, y, z = tensors[..., 0, 0], tensors[..., 1, 1], tensors[..., 2, 2]
    xy, yz, zx = tensors[..., 0, 1], tensors[..., 1, 2], tensors[..., 2, 0]
    return [z - yz - zx, 2 * zx, x - xy - zx, 2 * xy, y - xy - yz, 2 * yz]


def _axis_fields(fields: Array) -> list[Array]:
    none = np.zeros(len(fields))
    return [fields[:, 2], none, fields[:, 0], none, fields[:, 1], none]


def _in_tiles(matrix: Array) -> Array:
    """A matrix as the sweeps read it: tile after tile, each of at most WIDTH columns."""
    rows, columns = matrix.shape
    width = min(WIDTH, columns)
    return matrix.reshape(rows, columns // width, width).transpose(1, 0, 2).ravel()


def diagonal_energies(pairs: Array, field: Array) -> Array:
    """Σ_{i<j} c_ij m_i m_j + Σ_i h_i m_i for all 2^n settings m = ±1/2, the first spin slowest, + before −."""
    count = len(field)
    energies = np.zeros(1)
    for site in range(count - 1, -1, -1):
        local = np.array([field[site] / 2])
        for other in range(count - 1, site, -1):
            local = np.concatenate([local + pairs[site, other] / 4, local - pairs[site, other] / 4])
        energies = np.concatenate([energies + local, energies - local])
    return energies
