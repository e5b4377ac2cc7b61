"""Models of measured curves in their limits, and what curves of each kind can and cannot tell of a sample."""

import numpy as np
import pytest
from scipy import stats

from coldspin import Site
from coldspin.experiments.fitting import Measurement, combinations, compare, fit, verdicts
from coldspin.experiments.models import CoolingCurve, DarkRate, OptimalField
from coldspin.experiments.models.model import complete
from coldspin.materials import Donor
from quick import quick
from samples import DONOR, DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELDS = np.geomspace(1e-6, 2e-2, 15)
CDTE = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
CHANNELS = {
    "constant_rate": 0.3,
    "quadrupole_rate": 0.7,
    "quadrupole_correlation_time": 2e-5,
    "diffusion_rate": 0.1,
}
RATIOS = np.array([1e-2, 1e-3, 1e-4])  # τ_c/T2e*

sites = pytest.mark.parametrize("site", [DONOR, DOT, CDTE], ids=["donor", "dot", "cdte"])


def noisy(model, x, error, seed, **given):
    """A measurement of the curve with relative errors, as drawn."""
    y = model(x, **given)
    return y * (1 + error * np.random.default_rng(seed).standard_normal(y.size)), error * np.abs(y)


def kinds(made):
    return {one.key: one.kind for one in verdicts(made)}


# Short correlation times


@sites
@pytest.mark.parametrize("given", [{}, CHANNELS], ids=["alone", "channels"])
def test_dark_rate_becomes_classical_as_the_square_of_the_correlation_time(site, given):
    """W = fτ_c/(2N_I T2e*²) stays: f grows as τ_c falls."""
    error = []
    for ratio in RATIOS:
        quick = site.replace(correlation_time=ratio * site.dephasing_time)
        model, limit = DarkRate(quick), DarkRate(quick).classical()
        values = complete(model, given) | {"filling": 1e-5 / ratio}
        rate = limit.parameters["zeeman_rate"].start / quick.filling * 1e-5 / ratio
        classical = limit.evaluate(FIELDS, complete(limit, given) | {"zeeman_rate": rate})
        error.append(np.max(np.abs(model.evaluate(FIELDS, values) / classical - 1)))
    assert error[0] < 0.05
    assert error[1:] / np.array(error[:-1]) == pytest.approx([0.01, 0.01], rel=0.2)


@sites
@pytest.mark.parametrize(
    "ordinate", ["inverse_spin_temperature", "spin_temperature", "overhauser_field"]
)
def test_cooling_curve_becomes_classical_as_the_square_of_the_correlation_time(site, ordinate):
    error = []
    for ratio in RATIOS:
        quick = site.replace(correlation_time=ratio * site.dephasing_time)
        model = CoolingCurve(
            quick, 0.1, ordinate, self_consistent=False, optical_axis_angle=0.4, polarity=-1
        )
        limit = model.classical()
        error.append(
            np.max(
                np.abs(model(FIELDS, leakage_factor=0.6) / limit(FIELDS, leakage_factor=0.6) - 1)
            )
        )
    assert error[0] < 0.02
    assert error[1:] / np.array(error[:-1]) == pytest.approx([0.01, 0.01], rel=0.2)


@sites
def test_optimal_field_becomes_the_kinetic_local_field(site):
    """B_0/B̃_L − 1 is of second order in τ_c, down to what the search resolves."""
    error = []
    for ratio in (0.1, 0.03, 0.01):
        model = OptimalField(
            site.replace(correlation_time=ratio * site.dephasing_time), self_consistent=False
        )
        error.append(model([0.1])[0] / model.classical()([0.1])[0] - 1)
    assert error[0] < 5e-3
    assert error[1:] / np.array(error[:-1]) == pytest.approx([0.09, 1 / 9], rel=0.06)


@sites
def test_feedback_vanishes_with_the_spin(site):
    """β/⟨S⟩ with the nuclei's own field, against that without: to first order in ⟨S⟩."""
    alone = CoolingCurve(site, self_consistent=False)(FIELDS, electron_spin=1.0e-3) / 1e-3
    change = [
        np.max(np.abs(CoolingCurve(site)(FIELDS, electron_spin=s) / s / alone - 1))
        for s in (1e-5, 1e-6)
    ]
    assert change[1] / change[0] == pytest.approx(0.1, rel=0.1)


# Scaling


def test_only_ratios_of_fields_and_of_times_count():
    """B, B_L, B̃_L and 1/g in proportion change nothing; τ_c, T2e* and 1/g in proportion change rates alone."""
    model = DarkRate(DOT, "relaxation_rate")
    values = complete(model, {"kinetic_local_field": 3e-4})
    reference = model.evaluate(FIELDS, values)
    fields = {name: 7 * values[name] for name in ("local_field", "kinetic_local_field")}
    scaled = model.evaluate(7 * FIELDS, values | fields | {"g_factor": values["g_factor"] / 7})
    np.testing.assert_allclose(scaled, reference, rtol=1e-12)
    times = {name: 7 * values[name] for name in ("correlation_time", "dephasing_time")}
    slow = model.evaluate(FIELDS, values | times | {"g_factor": values["g_factor"] / 7})
    np.testing.assert_allclose(7 * slow, reference, rtol=1e-12)


def test_filling_and_nuclei_enter_as_their_ratio_where_one_electron_turns_nuclei_little():
    model = DarkRate(DOT)
    values = complete(model, {"nuclei": 1e12})
    both = model.evaluate(FIELDS, values | {"nuclei": 3e12, "filling": 3 * DOT.filling})
    np.testing.assert_allclose(both, model.evaluate(FIELDS, values), rtol=1e-9)


# What curves tell


def test_dark_rates_tell_filling_over_nuclei_but_not_both():
    y, error = noisy(DarkRate(DONOR), FIELDS, 0.03, 1)
    made = fit(
        Measurement("dark", DarkRate(DONOR), FIELDS, y, error),
        ["nuclei", "filling", "correlation_time"],
    )
    found = kinds(made)
    assert found["correlation_time"] == "determined"
    assert "determined" not in (found["nuclei"], found["filling"])
    (ratio,) = combinations(made)
    assert ratio.exponents == {"nuclei": 1.0, "filling": -1.0}
    assert ratio.value == pytest.approx(DONOR.nuclei / DONOR.filling, rel=0.03)
    assert 0.003 < ratio.relative_error < 0.03
    (inner, outer), best = made.intervals["correlation_time"], made.best["correlation_time"]
    assert outer.low < 1e-8 < outer.high
    assert outer.high / outer.low - 1 > 0.02
    assert inner.low < best < inner.high


def test_with_the_overhauser_field_of_cooled_nuclei_both_are_told():
    """B_N grows as √N at the same β."""
    y, error = noisy(DarkRate(DONOR), FIELDS, 0.03, 1)
    cooling = CoolingCurve(DONOR, 0.1, "overhauser_field", self_consistent=False)
    b, b_error = noisy(cooling, FIELDS, 0.03, 2)
    both = [
        Measurement("dark", DarkRate(DONOR), FIELDS, y, error),
        Measurement("cold", cooling, FIELDS, b, b_error),
    ]
    made = fit(both, ["nuclei", "filling", "correlation_time"])
    assert set(kinds(made).values()) == {"determined"}
    assert combinations(made) == ()
    for key in made.best:
        inner, outer = made.intervals[key]
        assert outer.low < getattr(DONOR, key) < outer.high
        assert inner.high / inner.low < 1.1


@pytest.mark.slow
def test_optimal_fields_of_few_nuclei_tell_a_long_correlation_time_from_below_only():
    """Once one electron turns the nuclei completely, k ≫ √N_I, B_0 does not depend on τ_c any more."""
    site = DONOR.replace(nuclei=50)
    site = site.replace(correlation_time=300 * site.dephasing_time)
    model, spins = OptimalField(site, self_consistent=False), np.linspace(0.05, 0.4, 6)
    y, error = noisy(model, spins, 0.05, 3)
    made = fit(
        Measurement("optimum", model, spins, y, error),
        {"correlation_time": 30 * site.dephasing_time},
    )
    assert kinds(made) == {"correlation_time": "lower limit only"}
    inner, outer = made.intervals["correlation_time"]
    assert site.dephasing_time < outer.low < inner.low < 100 * site.dephasing_time
    assert (inner.high, outer.high) == (np.inf, np.inf)
    limit = model([0.1], correlation_time=1e3 * site.correlation_time)[0]
    assert limit == pytest.approx(model([0.1])[0], rel=1e-2)


@pytest.mark.slow
def test_optimal_fields_of_many_nuclei_tell_the_correlation_time():
    model, spins = OptimalField(DONOR, self_consistent=False), np.linspace(0.05, 0.4, 6)
    y, error = noisy(model, spins, 0.05, 3)
    made = fit(Measurement("optimum", model, spins, y, error), ["correlation_time"])
    assert kinds(made) == {"correlation_time": "determined"}
    assert (
        made.intervals["correlation_time"][1].low
        < DONOR.correlation_time
        < made.intervals["correlation_time"][1].high
    )


@pytest.mark.parametrize(
    ("nuclei", "ratio", "seed"),
    quick(
        [(1e4, 1, 4), (1e4, 10, 4), (1e3, 1e2, 4), (1e3, 1e4, 4), (100, 1e2, 4), (100, 1e2, 9)],
        0,
        4,
    ),
)
def test_intervals_are_those_of_every_pair_of_values(nuclei, ratio, seed):
    """f and τ_c of a dark rate on a grid: from one minimum to a valley along f/τ_c, and two valleys with a pass."""
    site = DONOR.replace(nuclei=nuclei)
    site = site.replace(correlation_time=ratio * site.dephasing_time, filling=0.01)
    y, error = noisy(DarkRate(site), FIELDS, 0.03, seed)
    made = fit(
        Measurement("dark", DarkRate(site), FIELDS, y, error), ["filling", "correlation_time"]
    )
    f, tau = (
        np.exp(np.linspace(np.log(1e-5), 0, 401)),
        np.exp(np.linspace(np.log(1e-10), np.log(1e-1), 6001)),
    )
    values = complete(DarkRate(site), {}) | {"filling": 1.0, "correlation_time": tau[:, None]}
    full = DarkRate(site).evaluate(FIELDS, values) / error  # T1 is that over f
    inverse = np.maximum(full @ (y / error) / np.sum(full**2, axis=1), 1)
    least = {
        "filling": np.array([np.min(np.sum((full / one - y / error) ** 2, axis=1)) for one in f]),
        "correlation_time": np.sum((full * inverse[:, None] - y / error) ** 2, axis=1),
    }
    for key, axis in (("filling", f), ("correlation_time", tau)):
        assert least[key].min() > made.chi_square - 1e-6
        step = 1.01 * np.log(axis[1] / axis[0])
        for interval, limit in zip(
            made.intervals[key], stats.chi2.ppf([0.68, 0.95], 1), strict=True
        ):
            inside = axis[least[key] - made.chi_square < limit]
            if inside.size > 2:  # else the grid is too coarse to tell
                assert np.log(interval.low) == pytest.approx(np.log(inside[0]), abs=step)
                assert np.log(min(interval.high, axis[-1])) == pytest.approx(
                    np.log(inside[-1]), abs=step
                )


def test_dark_rates_of_frozen_fields_tell_filling_over_correlation_time():
    """τ_c ≫ T2e*√N_I: the electron loses its spin once a stay, 1/T_E ∝ f/τ_c at every field."""
    site = DONOR.replace(nuclei=1000)
    site = site.replace(correlation_time=1e4 * site.dephasing_time, filling=0.01)
    y, error = noisy(DarkRate(site), FIELDS, 0.03, 4)
    made = fit(
        Measurement("dark", DarkRate(site), FIELDS, y, error), ["filling", "correlation_time"]
    )
    (ratio,) = combinations(made)
    assert ratio.exponents == {"filling": 1.0, "correlation_time": -1.0}
    assert ratio.value == pytest.approx(site.filling / site.correlation_time, rel=0.03)
    assert kinds(made)["correlation_time"] == "not determined"
    assert made.intervals["filling"][1].high == np.inf
    assert made.best["filling"] <= 1


@pytest.mark.slow
def test_a_dark_rate_and_optimal_fields_together():
    """T1(B) and B_0 of one sample, started far away, give back every parameter within four deviations."""
    dark, optimum = DarkRate(DONOR), OptimalField(DONOR, self_consistent=False)
    y, error = noisy(dark, FIELDS, 0.03, 5)
    spins = np.array([0.02, 0.1, 0.3])
    b, b_error = noisy(optimum, spins, 0.03, 6)
    both = [
        Measurement("dark", dark, FIELDS, y, error),
        Measurement("optimum", optimum, spins, b, b_error),
    ]
    free = {
        "correlation_time": "3 ns",
        "dephasing_time": "20 ns",
        "filling": 1e-2,
        "local_field": "1.5 G",
    }
    made = fit(both, free, profile=False, attempts=2)
    true = np.log([getattr(DONOR, key) for key in free])
    assert np.max(np.abs(made.coordinates - true) / made.deviations) < 4
    assert made.chi_square / made.degrees_of_freedom < 2.5
    assert compare(made).sentence().startswith("the classical theory does not explain the data")


def test_three_times_faster_at_no_field_is_all_that_the_classical_theory_can_do():
    """Of dipoles T1(∞)/T1(0) = B̃_L²/B_L² = 3; a longer correlation time gives more, and more data decide."""
    field = np.geomspace(1e-6, 5e-3, 12)
    model = DarkRate(DONOR)
    assert model([5e-3])[0] / model([0.0])[0] > 10
    assert model.classical()([1.0])[0] / model.classical()([0.0])[0] == pytest.approx(3, rel=1e-6)
    delta = []
    for error in (1.0, 0.1):
        y, sigma = noisy(model, field, error / 5, 7)
        delta.append(
            compare(
                fit(
                    Measurement("m", model, field, y, sigma),
                    ["filling", "correlation_time"],
                    profile=False,
                )
            )
        )
    assert delta[0].delta_aicc < delta[1].delta_aicc
    assert delta[1].delta_aicc > 100
