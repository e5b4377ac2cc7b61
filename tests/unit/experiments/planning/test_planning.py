"""Plans against enumeration of all designs, designs known analytically, and the fits that they are for."""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from time import process_time

import numpy as np
import pytest

from coldspin import InvalidInputError, Site
from coldspin.experiments.fitting import Free, Measurement, fit
from coldspin.experiments.models import CoolingCurve, DarkRate, Decay, OptimalField
from coldspin.experiments.models.model import Axis, Parameter, call_model
from coldspin.experiments.planning import plan
from coldspin.experiments.planning.designs import build_criterion, choose_counts, find_shares
from coldspin.heating import SmallAngle
from quick import quick

DONOR = Site(
    nuclei=1e4,
    nuclear_spin=0.5,
    hyperfine_coupling="1 neV",
    nuclear_gyromagnetic_ratio="-6e7 rad/s/T",
    local_field="0.4 G",
    correlation_time="10 ns",
    filling=1e-4,
    g_factor=-1.6,
)
DARK = DarkRate(DONOR)
SAMPLE = ("correlation_time", "local_field", "filling")
DECAY = {"amplitude": 2.0, "relaxation_time": 10.0}


@dataclass(frozen=True)
class Polynomial:
    """y = Σ b_k [(x − x_0)/unit]^k: b_0 is what the curve is at x_0."""

    degree: int
    origin: float = 0.0
    unit: float = 1.0

    @property
    def axes(self):
        return Axis("x", "x"), Axis("signal", "signal", any_unit=True)

    @property
    def parameters(self):
        return {
            f"b{k}": Parameter(f"b{k}", "coefficient", None, 1.0) for k in range(self.degree + 1)
        }

    def __call__(self, x, **given):
        return call_model(self, x, given)

    def evaluate(self, x, values):
        return sum(values[f"b{k}"] * slope for k, slope in enumerate(self._powers(x)))

    def gradient(self, x, _values):
        return {f"b{k}": slope for k, slope in enumerate(self._powers(x))}

    def _powers(self, x):
        return [((x - self.origin) / self.unit) ** k for k in range(self.degree + 1)]

    def guess(self, _x, _y):
        return {}

    def doubts(self, _x, _values):
        return ()

    def classical(self):
        return None

    @property
    def all(self):
        return list(self.parameters)


LINE, PARABOLA = Polynomial(1), Polynomial(2)


def literal_rows(model, x, free, sigma, logarithmic):
    """(1/σ) ∂y/∂ln p or ∂y/∂p, by differences of the curve as a user calls it."""
    columns = []
    for name, value in free.items():
        step = 1e-5
        up, down = (value * np.exp(s) if name in logarithmic else value + s for s in (step, -step))
        columns.append(
            (model(x, **free | {name: up}) - model(x, **free | {name: down})) / (2 * step)
        )
    return np.array(columns).T / np.broadcast_to(sigma, x.shape)[:, None]


def log_information(rows, wanted):
    """ln det of the inverse covariance of the wanted ones, also where others stay undetermined."""
    others = np.delete(rows, wanted, axis=1)
    left = rows[:, wanted] - others @ np.linalg.pinv(others, rcond=1e-10) @ rows[:, wanted]
    matrix = left.T @ left
    if (
        np.any(np.diag(matrix) <= 1e-14 * np.sum(rows[:, wanted] ** 2, axis=0))
        or np.linalg.cond(matrix) > 1e13
    ):
        return -np.inf
    return np.linalg.slogdet(matrix)[1]


CASES = {
    "line": (LINE, np.linspace(-1, 2, 6), {"b0": 1.0, "b1": 1.0}, 5, 0.1),
    "parabola": (PARABOLA, np.linspace(-1, 1.3, 6), {"b0": 1.0, "b1": 1.0, "b2": 1.0}, 5, 0.1),
    "decay": (Decay(), np.linspace(0, 45, 7), DECAY, 5, 0.01),
    "decay to offset": (Decay(), np.linspace(0, 45, 6), DECAY | {"offset": 0.3}, 5, 0.01),
    "stretched": (Decay("stretched"), np.linspace(1, 45, 6), DECAY | {"stretching": 0.7}, 4, 0.01),
    "rate in the dark": (
        DarkRate(DONOR, "relaxation_rate"),
        np.array([0, 0.3, 0.8, 3, 10, 40]) * 1e-4,
        {"correlation_time": 1e-8, "local_field": 4e-5, "filling": 1e-4},
        5,
        0.01,
    ),
}
LOGARITHMIC = {"relaxation_time", "stretching", *SAMPLE}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("targets", [None, (0,), (1,), (0, 1)])
def test_no_other_design_of_as_many_points_is_better(name, targets):
    model, x, free, points, sigma = CASES[name]
    wanted = list(range(len(free)) if targets is None else targets)
    found = plan(
        model,
        x,
        points,
        free,
        error=sigma,
        target=None if targets is None else [list(free)[i] for i in targets],
    )
    rows = literal_rows(model, x, free, sigma, LOGARITHMIC)
    every = [
        log_information(rows[list(d)], wanted)
        for d in combinations_with_replacement(range(x.size), points)
    ]
    own = log_information(rows[np.searchsorted(x, found.x)], wanted)
    assert own == pytest.approx(max(every), abs=1e-6)
    assert own > np.median(every) + 0.01  # a plan among the rest would not pass


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("targets", [None, (1,), (0, 1)])
def test_efficiency_holds_against_every_distribution_of_the_points(name, targets):
    model, x, free, points, sigma = CASES[name]
    wanted = list(range(len(free)) if targets is None else targets)
    keys = [list(free)[i] for i in wanted]
    found = plan(model, x, points, free, error=sigma, target=keys)
    rows = literal_rows(model, x, free, sigma, LOGARITHMIC)
    own = log_information(rows[np.searchsorted(x, found.x)], wanted)
    shares = [
        np.random.default_rng(1).dirichlet(np.full(x.size, 0.3), 300),
        [dict(found.ideal).get(v, 0) for v in x],
    ]
    other = [
        log_information(rows * np.sqrt(points * w)[:, None], wanted) for w in np.vstack(shares)
    ]
    assert 0.5 < found.efficiency <= 1
    assert max(other) <= own - len(wanted) * np.log(found.efficiency) + 1e-5
    assert other[-1] == pytest.approx(
        own - len(wanted) * np.log(found.efficiency), abs=1e-5
    )  # the bound is tight


@pytest.mark.parametrize(
    "target", [None, "correlation_time", "local_field", ("correlation_time", "local_field")]
)
def test_ideal_shares_satisfy_the_equivalence_theorem(target):
    x = np.linspace(0, 50e-4, 101)
    found = plan(DARK, x, 12, SAMPLE, error="5 %", target=target)
    values = {"correlation_time": 1e-8, "local_field": 4e-5, "filling": 1e-4}
    rows = literal_rows(DARK, x, values, 0.05 * DARK(x), SAMPLE)
    places, shares = np.array(found.ideal).T
    index = np.searchsorted(x, places)
    matrix = (rows[index].T * shares) @ rows[index]
    others = [i for i, key in enumerate(SAMPLE) if key not in found.target]
    left = np.einsum("ij,jk,ik->i", rows, np.linalg.inv(matrix), rows)
    part = rows[:, others]
    left -= np.einsum("ij,jk,ik->i", part, np.linalg.inv(matrix[np.ix_(others, others)]), part)
    count = len(found.target)
    assert left.max() == pytest.approx(count, rel=1e-4)
    np.testing.assert_allclose(left[index][shares > 1e-3], count, rtol=1e-4)
    assert left.min() < 0.8 * count


def test_line_is_measured_at_both_ends():
    found = plan(LINE, np.linspace(-1, 1, 41), 10, LINE.all, error=0.1)
    assert found.table() == ((-1.0, 5), (1.0, 5))
    assert found.efficiency == pytest.approx(1)
    assert list(found.deviations.values()) == pytest.approx([0.1 / np.sqrt(10)] * 2)


def test_parabola_is_measured_at_ends_and_middle():
    found = plan(PARABOLA, "-1:1:41", 9, PARABOLA.all, error=0.1)
    assert found.table() == ((-1.0, 3), (0.0, 3), (1.0, 3))
    assert np.array(found.ideal) == pytest.approx(
        np.array([[-1, 1 / 3], [0, 1 / 3], [1, 1 / 3]]), abs=1e-6
    )


def test_quintic_is_measured_at_the_roots_of_legendre():
    """D-optimal for degree d: the ends and the extrema of P_d in equal shares (Guest 1958, Hoel 1958)."""
    extrema = (
        np.polynomial.Legendre.basis(5).deriv().roots().real
    )  # from NumPy 2.5 on all roots are complex
    grid = np.union1d(np.linspace(-1, 1, 41), extrema)
    found = plan(Polynomial(5), grid, 6, Polynomial(5).all, error=0.1)
    np.testing.assert_allclose(found.x, [-1, *extrema, 1])
    assert found.efficiency == pytest.approx(1, abs=1e-6)


def test_decay_is_measured_at_the_start_and_after_its_time():
    found = plan(Decay(), "0:50:101 s", 8, DECAY, error=0.01)
    assert found.table() == ((0.0, 4), (10.0, 4))


def test_decay_with_relative_errors_is_a_straight_line_of_its_logarithm():
    found = plan(Decay(), "0:50:101 s", 8, DECAY, error="5 %")
    assert found.table() == ((0.0, 4), (50.0, 4))


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("place", quick([1.5, 4.0], 0))
def test_extrapolation_takes_chebyshev_points_in_the_shares_of_lagrange(degree, place):
    """Shares ∝ |l_i(x_0)| at the extrema of T_d (Hoel and Levine 1964)."""
    nodes = -np.cos(np.pi * np.arange(degree + 1) / degree)
    lagrange = [np.prod([(place - b) / (a - b) for b in nodes if b != a]) for a in nodes]
    shares = np.abs(lagrange) / np.sum(np.abs(lagrange))
    model = Polynomial(degree, origin=place)
    found = plan(
        model, np.union1d(np.linspace(-1, 1, 21), nodes), 1000, model.all, error=0.1, target="b0"
    )
    assert np.array([x for x, _ in found.ideal]) == pytest.approx(nodes, abs=1e-12)
    assert [share for _, share in found.ideal] == pytest.approx(shares, abs=1e-5)
    assert found.deviations["b0"] == pytest.approx(
        0.1 * np.sum(np.abs(lagrange)) / np.sqrt(1000), rel=1e-4
    )


def test_slope_of_a_parabola_at_its_middle_needs_the_ends_alone():
    found = plan(PARABOLA, np.linspace(-1, 1, 21), 6, PARABOLA.all, error=0.1, target="b1")
    assert found.table() == ((-1.0, 3), (1.0, 3))
    assert found.deviations["b1"] == pytest.approx(0.1 / np.sqrt(6))
    assert found.deviations["b0"] == np.inf
    assert any("b0" in sentence for sentence in found.doubts())


def test_amplitude_alone_is_measured_at_the_start():
    found = plan(Decay(), "0:50:101 s", 4, DECAY, error=0.01, target="amplitude")
    assert found.table() == ((0.0, 4),)
    assert found.deviations["amplitude"] == pytest.approx(0.005)
    assert found.efficiency == pytest.approx(1)
    assert found.deviations["relaxation_time"] == np.inf


def test_with_relative_errors_a_free_scale_is_not_in_the_way():
    every = plan(DARK, "0:50:101 G", 12, SAMPLE, error="5 %")
    some = plan(
        DARK, "0:50:101 G", 12, SAMPLE, error="5 %", target=("local_field", "correlation_time")
    )
    assert every.table() == some.table()
    assert some.target == ("correlation_time", "local_field")


def test_units_of_the_parameters_do_not_matter():
    plain = plan(PARABOLA, np.linspace(-1, 1.5, 31), 7, PARABOLA.all, error=0.1)
    tiny = Polynomial(2, unit=1e-6)
    scaled = plan(tiny, np.linspace(-1, 1.5, 31), 7, tiny.all, error=0.1)
    assert plain.table() == scaled.table()
    assert scaled.deviations["b2"] == pytest.approx(1e-12 * plain.deviations["b2"])


def test_order_and_repeats_of_candidates_do_not_matter():
    x = np.linspace(0, 50, 26)
    plain = plan(Decay(), x, 5, DECAY, error=0.01)
    mixed = plan(Decay(), [*x[::-1], *x[3:7]], 5, DECAY, error=0.01)
    assert plain.table() == mixed.table()
    assert plain.uniform_x.tolist() == mixed.uniform_x.tolist() == [0, 12, 24, 38, 50]


def fitted(model, free, found, *others):
    """Fit noiseless data at the points of a plan."""
    data = Measurement("data", model, found.x, model(found.x), found.error)
    return fit((data, *others), free, profile=False, attempts=1)


@pytest.mark.parametrize("target", [None, "correlation_time", "local_field"])
def test_deviations_are_those_of_a_fit_at_the_plan(target):
    found = plan(DARK, "0:50:101 G", 12, SAMPLE, error="5 %", target=target)
    made = fitted(DARK, SAMPLE, found)
    np.testing.assert_allclose(list(found.deviations.values()), made.deviations, rtol=1e-6)
    even = Measurement(
        "even", DARK, found.uniform_x, DARK(found.uniform_x), 0.05 * DARK(found.uniform_x)
    )
    made = fit(even, SAMPLE, profile=False, attempts=1)
    np.testing.assert_allclose(list(found.uniform_deviations.values()), made.deviations, rtol=1e-6)
    assert found.gain["correlation_time"] == pytest.approx(
        found.uniform_deviations["correlation_time"] / found.deviations["correlation_time"]
    )


def test_deviations_are_those_of_a_fit_with_priors_and_older_data():
    x = np.array([1e-4, 5e-4, 30e-4])
    old = Measurement("old", DARK, x, DARK(x), 0.2 * DARK(x))
    free = {"correlation_time": Free("10 ns", expected="10 ns", expected_error="4 ns")}
    free |= dict.fromkeys(("local_field", "filling", "dephasing_time"))
    found = plan(DARK, "0:50:101 G", 3, free, error="5 %", existing=old)
    made = fitted(DARK, free, found, old)
    np.testing.assert_allclose(list(found.deviations.values()), made.deviations, rtol=1e-5)
    alone = plan(DARK, "0:50:101 G", 3, free, error="5 %", existing=[old])
    assert alone.table() == found.table()


def test_existing_places_count_as_measured():
    x = np.linspace(0, 45, 10)
    found = plan(Decay(), x, 3, DECAY, error=0.01, existing=[0.0, 0.0, 0.0])
    rows = literal_rows(Decay(), x, DECAY, 0.01, LOGARITHMIC)
    known = rows[[0, 0, 0]]
    every = {
        design: log_information(np.concatenate([rows[list(design)], known]), [0, 1])
        for design in combinations_with_replacement(range(x.size), 3)
    }
    best = max(every, key=every.get)
    assert found.x.tolist() == x[list(best)].tolist() == [10.0, 10.0, 10.0]
    assert plan(Decay(), x, 3, DECAY, error=0.01).x[0] == 0


@pytest.mark.parametrize("targets", [(0, 1), (0,), (1,)])
def test_efficiency_counts_what_is_known(targets):
    x = np.linspace(0, 45, 10)
    free = {"amplitude": 2.0, "relaxation_time": Free(10.0, expected=10.0, expected_error=0.05)}
    target = [list(DECAY)[i] for i in targets]
    found = plan(Decay(), x, 2, free, error=0.01, target=target, existing=[5.0, 30.0])
    rows = literal_rows(Decay(), x, DECAY, 0.01, LOGARITHMIC)
    known = [*rows[np.searchsorted(x, [5.0, 30.0])], [0.0, 10 / 0.05]]
    own = log_information(np.concatenate([rows[np.searchsorted(x, found.x)], known]), list(targets))
    shares = [
        np.random.default_rng(2).dirichlet(np.full(x.size, 0.3), 300),
        [dict(found.ideal).get(v, 0) for v in x],
    ]
    other = [
        log_information(np.concatenate([rows * np.sqrt(2 * w)[:, None], known]), list(targets))
        for w in np.vstack(shares)
    ]
    assert max(other) <= own - len(targets) * np.log(found.efficiency) + 1e-6
    assert other[-1] == pytest.approx(own - len(targets) * np.log(found.efficiency), abs=1e-6)


def test_parameters_in_turn_off_by_two():
    found = plan(Decay(), "0:50:101 s", 6, DECAY | {"offset": 0.0}, error=("5 %", 0.02))
    assert [(s.key, s.factor) for s in found.robustness] == [
        (key, factor) for key in DECAY for factor in (0.5, 2.0)
    ]  # no factor makes an offset of 0 another
    for shift in found.robustness:
        values = DECAY | {"offset": 0.0}
        values |= {shift.key: values[shift.key] * shift.factor}
        for x, told in ((found.x, shift.deviations), (found.uniform_x, shift.uniform_deviations)):
            y = Decay()(x, **values)
            data = Measurement("data", Decay(), x, y, np.hypot(0.05 * y, 0.02))
            made = fit(data, values, profile=False, attempts=1)
            np.testing.assert_allclose(list(told.values()), made.deviations, rtol=1e-4)
    assert found.worst("relaxation_time") == max(
        s.deviations["relaxation_time"] for s in found.robustness
    )
    assert found.worst("relaxation_time") > found.deviations["relaxation_time"]


def scatter(x, random, count=100):
    """Standard deviation of ln τ_c over fits of simulated data at these fields."""
    y = DARK(x)
    found = [
        fit(
            Measurement("data", DARK, x, y * (1 + 0.05 * random.standard_normal(x.size)), 0.05 * y),
            SAMPLE,
            profile=False,
            attempts=1,
        ).coordinates[0]
        for _ in range(count)
    ]
    return np.std(found, ddof=1)


@pytest.mark.slow
def test_correlation_times_of_simulated_data_scatter_as_predicted_and_less_than_of_even_fields():
    found = plan(DARK, "0.5:50:100 G", 12, SAMPLE, error="5 %", target="correlation_time")
    random = np.random.default_rng(5)
    own, even = scatter(found.x, random), scatter(found.uniform_x, random)
    assert own == pytest.approx(
        found.deviations["correlation_time"], rel=0.2
    )  # 1/√200 = 7% by chance
    assert even == pytest.approx(found.uniform_deviations["correlation_time"], rel=0.2)
    assert own < 0.75 * even


def test_errors_absolute_relative_and_both():
    x = np.linspace(0, 30, 7)
    y = 2 * np.exp(-x / 10)
    for error, sigma in (
        (0.1, 0.1 + 0 * y),
        ("5 %", 0.05 * y),
        ("5percent", 0.05 * y),
        (("3 %", "4 %"), 0.05 * y),
        (["5 %", 0.1], np.hypot(0.05 * y, 0.1)),
    ):
        found = plan(Decay(), x, 4, DECAY, error=error)
        index = np.searchsorted(x, found.x)
        np.testing.assert_allclose(found.error, sigma[index])
        np.testing.assert_allclose(found.y, y[index])
    seconds = plan(DARK, "0:50:11 G", 3, SAMPLE, error="0.1 s")
    assert seconds.error.tolist() == [0.1] * 3
    assert (
        seconds.x.tolist() == plan(DARK, np.linspace(0, 50e-4, 11), 3, SAMPLE, error=0.1).x.tolist()
    )


def test_pure_numbers_take_a_range():
    model = OptimalField(DONOR, self_consistent=False)
    found = plan(
        model,
        "0.1:0.4:4",
        2,
        ["kinetic_local_field"],
        error="5 %",
        fixed={"correlation_time": "1 ns"},
    )
    assert set(found.x) <= {0.1, 0.2, 0.3, 0.4}
    assert found.deviations["kinetic_local_field"] == pytest.approx(
        0.05 / np.sqrt(2), rel=0.05
    )  # B_0 ≈ B̃_L


def test_says_in_words_what_it_is():
    every, one, two = (
        plan(DARK, "0:50:51 G", 4, SAMPLE, error="5 %", target=t)
        for t in (None, "filling", SAMPLE[:2])
    )
    assert every.criterion.startswith("D-optimal")
    assert "ln correlation_time, ln local_field" in every.criterion
    assert one.criterion.startswith("smallest variance of ln filling")
    assert two.criterion.startswith("D_s-optimal")
    assert "filling" not in two.criterion
    loose = plan(DARK, "0:50:51 G", 4, SAMPLE, error="500 %")
    assert any(
        "correlation_time: will not be known within a factor of e" in s for s in loose.doubts()
    )
    assert every.doubts() == ()


def test_progress_is_told():
    told = []
    plan(
        Decay(),
        "0:40:9 s",
        4,
        DECAY,
        error=0.01,
        progress=lambda what, share: told.append((what, share)),
    )
    assert [what for what, _ in told] == ["slopes", "designs"] + ["robustness"] * 5
    assert told[-1] == ("robustness", 1.0)


def test_is_quick_and_certain_for_many_candidates():
    x = np.linspace(0, 50e-4, 200)
    values = {"correlation_time": 1e-8, "local_field": 4e-5, "filling": 1e-4}
    rows = literal_rows(DARK, x, values, 0.05 * DARK(x), SAMPLE)
    times = []
    for _ in range(5):
        begin = process_time()
        measure = build_criterion(rows, np.empty((0, 3)), [0], 12)
        continuous = find_shares(measure)
        choose_counts(measure, continuous)
        times.append(process_time() - begin)
    assert min(times) < 0.2
    assert continuous.bound - measure.sensitivity(12 * continuous.shares).value < 1e-7


@pytest.mark.slow
def test_many_parameters_and_candidates_are_certain_too():
    x = np.linspace(-1, 1, 401)
    rows = np.array([x**k for k in range(7)]).T
    for wanted in ([0, 1, 2, 3, 4, 5, 6], [0, 3], [6]):
        measure = build_criterion(rows, np.empty((0, 7)), wanted, 20)
        continuous = find_shares(measure)
        assert continuous.bound - measure.sensitivity(20 * continuous.shares).value < 1e-6
        assert measure.efficiency(choose_counts(measure, continuous), continuous.bound) > 0.95


REFUSED = {
    "points must be at least 3, not 2": ({"points": 2}),
    "points must be a whole number": ({"points": 2.5}),
    "1 or more, not 0": ({"points": 0}),
    "candidates must hold at least one field": ({"candidates": []}),
    "candidates must hold at least one": ({"candidates": None}),
    "candidates needs a count": ({"candidates": "0:50:1 G"}),
    "did you mean correlation_time": ({"target": "corelation_time"}),
    "target 'nuclei' is not free": ({"target": ["filling", "nuclei"]}),
    "target must name at least one": ({"target": []}),
    "error of relaxation_time is missing": ({"error": None}),
    "missing; give a standard error": ({"error": []}),
    "error must be greater than zero and finite, not -0.1": ({"error": -0.1}),
    "error must be greater than zero and finite, not -5": ({"error": "-5 %"}),
    "error must be greater than zero and finite, not 0": ({"error": "0 %"}),
    "error = 5 T has the wrong dimension": ({"error": "5 T"}),
    "error must be one value": ({"error": np.array([0.1, 0.2])}),
    "did you mean filling": ({"free": ["filing"]}),
    "both free and fixed": ({"fixed": {"filling": 1e-3}}),
    "existing must hold at least one field": ({"existing": []}),
    "2 points cannot give 3 parameters": ({"candidates": [0.0, 1e-3]}),
    "two measurements are called 'plan'": (
        {"existing": Measurement("plan", DARK, [0.0], [1.0], 0.1)}
    ),
    "without errors the weight": ({"existing": Measurement("old", DARK, [0.0], [1.0])}),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_bad_input_is_refused_in_one_sentence(sentence):
    given = {
        "model": DARK,
        "candidates": "0:50:11 G",
        "points": 6,
        "free": SAMPLE,
        "error": "5 %",
    } | REFUSED[sentence]
    with pytest.raises(InvalidInputError) as caught:
        plan(**given)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_relative_error_of_nothing_is_refused():
    cooling = CoolingCurve(DONOR, 0.05, self_consistent=False)
    free = ["correlation_time", "kinetic_local_field"]
    with pytest.raises(
        InvalidInputError, match="error is relative, but inverse_spin_temperature is 0 at field = 0"
    ):
        plan(cooling, "0:50:11 G", 6, free, error="5 %")
    assert 0 not in plan(cooling, "0:50:11 G", 6, free, error=("5 %", 1e25)).x


def test_ranges_of_pure_numbers_are_checked():
    for text in ("0:1", "0:1:x", "0:1:1", "0:1:2.5", "0:nan:4"):
        with pytest.raises(InvalidInputError, match="range like"):
            plan(LINE, text, 6, LINE.all, error=0.1)
    with pytest.raises(InvalidInputError, match="one-dimensional"):
        plan(LINE, np.ones((2, 2)), 6, LINE.all, error=0.1)


def test_curve_without_value_is_refused():
    hot = CoolingCurve(DONOR, 0.05, "spin_temperature", self_consistent=False)
    with pytest.raises(InvalidInputError, match="not finite at field = 0"):
        plan(hot, "0:50:11 G", 6, ["correlation_time"], error="5 %")


def test_names_the_product_that_alone_can_be_determined():
    model = DarkRate(DONOR, method=SmallAngle())
    free = ["nuclei", "filling", "correlation_time"]
    with pytest.raises(
        InvalidInputError,
        match=r"no field .* nuclei and filling, only nuclei · filling\^-1; fix one",
    ):
        plan(model, "0:50:51 G", 12, free, error="5 %")
    found = plan(model, "0:50:51 G", 12, free, error="5 %", target="correlation_time")
    alone = plan(model, "0:50:51 G", 12, free[1:], error="5 %", target="correlation_time")
    assert found.deviations["correlation_time"] == pytest.approx(
        alone.deviations["correlation_time"]
    )
    assert found.deviations["filling"] == np.inf
    known = plan(
        model,
        "0:50:51 G",
        12,
        {"nuclei": Free(expected=1e4, expected_error=1e3)} | dict.fromkeys(free[1:]),
        error="5 %",
    )
    assert known.deviations["nuclei"] == pytest.approx(0.1, rel=1e-6)


def test_names_what_the_curve_does_not_depend_on():
    with pytest.raises(
        InvalidInputError, match=r"quadrupole_correlation_time, on which .* depend; fix it"
    ):
        plan(
            DARK, "0:50:51 G", 12, ["correlation_time", "quadrupole_correlation_time"], error="5 %"
        )


def test_names_apart_what_has_no_product():
    free = ["correlation_time", "constant_rate", "diffusion_rate"]
    with pytest.raises(
        InvalidInputError, match="constant_rate and diffusion_rate apart; fix one of them"
    ):
        plan(DARK, "0:50:51 G", 12, free, error="5 %")
    with pytest.raises(InvalidInputError, match="constant_rate and diffusion_rate apart"):
        plan(DARK, "0:50:51 G", 12, free, error="5 %", target="constant_rate")


def test_names_several_directions_together():
    free = ["nuclei", "filling", "correlation_time", "constant_rate", "diffusion_rate"]
    with pytest.raises(InvalidInputError) as caught:
        plan(DarkRate(DONOR, method=SmallAngle()), "0:50:51 G", 12, free, error="5 %")
    assert (
        "nuclei and filling, only nuclei · filling^-1 or constant_rate and diffusion_rate apart"
        in str(caught.value)
    )
    assert "fix 2 of them" in str(caught.value)


def test_names_directions_with_parameters_in_common_once():
    free = ["nuclei", "filling", "correlation_time", "dephasing_time", "g_factor"]
    every = "nuclei, filling, correlation_time, dephasing_time and g_factor apart; fix 2 of them"
    with pytest.raises(InvalidInputError, match=f"determines {every}"):
        plan(DARK, "0:50:51 G", 12, [*free, "local_field", "kinetic_local_field"], error="5 %")


def test_names_nothing_that_is_not_in_the_way_of_the_target():
    free = ["nuclei", "filling", "correlation_time", "constant_rate", "diffusion_rate"]
    with pytest.raises(
        InvalidInputError,
        match="determines constant_rate and diffusion_rate apart; fix one of them",
    ):
        plan(
            DarkRate(DONOR, method=SmallAngle()),
            "0:50:51 G",
            12,
            free,
            error="5 %",
            target="constant_rate",
        )


@pytest.mark.parametrize("amplitude", [1.0, 1e6])
def test_a_factor_of_any_size_hides_what_it_multiplies(amplitude):
    model = CoolingCurve(DONOR, 0.05, "overhauser_field", SmallAngle(), self_consistent=False)
    with pytest.raises(InvalidInputError, match="nuclei and amplitude apart"):
        plan(
            model,
            "1:50:50 G",
            12,
            {"nuclei": None, "amplitude": amplitude},
            error="5 %",
            target="nuclei",
        )


def test_expects_the_value_of_the_model_where_none_is_given():
    found = plan(Decay(), "0:6:61 s", 4, ["amplitude", "relaxation_time"], error=0.01)
    assert found.table() == ((0.0, 2), (1.0, 2))  # T = 1 s of the model, not a third of the axis
