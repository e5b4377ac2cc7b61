"""Intervals by the profile likelihood: exact for lines, and by nested one-dimensional searches for curves."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from coldspin.experiments.fitting import Free, Measurement, fit
from coldspin.experiments.fitting.profile import profile_intervals
from coldspin.experiments.models import Parameter
from unit.experiments.fitting.curves import (
    ERRORS,
    EXPONENTIAL,
    LINE,
    PRODUCT,
    Curve,
    X,
    exponential,
    line,
    parameters,
    weighted,
)

LEVELS = (0.68, 0.95)


def ends(made, key):
    return np.array([(i.low, i.high) for i in made.intervals[key]])


@pytest.mark.parametrize("given", [True, False])
def test_intervals_of_a_line_are_those_of_the_normal_or_of_student_s_distribution(given):
    measured = line() if given else line(errors=None)
    made = fit(measured, ["height", "slope"])
    distribution = stats.norm if given else stats.t(X.size - 2)
    for i, key in enumerate(("height", "slope")):
        for interval, level in zip(made.intervals[key], LEVELS, strict=True):
            half = distribution.ppf((1 + level) / 2) * made.deviations[i]
            assert interval.level == level
            center = weighted(measured)[0][i]
            assert [interval.low, interval.high] == pytest.approx(
                [center - half, center + half], abs=2e-3 * half
            )


def test_levels_may_be_chosen():
    made = fit(line(), ["height", "slope"])
    found = profile_intervals(made, (0.5, 0.9, 0.999))["slope"]
    half = [(i.high - i.low) / 2 / made.deviations[1] for i in found]
    assert half == pytest.approx(stats.norm.ppf([0.75, 0.95, 0.9995]), abs=2e-3)


def test_one_parameter_alone():
    made = fit(line(), ["slope"], fixed={"height": 2.0})
    for interval, level in zip(made.intervals["slope"], LEVELS, strict=True):
        half = stats.norm.ppf((1 + level) / 2) * made.deviations[0]
        assert [interval.low, interval.high] == pytest.approx(
            [made.best["slope"] - half, made.best["slope"] + half], abs=2e-3 * half
        )


@pytest.mark.parametrize("given", [True, False])
def test_a_curve_by_nested_searches_in_one_dimension(given):
    """χ² for known errors, F for unknown ones; A by linear least squares, ln r by Brent's search."""
    x = np.linspace(0, 3, 8)
    error = 0.3
    y = 2 * np.exp(-0.7 * x) + error * np.random.default_rng(11).standard_normal(x.size)
    measured = Measurement("m", EXPONENTIAL, x, y, error if given else None)
    made = fit(measured, ["amplitude", "rate"])

    def square(amplitude, ln_rate):
        return np.sum((amplitude * np.exp(-np.exp(ln_rate) * x) - y) ** 2) / error**2

    def by_rate(ln_rate):
        curve = np.exp(-np.exp(ln_rate) * x)
        return square(curve @ y / (curve @ curve), ln_rate)

    def by_amplitude(amplitude):
        options = {"bracket": (-1.0, 0.0), "tol": 1e-12}
        return minimize_scalar(lambda ln_rate: square(amplitude, ln_rate), **options).fun

    ln_rate = minimize_scalar(by_rate, bracket=(-1.0, 0.0), tol=1e-12).x
    least = by_rate(ln_rate)
    curve = np.exp(-np.exp(ln_rate) * x)
    amplitude = curve @ y / (curve @ curve)
    assert made.chi_square == pytest.approx(least * (1 if given else error**2), rel=1e-9)
    asymmetry = []
    for key, best, profile in (
        ("amplitude", amplitude, by_amplitude),
        ("rate", ln_rate, by_rate),
    ):
        expected = []
        for level in LEVELS:
            rise = stats.chi2.ppf(level, 1) if given else stats.f.ppf(level, 1, 6) * least / 6

            def excess(p, rise=rise, profile=profile):
                return profile(p) - least - rise

            expected.append((brentq(excess, best - 1.8, best), brentq(excess, best, best + 3)))
        expected = np.array(expected)
        own = ends(made, key) if key == "amplitude" else np.log(ends(made, key))
        size = np.ptp(expected, axis=1)[:, None]
        assert np.max(np.abs(own - expected) / size) < 1e-3
        low, high = expected[1]
        asymmetry.append((high - best) / (best - low))
    assert max(abs(ratio - 1) for ratio in asymmetry) > 0.1


def test_ends_are_where_the_rest_minimised_has_the_quantile():
    """Fixed at an end of the 95% interval, a fit of the rest is worse by 3.84."""
    made = fit(exponential(), ["amplitude", "rate"])
    for key in ("amplitude", "rate"):
        other = ({"amplitude", "rate"} - {key}).pop()
        for end in ends(made, key)[1]:
            worse = fit(exponential(), [other], fixed={key: end}, profile=False)
            assert worse.chi_square - made.chi_square == pytest.approx(
                stats.chi2.ppf(0.95, 1), rel=2e-3
            )


def test_an_expected_value_narrows_the_interval():
    free = {"amplitude": None, "rate": Free(expected=0.5, expected_error=0.001)}
    plain, told = fit(exponential(), ["amplitude", "rate"]), fit(exponential(), free)
    assert np.ptp(ends(told, "rate")[0]) == pytest.approx(2 * 0.001, rel=0.02)
    assert np.ptp(ends(told, "amplitude")[0]) < np.ptp(ends(plain, "amplitude")[0])


def test_at_a_bound_the_interval_is_open_below_and_exact_above():
    r"""Δχ² over the bound at 0 is [(s − ŝ)² − ŝ²]/σ² with ŝ < 0 the best without a bound."""
    best, covariance = weighted(line())
    made = fit(line(), {"height": None, "slope": Free(1.0, low=0.0)})
    deviation = np.sqrt(covariance[1, 1])
    for (low, high), level in zip(ends(made, "slope"), LEVELS, strict=True):
        quantile = stats.norm.ppf((1 + level) / 2)
        assert low == -np.inf
        assert high == pytest.approx(best[1] + np.hypot(best[1], quantile * deviation), rel=2e-3)


def test_another_parameter_at_its_bound_is_free_to_leave_it():
    """The profile of the height bends where the slope, at its bound at the minimum, comes into play."""
    best, covariance = weighted(line())
    made = fit(line(), {"height": None, "slope": Free(-1.0, high=-0.55)})
    assert made.best["slope"] == pytest.approx(-0.55, abs=1e-6)
    inverse = np.linalg.inv(covariance)
    for (low, high), level in zip(ends(made, "height"), LEVELS, strict=True):
        for end in (low, high):
            steps = np.array([end, 0]) - best
            slope = min(-0.55, best[1] - inverse[0, 1] / inverse[1, 1] * steps[0])
            steps[1] = slope - best[1]
            worst = steps @ inverse @ steps
            start = np.array([made.best["height"], -0.55]) - best
            assert worst - start @ inverse @ start == pytest.approx(
                stats.chi2.ppf(level, 1), rel=5e-3
            )


def test_beyond_a_bound_the_data_set_no_limit():
    made = fit(line(), {"height": None, "slope": Free(-0.5, low=-0.52, high=-0.48)})
    assert ends(made, "slope").tolist() == [[-np.inf, np.inf]] * 2


def test_a_scale_that_the_data_limit_from_below_only():
    """1 − exp(−r x) on a plateau: the best r is anywhere on it, its lower end where Σ exp(−2 r x) = σ² Δχ²."""
    curve = Curve(
        lambda x, rate: 1 - np.exp(-rate * x), parameters("rate", low=0.0, logarithmic=True)
    )
    x = np.linspace(1, 4, 9)
    found = ends(fit(Measurement("m", curve, x, np.ones(9), 0.05), ["rate"]), "rate")
    for (low, high), level in zip(found, LEVELS, strict=True):
        expected = brentq(
            lambda r, limit: np.sum(np.exp(-2 * r * x)) / 0.05**2 - limit,
            0.1,
            9,
            stats.chi2.ppf(level, 1),
        )
        assert low == pytest.approx(expected, rel=1e-3)
        assert high == np.inf


def test_a_scale_that_the_data_limit_from_above_only():
    """exp(−r x) for data that rise: the best r is as far down as the search went, the ends are in reach from there."""
    x = X / 30
    measured = Measurement("m", EXPONENTIAL, x, 1 + 0.01 * x, 0.05, {"amplitude": 1.0})
    made = fit(measured, ["rate"])
    assert made.best["rate"] < 1e-9
    least = np.sum((0.01 * x / 0.05) ** 2)
    assert made.chi_square == pytest.approx(least, rel=1e-3)
    for (low, high), level in zip(ends(made, "rate"), LEVELS, strict=True):
        limit = least + stats.chi2.ppf(level, 1)
        worse = brentq(
            lambda r, most: np.sum(((np.exp(-r * x) - 1 - 0.01 * x) / 0.05) ** 2) - most,
            0,
            9,
            limit,
        )
        assert (low, high) == (0.0, pytest.approx(worse, rel=2e-3))


@pytest.mark.parametrize("last", [1.5, 1.71, 2.0, 30.0])
def test_where_the_model_has_no_value_there_is_no_end(last):
    """The upper ends would be 1.70 and 2.39."""
    curve = Curve(
        lambda x, p: np.where(p < last, p, np.nan) + 0 * x, (Parameter("p", "p", start=1.0),)
    )
    inner, outer = ends(fit(Measurement("m", curve, [0.0, 1.0], [1.0, 1.0], 1.0), ["p"]), "p")
    half = stats.norm.ppf((0.84, 0.975)) / np.sqrt(2)
    assert (inner[0], outer[0]) == pytest.approx(tuple(1 - half), abs=3e-3)
    above = tuple(1 + h if 1 + h < last else np.inf for h in half)
    assert (inner[1], outer[1]) == pytest.approx(above, abs=3e-3)


def test_a_direction_that_is_not_determined_has_open_intervals():
    y = 6 * np.exp(-X) * (1 + 0.02 * np.random.default_rng(6).standard_normal(X.size))
    made = fit(Measurement("m", PRODUCT, X, y, 0.02 * y), ["one", "other"])
    for key in ("one", "other"):
        assert ends(made, key).tolist() == [[0.0, np.inf]] * 2
    assert made.deviations.tolist() == [np.inf, np.inf]
    assert made.best["one"] * made.best["other"] == pytest.approx(6, rel=0.03)


def test_a_best_value_near_zero_has_limits():
    """How far an interval may reach is a matter of the deviation, not of a best value that happens to be small."""
    for shift in (0.0, 1e-12, -1e-6):
        y = line().y - (weighted(line())[0][0] - shift)
        made = fit(Measurement("m", LINE, X, y, ERRORS), {"height": 1e-9, "slope": None})
        assert made.best["height"] == pytest.approx(shift, abs=1e-9)
        half = stats.norm.ppf(0.975) * made.deviations[0]
        assert ends(made, "height")[1] == pytest.approx(
            [shift - half, shift + half], abs=2e-3 * half
        )


def test_nearly_undetermined_directions_do_not_spoil_the_others():
    """Far along a valley, the first guess of where the others go must not be taken at its word."""
    curve = Curve(
        lambda x, one, other, rate: one * other * np.exp(-rate * x) * (1 + 1e-7 * np.log(one)),
        parameters("one", "other", "rate", low=0.0, logarithmic=True),
    )
    y = 6 * np.exp(-0.5 * X) * (1 + 0.02 * np.random.default_rng(6).standard_normal(X.size))
    measured = Measurement("m", curve, X, y, 0.02 * y)
    made = fit(measured, ["one", "other", "rate"])
    plain = fit(measured, ["other", "rate"])
    assert ends(made, "rate") == pytest.approx(ends(plain, "rate"), rel=1e-4)


def test_relative_errors_by_logarithms_are_exact_for_a_power_law():
    """ln y = ln A + slope ln x is a line."""
    power = Curve(
        lambda x, factor, power: factor * x**power,
        parameters("factor", low=0.0, logarithmic=True) + parameters("power"),
    )
    x = np.geomspace(1, 10, 9)
    y = 3 * x**-0.5 * np.exp(0.05 * np.random.default_rng(4).standard_normal(9))
    made = fit(Measurement("m", power, x, y, 0.05 * y, logarithmic=True), ["factor", "power"])
    slope, offset = np.polyfit(np.log(x), np.log(y), 1)
    assert made.coordinates == pytest.approx([offset, slope], rel=1e-8)
    half = stats.norm.ppf(0.975) * made.deviations
    assert np.log(ends(made, "factor")[1]) == pytest.approx(
        [offset - half[0], offset + half[0]], abs=2e-3 * half[0]
    )
