"""What a fit makes small: shared and private parameters, expected values, derivatives."""

from dataclasses import dataclass

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement, fit
from coldspin.experiments.models import CoolingCurve, DarkRate, Parameter
from coldspin.heating import Semiclassical
from samples import DONOR, DOT
from unit.experiments.fitting.curves import (
    EXPONENTIAL,
    FLAT,
    LINE,
    Curve,
    X,
    exponential,
    keys,
    line,
    put,
    weighted,
)

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

FIELDS = np.geomspace(1e-5, 1e-2, 9)
DARK = Measurement("dark", DarkRate(DONOR), FIELDS, DarkRate(DONOR)(FIELDS), 0.1)


# Shared, private, fixed


def test_a_shared_parameter_is_one_variable():
    made = put([exponential(name="a"), exponential(name="b")], ["amplitude", "rate"])
    assert keys(made) == ["amplitude", "rate"]
    assert (
        made.values(0, np.array([3.0, 0.5]))
        == made.values(1, np.array([3.0, 0.5]))
        == {"amplitude": 3.0, "rate": np.exp(0.5)}
    )


def test_a_private_parameter_is_one_variable_for_each_measurement_that_says_so():
    measured = [
        exponential(name=name, private=private)
        for name, private in (("a", ("amplitude",)), ("b", ()), ("c", ("amplitude",)))
    ]
    made = put(measured, ["amplitude", "rate"])
    assert keys(made) == ["amplitude", "amplitude@a", "amplitude@c", "rate"]
    z = np.array([1.0, 2.0, 3.0, 0.0])
    assert [made.values(i, z)["amplitude"] for i in range(3)] == [2.0, 1.0, 3.0]
    assert keys(put(measured[::2], ["amplitude"])) == ["amplitude@a", "amplitude@c"]


def test_a_name_at_a_measurement_is_free_there_alone():
    made = put([exponential(name="a"), exponential(name="b")], {"amplitude@b": 5.0, "rate": None})
    assert keys(made) == ["amplitude@b", "rate"]
    assert [made.values(i, made.start)["amplitude"] for i in (0, 1)] == [1.0, 5.0]


def test_a_name_and_the_same_at_a_measurement_are_two():
    made = put(
        [exponential(name="a"), exponential(name="b")], {"amplitude": 2.0, "amplitude@b": 5.0}
    )
    assert [made.values(i, made.start)["amplitude"] for i in (0, 1)] == [2.0, 5.0]


def test_a_value_fixed_in_one_measurement_stays_there():
    made = put(
        [exponential(name="a", fixed={"amplitude": 7.0}), exponential(name="b")],
        ["amplitude", "rate"],
    )
    assert [made.values(i, np.array([3.0, 0.0]))["amplitude"] for i in (0, 1)] == [7.0, 3.0]


def test_fixed_for_all_but_where_it_is_fixed_otherwise():
    made = put(
        [exponential(name="a", fixed={"amplitude": 7.0}), exponential(name="b")],
        ["rate"],
        amplitude=4.0,
    )
    assert [made.values(i, made.start)["amplitude"] for i in (0, 1)] == [7.0, 4.0]


def test_models_share_parameters_by_name():
    cooling = CoolingCurve(DOT, self_consistent=False)
    other = Measurement("cooling", cooling, FIELDS, cooling(FIELDS, electron_spin=0.1), 1e24)
    made = put(
        [DARK, other],
        {"correlation_time": "7 ns", "electron_spin": 0.2, "filling": None},
        dephasing_time=2e-8,
    )
    assert keys(made) == ["correlation_time", "electron_spin", "filling"]
    first, second = (made.values(i, made.start) for i in (0, 1))
    assert first["correlation_time"] == pytest.approx(7e-9)
    assert second["correlation_time"] == first["correlation_time"]
    assert first["dephasing_time"] == second["dephasing_time"] == 2e-8
    assert (first["nuclei"], second["nuclei"]) == (DONOR.nuclei, DOT.nuclei)
    assert "electron_spin" not in first


def test_a_kinetic_local_field_follows_unless_it_is_free_or_fixed():
    followed = put(DARK, {"local_field": 2e-4})
    assert followed.values(0, followed.start)["kinetic_local_field"] == pytest.approx(
        np.sqrt(3) * 2e-4
    )
    fixed = put(DARK, {"local_field": 2e-4}, kinetic_local_field=1e-4)
    assert fixed.values(0, fixed.start)["kinetic_local_field"] == 1e-4
    free = put(DARK, {"local_field": 2e-4, "kinetic_local_field": 5e-5})
    assert free.values(0, free.start)["kinetic_local_field"] == pytest.approx(5e-5)


def test_free_twice_free_and_fixed_or_fixed_everywhere():
    both = [exponential(name="a", private=("rate",)), exponential(name="b")]
    with pytest.raises(InvalidInputError, match="rate@a is free twice; give it once"):
        put(both, ["rate", "rate@a"])
    with pytest.raises(InvalidInputError, match="rate is both free and fixed; choose one"):
        put(both, ["rate"], rate=2.0)
    with pytest.raises(
        InvalidInputError,
        match="rate is free, but fixed in every measurement that has it; choose one",
    ):
        put([exponential(fixed={"rate": 1.0})], ["rate"])
    with pytest.raises(
        InvalidInputError, match="rat is a parameter of no measurement; did you mean rate"
    ):
        put(both, ["rate"], rat=2.0)


def test_a_parameter_without_any_value_must_be_given_or_free():
    cooling = Measurement("m", CoolingCurve(DONOR), FIELDS, FIELDS, 1.0)
    with pytest.raises(
        InvalidInputError, match="m needs a value for electron_spin; give one, or let it be free"
    ):
        put(cooling, ["amplitude"])
    with pytest.raises(InvalidInputError, match="electron_spin needs a start value"):
        put(cooling, ["electron_spin"])
    assert keys(put(cooling, {"electron_spin": 0.1})) == ["electron_spin"]


@pytest.mark.parametrize(
    ("measurements", "free", "sentence"),
    [
        ([], ["rate"], "measurements must be one Measurement or several"),
        ([1], ["rate"], "measurements must be one Measurement or several"),
        ([exponential(), exponential()], ["rate"], "two measurements are called 'curve'"),
        (
            [exponential(name="a"), exponential(name="b", errors=None)],
            ["rate"],
            "b: without errors the weight against",
        ),
        (
            [exponential(name="a", errors=None), exponential(name="b", errors=None)],
            ["rate"],
            "a, b: without errors",
        ),
        (
            [exponential(errors=None)],
            {"rate": Free(expected=1, expected_error=1)},
            "expected values are weighed against",
        ),
        (
            [Measurement("m", LINE, [1.0], [1.0], 0.1)],
            ["height", "slope"],
            "1 points cannot give 2 parameters",
        ),
        (
            [Measurement("m", LINE, [1.0, 2.0], [1.0, 1.0])],
            ["height", "slope"],
            "2 points cannot give 2 parameters",
        ),
    ],
)
def test_refused_problems(measurements, free, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        put(measurements, free)


def test_as_many_points_as_parameters_are_enough_where_errors_are_known():
    assert fit(
        Measurement("m", LINE, [1.0, 2.0], [3.0, 1.0], 0.1), ["height", "slope"]
    ).best == pytest.approx({"height": 5.0, "slope": -2.0})


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_curve_must_be_finite_at_the_start():
    model = CoolingCurve(DONOR, 0.1, "spin_temperature", self_consistent=False)
    measured = Measurement("m", model, [0.0, 1e-3], [1.0, 1.0], 1.0)
    with pytest.raises(
        InvalidInputError,
        match="m: the model is not finite at field = 0 with the start values; leave that",
    ):
        put(measured, ["filling"])


def test_a_search_departs_from_where_its_steps_are_not_short():
    """Off 0, where SciPy's first step would be as short as the start; the one that is kept stays."""
    free = {
        "amplitude": Free(2.0, low=-1.0, high=2.0, logarithmic=False),
        "rate": Free(1.0, high=1.05),
    }
    made = put(exponential(), free)
    for far in ([2.0, 0.0], [0.3, 1e-9], [0.0, -5.0], [0.0, 0.0]):
        np.testing.assert_array_equal(made.departure(np.array(far)), far)
    np.testing.assert_allclose(made.departure(np.array([1e-9, 0.0])), [0.2 + 1e-9, -0.1])
    np.testing.assert_allclose(made.departure(np.array([1.9, 1e-9]), fixed=0), [1.9, 1e-9 - 0.1])
    np.testing.assert_allclose(made.departure(np.array([1e-9, -3.0]), fixed=1), [0.2 + 1e-9, -3.0])


# What is made small


def test_residuals_are_in_standard_errors():
    made = put(line(), ["height", "slope"])
    z = np.array([1.5, -0.3])
    expected = (1.5 - 0.3 * X - line().y) / line().error
    np.testing.assert_allclose(made.residuals(z), expected, rtol=1e-13)
    unknown = put(line(errors=None), ["height", "slope"])
    np.testing.assert_allclose(unknown.residuals(z), expected * line().error, rtol=1e-13)
    assert (made.errors_known, unknown.errors_known) == (True, False)


def test_residuals_of_logarithms():
    made = put(exponential(logarithmic=True), ["amplitude", "rate"])
    data = exponential()
    expected = (np.log(3) - X * 2 - np.log(data.y)) / (data.error / data.y)
    np.testing.assert_allclose(made.residuals(np.array([3.0, np.log(2)])), expected, rtol=1e-12)


def test_an_expected_value_is_one_more_point():
    """Against the weighted mean of a constant, and the normal equations of a line with a point at infinity."""
    measured = Measurement("m", FLAT, X, line().y, 0.3)
    made = fit(measured, {"height": Free(expected=5.0, expected_error=0.2)})
    weights = np.array([1 / 0.3**2] * X.size + [1 / 0.2**2])
    mean = np.average([*line().y, 5.0], weights=weights)
    assert made.best["height"] == pytest.approx(mean, rel=1e-10)
    assert made.deviations == pytest.approx([weights.sum() ** -0.5], rel=1e-10)
    assert made.chi_square == pytest.approx(
        np.sum(weights * (np.array([*line().y, 5.0]) - mean) ** 2), rel=1e-12
    )
    assert made.degrees_of_freedom == X.size
    best, covariance = weighted(line())
    gain = covariance[:, 1] / (covariance[1, 1] + 0.01)
    joint = fit(line(), {"height": None, "slope": Free(expected=-0.2, expected_error=0.1)})
    assert joint.coordinates == pytest.approx(best + gain * (-0.2 - best[1]), rel=1e-9)
    assert joint.covariance == pytest.approx(covariance - np.outer(gain, covariance[1]), rel=1e-9)


def test_an_expected_value_of_a_scale_is_of_the_scale_and_not_of_its_logarithm():
    made = put(exponential(), {"rate": Free(expected=0.5, expected_error=0.02)})
    assert made.residuals(np.array([np.log(0.56)]))[-1] == pytest.approx(3.0)
    assert made.jacobian(np.array([np.log(0.56)]))[-1] == pytest.approx([0.56 / 0.02])


# Derivatives


def difference(made, z):
    columns = []
    for i in range(z.size):
        step = 1e-4 * (1.0 if made.variables[i].logarithmic else abs(z[i]))
        ends = [made.residuals(z + s * step * np.eye(z.size)[i]) for s in (1, -1, 2, -2)]
        columns.append((8 * (ends[0] - ends[1]) - (ends[2] - ends[3])) / (12 * step))
    return np.stack(columns, axis=1)


def joint():
    """Dark rate by ln T1, cooling curve by the engine or in closed form, with a follower and expected values."""
    cooling = CoolingCurve(DONOR, self_consistent=False)
    y = cooling(FIELDS, electron_spin=0.1)
    return [
        Measurement(
            "dark",
            DarkRate(DONOR),
            FIELDS,
            DarkRate(DONOR)(FIELDS),
            0.1,
            private=("filling",),
            logarithmic=True,
        ),
        Measurement("closed", cooling, FIELDS, y, 0.03 * y, private=("filling",)),
        Measurement("engine", CoolingCurve(DONOR), FIELDS, y, 0.03 * y, {"local_field": 6e-5}),
    ]


def test_derivatives_of_a_joint_build_problem():
    free = {
        "correlation_time": Free(expected="12 ns", expected_error="3 ns"),
        "filling": None,
        "local_field": None,
        "electron_spin": 0.07,
        "constant_rate@dark": 0.2,
        "quadrupole_rate@dark": 0.1,
        "nuclei": Free(logarithmic=False),
        "amplitude@engine": 1.3,
    }
    made = put(joint(), free)
    assert keys(made)[1:4] == ["filling", "filling@dark", "filling@closed"]
    found, expected = made.jacobian(made.start), difference(made, made.start)
    size = np.max(np.abs(expected), axis=0) + 1e-9
    assert np.max(np.abs(found - expected) / size) < 1e-6
    dark = slice(0, FIELDS.size)
    np.testing.assert_array_equal(found[dark, keys(made).index("electron_spin")], 0)
    np.testing.assert_array_equal(found[dark, keys(made).index("filling@closed")], 0)
    assert np.any(found[dark, keys(made).index("local_field")])
    np.testing.assert_array_equal(found[18:27, keys(made).index("local_field")], 0)  # fixed there


def test_a_follower_whose_slope_is_not_known_leaves_its_leader_to_differences():
    follower = Parameter("second", "b", start=1.0, follows=("first", 2.0))

    def slopes(x, first, second):
        return {"first": x}

    declared = (Parameter("first", "a", start=1.0), follower)
    curve = Curve(lambda x, first, second: first * x + second**2, declared, slopes)
    made = put(Measurement("m", curve, X, X, 1.0), ["first"])
    np.testing.assert_allclose(made.jacobian(np.array([1.5]))[:, 0], X + 8 * 1.5, rtol=1e-8)


def test_differences_stay_within_bounds():
    half = Curve(lambda x, p: np.sqrt(p) * (1 + x), (Parameter("p", "p", start=1.0, low=0.0),))
    made = put(Measurement("m", half, X, X, 1.0), {"p": Free(1.0, high=1.0)})
    np.testing.assert_allclose(made.jacobian(made.start)[:, 0], (1 + X) / 2, rtol=1e-5)


ENGINE = Semiclassical(tolerance=1e-6)


@dataclass(frozen=True, eq=False)
class Rough(Curve):
    """A curve with the noise of its method."""

    method: Semiclassical = ENGINE

    def evaluate(self, x, values):
        noise = np.random.default_rng(int(values["rate"] * 1e12) % 2**31).uniform(-1, 1, x.size)
        return super().evaluate(x, values) * (1 + self.method.tolerance * noise)


def test_differences_of_a_method_with_a_tolerance_are_wide_enough():
    """The noise of an engine, 1e-6 of the curve, must not come through a hundred thousand times larger."""
    made = put(
        Measurement("m", Rough(EXPONENTIAL.function, EXPONENTIAL.declared), X, X, 1.0), ["rate"]
    )
    np.testing.assert_allclose(made.jacobian(made.start)[:, 0], -X * np.exp(-X), atol=1e-3)
    exact = put(Measurement("m", EXPONENTIAL, X, X, 1.0), ["rate"])
    np.testing.assert_allclose(exact.jacobian(made.start)[:, 0], -X * np.exp(-X), atol=1e-9)


def test_differences_of_an_engine():
    model = DarkRate(DONOR, "relaxation_rate", Semiclassical(tolerance=1e-6))
    values = {name: p.start for name, p in model.parameters.items()}
    made = put(Measurement("m", model, FIELDS[:3], FIELDS[:3], 1.0), ["correlation_time"])
    exact = (
        DarkRate(DONOR, "relaxation_rate").gradient(FIELDS[:3], values)["correlation_time"]
        * DONOR.correlation_time
    )
    np.testing.assert_allclose(made.jacobian(made.start)[:, 0], exact, rtol=0.02)


def test_no_value_beyond_the_range_of_the_theory_is_not_a_number():
    made = put(DARK, ["correlation_time"])
    assert np.all(np.isnan(made.curve(0, np.array([-400.0]))))
    assert np.all(np.isnan(made.slopes(0, np.array([-400.0]))))
