"""Extrema of |β| of an engine, which has no derivatives: sampled branches, then a fit.

The states at a grid of fields are linked to branches, with fields put between where a branch moves
fast or ends. An extremum counts where |β| comes down from it on both sides by more than the error
of the engine. A polynomial through ln|β| about it gives its place.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Progress
from coldspin.cooling.pumped_site import PumpedSite, stationary_states
from coldspin.cooling.stationary_points import StationaryPoint, field_axis, smallest_scale

_PER_DECADE = 16
_FAR = 0.5  # change of asinh(2b) or of ln|β| on one branch that calls for a field between
_ROUNDS = 6
_CHUNK = 16  # fields between two words of progress
_NODES = 13
_FLOOR = 1e-5  # least error of an engine, relative: 2e-6 of each of Φ and T1e, and of the state


class _State(NamedTuple):
    """β [1/J], u = ⟨Ω_N⟩T2e* and asinh(2b) of a stable state."""

    beta: float
    overhauser: float
    turn: float

    def distance(self, other: "_State") -> float:
        """How far two states are apart."""
        largest = max(abs(self.beta), abs(other.beta))
        change = abs(self.beta - other.beta) / largest if largest else 0.0
        return abs(self.turn - other.turn) + change


Chain = list[tuple[float, _State]]


def find_sampled_extrema(
    pumped: PumpedSite, low: float, high: float, progress: Progress | None
) -> list[StationaryPoint]:
    """Every extremum of |β| on a stable branch in low < B < high [T], to the tolerance of the method."""
    noise = _error(pumped)
    result = []
    for chain in _chains(pumped, low, high, progress):
        for place, maximum in prominent(np.array([state.beta for _, state in chain]), noise):
            point = _refine(pumped, chain, place, maximum=maximum)
            if low < point.field < high:
                result.append(point)
    return sorted(result)


def _error(pumped: PumpedSite) -> float:
    """Relative error of β that is not smooth in the field.

    Common random numbers make the error of samples smooth.
    """
    method = pumped.evaluate.method
    tolerance = 0.0 if method.sampled else method.tolerance
    return max(_FLOOR, tolerance)


def _grid(pumped: PumpedSite, low: float, high: float) -> Array:
    """Fields [T], closer where the Knight field of one electron compensates the external one."""
    site = pumped.site
    axis = field_axis(pumped, smallest_scale(pumped), low, high, _PER_DECADE)
    width = min(0.9, 4 * np.sqrt(site.effective_nuclei) / site.k)
    near = site.knight_resonance * (1 + width * np.linspace(-1, 1, 41))
    axis = np.unique(np.concatenate([axis, near, -near]))
    result: Array = axis[(low <= axis) & (axis <= high)]
    return result


def _states(pumped: PumpedSite, fields: Array) -> dict[float, list[_State]]:
    """Stable states by field."""
    here = pumped.at_fields(fields)
    states = stationary_states(here)
    index, value = states.field[states.stable], states.value[states.stable]
    b, omega = here.precession(value, index)
    beta = here.inverse_temperature(here.evaluate.quietly(b, omega), index)
    result: dict[float, list[_State]] = {float(field): [] for field in fields}
    for i, *state in zip(index, beta, value, np.arcsinh(2 * b), strict=True):
        if np.isfinite(state[0]):
            result[float(fields[i])].append(_State(*map(float, state)))
    return result


def _links(left: list[_State], right: list[_State]) -> list[tuple[int, int]]:
    """Pairs of states at two fields that are each the nearest of the other."""
    if not left or not right:
        return []
    apart = np.array([[one.distance(other) for other in right] for one in left])
    forward, back = apart.argmin(axis=1), apart.argmin(axis=0)
    return [(i, int(j)) for i, j in enumerate(forward) if back[j] == i]


def _chains(pumped: PumpedSite, low: float, high: float, progress: Progress | None) -> list[Chain]:
    """The branches as rows of fields and states."""
    grid = _grid(pumped, low, high)
    known: dict[float, list[_State]] = {}
    for start in range(0, grid.size, _CHUNK):
        known |= _states(pumped, grid[start : start + _CHUNK])
        if progress:
            progress(min(1.0, (start + _CHUNK) / grid.size))
    for _ in range(_ROUNDS):
        fields = sorted(known)
        between = []
        for a, b in pairwise(fields):
            links = _links(known[a], known[b])
            far = any(known[a][i].distance(known[b][j]) > _FAR for i, j in links)
            if far or len(links) < max(len(known[a]), len(known[b])):
                between.append((a + b) / 2)
        if not between:
            break
        known |= _states(pumped, np.array(between))
    chains: list[Chain] = []
    ends: dict[int, Chain] = {}
    before: list[_State] = []
    for at in sorted(known):
        origin = {j: ends[i] for i, j in _links(before, known[at])}
        before, ends = known[at], {}
        for j, state in enumerate(before):
            if j not in origin:
                origin[j] = []
                chains.append(origin[j])
            origin[j].append((at, state))
            ends[j] = origin[j]
    return chains


def prominent(values: Array, noise: float) -> list[tuple[int, bool]]:
    """Places of interior extrema of |values| that stand out by more than the relative `noise`.

    True with each that is a maximum. They alternate. Where values change their sign there is no
    minimum.
    """
    logarithm = np.log(np.maximum(np.abs(values), 1e-300))
    result: list[tuple[int, bool]] = []
    top = bottom = 0  # highest and lowest point since the last extremum
    rising: bool | None = None
    for i, value in enumerate(logarithm):
        top = i if value > logarithm[top] else top
        bottom = i if value < logarithm[bottom] else bottom
        if rising is not False and value < logarithm[top] - noise:
            if rising or top > 0:
                result.append((top, True))
            rising, bottom = False, i
        elif rising is not True and value > logarithm[bottom] + noise:
            if rising is False or bottom > 0:
                result.append((bottom, False))
            rising, top = True, i
    signs = np.sign(values)
    return [
        (place, maximum)
        for place, maximum in result
        if maximum or len(set(signs[place - 1 : place + 2])) == 1
    ]


def _refine(pumped: PumpedSite, chain: Chain, place: int, *, maximum: bool) -> StationaryPoint:
    """Where the polynomial through ln|β| turns, about the extreme point of a chain, laid twice."""
    fields = np.array([field for field, _ in chain])
    turns = np.array([state.turn for _, state in chain])
    low, high = fields[place - 1], fields[place + 1]
    sign = 1.0 if maximum else -1.0
    nodes = chebyshev.chebpts1(_NODES)
    best = fields[place]
    for _ in range(2):
        points = (low + high) / 2 + (high - low) / 2 * nodes
        states = _nearest(pumped, points, np.interp(points, fields, turns))
        with np.errstate(divide="ignore"):
            height = sign * np.log(np.abs([state.beta for state in states]))
        series = chebyshev.chebfit(nodes, height, _NODES - 4)
        roots = chebyshev.chebroots(chebyshev.chebder(series))
        inside = roots.real[(np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) <= 1)]
        if not inside.size:
            break
        best = (low + high) / 2 + (high - low) / 2 * inside[
            np.argmax(chebyshev.chebval(inside, series))
        ]
        half = (high - low) / 6
        low, high = max(low, best - half), min(high, best + half)
    state = _nearest(pumped, np.array([best]), np.interp([best], fields, turns))[0]
    return StationaryPoint(float(best), state.overhauser, maximum)


def _nearest(pumped: PumpedSite, fields: Array, turns: Array) -> list[_State]:
    """The stable state nearest to the branch at each field."""
    known = _states(pumped, fields)
    return [
        min(
            known[float(field)],
            key=lambda state: abs(state.turn - turn),
            default=_State(np.nan, np.nan, np.nan),
        )
        for field, turn in zip(fields, turns, strict=True)
    ]
