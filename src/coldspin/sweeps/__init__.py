"""Parameter studies: one command over many parameters, on many processors, into one zarr store."""

from coldspin.sweeps.pools import LocalPool
from coldspin.sweeps.run import SweepPlan, SweepSummary, run_sweep
from coldspin.sweeps.source import Source, read_source
from coldspin.sweeps.study import SweepStudy, study_of

__all__ = [
    "LocalPool",
    "Source",
    "SweepPlan",
    "SweepStudy",
    "SweepSummary",
    "read_source",
    "run_sweep",
    "study_of",
]
