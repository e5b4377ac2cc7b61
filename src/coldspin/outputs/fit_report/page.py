"""The page of a fit: one HTML file that needs no network."""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coldspin.experiments.fitting import Findings
from coldspin.outputs.citations import bibtex
from coldspin.outputs.files import whole_file
from coldspin.outputs.fit_figures import draw_panels, list_panels, plot_posterior
from coldspin.outputs.fit_report.sentences import doubts, lead, split_subscripts, summary
from coldspin.outputs.fit_report.tables import (
    STRONG,
    convergence_tables,
    correlation_table,
    data_table,
    fixed_table,
    interval_table,
    parameter_table,
    quality,
    theory_table,
)
from coldspin.outputs.sample_figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TEMPLATE = Path(__file__).with_name("page.html.jinja")


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
    page = report_html(
        findings, title=title, study_text=study_text, provenance=provenance, unit=unit
    )
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
    """Return a page on a fit: what the data say, figures, parameters, quality, data, origin.

    It has its style and figures in it, and no script. `study_text` is the study file, `provenance`
    what else belongs to the origin by name, such as versions. Fields are in `unit`, or in a unit of
    their size. Equal findings make equal pages.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["split_subscripts"] = split_subscripts
    panels = list_panels(findings, unit)
    drawings = []
    for i, panel in enumerate(panels):
        description = panel.description()
        drawings.append(
            Drawing(_render_svg(draw_panels([panel]), f"m{i}", description), description)
        )
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        lead=lead(findings.fit),
        summary=summary(findings, unit),
        doubts=doubts(findings),
        drawings=drawings,
        corner=_draw_corner(findings, unit),
        parameters=parameter_table(findings, unit),
        intervals=interval_table(findings, unit),
        correlations=correlation_table(findings.fit),
        quality=quality(findings),
        theories=theory_table(findings, unit),
        convergence=convergence_tables(findings),
        fixed=fixed_table(findings.fit, unit),
        data=[data_table(panel) for panel in panels],
        study_text=study_text,
        provenance=dict(provenance),
        citation=bibtex().strip(),
        strong=STRONG,
    )


def _draw_corner(findings: Findings, unit: str | None) -> Drawing | None:
    """Samples of the posterior, where there are any and corner is installed."""
    if findings.posterior is None or find_spec("corner") is None:
        return None
    names = ", ".join(v.key for v in findings.fit.problem.variables)
    description = (
        f"Samples of the posterior of {names}, each and in pairs; contours hold 68% and 95%, lines "
        "are best values."
    )
    figure = plot_posterior(findings, unit)
    return Drawing(_render_svg(figure, "posterior", description), description)


def _render_svg(figure: "Figure", prefix: str, description: str) -> str:
    """SVG to stand in a page: identifiers of its own, text as text, black as the page's text."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from markupsafe import escape
    from matplotlib.text import Text

    # The letters of this font are at their Unicode places.
    font = "dejavusans"
    for text in figure.findobj(Text):
        text.set_math_fontfamily(font)
    stream = StringIO()
    with style(), mpl.rc_context({"mathtext.fontset": font}):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    markup = re.sub(
        r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>",
        "",
        stream.getvalue(),
        flags=re.DOTALL,
    )
    _, opening, rest = markup.partition("<svg")
    attributes, _, body = rest.partition(">")
    view_box = re.search(r'viewBox="[^"]*"', attributes)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body)
    body = body.replace("url(#", f"url(#{prefix}-").replace("#000000", "currentColor")
    body = "\n".join(line for line in body.splitlines() if line.strip())
    shape = view_box[0] if view_box else ""
    label = escape(description)
    return f'{opening} {shape} class="plot" role="img" aria-label="{label}">\n{body}'
