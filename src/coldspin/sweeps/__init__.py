"""Parameter studies: one command over a grid or a list of parameters, on many processors, into one zarr store."""

from coldspin.sweeps.local import LocalPool
from coldspin.sweeps.running import Plan, Summary, run_sweep
from coldspin.sweeps.sources import Source, read_source
from coldspin.sweeps.study import SweepStudy, study_of

__all__ = [
    "LocalPool",
    "Plan",
    "Source",
    "Summary",
    "SweepStudy",
    "read_source",
    "run_sweep",
    "study_of",
]
