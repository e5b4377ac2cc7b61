"""How a site is pumped: light, the effects that count, leakage, and the method of Φ and T1e."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coldspin.arguments import mean_spin, within
from coldspin.carried_units import carries_unit
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method
from coldspin.quantities import ANGLE, TIME, positive_scalar, si
from coldspin.thermodynamics.channels import Channel, ConstantRelaxation

_WAYS = (
    'a time such as "10 s", channels such as ConstantRelaxation(10.0), or the factor f_N in (0, 1]'
)
_CLOSED_FORM = ClosedForm()


@dataclass(frozen=True)
class Pump:
    """The options that `cool`, `branches`, `optimum`, `relax`, `run` and `validity` share, in SI.

    `electron_spin` is ⟨S⟩ along the optical axis, which makes `angle` [rad] with z. β falls by
    `leakage_factor` besides the rates of the `leakage` channels. `linear` is high temperature.
    """

    electron_spin: float = 0.0
    angle: float = 0.0
    self_consistent: bool = True
    knight_field: bool = False
    leakage: tuple[Channel, ...] = ()
    leakage_factor: float = 1.0
    linear: bool = True
    effective_isotope: bool = False
    method: Method = _CLOSED_FORM


def build_pump(
    electron_spin: Any = 0.0,
    *,
    method: Method,
    optical_axis_angle: Any = 0.0,
    leakage: Any = None,
    self_consistent: bool = True,
    knight_field: bool = False,
    high_temperature: bool = True,
    effective_isotope: bool = False,
) -> Pump:
    """Check the options as a user gives them, and convert them to SI."""
    spin = mean_spin("electron_spin", electron_spin)
    angle = si("optical_axis_angle", optical_axis_angle, ANGLE)
    if spin.ndim or angle.ndim:
        raise InvalidInputError(
            "electron_spin and optical_axis_angle must be one value each, not arrays"
        )
    channels, factor = leakage_channels(leakage)
    return Pump(
        float(spin),
        float(angle),
        self_consistent=self_consistent,
        knight_field=knight_field,
        leakage=channels,
        leakage_factor=factor,
        linear=high_temperature,
        effective_isotope=effective_isotope,
        method=method,
    )


def leakage_rates(leakage: Any) -> tuple[Channel, ...]:
    """Channels of a leakage that has a rate: a time or channels, not a factor."""
    channels, factor = leakage_channels(leakage)
    if factor != 1.0:
        raise InvalidInputError(
            'must be a time such as "10 s" or channels',
            parameter="leakage",
            remedy="a factor has no rate",
        )
    return channels


def leakage_channels(leakage: Any) -> tuple[tuple[Channel, ...], float]:
    """Channels and the factor of β, from None, a time with a unit, channels or a plain number."""
    if leakage is None:
        return (), 1.0
    if isinstance(leakage, bool):
        raise InvalidInputError(
            f"must be {_WAYS}", parameter="leakage", value=leakage, shown=f"{leakage}"
        )
    if isinstance(leakage, str) or carries_unit(leakage):
        return (ConstantRelaxation(positive_scalar("leakage", leakage, TIME)),), 1.0
    if isinstance(leakage, int | float):
        return (), float(
            within("leakage, as a plain number the factor f_N,", leakage, 0, 1, open_low=True)
        )
    several = tuple(leakage) if isinstance(leakage, Sequence) else (leakage,)
    for channel in several:
        if isinstance(channel, type) or not callable(getattr(channel, "rate", None)):
            raise InvalidInputError(f"must be {_WAYS}", parameter="leakage", value=channel)
    return several, 1.0
