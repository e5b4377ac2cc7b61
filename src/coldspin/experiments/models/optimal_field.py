"""The field of the coldest nuclei, as measured for several electron polarizations, and its classical value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from coldspin.arguments import Array
from coldspin.cooling import cool
from coldspin.experiments.models.model import Axis, Model, Parameter, Values, called
from coldspin.experiments.models.sample import CHANNELS, channels, site_parameters, varied, warned
from coldspin.heating import ClosedForm, Method
from coldspin.pumping import Pump, pumping, reached, stationary_states
from coldspin.quantities import FIELD
from coldspin.search import search_range
from coldspin.site import Site

_CLOSED_FORM = ClosedForm()
_INNER, _GRID = 0.02, 161  # least field searched in units of B̃_L, points of the grid
_NODES, _ROUNDS = 13, 2  # of the polynomial about the highest point, and how often it is laid anew
_RIVAL = 0.1  # of ln|β|: a top of the grid that much below the highest may be the higher one between its points
_ANY_SPIN = 1e-6  # B_0 does not depend on it where nothing acts back
_AXES = (Axis("electron_spin", r"$|\langle S\rangle|$"), Axis("optimal_field", "$B_0$", FIELD))


@dataclass(frozen=True)
class OptimalField:
    """|B| of the largest |β(B)| that pumped nuclei come to, against the mean electron spin: :func:`coldspin.optimum`.

    The abscissa is |⟨S⟩| > 0 along the field, the ordinate B_0 [T] of either sign of the field. Parameters of the
    curve: those of the sample and of the channels. NaN where β has no maximum.
    """

    site: Site
    method: Method = _CLOSED_FORM
    self_consistent: bool = True
    knight_field: bool = False
    effective_isotope: bool = False

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Electron spin, field."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Of the sample, then of other channels."""
        return site_parameters(self.site) | CHANNELS

    def __call__(self, electron_spin: Any, **parameters: Any) -> Array:
        """Return B_0 [T] at each electron spin; parameters not given are those of the site."""
        return called(self, electron_spin, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """One search for each different spin; without feedback all spins have the same field."""
        site = varied(self.site, values)
        acts = self.self_consistent or self.knight_field
        spins, place = np.unique(np.abs(x) if acts else np.full(x.shape, _ANY_SPIN), return_inverse=True)
        return np.array([self._coldest(site, float(spin), values) for spin in spins])[place]

    def _coldest(self, site: Site, spin: float, values: Values) -> float:
        """B of the largest |β| on a grid, then of the polynomial through ln|β| about it, twice."""
        pump = Pump(
            spin, self_consistent=self.self_consistent, knight_field=self.knight_field, leakage=channels(values)
        )

        def height(field: Array) -> Array:
            here = pumping(site, field, pump, self.method, effective_isotope=self.effective_isotope)
            every = np.arange(field.size)
            overhauser = np.nan_to_num(reached(here, stationary_states(here), sweep=False))
            heating = here.evaluate.quietly(*here.precession(overhauser, every))
            with np.errstate(divide="ignore"):
                result: Array = np.log(np.abs(here.inverse_temperature(heating, every)))
            return result

        _, outer = search_range(site, None)
        grid = np.geomspace(_INNER * site.kinetic_local_field, outer, _GRID)
        signs = (1, -1) if self.knight_field or self.self_consistent else (1,)
        best = np.array([_highest(height, sign * grid) for sign in signs])
        return float(best[np.argmax(best[:, 1]), 0])

    def gradient(self, _x: Array, _values: Values) -> Mapping[str, Array]:
        """Left to differences."""
        return {}

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, x: Array, values: Values) -> tuple[str, ...]:
        """What :func:`coldspin.cool` warns of at the fields found."""
        fields = self.evaluate(x, values)
        site, kept = varied(self.site, values), np.isfinite(fields)
        options: dict[str, Any] = {"leakage": channels(values) or None, "effective_isotope": self.effective_isotope}
        options |= {"self_consistent": self.self_consistent, "knight_field": self.knight_field}
        told = [
            sentence
            for field, spin in zip(fields[kept], np.abs(x[kept]), strict=True)
            for sentence in warned(cool, site, field, float(spin), method=self.method, **options)
        ]
        return tuple(dict.fromkeys(told))

    def classical(self) -> Model:
        """B_0 of Dyakonov and Perel."""
        return ClassicalOptimalField(self.site)


def _highest(height: Callable[[Array], Array], grid: Array) -> tuple[float, float]:
    """|B| and ln|β| at the highest point of a curve over |B|; NaN where that is an end of the grid."""
    coarse = np.nan_to_num(height(grid), nan=-np.inf)
    if not 0 < np.argmax(coarse) < grid.size - 1:
        return float("nan"), -np.inf
    inner = coarse[1:-1]
    tops = 1 + np.flatnonzero((inner >= coarse[:-2]) & (inner >= coarse[2:]) & (inner > coarse.max() - _RIVAL))
    return max((_refined(height, grid[[top - 1, top + 1]]) for top in tops), key=lambda found: found[1])


def _refined(height: Callable[[Array], Array], ends: Array) -> tuple[float, float]:
    """|B| and ln|β| at the highest point between two fields."""
    low, high = np.log(np.abs(ends))
    place, value, sign = 0.0, 0.0, float(np.sign(ends[0]))
    for _ in range(_ROUNDS):
        nodes = chebyshev.chebpts1(_NODES)
        series = chebyshev.chebfit(
            nodes, height(sign * np.exp((low + high) / 2 + (high - low) / 2 * nodes)), _NODES - 1
        )
        turns = chebyshev.chebroots(chebyshev.chebder(series))
        inside = turns.real[(np.abs(turns.imag) < 1e-6) & (np.abs(turns.real) <= 1)]
        candidates = np.concatenate([inside, [-1.0, 1.0]])
        heights = chebyshev.chebval(candidates, series)
        place = (low + high) / 2 + (high - low) / 2 * float(candidates[np.argmax(heights)])
        value, half = float(heights.max()), (high - low) / 10
        low, high = place - half, place + half
    return float(np.exp(place)), value


@dataclass(frozen=True)
class ClassicalOptimalField:
    """B_0 = B̃_L, for a correlation time short against T2e*, whatever the electron spin."""

    site: Site

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Electron spin, field."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The local fields."""
        own = site_parameters(self.site)
        return {name: own[name] for name in ("local_field", "kinetic_local_field")}

    def __call__(self, electron_spin: Any, **parameters: Any) -> Array:
        """Return B̃_L at each electron spin."""
        return called(self, electron_spin, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """B̃_L."""
        return np.asarray(values["kinetic_local_field"]) + np.zeros_like(x)

    def gradient(self, x: Array, _values: Values) -> Mapping[str, Array]:
        """1."""
        return {"kinetic_local_field": np.ones_like(x)}

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, _x: Array, _values: Values) -> tuple[str, ...]:
        """None."""
        return ()

    def classical(self) -> None:
        """Nothing is more classical."""
