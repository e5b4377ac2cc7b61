"""What points still to be measured will tell, from the slopes of the curve at the values that are expected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.directions import SINGULAR, Directions
from coldspin.experiments.fitting.problem import Problem
from coldspin.experiments.planning.errors import ErrorRule


@dataclass(frozen=True)
class Outlook:
    """A fit whose first measurement is planned; the first `ruled` of them have errors by the rule, others their own."""

    put: Problem
    rule: ErrorRule
    ruled: int

    def rows(self, coordinates: Array, x: Array, number: int = 0) -> Array:
        """∂y/∂z over σ at places x: a row each, a column for each coordinate of the fit (ln p for a scale)."""
        m = self.put.measurements[number]
        slopes = self.put.slopes(number, coordinates, x)
        if number < self.ruled:
            sigma = self.rule.at(x, self.put.curve(number, coordinates, x), m.model.axes)
        else:
            sigma = np.asarray(m.error)
        bad = ~np.isfinite(slopes).all(axis=1)
        if bad.any():
            raise InvalidInputError(
                f"{m.name}: the curve has no finite slope at {m.model.axes[0].name} = {x[bad][0]:g}",
                remedy="leave that point out, or start elsewhere",
            )
        result: Array = slopes / sigma[:, None]
        return result

    def known(self, coordinates: Array) -> Array:
        """Rows of what is known already: other measurements, and what is expected of parameters."""
        found = [np.empty((0, coordinates.size))]
        found += [self.rows(coordinates, m.x, i) for i, m in enumerate(self.put.measurements) if i]
        for i, v in enumerate(self.put.variables):
            if v.expected:
                found.append(
                    np.eye(coordinates.size)[[i]] * v.slope(float(coordinates[i])) / v.expected[1]
                )
        return np.concatenate(found)

    def deviations(self, coordinates: Array, rows: Array) -> dict[str, float]:
        """Predicted standard deviation of each coordinate, by key, from rows of what is measured and known."""
        steps = self.put.steps(coordinates)
        found = Directions(rows * steps).deviations * steps
        return {v.key: float(value) for v, value in zip(self.put.variables, found, strict=True)}

    @property
    def rounding(self) -> float:
        """Share of the largest singular value that is rounding: more where slopes are differences of a search."""
        models = [m.model for m in self.put.measurements]
        noise = max(
            float(getattr(getattr(model, "method", None), "tolerance", 0.0)) for model in models
        )
        return float(max(SINGULAR, noise ** (2 / 3)))


@dataclass(frozen=True)
class Candidates:
    """Places x, their rows and those of what is known, at the values that are expected."""

    outlook: Outlook
    x: Array
    rows: Array
    known: Array

    @classmethod
    def of(cls, outlook: Outlook, x: Array) -> "Candidates":
        """At the start of the fit."""
        return cls(outlook, x, outlook.rows(outlook.put.start, x), outlook.known(outlook.put.start))

    def undetermined(self) -> Array:
        """Directions, in steps of the coordinates, in which nothing changes that is known or can be measured."""
        steps = self.outlook.put.steps(self.outlook.put.start)
        return Directions(
            np.concatenate([self.rows, self.known]) * steps, self.outlook.rounding
        ).undetermined

    def deviations(self, index: NDArray[np.intp]) -> dict[str, float]:
        """Predicted, by key, after measurements at these candidates."""
        return self.outlook.deviations(
            self.outlook.put.start, np.concatenate([self.rows[index], self.known])
        )
