"""The stages of an experiment, as frozen records that convert their arguments to SI."""

from dataclasses import dataclass
from typing import Any

from coldspin.arguments import arguments_checked, mean_spin
from coldspin.cooling.pump import leakage_rates
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import ANGLE, FIELD, TIME, Dimension, positive_scalar, scalar


@arguments_checked
@dataclass(frozen=True)
class PumpStage:
    """Light on: polarized electrons cool the nuclei at `field` [T] for `duration` [s].

    `electron_spin` is ⟨S⟩ along the optical axis, which makes `optical_axis_angle` [rad] with the
    field; `leakage`, a time or channels, counts besides that of the whole protocol.
    """

    field: Any
    duration: Any
    electron_spin: float
    optical_axis_angle: Any = 0.0
    leakage: Any = None

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        _convert(self, field=FIELD, duration=TIME, optical_axis_angle=ANGLE)
        spin = scalar("electron_spin", self.electron_spin)
        object.__setattr__(self, "electron_spin", float(mean_spin("electron_spin", spin)))
        object.__setattr__(self, "leakage", leakage_rates(self.leakage))


@arguments_checked
@dataclass(frozen=True)
class DarkStage:
    """Light off: unpolarized electrons warm the nuclei at `field` [T] for `duration` [s]."""

    field: Any
    duration: Any

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        _convert(self, field=FIELD, duration=TIME)


@arguments_checked
@dataclass(frozen=True)
class Sweep:
    """A change of the field to `field` [T] in the dark.

    `kind` is "adiabatic" (slow for the nuclei, constant entropy) or "sudden" (fast, constant
    energy). An adiabatic one may have a `duration` [s], in which the field changes evenly and the
    nuclei relax; where that is fast against T2N, the change is sudden all the same. Without a
    duration it takes no time.
    """

    field: Any
    kind: str = "adiabatic"
    duration: Any = None

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        if self.kind not in ("adiabatic", "sudden"):
            raise InvalidInputError(
                'must be "adiabatic" or "sudden"', parameter="kind of a sweep", value=self.kind
            )
        if self.kind == "sudden" and self.duration is not None:
            raise InvalidInputError("a sudden sweep takes no time", remedy="leave its duration out")
        _convert(self, field=FIELD)
        if self.duration is not None:
            _convert(self, duration=TIME)


@arguments_checked
@dataclass(frozen=True)
class Measure:
    """A measurement at `field` [T] in the dark; the nuclei feel only the step of the field."""

    field: Any

    def __post_init__(self) -> None:
        """Convert to an SI float and check it."""
        _convert(self, field=FIELD)


Stage = PumpStage | DarkStage | Sweep | Measure

STAGE_NAMES: dict[type[Any], str] = {
    PumpStage: "pump",
    DarkStage: "dark",
    Sweep: "sweep",
    Measure: "measure",
}


def _convert(stage: Any, **dimensions: Dimension) -> None:
    for name, dimension in dimensions.items():
        read = positive_scalar if dimension is TIME else scalar
        object.__setattr__(stage, name, read(name, getattr(stage, name), dimension))
