"""The field of the coldest nuclei against the electron spin, and its classical value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coldspin.arguments import Array, arguments_checked
from coldspin.cooling.extrema import coldest_field
from coldspin.cooling.facade import cool
from coldspin.cooling.pump import Pump
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.models.model import Axis, Model, Parameter, Values, call_model
from coldspin.experiments.models.sample import (
    CHANNELS,
    channels,
    collect_warnings,
    site_parameters,
    vary_site,
)
from coldspin.heating import ClosedForm, Method
from coldspin.quantities import FIELD
from coldspin.sample.site import Site

_CLOSED_FORM = ClosedForm()
_ANY_SPIN = 1e-6  # B_0 does not depend on it where nothing acts back
_AXES = (Axis("electron_spin", r"$|\langle S\rangle|$"), Axis("optimal_field", "$B_0$", FIELD))


@arguments_checked
@dataclass(frozen=True)
class OptimalField:
    """|B| of the largest |β(B)| of pumped nuclei against the mean electron spin.

    Computed by :func:`coldspin.optimum`.

    The abscissa is |⟨S⟩| > 0 along the field, the ordinate B_0 [T] of either sign of the field.
    Parameters of the curve: those of the sample and of the channels. NaN where β has no maximum.
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
        return call_model(self, electron_spin, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """One search for each different spin; without feedback all spins have the same field."""
        site = vary_site(self.site, values)
        acts = self.self_consistent or self.knight_field
        spins, place = np.unique(
            np.abs(x) if acts else np.full(x.shape, _ANY_SPIN), return_inverse=True
        )
        leakage = channels(values)
        fields = []
        for spin in map(float, spins):
            pump = Pump(
                spin,
                self_consistent=self.self_consistent,
                knight_field=self.knight_field,
                leakage=leakage,
                effective_isotope=self.effective_isotope,
                method=self.method,
            )
            fields.append(abs(coldest_field(site, pump)))
        return np.array(fields)[place]

    def gradient(self, _x: Array, _values: Values) -> Mapping[str, Array]:
        """Left to differences."""
        return {}

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, x: Array, values: Values) -> tuple[ValidityWarning, ...]:
        """What :func:`coldspin.cool` warns of at the fields found."""
        fields = self.evaluate(x, values)
        site = vary_site(self.site, values)
        warnings: dict[str, ValidityWarning] = {}
        for field, spin in zip(fields, np.abs(x), strict=True):
            if not np.isfinite(field):
                continue
            for warning in collect_warnings(
                cool,
                site,
                field,
                float(spin),
                method=self.method,
                leakage=channels(values) or None,
                effective_isotope=self.effective_isotope,
                self_consistent=self.self_consistent,
                knight_field=self.knight_field,
            ):
                warnings.setdefault(str(warning), warning)
        return tuple(warnings.values())

    def classical(self) -> Model:
        """B_0 of Dyakonov and Perel."""
        return ClassicalOptimalField(self.site)


@arguments_checked
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
        return call_model(self, electron_spin, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """B̃_L."""
        return np.asarray(values["kinetic_local_field"]) + np.zeros_like(x)

    def gradient(self, x: Array, _values: Values) -> Mapping[str, Array]:
        """1."""
        return {"kinetic_local_field": np.ones_like(x)}

    def guess(self, _x: Array, _y: Array) -> Mapping[str, float]:
        """Nothing: the sample says where to start."""
        return {}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def classical(self) -> None:
        """Nothing is more classical."""
