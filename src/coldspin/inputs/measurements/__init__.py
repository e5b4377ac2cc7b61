"""Measured data from plain text files: strict reading, and columns in SI."""

from coldspin.inputs.measurements.columns import MeasuredColumn, MeasuredTable
from coldspin.inputs.measurements.reader import read_measurements

__all__ = ["MeasuredColumn", "MeasuredTable", "read_measurements"]
