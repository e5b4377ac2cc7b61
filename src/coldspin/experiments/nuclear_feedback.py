r"""An oriented electron and the nuclei that it cools, each acting on the other.

Fields are vectors in tesla with z along the external field and the light in the plane of x and z.
In the field F = B + B_N, the external one and the mean Overhauser field, the electron has the mean
spin ⟨S⟩(F); nuclei see B_t = B + B_e with the Knight field B_e = b⟨S⟩, and make

.. math:: \boldsymbol B_N = a\,\boldsymbol B_t\,\frac{\boldsymbol B_t\cdot\langle\boldsymbol S\rangle/(1-L)}
          {B_t^2+B_h^2} .

B_N is along B_t whatever the spin temperature. The fields F for which that is so form a curve
through F = B; the place on it is the one unknown, and R − u of
:mod:`coldspin.thermodynamics.self_consistency` is what the nuclei would make in excess of B_N, in
the direction of the curve. Without Knight field the curve is the axis z.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.thermodynamics.self_consistency import (
    States,
    nearest_stable_state,
    self_consistent_states,
)

Indices = NDArray[np.intp]

_TABLE_STEP = 0.02  # of a table, in asinh of the field over the width of the Hanle curve
_SEARCH_STEP = 0.1  # of the search for states, likewise


class Response(NamedTuple):
    """Response of the electron to a field |F|: H_∥, Re H_+, Im H_+, 1/(1 − L), B_h² [T²]."""

    longitudinal: Array
    across: Array
    turned: Array
    arriving: Array
    heating: Array


Respond = Callable[[Array], Response]


@dataclass(frozen=True)
class Pair:
    """Electron and nuclei: response, S_0, direction of the light, a and b [T], width [T].

    a and b are per unit of spin, `width` is that of the Hanle curve.
    """

    respond: Respond
    spin: float
    light: Array
    overhauser: float
    knight: float
    width: float

    @cached_property
    def curl(self) -> Array:
        """v ↦ v × light, for vectors on the left."""
        result: Array = np.cross(np.eye(3), self.light)
        return result

    @property
    def reach(self) -> float:
        """Bound of |B_N| [T]: |a S_0|, no component of ⟨S⟩/(1 − L) being larger than S_0."""
        return abs(self.overhauser * self.spin)

    def electron_spin(self, field: Array) -> tuple[Array, Response]:
        """⟨S⟩ in fields F, with vectors along the last axis, and the response to |F|."""
        size = np.linalg.norm(field, axis=-1)
        n = field / np.where(size > 0, size, 1.0)[..., None]
        response = self.respond(size)
        along = (n @ self.light) * (response.longitudinal - response.across)
        turned = n @ self.curl * response.turned[..., None]
        return self.spin * (
            n * along[..., None] + self.light * response.across[..., None] + turned
        ), response

    def total_field(self, external: Array, spin: Array) -> Array:
        """B_t [T] of external fields along z."""
        seen = self.knight * spin
        seen[..., 2] += external
        return seen

    def polarizability(self, seen: Array, spin: Array, response: Response) -> Array:
        """B_N/B_t that the electron sustains."""
        drive = np.sum(seen * spin, axis=-1) * response.arriving
        result: Array = self.overhauser * drive / (np.sum(seen * seen, axis=-1) + response.heating)
        return result


class ResponseTable:
    """A response and its slope by |F|, by cubic splines in asinh(|F|/width)."""

    def __init__(self, respond: Respond, width: float, largest: float) -> None:
        from scipy.interpolate import CubicSpline

        end = float(np.arcsinh(largest / width))
        if not np.isfinite(end):
            raise InvalidInputError(
                "are beyond double precision for the nuclei of a Hanle curve", parameter="fields"
            )
        axis = np.linspace(0, end, 10 + int(end / _TABLE_STEP))
        exact = respond(width * np.sinh(axis))
        self._width = width
        columns = np.stack([*exact[:4], np.log(exact.heating)], axis=-1)
        if not np.isfinite(columns).all():
            raise InvalidInputError(
                "fields, times or B̃_L are beyond double precision for the nuclei of a Hanle curve",
                remedy="take smaller ones",
            )
        self._spline = CubicSpline(axis, columns)
        self._slope = self._spline.derivative()

    def __call__(self, size: Array) -> Response:
        """Return the response to fields |F| [T]."""
        longitudinal, across, turned, arriving, heating = self._spline(
            np.arcsinh(size / self._width)
        ).T
        return Response(longitudinal, across, turned, arriving, np.exp(heating))

    def slopes(self, size: Array) -> Array:
        """Return ∂/∂|F| of H_∥, Re H_+ and Im H_+, stacked first."""
        columns = self._slope(np.arcsinh(size / self._width)).T
        result: Array = columns[:3] / np.hypot(self._width, size)
        return result


class Path(Protocol):
    """A curve of fields F for each external field, by one coordinate u."""

    @property
    def grid(self) -> Array:
        """Values of u to search, a row for each external field."""
        ...

    def scan(self, u: Array, index: Indices) -> Array:
        """R(u), good enough to see where R(u) − u changes its sign."""
        ...

    def exact(self, u: Array, index: Indices) -> Array:
        """R(u)."""
        ...

    def electron_field(self, u: Array, index: Indices, /) -> Array:
        """Return F at u [T]."""
        ...

    def place(self, overhauser: Array, index: int) -> float:
        """Return u where B_N is nearest to a given one [T]."""
        ...


@dataclass(frozen=True)
class StraightPath:
    """The axis z, on which F stays without a Knight field; u = F_z [T]."""

    pair: Pair
    table: ResponseTable
    external: Array

    @property
    def grid(self) -> Array:
        """Fine where the electron's field is small, from below to beyond the reach."""
        pair = self.pair
        reach = pair.reach + pair.width
        low = self.external - reach
        high = self.external + reach
        end = float(np.arcsinh(max(np.max(-low), np.max(high)) / pair.width))
        side = pair.width * np.sinh(np.linspace(0, end, 2 + int(end / _SEARCH_STEP)))
        common = np.concatenate([-side[:0:-1], side])
        grid: Array = np.clip(common, low[:, None], high[:, None])
        return grid

    def scan(self, u: Array, index: Indices) -> Array:
        """R(u) from the table."""
        return self._total_field(self.table, u, index)

    def exact(self, u: Array, index: Indices) -> Array:
        """R(u) = B + B_N sustained in F = u."""
        return self._total_field(self.pair.respond, u, index)

    def _total_field(self, respond: Respond, u: Array, index: Indices) -> Array:
        external = self.external[index]
        pair = self.pair
        response = respond(np.abs(u))
        share = external**2 / (external**2 + response.heating)
        spin = pair.spin * pair.light[2] * response.longitudinal * response.arriving
        result: Array = external + pair.overhauser * spin * share
        return result

    def electron_field(self, u: Array, _index: Indices) -> Array:
        """F = u along z."""
        return np.stack([np.zeros_like(u), np.zeros_like(u), u], axis=-1)

    def place(self, overhauser: Array, index: int) -> float:
        """u = B + B_N."""
        return float(self.external[index] + overhauser[2])


def stationary_states(path: Path) -> States:
    """Every state of every external field, in the order of the path.

    A state is stable where B_N returns to it along the path.
    """
    return self_consistent_states(path.scan, path.exact, path.grid)


def choose_fields(path: Path, states: States, external: Array, *, sweep: bool) -> Array:
    """F [T] of the state reached at each field.

    Nuclei start from B_N = 0, or with `sweep` from the B_N of the field before.
    """
    every = path.electron_field(states.value, states.field)
    result = np.full((external.size, 3), np.nan)
    first = np.searchsorted(states.field, np.arange(external.size + 1))
    overhauser = np.zeros(3)
    for i in range(external.size):
        values = states.value[first[i] : first[i + 1]]
        u = nearest_stable_state(
            path.place(overhauser, i), values, states.stable[first[i] : first[i + 1]]
        )
        if np.isfinite(u):
            result[i] = every[first[i] + int(np.searchsorted(values, u))]
            overhauser = result[i] - [0, 0, external[i]] if sweep else overhauser
    return result
