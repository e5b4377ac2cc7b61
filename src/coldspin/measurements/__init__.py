"""Measured data from plain text files: strict reading, and columns in SI."""

from coldspin.measurements.reader import read_measurements
from coldspin.measurements.table import MeasuredColumn, MeasuredTable

__all__ = ["MeasuredColumn", "MeasuredTable", "read_measurements"]
