"""Plans: where to measure, so that a fit will determine what is wanted as well as it can."""

from coldspin.experiments.planning.planning import Plan, Shift, plan, plan_dataset

__all__ = ["Plan", "Shift", "plan", "plan_dataset"]
