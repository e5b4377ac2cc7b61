"""A second minimum that the data do not exclude is told, with its values."""

import numpy as np
import pytest

from coldspin.experiments import Measurement, PolarizationRecovery, findings, fit

KNOWN = {"spin_lifetime": 1e-8, "g_factor": -0.44}
TRUTH = {"correlation_time": 1e-9, "dephasing_time": 1e-9, "amplitude": 1.0}
FIELD = np.linspace(-0.2, 0.2, 40)


def measured(error):
    return Measurement(
        "curve",
        PolarizationRecovery(),
        FIELD,
        PolarizationRecovery()(FIELD, **TRUTH, **KNOWN),
        error,
        KNOWN,
    )


def test_long_and_short_stays_make_nearly_the_same_curve():
    found = fit(measured(0.01), {name: 1.5 * value for name, value in TRUTH.items()}, profile=False)
    assert found.best["correlation_time"] == pytest.approx(1e-9, rel=1e-4)
    (rival,) = found.rivals
    assert 1 < rival.rise < 9
    assert rival.values["correlation_time"] > 1e-8
    (doubt,) = (
        doubt for doubt in findings(found, classical=False).doubts if doubt.kind == "other minimum"
    )
    place = f"at correlation_time = {rival.values['correlation_time']:.3g} s"
    assert f"only {rival.rise:.2g}, {place}" in str(doubt)


def test_small_errors_exclude_it():
    assert (
        fit(
            measured(1e-3), {name: 1.5 * value for name, value in TRUTH.items()}, profile=False
        ).rivals
        == ()
    )


def test_the_best_minimum_is_no_rival_of_itself():
    found = fit(measured(0.01), TRUTH, profile=False, attempts=1)
    assert found.rivals == ()
