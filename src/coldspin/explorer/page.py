"""The page: plain HTML with everything that can be typed, filled with a state, around the figures of dash."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coldspin.explorer.messages import LABELS
from coldspin.explorer.state import CHOICES, OWN, TABLE, PageState

if TYPE_CHECKING:
    from jinja2 import Template

MODELS = {
    "dark-rate": "T1 or 1/T1 in the dark against field",
    "cooling": "β, θ_N or Overhauser field against cooling field",
    "optimal-field": "optimal field against correlation time",
    "recovery": "polarization recovery against field",
    "hanle": "Hanle curve with cooled nuclei",
    "decay": "decay or build-up in time",
}
METHOD_HELP = {
    "closed-form": "(S38), at once",
    "small-angle": "(9), at once",
    "semiclassical": "with nuclear precession, seconds",
    "multiplets": "exact in N, seconds to hours",
    "automatic": "the cheapest that is right",
    "trajectories": "unequal couplings, minutes",
}
_ALLOYS = ("Al0.3Ga0.7As", "In0.5Ga0.5As", "Cd0.9Zn0.1Te")

GRAPHS = {
    "temperature": ("curves", "Inverse spin temperature and spin temperature", "tall"),
    "spins": ("curves", "Polarization and Overhauser field", "tall"),
    "dark": ("curves", "Warming in the dark", "low"),
    "coefficients": ("curves", "Heating coefficient Φ and electron relaxation time", "tall"),
    "map": ("curves", "Map over field and correlation time", "low"),
    "course": ("protocol", "Course of the protocol", "tall"),
    "data": ("data", "Data over the theory", "low"),
    "fit": ("data", "Fit and residuals", "tall"),
}
"""Each graph: its panel, its title, its height."""

DIRECT_TASKS = ("curves", "rest")
"""Tasks that the page asks without dash's own code in the browser, so that the answer is there sooner."""
DASH_TASKS = ("details", "course", "data", "fit", "file", "progress", "cancel")


def render_page(state: PageState, problem: str, parts: Mapping[str, Any]) -> str:
    """HTML of the page; `parts` are the scripts and styles of dash. Everything else is escaped."""
    from markupsafe import Markup

    from coldspin.inputs.sample_files import METHODS

    names = ("metas", "css", "config", "scripts", "renderer", "app_entry")
    return _template().render(
        state=state,
        problem=problem,
        materials=list_materials(),
        own=OWN,
        table=TABLE,
        methods=[(name, METHOD_HELP.get(name, "")) for name in METHODS],
        models=MODELS,
        labels=LABELS,
        dash={name: Markup(parts[name]) for name in names},  # noqa: S704  # of dash, not of a user
    )


@cache
def list_choices() -> Mapping[str, tuple[str, ...]]:
    """Values to choose from, by field; a material may be any."""
    from coldspin.inputs.sample_files import METHODS

    return {**CHOICES, "method": tuple(METHODS), "model": tuple(MODELS)}


@cache
def list_materials() -> tuple[str, ...]:
    """Materials to choose from: the library, and alloys as examples; any other can be typed."""
    from coldspin.materials.material_tables import names

    return (*names(), *_ALLOYS)


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    path = Path(__file__).with_name("page.html.jinja")
    return environment.from_string(path.read_text(encoding="utf-8"))


def build_layout() -> Any:
    """What dash draws: panels with graphs, and a store for each question and each answer."""
    from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

    panels = []
    for panel in ("curves", "protocol", "data"):
        graphs = [_figure(name) for name, (place, _, _) in GRAPHS.items() if place == panel]
        panels.append(html.Div(graphs, id=f"figures-{panel}", className="figures"))
    stores = [dcc.Store(id="begin", data=1), dcc.Store(id="sink")]
    for task in (*DIRECT_TASKS, *DASH_TASKS):
        stores.append(dcc.Store(id=f"{task}-request"))
        stores.append(dcc.Store(id=f"{task}-answer"))
    for task in DASH_TASKS:
        clientside_callback(
            ClientsideFunction("explorer", f"{task}Answer"),
            Output("sink", "data", allow_duplicate=True),
            Input(f"{task}-answer", "data"),
            prevent_initial_call=True,
        )
    clientside_callback(
        ClientsideFunction("explorer", "begin"), Output("sink", "data"), Input("begin", "data")
    )
    return html.Div([*panels, *stores], id="drawn")


def _figure(name: str) -> Any:
    """A figure with its caption, which says in words what there is to see."""
    from dash import dcc, html

    _, title, height = GRAPHS[name]
    graph = dcc.Graph(
        id=f"graph-{name}",
        figure={"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}},
        config={
            "displayModeBar": False,
            "displaylogo": False,
            "responsive": True,
            "showTips": False,
        },
        responsive=True,
    )
    caption = html.Figcaption([html.H2(title), html.P(id=f"about-{name}", className="about")])
    # the caption and the tables say the same to readers who cannot see the graph
    hidden: dict[str, Any] = {"aria-hidden": "true"}
    frame = html.Div(graph, className=f"graph {height}", **hidden)
    late = name in ("data", "fit")
    return html.Figure([caption, frame], id=f"figure-{name}", className="figure", hidden=late)
