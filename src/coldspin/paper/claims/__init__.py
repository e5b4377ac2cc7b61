"""Every quantitative statement of the paper, in its order, with a verdict."""

from collections.abc import Callable, Iterator

from coldspin.paper.claims import (
    box_rotation,
    cooling_curves,
    darkness,
    electron_spin,
    heating_limits,
    optimal_field,
    second_maximum,
    spin_spin_reservoir,
    thermalization,
    zeeman_reservoir,
)
from coldspin.paper.claims.record import VERDICTS, Claim, Verdict

__all__ = ["CLAIMS", "VERDICTS", "Claim", "Verdict", "all_claims"]

CLAIMS: tuple[Callable[[], Claim], ...] = (
    *heating_limits.CLAIMS,
    *cooling_curves.CLAIMS,
    *optimal_field.CLAIMS,
    *darkness.CLAIMS,
    *electron_spin.CLAIMS,
    *zeeman_reservoir.CLAIMS,
    *spin_spin_reservoir.CLAIMS,
    *box_rotation.CLAIMS,
    *second_maximum.CLAIMS,
    *thermalization.CLAIMS,
)


def all_claims() -> Iterator[Claim]:
    """Work out the claims one after another; a few seconds in all."""
    return (claim() for claim in CLAIMS)
