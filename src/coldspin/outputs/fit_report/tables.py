"""The tables on the page of a fit: parameters, intervals, quality, fixed values, data."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting import Findings, Fit, Interval, residuals_apart
from coldspin.experiments.fitting.comparison import aicc
from coldspin.experiments.fitting.fixed import fixed_values
from coldspin.outputs.fit_figures import LEVELS, Panel, band_factor
from coldspin.outputs.fit_report.sentences import format_heading, format_probability, variable_name
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

_ROWS = 2000  # of a table of data; longer ones are thinned


class Table(NamedTuple):
    """A table of the page: its caption, the heads of its columns, rows of text; the first cell heads its row."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def parameter_table(findings: Findings, unit: str | None = None) -> Table:
    """Every free parameter: result, best value, standard deviation, and how the search saw it."""
    fit, rows = findings.fit, []
    expected = any(v.expected for v in fit.problem.variables)
    for v, verdict, deviation in zip(
        fit.problem.variables, findings.verdicts, fit.deviations, strict=True
    ):
        shown, dimension = choose_parameter_unit(fit, v, unit), v.parameter.dimension
        start = choose_unit(v.start, dimension, unit).value(v.start)
        error = format_standard_deviation(shown, float(deviation), scale=v.logarithmic)
        own = format_best_value(fit, v, unit)
        row = (
            variable_name(v),
            v.key,
            format_result(fit, v, unit),
            own,
            error,
            start,
            format_bounds(v, unit),
            verdict.kind,
        )
        prior = (
            choose_unit(v.expected[0], dimension, unit).with_error(*v.expected)
            if v.expected
            else "none"
        )
        rows.append((*row[:-1], prior, row[-1]) if expected else row)
    heads = (
        "parameter",
        "name",
        "result",
        "best value",
        "standard deviation",
        "start",
        "bounds",
        "the data say",
    )
    return Table(
        "Free parameters, with 68% intervals or 95% limits; standard deviations are those of the "
        "covariance",
        (*heads[:-1], "expected", heads[-1]) if expected else heads,
        rows,
    )


def interval_table(findings: Findings, unit: str | None = None) -> Table:
    """Intervals of every free parameter by every method there is."""
    fit = findings.fit
    methods: list[tuple[str, Mapping[str, Sequence[Interval]]]] = [
        ("covariance", _by_covariance(fit))
    ]
    if fit.intervals:
        methods.insert(0, ("profile likelihood", fit.intervals))
    if findings.bootstrap and len(findings.bootstrap.samples):
        methods.append(("bootstrap", findings.bootstrap.intervals()))
    if findings.posterior:
        methods.append(("posterior", findings.posterior.intervals()))
    rows = []
    for v in fit.problem.variables:
        shown = choose_parameter_unit(fit, v, unit)
        best = fit.best[v.key]
        for how, found in methods:
            rows.append(
                (
                    variable_name(v),
                    how,
                    *(format_interval(shown, i, v, unit, best=best) for i in found[v.key]),
                )
            )
    heads = ("parameter", "method", *(f"{100 * level:g}% interval" for level in LEVELS))
    return Table("Intervals of the free parameters by each method", heads, rows)


STRONG = 0.9  # correlation from which it is marked


def correlation_table(fit: Fit) -> Table:
    """Correlations of the free parameters; none of one that is not determined."""
    size = np.sqrt(np.diag(fit.covariance))
    known = np.isfinite(fit.deviations) & (size > 0)
    keys = [v.key for v in fit.problem.variables]
    rows = []
    for i, key in enumerate(keys):
        cells = [
            f"{round(fit.covariance[i, j] / (size[i] * size[j]), 2) + 0.0:.2f}".replace("-", "−")
            if known[i] and known[j]
            else "none"
            for j in range(len(keys))
        ]
        rows.append((f"{i + 1} {key}", *cells))
    heads = ("parameter", *(str(i + 1) for i in range(len(keys))))
    return Table(f"Correlations, those beyond {STRONG:g} in bold type", heads, rows)


def quality(findings: Findings) -> tuple[list[tuple[str, str]], Table]:
    """Numbers on the whole fit, and how the residuals of each measurement behave."""
    fit = findings.fit
    weights = (
        "the errors given"
        if fit.problem.errors_known
        else "1 for each point: χ² is the sum of squares"
    )
    expected = any(v.expected for v in fit.problem.variables)
    criterion = aicc(fit)
    facts = [
        ("points", f"{fit.problem.data.size}" + (", expected values included" if expected else "")),
        ("free parameters", str(len(fit.problem.variables))),
        ("weights", weights),
        ("χ²", format_number(fit.chi_square, 5)),
        ("degrees of freedom", str(fit.degrees_of_freedom)),
    ]
    if fit.problem.errors_known and fit.degrees_of_freedom:
        facts.append(
            ("χ² per degree of freedom", format_number(fit.chi_square / fit.degrees_of_freedom, 3))
        )
        facts.append(("probability of a larger χ²", format_probability(findings.goodness)))
    facts.append(
        ("AICc", format_number(criterion, 6) if isfinite(criterion) else "none: too few points")
    )
    facts.append(
        ("starts", f"{fit.agreeing} of {fit.attempts} came to this minimum (seed {fit.seed})")
    )
    facts.append(("search", f"not converged: {fit.trouble}" if fit.trouble else "converged"))
    if fit.robust:
        facts.append(("loss", "soft L1: outliers count less than their square"))
    rows = []
    for m, residuals in zip(fit.problem.measurements, residuals_apart(fit), strict=True):
        test = findings.runs[m.name]
        share, runs = float(residuals @ residuals), f"{test.expected:.1f}"
        rows.append(
            (
                m.name,
                str(m.y.size),
                format_number(share, 4),
                str(test.runs),
                runs,
                format_probability(test.probability),
            )
        )
    heads = (
        "measurement",
        "points",
        "share of χ²",
        "runs",
        "runs by chance",
        "probability of so few",
    )
    return facts, Table("Residuals of each measurement, and runs of one sign in them", heads, rows)


def theory_table(findings: Findings, unit: str | None = None) -> Table | None:
    """The fit beside that of the classical theory, with its best values."""
    if findings.comparison is None:
        return None
    both = findings.fit, findings.comparison.classical
    rows = [
        ("free parameters", *(str(len(one.problem.variables)) for one in both)),
        ("χ²", *(format_number(one.chi_square, 5) for one in both)),
        (
            "AICc",
            *(
                format_number(value, 6) if isfinite(value) else "none: too few points"
                for value in map(aicc, both)
            ),
        ),
    ]
    known = {v.key: v for one in reversed(both) for v in one.problem.variables}
    for key in dict.fromkeys(v.key for one in both for v in one.problem.variables):
        cells = []
        for one in both:
            best = one.best.get(key)
            shown = choose_unit(best or 0.0, known[key].parameter.dimension, unit)
            cells.append("none" if best is None else shown.value(best))
        rows.append((variable_name(known[key]), *cells))
    return Table(
        "Best fits of both theories", ("quantity", "this theory", "classical theory"), rows
    )


def fixed_table(fit: Fit, unit: str | None = None) -> Table:
    """Parameters that were not varied, with their values and where these are from."""
    rows = []
    for one in fixed_values(fit):
        origin = "given" if one.given else "the model's own"
        if one.follows:
            origin = f"{format_number(one.follows[1])} × {one.follows[0]}"
        parameter, every = one.parameter, len(one.measurements) == len(fit.problem.measurements)
        shown = choose_unit(one.value, parameter.dimension, unit).value(one.value)
        names = "all" if every else ", ".join(one.measurements)
        rows.append((parameter.meaning, parameter.name, shown, origin, names))
    heads = ("parameter", "name", "value", "origin", "measurements")
    return Table("Parameters that were not varied", heads, rows)


def data_table(panel: Panel) -> Table:
    """Points of a measurement with the best curve, thinned where they are many."""
    m, (x, y) = panel.measurement, panel.units
    rows = np.unique(np.linspace(0, m.x.size - 1, min(m.x.size, _ROWS)).round().astype(int))
    curve = np.interp(m.x, panel.curve.x, panel.curve.y)  # its grid holds every x of the data
    across, up = (axis.name.replace("_", " ") for axis in m.model.axes)
    columns: list[tuple[str, Array]] = [(format_heading(across, x.heading), x.scaled(m.x))]
    columns.append((format_heading(up, y.heading), y.scaled(m.y)))
    if m.error is not None:
        columns.append((format_heading("error", y.heading), y.scaled(m.error)))
    columns += [
        (format_heading("best curve", y.heading), y.scaled(curve)),
        ("residual", panel.residuals),
    ]
    digits = [5] * (len(columns) - 1) + [3]
    cells = [
        tuple(format_number(float(c[row]), d) for (_, c), d in zip(columns, digits, strict=True))
        for row in rows
    ]
    thinned = (
        f" ({len(rows)} of {m.x.size} points)" if len(rows) < m.x.size else f" ({m.x.size} points)"
    )
    kind = "standard errors" if panel.known else "the scatter about the curve"
    caption = f"{m.name}{thinned}; residuals are (data − curve) in {kind}"
    return Table(caption, tuple(name for name, _ in columns), cells)


def _by_covariance(fit: Fit) -> dict[str, list[Interval]]:
    """Intervals in the coordinates of the search, as wide as the covariance says."""
    found: dict[str, list[Interval]] = {}
    for v, z, deviation in zip(fit.problem.variables, fit.coordinates, fit.deviations, strict=True):
        reach = [float(deviation) * band_factor(fit, level) for level in LEVELS]
        ends = [(v.value(float(z) - one), v.value(float(z) + one)) for one in reach]
        found[v.key] = [
            Interval(level, low, high) for level, (low, high) in zip(LEVELS, ends, strict=True)
        ]
    return found


def convergence_tables(findings: Findings) -> list[Table]:
    """How far the bootstrap and the posterior can be trusted."""
    found = []
    keys = [v.key for v in findings.fit.problem.variables]
    if (boot := findings.bootstrap) and len(boot.samples) > 3:
        heads = ("parameter", "error of its standard deviation")
        caption = f"Bootstrap: {len(boot.samples)} remade sets of data were fitted, {boot.failures} fits failed"
        rows = [
            (key, f"{format_number(100 * e, 2)}%")
            for key, e in zip(keys, boot.deviation_errors().tolist(), strict=True)
        ]
        found.append(Table(caption, heads, rows))
    if chain := findings.posterior:
        text = chain.sentence()
        caption = f"{text[0].upper()}{text[1:]}; {format_number(100 * chain.acceptance, 2)}% of the steps were accepted"
        values = zip(keys, chain.autocorrelation.tolist(), chain.mixing.tolist(), strict=True)
        mixed = [
            (key, format_number(time, 3), format_number(mixing, 4)) for key, time, mixing in values
        ]
        found.append(Table(caption, ("parameter", "autocorrelation time (steps)", "R̂"), mixed))
    return found
