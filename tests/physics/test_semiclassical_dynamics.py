"""The two rotations of the semiclassical Φ against spins that are integrated in time from (S17) alone."""

import numpy as np
import pytest

from coldspin.heating.double_rotation import direction_average
from quick import quick


def rank_two_generators():
    """L_x, L_y, L_z of a rank-2 tensor, as matrices with m = −2…2."""
    m = np.arange(-2, 3)
    raising = np.diag(np.sqrt(6.0 - m[:-1] * (m[:-1] + 1)), -1)
    return np.array([(raising + raising.T) / 2, (raising - raising.T) / 2j, np.diag(m)])


L = rank_two_generators()


def test_generators_are_an_angular_momentum():
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        assert L[i] @ L[j] - L[j] @ L[i] == pytest.approx(1j * L[k], abs=1e-14)
    assert sum(g @ g for g in L) == pytest.approx(6 * np.eye(5), abs=1e-13)


def heat_of_one_field(field, overhauser, knight, zeeman, steps_per_time=40, end=24.0):
    """Φ_slow of an electron ±1/2 along Ω_e: ½⟨|∫V dt|²⟩/x², V the change of H_SS by the Knight field; time in τ_c.

    The Overhauser field turns as every nucleus does, in knight·n ± zeeman·z (S17), and takes the
    electron with it. One step is a midpoint rotation. Nothing here knows that the motion is a
    product of two rotations.
    """
    dt = 1 / steps_per_time
    turn, pumped, heat = np.eye(5, dtype=complex), np.zeros((5, 5), complex), 0.0
    omega_n = overhauser.copy()
    for step in range(int(end / dt)):
        first = _frequency(field, omega_n, knight, zeeman)
        halfway = _rotated(omega_n, first * dt / 2)
        omega = _frequency(field, halfway, knight, zeeman)
        half = _exponential(omega * dt / 2) @ turn
        knight_field = omega - np.array([0.0, 0.0, zeeman])
        pumped += dt * half.conj().T @ np.tensordot(knight_field, L, 1)
        turn, omega_n = _exponential(omega * dt / 2) @ half, _rotated(omega_n, omega * dt)
        heat += 0.5 * np.sum(np.abs(pumped) ** 2) / 5 * np.exp(-(step + 1) * dt) * dt
    return heat / (2 * knight) ** 2


def _frequency(field, omega_n, knight, zeeman):
    total = omega_n + np.array([0.0, 0.0, field])
    return knight * total / np.linalg.norm(total) + np.array([0.0, 0.0, zeeman])


def _rotated(vector, angle):
    size = np.linalg.norm(angle)
    if size == 0:
        return vector
    axis = angle / size
    along = axis * (axis @ vector)
    return along + (vector - along) * np.cos(size) + np.cross(axis, vector) * np.sin(size)


def _exponential(angle):
    values, vectors = np.linalg.eigh(np.tensordot(angle, L, 1))
    return (vectors * np.exp(-1j * values)) @ vectors.conj().T


@pytest.mark.parametrize(
    ("b", "r", "knight", "zeeman"), quick([(0.8, 0.6, 1.5, 1.2), (1.5, 1.0, 0.7, -2.0)], 1)
)
def test_direction_average_of_integrated_spins(b, r, knight, zeeman):
    cosines, weights = np.polynomial.legendre.leggauss(6)
    heat = 0.0
    for cosine, weight in zip(cosines, weights, strict=True):
        overhauser = r * np.array([np.sqrt(1 - cosine**2), 0.0, cosine])
        for electron in (-1, 1):
            heat += weight / 4 * heat_of_one_field(b, overhauser, electron * knight, zeeman)
    assert heat == pytest.approx(direction_average(r, b, abs(knight), abs(zeeman)), rel=4e-3, abs=0)
