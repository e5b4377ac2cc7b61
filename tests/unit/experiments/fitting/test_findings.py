"""Everything said of a fit: trends, scatter, doubts, goodness, curves; and what is computed only when asked for."""

import numpy as np
import pytest
from scipy import stats

from coldspin import relax
from coldspin.experiments.fitting import (
    Measurement,
    bootstrap,
    combinations,
    compare,
    findings,
    fit,
    fitted_curve,
    posterior,
    residuals_apart,
    runs_test,
    verdicts,
)
from coldspin.experiments.models import DarkRate
from samples import DONOR
from unit.experiments.fitting.curves import ERRORS, EXPONENTIAL, FLAT, LINE, Curve, X, exponential, line

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

LONG = np.linspace(0, 3, 20)


def made(measurements, free=("height", "slope"), **options):
    return fit(measurements, free, profile=False, **options)


def test_parts_are_those_that_stand_alone():
    one = fit(line(), ["height", "slope"], seed=3)
    pytest.importorskip("emcee")
    found = findings(one, bootstrap_samples=3, posterior_steps=12)
    assert found.verdicts == verdicts(one)
    assert found.combinations == combinations(one)
    assert found.comparison.delta_aicc == compare(one).delta_aicc
    assert found.runs == {"line": runs_test(one.residuals)}
    assert found.bootstrap.samples.tobytes() == bootstrap(one, 3, seed=3).samples.tobytes()
    assert found.posterior.chain.tobytes() == posterior(one, 12, seed=3).chain.tobytes()


def test_nothing_more_than_asked_for():
    found = findings(made(line()), classical=False)
    assert (found.comparison, found.bootstrap, found.posterior) == (None, None, None)


def test_residuals_of_each_measurement():
    both = [line(), Measurement("other", FLAT, X[:5], line().y[:5], 0.2)]
    one = made(both)
    first, second = residuals_apart(one)
    assert first == pytest.approx((one.best["height"] + one.best["slope"] * X - line().y) / ERRORS)
    assert second == pytest.approx((one.best["height"] - line().y[:5]) / 0.2)
    assert findings(one).runs.keys() == {"line", "other"}


def test_a_trend_in_the_residuals():
    bent = Measurement("bent", LINE, LONG, (LONG - 1.5) ** 2, 1.0)
    found = findings(made(bent))
    (doubt,) = [d for d in found.doubts if "trend" in d]
    expected = found.runs["bent"]
    assert expected.runs == 3
    assert doubt == (
        f"bent: the residuals show a trend, 3 runs of one sign where chance makes {expected.expected:.1f} "
        f"(P = {expected.probability:.2g}); the model misses something"
    )
    straight = Measurement("straight", LINE, LONG, 1 + LONG + 0.3 * np.random.default_rng(1).standard_normal(20), 0.3)
    assert findings(made(straight)).doubts == ()


@pytest.mark.parametrize(
    ("factor", "sentence"),
    [
        (0.3, "the model is wrong, or the errors are too small"),
        (10.0, "the errors are too large, and so are the intervals"),
    ],
)
def test_scatter_beyond_the_errors_or_far_within_them(factor, sentence):
    one = made(line(errors=factor * ERRORS))
    (doubt,) = findings(one).doubts
    assert doubt == f"χ² per degree of freedom is {one.chi_square / 10:.3g}: {sentence}"


def test_scatter_says_nothing_within_a_thousandth_or_of_unknown_errors():
    assert findings(made(line())).doubts == ()
    assert findings(made(line(errors=None))).doubts == ()
    two = Measurement("m", LINE, [0.0, 1.0], [1.0, 2.0], 0.1)
    assert findings(made(two)).doubts == ()


def test_goodness_is_the_probability_of_a_larger_sum():
    one = made(line())
    assert findings(one).goodness == pytest.approx(stats.chi2.sf(one.chi_square, 10), rel=1e-10)
    assert np.isnan(findings(made(line(errors=None))).goodness)
    assert np.isnan(findings(made(Measurement("m", LINE, [0.0, 1.0], [1.0, 2.0], 0.1))).goodness)


def test_doubts_of_models_are_told_once_with_the_measurement():
    doubtful = Curve(LINE.function, LINE.declared, told=("too hot", "too hot", "too cold"))
    both = [Measurement(name, doubtful, X, line().y, ERRORS) for name in ("a", "b")]
    assert findings(made(both)).doubts == ("a: too hot", "a: too cold", "b: too hot", "b: too cold")


def test_doubts_are_those_of_the_best_values():
    """The filling of the fit, not of the site, makes the spins relax too fast for a spin temperature."""
    fields = np.geomspace(1e-5, 1e-2, 10)
    site = DONOR.replace(nuclei=100)
    y = DarkRate(site)(fields, filling=1.0)
    found = findings(made(Measurement("m", DarkRate(site), fields, y, 0.01 * y), ["filling"]))
    told = relax(site.replace(filling=1.0), fields).attrs["warnings"].splitlines()
    assert told
    assert found.doubts[-len(told) :] == tuple(f"m: {sentence}" for sentence in told)


# Curves


def test_curve_and_its_deviation():
    one = made(line())
    drawn = fitted_curve(one, 0)
    covariance = one.covariance
    expected = np.sqrt(covariance[0, 0] + 2 * drawn.x * covariance[0, 1] + drawn.x**2 * covariance[1, 1])
    assert drawn.deviation == pytest.approx(expected, rel=1e-9)
    assert drawn.y == pytest.approx(one.best["height"] + one.best["slope"] * drawn.x)
    assert set(X) <= set(drawn.x)
    assert drawn.x[0] == 0
    assert drawn.x[-1] == 3


def test_curve_where_a_direction_is_not_determined():
    """It does not move along it."""
    curve = Curve(lambda x, a, b: (a + b) * x, LINE.declared[:1] and tuple(_twins()))
    one = made(Measurement("m", curve, X[1:], 3 * X[1:], 0.1), ["a", "b"])
    assert one.deviations.tolist() == [np.inf, np.inf]
    assert fitted_curve(one, 0).deviation == pytest.approx(0.1 / np.linalg.norm(X) * fitted_curve(one, 0).x, rel=1e-6)


def _twins():
    from unit.experiments.fitting.curves import parameters

    return parameters("a", "b")


@pytest.mark.parametrize(
    ("x", "logarithmic"), [([1.0, 2.0, 99.0], False), ([1.0, 2.0, 101.0], True), ([0.0, 1e4, 1.0], False)]
)
def test_curves_over_two_decades_are_drawn_on_a_logarithmic_grid(x, logarithmic):
    drawn = fitted_curve(made(Measurement("m", FLAT, x, x, 1.0), ["height"]), 0, 11)
    middle = np.sqrt(x[0] * max(x)) if logarithmic else (x[0] + max(x)) / 2
    assert np.min(np.abs(drawn.x / middle - 1)) < 1e-9


def test_curve_of_logarithms_is_the_curve():
    one = made(exponential(logarithmic=True), ["amplitude", "rate"])
    drawn = fitted_curve(one, 0)
    assert drawn.y == pytest.approx(EXPONENTIAL.evaluate(drawn.x, one.best))
    plain = made(exponential(), ["amplitude", "rate"])
    assert drawn.deviation == pytest.approx(fitted_curve(plain, 0).deviation, rel=0.5)
