"""A fit of T1(B) against what one would write by hand: nested quadrature and curve_fit. Run python benchmarks/fits.py.

Times are CPU times of one core: medians of several calls after one that loads, and of the other
side one call.
"""

from time import process_time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import curve_fit

from coldspin import Site
from coldspin.experiments.fitting import Measurement, fit
from coldspin.experiments.models import DarkRate

REPEATS = 9
POINTS = 40
ACCURACY = 1e-9
MOST_FIT, MOST_PROFILE, LEAST_GAIN = 0.1, 2.0, 100.0  # s, s
FREE = ("correlation_time", "filling", "local_field")
DONOR = Site(
    nuclei=1e4,
    nuclear_spin=0.5,
    hyperfine_coupling="1 neV",
    nuclear_gyromagnetic_ratio="6e7 rad/s/T",
    local_field="0.5 G",
    correlation_time="10 ns",
    filling=1e-3,
    g_factor=-1.6,
)


def simulate_data():
    """Fields, T1 with errors of 5%, the errors, and where to start."""
    field = np.geomspace(1e-5, 1e-2, POINTS)
    times = DarkRate(DONOR)(field)
    error = 0.05 * times
    start = [1.5 * DONOR.correlation_time, 0.7 * DONOR.filling, 1.5 * DONOR.local_field]
    return field, times + error * np.random.default_rng(2406).standard_normal(POINTS), error, start


def by_hand(field, correlation_time, filling, local_field):
    """T1 of (13) with (9) and (S12), each average over the Overhauser field by two integrals, dipolar local fields."""
    nuclei, gamma = DONOR.effective_nuclei, DONOR.electron_gyromagnetic_ratio
    k = correlation_time / DONOR.dephasing_time

    def mean(b, power):
        def transverse(z):
            def integrand(r):
                return (
                    r ** (1 + 2 * power) * np.exp(-2 * r * r) / (1 + (r * r + (b + z) ** 2) * k * k)
                )

            return quad(integrand, 0, 4.5, epsabs=0, epsrel=ACCURACY)[0] * np.exp(-2 * z * z)

        return (
            2
            * np.pi
            * (2 / np.pi) ** 1.5
            * quad(transverse, -4.5, 4.5, epsabs=0, epsrel=ACCURACY)[0]
        )

    def rate(at):
        b = gamma * DONOR.dephasing_time * at
        x = k / np.sqrt(nuclei)
        heating = mean(b, 0) + 0.4 * (1 / (1 + x * x) + 1 / (4 + x * x))
        zeeman, local = at**2 * k**2 * mean(b, 1), heating * k**2 * local_field**2
        return filling / (nuclei * correlation_time) * (zeeman + local) / (at**2 + local_field**2)

    return np.array([1 / rate(at) for at in field])


def seconds(call):
    """CPU time and result of one call."""
    start = process_time()
    result = call()
    return process_time() - start, result


def median(call):
    """Median CPU time of several calls."""
    call()
    return float(np.median([seconds(call)[0] for _ in range(REPEATS)]))


def verdict(met):
    return "met" if met else "MISSED"


def main():
    field, times, error, start = simulate_data()
    data = Measurement("T1", DarkRate(DONOR), field, times, error)
    free = dict(zip(FREE, start, strict=True))
    print(f"Three parameters from {POINTS} points of T1(B), ms\n")
    first = seconds(lambda: fit(data, free, profile=False))[0]
    whole = median(lambda: fit(data, free, profile=False))
    single = median(lambda: fit(data, free, profile=False, attempts=1))
    profile = median(lambda: fit(data, free))
    print(f"first fit, libraries loaded       {1e3 * first:9.1f}")
    print(
        f"fit, four starts                  {1e3 * whole:9.1f}   target ≤ {1e3 * MOST_FIT:g}: "
        f"{verdict(whole <= MOST_FIT)}"
    )
    print(f"fit, one start                    {1e3 * single:9.1f}")
    print(
        f"fit and profile intervals         {1e3 * profile:9.1f}   target ≤ "
        f"{1e3 * MOST_PROFILE:g}: "
        f"{verdict(profile <= MOST_PROFILE)}"
    )
    hand, (best, covariance) = seconds(
        lambda: curve_fit(by_hand, field, times, p0=start, sigma=error, absolute_sigma=True)
    )
    print(f"nested quadrature and curve_fit   {1e3 * hand:9.1f}")
    found = fit(data, free, profile=False)
    deviations = np.sqrt(np.diag(covariance)) / best
    differ = np.max(np.abs(best / np.array([found.best[name] for name in FREE]) - 1) / deviations)
    spread = np.max(np.abs(deviations / found.deviations - 1))
    print(
        f"\nthe best values differ by {differ:.0e} of a standard deviation, these by {spread:.0e} "
        f"of themselves"
    )
    same = differ < 1e-3 and spread < 0.01
    for label, time in (("four starts", whole), ("one start", single)):
        gain = hand / time
        print(
            f"gain with {label}: {gain:.0f}, target ≥ {LEAST_GAIN:g}: "
            f"{verdict(same and gain >= LEAST_GAIN)}"
        )


if __name__ == "__main__":
    main()
