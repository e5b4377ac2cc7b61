"""Plans: where to measure, so that a fit will determine what is wanted as well as it can."""

from coldspin.experiments.planning.datasets import plan_dataset
from coldspin.experiments.planning.planning import plan
from coldspin.experiments.planning.plans import Plan, Shift

__all__ = ["Plan", "Shift", "plan", "plan_dataset"]
