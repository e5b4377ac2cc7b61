"""Searches that end early, do not converge, or come to a bound: what they keep, and what they do not claim."""

import signal
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import (
    Free,
    Measurement,
    bootstrap,
    combinations,
    findings,
    fit,
    verdicts,
)
from coldspin.experiments.fitting.search import minimize
from coldspin.experiments.models import Decay
from quick import quick
from unit.experiments.fitting.curves import ERRORS, LINE, Curve, X, exponential, line, parameters

TIMES = np.linspace(0, 10, 41)


def single(seed, error=0.02):
    """One exponential, measured with errors, for two to be fitted to."""
    y = Decay()(TIMES, relaxation_time=3.0) + 0.02 * np.random.default_rng(seed).standard_normal(
        TIMES.size
    )
    return Measurement("m", Decay("bi-exponential"), TIMES, y, error)


def interrupting(after, curve=LINE.function):
    """A line during whose computation Ctrl-C comes."""
    count = 0

    def function(x, **values):
        nonlocal count
        count += 1
        if count == after:
            signal.raise_signal(signal.SIGINT)
        return curve(x, **values)

    return Curve(function, LINE.declared)


@pytest.fixture(autouse=True)
def _handled():
    """Ctrl-C raises KeyboardInterrupt, also where the parent of the tests ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# Runaways


@pytest.mark.parametrize("seed", quick(range(6), 0))
@pytest.mark.parametrize("error", [0.02, None])
def test_two_exponentials_fitted_to_one_come_to_a_result(seed, error):
    """Its second time, or the share of it, runs away: three of six ended in OverflowError."""
    measured = single(seed, error)
    one = fit(
        replace(measured, model=Decay()), ["amplitude", "offset", "relaxation_time"], profile=False
    )
    made = fit(measured, list(measured.model.parameters), profile=False)
    assert made.chi_square <= one.chi_square * (1 + 1e-6)
    kinds = {verdict.kind for verdict in verdicts(made)}
    assert ("not converged" in kinds) != made.converged
    assert kinds <= {"not converged"} or made.converged


# Time and Ctrl-C


def test_a_time_limit_ends_the_search_with_the_best_so_far():
    calls = []

    def curve(x, p, q):
        calls.append(p)
        return _late(0.05, (p - 2) * x + q)

    slow = Curve(curve, parameters("p", "q"))
    made = fit(Measurement("m", slow, X, 0 * X, 0.1), ["p", "q"], time_limit="0.4 s")
    assert (
        len(calls) <= 1 + 8 + 12
    )  # the start, as many as the time takes, those of a derivative and of the result
    assert not made.converged
    assert made.stopped == "the time limit of 0.4 s"
    assert made.trouble == "the time limit of 0.4 s ended the search before it came to a minimum"
    assert made.intervals is None
    start = np.sum((((1.0 - 2) * X + 1.0) / 0.1) ** 2)
    assert made.chi_square <= start * (1 + 1e-12)
    assert {verdict.kind for verdict in verdicts(made)} == {"not converged"}
    assert combinations(made) == ()


def _late(seconds, value):
    end = monotonic() + seconds
    while monotonic() < end:
        pass
    return value


@pytest.mark.parametrize("limit", [0, -1, "0 s", "5 G"])
def test_a_time_limit_is_a_time(limit):
    with pytest.raises(InvalidInputError, match="time_limit"):
        fit(line(), ["height"], time_limit=limit)


def test_time_enough_changes_nothing():
    one, other = fit(line(), ["height", "slope"], time_limit=1e3), fit(line(), ["height", "slope"])
    assert one.coordinates.tobytes() == other.coordinates.tobytes()
    assert one.intervals == other.intervals
    assert (one.converged, one.stopped) == (True, "")


@pytest.mark.parametrize("after", [3, 20, 70, 75])
def test_an_interruption_keeps_the_best_so_far(after):
    """At the screening of starts, and in a local fit: 64 places are screened after one look at the start."""
    made = fit(
        Measurement("m", interrupting(after), X, line().y, ERRORS), {"height": 1.0, "slope": 1.0}
    )
    assert made.stopped == "an interruption"
    assert not made.converged
    first = fit(line(), {"height": 1.0, "slope": 1.0}, profile=False)
    start = np.sum(((1 + X - line().y) / ERRORS) ** 2)
    assert first.chi_square <= made.chi_square <= start
    judged = findings(made)
    assert judged.comparison is None
    assert judged.doubts[0].rule.startswith(
        "the search did not converge, and there is no verdict: an interruption ended"
    )


def test_an_interruption_of_the_profiles_keeps_the_minimum():
    counted = interrupting(-1)
    exact = fit(Measurement("m", counted, X, line().y, ERRORS), ["height", "slope"], profile=False)
    calls = next(
        cell.cell_contents
        for cell in counted.function.__closure__
        if isinstance(cell.cell_contents, int) and cell.cell_contents > 0
    )
    made = fit(Measurement("m", interrupting(calls + 10), X, line().y, ERRORS), ["height", "slope"])
    assert made.converged
    assert made.intervals is None
    assert made.best == exact.best
    assert (
        findings(made).doubts[0].rule.startswith("an interruption ended the search for intervals")
    )


def test_an_interruption_of_the_bootstrap_keeps_its_samples():
    made = fit(line(), ["height", "slope"], profile=False)

    def tell(_what, share):
        if share > 0.3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):  # between two samples it is the caller's
        bootstrap(made, 10, progress=tell)
    held = replace(
        made, problem=replace(made.problem, measurements=(replace(line(), model=interrupting(40)),))
    )
    cut = bootstrap(held, 50)
    assert 0 < len(cut.samples) < 50
    assert cut.asked == 50


# No agreement


def test_one_start_alone_gives_no_verdict():
    made = fit(exponential(), ["amplitude", "rate"])
    assert {v.kind for v in verdicts(made)} == {"determined"}
    alone = replace(made, agreeing=1)
    assert not alone.converged
    assert {v.kind for v in verdicts(alone)} == {"not converged"}
    assert verdicts(alone)[0].sentence.startswith(
        "not converged: only one of 4 starts came to this minimum; the best"
    )
    assert replace(made, agreeing=1, attempts=1).converged  # one start was asked for


def test_a_search_that_still_falls_has_no_success(monkeypatch):
    monkeypatch.setattr("coldspin.experiments.fitting.search._LONGEST", 1)
    monkeypatch.setattr("coldspin.experiments.fitting.search._STILL", -1.0)
    made = fit(exponential(), {"amplitude": 20.0, "rate": 20.0}, attempts=1)
    assert not made.converged
    assert (
        made.trouble
        == f"the search still moved after {made.result.evaluations} evaluations of the curve"
    )
    assert made.intervals is None
    assert {v.kind for v in verdicts(made)} == {"not converged"}
    assert made.chi_square < np.sum(made.problem.residuals(made.problem.start) ** 2)


def test_brief_searches_are_finished_where_none_agrees(monkeypatch):
    calls = []

    def counted(*arguments, **options):
        calls.append(options.get("evaluations"))
        return minimize(*arguments, **options)

    monkeypatch.setattr("coldspin.experiments.fitting.fitting.minimize", counted)
    monkeypatch.setattr("coldspin.experiments.fitting.fitting._BRIEF", 1)
    made = fit(exponential(), ["amplitude", "rate"], profile=False)
    assert made.converged
    assert made.agreeing == 2
    assert calls == [None, 2, 2, 2, None]


# Bounds


def test_a_bound_that_ends_an_interval_is_named_with_the_best_value():
    """The data know 1/rate to be large; the user's bound comes before the end of the interval."""
    measured = exponential()
    free = fit(measured, ["amplitude", "rate"])
    best, (_, outer) = free.best["rate"], free.intervals["rate"]
    high = best + 0.3 * (outer.high - best)
    made = fit(measured, {"amplitude": None, "rate": Free(best, high=high)})
    assert made.intervals["rate"][1].high_is_bound
    assert not made.intervals["rate"][1].low_is_bound
    said = {verdict.key: verdict for verdict in verdicts(made)}["rate"]
    assert said.kind == "lower limit only"
    assert said.sentence == (
        f"only a lower limit: its bound {high:.4g} ends the interval (95%), not the data; "
        f"the best value is {made.best['rate']:.4g}"
    )
    low = best - 0.3 * (best - outer.low)
    made = fit(measured, {"amplitude": None, "rate": Free(best, low=low, high=high)})
    said = {verdict.key: verdict for verdict in verdicts(made)}["rate"]
    assert said.kind == "not determined"
    assert (
        f"no value between its bounds, {low:.4g} and {high:.4g}; the best value is" in said.sentence
    )


def test_an_interval_without_end_and_without_bound_says_that_the_data_exclude_nothing():
    """exp(−p) of a large p: nothing but the data end it."""
    curve = Curve(lambda x, p: np.exp(-p) + 0 * x, parameters("p", low=0.0, logarithmic=True))
    made = fit(Measurement("m", curve, X, 0 * X, 0.5), {"p": 5.0})
    assert not made.intervals["p"][1].high_is_bound
    said = verdicts(made)[0]
    assert said.sentence in (
        "only a lower limit: the data do not exclude any larger value (95%)",
        "not determined: the data exclude no value",
    )


def test_a_flat_signal_without_scatter_determines_its_offset_alone():
    """At amplitude 0 the other parameters change nothing, and the intervals of χ² = 0 are not points for them."""
    made = fit(
        Measurement("m", Decay("stretched"), TIMES, np.ones(TIMES.size)),
        list(Decay("stretched").parameters),
    )
    kinds = {verdict.key: verdict.kind for verdict in verdicts(made)}
    assert kinds == {
        "amplitude": "determined",
        "offset": "determined",
        "relaxation_time": "not determined",
        "stretching": "not determined",
    }
    assert (
        made.intervals["relaxation_time"][-1].low,
        made.intervals["relaxation_time"][-1].high,
    ) == (0.0, np.inf)


def test_an_undetermined_share_is_not_called_at_its_bound():
    """Both times of a single exponential are equal at the minimum: any share will do there, 0.3 as well as 0 or 1."""
    model = Decay("bi-exponential")
    y = Decay()(TIMES, relaxation_time=2.0)
    free = {"slow_share": 0.3, "relaxation_time": 2.0, "slow_time": 2.0}
    made = fit(Measurement("m", model, TIMES, y, 0.02), free, attempts=1, profile=False)
    share = verdicts(made)[0]
    assert made.best["slow_share"] == pytest.approx(0.3)
    assert share.kind == "not determined"
