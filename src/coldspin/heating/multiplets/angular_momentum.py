"""Coefficients of angular momentum: matrix elements of rank-2 tensors, and recouplings.

The recouplings are squared coefficients of a tensor operator on one part of a pair of angular
momenta. Their 6j symbols are summed by Racah's formula with the tensor's rank κ ≤ 2 as one of the arguments,
so that no sum has more than five terms. Factorials of large arguments only meet as ratios, products
of a few consecutive numbers: no logarithms, hence no loss of digits at J = 10⁵.
"""

from math import sqrt

from numba import njit


@njit(cache=True)
def _rising(first: float, count: int, scale: float) -> float:
    """Π_{i<count} (first + i)/scale."""
    product = 1.0
    for i in range(count):
        product *= (first + i) / scale
    return product


@njit(cache=True)
def _factorial(n: float) -> float:
    product = 1.0
    for i in range(2, round(n) + 1):
        product *= i
    return product


@njit(cache=True)
def _triangle(a: float, b: float, c: float) -> bool:
    return abs(b - c) - 0.25 < a < b + c + 0.25


@njit(cache=True)
def six_j(a: float, b: float, rank: int, d: float, e: float, f: float) -> float:
    """The symbol {a b κ; d e f} without the sign (−1)^{a+b+d+e}; 0 where a triangle is violated.

    a and b are small (their factorials are formed), d, e, f are as large as they like.
    """
    if not (
        _triangle(a, b, rank)
        and _triangle(d, e, rank)
        and _triangle(a, e, f)
        and _triangle(d, b, f)
    ):
        return 0.0
    scale = e + f + 1.0
    total = 0.0
    start = round(max(0.0, a + d - rank - f, b + e - rank - f))
    for z in range(start, start + 2 * rank + 1):
        small = (
            a + b - rank - z,
            b + d - f - z,
            a + e - f - z,
            rank + f - a - d + z,
            rank + f - b - e + z,
        )
        if min(small) < -0.25:
            continue
        term = _rising(d + e - rank + 1 - z, round(a + b) + rank + 1, scale) / _factorial(z)
        for n in small:
            term /= _factorial(n)
        total += -term if z % 2 else term
    squares = (
        _factorial(a + b - rank)
        * _factorial(a - b + rank)
        * _factorial(b - a + rank)
        / _factorial(a + b + rank + 1)
    )
    squares *= (
        _factorial(a + e - f)
        * _factorial(a - e + f)
        / _rising(e + f - a + 1, round(2 * a) + 1, scale)
    )
    squares *= (
        _factorial(b + d - f)
        * _factorial(b - d + f)
        / _rising(d + f - b + 1, round(2 * b) + 1, scale)
    )
    squares *= (
        _factorial(d - e + rank)
        * _factorial(e - d + rank)
        / _rising(d + e - rank + 1, 2 * rank + 1, scale)
    )
    return total * sqrt(squares / scale)


@njit(cache=True)
def one_part(K: float, Kp: float, L: float, J: float, Jp: float) -> float:
    """|⟨(K'L)J'‖T²‖(KL)J⟩|² / |⟨K'‖T²‖K⟩|² = (2J+1)(2J'+1){K' J' L; J K 2}².

    The tensor acts on K only.
    """
    return (2 * J + 1) * (2 * Jp + 1) * six_j(K, Kp, 2, Jp, J, L) ** 2


@njit(cache=True)
def both_parts(K: float, Kp: float, L: float, Lp: float, J: float, Jp: float) -> float:
    """|⟨(K'L')J'‖[u⊗v]²‖(KL)J⟩|² / |⟨K'‖u‖K⟩⟨L'‖v‖L⟩|² for two vectors u and v.

    It is 5(2J+1)(2J'+1){K' K 1; L' L 1; J' J 2}².
    """
    # The 9j symbol as a sum over products of three 6j symbols; their signs alternate with x.
    total = 0.0
    sign = 1.0
    x = abs(K - 1)
    while x < K + 1.25:
        product = (
            six_j(Kp, x, 2, J, Jp, Lp) * six_j(K, x, 1, Lp, L, J) * six_j(1.0, 1.0, 2, x, Kp, K)
        )
        total += sign * (2 * x + 1) * product
        sign = -sign
        x += 1
    return 5 * (2 * J + 1) * (2 * Jp + 1) * total**2


@njit(cache=True, inline="always")
def matrix_element(J: float, m: float, step: int, q: int) -> float:
    """⟨J' m+q|T_q|J m⟩/⟨J'‖T‖J⟩ = ⟨J m; 2 q|J' m+q⟩/√(2J'+1) with J' = J + `step`, step 0, 1 or 2.

    T is a tensor of rank 2. 0 when either state does not exist. Clebsch-Gordan coefficients in
    closed form.
    """
    if abs(m) > J or abs(m + q) > J + step:
        return 0.0
    if q < 0:  # ⟨J −m; 2 −q|J' −m−q⟩ = (−1)^{J+2−J'} ⟨J m; 2 q|J' m+q⟩
        mirror = _raising(J, -m, step, -q)
        return -mirror if step == 1 else mirror
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
