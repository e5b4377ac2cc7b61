"""Experiments in time: stages of light, darkness and sweeps, and two ready-made experiments."""

from coldspin.protocols.running import cooling_time, run
from coldspin.protocols.stages import DarkStage, Measure, PumpStage, Sweep
from coldspin.protocols.standard import adiabatic_demagnetization, three_stage

__all__ = [
    "DarkStage",
    "Measure",
    "PumpStage",
    "Sweep",
    "adiabatic_demagnetization",
    "cooling_time",
    "run",
    "three_stage",
]
