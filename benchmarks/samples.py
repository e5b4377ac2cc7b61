"""Curves of real samples, lattice sums and import: python benchmarks/samples.py."""

import subprocess
import sys
import time
import warnings

import numpy as np

from coldspin import Site, ValidityWarning, cool
from coldspin.materials import Donor, local_fields, material

REPEATS = 7


def seconds(call):
    """Best of a few, after one call that loads."""
    call()
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def import_ratio():
    """Start of Python with coldspin over that with NumPy and scipy.special, in turn, best of each."""
    best = {"import coldspin": np.inf, "import numpy, scipy.special": np.inf}
    for _ in range(REPEATS):
        for code in best:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            best[code] = min(best[code], time.perf_counter() - start)
    ours, theirs = best.values()
    return ours / theirs


def main():
    warnings.simplefilter("ignore", ValidityWarning)
    fields = np.linspace(-0.2, 0.2, 400)
    donor = Site.from_material(
        "GaAs", envelope=Donor("10.2 nm"), correlation_time="50 ns", filling=0.01
    )
    one = Site(
        nuclei=1e5,
        nuclear_spin=1.5,
        hyperfine_coupling="1 neV",
        nuclear_gyromagnetic_ratio="6.3e7 rad/s/T",
        local_field="1.5 G",
        correlation_time="10 ns",
        filling=0.05,
        g_factor=-0.44,
    )
    print("400 fields with ClosedForm, ms (target 20): without and with the mean Overhauser field")
    for name, site in (("one isotope", one), ("GaAs donor, three isotopes", donor)):
        taken = [
            1e3 * seconds(lambda s=site, on=on: cool(s, fields, 0.1, self_consistent=on))
            for on in (False, True)
        ]
        print(f"  {name}: {taken[0]:.1f}, {taken[1]:.1f}")
    gallium_arsenide = material("GaAs")
    taken = seconds(lambda: local_fields(gallium_arsenide).kinetic)
    print(f"local fields of GaAs, ms (target 200): {1e3 * taken:.1f}")
    print(f"import coldspin over import numpy, scipy.special (target 1.3): {import_ratio():.2f}")


if __name__ == "__main__":
    main()
