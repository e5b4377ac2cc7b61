"""Which conditions of the theory hold for a sample at one field: green, yellow, red."""

from coldspin.conditions.report import HEADINGS, ValidityReport, validity

__all__ = ["HEADINGS", "ValidityReport", "validity"]
