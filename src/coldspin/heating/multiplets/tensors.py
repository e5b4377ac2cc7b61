"""Matrix elements of a rank-2 tensor between nuclear states |J m⟩, with the reduced element left out."""

from math import sqrt

from numba import njit


@njit(cache=True, inline="always")
def matrix_element(J: float, m: float, step: int, q: int) -> float:
    """⟨J' m+q|T_q|J m⟩/⟨J'‖T‖J⟩ = ⟨J m; 2 q|J' m+q⟩/√(2J'+1) with J' = J + `step`, step 0, 1 or 2.

    0 when either state does not exist. Clebsch-Gordan coefficients in closed form.
    """
    if abs(m) > J or abs(m + q) > J + step:
        return 0.0
    if q < 0:  # ⟨J −m; 2 −q|J' −m−q⟩ = (−1)^{J+2−J'} ⟨J m; 2 q|J' m+q⟩
        mirrored = _raising(J, -m, step, -q)
        return -mirrored if step == 1 else mirrored
    return _raising(J, m, step, q)


@njit(cache=True)
def _raising(J: float, m: float, step: int, q: int) -> float:
    if step == 0:
        return _same(J, m, q) * sqrt(6 / ((2 * J - 1) * J * (J + 1) * (2 * J + 3) * (2 * J + 1)))
    if step == 1:
        return _one_up(J, m, q) / sqrt(2 * J * (J + 1) * (J + 2) * (2 * J + 1) * (2 * J + 3))
    return _two_up(J, m, q) / sqrt(
        (2 * J + 1) * (2 * J + 2) * (2 * J + 3) * (2 * J + 4) * (2 * J + 5)
    )


@njit(cache=True)
def _same(J: float, m: float, q: int) -> float:
    if q == 0:
        return (3 * m * m - J * (J + 1)) / sqrt(6.0)
    if q == 1:
        return -0.5 * (2 * m + 1) * sqrt((J - m) * (J + m + 1))
    return 0.5 * sqrt((J - m) * (J - m - 1) * (J + m + 1) * (J + m + 2))


@njit(cache=True)
def _one_up(J: float, m: float, q: int) -> float:
    if q == 0:
        return sqrt(6 * (J + 1 - m) * (J + 1 + m)) * m
    if q == 1:
        return (2 * m - J) * sqrt((J + m + 2) * (J + m + 1))
    return -sqrt((J + m + 1) * (J + m + 2) * (J + m + 3) * (J - m))


@njit(cache=True)
def _two_up(J: float, m: float, q: int) -> float:
    if q == 0:
        return sqrt(6 * (J - m + 2) * (J - m + 1) * (J + m + 2) * (J + m + 1))
    if q == 1:
        return sqrt(4 * (J - m + 1) * (J + m + 3) * (J + m + 2) * (J + m + 1))
    return sqrt((J + m + 4) * (J + m + 3) * (J + m + 2) * (J + m + 1))
