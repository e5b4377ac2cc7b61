r"""β in the course of an experiment: field steps, stages at a constant field, sweeps.

At a constant field, with light or without,

.. math:: \dot\beta = (\beta_\infty - \beta)\,R

with the rate R = 1/T_E + 1/T_L (13) and the β∞ (6) that the electron sustains; in the dark β∞ = 0.
Both depend on β where the electron precesses in the mean Overhauser field, and are constants where
that is neglected.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, positive
from coldspin.exceptions import InvalidInputError
from coldspin.thermodynamics.spin_temperature import heat_capacity_square
from coldspin.thermodynamics.time_of_flight import way_after

Flow = Callable[[Array], tuple[Array, Array]]
"""β∞ [1/J] and R [1/s] of nuclei that have come to β [1/J]."""

Rate = Callable[[Array, Array], Array]
"""R [1/s] in the dark at fields [T] and at β [1/J]."""

_LARGEST_STEP = 0.25  # in asinh(B/scale), along a sweep
_PANELS = 256


def adiabatic(
    inverse_spin_temperature: ArrayLike, before: ArrayLike, after: ArrayLike, local_field: ArrayLike
) -> Any:
    r"""β after a slow change of the field, which conserves the entropy.

    .. math:: \beta_f = \beta_i\sqrt{\frac{B_i^2+B_L^2}{B_f^2+B_L^2}}

    S = const − ½β² Σ_k N_k(ħγ_k/2)²(B²+B_L²) for small βħγ_kB, whatever isotopes share the one β.
    Only B² counts: a field that goes through 0 or turns takes the magnetization ∝ βB with it. Slow
    is slower than T2N, and faster than any relaxation. β [1/J], fields before and after [T].
    """
    start = heat_capacity_square(finite("before", before) ** 2, local_field)
    end = heat_capacity_square(finite("after", after) ** 2, local_field)
    return as_given(inverse_spin_temperature * np.sqrt(start / end))


def sudden(
    inverse_spin_temperature: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    local_field: float,
    *,
    cosine: ArrayLike = 1.0,
) -> Any:
    r"""β after a sudden change of the field, when the nuclei have come to one spin temperature again.

    .. math:: \beta_f = \beta_i\,\frac{\mathbf B_i\cdot\mathbf B_f+B_L^2}{B_f^2+B_L^2}

    The state stays, ρ ∝ 1 − β_iH_i; its energy in the new field, −β_i Tr H_iH_f, is then kept. For
    all isotopes together. β [1/J], fields [T] signed along their axes, `cosine` of the angle
    between the axes.
    """
    b, new = finite("before", before), finite("after", after)
    overlap = b * new * finite("cosine", cosine)
    return thermalize(inverse_spin_temperature, overlap, new**2, local_field)


def thermalize(
    inverse_spin_temperature: ArrayLike, overlap: ArrayLike, squared: ArrayLike, local_field: float
) -> Any:
    r"""β after a sudden change of the field, where isotopes see different fields.

    .. math:: \beta_f = \beta_i\,\frac{\sum_kc_k\mathbf B_{k,i}\cdot\mathbf B_{k,f}+B_L^2}
              {\sum_kc_kB_{k,f}^2+B_L^2}

    `overlap` and `squared` are the two sums [T²] over isotopes that see different fields, with
    their shares c_k ∝ N_kγ_k² in the heat capacity.
    """
    beta = finite("inverse_spin_temperature", inverse_spin_temperature)
    start = heat_capacity_square(finite("overlap", overlap), local_field)
    return as_given(beta * start / heat_capacity_square(finite("squared", squared), local_field))


def relax_to(start: ArrayLike, goal: ArrayLike, rate: ArrayLike, time: ArrayLike) -> Any:
    """β after `time` [s] at constant β∞ = `goal` and R = `rate` [1/s]: the exact exponential."""
    phase = -finite("rate", rate) * finite("time", time)
    return as_given(finite("start", start) * np.exp(phase) - finite("goal", goal) * np.expm1(phase))


def follow(
    start: float, goal: float, flow: Flow, time: ArrayLike, *, tolerance: float = 1e-12
) -> Array:
    r"""β at each `time` [s] from `start` to the stable state `goal`, for β∞ and R that depend on β.

    With y = ln[(goal−β)/(goal−start)] the time that has passed is the integral

    .. math:: t = \int_y^0\frac{dy'}{K},\qquad K = R\,\frac{\beta_\infty-\beta}{\text{goal}-\beta}

    of a function as smooth as R. It is summed as Chebyshev series and inverted. `tolerance` is the
    relative error of `flow`, and so of the result: of the larger of |start| and |goal|, and of β
    itself in the dark.
    """
    times = np.atleast_1d(finite("time", time))
    distance = goal - start
    if distance == 0:
        return np.full(times.shape, start)
    near = (
        tolerance**0.5
    )  # of the goal; from here K is constant, and what the difference β∞ − β leaves is all right

    def pace(way: Array) -> tuple[Array, Array]:
        away = distance * np.exp(-way)
        toward, rate = flow(goal - away)
        if goal == 0:
            return 1 / rate, np.full(way.shape, tolerance)
        excess = toward - (goal - away)
        return away / (rate * excess), np.minimum(1.0, tolerance * (1 + np.abs(goal / away)))

    end = max(0.0, -float(np.log(near * abs(goal / distance)))) if goal else np.inf
    way = way_after(times, pace, end=end)
    result: Array = start * np.exp(-way) - goal * np.expm1(-way)
    return result


def sweep_speed(
    path: tuple[float, float, float], local_field: float, spin_spin_time: float
) -> float:
    r"""Largest T2N dθ/dt of an even sweep, tanθ = B/B_L: the nuclei follow it below 1.

    .. math:: T_{2,N}\,\dot\theta = \frac{T_{2,N}\,|\dot B|\,B_L}{B^2+B_L^2}

    θ is the angle between (B, B_L) and (0, B_L); with it turn the shares of the Zeeman and the
    spin-spin reservoir in the energy of nuclei at one spin temperature. Spin-spin interaction makes
    one temperature of two in T2N. `path` = (B_i, B_f [T], duration [s]); B_L [T]; T2N [s].
    """
    first, last, duration = path
    closest = 0.0 if first * last <= 0 else min(abs(first), abs(last))
    return (
        spin_spin_time * abs(last - first) / duration * local_field / (closest**2 + local_field**2)
    )


def sudden_part(
    path: tuple[float, float, float], local_field: float, spin_spin_time: float
) -> tuple[float, float]:
    """Fields [T] between which an even sweep is sudden, T2N dθ/dt > 1; equal if nowhere."""
    first, last, duration = path
    pace = spin_spin_time * abs(last - first) / duration
    half_width = float(np.sqrt(local_field * max(pace - local_field, 0.0)))
    low, high = min(first, last), max(first, last)
    if half_width == 0 or low >= half_width or high <= -half_width:
        return last, last
    enter, leave = max(low, -half_width), min(high, half_width)
    return (enter, leave) if first < last else (leave, enter)


def sweep(
    start: ArrayLike,
    path: tuple[float, float, float],
    time: ArrayLike,
    local_field: float,
    rate: Rate,
    *,
    spin_spin_time: float = 0.0,
    tolerance: float = 1e-11,
) -> Array:
    r"""β at each `time` of an even sweep along `path` = (B_i, B_f [T], duration [s]) in the dark.

    Where the field changes slowly against T2N (`spin_spin_time`), β√(B²+B_L²), which a slow change
    alone would keep, decays by the rate R(B, β) of the dark. Where T2N dθ/dt > 1
    (:func:`sweep_speed`), at |B| ≲ B_L√(T2N|Ḃ|/B_L), the change is :func:`sudden`: the nuclei keep
    their magnetization and their spin-spin energy, and β is that to which they would come if the
    field stopped there. They are there for less than 2T2N, and do not relax in that time. Slow
    sweeps are adiabatic to the last digit, the fastest ones sudden throughout.

    Solved in asinh(B/B_L), so that no sweep is too wide to see what happens at B ~ B_L. Several β
    at the `start` come first in the shape of the result, times last. `tolerance` is the relative
    error of `rate`, and so of β.
    """
    first, last, duration = path
    if first == last:
        raise InvalidInputError(f"a sweep needs two different fields, not {first:g} T twice")
    times, local = finite("time", time), _local(local_field)
    field = first + (last - first) * times / duration
    beta = np.atleast_1d(finite("start", start))
    slowness = duration / (last - first)
    enter, leave = sudden_part(path, local, spin_spin_time)

    def sweep_slowly(beta: Array, begin: float, end: float, field: Array) -> tuple[Array, Array]:
        return _sweep_slowly(beta, (begin, end, slowness), field, local, rate, tolerance)

    if enter == leave:
        result = sweep_slowly(beta, first, last, field)[0]
    else:
        before = (field - enter) * slowness <= 0
        after = (field - leave) * slowness > 0
        within = ~before & ~after
        result = np.empty((beta.size, *times.shape))
        result[:, before], entered = sweep_slowly(beta, first, enter, field[before])
        result[:, within] = sudden(entered[:, None], enter, field[within], local)
        left = np.asarray(sudden(entered, enter, leave, local))
        result[:, after] = sweep_slowly(left, leave, last, field[after])[0]
    return result.reshape(np.shape(start) + times.shape)


def _sweep_slowly(
    beta: Array,
    path: tuple[float, float, float],
    field: Array,
    local: float,
    rate: Rate,
    tolerance: float,
) -> tuple[Array, Array]:
    """β at each `field` of a slow sweep along `path` = (B_i, B_f [T], dt/dB [s/T]), and at its end."""
    from scipy.integrate import solve_ivp  # loads slowly: only for a sweep

    first, last, slowness = path
    if first == last:
        return np.repeat(beta[:, None], field.size, axis=1), beta
    ends = np.arcsinh(np.array([first, last]) / local)

    def slope(place: float, y: Array) -> Array:
        here = np.full(beta.size, local * np.sinh(place))
        pace: Array = slowness * np.hypot(here, local)
        return -rate(here, adiabatic(beta, first, here, local) * np.exp(y)) * pace

    fine = {"rtol": tolerance, "atol": tolerance, "max_step": _LARGEST_STEP}
    way = solve_ivp(slope, tuple(ends), np.zeros(beta.size), "DOP853", dense_output=True, **fine)
    reached = np.append(field, last)
    decay = way.sol(np.clip(np.arcsinh(reached / local), ends.min(), ends.max()))
    course: Array = adiabatic(beta[:, None], first, reached, local) * np.exp(decay)
    return course[:, :-1], course[:, -1]


def approach_time(
    goal: Array, flow: Callable[..., tuple[Array, Array]], share: float, *, tolerance: float = 1e-10
) -> Array:
    r"""Time [s] in which nuclei come from rest to `share` of each β `goal`, :math:`\int dy/K`.

    For constant R it is −ln(1−share)/R. Gauss's rule on more and more panels, until they agree to
    `tolerance`.
    """
    x, weight = np.polynomial.legendre.leggauss(20)
    result = np.full(goal.shape, np.nan)
    left, panels = np.arange(goal.size), 1
    while left.size:
        width = -np.log1p(-share) / panels
        y = -(np.arange(panels)[:, None] + (1 + x) / 2).ravel() * width
        index = np.repeat(left, y.size)
        beta = -goal[index] * np.expm1(np.tile(y, left.size))
        toward, rate = flow(beta, index)
        still = goal[index] == 0
        distance = np.where(still, 1.0, goal[index] - beta)
        pace = np.where(still, rate, rate * (toward - beta) / distance).reshape(left.size, -1)
        times = (1 / pace) @ np.tile(weight, panels) * width / 2
        done = (np.abs(times - result[left]) <= tolerance * np.abs(times)) | (panels >= _PANELS)
        result[left] = times
        left, panels = left[~done], 2 * panels
    return result


def _local(local_field: float) -> float:
    return float(positive("local_field", local_field))
