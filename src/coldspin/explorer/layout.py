"""What dash draws: the figures, and the stores through which the page asks and is answered."""

from typing import Any

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

TASKS = ("curves", "rest", "details", "course", "data", "fit", "file", "progress", "cancel")
DIRECT = ("curves", "rest")
"""Tasks that the page asks past dash's own code in the browser, so that the answer is there sooner; the first two."""


def layout() -> Any:
    """Panels with graphs, and a store for each question and each answer."""
    from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

    stores = [dcc.Store(id=f"{task}-{end}") for task in TASKS for end in ("request", "answer")]
    stores += [dcc.Store(id="begin", data=1), dcc.Store(id="sink")]
    for task in TASKS[len(DIRECT) :]:
        clientside_callback(
            ClientsideFunction("explorer", f"{task}Answer"),
            Output("sink", "data", allow_duplicate=True),
            Input(f"{task}-answer", "data"),
            prevent_initial_call=True,
        )
    clientside_callback(
        ClientsideFunction("explorer", "begin"), Output("sink", "data"), Input("begin", "data")
    )
    panels = [
        html.Div(_figures(panel), id=f"figures-{panel}", className="figures") for panel in _PANELS
    ]
    return html.Div([*panels, *stores], id="drawn")


_PANELS = ("curves", "protocol", "data")


def _figures(panel: str) -> list[Any]:
    return [_figure(name, *about) for name, (where, *about) in GRAPHS.items() if where == panel]


def _figure(name: str, title: str, height: str) -> Any:
    """A figure with its caption, which says in words what there is to see."""
    from dash import dcc, html

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
    hidden: dict[str, Any] = {
        "aria-hidden": "true"
    }  # the caption and the tables say the same to who cannot see it
    frame = html.Div(graph, className=f"graph {height}", **hidden)
    return html.Figure(
        [caption, frame], id=f"figure-{name}", className="figure", hidden=name in _LATE
    )


_LATE = ("data", "fit")
