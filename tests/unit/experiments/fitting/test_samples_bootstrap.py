"""Remade data: the covariance of a line, the residuals drawn again, outliers, expected values, seeds."""

import numpy as np
import pytest

from coldspin.experiments.fitting import Free, Measurement, bootstrap, fit
from unit.experiments.fitting.curves import ERRORS, FLAT, LINE, X, exponential, line, weighted

SAMPLES = 300


def made(measured, free=("height", "slope"), **options):
    return fit(measured, free, profile=False, **options)


@pytest.mark.parametrize("given", [True, False])
def test_the_covariance_of_a_line(given):
    one = made(line() if given else line(errors=None))
    found = bootstrap(one, SAMPLES, seed=2)
    assert found.samples.shape == (SAMPLES, 2)
    assert found.failures == 0
    spread = np.cov(found.samples.T)
    size = np.sqrt(np.diag(one.covariance))
    tolerance = 3.3 / np.sqrt(SAMPLES)  # of a covariance of Gaussian samples, at correlation 1
    assert np.max(np.abs(spread - one.covariance) / np.outer(size, size)) < 1.5 * tolerance
    assert np.max(np.abs(found.samples.mean(axis=0) - one.coordinates) / size) < tolerance


def test_intervals_are_quantiles_of_the_parameter():
    one = made(exponential(), ("amplitude", "rate"))
    found = bootstrap(one, 50, seed=2)
    for level, interval in zip((0.5, 0.9), found.intervals((0.5, 0.9))["rate"], strict=True):
        expected = np.exp(np.quantile(found.samples[:, 1], [(1 - level) / 2, (1 + level) / 2]))
        assert interval.level == level
        assert [interval.low, interval.high] == pytest.approx(expected.tolist(), rel=1e-12)
    assert [i.level for i in found.intervals()["amplitude"]] == [0.68, 0.95]


@pytest.mark.slow
def test_error_of_the_deviations_falls_with_the_samples():
    """About 1/√(2n), and from two halves a rough estimate of it."""
    found = bootstrap(made(line()), SAMPLES, seed=2)
    assert found.deviation_errors() == pytest.approx([0, 0], abs=4 / np.sqrt(2 * SAMPLES))
    assert np.all(found.deviation_errors() > 0)


def test_errors_of_each_point_are_drawn():
    """A point of a far larger error moves by that much."""
    error = np.where(X > 2.9, 5.0, 1e-3)
    found = bootstrap(made(Measurement("m", LINE, X, 1 - X, error)), 100, seed=2)
    assert np.std(found.samples[:, 1]) < 0.01


@pytest.mark.slow
def test_residuals_drawn_again_have_their_own_signs():
    """Data with few high points: the remade mean scatters like the data, with the skew of the data."""
    y = np.where(np.arange(12) == 5, 12.0, 0.0)
    found = bootstrap(
        made(Measurement("m", FLAT, np.arange(12.0), y), ["height"]), 400, seed=4
    ).samples[:, 0]
    assert np.mean(((found - found.mean()) / found.std()) ** 3) > 0.5
    assert found.std() == pytest.approx(np.std(y, ddof=1) / np.sqrt(12), rel=0.1)


def test_a_robust_fit_draws_its_outliers_again():
    """With errors that know nothing of outliers, intervals would be far too narrow."""
    y = line().y.copy()
    y[[1, 4, 8]] += [3.0, -4.0, 5.0]
    robust = made(Measurement("line", LINE, X, y, ERRORS), robust=True)
    spread = np.std(bootstrap(robust, 100, seed=2).samples, axis=0)
    assert np.all(spread > 1.5 * np.sqrt(np.diag(weighted(line())[1])))
    assert np.all(spread < 12 * np.sqrt(np.diag(weighted(line())[1])))


def test_logarithms_are_drawn_as_factors():
    one = made(exponential(errors=0.2, logarithmic=True), ("amplitude", "rate"))
    found = bootstrap(one, 150, seed=2)
    assert np.std(found.samples, axis=0) == pytest.approx(one.deviations, rel=0.25)


def test_expected_values_are_drawn_too():
    one = made(line(), {"height": None, "slope": Free(expected=-0.5, expected_error=0.01)})
    assert np.std(bootstrap(one, 200, seed=2).samples, axis=0) == pytest.approx(
        one.deviations, rel=0.2
    )


def test_a_parameter_at_its_bound_leaves_it_in_remade_data():
    one = made(line(), {"height": None, "slope": Free(-0.3, low=-0.47)})
    assert one.best["slope"] == pytest.approx(-0.47, abs=1e-6)
    slopes = bootstrap(one, 100, seed=2).samples[:, 1]
    assert 0.3 < np.mean(slopes > -0.469) < 0.7


@pytest.mark.slow
def test_several_measurements_with_their_own_errors():
    both = [line(), Measurement("other", LINE, X, line(2).y, 10 * ERRORS)]
    one = made(both)
    assert np.std(bootstrap(one, 200, seed=2).samples, axis=0) == pytest.approx(
        one.deviations, rel=0.2
    )


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    one = made(line())
    first, again, other = (bootstrap(one, 5, seed=seed).samples for seed in (7, 7, 8))
    assert first.tobytes() == again.tobytes()
    assert np.all(first != other)


def test_progress_is_told():
    told = []
    bootstrap(made(line()), 4, progress=lambda what, share: told.append((what, share)))
    assert told == [("bootstrap", share) for share in (0.25, 0.5, 0.75, 1.0)]


def test_error_of_the_deviations_by_hand():
    """Samples 1, 3, 2, 8: deviations √2 and √18 of the halves, √(29/3) of all, each with n − 1."""
    from coldspin.experiments.fitting.samples import Bootstrap

    remade = Bootstrap(None, np.array([[1.0], [3.0], [2.0], [8.0]]), 0)
    expected = (np.sqrt(18) - np.sqrt(2)) / 2 / np.sqrt(29 / 3)
    assert remade.deviation_errors() == pytest.approx([expected], rel=1e-14)
