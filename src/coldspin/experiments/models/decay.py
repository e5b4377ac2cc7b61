"""A signal that decays or builds up in time: by one exponential, a stretched one, or two."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from coldspin.arguments import Array, arguments_checked
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.models.model import Axis, Model, Parameter, Values, call_model, one_of
from coldspin.quantities import TIME

Form = Literal["exponential", "stretched", "bi-exponential"]
_AXES = (Axis("time", "$t$", TIME), Axis("signal", "signal", any_unit=True))
_AMPLITUDE = Parameter("amplitude", "amplitude A", None, 1.0)
_OFFSET = Parameter("offset", "offset y_0", None, 0.0)
_FIRST = Parameter("relaxation_time", "relaxation time T", TIME, 1.0, 0.0, logarithmic=True)
_MORE = {
    "exponential": {},
    "stretched": {
        "stretching": Parameter("stretching", "exponent p", None, 1.0, 0.05, 5.0, logarithmic=True)
    },
    "bi-exponential": {
        "slow_time": Parameter(
            "slow_time", "second relaxation time T'", TIME, 10.0, 0.0, logarithmic=True
        ),
        "slow_share": Parameter("slow_share", "share c of the second", None, 0.3, 0.0, 1.0),
    },
}


@arguments_checked
@dataclass(frozen=True)
class Decay:
    r"""Warm-up in the dark, A D(t) + y_0, or build-up under light, A [1 − D(t)] + y_0.

    D falls from D(0) = 1 to D(∞) = 0.

    .. math:: D = e^{-t/T},\qquad D = e^{-(t/T)^p},\qquad D = (1-c)\,e^{-t/T} + c\,e^{-t/T'}

    β at a constant field in the dark decays by the first as long as its own Overhauser field is
    small (:func:`coldspin.protocols.run` follows it where it is not); a stretched one stands for a
    distribution of T, two for nuclei in the orbits and between them. Parameters: `amplitude` A and
    `offset` y_0 in the unit of the signal, `relaxation_time` T [s]; `stretching` p; `slow_time` T'
    [s] and `slow_share` c.
    """

    form: Form = "exponential"
    build_up: bool = False

    def __post_init__(self) -> None:
        """Check the form."""
        one_of("form", self.form, _MORE)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Time, signal."""
        return _AXES

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Amplitude, offset, times."""
        return {p.name: p for p in (_AMPLITUDE, _OFFSET, _FIRST)} | _MORE[self.form]

    def __call__(self, time: Any, **parameters: Any) -> Array:
        """Return the signal at `time` [s, or with a unit]."""
        return call_model(self, time, parameters)

    def evaluate(self, x: Array, values: Values) -> Array:
        """The signal."""
        left = self._remaining(x, values)
        result: Array = (
            np.asarray(values["amplitude"]) * (1 - left if self.build_up else left)
            + values["offset"]
        )
        return result

    def _remaining(self, x: Array, values: Values) -> Array:
        phase = x / np.asarray(values["relaxation_time"])
        if self.form == "stretched":
            phase = phase ** np.asarray(values["stretching"])
        if self.form == "bi-exponential":
            share = np.asarray(values["slow_share"])
            slow: Array = np.exp(-x / np.asarray(values["slow_time"]))
            both: Array = (1 - share) * np.exp(-phase) + share * slow
            return both
        single: Array = np.exp(-phase)
        return single

    def gradient(self, x: Array, values: Values) -> Mapping[str, Array]:
        """Of every parameter."""
        left = self._remaining(x, values)
        scale = values["amplitude"] * (-1.0 if self.build_up else 1.0)
        phase = x / values["relaxation_time"]
        by = {"relaxation_time": np.exp(-phase) * phase / values["relaxation_time"]}
        if self.form == "stretched":
            power = values["stretching"]
            turned = phase**power
            by["relaxation_time"] = left * turned * power / values["relaxation_time"]
            with np.errstate(divide="ignore", invalid="ignore"):
                by["stretching"] = np.where(phase > 0, -left * turned * np.log(phase), 0.0)
        if self.form == "bi-exponential":
            share = values["slow_share"]
            slow = np.exp(-x / values["slow_time"])
            by["relaxation_time"] = (1 - share) * by["relaxation_time"]
            by |= {
                "slow_time": share * slow * (x / values["slow_time"]) / values["slow_time"],
                "slow_share": slow - np.exp(-phase),
            }
        slopes = {name: scale * slope for name, slope in by.items()}
        return slopes | {
            "amplitude": 1 - left if self.build_up else left,
            "offset": np.ones_like(x),
        }

    def guess(self, x: Array, y: Array) -> Mapping[str, float]:
        """From the first and the last point, and a third of the time between them."""
        span = float(np.ptp(x)) or 1.0
        first = float(y[np.argmin(x)])
        last = float(y[np.argmax(x)])
        two = self.form == "bi-exponential"
        start = (
            {"relaxation_time": span / 10, "slow_time": span}
            if two
            else {"relaxation_time": span / 3}
        )
        if self.build_up:
            return start | {"amplitude": last - first, "offset": first}
        return start | {"amplitude": first - last, "offset": last}

    def doubts(self, _x: Array, _values: Values) -> tuple[ValidityWarning, ...]:
        """None."""
        return ()

    def classical(self) -> Model | None:
        """One exponential, against a stretched one or two."""
        return None if self.form == "exponential" else Decay(build_up=self.build_up)
