"""Experiments in time: stages of pumping, darkness and sweeps, run one after another, and two of them ready-made."""

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
