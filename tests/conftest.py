"""Helpers of the tests stand beside this file (methods.py, quadrature.py) and are imported by their bare names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
