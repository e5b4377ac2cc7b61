"""Maxima of β(B) for box, Gaussian and exponential envelope at several x, as a table of the page on unequal couplings.

python tools/unequal_couplings_table.py [x ...] > docs/unequal-couplings-table.md; the large x take minutes each.
"""

import sys

import numpy as np

from coldspin.heating import ExponentialProfile, GaussianProfile, Semiclassical, Trajectories
from coldspin.studies.second_maximum import reduced_site
from coldspin.studies.unequal_couplings import extrema

NUCLEI, ZEEMAN_RATIO = 1e4, 1.5e-3
SAMPLES, TOLERANCE = 256, 0.1
GRID = np.geomspace(0.01, 60, 46)


def bracketed(estimate):
    """A value with its standard error in units of the last digit: two digits of it, or one above 3."""
    if estimate.standard_error == 0:
        return f"{estimate.value:.4g}"
    digits = max(0, int(np.ceil(-np.log10(estimate.standard_error / 3))))
    return f"{estimate.value:.{digits}f}({estimate.standard_error * 10**digits:.0f})"


def row(x, name, method):
    """Cells of one row: extrema in order of field, β in 10⁻³ β_0."""
    site = reduced_site(nuclei=NUCLEI, k=x * np.sqrt(NUCLEI), zeeman_ratio=ZEEMAN_RATIO)
    found = extrema(site, method, GRID)
    cells = []
    for point in found:
        height = type(point.height)(1e3 * point.height.value, 1e3 * point.height.standard_error)
        cells.append(f"{'' if point.maximum else 'dip '}{bracketed(point.field)}: {bracketed(height)}")
    return f"| {x:g} | {name} | {'; '.join(cells)} |"


def main():
    """Print a row as soon as it is there."""
    methods = {
        "box": Semiclassical(tolerance=1e-6),
        "Gaussian": Trajectories(GaussianProfile(), samples=SAMPLES, tolerance=TOLERANCE),
        "exponential": Trajectories(ExponentialProfile(), samples=SAMPLES, tolerance=TOLERANCE),
    }
    print("| $x$ | envelope | maxima and dips, $B/\\Delta_B$: $10^3\\beta/\\beta_0$ |\n| --- | --- | --- |", flush=True)
    for x in [float(given) for given in sys.argv[1:]] or (0.1, 1.0, 10.0, 30.0):
        for name, method in methods.items():
            print(row(x, name, method), flush=True)


if __name__ == "__main__":
    main()
