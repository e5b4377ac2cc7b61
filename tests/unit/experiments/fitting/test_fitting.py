"""The least squares themselves: closed-form solutions, bounds, bad starts, outliers, units."""

import tracemalloc

import numpy as np
import pytest
from scipy.optimize import curve_fit

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement, fit
from coldspin.experiments.fitting.search import choose_starts
from coldspin.experiments.models import DarkRate, Decay, Parameter
from samples import DONOR
from unit.experiments.fitting.curves import (
    ERRORS,
    EXPONENTIAL,
    LINE,
    Curve,
    X,
    exponential,
    line,
    parameters,
    weighted,
)

FIELDS = np.geomspace(1e-5, 1e-2, 20)


def two_minima(scale=1.0, error=4.0):
    """χ² of p has minima near ±√2, the lower one at −√2, and a barrier between them of less than four."""

    def quartic(x, p):
        return scale * (p**4 - 4 * p**2 + p / 2)

    curve = Curve(quartic, parameters("p"))
    return Measurement(
        "m", curve, [0.0, 1.0], [-5 * scale] * 2, None if error is None else error * scale
    )


# A straight line


@pytest.mark.parametrize("given", [True, False])
def test_a_line_is_that_of_the_normal_equations(given):
    measured = line() if given else line(errors=None)
    best, covariance = weighted(measured)
    made = fit(measured, ["height", "slope"])
    assert made.coordinates == pytest.approx(best, rel=1e-10)
    residuals = best[0] + best[1] * X - measured.y
    square = np.sum((residuals / (ERRORS if given else 1)) ** 2)
    assert made.chi_square == pytest.approx(square, rel=1e-12)
    factor = 1 if given else square / (X.size - 2)
    assert (made.variance_factor, made.degrees_of_freedom) == (
        pytest.approx(factor, rel=1e-12),
        X.size - 2,
    )
    assert made.covariance == pytest.approx(factor * covariance, rel=1e-9)
    assert made.deviations == pytest.approx(np.sqrt(factor * np.diag(covariance)), rel=1e-9)


def test_without_derivatives_the_line_is_the_same():
    blind = Curve(LINE.function, LINE.declared)
    measured = Measurement("line", blind, X, line().y, line().error)
    made, exact = fit(measured, ["height", "slope"]), fit(line(), ["height", "slope"])
    assert made.coordinates == pytest.approx(exact.coordinates, rel=1e-9)
    assert made.deviations == pytest.approx(exact.deviations, rel=1e-8)


def test_one_parameter():
    made = fit(line(), ["height"], fixed={"slope": -0.5})
    weight = 1 / ERRORS**2
    assert made.best["height"] == pytest.approx(
        np.average(line().y + 0.5 * X, weights=weight), rel=1e-11
    )
    assert made.deviations == pytest.approx([weight.sum() ** -0.5], rel=1e-10)


def test_measurements_add_up():
    """The same line measured twice, with heights of their own, has the mean slope."""
    both = [
        Measurement(name, LINE, X, line(seed).y, ERRORS, private=("height",))
        for name, seed in (("a", 1), ("b", 2))
    ]
    made = fit(both, ["height", "slope"])
    each = [weighted(m) for m in both]
    assert made.best["slope"] == pytest.approx((each[0][0][1] + each[1][0][1]) / 2, rel=1e-9)
    assert made.deviations[2] == pytest.approx(np.sqrt(each[0][1][1, 1] / 2), rel=1e-9)


@pytest.mark.parametrize("errors", [0.05, None])
def test_values_and_covariance_as_by_curve_fit(errors):
    """By Levenberg and Marquardt in A and ln r, with derivatives by differences."""
    measured = exponential(errors=errors)
    made = fit(measured, ["amplitude", "rate"])
    best, covariance = curve_fit(
        lambda x, amplitude, ln_rate: amplitude * np.exp(-np.exp(ln_rate) * x),
        measured.x,
        measured.y,
        [1.0, 0.0],
        sigma=measured.error,
        absolute_sigma=errors is not None,
    )
    assert made.result.coordinates == pytest.approx(best, rel=1e-6)
    assert made.covariance == pytest.approx(covariance, rel=1e-4)
    assert made.result.chi_square == pytest.approx(made.chi_square)
    assert made.result.success


# Where it starts


def test_starts_are_the_given_one_and_the_best_of_those_spread_out():
    made = fit(exponential(), {"amplitude": 1.0, "rate": 1.0})
    found = choose_starts(made.problem, 4, 0)
    assert len(found) == 4
    np.testing.assert_array_equal(found[0], [1.0, 0.0])
    badness = [np.sum(made.problem.residuals(z) ** 2) for z in found[1:]]
    assert badness == sorted(badness)
    spread = np.array([choose_starts(made.problem, 4, seed)[1:] for seed in range(20)])
    assert np.all(np.abs(spread[..., 0] - 1) <= 3)
    assert np.all(np.abs(spread[..., 1]) <= np.log(100))
    assert choose_starts(made.problem, 1, 0)[0].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_a_start_a_hundred_times_off(factor):
    made = fit(exponential(), {"amplitude": None, "rate": 0.5 * factor}, profile=False)
    assert made.best == pytest.approx(
        fit(exponential(), {"amplitude": 2, "rate": 0.5}, profile=False).best, rel=1e-6
    )
    y = DarkRate(DONOR)(FIELDS)
    noisy = y * (1 + 0.05 * np.random.default_rng(7).standard_normal(y.size))
    dark = Measurement("dark", DarkRate(DONOR), FIELDS, noisy, 0.05 * y)
    good, bad = (
        fit(
            dark,
            {"correlation_time": 1e-8 * f, "filling": min(1.0, 1e-3 * f), "local_field": 5e-5 / f},
            profile=False,
        )
        for f in (1.0, factor)
    )
    assert bad.chi_square == pytest.approx(good.chi_square, rel=1e-9)
    assert bad.best == pytest.approx(good.best, rel=1e-4)


def test_from_one_start_only_the_minimum_nearby():
    assert fit(two_minima(), {"p": 1.3}, attempts=1, profile=False).best["p"] == pytest.approx(
        1.35, abs=0.05
    )
    assert fit(two_minima(), {"p": 1.3}, profile=False).best["p"] == pytest.approx(-1.44, abs=0.05)


def _square(p):
    """χ² of :func:`two_minima`."""
    return 2 * ((p**4 - 4 * p**2 + p / 2 + 5) / 4) ** 2


@pytest.mark.parametrize("error", [4.0, 2.5])
def test_other_minima_that_the_data_do_not_exclude(error):
    made = fit(two_minima(error=error), {"p": 1.3}, profile=False, attempts=8)
    (rival,) = made.rivals
    expected = (_square(rival.values["p"]) - _square(made.best["p"])) * (4 / error) ** 2
    assert made.best["p"] == pytest.approx(-1.44, abs=0.05)
    assert rival.values["p"] == pytest.approx(1.35, abs=0.05)
    assert rival.rise == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("error", [0.3, None])
def test_other_minima_that_the_data_exclude(error):
    assert fit(two_minima(error=error), {"p": 1.3}, profile=False, attempts=8).rivals == ()


def test_a_profile_that_meets_a_lower_minimum_goes_on_from_there():
    made = fit(two_minima(), {"p": 1.3}, attempts=1)
    assert made.best["p"] == pytest.approx(-1.44, abs=0.05)
    assert made.agreeing == 1
    (rival,) = made.rivals
    assert rival.values["p"] == pytest.approx(1.35, abs=0.05)
    assert rival.rise == pytest.approx(
        _square(rival.values["p"]) - _square(made.best["p"]), rel=1e-6
    )
    inner, outer = made.intervals["p"]
    assert outer.low < inner.low < made.best["p"] < inner.high < outer.high


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e27])
@pytest.mark.parametrize("error", [4.0, None])
def test_fits_that_came_elsewhere_do_not_agree(scale, error):
    made = fit(two_minima(scale, error), {"p": 1.3}, profile=False, attempts=6)
    assert made.attempts == 6
    assert 1 <= made.agreeing < 6
    assert fit(line(), ["height", "slope"], profile=False).agreeing == 4


@pytest.mark.parametrize("attempts", [0, -1, 2.0, True, None])
def test_attempts_are_a_whole_number(attempts):
    with pytest.raises(InvalidInputError, match="attempts must be a whole number, 1 or more, not"):
        fit(line(), ["height"], attempts=attempts)


# Bounds


def test_a_parameter_whose_best_value_is_beyond_its_bound():
    made = fit(line(), {"height": None, "slope": Free(1.0, low=0.0)}, profile=False)
    assert made.best["slope"] == pytest.approx(0.0, abs=1e-6)
    assert made.best["height"] == pytest.approx(
        np.average(line().y, weights=1 / ERRORS**2), rel=1e-6
    )
    assert made.deviations == pytest.approx(
        fit(line(), ["height", "slope"], profile=False).deviations, rel=1e-9
    )


@pytest.mark.parametrize("bound", [-3.0, 1.0])
def test_a_start_on_a_bound_is_left(bound):
    free = {"height": None, "slope": Free(bound, low=-3.0, high=1.0)}
    made = fit(line(), free, attempts=1, profile=False)
    assert made.coordinates == pytest.approx(weighted(line())[0], rel=1e-8)


def test_rates_and_shares_that_start_on_their_bounds_are_left():
    """A rate starts at 0 and a filling of the site may be 1."""
    site = DONOR.replace(filling=1.0)
    y = DarkRate(site)(FIELDS, filling=0.4, constant_rate=50.0)
    made = fit(
        Measurement("m", DarkRate(site), FIELDS, y, 0.02 * y),
        ["filling", "constant_rate"],
        attempts=1,
        profile=False,
    )
    assert made.best == pytest.approx({"filling": 0.4, "constant_rate": 50.0}, rel=1e-6)


@pytest.mark.parametrize("start", [1.0, 1 + 1e-12, 1 - 1e-6])
@pytest.mark.parametrize("high", [None, 1 + 1e-3, 3.0])
def test_a_start_next_to_zero_is_left(start, high):
    """In ln p, where p = 1: a first step as long as the start would be no step."""
    decay = Curve(lambda x, p: p * np.exp(-x), parameters("p", low=0.0, logarithmic=True))
    true = 0.3 if high is None or high < 2 else 2.5
    measured = Measurement("m", decay, X, true * np.exp(-X), 0.05)
    made = fit(measured, {"p": Free(start, high=high)}, attempts=1, profile=False)
    assert made.best["p"] == pytest.approx(true, rel=1e-6)
    linear = Measurement("m", LINE, X, 5.0 + 0 * X, 0.05)
    made = fit(linear, {"height": Free(start - 1)}, fixed={"slope": 0}, attempts=1, profile=False)
    assert made.best["height"] == pytest.approx(5)


def test_a_linear_search_of_a_small_scale_is_not_driven_from_its_start():
    """A correlation time of nanoseconds is far from its bound 0."""
    y = DarkRate(DONOR)(FIELDS)
    measured = Measurement("m", DarkRate(DONOR), FIELDS, y, 0.03 * y)
    made = fit(
        measured, {"correlation_time": Free("9 ns", logarithmic=False)}, attempts=1, profile=False
    )
    assert made.best["correlation_time"] == pytest.approx(1e-8, rel=1e-6)
    assert made.result.evaluations < 20


def test_along_a_valley_that_ends_at_a_bound_the_search_does_not_crawl():
    """f/N is all that the data tell, and f ≤ 1."""
    y = DarkRate(DONOR)(FIELDS)
    noisy = y * (1 + 0.03 * np.random.default_rng(2).standard_normal(y.size))
    measured = Measurement("m", DarkRate(DONOR), FIELDS, noisy, 0.03 * y)
    made = fit(measured, ["nuclei", "filling", "correlation_time"], profile=False)
    assert made.result.evaluations < 300
    assert made.agreeing == 4
    assert made.best["filling"] / made.best["nuclei"] == pytest.approx(1e-7, rel=0.03)


# Units, sizes and ends


@pytest.mark.parametrize("scale", [1e-15, 1e-9, 1e27])
@pytest.mark.parametrize("errors", [True, False])
def test_the_unit_of_the_data_does_not_matter(scale, errors):
    def measured(unit):
        y = Decay()(
            X, amplitude=2.0, offset=0.3, relaxation_time=0.8
        ) + 0.02 * np.random.default_rng(3).standard_normal(X.size)
        return Measurement("m", Decay(), X, unit * y, unit * 0.02 if errors else None)

    free = ["amplitude", "offset", "relaxation_time"]
    one, other = (fit(measured(unit), free) for unit in (1.0, scale))
    assert other.best["relaxation_time"] == pytest.approx(one.best["relaxation_time"], rel=1e-7)
    assert other.best["amplitude"] == pytest.approx(scale * one.best["amplitude"], rel=1e-7)
    assert other.deviations[2] == pytest.approx(one.deviations[2], rel=1e-6)
    for key, unit in (("relaxation_time", 1.0), ("offset", scale)):
        for found, expected in zip(other.intervals[key], one.intervals[key], strict=True):
            assert [found.low, found.high] == pytest.approx(
                [unit * expected.low, unit * expected.high], rel=2e-3
            )


def test_a_parameter_on_which_nothing_depends():
    made = fit(line(), ["height"], fixed={"slope": -0.5}, profile=False)
    assert np.isfinite(made.deviations).all()
    mute = Curve(lambda x, p: 1 + 0 * p * x, parameters("p", low=0.0, logarithmic=True))
    still = fit(Measurement("m", mute, X, line().y, ERRORS), ["p"])
    assert still.best == {"p": 1.0}
    assert still.deviations.tolist() == [np.inf]
    assert [(i.low, i.high) for i in still.intervals["p"]] == [(0.0, np.inf)] * 2


def test_data_on_the_curve_to_the_last_bit_without_errors():
    measured = Measurement("m", LINE, X, LINE.evaluate(X, {"height": 1.0, "slope": 1.0}))
    made = fit(measured, ["height", "slope"])
    assert made.chi_square == 0
    assert made.deviations.tolist() == [0, 0]
    assert [(i.low, i.high) for i in made.intervals["slope"]] == [(1.0, 1.0)] * 2


def test_data_on_a_curve_but_for_rounding_without_errors():
    y = 2 * np.exp(-0.5 * X)
    made = fit(Measurement("m", EXPONENTIAL, X, y), ["amplitude", "rate"])
    assert made.best == pytest.approx({"amplitude": 2.0, "rate": 0.5}, rel=1e-9)
    assert made.deviations == pytest.approx([0, 0], abs=1e-9)


def test_many_points_need_no_matrix_of_them_all():
    x = np.linspace(0, 1, 20000)
    y = 1 + x + 0.1 * np.random.default_rng(5).standard_normal(x.size)
    tracemalloc.start()
    made = fit(Measurement("m", LINE, x, y, 0.1), ["height", "slope"], attempts=1)
    assert made.deviations[1] == pytest.approx(0.1 * np.sqrt(12 / 20000), rel=1e-3)
    assert tracemalloc.get_traced_memory()[1] < 1e8
    tracemalloc.stop()


def test_no_fit_without_any_finite_curve():
    broken = Curve(lambda x, p: np.where(p == 1.0, x, np.nan), (Parameter("p", "p", start=1.0),))
    made = fit(Measurement("m", broken, X, X + 0.1, 0.1), ["p"], profile=False)
    assert made.best["p"] == 1.0


# Outliers


def spoiled():
    y = line().y.copy()
    y[[2, 7]] += [4.0, 6.0]
    return Measurement("line", LINE, X, y, ERRORS)


def test_outliers_count_less_in_a_robust_fit():
    clean = fit(line(), ["height", "slope"], profile=False)
    plain, robust = (
        fit(spoiled(), ["height", "slope"], profile=False, robust=how) for how in (False, True)
    )
    off = [
        np.max(np.abs(made.coordinates - clean.coordinates) / clean.deviations)
        for made in (plain, robust)
    ]
    assert off[0] > 8
    assert off[1] < 1.5
    assert robust.intervals is None
    assert fit(spoiled(), ["height", "slope"], robust=True).intervals is None


def test_a_robust_fit_makes_its_own_loss_small():
    """At p = −1 fourteen points are three errors off, at p = 1 two are twelve errors off; another keeps p there."""

    def curve(x, p):
        turned = (1 + np.tanh(4 * p)) / 2
        return np.select([x < 14, x < 16], [3 * (1 - turned), 12 * turned], 20 * (p**2 - 1) ** 2)

    measured = Measurement("m", Curve(curve, parameters("p")), np.arange(17.0), np.zeros(17), 1.0)
    found = {
        how: fit(
            measured, {"p": Free(1.0, low=-2.0, high=2.0)}, attempts=8, profile=False, robust=how
        ).best["p"]
        for how in (True, False)
    }
    assert found[True] == pytest.approx(1, abs=0.1)
    assert found[False] == pytest.approx(-1, abs=0.1)


def test_outliers_are_told_by_errors():
    with pytest.raises(
        InvalidInputError, match="a robust fit tells outliers by the errors of the data; give them"
    ):
        fit(line(errors=None), ["height"], robust=True)


# The same again


def test_the_same_seed_gives_the_same_bits():
    one, other = (fit(exponential(), ["amplitude", "rate"], seed=3) for _ in range(2))
    assert one.coordinates.tobytes() == other.coordinates.tobytes()
    assert one.intervals == other.intervals
    assert (one.agreeing, one.seed) == (other.agreeing, 3)


def test_progress_is_told_and_ends():
    told = []
    fit(
        exponential(),
        ["amplitude", "rate"],
        progress=lambda what, share: told.append((what, share)),
    )
    parts = {what: [share for name, share in told if name == what] for what, _ in told}
    assert list(parts) == ["starts", "fit", "profiles"]
    assert parts["fit"] == [0.25, 0.5, 0.75, 1.0]
    assert parts["profiles"] == [0.5, 1.0]
    assert parts["starts"] == [(n + 1) / 64 for n in range(64)]
