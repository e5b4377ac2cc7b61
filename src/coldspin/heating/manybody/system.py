"""One electron and N nuclei with everything that couples them, as a value; dipole couplings."""

import math
import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, half_integer, positive
from coldspin.constants import HBAR, MAGNETIC_CONSTANT
from coldspin.exceptions import InvalidInputError

LARGEST_SPIN = 9  # of any nucleus that lives for more than a day
# Working memory: six diagonals, and four dozen state vectors of kernels, evolution and averages.
BYTES_PER_STATE = 800


def dipole_tensors(positions: ArrayLike, gyromagnetic_ratios: ArrayLike) -> Array:
    r"""D_ij of Σ_{i<j} I_i·D_ij·I_j between magnetic moments, in rad/s.

    .. math:: D_{ij} = \frac{\mu_0\hbar\gamma_i\gamma_j}{4\pi r_{ij}^3}\,(1 - 3\,n_{ij}n_{ij}^T)

    with n = r/|r|. `positions` [m] is N × 3, `gyromagnetic_ratios` [rad s⁻¹ T⁻¹] N numbers or one
    for all. Result N × N × 3 × 3, symmetric both ways, 0 for i = j. Raises InvalidInputError where
    two positions coincide (to 1e-9 of the largest distance).
    """
    places = finite("positions", positions)
    if places.ndim != 2 or places.shape[1] != 3:
        raise InvalidInputError(
            f"positions must be N rows of x, y, z, not an array of shape {places.shape}"
        )
    ratios = finite("gyromagnetic_ratios", gyromagnetic_ratios)
    if ratios.shape not in ((), (len(places),)):
        raise InvalidInputError(
            f"must be one or {len(places)} numbers, not of shape {ratios.shape}",
            parameter="gyromagnetic_ratios",
        )
    apart = places[:, None] - places[None, :]
    distance = np.linalg.norm(apart, axis=2)
    closest = 1e-9 * np.max(distance, initial=0.0)
    np.fill_diagonal(distance, math.inf)
    if np.any(distance <= closest):
        i, j = np.argwhere(distance <= closest)[0]
        raise InvalidInputError(
            f"positions must differ from each other, but rows {i} and {j} coincide"
        )
    ratios = np.broadcast_to(ratios, len(places))
    strength = (
        MAGNETIC_CONSTANT * HBAR / (4 * math.pi) * ratios[:, None] * ratios[None, :] / distance**3
    )
    unit = apart / distance[..., None]
    tensors: Array = strength[..., None, None] * (
        np.eye(3) - 3 * unit[..., :, None] * unit[..., None, :]
    )
    return tensors


@dataclass(frozen=True, eq=False)
class SpinSystem:
    r"""An electron spin 1/2 and N nuclei of any spins, all couplings and precession frequencies in rad/s.

    .. math:: H = \Omega\cdot S + \sum_j\omega_j\cdot I_j + \sum_j S\cdot A_j\cdot I_j
              + \sum_{i<j} I_i\cdot(D_{ij} + J_{ij})\cdot I_j + \sum_j I_j\cdot Q_j\cdot I_j

    `hyperfine`: A_j, N numbers (isotropic) or N × 3 × 3, S before I. `spins`: I_j, one for all or
    N. `pair_tensors`: D_ij, N × N × 3 × 3, each symmetric, D_ij = D_ji (:func:`dipole_tensors`
    makes them); None: no coupling. `scalar_couplings`: J_ij, symmetric N × N. Of both i = j is not
    read. `quadrupole_tensors`: Q_j, symmetric N × 3 × 3, nuclei of spin 1/2 do not feel them.
    `electron_precession`: Ω = γ_e B, 3 numbers. `nuclear_precession`: ω_j = −γ_j B, 3 numbers for
    all or N × 3. `largest_memory` [bytes]: systems that need more are refused; None: what the
    machine has. Tensors are stored in full and read-only. Raises InvalidInputError for what does
    not fit together.
    """

    hyperfine: ArrayLike
    spins: ArrayLike = 0.5
    pair_tensors: ArrayLike | None = None
    scalar_couplings: ArrayLike | None = None
    quadrupole_tensors: ArrayLike | None = None
    electron_precession: ArrayLike = (0.0, 0.0, 0.0)
    nuclear_precession: ArrayLike = (0.0, 0.0, 0.0)
    largest_memory: float | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        couplings = finite("hyperfine", self.hyperfine)
        count = len(couplings) if couplings.ndim else 0
        if count < 1 or couplings.shape not in ((count,), (count, 3, 3)):
            raise InvalidInputError(
                f"hyperfine must be N numbers or N tensors 3 × 3, not of shape {couplings.shape}"
            )
        if couplings.ndim == 1:
            couplings = couplings[:, None, None] * np.eye(3)
        spins = np.broadcast_to(_check_shape("spins", self.spins, (), (count,)), count)
        self._set("spins", np.array([half_integer("spins", float(spin)) for spin in spins]))
        if np.max(spins) > LARGEST_SPIN:
            raise InvalidInputError(f"spins must be at most {LARGEST_SPIN}, not {np.max(spins):g}")
        self._set("hyperfine", couplings)
        limit = float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
        if self.largest_memory is not None:
            limit = float(positive("largest_memory", self.largest_memory, infinite=True))
        if self.memory > limit:
            raise InvalidInputError(
                f"hyperfine names {self.nuclei} nuclei, whose {_format_size(self.dimension)} states "
                f"need about {_format_size(self.memory)} bytes of the {limit:.3g} there are",
                remedy="take fewer nuclei",
            )
        self._set(
            "pair_tensors", _read_tensors("pair_tensors", self.pair_tensors, (count, count, 3, 3))
        )
        self._set(
            "scalar_couplings",
            _read_tensors("scalar_couplings", self.scalar_couplings, (count, count)),
        )
        self._set(
            "quadrupole_tensors",
            _read_tensors("quadrupole_tensors", self.quadrupole_tensors, (count, 3, 3)),
        )
        self._set(
            "electron_precession",
            _check_shape("electron_precession", self.electron_precession, (3,)),
        )
        frequencies = _check_shape("nuclear_precession", self.nuclear_precession, (3,), (count, 3))
        self._set("nuclear_precession", np.array(np.broadcast_to(frequencies, (count, 3))))

    @classmethod
    def in_crystal(
        cls, positions: ArrayLike, gyromagnetic_ratios: ArrayLike, *, field: ArrayLike = (0.0, 0.0, 0.0),
        electron_gyromagnetic_ratio: float = 0.0, hyperfine: ArrayLike, spins: ArrayLike = 0.5,
        quadrupole_tensors: ArrayLike | None = None,
    ) -> "SpinSystem":  # fmt: skip
        """Nuclei at `positions` [m] with their dipole couplings, in a field [T] of any direction.

        γ [rad s⁻¹ T⁻¹] of the nuclei, one or N, and of the electron, γ_e = gµ_B/ħ; the rest as in
        the class, rad/s.
        """
        tensors = dipole_tensors(positions, gyromagnetic_ratios)
        B = _check_shape("field", field, (3,))
        ratios = np.broadcast_to(finite("gyromagnetic_ratios", gyromagnetic_ratios), len(tensors))
        electron = _check_shape("electron_gyromagnetic_ratio", electron_gyromagnetic_ratio, ())
        return cls(
            hyperfine=hyperfine, spins=spins, pair_tensors=tensors, quadrupole_tensors=quadrupole_tensors,
            electron_precession=electron * B, nuclear_precession=-ratios[:, None] * B,
        )  # fmt: skip

    @property
    def nuclei(self) -> int:
        """N."""
        return len(np.asarray(self.spins))

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Numbers of states: of the electron, then of each nucleus; the electron counts slowest."""
        return (2, *(round(2 * spin) + 1 for spin in np.asarray(self.spins)))

    @property
    def dimension(self) -> int:
        """2 Π (2I_j+1)."""
        return math.prod(self.dimensions)

    @property
    def memory(self) -> int:
        """Bytes that an evolution of this system needs, estimated from above."""
        return BYTES_PER_STATE * self.dimension

    def _set(self, name: str, value: Array) -> None:
        value = np.array(value)
        value.flags.writeable = False
        object.__setattr__(self, name, value)


def _format_size(number: int) -> str:
    return f"{number:.3g}" if number < 10**300 else f"1e+{math.floor(math.log10(number))}"


def _check_shape(name: str, value: ArrayLike, *shapes: tuple[int, ...]) -> Array:
    array = finite(name, value)
    if array.shape not in shapes:
        allowed = " or ".join(str(shape) for shape in shapes)
        raise InvalidInputError(
            f"must have the shape {allowed}",
            parameter=name,
            value=array.shape,
            shown=f"{array.shape}",
        )
    return array


def _read_tensors(name: str, value: ArrayLike | None, shape: tuple[int, ...]) -> Any:
    """Tensors symmetric in the last two indices and, for pairs, in the first two; None: zeros."""
    if value is None:
        return np.zeros(shape)
    array = _check_shape(name, value, shape)
    scale = 1e-12 * np.max(np.abs(array), initial=0.0)
    for first, second in ((-2, -1), (0, 1)) if len(shape) == 4 else ((-2, -1),):
        skew = np.abs(array - array.swapaxes(first, second))
        if np.any(skew > scale):
            index = tuple(int(i) for i in np.argwhere(skew > scale)[0])
            raise InvalidInputError(
                f"must be symmetric, but differs from its transpose at index {index}",
                parameter=name,
            )
        # What rounding left of a skew part must not cost a pass for each pair.
        array = (array + array.swapaxes(first, second)) / 2
    return array
