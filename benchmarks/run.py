"""Every benchmark in turn: `make bench`. Each prints ratios measured in one run, with its target beside it."""

import importlib
import os
import sys
from pathlib import Path


def main() -> None:
    for library in ("OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    for script in sorted(here.glob("*.py")):
        if script.name != Path(__file__).name:
            print(f"\n== {script.stem.replace('_', ' ')}")
            importlib.import_module(script.stem).main()


if __name__ == "__main__":
    main()
