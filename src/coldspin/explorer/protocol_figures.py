"""β, θ_N and the Overhauser field in the course of a protocol, as a figure and a table of the page."""

from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.explorer.figures import (
    BLACK,
    BLUE,
    Figure,
    line,
    per_field,
    stacked,
    temperature_scale,
)
from coldspin.explorer.state import State
from coldspin.outputs.fit_units import format_number

if TYPE_CHECKING:
    import xarray as xr

_SHADES = {"pump": "#fdebd0", "dark": "#e3e6ea", "sweep": "#dcefe3"}
_TIMES = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


def course_figure(data: "xr.Dataset", state: State) -> Figure:
    """β above and the Overhauser field below, stages shaded."""
    unit, one = _time(float(data.time.values[-1]))
    time, stage = data.time.values / one, data.stage.values
    traces = [
        line(time, data.inverse_spin_temperature.values, "β", BLACK),
        line(
            time,
            data.overhauser_field.values * per_field(state.unit),
            "Overhauser field",
            BLUE,
            axis=2,
        ),
    ]
    axes = ({"title": {"text": "β (1/J)"}}, {"title": {"text": f"B<sub>N</sub> ({state.unit})"}})
    made = stacked(f"time ({unit})", axes, state) | {"uirevision": "course", "showlegend": False}
    shapes, words = [], []
    for number_ in np.unique(stage):
        rows = np.flatnonzero(stage == number_)
        kind, ends = (
            str(data.stage_kind.values[rows[0]]),
            (float(time[rows[0]]), float(time[rows[-1]])),
        )
        shapes.append(_shade(kind, *ends))
        words.append(
            {
                "x": sum(ends) / 2,
                "y": 1.0,
                "xref": "x",
                "yref": "paper",
                "yanchor": "bottom",
                "text": kind,
            }
        )
    made |= {"shapes": shapes, "annotations": [word | {"showarrow": False} for word in words]}
    made["margin"] = made["margin"] | {"t": 28}
    return {"data": traces, "layout": made}


def course_rows(data: "xr.Dataset", state: State) -> dict[str, Any]:
    """What the nuclei are at the end of each stage."""
    stage, (_, scale) = data.stage.values, temperature_scale(state)
    last = [i for i in range(stage.size) if i + 1 == stage.size or stage[i + 1] != stage[i]]
    name = "θ_N (µK)" if state.temperature == "µK" else "1/β (neV)"
    heads = ["stage", "kind", "t (s)", f"B ({state.unit})", "β (1/J)", name, "⟨I_z⟩/I (%)"]
    rows = [
        [
            str(int(stage[i])),
            str(data.stage_kind.values[i]),
            format_number(float(data.time.values[i])),
            format_number(float(data.field.values[i]) * per_field(state.unit)),
            format_number(float(data.inverse_spin_temperature.values[i])),
            format_number(float(data.spin_temperature.values[i]) * scale),
            format_number(float(data.nuclear_polarization.values[i]) * 100),
        ]
        for i in last
    ]
    return {"heads": heads, "rows": rows}


def _shade(kind: str, low: float, high: float) -> dict[str, Any]:
    place = {
        "xref": "x",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": low,
        "x1": high,
        "layer": "below",
    }
    if high > low:
        return place | {
            "type": "rect",
            "fillcolor": _SHADES.get(kind, "#ffffff"),
            "line": {"width": 0},
        }
    return place | {"type": "line", "line": {"color": "#666666", "width": 1, "dash": "dot"}}


def _time(span: float) -> tuple[str, float]:
    return next((unit for unit in _TIMES if span >= 1.5 * unit[1]), _TIMES[-1])
