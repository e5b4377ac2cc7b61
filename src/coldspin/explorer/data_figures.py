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
    stacked,
)
from coldspin.explorer.state import State
from coldspin.explorer.zero_axis import with_zero

if TYPE_CHECKING:
    from coldspin.experiments.fitting import Findings, Measurement
    from coldspin.outputs.fit_figures import Panel
    from coldspin.outputs.fit_units import DisplayUnit

MOST = 2000
"""Points that are drawn; more are thinned."""


def data_figure(m: "Measurement", state: State) -> tuple[Figure, str]:
    """Points with the curve of the page, and a sentence where there is no such curve."""
    from coldspin.experiments.models.model import complete

    x, y = _displays(m, state)
    traces, note = [_points(m, x, y, m.y, m.error)], ""
    try:
        grid = np.linspace(float(m.x.min()), float(m.x.max()), 201)
        with np.errstate(all="ignore"):
            theory = m.model.evaluate(grid, complete(m.model, dict(m.fixed)))
        traces.append(
            line(x.scaled(grid), y.scaled(theory), "theory at the values of the page", ORANGE)
        )
    except InvalidInputError as problem:
        note = f"No curve is drawn: {problem}."
    axes = {
        "xaxis": {"title": {"text": _label(m, 0, x)}},
        "yaxis": {"title": {"text": _label(m, 1, y)}},
    }
    return {"data": traces, "layout": layout(state) | axes | {"uirevision": m.name}}, note


def fit_figure(findings: "Findings", state: State) -> Figure:
    """Data, the best curve with its band of 95%, the classical theory, and the residuals below, as in fit.png."""
    from coldspin.outputs.fit_figures import list_panels

    panel = list_panels(findings, state.unit)[0]
    m, (x, y) = panel.measurement, panel.units
    band = panel.factors[-1] * panel.curve.deviation
    traces = _band(panel, band)
    traces.append(_points(m, x, y, m.y, m.error))
    traces.append(line(x.scaled(panel.curve.x), y.scaled(panel.curve.y), "best curve", ORANGE))
    if panel.classical:
        ends = x.scaled(panel.classical.x), y.scaled(panel.classical.y)
        traces.append(line(*ends, "classical theory", BLUE, dash="dash"))
    traces.append(_points(m, x, None, panel.residuals, None) | {"yaxis": "y2", "showlegend": False})
    kind = "residual/σ" if panel.known else "residual/scatter"
    axes = ({"title": {"text": _label(m, 1, y)}}, {"title": {"text": kind}})
    made = stacked(_label(m, 0, x), axes, state) | {"uirevision": m.name}
    made["yaxis"] |= {
        "domain": [0.34, 1.0],
        "type": "log" if panel.scales[1] == "log" else "linear",
    }
    made["yaxis2"] |= {"domain": [0.0, 0.26]}
    if panel.scales[0] == "symlog":
        traces, axis = with_zero(traces, x.scaled(m.x))
        made["xaxis"] |= axis
    else:
        made["xaxis"] |= {"type": panel.scales[0]}
    return {"data": traces, "layout": made}


def thinned_note(m: "Measurement") -> str:
    """Say that not all points are drawn."""
    return f"{MOST} of {m.x.size} points are drawn; all count in a fit." if m.x.size > MOST else ""


def _band(panel: "Panel", band: Array) -> list[dict[str, Any]]:
    x, y = panel.units
    low, high = (y.scaled(panel.curve.y + side * band) for side in (-1, 1))
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
    rows = np.unique(np.linspace(0, m.x.size - 1, min(m.x.size, MOST)).round().astype(int))
    shown = values if y is None else y.scaled(values)
    marker = {"color": BLACK, "size": 6 if rows.size < 200 else 3}
    trace: dict[str, Any] = {
        "x": numbers(x.scaled(m.x)[rows]),
        "y": numbers(shown[rows]),
        "mode": "markers",
        "name": "data",
    }
    if error is not None and y is not None:
        size = {
            "type": "data",
            "array": numbers(y.scaled(error)[rows]),
            "color": GREY,
            "thickness": 1,
            "width": 0,
        }
        trace["error_y"] = size
    return trace | {"marker": marker}


def _displays(m: "Measurement", state: State) -> "tuple[DisplayUnit, DisplayUnit]":
    from coldspin.outputs.fit_units import choose_axis_unit

    x, y = (
        choose_axis_unit(values, axis, unit=state.unit, measured=m.unit)
        for values, axis in zip((m.x, m.y), m.model.axes, strict=True)
    )
    return x, y


def _label(m: "Measurement", axis: int, shown: "DisplayUnit") -> str:
    name = m.model.axes[axis].name.replace("_", " ")
    unit = (
        shown.heading.replace("&", "").replace("<", "").replace(">", "")
    )  # plotly reads tags in text
    return f"{name} ({unit})" if unit else name
