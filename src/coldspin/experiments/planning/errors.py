"""The error that each planned point will have: absolute, a share of the curve, or both."""

import re
from dataclasses import dataclass
from math import hypot
from typing import Any

import numpy as np

from coldspin.arguments import Array, positive
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.models.model import Axis
from coldspin.quantities import positive_scalar

_PERCENT = re.compile(
    r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:%|percent)(?:\s+relative)?\s*"
)


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


def error_rule(error: Any, axis: Axis) -> ErrorRule:
    """Read 0.1 or "0.1 s", absolute; "5 %", of the curve; or a list of both, which add in quadrature."""
    parts = tuple(error) if isinstance(error, list | tuple) else (error,)
    if not parts or any(part is None for part in parts):
        raise InvalidInputError(
            f"error of {axis.name} is missing",
            remedy='give a standard error, or a share as in "5 %"',
        )
    absolute, relative = 0.0, 0.0
    for part in parts:
        share = _PERCENT.fullmatch(part) if isinstance(part, str) else None
        if share is None:
            absolute = hypot(absolute, positive_scalar("error", part, axis.dimension))
        else:
            relative = hypot(relative, float(positive("error", float(share.group(1)))) / 100)
    return ErrorRule(absolute, relative)
