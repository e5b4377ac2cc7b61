"""Helpers of the tests stand beside this file (methods.py, quadrature.py) and are imported by their bare names.

BLAS gets one thread, before NumPy is loaded: tests run side by side, and threads of small matrices wait for each other.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))
