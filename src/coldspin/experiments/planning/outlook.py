"""The fit that a plan is for: what will be known of its parameters, and what cannot be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldspin.arguments import Array, finite, positive
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.directions import (
    SINGULAR,
    Directions,
    blind,
    echelon,
    null_space,
)
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.problem import Problem, build_problem
from coldspin.experiments.fitting.variables import Free, Variable
from coldspin.experiments.models.model import Axis, Model
from coldspin.quantities import positive_scalar, si_axis
from coldspin.wording import listed, nearest

_PERCENT = re.compile(
    r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:%|percent)(?:\s+relative)?\s*"
)
_PART = 0.05  # share of a direction below which a parameter does not belong to it


@dataclass(frozen=True)
class ErrorRule:
    """σ² = σ_a² + (ρy)²: standard error of a point with the value y; σ_a in the unit of y, SI."""

    absolute: float
    relative: float

    def at(self, x: Array, y: Array, axes: tuple[Axis, Axis]) -> Array:
        """σ of points (x, y); raises InvalidInputError where it is 0."""
        sigma: Array = np.hypot(self.absolute, self.relative * y)
        none = sigma == 0
        if none.any():
            raise InvalidInputError(
                f"is relative, but {axes[1].name} is 0 at {axes[0].name} = {x[none][0]:g}",
                parameter="error",
                remedy='leave that candidate out, or add an absolute error as in ("5 %", 0.1)',
            )
        return sigma


def read_error(error: Any, axis: Axis) -> ErrorRule:
    """Read 0.1 or "0.1 s", absolute; "5 %", of the curve; or a list, added in quadrature."""
    parts = tuple(error) if isinstance(error, list | tuple) else (error,)
    if not parts or any(part is None for part in parts):
        raise InvalidInputError(
            "is missing",
            parameter=f"error of {axis.name}",
            remedy='give a standard error, or a share as in "5 %"',
        )
    absolute = 0.0
    relative = 0.0
    for part in parts:
        share = _PERCENT.fullmatch(part) if isinstance(part, str) else None
        if share is None:
            absolute = hypot(absolute, positive_scalar("error", part, axis.dimension))
        else:
            relative = hypot(relative, float(positive("error", float(share.group(1)))) / 100)
    return ErrorRule(absolute, relative)


@dataclass(frozen=True)
class Outlook:
    """A fit whose first measurement is planned.

    The first `ruled` of its measurements have errors by the rule, others their own.
    """

    problem: Problem
    rule: ErrorRule
    ruled: int

    def rows(self, coordinates: Array, x: Array, number: int = 0) -> Array:
        """∂y/∂z over σ, a row for each place x, a column for each coordinate of the fit."""
        m = self.problem.measurements[number]
        slopes = self.problem.slopes(number, coordinates, x)
        if number < self.ruled:
            sigma = self.rule.at(x, self.problem.curve(number, coordinates, x), m.model.axes)
        else:
            sigma = np.asarray(m.error)
        bad = ~np.isfinite(slopes).all(axis=1)
        if bad.any():
            raise InvalidInputError(
                f"the curve has no finite slope at {m.model.axes[0].name} = {x[bad][0]:g}",
                place=m.name,
                remedy="leave that point out, or start elsewhere",
            )
        result: Array = slopes / sigma[:, None]
        return result

    def known(self, coordinates: Array) -> Array:
        """Rows of what is known already: other measurements, and what is expected of parameters."""
        rows = [np.empty((0, coordinates.size))]
        for number, m in enumerate(self.problem.measurements[1:], start=1):
            rows.append(self.rows(coordinates, m.x, number))
        for i, v in enumerate(self.problem.variables):
            if v.expected:
                row = np.zeros((1, coordinates.size))
                row[0, i] = v.slope(float(coordinates[i])) / v.expected[1]
                rows.append(row)
        return np.concatenate(rows)

    def deviations(self, coordinates: Array, rows: Array) -> dict[str, float]:
        """Predicted standard deviation of each coordinate, by key, from rows of slopes over σ."""
        steps = self.problem.steps(coordinates)
        deviations = (Directions(rows * steps).deviations * steps).tolist()
        keys = [v.key for v in self.problem.variables]
        return dict(zip(keys, deviations, strict=True))

    @property
    def rounding(self) -> float:
        """Rounding as a share of the largest singular value, or the tolerance of a method."""
        noise = 0.0
        for m in self.problem.measurements:
            method = getattr(m.model, "method", None)
            noise = max(noise, float(getattr(method, "tolerance", 0.0)))
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
        start = outlook.problem.start
        return cls(outlook, x, outlook.rows(start, x), outlook.known(start))

    def undetermined(self) -> Array:
        """Directions, in steps of the coordinates, that nothing measured or known determines."""
        steps = self.outlook.problem.steps(self.outlook.problem.start)
        rows = np.concatenate([self.rows, self.known])
        return Directions(rows * steps, self.outlook.rounding).undetermined

    def deviations(self, index: NDArray[np.intp]) -> dict[str, float]:
        """Predicted standard deviations, by key, after measurements at these candidates."""
        rows = np.concatenate([self.rows[index], self.known])
        return self.outlook.deviations(self.outlook.problem.start, rows)


def read_places(value: Any, axis: Axis, name: str = "candidates") -> Array:
    """Abscissae in SI; of pure numbers a range is "0.1:0.5:9"."""
    if value is None or (not isinstance(value, str) and not np.size(value)):
        raise InvalidInputError(
            f"must hold at least one {axis.name}",
            parameter=name,
            remedy="give an axis, or a range as START:STOP:COUNT",
        )
    if axis.dimension is not None:
        return si_axis(name, value, axis.dimension)
    numbers = _read_range(name, value) if isinstance(value, str) else finite(name, value)
    numbers = np.atleast_1d(numbers)
    if numbers.ndim > 1:
        raise InvalidInputError(
            f"must be a one-dimensional axis, not an array of {numbers.shape}", parameter=name
        )
    return numbers


def _read_range(name: str, text: str) -> Array:
    try:
        first, last, count = (float(part) for part in text.split(":"))
        if count < 2 or count != int(count):
            raise ValueError
        return finite(name, np.linspace(first, last, int(count)))
    except (ValueError, OverflowError):
        raise InvalidInputError(
            'must be a range like "0.1:0.5:9"', parameter=name, value=text
        ) from None


def build_outlook(
    model: Model,
    places: Array,
    free: Mapping[str, Any] | Sequence[str],
    *,
    error: Any,
    fixed: Mapping[str, Any],
    existing: Any,
) -> Outlook:
    """The fit to come, of candidates and existing data, from the expected values."""
    rule = read_error(error, model.axes[1])
    planned = [Measurement("plan", model, places, np.zeros(places.size), 1.0)]
    others: list[Measurement] = []
    if isinstance(existing, Measurement):
        others = [existing]
    elif _are_measurements(existing):
        others = list(existing)
    elif existing is not None:
        x = read_places(existing, model.axes[0], "existing")
        planned.append(Measurement("measured", model, x, np.zeros(x.size), 1.0))
    wanted = free if isinstance(free, Mapping) else dict.fromkeys(free)
    known = model.parameters
    expected = {}
    for key, how in wanted.items():
        variable = how if isinstance(how, Free) else Free(start=how)
        parameter = known.get(key.partition("@")[0])
        # there are no data to guess a start from
        if variable.start is None and parameter is not None and isfinite(parameter.start):
            variable = replace(variable, start=parameter.start)
        expected[key] = variable
    return Outlook(build_problem((*planned, *others), expected, fixed), rule, len(planned))


def _are_measurements(existing: Any) -> bool:
    if not isinstance(existing, Sequence) or not existing:
        return False
    return all(isinstance(m, Measurement) for m in existing)


def find_targets(target: str | Sequence[str] | None, variables: Sequence[Variable]) -> list[int]:
    """Indices of the targets among the variables: all when none are named."""
    keys = [v.key for v in variables]
    if target is None:
        return list(range(len(keys)))
    names = [target] if isinstance(target, str) else list(target)
    for name in names:
        if name not in keys:
            raise InvalidInputError(
                "is not free", parameter=f"target {name!r}", remedy=nearest(name, keys)
            )
    if not names:
        raise InvalidInputError(
            "must name at least one free parameter",
            parameter="target",
            remedy="leave it out for all of them",
        )
    return sorted({keys.index(name) for name in names})


def check_points(points: int, outlook: Outlook) -> None:
    """Refuse fewer points, with what is known, than parameters."""
    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise InvalidInputError(
            "must be a whole number, 1 or more", parameter="points", value=points
        )
    problem = outlook.problem
    known = problem.data.size - problem.measurements[0].x.size
    count = len(problem.variables)
    if points + known < count:
        raise InvalidInputError(
            f"must be at least {count - known}",
            parameter="points",
            value=points,
            shown=f"{points}: there are {count} free parameters",
            remedy="measure more, or fix some",
        )


def refuse_blind(
    directions: Array, variables: Sequence[Variable], wanted: list[int], axis: str
) -> None:
    """Raise InvalidInputError if an undetermined direction changes a wanted parameter."""
    if not len(directions) or not blind(directions)[wanted].any():
        return
    rows = np.array([row for row in echelon(directions) if blind(row[None])[wanted].any()])
    groups = _group(rows)
    words = " or ".join(_name_group(group, variables) for group in groups)
    if len(rows) > 1:
        some = f"{len(rows)} of them"
    else:
        some = "it" if np.count_nonzero(np.abs(rows) > _PART) == 1 else "one of them"
    raise InvalidInputError(
        f"no {axis} among the candidates determines {words}",
        remedy=f"fix {some}, or give an expected value",
    )


def _group(rows: Array) -> list[Array]:
    """Directions together that have parameters in common."""
    groups: list[Array] = []
    for row in rows:
        joined = [row[None]]
        apart = []
        for group in groups:
            common = np.any((np.abs(group) > _PART) & (np.abs(row) > _PART))
            if common:
                joined.insert(-1, group)
            else:
                apart.append(group)
        groups = [*apart, np.concatenate(joined)]
    return groups


def _name_group(rows: Array, variables: Sequence[Variable]) -> str:
    """Name the parameters of some directions, and the products of powers that stay the same."""
    members = np.flatnonzero(np.max(np.abs(rows), axis=0) > _PART).tolist()
    names = [variables[i].key for i in members]
    if len(names) == 1:
        return f"{names[0]}, on which the curve does not depend"
    if not all(variables[i].logarithmic for i in members):
        return f"{listed(names)} apart"
    products = []
    for powers in echelon(null_space(rows[:, members])):
        factors = []
        for name, power in zip(names, powers, strict=True):
            if power:
                factors.append(name if power == 1 else f"{name}^{power:g}")
        products.append(" · ".join(factors))
    return f"{listed(names)}, only {listed(products)}"
