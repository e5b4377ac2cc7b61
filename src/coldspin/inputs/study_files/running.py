"""A study, fitted."""

from coldspin.experiments.fitting import Findings, findings, fit
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.samples import import_emcee
from coldspin.inputs.study_files.reading import Study


def fit_study(study: Study, *, progress: Progress | None = None) -> Findings:
    """Fit the measurements of a study as its table [fit] says, and judge the result."""
    options = study.options
    if options.posterior:
        import_emcee()  # a missing package is told before minutes of fitting
    made = fit(
        study.measurements,
        study.free,
        fixed=study.fixed,
        profile=options.profile,
        robust=options.robust,
        attempts=options.attempts,
        seed=options.seed,
        time_limit=options.time_limit,
        progress=progress,
    )
    return findings(
        made,
        classical=options.classical,
        bootstrap_samples=options.bootstrap,
        posterior_steps=options.posterior,
        progress=progress,
    )
