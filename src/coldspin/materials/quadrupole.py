"""Quadrupole interaction of a nucleus: its local field, and its frequency from a field gradient."""

from math import pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, broadcast, finite, half_integer, nonzero, within
from coldspin.constants import ELEMENTARY_CHARGE, HBAR
from coldspin.exceptions import InvalidInputError


def quadrupole_factor(spin: float) -> float:
    r"""κ_I of :func:`quadrupole_local_field`.

    .. math:: \kappa_I = \sqrt{\frac{4I(I+1)-3}{60}}

    √(1/5) for I = 3/2, 0.730 for 5/2, 1.265 for 9/2. InvalidInputError for I = 1/2, which has no
    quadrupole moment.

    >>> round(quadrupole_factor(1.5), 3)
    0.447
    """
    spin = _check_quadrupolar(spin)
    return float(np.sqrt((4 * spin * (spin + 1) - 3) / 60))


def quadrupole_local_field(
    spin: float, gyromagnetic_ratio: ArrayLike, frequency: ArrayLike, asymmetry: ArrayLike = 0.0
) -> Any:
    r"""Local field of the quadrupole interaction, B_Q [T]: Tr H_Q² = Tr H_Z²(B_Q).

    .. math:: B_Q = \kappa_I\,\frac{2\pi|\nu_Q|}{|\gamma|}\sqrt{1+\frac{\eta^2}3}, \qquad
        H_Q = \frac{h\nu_Q}2[I_z^2-\frac{I(I+1)}3+\frac\eta6(I_+^2+I_-^2)]

    `gyromagnetic_ratio` is γ [rad/s/T], `frequency` is ν_Q [Hz], the distance of neighbouring lines
    in a high field along the main axis, `asymmetry` is η in [0, 1]. Where strain differs from
    nucleus to nucleus, ν_Q√(1+η²/3) is its root mean square. Adds to other local fields in squares:
    B_L² = B_SS² + B_Q². Broadcasts. InvalidInputError for I = 1/2. Derivation: docs, derivations,
    local fields.

    75As at 10 kHz, in tesla:

    >>> round(quadrupole_local_field(1.5, 4.596163e7, 1e4), 6)
    0.000611
    """
    gamma, frequency, asymmetry = broadcast(
        gyromagnetic_ratio=nonzero("gyromagnetic_ratio", gyromagnetic_ratio),
        frequency=finite("frequency", frequency),
        asymmetry=within("asymmetry", asymmetry, 0, 1),
    )
    factor = quadrupole_factor(spin) * 2 * pi
    return as_given(factor * np.abs(frequency / gamma) * np.sqrt(1 + asymmetry**2 / 3))


def quadrupole_frequency(
    spin: float, quadrupole_moment: ArrayLike, field_gradient: ArrayLike
) -> Any:
    r"""ν_Q of a nucleus in an electric field gradient [Hz].

    .. math:: \nu_Q = \frac{3eQV_{zz}}{2I(2I-1)h}

    `quadrupole_moment` is Q [m²] (1 barn = 1e-28 m²), `field_gradient` is V_zz [V/m²] at the
    nucleus, with what the electron shells add (Sternheimer). The sign is that of Q V_zz.
    Broadcasts. InvalidInputError for I = 1/2.
    """
    spin = _check_quadrupolar(spin)
    moment, gradient = broadcast(
        quadrupole_moment=finite("quadrupole_moment", quadrupole_moment),
        field_gradient=finite("field_gradient", field_gradient),
    )
    return as_given(
        3 * ELEMENTARY_CHARGE * moment * gradient / (2 * spin * (2 * spin - 1) * 2 * pi * HBAR)
    )


def _check_quadrupolar(spin: float) -> float:
    spin = half_integer("spin", spin)
    if spin == 0.5:
        raise InvalidInputError(
            "1/2 has no quadrupole interaction",
            parameter="spin",
            remedy="give a quadrupole frequency to I > 1/2 only",
        )
    return spin
