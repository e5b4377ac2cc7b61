"""Figures of measured data: over the theory of the page, and with the best curve, its bands and the residuals."""

from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.explorer.figures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    Figure,
    layout,
    line,
    numbers,
    read_numbers,
    stacked_layout,
)
from coldspin.explorer.state import PageState

if TYPE_CHECKING:
    from coldspin.experiments.fitting import Findings, Measurement
    from coldspin.outputs.fit_figures import Panel
    from coldspin.outputs.fit_units import DisplayUnit

MOST_POINTS = 2000
"""Points that are drawn; larger data are thinned."""


def data_figure(m: "Measurement", state: PageState) -> tuple[Figure, str]:
    """Points with the curve of the page, and a sentence if there is no such curve."""
    from coldspin.experiments.models.model import complete

    x = _display(m, 0, state)
    y = _display(m, 1, state)
    traces = [_points(m, x, y, m.y, m.error)]
    note = ""
    try:
        grid = np.linspace(float(m.x.min()), float(m.x.max()), 201)
        with np.errstate(all="ignore"):
            theory = m.model.evaluate(grid, complete(m.model, dict(m.fixed)))
    except InvalidInputError as problem:
        note = f"No curve is drawn: {problem}."
    else:
        label = "theory at the values of the page"
        traces.append(line(x.scaled(grid), y.scaled(theory), label, ORANGE))
    axes = {
        "xaxis": {"title": {"text": _label(m, 0, x)}},
        "yaxis": {"title": {"text": _label(m, 1, y)}},
        "uirevision": m.name,
    }
    return {"data": traces, "layout": layout(state) | axes}, note


def fit_figure(findings: "Findings", state: PageState) -> Figure:
    """Data, best curve with its band of 95%, classical theory, and residuals below, as in fit.png."""
    from coldspin.outputs.fit_figures import list_panels

    panel = list_panels(findings, state.unit)[0]
    m = panel.measurement
    x, y = panel.units
    traces = _band(panel)
    traces.append(_points(m, x, y, m.y, m.error))
    traces.append(line(x.scaled(panel.curve.x), y.scaled(panel.curve.y), "best curve", ORANGE))
    if panel.classical:
        curve = panel.classical
        traces.append(
            line(x.scaled(curve.x), y.scaled(curve.y), "classical theory", BLUE, dash="dash")
        )
    traces.append(_points(m, x, None, panel.residuals, None) | {"yaxis": "y2", "showlegend": False})
    residual = "residual/σ" if panel.known else "residual/scatter"
    axes = ({"title": {"text": _label(m, 1, y)}}, {"title": {"text": residual}})
    result = stacked_layout(_label(m, 0, x), axes, state)
    result["uirevision"] = m.name
    result["yaxis"]["domain"] = [0.34, 1.0]
    result["yaxis"]["type"] = "log" if panel.scales[1] == "log" else "linear"
    result["yaxis2"]["domain"] = [0.0, 0.26]
    if panel.scales[0] == "symlog":
        traces, axis = _symlog(traces, x.scaled(m.x))
        result["xaxis"] |= axis
    else:
        result["xaxis"]["type"] = panel.scales[0]
    return {"data": traces, "layout": result}


def thinning_note(m: "Measurement") -> str:
    """Note that not all points are drawn, or ""."""
    if m.x.size <= MOST_POINTS:
        return ""
    return f"{MOST_POINTS} of {m.x.size} points are drawn; all count in a fit."


def _band(panel: "Panel") -> list[dict[str, Any]]:
    x, y = panel.units
    width = panel.factors[-1] * panel.curve.deviation
    low = y.scaled(panel.curve.y + -1 * width)
    high = y.scaled(panel.curve.y + 1 * width)
    if panel.scales[1] == "log":
        low = np.maximum(low, float(np.min(y.scaled(panel.measurement.y))) / 10)
    edge = {
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "x": numbers(x.scaled(panel.curve.x)),
    }
    fill = {"fill": "tonexty", "fillcolor": "rgba(184,74,0,0.2)", "name": "95% band"}
    return [edge | {"y": numbers(low), "showlegend": False}, edge | fill | {"y": numbers(high)}]


def _points(
    m: "Measurement", x: "DisplayUnit", y: "DisplayUnit | None", values: Array, error: Array | None
) -> dict[str, Any]:
    """Trace of the points, at most MOST_POINTS of them, with their errors."""
    rows = np.unique(np.linspace(0, m.x.size - 1, min(m.x.size, MOST_POINTS)).round().astype(int))
    heights = values if y is None else y.scaled(values)
    trace: dict[str, Any] = {
        "x": numbers(x.scaled(m.x)[rows]),
        "y": numbers(heights[rows]),
        "mode": "markers",
        "name": "data",
        "marker": {"color": BLACK, "size": 6 if rows.size < 200 else 3},
    }
    if error is not None and y is not None:
        trace["error_y"] = {
            "type": "data",
            "array": numbers(y.scaled(error)[rows]),
            "color": GREY,
            "thickness": 1,
            "width": 0,
        }
    return trace


def _symlog(
    traces: list[dict[str, Any]], values: Array
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces with x where matplotlib's "symlog" places it, and the axis with its ticks.

    It is logarithmic but shows zero too; plotly has none such. `values` are the abscissae of the
    data, 0 or positive; the pointer shows x itself.
    """
    from matplotlib.scale import SymmetricalLogTransform

    from coldspin.outputs.fit_figures import LINEAR_ROOM, linear_reach

    reach = linear_reach(values)
    place = SymmetricalLogTransform(10, reach, LINEAR_ROOM).transform
    placed_traces = []
    for trace in traces:
        x = read_numbers(trace["x"])
        hover = {"customdata": numbers(x), "hovertemplate": "%{customdata:.4g}, %{y:.4g}"}
        placed_traces.append(trace | {"x": numbers(place(x))} | hover)
    powers = np.arange(np.log10(reach).round(), np.floor(np.log10(values.max())) + 1)
    ticks = np.concatenate([[0.0], 10.0**powers])
    last = float(place(np.array([values.max()]))[0])
    axis = {
        "type": "linear",
        "range": [-0.04 * last, 1.04 * last],
        "tickmode": "array",
        "tickvals": place(ticks).tolist(),
        "ticktext": [f"{tick:g}" for tick in ticks],
    }
    return placed_traces, axis


def _display(m: "Measurement", axis: int, state: PageState) -> "DisplayUnit":
    from coldspin.outputs.fit_units import choose_axis_unit

    values = m.y if axis else m.x
    return choose_axis_unit(values, m.model.axes[axis], unit=state.unit, measured=m.unit)


def _label(m: "Measurement", axis: int, display: "DisplayUnit") -> str:
    name = m.model.axes[axis].name.replace("_", " ")
    # plotly reads tags in text
    unit = display.heading.replace("&", "").replace("<", "").replace(">", "")
    return f"{name} ({unit})" if unit else name
