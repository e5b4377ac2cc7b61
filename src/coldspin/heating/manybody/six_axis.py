"""H·ψ for spins 1/2 with all pairs coupled, without the matrix of H: six diagonal forms along six axes."""

import math

import numba
import numpy as np

from coldspin.arguments import Array
from coldspin.heating.manybody.six_axis_kernels import (
    PAD,
    ROW,
    WIDTH,
    product,
    product_on_threads,
)
from coldspin.heating.manybody.states import Vector, check_state

FEWEST = 10
FEWEST_ON_THREADS = 14
# The phase that three quarter turns and six eighth turns leave, for each spin.
_CLOSING = np.exp(-0.25j * np.pi)


class SixAxis:
    r"""H = Σ_i ω_i·s_i + Σ_{i<j} s_i·D_ij·s_j of n spins 1/2 with symmetric D_ij, applied to state vectors.

    .. math:: D_{ij} = \sum_{u=1}^6 c^u_{ij}\,n_u n_u^T, \qquad n_u \propto z,\ z+x,\ x,\ x+y,\ y,\ y+z, \qquad
              H = \sum_u R_u^\dagger\Delta_uR_u

    with c = 2D_{αβ} on the diagonal between axes α and β, c = D_αα − D_αβ − D_αγ on α; Δ_u are the
    energies of the states with all spins along ±n_u, R_u turns every spin to n_u. From each axis to
    the next it is the same rotation by 45°, real but for a rotation by 90° about x, y, z; the
    cosines cos(π/8)^{6n} are in Δ. `fields` is n × 3, `tensors` n × n × 3 × 3 with [i, j] and [j,
    i] equal, all in rad/s; `threads` compute together, from 14 spins on, below which one is faster.
    State vectors: 2^n complex numbers, the first spin slowest, up before down. Memory 112 bytes a
    state. Systems of fewer than ten spins are completed to ten by spins that nothing couples to.
    """

    def __init__(self, fields: Array, tensors: Array, threads: int = 1) -> None:
        self.dimension = 1 << len(fields)
        self.threads = threads if len(fields) >= FEWEST_ON_THREADS else 1
        self._idle = max(FEWEST - len(fields), 0)
        whole = np.pad(fields, ((0, self._idle), (0, 0)))
        pairs = np.pad(tensors, ((0, self._idle), (0, self._idle), (0, 0), (0, 0)))
        sites = len(whole)
        self._rows = sites // 2
        self._columns = sites - self._rows
        self._groups = (_groups(self._rows), _groups(self._columns))
        self._energies = self._diagonals(whole, pairs)
        longest = 1 << self._columns
        self._work = _allocate(4, (2 << sites) + PAD * longest)
        self._scratch = tuple(
            _allocate(self.threads, 2, ROW << n) for n in (self._rows, self._columns)
        )
        downs = np.array([number.bit_count() for number in range(longest)])
        self._tables = (_twist_table(1.0), _twist_table(_CLOSING**sites), downs)

    def apply(self, vector: Vector) -> Vector:
        """H·ψ, a new vector."""
        return self.combine((1.0, 0.0, 0.0), vector, vector)

    def combine(
        self,
        weights: tuple[float, float, float],
        vector: Vector,
        before: Vector,
        out: Vector | None = None,
    ) -> Vector:
        """w_0 Hψ + w_1 ψ + w_2 `before`, into `out` (which may be `before`) or a new vector."""
        result = np.empty(self.dimension, np.complex128) if out is None else out
        psi = check_state(self.dimension, vector)
        last = check_state(self.dimension, before)
        if self._idle:
            whole = self._extend(psi)
            self._run(np.array(weights), whole, self._extend(last), whole)
            result[:] = whole[:: 1 << self._idle]
            return result
        # The kernels read ψ to the end, and write contiguous memory.
        target = result
        if result is psi or not result.flags.c_contiguous:
            target = np.empty_like(psi)
        self._run(np.array(weights), psi, last, target)
        if target is not result:
            result[:] = target
        return result

    def _extend(self, vector: Vector) -> Vector:
        whole = np.zeros((self.dimension, 1 << self._idle), np.complex128)
        whole[:, 0] = vector
        return whole.ravel()

    def _run(self, weights: Array, psi: Vector, before: Vector, result: Vector) -> None:
        vectors = tuple(vector.view(np.float64) for vector in (psi, before, result))
        arguments = (
            vectors,
            weights,
            self._work,
            self._energies,
            self._groups,
            self._tables,
            self._scratch,
        )
        if self.threads == 1:
            product(*arguments)
            return
        allowed = numba.get_num_threads()
        numba.set_num_threads(min(self.threads, allowed))
        try:
            product_on_threads(*arguments)
        finally:
            numba.set_num_threads(allowed)

    def _diagonals(self, fields: Array, tensors: Array) -> Array:
        """6 × 2^n, in the order in which the sweeps read them."""
        scale = math.cos(math.pi / 8) ** (6 * len(fields))
        energies = _allocate(6, 1 << len(fields))
        couplings = _axis_couplings(tensors)
        none = np.zeros(len(fields))
        axis_fields = [fields[:, 2], none, fields[:, 0], none, fields[:, 1], none]
        for axis, along in enumerate(axis_fields):
            matrix = scale * diagonal_energies(couplings[axis], along).reshape(1 << self._rows, -1)
            rows = matrix.T if axis % 2 else matrix
            tiles = rows.reshape(len(rows), -1, WIDTH).swapaxes(0, 1)
            energies[axis].reshape(-1, len(rows), WIDTH)[...] = tiles
        return energies


def _groups(spins: int) -> Array:
    """Numbers of spins that turn together, 2 or 3, the last 3."""
    twos = -spins % 3
    return np.array([2] * twos + [3] * ((spins - 2 * twos) // 3))


def _twist_table(factor: complex) -> Array:
    """Phases (−i)^down · factor of four states, for 0 to 3 spins down in the first of them.

    Each phase c + is is stored as (c, c) and (−s, s).
    """
    phases = factor * (-1j) ** (np.arange(4)[:, None] + np.array([0, 1, 1, 2]))
    along = np.repeat(phases.real, 2, axis=1)
    across = np.repeat(phases.imag, 2, axis=1) * ([-1, 1] * 4)
    return np.stack([along, across], axis=1).ravel()


def _allocate(*shape: int) -> Array:
    """An array of doubles that begins with a line of the cache."""
    raw = np.empty(math.prod(shape) + 8)
    start = -raw.ctypes.data // 8 % 8
    return raw[start : start + math.prod(shape)].reshape(shape)


def _axis_couplings(tensors: Array) -> list[Array]:
    """The six c^u, each n × n, along z, zx, x, xy, y, yz."""
    x = tensors[..., 0, 0]
    y = tensors[..., 1, 1]
    z = tensors[..., 2, 2]
    xy = tensors[..., 0, 1]
    yz = tensors[..., 1, 2]
    zx = tensors[..., 2, 0]
    return [z - yz - zx, 2 * zx, x - xy - zx, 2 * xy, y - xy - yz, 2 * yz]


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
