"""Every benchmark in turn: `make bench`. Each prints ratios measured in one run, with its target beside it."""

import os

for _library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import importlib
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    for script in sorted(here.glob("*.py")):
        if script.name != Path(__file__).name:
            print(f"\n== {script.stem.replace('_', ' ')}")
            importlib.import_module(script.stem).main()


if __name__ == "__main__":
    main()
