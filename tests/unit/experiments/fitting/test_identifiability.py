"""What the data determine: products where factors are not, one side of a limit, bounds; as words and sentences."""

import numpy as np
import pytest

from coldspin.experiments.fitting import Combination, Free, Measurement, combinations, fit, verdicts
from unit.experiments.fitting.curves import (
    ERRORS,
    LINE,
    PRODUCT,
    Curve,
    X,
    exponential,
    line,
    parameters,
)

RNG = np.random.default_rng(21)
NOISE = 0.02 * RNG.standard_normal((3, X.size))
SCALE = {"low": 0.0, "logarithmic": True}


def measured(name, curve, factor, number=0, **options):
    y = factor * np.exp(-X) * np.exp(NOISE[number])
    return Measurement(name, curve, X, y, 0.02 * y, logarithmic=True, **options)


def powers(**exponents):
    """y = Π p^e exp(−x), of which the data tell the product."""
    names = tuple(exponents)
    return Curve(
        lambda x, **values: np.prod([values[n] ** exponents[n] for n in names]) * np.exp(-x),
        parameters(*names, **SCALE),
    )


def kind(made, key):
    return next(one for one in verdicts(made) if one.key == key).kind


# Combinations


def test_of_two_factors_the_product():
    made = fit(measured("m", PRODUCT, 6.0), ["one", "other"], profile=False)
    (found,) = combinations(made)
    assert found.exponents == {"one": 1.0, "other": 1.0}
    assert found.value == pytest.approx(6 * np.exp(NOISE[0].mean()), rel=1e-8)
    assert found.relative_error == pytest.approx(0.02 / np.sqrt(X.size), rel=1e-6)
    assert str(found) == f"one · other = {found.value:.4g} (SI) ± 0.58%"


@pytest.mark.parametrize(
    "exponents", [{"a": 1, "b": 2}, {"a": 1, "b": -0.5}, {"a": 1, "b": -1, "c": 1.5}]
)
def test_powers(exponents):
    made = fit(measured("m", powers(**exponents), 6.0), list(exponents), profile=False)
    (found,) = combinations(made)
    assert found.exponents == exponents
    assert found.value == pytest.approx(6, rel=0.03)


def test_powers_that_are_no_simple_ratio_have_two_decimals():
    made = fit(measured("m", powers(a=1, b=0.777), 6.0), ["a", "b"], profile=False)
    assert combinations(made)[0].exponents == {"a": 1.0, "b": 0.78}


def test_two_products_of_three_factors():
    """a b and b c are known; a/c by the errors of both."""
    both = [measured("first", powers(a=1, b=1), 6.0), measured("second", powers(b=1, c=1), 2.0, 1)]
    made = fit(both, ["a", "b", "c"], profile=False)
    ratio, product = combinations(made)
    assert (ratio.exponents, product.exponents) == ({"a": 1.0, "c": -1.0}, {"b": 1.0, "c": 1.0})
    assert ratio.value == pytest.approx(3, rel=0.03)
    assert ratio.relative_error == pytest.approx(0.02 * np.sqrt(2 / X.size), rel=1e-6)
    assert product.relative_error == pytest.approx(0.02 / np.sqrt(X.size), rel=1e-6)


def test_a_determined_parameter_stays_out_of_the_product():
    curve = Curve(
        lambda x, a, b, rate: a * b * np.exp(-rate * x), parameters("a", "b", "rate", **SCALE)
    )
    made = fit(measured("m", curve, 6.0), ["a", "b", "rate"])
    (found,) = combinations(made)
    assert found.exponents == {"a": 1.0, "b": 1.0}
    slope = np.linalg.inv(np.array([[X.size, -X.sum()], [-X.sum(), (X**2).sum()]]))
    assert found.relative_error == pytest.approx(0.02 * np.sqrt(slope[0, 0]), rel=1e-3)
    assert [kind(made, key) for key in ("a", "b", "rate")] == [
        "not determined",
        "not determined",
        "determined",
    ]


def test_parameters_that_are_no_scales_are_adapted():
    """The offset is free too: the product is known less well, and not of it."""
    curve = Curve(
        lambda x, a, b, offset: a * b * np.exp(-x) + offset,
        parameters("a", "b", **SCALE) + parameters("offset"),
    )
    y = 6 * np.exp(-X) + 1 + NOISE[0]
    made = fit(Measurement("m", curve, X, y, 0.02), ["a", "b", "offset"], profile=False)
    (found,) = combinations(made)
    design = np.stack([np.exp(-X), np.ones_like(X)])
    error = 0.02 * np.sqrt(np.linalg.inv(design @ design.T)[0, 0])
    assert found.exponents == {"a": 1.0, "b": 1.0}
    assert found.relative_error == pytest.approx(error / found.value, rel=1e-5)


def test_no_combination_where_all_is_determined_or_nothing():
    assert combinations(fit(exponential(), ["amplitude", "rate"], profile=False)) == ()
    assert (
        combinations(fit(Measurement("m", PRODUCT, X, X, 1e6), ["one", "other"], profile=False))
        == ()
    )
    assert combinations(fit(line(), ["height", "slope"], profile=False)) == ()
    exact = Measurement("m", PRODUCT, X, PRODUCT.evaluate(X, {"one": 1.0, "other": 1.0}))
    assert combinations(fit(exact, ["one", "other"], profile=False)) == ()


def test_without_errors_the_scatter_says_how_well_a_product_is_known():
    y = 6 * np.exp(-X) + NOISE[0]
    made = fit(Measurement("m", PRODUCT, X, y), ["one", "other"], profile=False)
    scatter = np.sqrt(made.chi_square / (X.size - 1))
    expected = scatter / np.linalg.norm(np.exp(-X)) / made.best["one"] / made.best["other"]
    assert combinations(made)[0].relative_error == pytest.approx(expected, rel=1e-6)


def test_as_a_product():
    assert (
        str(Combination({"a": 1.0, "b": -0.5}, 0.001234567, 0.0321))
        == "a · b^-0.5 = 0.001235 (SI) ± 3.2%"
    )


# Verdicts


def test_verdicts_by_the_profile():
    made = fit(line(), ["height", "slope"])
    assert [(v.key, v.kind) for v in verdicts(made)] == [
        ("height", "determined"),
        ("slope", "determined"),
    ]
    assert verdicts(made)[0].sentence == "determined: both ends of the 95% interval exist"
    product = fit(measured("m", PRODUCT, 6.0), ["one", "other"])
    assert {v.sentence for v in verdicts(product)} == {"not determined: the data exclude no value"}


def test_a_lower_and_an_upper_limit():
    curve = Curve(lambda x, rate: 1 - np.exp(-rate * x), parameters("rate", **SCALE))
    below = fit(Measurement("m", curve, X + 1, np.ones_like(X), 0.05), ["rate"])
    above = fit(Measurement("m", curve, X + 1, np.zeros_like(X), 0.05), ["rate"])
    (lower,), (upper,) = verdicts(below), verdicts(above)
    assert (lower.kind, upper.kind) == ("lower limit only", "upper limit only")
    assert lower.sentence == "only a lower limit: the data do not exclude any larger value (95%)"
    assert upper.sentence == "only an upper limit: the data do not exclude any smaller value (95%)"


def test_an_interval_of_more_than_a_factor_of_seven_determines_nothing():
    """ln p has the error 1.1 or 0.9 / √n of a power law."""
    for error, word in ((1.1, "not determined"), (0.85, "determined")):
        made = fit(Measurement("m", powers(p=1), [0.0], [1.0], error, logarithmic=True), ["p"])
        assert kind(made, "p") == word


def test_verdicts_by_the_curvature():
    determined = fit(line(), ["height", "slope"], profile=False)
    assert {v.kind for v in verdicts(determined)} == {"determined"}
    assert "a profile would show" in verdicts(determined)[0].sentence
    product = fit(measured("m", PRODUCT, 6.0), ["one", "other"], profile=False)
    assert {v.sentence for v in verdicts(product)} == {
        "not determined: χ² does not depend on it once the others adapt"
    }
    wide = fit(
        Measurement("m", powers(p=1), [0.0], [1.0], 1.1, logarithmic=True), ["p"], profile=False
    )
    assert (
        verdicts(wide)[0].sentence
        == "not determined: its standard deviation is more than a factor of e"
    )
    assert (
        kind(fit(Measurement("m", LINE, X, X, 1e3), ["height"], profile=False), "height")
        == "determined"
    )


def test_at_its_bound():
    made = fit(line(), {"height": None, "slope": Free(1.0, low=0.0)})
    (_, found) = verdicts(made)
    assert found.kind == "at its bound"
    assert found.sentence.startswith("its best value is at a bound; only an upper limit")
    share = fit(
        Measurement("m", PRODUCT, X, 3 * np.exp(-X), 0.1),
        {"one": Free(0.5, high=1.0)},
        profile=False,
    )
    assert kind(share, "one") == "at its bound"


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_near_a_bound_is_a_matter_of_the_deviation(unit):
    """A correlation time of nanoseconds in a linear search is not at the bound 0."""
    measured = Measurement("m", LINE, X, unit * line().y, unit * ERRORS)
    free = {"height": Free(unit, low=0.0), "slope": Free(unit, low=-1.0 * unit)}
    assert {v.kind for v in verdicts(fit(measured, free, profile=False))} == {"determined"}
    free["slope"] = Free(unit, low=-0.3 * unit)
    assert [v.kind for v in verdicts(fit(measured, free, profile=False))] == [
        "determined",
        "at its bound",
    ]
