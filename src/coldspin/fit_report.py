"""The page of a fit: one HTML file with everything that is known of it, which asks nothing of any network."""

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from io import StringIO
from math import isfinite, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.citations import bibtex
from coldspin.experiments.fitting import Combination, Findings, Fit, Interval, residuals_apart
from coldspin.experiments.fitting.comparison import aicc
from coldspin.experiments.fitting.variables import Variable
from coldspin.files import whole_file
from coldspin.fit_plots import LEVELS, Panel, band_factor, draw, panels, plot_posterior
from coldspin.fit_units import (
    axis_display,
    between,
    bounds,
    display,
    headline,
    number,
    parameter_display,
    raised,
    si_symbol,
    standard_deviation,
)
from coldspin.plots import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TEMPLATE = Path(__file__).with_name("fit_report.html.jinja")
_ROWS = 2000  # of a table of data; longer ones are thinned
_STRONG = 0.9  # correlation from which it is marked
_KINDS = {
    "determined": "Determined",
    "lower limit only": "Only a limit",
    "upper limit only": "Only a limit",
    "at its bound": "At a bound",
    "not determined": "Not determined",
}


class Table(NamedTuple):
    """A table of the page: its caption, the heads of its columns, rows of text; the first cell heads its row."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Drawing(NamedTuple):
    """A figure of the page: SVG, and what it shows in words."""

    svg: str
    description: str


def write_report(
    findings: Findings,
    path: Path,
    *,
    title: str,
    study_text: str | None = None,
    provenance: Mapping[str, str],
    unit: str | None = None,
) -> None:
    """Write :func:`report_html` into a file, whole or not at all."""
    page = report_html(findings, title=title, study_text=study_text, provenance=provenance, unit=unit)
    with whole_file(path) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")


def report_html(
    findings: Findings,
    *,
    title: str,
    study_text: str | None = None,
    provenance: Mapping[str, str],
    unit: str | None = None,
) -> str:
    """Return a page on a fit: what the data say, figures, parameters, how good it is, data, and how to repeat it.

    It holds its style and figures, and no script; `study_text` is the study file, `provenance` what else is to be told
    of the origin, such as versions, by name. Fields are in `unit`, or in a unit of their size. Equal findings make
    equal pages.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["parted"] = parted
    shown = panels(findings, unit)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        lead=_lead(findings.fit),
        summary=summary(findings, unit),
        doubts=doubts(findings),
        drawings=[Drawing(_svg(draw([p]), f"m{i}", p.description()), p.description()) for i, p in enumerate(shown)],
        corner=_corner(findings, unit),
        parameters=parameter_table(findings, unit),
        intervals=interval_table(findings, unit),
        correlations=correlation_table(findings.fit),
        quality=quality(findings),
        theories=theory_table(findings, unit),
        convergence=_convergence(findings),
        fixed=fixed_table(findings.fit, unit),
        data=[data_table(panel) for panel in shown],
        study_text=study_text,
        provenance=dict(provenance),
        citation=bibtex().strip(),
        strong=_STRONG,
    )


def parted(text: str) -> list[str]:
    """Cut a text such as "correlation time τ_c" where a lowered letter begins and ends: every second part is one.

    Powers of ten stay on one line with their number.
    """
    text = text.replace(" × 10", "\u00a0×\u00a010")
    return re.split(r"(?:(?<=(?<!\w)\w)|(?<=\u0303))_(\w)\b", text)


def typeset(text: str) -> str:
    """Numbers in a sentence as people write them: "1.2e-05" becomes "1.2 × 10⁻⁵"."""
    return re.sub(r"(?<![\w.-])\d+(?:\.\d+)?e[+-]\d+\b", lambda m: number(float(m[0]), 3), text)


def summary(findings: Findings, unit: str | None = None) -> list[tuple[str, list[str]]]:
    """What the data say, in sentences under headings: parameters by verdict, products, the classical theory, χ²."""
    fit = findings.fit
    groups: dict[str, list[str]] = {}
    for variable, verdict in zip(fit.problem.variables, findings.verdicts, strict=True):
        value = headline(fit, variable, unit)
        if verdict.kind == "not determined":
            reason = verdict.sentence.partition(": ")[2]
            said = f"{_name(variable)}: {reason}" + (f"; {value}" if value != verdict.kind else "")
        else:
            sign = "" if value.startswith((">", "<")) else "= "
            said = f"{_name(variable)} {sign}{value}"
        groups.setdefault(_KINDS.get(verdict.kind, verdict.kind.capitalize()), []).append(said)
    order = [*dict.fromkeys(_KINDS.values()), *groups]
    found = [(heading, groups[heading]) for heading in dict.fromkeys(order) if heading in groups]
    if findings.combinations:
        found.append(("Determined only as products", [product(fit, c) for c in findings.combinations]))
    if findings.comparison:
        found.append(("Classical theory", [_on_the_classical(findings)]))
    return [*found, ("Curve and data", [_agreement(findings, unit)])]


def product(fit: Fit, combination: Combination) -> str:
    """A product of powers with its value: "filling · nuclei⁻¹ = 2.3 × 10⁻⁷ ± 2.1%"."""
    known = {v.key: v.parameter.dimension for v in fit.problem.variables}
    powers = " · ".join(key if e == 1 else key + raised(e) for key, e in combination.exponents.items())
    total: dict[str, float] = {}
    for key, e in combination.exponents.items():
        symbol = si_symbol(known[key])
        total[symbol] = total.get(symbol, 0.0) + e
    units = [symbol if e == 1 else symbol + raised(e) for symbol, e in total.items() if symbol and e]
    value = " ".join([number(combination.value), *(["·".join(units)] if units else [])])
    return f"{powers} = {value} ± {number(100 * combination.relative_error, 2)}%"


def doubts(findings: Findings) -> list[str]:
    """Doubts of the findings, and what the search and the samples say against them."""
    fit, found = findings.fit, [typeset(text) for text in findings.doubts]
    if fit.agreeing < 2 <= fit.attempts:
        found.append(
            f"only one of {fit.attempts} starts came to the best minimum; take more attempts, or better starts"
        )
    if findings.posterior and not findings.posterior.converged:
        found.append(findings.posterior.sentence())
    if findings.bootstrap and findings.bootstrap.failures:
        found.append(f"{findings.bootstrap.failures} fits of the bootstrap failed, and its intervals may be too narrow")
    return found


def parameter_table(findings: Findings, unit: str | None = None) -> Table:
    """Every free parameter: result, best value, standard deviation, and how the search saw it."""
    fit, rows = findings.fit, []
    expected = any(v.expected for v in fit.problem.variables)
    for v, verdict, deviation in zip(fit.problem.variables, findings.verdicts, fit.deviations, strict=True):
        shown, dimension = parameter_display(fit, v, unit), v.parameter.dimension
        best, start = fit.best[v.key], display(v.start, dimension, unit).value(v.start)
        error = standard_deviation(shown, float(deviation), scale=v.logarithmic)
        own = display(best, dimension, unit).value(best)
        row = (_name(v), v.key, headline(fit, v, unit), own, error, start, bounds(v, unit), verdict.kind)
        prior = display(v.expected[0], dimension, unit).with_error(*v.expected) if v.expected else "none"
        rows.append((*row[:-1], prior, row[-1]) if expected else row)
    heads = ("parameter", "name", "result", "best value", "standard deviation", "start", "bounds", "the data say")
    return Table(
        "Free parameters, with 68% intervals or 95% limits; standard deviations are those of the covariance",
        (*heads[:-1], "expected", heads[-1]) if expected else heads,
        rows,
    )


def interval_table(findings: Findings, unit: str | None = None) -> Table:
    """Intervals of every free parameter by every method there is."""
    fit = findings.fit
    methods: list[tuple[str, Mapping[str, Sequence[Interval]]]] = [("covariance", _by_covariance(fit))]
    if fit.intervals:
        methods.insert(0, ("profile likelihood", fit.intervals))
    if findings.bootstrap and len(findings.bootstrap.samples):
        methods.append(("bootstrap", findings.bootstrap.intervals()))
    if findings.posterior:
        methods.append(("posterior", findings.posterior.intervals()))
    rows = []
    for v in fit.problem.variables:
        shown = parameter_display(fit, v, unit)
        rows += [(_name(v), how, *(between(shown, i, v, unit) for i in found[v.key])) for how, found in methods]
    heads = ("parameter", "method", *(f"{100 * level:g}% interval" for level in LEVELS))
    return Table("Intervals of the free parameters by each method", heads, rows)


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
    return Table(f"Correlations, those beyond {_STRONG:g} in bold type", heads, rows)


def quality(findings: Findings) -> tuple[list[tuple[str, str]], Table]:
    """Numbers on the whole fit, and how the residuals of each measurement behave."""
    fit = findings.fit
    weights = "the errors given" if fit.problem.errors_known else "1 for each point: χ² is the sum of squares"
    expected = any(v.expected for v in fit.problem.variables)
    criterion = aicc(fit)
    facts = [
        ("points", f"{fit.problem.data.size}" + (", expected values included" if expected else "")),
        ("free parameters", str(len(fit.problem.variables))),
        ("weights", weights),
        ("χ²", number(fit.chi_square, 5)),
        ("degrees of freedom", str(fit.degrees_of_freedom)),
    ]
    if fit.problem.errors_known and fit.degrees_of_freedom:
        facts.append(("χ² per degree of freedom", number(fit.chi_square / fit.degrees_of_freedom, 3)))
        facts.append(("probability of a larger χ²", _probability(findings.goodness)))
    facts.append(("AICc", number(criterion, 6) if isfinite(criterion) else "none: too few points"))
    facts.append(("starts", f"{fit.agreeing} of {fit.attempts} came to this minimum (seed {fit.seed})"))
    if fit.robust:
        facts.append(("loss", "soft L1: outliers count less than their square"))
    rows = []
    for m, residuals in zip(fit.problem.measurements, residuals_apart(fit), strict=True):
        test = findings.runs[m.name]
        share, runs = float(residuals @ residuals), f"{test.expected:.1f}"
        rows.append((m.name, str(m.y.size), number(share, 4), str(test.runs), runs, _probability(test.probability)))
    heads = ("measurement", "points", "share of χ²", "runs", "runs by chance", "probability of so few")
    return facts, Table("Residuals of each measurement, and runs of one sign in them", heads, rows)


def theory_table(findings: Findings, unit: str | None = None) -> Table | None:
    """The fit beside that of the classical theory, with its best values."""
    if findings.comparison is None:
        return None
    both = findings.fit, findings.comparison.classical
    rows = [
        ("free parameters", *(str(len(one.problem.variables)) for one in both)),
        ("χ²", *(number(one.chi_square, 5) for one in both)),
        ("AICc", *(number(value, 6) if isfinite(value) else "none: too few points" for value in map(aicc, both))),
    ]
    known = {v.key: v for one in reversed(both) for v in one.problem.variables}
    for key in dict.fromkeys(v.key for one in both for v in one.problem.variables):
        cells = []
        for one in both:
            best = one.best.get(key)
            shown = display(best or 0.0, known[key].parameter.dimension, unit)
            cells.append("none" if best is None else shown.value(best))
        rows.append((_name(known[key]), *cells))
    return Table("Best fits of both theories", ("quantity", "this theory", "classical theory"), rows)


def fixed_table(fit: Fit, unit: str | None = None) -> Table:
    """Parameters that were not varied, with their values and where these are from."""
    found: dict[tuple[str, ...], list[str]] = {}
    for index, m in enumerate(fit.problem.measurements):
        known = m.model.parameters
        for name, value in fit.problem.values(index, fit.coordinates).items():
            if any(_varies(v, name, m.name, m.fixed) for v in fit.problem.variables):
                continue
            parameter, follows = known[name], known[name].follows
            given = name in m.fixed or name in fit.problem.fixed
            origin = "given" if given else "the model's own"
            if follows and not given:
                origin = f"{number(follows[1])} × {follows[0]}"
            shown = display(value, parameter.dimension, unit).value(value)
            found.setdefault((parameter.meaning, name, shown, origin), []).append(m.name)
    every = len(fit.problem.measurements)
    rows = [(*row, "all" if len(names) == every else ", ".join(names)) for row, names in found.items()]
    heads = ("parameter", "name", "value", "origin", "measurements")
    return Table("Parameters that were not varied", heads, rows)


def data_table(panel: Panel) -> Table:
    """Points of a measurement with the best curve, thinned where they are many."""
    m, (x, y) = panel.measurement, panel.units
    rows = np.unique(np.linspace(0, m.x.size - 1, min(m.x.size, _ROWS)).round().astype(int))
    curve = np.interp(m.x, panel.curve.x, panel.curve.y)  # its grid holds every x of the data
    across, up = (axis.name.replace("_", " ") for axis in m.model.axes)
    columns: list[tuple[str, Array]] = [(_headed(across, x.heading), x.scaled(m.x))]
    columns.append((_headed(up, y.heading), y.scaled(m.y)))
    if m.error is not None:
        columns.append((_headed("error", y.heading), y.scaled(m.error)))
    columns += [(_headed("best curve", y.heading), y.scaled(curve)), ("residual", panel.residuals)]
    digits = [5] * (len(columns) - 1) + [3]
    cells = [tuple(number(float(c[row]), d) for (_, c), d in zip(columns, digits, strict=True)) for row in rows]
    thinned = f" ({len(rows)} of {m.x.size} points)" if len(rows) < m.x.size else f" ({m.x.size} points)"
    kind = "standard errors" if panel.known else "the scatter about the curve"
    caption = f"{m.name}{thinned}; residuals are (data − curve) in {kind}"
    return Table(caption, tuple(name for name, _ in columns), cells)


def _lead(fit: Fit) -> str:
    count, points = len(fit.problem.measurements), sum(m.y.size for m in fit.problem.measurements)
    free = len(fit.problem.variables)
    return (
        f"{points} points in {count} measurement{'s' if count > 1 else ''}, "
        f"{free} free parameter{'s' if free > 1 else ''}."
    )


def _name(variable: Variable) -> str:
    """Meaning of a parameter, with the measurement that it belongs to."""
    meaning = variable.parameter.meaning
    return f"{meaning} of {variable.measurement}" if variable.measurement else meaning


def _headed(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _probability(value: float) -> str:
    return "below 10⁻³⁰⁰" if value < 1e-300 else number(value, 2)


def _on_the_classical(findings: Findings) -> str:
    comparison = findings.comparison
    if comparison is None or not isfinite(comparison.delta_aicc):
        return "There are too few points to compare this theory with the classical one."
    text = typeset(comparison.sentence().replace("P = 0)", "P < 1e-300)"))
    return f"{text[0].upper()}{text[1:]}."


def _agreement(findings: Findings, unit: str | None) -> str:
    fit = findings.fit
    if not fit.problem.errors_known:
        m, scatter = fit.problem.measurements[0], sqrt(fit.variance_factor)
        axis = m.model.axes[1]
        shown = axis_display(np.array([scatter]), axis, unit=unit, measured=m.unit).value(scatter, 3)
        return f"No errors were given: the scatter of the data about the curve, {shown}, counts as that of each point."
    text = f"χ² = {number(fit.chi_square, 4)} for {fit.degrees_of_freedom} degrees of freedom"
    if not fit.degrees_of_freedom:
        return f"{text}: the curve has as many parameters as there are points."
    chance = _probability(findings.goodness)
    return f"{text}; if model and errors are right, a larger one has the probability {chance}."


def _by_covariance(fit: Fit) -> dict[str, list[Interval]]:
    """Intervals in the coordinates of the search, as wide as the covariance says."""
    found: dict[str, list[Interval]] = {}
    for v, z, deviation in zip(fit.problem.variables, fit.coordinates, fit.deviations, strict=True):
        reach = [float(deviation) * band_factor(fit, level) for level in LEVELS]
        ends = [(v.value(float(z) - one), v.value(float(z) + one)) for one in reach]
        found[v.key] = [Interval(level, low, high) for level, (low, high) in zip(LEVELS, ends, strict=True)]
    return found


def _convergence(findings: Findings) -> list[Table]:
    """How far the bootstrap and the posterior can be trusted."""
    found = []
    keys = [v.key for v in findings.fit.problem.variables]
    if (boot := findings.bootstrap) and len(boot.samples) > 3:
        heads = ("parameter", "error of its standard deviation")
        caption = f"Bootstrap: {len(boot.samples)} remade sets of data were fitted, {boot.failures} fits failed"
        rows = [(key, f"{number(100 * e, 2)}%") for key, e in zip(keys, boot.deviation_errors().tolist(), strict=True)]
        found.append(Table(caption, heads, rows))
    if chain := findings.posterior:
        text = chain.sentence()
        caption = f"{text[0].upper()}{text[1:]}; {number(100 * chain.acceptance, 2)}% of the steps were accepted"
        values = zip(keys, chain.autocorrelation.tolist(), chain.mixing.tolist(), strict=True)
        mixed = [(key, number(time, 3), number(mixing, 4)) for key, time, mixing in values]
        found.append(Table(caption, ("parameter", "autocorrelation time (steps)", "R̂"), mixed))
    return found


def _varies(v: Variable, name: str, place: str, fixed: Mapping[str, Any]) -> bool:
    """Whether a variable is the value of a parameter in a measurement."""
    return v.parameter.name == name and (v.measurement == place or (not v.measurement and name not in fixed))


def _corner(findings: Findings, unit: str | None) -> Drawing | None:
    if findings.posterior is None or find_spec("corner") is None:
        return None
    names = ", ".join(v.key for v in findings.fit.problem.variables)
    text = f"Samples of the posterior of {names}, each and in pairs; contours hold 68% and 95%, lines are best values."
    return Drawing(_svg(plot_posterior(findings, unit), "posterior", text), text)


def _svg(figure: "Figure", prefix: str, description: str) -> str:
    """SVG to stand in a page: identifiers of its own, text as text, black in the colour of the page's text."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from markupsafe import escape
    from matplotlib.text import Text

    stream = StringIO()
    for one in figure.findobj(Text):
        one.set_math_fontfamily("dejavusans")
    with style(), mpl.rc_context({"mathtext.fontset": "dejavusans"}):  # its letters are where Unicode has them
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", stream.getvalue(), flags=re.DOTALL)
    _, opening, rest = text.partition("<svg")
    attributes, _, body = rest.partition(">")
    box = re.search(r'viewBox="[^"]*"', attributes)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body)
    body = body.replace("url(#", f"url(#{prefix}-").replace("#000000", "currentColor")
    body = "\n".join(line for line in body.splitlines() if line.strip())
    shape = box[0] if box else ""
    return f'{opening} {shape} class="plot" role="img" aria-label="{escape(description)}">\n{body}'
