"""Measured data from plain text files: strict reading, and columns in SI."""

from coldspin.inputs.measurements.reader import read_measurements
from coldspin.inputs.measurements.table import MeasuredColumn, MeasuredTable

__all__ = ["MeasuredColumn", "MeasuredTable", "read_measurements"]
