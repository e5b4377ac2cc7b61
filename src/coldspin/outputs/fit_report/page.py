"""The page of a fit: one HTML file with everything that is known of it, which asks nothing of any network."""

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
    """Return a page on a fit: what the data say, figures, parameters, how good it is, data, and how to repeat it.

    It holds its style and figures, and no script; `study_text` is the study file, `provenance` what
    else is to be told of the origin, such as versions, by name. Fields are in `unit`, or in a unit
    of their size. Equal findings make equal pages.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["split_subscripts"] = split_subscripts
    shown = list_panels(findings, unit)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        lead=lead(findings.fit),
        summary=summary(findings, unit),
        doubts=doubts(findings),
        drawings=[
            Drawing(_svg(draw_panels([p]), f"m{i}", p.description()), p.description())
            for i, p in enumerate(shown)
        ],
        corner=_corner(findings, unit),
        parameters=parameter_table(findings, unit),
        intervals=interval_table(findings, unit),
        correlations=correlation_table(findings.fit),
        quality=quality(findings),
        theories=theory_table(findings, unit),
        convergence=convergence_tables(findings),
        fixed=fixed_table(findings.fit, unit),
        data=[data_table(panel) for panel in shown],
        study_text=study_text,
        provenance=dict(provenance),
        citation=bibtex().strip(),
        strong=STRONG,
    )


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
    with (
        style(),
        mpl.rc_context({"mathtext.fontset": "dejavusans"}),
    ):  # its letters are where Unicode has them
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = re.sub(
        r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>",
        "",
        stream.getvalue(),
        flags=re.DOTALL,
    )
    _, opening, rest = text.partition("<svg")
    attributes, _, body = rest.partition(">")
    box = re.search(r'viewBox="[^"]*"', attributes)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body)
    body = body.replace("url(#", f"url(#{prefix}-").replace("#000000", "currentColor")
    body = "\n".join(line for line in body.splitlines() if line.strip())
    shape = box[0] if box else ""
    return f'{opening} {shape} class="plot" role="img" aria-label="{escape(description)}">\n{body}'
