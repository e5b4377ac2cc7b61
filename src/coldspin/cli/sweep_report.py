"""What `coldspin sweep` says before and after the work."""

from pathlib import Path
from typing import TYPE_CHECKING

from coldspin.cli.terminal import say

if TYPE_CHECKING:
    from coldspin.sweeps import Plan, Summary

_SHOWN = 5


def announce(plan: "Plan") -> None:
    """Say what there is to do, and what it will cost."""
    from coldspin.sweeps.estimate import duration, size

    cost = plan.cost
    if cost is None:
        say(f"all {plan.grid.size} points are there")
        return
    say(
        f"{cost.points} of {plan.grid.size} points to compute, in {len(plan.missing)} chunks: "
        f"about "
        f"{duration(cost.duration)} with {cost.workers} worker{'s' * (cost.workers != 1)}, "
        f"{size(cost.memory)} of memory each, up to {size(cost.disk)} on disk"
    )


def tell(summary: "Summary", store: Path) -> None:
    """Failures first, then doubts, a few of each; where the results are comes last."""
    for what, entries in (("failed", summary.failures), ("not computed", summary.lost)):
        for entry in entries[:_SHOWN]:
            at = ", ".join(f"{key} = {value}" for key, value in entry["parameters"].items())
            say(f"{what}: {at}: {entry['sentence']}")
        if len(entries) > _SHOWN:
            say(
                f"{what}: {len(entries) - _SHOWN} more; the attribute `failures` of the store has "
                f"all that failed"
            )
    for doubt in summary.doubts[:_SHOWN]:
        say(f"warning: {doubt}")
    if len(summary.doubts) > _SHOWN:
        say(
            f"warning: and {len(summary.doubts) - _SHOWN} more; `doubts` of the store counts them "
            f"at each point"
        )
    say(f"{summary.points} points are in {store}; {summary.computed} were computed now")
