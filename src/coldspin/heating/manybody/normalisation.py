"""Tr|[H_SS, H_hf]|², by which Φ is made dimensionless for any couplings."""

import numpy as np

from coldspin.heating.manybody.spin_matrices import spin_matrices
from coldspin.heating.manybody.system import SpinSystem

_EPSILON = np.zeros((3, 3, 3))
for _a, _b, _c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
    _EPSILON[_a, _b, _c], _EPSILON[_b, _a, _c] = 1.0, -1.0


def torque_square(system: SpinSystem) -> float:
    r"""Tr|[H_SS, Σ_j S·A_j·I_j]|² [rad⁴/s⁴], the trace normalised to 1.

    Pairs and single nuclei do not interfere, so it is a sum over them; for a pair,

    .. math:: \frac14\,\frac{I_i(I_i+1)}3\,\frac{I_j(I_j+1)}3\sum_{\gamma\delta\beta}\Bigl(
              \sum_{\alpha\eta} A^i_{\gamma\eta}D_{\alpha\beta}\epsilon_{\alpha\eta\delta}
              + A^j_{\gamma\eta}D_{\delta\alpha}\epsilon_{\alpha\eta\beta}\Bigr)^2 ;

    with equal isotropic couplings a and D of rank 2 it is (3/2) a² Tr H_SS².
    """
    A, spins = np.asarray(system.hyperfine), np.asarray(system.spins)
    D = np.asarray(system.pair_tensors) + np.asarray(system.scalar_couplings)[
        ..., None, None
    ] * np.eye(3)
    squares = spins * (spins + 1) / 3
    total = 0.0
    for i in range(system.nuclei):
        for j in range(i + 1, system.nuclei):
            one = np.einsum("ge,ab,aed->gdb", A[i], D[i, j], _EPSILON)
            two = np.einsum("ge,da,aeb->gdb", A[j], D[i, j], _EPSILON)
            total += squares[i] * squares[j] / 4 * float(np.sum((one + two) ** 2))
        if spins[i] > 0.5:
            total += _quadrupole_square(
                float(spins[i]), A[i], np.asarray(system.quadrupole_tensors)[i]
            )
    return total


def hyperfine_square(system: SpinSystem) -> float:
    r"""Tr H_hf² [rad²/s²] = Σ_j I_j(I_j+1) |A_j|²/12, the trace normalised to 1."""
    spins = np.asarray(system.spins)
    return (
        float(np.sum(spins * (spins + 1) * np.sum(np.asarray(system.hyperfine) ** 2, axis=(1, 2))))
        / 12
    )


def _quadrupole_square(spin: float, hyperfine: np.ndarray, tensor: np.ndarray) -> float:
    """Tr|[I·Q·I, S·A·I]|² of one nucleus; the three components of S do not interfere, each squares to 1/4."""
    s = spin_matrices(spin)
    square = np.einsum("ab,axy,byz->xz", tensor, s, s)
    fields = np.einsum("ge,exy->gxy", hyperfine, s)
    torques = square @ fields - fields @ square
    return float(np.sum(np.abs(torques) ** 2)) / 4 / len(square)
