r"""The curve of fields F for which B_N is parallel to the field that the nuclei see.

With y = B_N/B_t = Y tan ψ the curve is

.. math:: \cos\psi\,(\boldsymbol F-\boldsymbol B) - Y\sin\psi\,(\boldsymbol B+b\langle\boldsymbol S\rangle(F)) = 0,

three equations for F and ψ. It is followed from F = B, ψ = 0 to both sides by steps along its
tangent, each corrected by Newton's method across it, until |F − B| is more than nuclei can make. It
needs no single value of F for each y: with a Knight field several can belong to one.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.experiments.nuclear_feedback import Indices, Pair, ResponseTable

_FIRST = 0.02  # first step along the curve, in F over hypot(width, F) and in ψ
_LONGEST = 0.1
_SHORTEST = 1e-7
_LARGEST_TURN = 0.98  # cosine between the tangents of two points
_MOVES = 2  # corrections of a point
_ACCURACY = 1e-4  # the last of them at most
_EXACT_MOVES = 6
_MOST_STEPS = 5000
_FULL_TURN = 3.1  # of ψ: beyond it y repeats itself, on a path that does not leave F = B


class Curve(NamedTuple):
    """The equations of the curve for external fields B, in units of the width."""

    pair: Pair
    table: ResponseTable
    external: Array
    scale: Array

    def at(self, index: Indices) -> "Curve":
        """Those of some of the fields."""
        return self._replace(external=self.external[index], scale=self.scale[index])

    def field(self, z: Array) -> Array:
        """Return F [T]."""
        return z[..., :3] * self.pair.width

    def residual(self, z: Array) -> Array:
        """Left side of the equations at z = (F, ψ)."""
        spin, _ = self.pair.electron_spin(self.field(z))
        seen = self.pair.total_field(self.external, spin) / self.pair.width
        made = z[..., :3].copy()
        made[..., 2] -= self.external / self.pair.width
        return np.cos(z[..., 3:]) * made - (self.scale * np.sin(z[..., 3]))[..., None] * seen

    def jacobian(self, z: Array) -> Array:
        """Its derivatives by F and ψ."""
        width = self.pair.width
        knight = self.pair.knight
        spin, slopes = _spin_slopes(self.pair, self.table, self.field(z))
        seen = self.pair.total_field(self.external, spin) / width
        made = z[..., :3].copy()
        made[..., 2] -= self.external / width
        cosine = np.cos(z[..., 3])
        sine = self.scale * np.sin(z[..., 3])
        result = np.empty((len(z), 3, 4))
        result[..., :3] = cosine[:, None, None] * np.eye(3) - sine[:, None, None] * knight * slopes
        result[..., 3] = -np.sin(z[..., 3:]) * made - (self.scale * cosine)[:, None] * seen
        return result

    def excess(self, z: Array) -> Array:
        """(B_N sustained − B_N)/B_t, times cosψ: of one sign from ψ = 0 to the first state."""
        spin, response = self.pair.electron_spin(self.field(z))
        made = self.pair.polarizability(self.pair.total_field(self.external, spin), spin, response)
        result: Array = made / self.scale * np.cos(z[..., 3]) - np.sin(z[..., 3])
        return result


def _spin_slopes(pair: Pair, table: ResponseTable, field: Array) -> tuple[Array, Array]:
    """⟨S⟩ and ∂S_i/∂F_j [1/T], both from the table."""
    size = np.maximum(np.linalg.norm(field, axis=-1), 1e-4 * pair.width)
    n = field / size[:, None]
    light = pair.light
    response = table(size)
    slope = table.slopes(size)
    cosine = n @ light
    difference = response.longitudinal - response.across
    turned = n @ pair.curl
    along = n * cosine[:, None]
    spin = (
        along * difference[:, None]
        + light * response.across[:, None]
        + turned * response.turned[:, None]
    )
    by_size = (
        along * (slope[0] - slope[1])[:, None]
        + light * slope[1][:, None]
        + turned * slope[2][:, None]
    )
    sideways = (difference / size)[:, None, None], (response.turned / size)[:, None, None]
    radial = n[:, None, :]
    turning = (
        cosine[:, None, None] * np.eye(3) + n[:, :, None] * light - 2 * along[:, :, None] * radial
    )
    slopes = (
        by_size[:, :, None] * radial
        + turning * sideways[0]
        + (pair.curl.T - turned[:, :, None] * radial) * sideways[1]
    )
    return pair.spin * spin, pair.spin * slopes


def _metric(z: Array) -> Array:
    """Squares by which lengths along the curve are measured."""
    size = 1 + np.sum(z[:, :3] ** 2, axis=1)
    return np.stack([1 / size, 1 / size, 1 / size, np.ones_like(size)], axis=1)


def _correct(curve: Curve, z: Array, row: Array, moves: int) -> tuple[Array, Array, Array]:
    """Move z across `row` onto the curve; also the length of the last move, and where the curve goes on.

    One matrix serves all moves, and the direction: that of the equations and `row` at the first z.
    """
    inverse = np.linalg.inv(np.concatenate([curve.jacobian(z), row[:, None, :]], axis=1))
    metric = _metric(z)
    for _ in range(moves):
        change = np.matmul(inverse[..., :3], curve.residual(z)[..., None])[..., 0]
        z = z - change
    direction = inverse[..., 3] / np.sqrt(np.sum(inverse[..., 3] ** 2 * metric, axis=1))[:, None]
    return z, np.sqrt(np.sum(change**2 * metric, axis=1)), direction


def _follow(curve: Curve, direction: Array) -> list[tuple[Indices, Array]]:
    """Points of each curve in one direction: at each step, the curves that go on, and z."""
    z = np.zeros((len(direction), 4))
    z[:, 2] = curve.external / curve.pair.width
    t = np.zeros_like(z)
    t[:, 3] = direction
    t = _correct(curve, z, t, 1)[2]
    step = np.full(len(z), _FIRST)
    points = [(np.arange(len(z)), z.copy())]
    active = np.arange(len(z))
    for _ in range(_MOST_STEPS):
        old = z[active]
        heading = t[active]
        metric = _metric(z[active])
        start = old + step[active, None] * heading
        trial, last, ahead = _correct(curve.at(active), start, heading * metric, _MOVES)
        cosine = np.sum(ahead * heading * metric, axis=1) / np.sqrt(
            np.sum(ahead**2 * metric, axis=1)
        )
        good = (last < _ACCURACY) & (cosine > _LARGEST_TURN)
        moved = active[good]
        z[moved] = trial[good]
        t[moved] = ahead[good]
        step[active] = np.where(good, np.minimum(1.5 * step[active], _LONGEST), step[active] / 3)
        points.append((moved, trial[good]))
        active = active[_stay_within_reach(curve, z, active) & (step[active] > _SHORTEST)]
        if not active.size:
            break
    return points


def _stay_within_reach(curve: Curve, z: Array, active: Indices) -> NDArray[np.bool_]:
    """Whether curves are still within what the nuclei can make."""
    pair = curve.pair
    overhauser = curve.field(z[active])
    overhauser[:, 2] -= curve.external[active]
    end = max(1.05 * pair.reach, 1e-3 * pair.width)
    within: NDArray[np.bool_] = (np.linalg.norm(overhauser, axis=1) < end) & (
        np.abs(z[active, 3]) < _FULL_TURN
    )
    return within


@dataclass(frozen=True)
class CurvedPath:
    """The curves of all external fields, as points in rising order of u.

    u is the length along the curve from F = B.
    """

    exactly: Curve
    roughly: Curve
    length: Array
    point: Array
    first: Indices  # of each field's points, and where the last ends

    @property
    def grid(self) -> Array:
        """The points themselves; rows end with their last point repeated."""
        column = np.arange(np.max(np.diff(self.first)))
        grid: Array = self.length[
            np.minimum(self.first[:-1, None] + column, self.first[1:, None] - 1)
        ]
        return grid

    def scan(self, u: Array, index: Indices) -> Array:
        """R(u) by the table, on the chords."""
        result: Array = u + self.roughly.at(index).excess(self._chord(u, index)[0])
        return result

    def exact(self, u: Array, index: Indices) -> Array:
        """R(u) = u and the excess there."""
        result: Array = u + self.exactly.at(index).excess(self._on_curve(u, index))
        return result

    def electron_field(self, u: Array, index: Indices) -> Array:
        """Return F at u [T]."""
        return self.exactly.field(self._on_curve(u, index))

    def place(self, overhauser: Array, index: int) -> float:
        """Return u where B_N is nearest to a given one, on the chords."""
        mine = slice(self.first[index], self.first[index + 1])
        points = self.point[mine, :3]
        lengths = self.length[mine]
        target = overhauser / self.exactly.pair.width - points[:-1]
        target[:, 2] += self.exactly.external[index] / self.exactly.pair.width
        chords = np.diff(points, axis=0)
        square = np.maximum(np.sum(chords**2, axis=1), 1e-300)
        share = np.clip(np.sum(target * chords, axis=1) / square, 0, 1)
        nearest = int(np.argmin(np.sum((target - share[:, None] * chords) ** 2, axis=1)))
        return float(lengths[nearest] + share[nearest] * (lengths[nearest + 1] - lengths[nearest]))

    def _chord(self, u: Array, index: Indices) -> tuple[Array, Array]:
        """Points on the chords, and the chords."""
        span = 4 * (1 + np.max(np.abs(self.length)))
        rows = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        place = np.searchsorted(self.length / span + rows, u / span + index, side="right") - 1
        place = np.clip(place, self.first[index], self.first[index + 1] - 2)
        start = self.length[place]
        end = self.length[place + 1]
        chord = self.point[place + 1] - self.point[place]
        return self.point[place] + ((u - start) / (end - start))[:, None] * chord, chord

    def _on_curve(self, u: Array, index: Indices) -> Array:
        if not u.size:
            return np.empty((0, 4))
        z, chord = self._chord(u, index)
        metric = _metric(z)
        across = chord * metric / np.sqrt(np.sum(chord**2 * metric, axis=1))[:, None]
        return _correct(self.exactly.at(index), z, across, _EXACT_MOVES)[0]


def trace_path(pair: Pair, table: ResponseTable, external: Array) -> CurvedPath:
    """Follow the curves of all external fields [T] to both sides.

    `table` is the response of the pair, interpolated.
    """
    seen = np.abs(external) + abs(pair.knight * pair.spin)
    roughly = Curve(replace(pair, respond=table), table, external, pair.width / seen)
    both = np.tile(np.arange(external.size), 2)
    direction = np.repeat([-1.0, 1.0], external.size)
    side, length, point = _lengths(_follow(roughly.at(both), direction))
    index = both[side]
    length = direction[side] * length
    order = np.lexsort((length, index))
    index = index[order]
    length = length[order]
    point = point[order]
    fresh = np.concatenate([[True], (np.diff(index) > 0) | (np.diff(length) > 0)])
    first = np.searchsorted(index[fresh], np.arange(external.size + 1))
    return CurvedPath(roughly._replace(pair=pair), roughly, length[fresh], point[fresh], first)


def _lengths(points: list[tuple[Indices, Array]]) -> tuple[Indices, Array, Array]:
    """Which curve, length from its start, and z of all points, curve by curve."""
    index, z = (np.concatenate(column) for column in zip(*points, strict=True))
    order = np.argsort(index, kind="stable")
    index = index[order]
    z = z[order]
    steps = np.sqrt(np.sum(np.diff(z, axis=0) ** 2 * _metric(z[:-1]), axis=1))
    length = np.concatenate([[0.0], np.cumsum(np.where(np.diff(index) > 0, 0.0, steps))])
    return index, length - length[np.searchsorted(index, index)], z
