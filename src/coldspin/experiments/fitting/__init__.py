"""Fits of models to measurements: best parameters, intervals, what is not determined."""

from coldspin.experiments.fitting.comparison import Comparison, compare
from coldspin.experiments.fitting.findings import (
    Doubt,
    Findings,
    FittedCurve,
    RunsTest,
    findings,
    fitted_curve,
    residuals_apart,
    runs_test,
)
from coldspin.experiments.fitting.fitting import fit
from coldspin.experiments.fitting.identifiability import (
    Combination,
    Verdict,
    combinations,
    verdicts,
)
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.result import Fit, Interval, Rival
from coldspin.experiments.fitting.samples import Bootstrap, Posterior, bootstrap, posterior
from coldspin.experiments.fitting.variables import Free

__all__ = [
    "Bootstrap",
    "Combination",
    "Comparison",
    "Doubt",
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
