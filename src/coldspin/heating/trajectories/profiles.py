"""Distributions of the hyperfine couplings, and the few classes of nuclei that stand for each.

N is the number of equally coupled nuclei with the same Σa_j and Σa_j², N = (Σa_j)²/Σa_j², the
participation number of the wave function, and c_j = a_j/a with a that common coupling, so that
Σc_j = Σc_j² = N.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh_tridiagonal

from coldspin.arguments import Array, arguments_checked, finite
from coldspin.exceptions import InvalidInputError

# So many couplings stand for a wave function that neighbors dephase late.
_PANELS = 64
_NODES = 64
_SMALLEST = 1e-60  # of the largest coupling: the squares of it and of its inverse are still numbers

_BINS = 16384
_BREAKDOWN = 1e-12


class Profile(ABC):
    """A distribution of relative couplings c."""

    @abstractmethod
    def measure(self) -> tuple[Array, Array]:
        """Relative couplings c > 0, and the share of each in Σc², which sum to 1 (and those over c as well)."""


@dataclass(frozen=True)
class UniformProfile(Profile):
    """All couplings equal: the box."""

    def measure(self) -> tuple[Array, Array]:
        """One coupling, c = 1."""
        return np.ones(1), np.ones(1)


@arguments_checked
@dataclass(frozen=True)
class GaussianProfile(Profile):
    r"""a ∝ |ψ|² ∝ exp(−r²/l²) in 1, 2 or 3 `dimensions`; the size l and different sizes along the axes do not matter.

    With u = r²/l² the nuclei have the density u^{d/2−1}du and c = 2^{d/2} e^{−u}: the nucleus at
    the center is coupled 2.83 times as strongly as in the box, for d = 3. InvalidInputError for any
    other d.
    """

    dimensions: int = 3

    def __post_init__(self) -> None:
        """Check the dimension."""
        if isinstance(self.dimensions, bool) or self.dimensions not in (1, 2, 3):
            raise InvalidInputError(f"dimensions must be 1, 2 or 3, not {self.dimensions!r}")

    def measure(self) -> tuple[Array, Array]:
        """Nodes in q = √u, where the density q^{d−1} exp(−2q²) is smooth."""
        q, weight = _gauss_nodes(6.0)
        return _normalize(np.exp(-q * q), weight * q ** (self.dimensions - 1))


@dataclass(frozen=True)
class ExponentialProfile(Profile):
    r"""a ∝ |ψ|² ∝ exp(−2r/a_B) in three dimensions, a hydrogen-like donor: c = 8 e^{−v}, density v²dv, v = 2r/a_B."""

    def measure(self) -> tuple[Array, Array]:
        """Nodes in t, c = 8t⁴, which has them where the couplings are large; v²c dv ∝ t³ ln²t dt is smooth there."""
        t, weight = _gauss_nodes(1.0)
        return _normalize(t**4, weight * np.log(t) ** 2 / t)


class CouplingList(Profile):
    """Given relative couplings, one for each nucleus (or for each of many alike); all of one sign, which is dropped.

    Only their ratios count. Raises InvalidInputError where they are no one-dimensional array of
    finite numbers different from 0 and of one sign.
    """

    def __init__(self, values: ArrayLike) -> None:
        array = np.array(finite("couplings", values))
        if array.ndim != 1 or not array.size:
            raise InvalidInputError(
                f"couplings must be a list of numbers, one a nucleus, not of shape {array.shape}"
            )
        wrong = np.flatnonzero(array * np.sign(array[0]) <= 0)
        if wrong.size:
            raise InvalidInputError(
                "couplings must all have one sign and differ from 0 (leave out nuclei without "
                "coupling), "
                f"not {array[wrong[0]]:g} at index {wrong[0]} beside {array[0]:g}"
            )
        size = np.abs(array)
        if np.min(size) < _SMALLEST * np.max(size):
            raise InvalidInputError(
                f"couplings must not differ by more than a factor of {1 / _SMALLEST:g}, not "
                f"{np.min(size):g} beside {np.max(size):g}",
                remedy="leave out the smallest",
            )
        self._values = size
        self._values.flags.writeable = False

    @property
    def values(self) -> NDArray[np.float64]:
        """The magnitudes, not to be written to."""
        return self._values

    def measure(self) -> tuple[Array, Array]:
        """Distinct couplings."""
        distinct, counts = np.unique(self._values / self._values.max(), return_counts=True)
        return _normalize(distinct, counts.astype(np.float64))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CouplingList) and np.array_equal(self._values, other._values)

    def __hash__(self) -> int:
        return hash(self._values.tobytes())

    def __repr__(self) -> str:
        relative = self.measure()[0]
        return f"CouplingList({self._values.size} couplings, {relative[0]:.3g} to {relative[-1]:.3g} of the mean)"


def as_profile(couplings: Any) -> Profile:
    """A profile as it is, anything else as a list of couplings."""
    if isinstance(couplings, type):
        raise InvalidInputError(
            f"couplings must be a value such as GaussianProfile(), not the class {couplings!r}"
        )
    return couplings if isinstance(couplings, Profile) else CouplingList(couplings)


def _normalize(coupling: Array, number: Array) -> tuple[Array, Array]:
    """c with Σc = Σc², and the shares in Σc²."""
    share = number * coupling**2
    mean = float(np.sum(number * coupling) / np.sum(share))
    return mean * coupling, share / np.sum(share)


def _gauss_nodes(end: float) -> tuple[Array, Array]:
    """Nodes from 0 to `end` and their weights, panel by panel."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    panels = np.arange(_PANELS)[:, None]
    return (end * (panels + (1 + nodes) / 2) / _PANELS).ravel(), np.tile(weights, _PANELS)


def knight_classes(coupling: Array, share: Array, count: int) -> tuple[Array, Array]:
    r"""At most `count` classes with the same moments Σ share·cⁿ, n < 2·count, as all the couplings.

    Polynomials p, q of degree < `count` then have the covariance Σ share·p(c)q(c) of the Gaussian
    fields Σ_j p(c_j)r_j and Σ_j q(c_j)r_j exactly: the Overhauser field cannot tell the classes
    from the nuclei while exp(icωt) is such a polynomial. Lanczos with the couplings as matrix;
    beyond 16384 couplings, neighbors are merged first.
    """
    if coupling.size > _BINS:
        coupling, share = _merge_neighbors(coupling, share)
    if coupling.size <= count:
        return coupling, share
    diagonal, beside = _lanczos(coupling, share, count)
    nodes, vectors = eigh_tridiagonal(diagonal, beside)
    weights = vectors[0] ** 2
    valid = (weights > 0) & (nodes > 0)
    return nodes[valid], weights[valid] / weights[valid].sum()


def _lanczos(coupling: Array, share: Array, count: int) -> tuple[Array, Array]:
    """Jacobi matrix of the distribution, orthogonalized in full."""
    basis = np.zeros((count, coupling.size))
    diagonal = np.zeros(count)
    beside = np.zeros(count)
    vector = np.sqrt(share / share.sum())
    for i in range(count):
        basis[i] = vector
        diagonal[i] = np.sum(coupling * vector**2)
        vector = coupling * vector
        # Twice is enough: the second pass removes what rounding left of the first.
        for _ in range(2):
            vector = vector - basis[: i + 1].T @ (basis[: i + 1] @ vector)
        beside[i] = np.linalg.norm(vector)
        if beside[i] < _BREAKDOWN * coupling.max():
            return diagonal[: i + 1], beside[:i]
        vector = vector / beside[i]
    return diagonal, beside[:-1]


def _merge_neighbors(coupling: Array, share: Array) -> tuple[Array, Array]:
    """Bins of equal width, each with the mean coupling of its own."""
    place = np.minimum((coupling / coupling.max() * _BINS).astype(np.int64), _BINS - 1)
    weight = np.bincount(place, share, _BINS).astype(np.float64)
    mean = np.bincount(place, share * coupling, _BINS).astype(np.float64)
    used = weight > 0
    return mean[used] / weight[used], weight[used]
