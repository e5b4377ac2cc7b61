"""Everything said of a fit: trends, scatter, doubts, goodness, curves; and what is computed only when asked for."""

import numpy as np
import pytest
from scipy import stats

from coldspin import relax
from coldspin.exceptions import ValidityWarning
from coldspin.experiments.fitting import (
    Doubt,
    Free,
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
from unit.experiments.fitting.curves import (
    ERRORS,
    EXPONENTIAL,
    FLAT,
    LINE,
    Curve,
    X,
    exponential,
    line,
    parameters,
)

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
    assert first == pytest.approx((line().y - one.best["height"] - one.best["slope"] * X) / ERRORS)
    assert second == pytest.approx((line().y[:5] - one.best["height"]) / 0.2)
    assert findings(one).runs.keys() == {"line", "other"}


def test_what_is_expected_is_no_residual_of_a_measurement():
    one = made(line(), {"height": None, "slope": Free(expected=3.0, expected_error=0.1)})
    (only,) = residuals_apart(one)
    assert only.size == X.size == one.residuals.size - 1
    assert findings(one).runs == {"line": runs_test(-one.residuals[:-1])}


def test_a_trend_in_the_residuals():
    bent = Measurement("bent", LINE, LONG, (LONG - 1.5) ** 2, 1.0)
    found = findings(made(bent))
    (doubt,) = [d for d in found.doubts if d.kind == "trend"]
    expected = found.runs["bent"]
    assert expected.runs == 3
    assert doubt.measurements == ("bent",)
    assert doubt.value == expected.probability
    assert str(doubt) == (
        f"bent: the residuals show a trend, 3 runs of one sign where chance makes "
        f"{expected.expected:.1f} "
        f"(P = {expected.probability:.2g}); the model misses something"
    )
    straight = Measurement(
        "straight", LINE, LONG, 1 + LONG + 0.3 * np.random.default_rng(1).standard_normal(20), 0.3
    )
    assert findings(made(straight)).doubts == ()


@pytest.mark.parametrize(
    ("factor", "cause"),
    [
        (0.3, "the model is wrong, or the errors are too small"),
        (10.0, "the errors are too large, and so are the intervals"),
    ],
)
def test_scatter_beyond_the_errors_or_far_within_them(factor, cause):
    one = made(line(errors=factor * ERRORS))
    (doubt,) = findings(one).doubts
    assert doubt.kind == "scatter"
    assert doubt.value == pytest.approx(one.chi_square / 10)
    assert cause in doubt.rule


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


def test_doubts_of_models_are_told_once_with_the_measurements_and_the_first_numbers():
    cold = ValidityWarning("too cold")
    warnings = {
        "a": (ValidityWarning("reaches 0.3 (limit 0.2)", "ratio", 0.3), cold),
        "b": (ValidityWarning("reaches 0.5 (limit 0.2)", "ratio", 0.5),),
        "c": (cold, cold),
    }
    measurements = []
    for name, own in warnings.items():
        model = Curve(LINE.function, LINE.declared, warnings=own)
        measurements.append(Measurement(name, model, X, line().y, ERRORS))
    assert findings(made(measurements)).doubts[-2:] == (
        Doubt("validity", "reaches 0.3 (limit 0.2)", ("a", "b"), 0.3),
        Doubt("validity", "too cold", ("a", "c"), 0.0),
    )


def test_doubts_are_those_of_the_best_values():
    """The filling of the fit, not of the site, makes the spins relax too fast for a spin temperature."""
    fields = np.geomspace(1e-5, 1e-2, 10)
    site = DONOR.replace(nuclei=100)
    y = DarkRate(site)(fields, filling=1.0)
    found = findings(made(Measurement("m", DarkRate(site), fields, y, 0.01 * y), ["filling"]))
    told = relax(site.replace(filling=1.0), fields).attrs["warnings"].splitlines()
    assert told
    assert [str(d) for d in found.doubts[-len(told) :]] == [f"m: {sentence}" for sentence in told]


# Curves


def test_curve_and_its_deviation():
    one = made(line())
    drawn = fitted_curve(one, 0)
    covariance = one.covariance
    expected = np.sqrt(
        covariance[0, 0] + 2 * drawn.x * covariance[0, 1] + drawn.x**2 * covariance[1, 1]
    )
    assert drawn.deviation == pytest.approx(expected, rel=1e-9)
    assert drawn.y == pytest.approx(one.best["height"] + one.best["slope"] * drawn.x)
    assert set(X) <= set(drawn.x)
    assert drawn.x[0] == 0
    assert drawn.x[-1] == 3


def test_curve_where_a_direction_is_not_determined():
    """It does not move along it."""
    curve = Curve(lambda x, a, b: (a + b) * x, parameters("a", "b"))
    one = made(Measurement("m", curve, X[1:], 3 * X[1:], 0.1), ["a", "b"])
    assert one.deviations.tolist() == [np.inf, np.inf]
    assert fitted_curve(one, 0).deviation == pytest.approx(
        0.1 / np.linalg.norm(X) * fitted_curve(one, 0).x, rel=1e-6
    )


@pytest.mark.parametrize(
    ("x", "even"),
    [
        ([1.0, 2.0, 99.0], lambda x: x),
        ([1.0, 2.0, 101.0], np.arcsinh),
        ([0.0, 3.0, 1e4], lambda x: np.arcsinh(x / 3)),
        ([-500.0, -1.0, 2.0], np.arcsinh),
        ([-5.0, 0.0, 5.0], lambda x: x),
        ([0.0, 0.0, 0.0], lambda x: x),
    ],
    ids=["two decades", "more", "with zero", "both signs", "about zero", "one place"],
)
def test_curves_over_two_decades_of_x_are_drawn_on_a_grid_even_in_its_inverse_sine(x, even):
    drawn = fitted_curve(made(Measurement("m", FLAT, x, x, 1.0), ["height"]), 0, 11)
    grid = np.linspace(even(x[0]), even(x[2]), 11)
    expected = np.sort(np.concatenate([grid, even(np.array(x))]))
    assert np.unique(even(drawn.x).round(9)) == pytest.approx(
        np.unique(expected.round(9)), abs=1e-8
    )


def test_curve_of_logarithms_is_the_curve():
    one = made(exponential(logarithmic=True), ["amplitude", "rate"])
    drawn = fitted_curve(one, 0)
    assert drawn.y == pytest.approx(EXPONENTIAL.evaluate(drawn.x, one.best))
    plain = made(exponential(), ["amplitude", "rate"])
    assert drawn.deviation == pytest.approx(fitted_curve(plain, 0).deviation, rel=0.5)
