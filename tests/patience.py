"""Hypothesis without clocks: on a machine that others use, a slow draw is no fault of the code."""

from hypothesis import HealthCheck, settings

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
