"""Samples of the posterior: mean and covariance of a line, bounds, convergence, seeds."""

import numpy as np
import pytest
from scipy import stats

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Free, Measurement, fit, posterior
from unit.experiments.fitting.curves import LINE, X, exponential, line

pytest.importorskip("emcee")


@pytest.fixture(scope="module")
def sampled():
    return posterior(fit(line(), ["height", "slope"], profile=False), 2400, seed=1)


def test_mean_and_covariance_of_a_line(sampled):
    one = sampled.fit
    flat = sampled.chain.reshape(-1, 2)
    size = np.sqrt(np.diag(one.covariance))
    independent = len(flat) / np.max(sampled.autocorrelation)
    assert np.max(np.abs(flat.mean(axis=0) - one.coordinates) / size) < 4 / np.sqrt(independent)
    assert np.max(np.abs(np.cov(flat.T) - one.covariance) / np.outer(size, size)) < 6 / np.sqrt(
        independent
    )
    for interval, level in zip(sampled.intervals()["slope"], (0.68, 0.95), strict=True):
        half = stats.norm.ppf((1 + level) / 2) * size[1]
        expected = [one.coordinates[1] - half, one.coordinates[1] + half]
        assert [interval.low, interval.high] == pytest.approx(expected, abs=0.1 * size[1])


def test_a_long_chain_converges_and_says_so(sampled):
    assert sampled.chain.shape == (1920, 32, 2)
    assert sampled.converged
    assert np.all(sampled.mixing < 1.02)
    assert 0.5 < sampled.acceptance < 0.9
    assert np.all((sampled.autocorrelation > 5) & (sampled.autocorrelation < 38))
    assert sampled.sentence().startswith("posterior converged: 1920 steps, autocorrelation time ")


def test_a_short_chain_does_not():
    short = posterior(fit(line(), ["height", "slope"], profile=False), 200)
    assert not short.converged
    assert short.sentence().startswith("posterior not converged: 160 steps")
    assert "take at least" in short.sentence()


def test_walkers_that_never_moved_are_not_a_posterior():
    """The starting points of most are far below the probability of the best."""
    few = posterior(fit(line(errors=1e-9), ["height", "slope"], profile=False), 10)
    still = posterior(fit(line(), ["height", "slope"], profile=False), 10, seed=3)
    for one in (few, still):
        assert not one.converged
        assert np.all(one.autocorrelation > 0)
        assert "take at least" in one.sentence()


@pytest.mark.parametrize("steps", [0, 9, -3, 100.0, True])
def test_steps_are_a_whole_number(steps):
    with pytest.raises(InvalidInputError, match="steps must be a whole number, 10 or more, not"):
        posterior(fit(line(), ["height"], profile=False), steps)


@pytest.mark.parametrize("scale", [1e-12, 1e25])
def test_the_unit_of_the_data_does_not_matter(scale):
    measured = line()
    other = Measurement("line", LINE, X, scale * measured.y, scale * measured.error)
    starts = ({"height": unit, "slope": unit} for unit in (1.0, scale))
    fits = (fit(m, free, profile=False) for m, free in zip((measured, other), starts, strict=True))
    chains = [posterior(one, 60, seed=2).chain for one in fits]
    np.testing.assert_allclose(chains[1] / scale, chains[0], rtol=1e-4)


def test_walkers_that_disagree_are_noticed():
    from coldspin.experiments.fitting.samples import Posterior, _mixing

    rng = np.random.default_rng(3)
    chain = rng.standard_normal((1000, 8, 1)) + 3 * np.repeat([0.0, 1.0], 4)[None, :, None]
    drift = rng.standard_normal((1000, 8, 1)) + np.linspace(0, 3, 1000)[:, None, None]
    calm = rng.standard_normal((1000, 8, 1))
    assert [bool(_mixing(one)[0] < 1.05) for one in (chain, drift, calm)] == [False, False, True]
    assert not Posterior(None, chain, 0.5, np.array([1.0]), _mixing(chain)).converged
    assert Posterior(None, calm, 0.5, np.array([1.0]), _mixing(calm)).converged


def test_bounds_cut_the_posterior_off():
    """A half of a normal distribution: its median is at 0.674 of the deviation."""
    one = fit(line(), {"slope": Free(-0.3, low=-0.5)}, fixed={"height": 2.05}, profile=False)
    found = posterior(one, 800, seed=1)
    assert np.min(found.chain) >= -0.5
    best, deviation = (
        fit(line(), ["slope"], fixed={"height": 2.05}, profile=False).coordinates[0],
        one.deviations[0],
    )
    cut = stats.truncnorm((-0.5 - best) / deviation, np.inf, best, deviation)
    assert np.median(found.chain) == pytest.approx(cut.median(), abs=0.1 * deviation)


def test_a_start_on_a_narrow_domain_is_within_it():
    one = fit(
        line(),
        {"slope": Free(-0.5, low=-0.5 - 1e-12, high=-0.5 + 1e-12)},
        fixed={"height": 2.0},
        profile=False,
    )
    chain = posterior(one, 50).chain
    assert np.all(np.abs(chain + 0.5) <= 1e-12)
    assert np.ptp(chain) > 0


def test_expected_values_count():
    one = fit(
        line(), {"height": None, "slope": Free(expected=-0.5, expected_error=0.001)}, profile=False
    )
    assert np.std(posterior(one, 600, seed=1).chain[..., 1]) == pytest.approx(0.001, rel=0.15)


def test_walkers():
    one = fit(exponential(), ["amplitude", "rate"], profile=False)
    assert posterior(one, 10, walkers=6).chain.shape == (8, 6, 2)
    assert posterior(one, 10).chain.shape == (8, 32, 2)


def test_errors_must_be_known():
    one = fit(line(errors=None), ["height"], profile=False)
    with pytest.raises(
        InvalidInputError,
        match="a posterior needs the errors of the data; give them, or use the bootstrap",
    ):
        posterior(one)


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    one = fit(line(), ["height", "slope"], profile=False)
    first, again, other = (posterior(one, 20, seed=seed).chain for seed in (4, 4, 5))
    assert first.tobytes() == again.tobytes()
    assert np.all(first[-1] != other[-1])


def test_progress_is_told():
    told = []
    one = fit(line(), ["height", "slope"], profile=False)
    posterior(one, 10, progress=lambda what, share: told.append((what, share)))
    assert told == [("posterior", step / 10) for step in range(1, 11)]


def test_mixing_of_two_walkers_by_hand():
    """Halves (1, 3), (2, 6), (5, 9), (4, 4): W and B of Gelman and Rubin, both with n − 1."""
    from coldspin.experiments.fitting.samples import _mixing

    chain = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0], [9.0, 4.0]])[:, :, None]
    within = (2 + 8 + 8 + 0) / 4
    means = np.array([2.0, 4.0, 7.0, 4.0])
    between = 2 * np.sum((means - 4.25) ** 2) / 3
    assert _mixing(chain)[0] == pytest.approx(
        np.sqrt((within / 2 + between / 2) / within), rel=1e-14
    )
