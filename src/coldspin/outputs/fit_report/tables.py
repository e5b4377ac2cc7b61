"""The tables on the page of a fit: parameters, intervals, quality, fixed values, data."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting import Findings, Fit, Interval, residuals_apart
from coldspin.experiments.fitting.comparison import aicc
from coldspin.experiments.fitting.result import list_fixed_values
from coldspin.outputs.fit_figures import LEVELS, Panel, band_factor
from coldspin.outputs.fit_report.sentences import (
    format_heading,
    format_probability,
    variable_name,
)
from coldspin.outputs.fit_units import (
    choose_parameter_unit,
    choose_unit,
    format_best_value,
    format_bounds,
    format_interval,
    format_number,
    format_result,
    format_standard_deviation,
)

STRONG = 0.9  # correlation from which it is marked
_ROWS = 2000  # of a table of data; longer ones are thinned


class ReportTable(NamedTuple):
    """A table of the page: caption, headings, rows of text. The first cell names its row."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def parameter_table(findings: Findings, unit: str | None = None) -> ReportTable:
    """Every free parameter: result, best value, standard deviation, start, bounds, verdict."""
    fit = findings.fit
    heads = [
        "parameter",
        "name",
        "result",
        "best value",
        "standard deviation",
        "start",
        "bounds",
        "the data say",
    ]
    any_expected = any(v.expected for v in fit.problem.variables)
    if any_expected:
        heads.insert(-1, "expected")
    rows = []
    for i, v in enumerate(fit.problem.variables):
        dimension = v.parameter.dimension
        display = choose_parameter_unit(fit, v, unit)
        row = [
            variable_name(v),
            v.key,
            format_result(fit, v, unit),
            format_best_value(fit, v, unit),
            format_standard_deviation(display, float(fit.deviations[i]), scale=v.logarithmic),
            choose_unit(v.start, dimension, unit).value(v.start),
            format_bounds(v, unit),
        ]
        if v.expected:
            row.append(choose_unit(v.expected[0], dimension, unit).with_error(*v.expected))
        elif any_expected:
            row.append("none")
        row.append(findings.verdicts[i].kind)
        rows.append(tuple(row))
    caption = (
        "Free parameters, with 68% intervals or 95% limits; standard deviations are those of the "
        "covariance"
    )
    return ReportTable(caption, tuple(heads), rows)


def interval_table(findings: Findings, unit: str | None = None) -> ReportTable:
    """Intervals of every free parameter by every method that was used."""
    fit = findings.fit
    methods: list[tuple[str, Mapping[str, Sequence[Interval]]]] = []
    if fit.intervals:
        methods.append(("profile likelihood", fit.intervals))
    methods.append(("covariance", _covariance_intervals(fit)))
    if findings.bootstrap and len(findings.bootstrap.samples):
        methods.append(("bootstrap", findings.bootstrap.intervals()))
    if findings.posterior:
        methods.append(("posterior", findings.posterior.intervals()))
    rows = []
    for v in fit.problem.variables:
        display = choose_parameter_unit(fit, v, unit)
        best = fit.best[v.key]
        for method, intervals in methods:
            cells = [format_interval(display, i, v, unit, best=best) for i in intervals[v.key]]
            rows.append((variable_name(v), method, *cells))
    heads = ("parameter", "method", *(f"{100 * level:g}% interval" for level in LEVELS))
    return ReportTable("Intervals of the free parameters by each method", heads, rows)


def _covariance_intervals(fit: Fit) -> dict[str, list[Interval]]:
    """Intervals in the coordinates of the search, as wide as the covariance says."""
    every: dict[str, list[Interval]] = {}
    for v, z, deviation in zip(fit.problem.variables, fit.coordinates, fit.deviations, strict=True):
        intervals = []
        for level in LEVELS:
            reach = float(deviation) * band_factor(fit, level)
            low = v.value(float(z) - reach)
            high = v.value(float(z) + reach)
            intervals.append(Interval(level, low, high))
        every[v.key] = intervals
    return every


def correlation_table(fit: Fit) -> ReportTable:
    """Correlations of the free parameters; none of one that is not determined."""
    size = np.sqrt(np.diag(fit.covariance))
    determined = np.isfinite(fit.deviations) & (size > 0)
    keys = [v.key for v in fit.problem.variables]
    rows = []
    for i, key in enumerate(keys):
        cells = []
        for j in range(len(keys)):
            cell = "none"
            if determined[i] and determined[j]:
                correlation = round(fit.covariance[i, j] / (size[i] * size[j]), 2) + 0.0
                cell = f"{correlation:.2f}".replace("-", "−")
            cells.append(cell)
        rows.append((f"{i + 1} {key}", *cells))
    heads = ("parameter", *(str(i + 1) for i in range(len(keys))))
    return ReportTable(f"Correlations, those beyond {STRONG:g} in bold type", heads, rows)


def quality(findings: Findings) -> tuple[list[tuple[str, str]], ReportTable]:
    """Numbers on the whole fit, and how the residuals of each measurement behave."""
    fit = findings.fit
    points = f"{fit.problem.data.size}"
    if any(v.expected for v in fit.problem.variables):
        points += ", expected values included"
    weights = "1 for each point: χ² is the sum of squares"
    if fit.problem.errors_known:
        weights = "the errors given"
    facts = [
        ("points", points),
        ("free parameters", str(len(fit.problem.variables))),
        ("weights", weights),
        ("χ²", format_number(fit.chi_square, 5)),
        ("degrees of freedom", str(fit.degrees_of_freedom)),
    ]
    if fit.problem.errors_known and fit.degrees_of_freedom:
        ratio = format_number(fit.chi_square / fit.degrees_of_freedom, 3)
        facts.append(("χ² per degree of freedom", ratio))
        facts.append(("probability of a larger χ²", format_probability(findings.goodness)))
    facts.append(("AICc", _format_criterion(fit)))
    starts = f"{fit.agreeing} of {fit.attempts} came to this minimum (seed {fit.seed})"
    facts.append(("starts", starts))
    facts.append(("search", f"not converged: {fit.trouble}" if fit.trouble else "converged"))
    if fit.robust:
        facts.append(("loss", "soft L1: outliers count less than their square"))
    rows = []
    for m, residuals in zip(fit.problem.measurements, residuals_apart(fit), strict=True):
        test = findings.runs[m.name]
        row = (
            m.name,
            str(m.y.size),
            format_number(float(residuals @ residuals), 4),
            str(test.runs),
            f"{test.expected:.1f}",
            format_probability(test.probability),
        )
        rows.append(row)
    heads = (
        "measurement",
        "points",
        "share of χ²",
        "runs",
        "runs by chance",
        "probability of so few",
    )
    caption = "Residuals of each measurement, and runs of one sign in them"
    return facts, ReportTable(caption, heads, rows)


def _format_criterion(fit: Fit) -> str:
    criterion = aicc(fit)
    return format_number(criterion, 6) if isfinite(criterion) else "none: too few points"


def theory_table(findings: Findings, unit: str | None = None) -> ReportTable | None:
    """The fit beside that of the classical theory, with its best values."""
    if findings.comparison is None:
        return None
    fits = (findings.fit, findings.comparison.classical)
    rows = [
        ("free parameters", *(str(len(fit.problem.variables)) for fit in fits)),
        ("χ²", *(format_number(fit.chi_square, 5) for fit in fits)),
        ("AICc", *(_format_criterion(fit) for fit in fits)),
    ]
    variables = {v.key: v for v in findings.fit.problem.variables}
    for v in findings.comparison.classical.problem.variables:
        variables.setdefault(v.key, v)
    for key, v in variables.items():
        cells = []
        for fit in fits:
            cell = "none"
            if key in fit.best:
                best = fit.best[key]
                cell = choose_unit(best, v.parameter.dimension, unit).value(best)
            cells.append(cell)
        rows.append((variable_name(v), *cells))
    heads = ("quantity", "this theory", "classical theory")
    return ReportTable("Best fits of both theories", heads, rows)


def fixed_table(fit: Fit, unit: str | None = None) -> ReportTable:
    """Parameters that were not varied, with their values and origins."""
    rows = []
    for fixed in list_fixed_values(fit):
        parameter = fixed.parameter
        origin = "given" if fixed.given else "the model's own"
        if fixed.follows:
            origin = f"{format_number(fixed.follows[1])} × {fixed.follows[0]}"
        names = ", ".join(fixed.measurements)
        if len(fixed.measurements) == len(fit.problem.measurements):
            names = "all"
        value = choose_unit(fixed.value, parameter.dimension, unit).value(fixed.value)
        rows.append((parameter.meaning, parameter.name, value, origin, names))
    heads = ("parameter", "name", "value", "origin", "measurements")
    return ReportTable("Parameters that were not varied", heads, rows)


def data_table(panel: Panel) -> ReportTable:
    """Points of a measurement with the best curve, thinned where they are many."""
    measurement = panel.measurement
    count = measurement.x.size
    across, up = (axis.name.replace("_", " ") for axis in measurement.model.axes)
    x, y = panel.units
    # The grid of the curve has every x of the data.
    curve = np.interp(measurement.x, panel.curve.x, panel.curve.y)
    columns: list[tuple[str, Array, int]] = [
        (format_heading(across, x.heading), x.scaled(measurement.x), 5),
        (format_heading(up, y.heading), y.scaled(measurement.y), 5),
    ]
    if measurement.error is not None:
        columns.append((format_heading("error", y.heading), y.scaled(measurement.error), 5))
    columns.append((format_heading("best curve", y.heading), y.scaled(curve), 5))
    columns.append(("residual", panel.residuals, 3))
    rows = np.unique(np.linspace(0, count - 1, min(count, _ROWS)).round().astype(int))
    cells = [
        tuple(format_number(float(values[row]), digits) for _, values, digits in columns)
        for row in rows
    ]
    points = f"{len(rows)} of {count} points" if len(rows) < count else f"{count} points"
    kind = "standard errors" if panel.known else "the scatter about the curve"
    caption = f"{measurement.name} ({points}); residuals are (data − curve) in {kind}"
    return ReportTable(caption, tuple(heading for heading, _, _ in columns), cells)


def convergence_tables(findings: Findings) -> list[ReportTable]:
    """How far the bootstrap and the posterior can be trusted."""
    tables = []
    keys = [v.key for v in findings.fit.problem.variables]
    bootstrap = findings.bootstrap
    if bootstrap and len(bootstrap.samples) > 3:
        caption = (
            f"Bootstrap: {len(bootstrap.samples)} remade sets of data were fitted, "
            f"{bootstrap.failures} fits failed"
        )
        errors = bootstrap.deviation_errors().tolist()
        rows = [
            (key, f"{format_number(100 * error, 2)}%")
            for key, error in zip(keys, errors, strict=True)
        ]
        heads: tuple[str, ...] = ("parameter", "error of its standard deviation")
        tables.append(ReportTable(caption, heads, rows))
    posterior = findings.posterior
    if posterior:
        sentence = posterior.sentence()
        acceptance = format_number(100 * posterior.acceptance, 2)
        caption = f"{sentence[0].upper()}{sentence[1:]}; {acceptance}% of the steps were accepted"
        times = posterior.autocorrelation.tolist()
        chains = []
        for key, time, mixing in zip(keys, times, posterior.mixing.tolist(), strict=True):
            chains.append((key, format_number(time, 3), format_number(mixing, 4)))
        heads = ("parameter", "autocorrelation time (steps)", "R̂")
        tables.append(ReportTable(caption, heads, chains))
    return tables
