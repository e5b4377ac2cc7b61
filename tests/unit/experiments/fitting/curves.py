"""Models for tests of the fit: any function, with or without its derivatives, and straight lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coldspin.exceptions import ValidityWarning
from coldspin.experiments.fitting import Measurement
from coldspin.experiments.fitting.problem import build_problem
from coldspin.experiments.models import Axis, Parameter


@dataclass(frozen=True, eq=False)
class Curve:
    """y = function(x, **values); derivatives by name where `slopes` gives them."""

    function: Callable[..., Any]
    declared: tuple[Parameter, ...]
    slopes: Callable[..., Mapping[str, Any]] | None = None
    limit: Any = None
    warnings: tuple[ValidityWarning, ...] = ()
    guessed: Mapping[str, float] = field(default_factory=dict)

    @property
    def axes(self):
        return Axis("x", "$x$"), Axis("y", "$y$", any_unit=True)

    @property
    def parameters(self):
        return {p.name: p for p in self.declared}

    def evaluate(self, x, values):
        return np.asarray(self.function(x, **values)) + 0.0 * x

    def gradient(self, x, values):
        return {} if self.slopes is None else self.slopes(x, **values)

    def guess(self, _x, _y):
        return dict(self.guessed)

    def doubts(self, _x, _values):
        return self.warnings

    def classical(self):
        return self.limit


def parameters(*names, **options):
    """Parameters that start at 1."""
    return tuple(Parameter(name, name, start=1.0, **options) for name in names)


def flat(x, height):
    return height


def straight(x, height, slope):
    return height + slope * x


def straight_slopes(x, height, slope):
    return {"height": np.ones_like(x), "slope": x}


FLAT = Curve(flat, parameters("height"))
LINE = Curve(straight, parameters("height", "slope"), straight_slopes, limit=FLAT)
EXPONENTIAL = Curve(
    lambda x, amplitude, rate: amplitude * np.exp(-rate * x),
    (
        Parameter("amplitude", "A", start=1.0),
        Parameter("rate", "r", None, 1.0, 0.0, logarithmic=True),
    ),
)
PRODUCT = Curve(
    lambda x, one, other: one * other * np.exp(-x),
    parameters("one", "other", low=0.0, logarithmic=True),
)

X = np.linspace(0.0, 3.0, 12)
ERRORS = 0.1 * (1 + X / 3)


def line(seed=1, errors=ERRORS, **options):
    """Points of the line 2 − 0.5 x with Gaussian errors."""
    y = 2 - 0.5 * X + ERRORS * np.random.default_rng(seed).standard_normal(X.size)
    return Measurement("line", LINE, X, y, errors, **options)


def exponential(seed=1, errors=0.05, name="curve", **options):
    """Points of 2 exp(−x/2) with Gaussian errors."""
    y = 2 * np.exp(-0.5 * X) + 0.05 * np.random.default_rng(seed).standard_normal(X.size)
    return Measurement(name, EXPONENTIAL, X, y, errors, **options)


def weighted(measurement):
    """Best height and slope, and their covariance, by the normal equations."""
    design = np.stack([np.ones_like(X), X], axis=1)
    weight = (
        1 / np.asarray(measurement.error) ** 2 if measurement.error is not None else np.ones_like(X)
    )
    covariance = np.linalg.inv(design.T @ (weight[:, None] * design))
    return covariance @ (design.T @ (weight * measurement.y)), covariance


def put(measurements, free, **fixed):
    """The problem of these measurements."""
    return build_problem(
        measurements, free if isinstance(free, dict) else dict.fromkeys(free), fixed
    )


def keys(problem):
    """Names of the variables."""
    return [v.key for v in problem.variables]
