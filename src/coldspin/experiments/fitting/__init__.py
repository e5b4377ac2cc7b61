"""Fits: measurements with their models, the best parameters, intervals, and what the data cannot tell."""

from coldspin.experiments.fitting.bootstrap import Bootstrap, bootstrap
from coldspin.experiments.fitting.comparison import Comparison, compare
from coldspin.experiments.fitting.findings import (
    Findings,
    FittedCurve,
    findings,
    fitted_curve,
    residuals_apart,
)
from coldspin.experiments.fitting.fitted import Fit, Interval, Rival
from coldspin.experiments.fitting.fitting import fit
from coldspin.experiments.fitting.identifiability import (
    Combination,
    Verdict,
    combinations,
    verdicts,
)
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.posterior import Posterior, posterior
from coldspin.experiments.fitting.runs import RunsTest, runs_test
from coldspin.experiments.fitting.variables import Free

__all__ = [
    "Bootstrap",
    "Combination",
    "Comparison",
    "Findings",
    "Fit",
    "FittedCurve",
    "Free",
    "Interval",
    "Measurement",
    "Posterior",
    "Rival",
    "RunsTest",
    "Verdict",
    "bootstrap",
    "combinations",
    "compare",
    "findings",
    "fit",
    "fitted_curve",
    "posterior",
    "residuals_apart",
    "runs_test",
    "verdicts",
]
