"""Maxima of β(B) for box, Gaussian and exponential envelope at several x, as a table of the page on unequal couplings.

python tools/unequal_couplings_table.py [x ...] > docs/unequal-couplings-table.md; the large x take
minutes each.
"""

import sys
from dataclasses import replace

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.heating import ExponentialProfile, GaussianProfile, Semiclassical, Trajectories
from coldspin.studies.second_maximum import reduced_site
from coldspin.studies.unequal_couplings import extrema

NUCLEI, ZEEMAN_RATIO = 1e4, 1.5e-3
SAMPLES, TOLERANCE = (256, 1024, 4096), 0.1  # more where the seeds do not agree on what there is
GRID = np.geomspace(0.01, 60, 46)


def bracketed(estimate):
    """A value with its standard error in units of the last digit: two digits of it, or one above 3."""
    if estimate.standard_error == 0:
        return f"{estimate.value:.4g}"
    digits = max(0, int(np.ceil(-np.log10(estimate.standard_error / 3))))
    return f"{estimate.value:.{digits}f}({estimate.standard_error * 10**digits:.0f})"


def agreed(site, method):
    """Extrema by as many samples as it takes, and their number; the last attempt says what it lacks."""
    if not isinstance(method, Trajectories):
        return extrema(site, method, GRID), 0
    for samples in SAMPLES[:-1]:
        try:
            return extrema(site, replace(method, samples=samples), GRID), samples
        except InvalidInputError as problem:
            print(problem, file=sys.stderr, flush=True)
    return extrema(site, replace(method, samples=SAMPLES[-1]), GRID), SAMPLES[-1]


def row(x, name, method):
    """Cells of one row: extrema in order of field, β in 10⁻³ β_0."""
    site = reduced_site(nuclei=NUCLEI, k=x * np.sqrt(NUCLEI), zeeman_ratio=ZEEMAN_RATIO)
    found, used = agreed(site, method)
    name += f", {used}" if used > SAMPLES[0] else ""
    cells = []
    for point in found:
        height = type(point.height)(1e3 * point.height.value, 1e3 * point.height.standard_error)
        cells.append(
            f"{'' if point.maximum else 'dip '}{bracketed(point.field)}: {bracketed(height)}"
        )
    return f"| {x:g} | {name} | {'; '.join(cells)} |"


def main():
    """Print a row as soon as it is there."""
    methods = {
        "box": Semiclassical(tolerance=1e-6),
        "Gaussian": Trajectories(GaussianProfile(), tolerance=TOLERANCE),
        "exponential": Trajectories(ExponentialProfile(), tolerance=TOLERANCE),
    }
    print(
        "| $x$ | envelope | maxima and dips, $B/\\Delta_B$: $10^3\\beta/\\beta_0$ |\n| --- | --- | "
        "--- |",
        flush=True,
    )
    for x in [float(given) for given in sys.argv[1:]] or (0.1, 1.0, 10.0, 30.0):
        for name, method in methods.items():
            print(row(x, name, method), flush=True)


if __name__ == "__main__":
    main()
