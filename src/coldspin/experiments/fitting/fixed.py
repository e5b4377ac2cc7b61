"""Values of the parameters that a fit did not vary, and where they are from."""

from typing import NamedTuple

from coldspin.experiments.fitting.fitted import Fit
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.variables import Variable
from coldspin.experiments.models.model import Parameter


class FixedValue(NamedTuple):
    """A parameter that was not varied: its value [SI], its origin, and the measurements that have it.

    It was `given`, or it `follows` another parameter by a factor, or else it is the model's own.
    """

    parameter: Parameter
    value: float
    given: bool
    follows: tuple[str, float] | None
    measurements: tuple[str, ...]


def fixed_values(fit: Fit) -> list[FixedValue]:
    """Return what was not varied, equal values of several measurements once."""
    found: dict[tuple[str, float, bool], FixedValue] = {}
    for index, m in enumerate(fit.problem.measurements):
        known = m.model.parameters
        for name, value in fit.problem.values(index, fit.coordinates).items():
            if any(_varies(v, name, m) for v in fit.problem.variables):
                continue
            given = name in m.fixed or name in fit.problem.fixed
            follows = None if given else known[name].follows
            before = found.get((name, value, given))
            measurements = (*before.measurements, m.name) if before else (m.name,)
            found[(name, value, given)] = FixedValue(
                known[name], value, given, follows, measurements
            )
    return list(found.values())


def _varies(v: Variable, name: str, m: Measurement) -> bool:
    """Whether a variable is the value of a parameter in a measurement."""
    return v.parameter.name == name and (
        v.measurement == m.name or (not v.measurement and name not in m.fixed)
    )
