"""What a user may give as leakage, made into channels and a factor."""

from collections.abc import Sequence
from typing import Any

from coldspin.arguments import within
from coldspin.carried_units import carries_unit
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import TIME, positive_scalar
from coldspin.thermodynamics.channels import Channel, ConstantRelaxation

_WAYS = (
    'a time such as "10 s", channels such as ConstantRelaxation(10.0), or the factor f_N in (0, 1]'
)


def leakage_channels(leakage: Any) -> tuple[tuple[Channel, ...], float]:
    """Channels, and the factor by which β falls besides, of None, a time with a unit, channels, or a plain number."""
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
