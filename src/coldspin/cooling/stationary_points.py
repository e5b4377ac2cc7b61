r"""Every stationary point of β(B) of a closed form, as the common zeros of two functions of (B, c).

c = Ω_B·n T2e* is the precession of the electron along the axis n of what the nuclei see, by
external field and nuclei. At a field B and at c the balance gives β(B, c), and β gives the u =
⟨Ω_N⟩T2e* of the nuclei. A state is self-consistent where F = 0, and |β| is stationary along its
branch where S = 0,

.. math:: F = \gamma_eT_{2,e}^*\,\mathbf B\cdot\mathbf n + u(B, \beta) - c,\qquad
          S = \Big(\frac{\partial P}{\partial B}\Big)_\beta,

with the surplus P(B, β) of :func:`.spin_temperature.surplus`, since dβ/dB = −(∂P/∂B)/(∂P/∂β) on a branch,
and ∂P/∂β < 0 on a stable one. Both are smooth in (B, c) where a branch folds over B, and near c =
0, where the nuclei's field compensates the external one. A grid finds the cells that can hold a
common zero, Newton's method from their centres the zeros.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.cooling.evaluation import Heating
from coldspin.cooling.pumped_site import PumpedSite
from coldspin.precession import lorentzian_slope, spin_loss_slope

_PER_DECADE = 24  # fields of the grid
_ROW = 0.2  # distance of its rows in asinh(2b)
_CHANGE = 0.5  # of ln Φ T1e/τ_c, at most, between rows
_SLACK = 0.35  # by how much of its range in a cell a function may bend beyond the corners
_STEP = 1e-3  # of B, in differences of what has no special functions
_FINE = (
    np.array([-2.0, -1.0, 1.0, 2.0]),
    np.array([1.0, -8.0, 8.0, -1.0]) / 12,
)  # steps, weights of a difference
_COARSE = np.array([-1.0, 1.0]), np.array([-0.5, 0.5])
_ROUNDS = 30
_PRECISE = 1e-9  # last step of Newton's method, of B


class StationaryPoint(NamedTuple):
    """B [T], u = ⟨Ω_N⟩T2e* there, and whether |β| is largest."""

    field: float
    overhauser: float
    maximum: bool


class _Values(NamedTuple):
    """F, S in units of influx over field, β [1/J], and dF/dB at fixed β, at points (B, b)."""

    excess: Array
    slope: Array
    beta: Array
    along: Array


@dataclass(frozen=True)
class Balance:
    """F and S of a pumped site with a closed form."""

    pumped: PumpedSite
    smallest: float

    @property
    def oblique(self) -> bool:
        """Whether what the nuclei see is not parallel to the external field."""
        pump = self.pumped.pump
        return pump.knight_field and abs(np.sin(pump.angle)) > 1e-15

    def at(self, field: Array) -> PumpedSite:
        """Return the pumped site at other fields."""
        return self.pumped.at_fields(field)

    def own(self, pumped: PumpedSite, beta: Array) -> Array:
        """Return c that nuclei at β make."""
        external: Array = pumped.site.electron_precession(pumped.field) * pumped.seen.cosine
        if not pumped.pump.self_consistent:
            return external
        return external + pumped.overhauser(beta, np.arange(beta.size))

    def heating(self, b: Array) -> tuple[Heating, Heating]:
        """Φ, τ_c/T1e, ⟨1/(1+Ω_e²τ_c²)⟩ and |b| at b, and their derivatives by b."""
        evaluate, k = self.pumped.evaluate, self.pumped.site.k
        values = evaluate.quietly(b, np.zeros_like(b))
        zero = np.zeros_like(b)
        third = np.atleast_1d(lorentzian_slope(b, k)) if values.lorentzian.any() else zero
        slopes = (
            np.atleast_1d(evaluate.method.heating_slope(b, k)),
            np.atleast_1d(spin_loss_slope(b, k)),
            third,
        )
        # the balance depends on the square of |b|, so that its sign beyond 0 is harmless
        return values, Heating(*slopes, np.sign(b), zero, zero)

    def scale(self, pumped: PumpedSite) -> Array:
        """Field over which what the nuclei see changes [T]."""
        return np.hypot(pumped.seen.field, self.smallest)

    def values(
        self,
        field: Array,
        c: Array,
        heating: tuple[Heating, Heating] | None = None,
        stencil: tuple[Array, Array] = _FINE,
    ) -> _Values:
        """F and S at points, with the heating there where it is known.

        Differences are taken of what has no special functions: P and b by B, and P by b through the
        heating's slopes.
        """
        here = self.at(field)
        across = here.site.electron_precession(field) * here.seen.sine
        b = np.hypot(c, across) if self.oblique else c
        heating = heating or self.heating(b)
        beta = here.inverse_temperature(heating[0], np.arange(field.size))
        own = self.own(here, beta)
        moves, weights = stencil
        step, turn = _STEP * self.scale(here), _STEP * np.hypot(0.5, b)
        field_moves = np.concatenate([moves, np.zeros_like(moves)])[:, None] * step
        b_moves = np.concatenate([np.zeros_like(moves), moves])[:, None] * turn
        there = self.at((field + field_moves).ravel())
        betas = np.tile(beta, 2 * moves.size)
        surplus = there.surplus(betas, _extrapolate(heating, b_moves), np.arange(betas.size))
        by_field, by_b = surplus.reshape(2, moves.size, -1)
        along = weights @ self.own(there, betas).reshape(2, moves.size, -1)[0] / step
        rise = along
        if self.oblique:
            sides = (there.site.electron_precession(there.field) * there.seen.sine).reshape(
                2, moves.size, -1
            )[0]
            with np.errstate(divide="ignore", invalid="ignore"):
                rise = np.where(b > 0, (c * along + across * (weights @ sides / step)) / b, 0.0)
        slope = weights @ by_field / _STEP + rise * self.scale(here) * (weights @ by_b) / turn
        size = np.abs(beta) * here.squares(heating[0], np.arange(field.size)).total
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(size > 0, slope / size, np.nan)
        return _Values(own - c, slope, beta, along)

    def stable(self, field: Array, c: Array) -> NDArray[np.bool_]:
        """Whether dβ/dt turns back a small change of β, at self-consistent points."""
        every = np.arange(field.size)
        here = self.at(field)
        b = (
            np.hypot(c, here.site.electron_precession(field) * here.seen.sine)
            if self.oblique
            else c
        )
        heating = self.heating(b)
        beta = here.inverse_temperature(heating[0], every)
        # P depends on β directly, and by b
        change, turn = 1e-5 * beta, _STEP * np.hypot(0.5, b)
        moved = self.own(here, beta + change) - self.own(here, beta - change)
        if self.oblique:
            moved = moved * c / np.where(b > 0, b, 1)
        direct = here.surplus(beta + change, heating[0], every) - here.surplus(
            beta - change, heating[0], every
        )
        turned = [here.surplus(beta, _extrapolate(heating, sign * turn), every) for sign in (1, -1)]
        slope = direct + moved * (turned[0] - turned[1]) / (2 * turn)
        result: NDArray[np.bool_] = slope * np.sign(beta) < 0
        return result


def _extrapolate(heating: tuple[Heating, Heating], change: Array) -> Heating:
    """The heating after small changes of b, a row each; flat."""
    return Heating(
        *((value + slope * change).ravel() for value, slope in zip(*heating, strict=True))
    )


def find_stationary_points(pumped: PumpedSite, low: float, high: float) -> list[StationaryPoint]:
    """Every stationary point of |β| on a stable branch in low < B < high [T]."""
    smallest = smallest_scale(pumped)
    balance = Balance(pumped, smallest)
    starts = _starts(balance, field_axis(pumped, smallest, low, high, _PER_DECADE))
    field, c, curvature = _solutions(balance, *starts)
    if not field.size:
        return []
    inside = (low < field) & (field < high) & balance.stable(field, c)
    there = balance.at(field)
    overhauser = np.zeros_like(c)
    if pumped.pump.self_consistent:  # of the last step; the values are those before it
        overhauser = c - there.site.electron_precession(field) * there.seen.cosine
    points = sorted(
        zip(field[inside], c[inside], overhauser[inside], curvature[inside], strict=True)
    )
    result: list[StationaryPoint] = []
    for place, _, u, bend in points:
        near = (
            abs(place - one.field) < 1e-7 * abs(place)
            and abs(u - one.overhauser) < 1e-5 * np.hypot(1, u)
            for one in result
        )
        if not any(near):
            result.append(StationaryPoint(float(place), float(u), bool(bend < 0)))
    return result


def smallest_scale(pumped: PumpedSite) -> float:
    r"""Field [T] below which |β| of a pump without Knight field is proportional to |B|.

    As B → 0±, every branch has u → cB² and b → γ_eB T2e*, so that there is one branch, and

    .. math:: \frac{d\ln|\beta|}{d\ln|B|} = 1 - O\Big(\frac{B^2}{B_{h,0}^2 + B_{leak,0}^2}\Big) - O(b^2).

    The result is a tenth of the least field at which one of these terms, or u, is of order 1: the
    root of the heating squares at b = 0, B_L where other channels take heat, Δ_B, and |c|^−½. With
    a Knight field it is the scale of the same terms.
    """
    site = pumped.site
    tiny = np.array([1e-6 * site.kinetic_local_field])
    zero, first = np.zeros(1), np.arange(1)
    plain = replace(pumped, pump=replace(pumped.pump, knight_field=False)).at_fields(tiny)
    heating = plain.evaluate.quietly(zero, zero)
    squares = plain.squares(heating, first)
    scales = [site.fluctuation_field]
    scales.append(float(tiny[0] * np.sqrt((squares.heating + squares.leakage) / squares.zeeman)[0]))
    shift = float(abs(plain.overhauser(plain.inverse_temperature(heating, first), first)[0]))
    if pumped.pump.leakage:
        scales.append(site.local_field)  # channels take B² + B_L²
    if pumped.pump.self_consistent and shift:
        scales.append(float(tiny[0] / np.sqrt(shift)))
    return 0.1 * min(scales)


def field_axis(pumped: PumpedSite, smallest: float, low: float, high: float, density: int) -> Array:
    """Fields of the grid [T].

    Logarithmic about 0, each compensated Knight field and each resonance of isotopes.
    """
    pump, largest = pumped.pump, max(abs(low), abs(high))
    parts = [np.linspace(low, high, 9), _about(0.0, min(smallest, largest / 10), largest, density)]
    parts += _about_resonances(pumped, density)
    if pump.knight_field:
        still = pumped.at_fields(np.zeros(1)).seen
        # At B = 0 each isotope sees its Knight field K alone; ⟨S⟩·B_k = ⟨S⟩(B cosθ + K) and
        # B_k,z = B + K cosθ. The influx vanishes with the mean of K over w_kγ_k; all Zeeman
        # energies are least at the mean over w_kγ_k².
        ensemble, cosine, sine = pumped.ensemble, np.cos(pump.angle), np.sin(pump.angle)
        own = still.product[:, 0] / pump.electron_spin * np.ones_like(ensemble.weights)
        shares = [ensemble.weights * ensemble.gyromagnetic_ratio**power for power in (1, 2)]
        means = [share @ own / share.sum() for share in shares if share.sum()]
        knight = np.concatenate([own, means])
        nulls = [-knight * cosine]
        if abs(cosine) > 1e-15:
            nulls.append(-knight / cosine)
        for null in map(float, np.unique(np.concatenate(nulls))):
            parts.append(np.array([null * (1 - 1e-9), null * (1 + 1e-9)]))
            if abs(null) > smallest:
                near = min(smallest, abs(null * sine) / 10) if abs(sine) > 1e-6 else smallest
                parts.append(_about(null, near, abs(null), density // 2))
    axis = np.unique(np.concatenate(parts))
    result: Array = axis[(low <= axis) & (axis <= high)]
    return result


def _about_resonances(pumped: PumpedSite, density: int) -> list[Array]:
    """Fields about each narrow resonance, at which two isotopes turn together."""
    site, pump = pumped.site, pumped.pump
    phase = (
        site.filling * pump.electron_spin * float(np.cos(pump.angle)) if pump.knight_field else 0.0
    )
    parts = []
    for field, step, kappa in pumped.ensemble.turning_resonances(site.correlation_time, phase):
        squared = (
            field**2 - 0.75 * site.fluctuation_field**2
        )  # the drift is (a_k−a_l)/2 · b/√(b²+¾)
        if squared <= 0:
            continue
        centre = float(np.sqrt(squared))
        b = centre / site.fluctuation_field
        width = step * float(np.hypot(1, kappa / max(1.0, b)))  # 1/k' is of order 1 at D_± = κ/b
        if width < centre:
            parts += [_about(side, width / 3, centre, density // 2) for side in (centre, -centre)]
    return parts


def _about(centre: float, near: float, far: float, density: int) -> Array:
    side = np.geomspace(near, far, max(3, int(density * np.log10(far / near)) + 2))
    result: Array = centre + np.concatenate([-side[::-1], side])
    return result


def _starts(balance: Balance, fields: Array) -> tuple[Array, Array]:
    """Centres of the cells in which F and S can vanish together."""
    columns = balance.at(fields)
    low, high = columns.reach() if columns.pump.self_consistent else (np.zeros(fields.size),) * 2
    external = columns.site.electron_precession(fields) * columns.seen.cosine
    low, high = external + low, external + high
    size = float(max(np.abs(low).max(), np.abs(high).max()))
    rows = _rows(balance, size)
    first = np.maximum(np.searchsorted(rows, low) - 2, 0)
    last = np.minimum(np.searchsorted(rows, high) + 2, rows.size)
    place = np.arange(rows.size)[:, None]
    feasible = (first <= place) & (place < last)
    feasible[:, :-1] |= feasible[:, 1:]
    feasible[:, 1:] |= feasible[:, :-1]
    row, column = np.nonzero(feasible)
    heating = None
    if not balance.oblique:  # the same along a row
        values, slopes = (
            Heating(*(value[row] for value in part)) for part in balance.heating(rows)
        )
        heating = values, slopes
    values_at_nodes = balance.values(fields[column], rows[row], heating, _COARSE)
    candidate = np.ones((rows.size - 1, fields.size - 1), dtype=bool)
    for value in (values_at_nodes.excess, values_at_nodes.slope):
        grid = np.full(feasible.shape, np.nan)
        grid[row, column] = value
        corners = np.array([grid[:-1, :-1], grid[1:, :-1], grid[:-1, 1:], grid[1:, 1:]])
        least, most = corners.min(axis=0), corners.max(axis=0)
        with np.errstate(invalid="ignore"):
            slack = _SLACK * (most - least)
            candidate &= (least - slack <= 0) & (most + slack >= 0)
    i, j = np.nonzero(candidate)
    return (fields[j] + fields[j + 1]) / 2, (rows[i] + rows[i + 1]) / 2


def _rows(balance: Balance, size: float) -> Array:
    """Values of c to beyond ±size: even in asinh(2c), and closer where the heating changes fast."""
    axis = np.arange(0, np.arcsinh(2 * size) + 3 * _ROW, _ROW / 20)
    b = np.sinh(axis) / 2
    heating = balance.heating(b)[0]
    change = np.abs(np.diff(np.log(heating.coefficient / heating.spin_loss), prepend=0.0))
    change[0] = 0
    rows = np.cumsum(np.maximum(1 / 20, change / _CHANGE))
    side = b[np.unique(np.searchsorted(rows, np.arange(rows[0], rows[-1])))]
    result: Array = np.concatenate([-side[:0:-1], side])
    return result


def _solutions(balance: Balance, field: Array, c: Array) -> tuple[Array, Array, Array]:
    """Common zeros of F and S by Newton's method, and a number of the sign of d²|β|/dB² there."""
    done: list[tuple[Array, Array, Array]] = []
    for _ in range(_ROUNDS):
        if not field.size:
            break
        scale, size = balance.scale(balance.at(field)), np.hypot(0.5, c)
        fields = np.concatenate([field, field + 1e-6 * scale, field])
        precessions = np.concatenate([c, c, c + 1e-6 * size])
        values = balance.values(fields, precessions)
        here, right, up = (
            _Values(*part) for part in zip(*(np.split(v, 3) for v in values), strict=True)
        )
        # derivatives by B/scale and c/size
        slope_c, slope_field = (up.slope - here.slope) / 1e-6, (right.slope - here.slope) / 1e-6
        excess_c, excess_field = (
            (up.excess - here.excess) / 1e-6,
            (right.excess - here.excess) / 1e-6,
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            determinant = excess_field * slope_c - excess_c * slope_field
            move = (excess_c * here.slope - slope_c * here.excess) / determinant
            turn = (slope_field * here.excess - excess_field * here.slope) / determinant
            small = (np.abs(move) < _PRECISE) & (np.abs(turn) < 1e3 * _PRECISE)
            bend = (slope_field + slope_c * here.along * scale / size) * np.sign(here.beta)
            shrink = np.minimum(1, 0.5 / np.maximum(np.abs(move), np.abs(turn)))
        done.append(((field + move * scale)[small], (c + turn * size)[small], bend[small]))
        keep = ~small & np.isfinite(move) & np.isfinite(turn)
        field = (field + shrink * move * scale)[keep]
        c = (c + shrink * turn * size)[keep]
        # starts that run to the same zero need not all arrive
        marks = np.stack(
            [
                np.round(1e5 * np.arcsinh(field / balance.smallest)),
                np.round(1e5 * np.arcsinh(2 * c)),
            ]
        )
        alone = np.unique(marks, axis=1, return_index=True)[1]
        field, c = field[alone], c[alone]
    if not done:
        return field, c, field
    field, c, bend = (np.concatenate(column) for column in zip(*done, strict=True))
    return field, c, bend
