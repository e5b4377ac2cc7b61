"""Slow heating of nuclei that turn about the field and about Ω_N at once: the compiled two-dimensional average.

With r = Ω_N s, q and M the smaller over the larger and the larger of b and r, the frequency Ω_e s =
M(1+qt) runs from |b−r| to b+r while t runs from −1 to 1, and 1 ± cosθ = (1±t)[1 ∓ q(1∓t)/2]. In t
every term is a polynomial of degree nine over a quadratic: its integral is elementary, so
resonances of any width cost nothing. What is left is one integral over r, adaptive between the
radii at which a pole passes the ends of −1…1.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from coldspin.arguments import Array

# Components m about the field and m' about Ω_N, one of each pair (m, m'), (−m, −m').
_FIELD = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
_BODY = np.array([1, 2, -2, -1, 0, 1, 2, -2, -1, 0, 1, 2])

_FEW, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(4)
_MANY, _MANY_WEIGHTS = np.polynomial.legendre.leggauss(16)
_FAR = 6.25  # |pole|² in t beyond which 16 nodes reach 1e-15

_NODES, _KRONROD = (
    np.array([0.0, 0.207784955007898467600689403773245, 0.405845151377397166906606412076961,
              0.586087235467691130294144838258730, 0.741531185599394439863864773280788,
              0.864864423359769072789712788640926, 0.949107912342758524526189684047851,
              0.991455371120812639206854697526329]),
    np.array([0.209482141084727828012999174891714, 0.204432940075298892414161999234649,
              0.190350578064785409913256402421014, 0.169004726639267902826583426598550,
              0.140653259715525918745189590510238, 0.104790010322250183839876322541518,
              0.063092092629978553290700663189204, 0.022935322010529224963732008058970]),
)  # fmt: skip
_GAUSS = np.array([0.417959183673469387755102040816327, 0.0, 0.381830050505118944950369775488975, 0.0,
                   0.279705391489276667901467771423780, 0.0, 0.129484966168869693270611432679082, 0.0])  # fmt: skip

_OUTER_RADIUS = 6.5  # the Gaussian leaves 2e-36 beyond
_SCALES = (0.3, 0.7, 1.1, 1.6, 2.3, 3.5)
_MOST_INTERVALS = 2000


@njit(cache=True, nogil=True, error_model="numpy")
def _squared_rotation(m: int, body: int, plus: Any, minus: Any) -> Any:
    """[d²_{m'm}(θ)]² of plus = cos²(θ/2) and minus = sin²(θ/2), real or complex; m ≥ 0."""
    if body < 0:
        plus, minus, body = minus, plus, -body
    high, low = max(m, body), min(m, body)
    if high == 2:
        if low == 2:
            return (plus * plus) * (plus * plus)
        if low == 1:
            return 4 * plus * plus * plus * minus
        return 6 * (plus * minus) * (plus * minus)
    cosine = plus - minus
    if low == 1:
        root = plus * (2 * cosine - 1)
        return root * root
    return 6 * plus * minus * cosine * cosine


@njit(cache=True, nogil=True, error_model="numpy")
def _numerator(m: int, body: int, q: float, t: Any) -> Any:
    """(1+qt) [d²_{m'm}(θ)]², the density of cosθ in t included; real or complex t."""
    plus = 0.5 * (1 + t) * (1 - 0.5 * q * (1 - t))
    minus = 0.5 * (1 - t) * (1 + 0.5 * q * (1 + t))
    return (1 + q * t) * _squared_rotation(m, body, plus, minus)


@njit(cache=True, nogil=True, error_model="numpy")
def _tabulate(q: float, few: Array, many: Array) -> None:
    for i in range(_FIELD.size):
        for j in range(_FEW.size):
            few[i, j] = _numerator(_FIELD[i], _BODY[i], q, _FEW[j])
        for j in range(_MANY.size):
            many[i, j] = _numerator(_FIELD[i], _BODY[i], q, _MANY[j]) * _MANY_WEIGHTS[j]


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _far_pole(weighted: Array, q: float, knight: float, zeeman: float) -> float:
    total = 0.0
    for j in range(_MANY.size):
        frequency = 1 + q * _MANY[j]
        phase = knight + zeeman * frequency
        total += weighted[j] / (frequency * frequency + phase * phase)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _near_pole(m: int, body: int, values: Array, q: float, centre: float, width: float) -> float:
    """Exact integral of the numerator over (t − centre)² + width²: four nodes take what division by it leaves."""
    residue = _numerator(m, body, q, complex(centre, width))
    slope = residue.imag / width
    square = width * width
    total: float = 0.0
    for j in range(_FEW.size):
        distance = _FEW[j] - centre
        total += (
            _FEW_WEIGHTS[j]
            * (values[j] - residue.real - slope * distance)
            / (distance * distance + square)
        )
    ahead, behind = 1 - centre, 1 + centre
    total += 0.5 * slope * math.log((ahead * ahead + square) / (behind * behind + square))
    arc: float = residue.real / width * math.atan2(2 * width, square - ahead * behind)
    return total + arc


@njit(cache=True, nogil=True, error_model="numpy")
def direction_average(r: float, b: float, half_x: float, phase: float) -> float:
    """Slow part of Φ at one |Ω_N| = r/s, averaged over its direction; b ≥ 0, half_x = ω_eτ_c, phase = |ω_B|τ_c."""
    larger = max(b, r)
    q = min(b, r) / larger
    few, many = np.empty((_FIELD.size, _FEW.size)), np.empty((_FIELD.size, _MANY.size))
    _tabulate(q, few, many)
    total = 0.0
    for i in range(_FIELD.size):
        m, body = _FIELD[i], _BODY[i]
        torque = m * (b / larger) + body * (r / larger)
        knight = half_x * torque
        for zeeman in (m * phase, -m * phase):
            scale = 1 + zeeman * zeeman
            ahead = -knight * zeeman / scale - 1
            width = abs(knight) / scale
            if ahead * ahead + width * width > _FAR * q * q:
                term = _far_pole(many[i], q, knight, zeeman)
            elif width > 0:
                term = _near_pole(m, body, few[i], q, ahead / q, width / q) / (scale * q * q)
            else:
                term = 0.0
            total += torque * torque * term
    return total / 40


@njit(cache=True, nogil=True, error_model="numpy")
def _kronrod(low: float, high: float, b: float, half_x: float, phase: float) -> tuple[float, float]:
    """Integral over low…high with the density of r, and its distance from the nested Gauss rule."""
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    fine = coarse = 0.0
    for j in range(_NODES.size):
        both = 0.0
        for r in (centre - half * _NODES[j], centre + half * _NODES[j]):
            both += r * r * math.exp(-2 * r * r) * direction_average(r, b, half_x, phase)
        if j == 0:
            both *= 0.5
        fine += _KRONROD[j] * both
        coarse += _GAUSS[j] * both
    norm = 8 * math.sqrt(2 / math.pi) * half
    return norm * fine, norm * abs(fine - coarse)


@njit(cache=True, nogil=True, error_model="numpy")
def _ladder(found: list[float], centre: float, first: float, last: float) -> None:
    """Radii on both sides of a narrow feature, from its width `first` on, each eight times as far as the one before."""
    found.append(centre)
    distance = max(first, 2e-5 * last)
    while distance < last:
        found.extend((centre - distance, centre + distance))
        distance *= 8


@njit(cache=True, nogil=True, error_model="numpy")
def _torque_free_radii(found: list[float], b: float, half_x: float, phase: float) -> None:
    """Radii 0, b/2, b, 2b where Ω_B m + Ω_N m' = 0: a dip for large x; at r = b also Ω_e = 0: a dip for small x."""
    width = math.sqrt(1 + phase * phase) / half_x
    if 2 * b / half_x > 2e-5:
        _ladder(found, 0.0, 2 * b / half_x, _SCALES[0])
    _ladder(found, 0.5 * b, 2 * b * width, 0.4 * b)
    _ladder(found, b, 2 * b * min(width, 1 / width), 0.4 * b)
    _ladder(found, 2 * b, 2 * b * width, 0.4 * b)


@njit(cache=True, nogil=True, error_model="numpy")
def _resonant_radii(found: list[float], b: float, half_x: float, phase: float) -> None:
    """Radii where the resonance (κm' + Θ_±m)τ_c = 0 enters or leaves the range |b−r|…b+r of Ω_e s."""
    for i in range(_FIELD.size):
        m, body = _FIELD[i], _BODY[i]
        if m * phase < 0.3:
            continue
        pole = half_x * m * phase / (1 + (m * phase) ** 2)
        for end in (-1.0, 1.0):
            for side in (-1.0, 1.0):
                slope = pole * body - side
                if slope != 0:
                    found.append(b * (end - pole * m) / slope)


@njit(cache=True, nogil=True, error_model="numpy")
def _edges(b: float, half_x: float, phase: float) -> list[float]:
    """Sorted radii between which the integrand over r is smooth."""
    found = [0.0, _OUTER_RADIUS]
    found.extend(_SCALES)
    _torque_free_radii(found, b, half_x, phase)
    _resonant_radii(found, b, half_x, phase)
    inside = [r for r in found if 0 <= r <= _OUTER_RADIUS]
    inside.sort()
    kept = [inside[0]]
    for r in inside:
        if r - kept[-1] > 1e-12:
            kept.append(r)
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def slow_heating_average(
    b: float, half_x: float, phase: float, known: float, tolerance: float
) -> tuple[float, float, int]:
    """Slow part of Φ, its error estimate, and the number of intervals, to tolerance·(known + slow part)."""
    b, phase = abs(b), abs(phase)
    edges = _edges(b, half_x, phase)
    count = len(edges) - 1
    low, high = np.empty(_MOST_INTERVALS), np.empty(_MOST_INTERVALS)
    part, error = np.zeros(_MOST_INTERVALS), np.zeros(_MOST_INTERVALS)
    for i in range(count):
        low[i], high[i] = edges[i], edges[i + 1]
        part[i], error[i] = _kronrod(low[i], high[i], b, half_x, phase)
    while count < _MOST_INTERVALS:
        if error[:count].sum() <= tolerance * (known + part[:count].sum()):
            break
        worst = int(np.argmax(error[:count]))
        middle = 0.5 * (low[worst] + high[worst])
        low[count], high[count], high[worst] = middle, high[worst], middle
        for i in (worst, count):
            part[i], error[i] = _kronrod(low[i], high[i], b, half_x, phase)
        count += 1
    return part[:count].sum(), error[:count].sum(), count


@njit(cache=True, nogil=True, error_model="numpy")
def slow_heating_averages(
    b: Array, half_x: Array, phase: Array, known: Array, tolerance: float
) -> tuple[Array, Array]:
    """Slow parts of Φ and their error estimates along one-dimensional arrays."""
    value, error = np.empty(b.size), np.empty(b.size)
    for i in range(b.size):
        value[i], error[i], _ = slow_heating_average(b[i], half_x[i], phase[i], known[i], tolerance)
    return value, error
