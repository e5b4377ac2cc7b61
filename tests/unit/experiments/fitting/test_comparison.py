"""Full theory against the classical one: the numbers of a line and a constant, which parameters stand for others."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import stats

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Comparison, Free, Measurement, compare, findings, fit
from coldspin.experiments.fitting.comparison import aicc
from coldspin.experiments.fitting.search import LocalFit
from coldspin.experiments.models import ClassicalDarkRate, CoolingCurve, DarkRate, Decay
from samples import DONOR
from unit.experiments.fitting.curves import (
    ERRORS,
    FLAT,
    LINE,
    Curve,
    X,
    exponential,
    line,
    parameters,
)

FIELDS = np.geomspace(1e-5, 3e-2, 25)
QUICK = DONOR.replace(correlation_time=1e-3 * DONOR.dephasing_time, filling=1.0)


def dark(site, name="dark", seed=1, **given):
    y = DarkRate(site)(FIELDS, **given)
    noise = 0.03 * np.random.default_rng(seed).standard_normal(y.size)
    return Measurement(name, DarkRate(site), FIELDS, y * (1 + noise), 0.03 * y)


def made(measurements, free, **options):
    return fit(measurements, free, profile=False, **options)


# Numbers


def square(errors):
    """χ² of the best line and of the best constant."""
    y, weight = line().y, 1 / errors
    slope, height = np.polyfit(X, y, 1, w=weight)
    mean = np.average(y, weights=weight**2)
    return [np.sum((weight * (y - curve)) ** 2) for curve in (height + slope * X, mean)]


def test_a_line_against_a_constant_with_known_errors():
    full, flat = square(ERRORS)
    found = compare(made(line(), ["height", "slope"]))
    n = X.size
    assert found.likelihood_ratio == pytest.approx(flat - full, rel=1e-10)
    assert found.delta_aicc == pytest.approx(
        flat + 2 + 4 / (n - 2) - full - 4 - 12 / (n - 3), rel=1e-10
    )
    assert found.probability == pytest.approx(stats.chi2.sf(flat - full, 1), rel=1e-8)
    assert found.extra_parameters == 1
    assert found.classical.best["height"] == pytest.approx(np.average(line().y, weights=ERRORS**-2))


def test_a_line_against_a_constant_with_unknown_errors():
    full, flat = square(np.ones_like(X))
    found = compare(made(line(errors=None), ["height", "slope"]))
    n, ratio = X.size, X.size * np.log(flat / full)
    assert found.likelihood_ratio == pytest.approx(ratio, rel=1e-10)
    assert found.delta_aicc == pytest.approx(ratio + 4 + 12 / (n - 3) - 6 - 24 / (n - 4), rel=1e-10)
    assert found.probability == pytest.approx(stats.chi2.sf(ratio, 1), rel=1e-8)


def test_the_criterion_is_infinite_for_too_few_points():
    few = Measurement("m", LINE, X[:3], line().y[:3], ERRORS[:3])
    assert aicc(made(few, ["height", "slope"])) == np.inf
    assert aicc(made(few, ["height"])) == pytest.approx(made(few, ["height"]).chi_square + 2 + 4)
    found = compare(made(few, ["height", "slope"]))
    assert np.isnan(found.delta_aicc)
    assert found.sentence().startswith("too few points to compare with the classical theory")


def test_data_on_the_curve_decide():
    exact = Measurement("m", LINE, X, 1 + X)
    found = compare(made(exact, ["height", "slope"]))
    assert found.sentence().startswith("the classical theory does not explain the data")


@pytest.mark.parametrize(
    ("delta", "sentence"),
    [
        (10.1, "the classical theory does not explain the data ("),
        (9.9, "the data prefer the full theory to the classical one, but do not decide ("),
        (2.1, "the data prefer the full theory to the classical one, but do not decide ("),
        (1.9, "the classical theory explains the data as well ("),
        (-1.9, "the classical theory explains the data as well ("),
        (-2.1, "the classical theory explains the data, and with fewer parameters ("),
        (np.nan, "too few points to compare with the classical theory ("),
    ],
)
def test_sentences(delta, sentence):
    found = Comparison(None, delta, 12.345, 2, 0.00123).sentence()
    assert found.startswith(sentence)
    assert found.endswith("likelihood ratio 12.3 for 2 more, P = 0.0012)")


def test_a_theory_without_more_parameters_has_no_probability():
    assert Comparison(None, 3.0, 1.0, 0, np.nan).sentence().endswith("do not decide (ΔAICc = 3)")
    found = compare(made(dark(DONOR), ["filling"]))
    assert found.extra_parameters == 0
    assert np.isnan(found.probability)


def test_no_classical_limit_no_comparison():
    assert compare(made(exponential(), ["amplitude", "rate"])) is None
    assert compare(made(Measurement("m", FLAT, X, X, 1.0), ["height"])) is None
    assert compare(made(line(), ["slope"])) is None  # of which nothing is left


def test_measurements_without_a_limit_keep_their_model():
    other = Measurement("other", FLAT, X, line().y, ERRORS)
    found = compare(made([line(), other], ["height", "slope"]))
    assert [m.model for m in found.classical.problem.measurements] == [FLAT, FLAT]
    assert found.classical.degrees_of_freedom == 2 * X.size - 1


@pytest.mark.parametrize("form", ["stretched", "bi-exponential"])
def test_decays_against_one_exponential(form):
    times = np.linspace(0, 5, 30)
    y = Decay()(times, relaxation_time=1.0) + 0.02 * np.random.default_rng(2).standard_normal(30)
    free = [name for name in Decay(form).parameters if name != "offset"]
    found = compare(made(Measurement("m", Decay(form), times, y, 0.02), free))
    assert found.extra_parameters == len(free) - 2
    assert found.classical.best.keys() == {"amplitude", "relaxation_time"}
    assert found.delta_aicc < 2


def test_logarithms_and_units_are_kept():
    full = Measurement("line", LINE, X, line().y, ERRORS, logarithmic=True, unit="mV")
    (found,) = compare(made(full, {"height": 2.0, "slope": -0.5})).classical.problem.measurements
    assert (found.logarithmic, found.unit, found.model) == (True, "mV", FLAT)


# The dark rate, where one rate stands for four parameters


def test_classical_data_are_explained_and_others_are_not():
    quick = compare(made(dark(QUICK), ["filling", "correlation_time", "local_field"]))
    assert quick.classical.best.keys() == {"zeeman_rate", "local_field"}
    assert quick.extra_parameters == 1
    assert quick.delta_aicc < 2
    slow = compare(made(dark(DONOR), ["filling", "correlation_time", "local_field"]))
    assert slow.sentence().startswith("the classical theory does not explain the data")


def test_what_is_private_to_measurements_stays_so():
    """Two samples of different filling: one rate each, or classical data would seem to need more."""
    both = [dark(QUICK, "a", 1, filling=0.5), dark(QUICK, "b", 2, filling=0.1)]
    both = [Measurement(m.name, m.model, m.x, m.y, m.error, private=("filling",)) for m in both]
    found = compare(made(both, ["filling", "correlation_time"]))
    assert found.classical.best.keys() == {"zeeman_rate@a", "zeeman_rate@b"}
    assert found.classical.best["zeeman_rate@a"] / found.classical.best[
        "zeeman_rate@b"
    ] == pytest.approx(5, rel=0.05)
    assert found.extra_parameters == 1
    assert found.delta_aicc < 2


def test_what_is_fixed_otherwise_in_one_measurement_has_a_rate_of_its_own():
    both = [dark(QUICK, "a", 1, filling=0.5), dark(QUICK, "b", 2, filling=0.1)]
    both[1] = Measurement("b", both[1].model, FIELDS, both[1].y, both[1].error, {"filling": 0.1})
    found = compare(made(both, {"filling": 0.4, "correlation_time": None}))
    assert found.classical.best.keys() == {
        "zeeman_rate",
        "zeeman_rate@b",
    } or found.classical.best.keys() == {
        "zeeman_rate@b",
        "zeeman_rate",
    }
    assert found.delta_aicc < 2


@pytest.mark.parametrize("where", ["fit", "measurement"])
def test_what_is_fixed_is_fixed_in_the_classical_rate(where):
    """The rate is that of the fixed filling, not of the site's."""
    data = dark(QUICK, filling=0.2)
    fixed = {"filling": 0.2}
    measured = Measurement(
        "dark", data.model, data.x, data.y, data.error, fixed if where == "measurement" else {}
    )
    found = compare(made(measured, ["local_field"], fixed=fixed if where == "fit" else None))
    expected = ClassicalDarkRate(QUICK).parameters["zeeman_rate"].start / 5
    (classical,) = found.classical.problem.measurements
    assert classical.fixed["zeeman_rate"] == pytest.approx(expected, rel=1e-12)
    assert found.classical.best.keys() == {"local_field"}
    assert abs(found.delta_aicc) < 2


def test_one_rate_for_measurements_that_share_their_parameters():
    both = [dark(QUICK, "a", 1), dark(QUICK, "b", 2)]
    found = compare(made(both, ["filling", "correlation_time"]))
    assert found.classical.best.keys() == {"zeeman_rate"}


def test_an_expected_value_of_what_the_classical_theory_lacks_is_no_freedom():
    """τ_c is known from elsewhere: one more parameter and one more point, neither for nor against."""
    free = {
        "filling": None,
        "correlation_time": Free(expected=QUICK.correlation_time, expected_error=1e-15),
    }
    told = compare(made(dark(QUICK), free))
    fixed = compare(made(dark(QUICK), ["filling"]))
    assert told.extra_parameters == fixed.extra_parameters == 0
    assert told.likelihood_ratio == pytest.approx(fixed.likelihood_ratio, abs=1e-3)
    assert told.delta_aicc == pytest.approx(fixed.delta_aicc, abs=1e-3)


def test_expected_values_bounds_and_coordinates_are_taken_over():
    free = {
        "filling": None,
        "local_field": Free(
            "0.4 G", "0.1 G", "1 G", logarithmic=False, expected="0.5 G", expected_error="0.1 G"
        ),
    }
    null = compare(made(dark(DONOR), free)).classical
    (local,) = [v for v in null.problem.variables if v.key == "local_field"]
    assert (local.start, local.low, local.high) == pytest.approx((4e-5, 1e-5, 1e-4))
    assert (local.logarithmic, local.expected) == (False, pytest.approx((5e-5, 1e-5)))
    assert null.problem.data.size == FIELDS.size + 1


def test_cooling_and_dark_rate_together():
    model = CoolingCurve(QUICK, self_consistent=False)
    y = model(FIELDS, electron_spin=0.1)
    noise = 1 + 0.02 * np.random.default_rng(3).standard_normal(y.size)
    cooling = Measurement("cooling", model, FIELDS, y * noise, 0.02 * y)
    found = compare(
        made(
            [dark(QUICK), cooling],
            {"filling": None, "correlation_time": None, "electron_spin": 0.12},
        )
    )
    assert found.classical.best.keys() == {"zeeman_rate", "electron_spin"}
    assert found.extra_parameters == 1
    assert found.delta_aicc < 2


def test_the_classical_fit_has_the_same_seed_and_attempts():
    null = compare(made(dark(DONOR), ["filling"], seed=5, attempts=2)).classical
    assert (null.seed, null.attempts, null.intervals) == (5, 2, None)


# Parameters that the data do not tell apart

PRODUCT = Curve(
    lambda x, first, second: first * second * np.exp(-x),
    parameters("first", "second", logarithmic=True),
)


def test_two_parameters_of_one_product_count_as_one():
    curve = np.exp(-X)
    y = 2 * curve + 0.02 * np.random.default_rng(3).standard_normal(X.size)
    product = made(Measurement("m", PRODUCT, X, y, 0.02), ["first", "second"])
    single = made(Measurement("m", PRODUCT, X, y, 0.02), ["first"], fixed={"second": 1.0})
    assert (product.rank, product.degrees_of_freedom) == (1, X.size - 1)
    assert aicc(product) == pytest.approx(aicc(single), abs=1e-6)


def test_parameters_that_the_minimum_alone_hides_all_count():
    times = np.linspace(0, 5, 30)
    free = [name for name in Decay("bi-exponential").parameters if name != "offset"]
    y = Decay()(times, relaxation_time=1.0) + 0.02 * np.random.default_rng(2).standard_normal(30)
    found = made(Measurement("m", Decay("bi-exponential"), times, y, 0.02), free)
    same = {"slow_time": found.best["relaxation_time"]}
    place = np.array(
        [v.coordinate(same.get(v.key, found.best[v.key])) for v in found.problem.variables]
    )
    hidden = replace(
        found, result=LocalFit(place, found.problem.residuals(place), 1, success=False)
    )
    assert len(hidden.directions.undetermined) > 0
    assert hidden.rank == found.rank == len(free)


@dataclass(frozen=True)
class Coarse:
    """A method that is good to a tolerance."""

    tolerance: float


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8])
def test_redundant_parameters_count_once_where_slopes_are_coarse_differences(tolerance):
    """Two rates that add up, at values that differ: the differences of 1/(p + q) are cut off differently."""
    two = Curve(lambda x, p, q: 1 / (0.5 + x * p + x * q), parameters("p", "q", low=0.0))
    object.__setattr__(two, "method", Coarse(tolerance))
    y = 1 / (0.5 + 0.9 * X) + 0.01 * np.random.default_rng(4).standard_normal(X.size)
    found = made(Measurement("m", two, X, y, 0.01), {"p": 0.2, "q": 0.8}, attempts=1)
    alone = made(Measurement("m", two, X, y, 0.01), {"p": 0.9}, fixed={"q": 0.0}, attempts=1)
    assert (found.rank, alone.rank) == (1, 1)
    assert found.degrees_of_freedom == X.size - 1
    assert aicc(found) == pytest.approx(aicc(alone), abs=1e-3)


def test_shared_and_private_amplitudes_are_compared():
    """The private one was given twice to the classical fit, which refused it, and the comparison was gone."""
    fields = np.geomspace(1e-5, 1e-2, 15)
    model = CoolingCurve(DONOR, 0.1, self_consistent=False)
    y = model(fields)
    several = [
        Measurement(name, model, fields, factor * y, 0.03 * np.abs(factor * y), private=private)
        for name, factor, private in (("a", 1.0, ()), ("b", 2.0, ("amplitude",)), ("c", 1.0, ()))
    ]
    full = made(
        several,
        {"amplitude": 1.0, "correlation_time": None, "kinetic_local_field": None},
        attempts=2,
    )
    found = compare(full)
    assert set(found.classical.best) == {"amplitude", "amplitude@b", "kinetic_local_field"}
    assert found.classical.best["amplitude@b"] == pytest.approx(
        2 * found.classical.best["amplitude"], rel=1e-3
    )


def test_a_comparison_that_fails_says_so():
    broken = Curve(lambda x, height: height * np.nan * x, parameters("height"))
    full = made(
        Measurement("m", replace(LINE, limit=broken), X, line().y, ERRORS), ["height", "slope"]
    )
    with pytest.raises(InvalidInputError, match="the model is not finite at x = 0"):
        compare(full)
    judged = findings(full)
    assert judged.comparison is None
    (doubt,) = [d for d in judged.doubts if d.kind == "comparison"]
    assert "whose fit failed: m: the model" in doubt.rule


def test_a_classical_fit_that_did_not_converge_gives_no_verdict():
    found = compare(made(line(), ["height", "slope"]))
    lost = replace(found, classical=replace(found.classical, attempts=4, agreeing=1))
    assert found.sentence().startswith("the classical theory does not explain")
    assert lost.sentence().startswith(
        "no verdict on the classical theory: in its fit, only one of 4 starts"
    )
