"""Which conditions of the theory a sample keeps at a field, with numbers and limits: green, yellow, red."""

from coldspin.conditions.report import HEADINGS, ValidityReport, validity

__all__ = ["HEADINGS", "ValidityReport", "validity"]
