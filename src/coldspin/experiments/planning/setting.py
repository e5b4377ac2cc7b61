"""The fit that a plan is for, put together from what the user says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from coldspin.arguments import Array, finite
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.problem import Free, Variable, build_problem
from coldspin.experiments.models.model import Axis, Model
from coldspin.experiments.planning.errors import error_rule
from coldspin.experiments.planning.local import Outlook
from coldspin.quantities import si_axis
from coldspin.wording import nearest


def axis_of(given: Any, axis: Axis, name: str = "candidates") -> Array:
    """Abscissae in SI; of pure numbers a range is "0.1:0.5:9"."""
    if given is None or (not isinstance(given, str) and not np.size(given)):
        raise InvalidInputError(
            f"must hold at least one {axis.name}",
            parameter=name,
            remedy="give an axis, or a range as START:STOP:COUNT",
        )
    if axis.dimension is not None:
        return si_axis(name, given, axis.dimension)
    values = np.atleast_1d(_span(name, given) if isinstance(given, str) else finite(name, given))
    if values.ndim > 1:
        raise InvalidInputError(
            f"must be a one-dimensional axis, not an array of {values.shape}", parameter=name
        )
    return values


def _span(name: str, text: str) -> Array:
    try:
        first, last, count = (float(part) for part in text.split(":"))
        if count < 2 or count != int(count):
            raise ValueError
        return finite(name, np.linspace(first, last, int(count)))
    except (ValueError, OverflowError):
        raise InvalidInputError(
            'must be a range like "0.1:0.5:9"', parameter=name, value=text
        ) from None


def outlook_of(
    model: Model, places: Array, free: Any, rest: tuple[Any, Mapping[str, Any], Any]
) -> Outlook:
    """The fit to come: the candidates as a measurement, what exists as others, and the expected values as its start."""
    error, fixed, existing = rest
    rule = error_rule(error, model.axes[1])
    planned = [Measurement("plan", model, places, np.zeros(places.size), 1.0)]
    if isinstance(existing, Measurement):
        existing = (existing,)
    if (
        isinstance(existing, Sequence)
        and existing
        and all(isinstance(m, Measurement) for m in existing)
    ):
        others = list(existing)
    else:
        others = []
        if existing is not None:
            x = axis_of(existing, model.axes[0], "existing")
            planned.append(Measurement("measured", model, x, np.zeros(x.size), 1.0))
    wanted = free if isinstance(free, Mapping) else dict.fromkeys(free)
    known = model.parameters
    expected = {
        key: _expected(how, known.get(key.partition("@")[0])) for key, how in wanted.items()
    }
    return Outlook(build_problem((*planned, *others), expected, fixed), rule, len(planned))


def _expected(how: Any, parameter: Any) -> Any:
    """Start at the model's own value where none is given: there are no data to guess it from."""
    free = how if isinstance(how, Free) else Free(start=how)
    if free.start is None and parameter is not None and isfinite(parameter.start):
        return replace(free, start=parameter.start)
    return free


def wanted_of(target: str | Sequence[str] | None, variables: Sequence[Variable]) -> list[int]:
    """Indices of the targets among the variables: all when none are named."""
    keys = [v.key for v in variables]
    names = keys if target is None else [target] if isinstance(target, str) else list(target)
    for name in names:
        if name not in keys:
            raise InvalidInputError(f"target {name!r} is not free", remedy=nearest(name, keys))
    if not names:
        raise InvalidInputError(
            "target must name at least one free parameter", remedy="leave it out for all of them"
        )
    return sorted({keys.index(name) for name in names})


def checked_points(points: int, outlook: Outlook) -> None:
    """Enough points, with what is known, for as many parameters."""
    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise InvalidInputError(
            "must be a whole number, 1 or more", parameter="points", value=points
        )
    put = outlook.put
    known, count = put.data.size - put.measurements[0].x.size, len(put.variables)
    if points + known < count:
        raise InvalidInputError(
            f"must be at least {count - known}",
            parameter="points",
            value=points,
            shown=f"{points}: there are {count} free parameters",
            remedy="measure more, or fix some",
        )
