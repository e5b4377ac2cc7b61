"""Figures of the page as dictionaries of numbers and text, which plotly draws. They consume results."""

from base64 import b64decode, b64encode
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.constants import BOLTZMANN, ELEMENTARY_CHARGE
from coldspin.explorer.curves import TemperatureMap
from coldspin.explorer.state import PageState
from coldspin.outputs.fit_units import format_number
from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr

Figure = dict[str, Any]

BLACK = "#000000"
ORANGE = "#B84A00"
BLUE = "#0066A1"
GREEN = "#00785A"
GREY = "#595959"
_STAGE_COLORS = {"pump": "#fdebd0", "dark": "#e3e6ea", "sweep": "#dcefe3"}
_SECONDS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12))
_COURSE_TIMES = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


def per_tesla(unit: str) -> float:
    """One tesla in `unit`."""
    return 1 / float(si("unit", f"1 {unit}", FIELD))


def temperature_scale(state: PageState) -> tuple[str, str, float]:
    """Name and unit of the temperature that the page shows, and the factor from kelvin."""
    if state.temperature == "µK":
        return "θ_N", "µK", 1e6
    return "1/β", "neV", BOLTZMANN / ELEMENTARY_CHARGE * 1e9


def temperature_figure(data: "xr.Dataset", state: PageState) -> Figure:
    """β above, |θ_N| or |1/β| below, dashed where it is negative."""
    x = data.field.values * per_tesla(state.unit)
    name, unit, scale = temperature_scale(state)
    theta = data.spin_temperature.values * scale
    traces = [line(x, data.inverse_spin_temperature.values, "β", BLACK)]
    signs = ((1, "solid", "θ<sub>N</sub> > 0"), (-1, "dash", "θ<sub>N</sub> < 0"))
    for sign, dash, label in signs:
        branch = np.where(np.isfinite(theta) & (theta * sign > 0), np.abs(theta), np.nan)
        if np.isfinite(branch).any():
            traces.append(line(x, branch, label, ORANGE, axis=2, dash=dash))
    html_name = name.replace("_N", "<sub>N</sub>")
    lower = _log_axis(np.abs(theta), f"|{html_name}| ({unit})")
    axes = ({"title": _title("β (1/J)")}, lower)
    return {"data": traces, "layout": stacked_layout(_field_title(state), axes, state)}


def mark_traces(extrema: "xr.Dataset", state: PageState) -> list[dict[str, Any]]:
    """Circles at the maxima of |β| and squares at its minima, on both curves."""
    _, _, scale = temperature_scale(state)
    traces = []
    for kind, symbol in (("maximum", "circle-open"), ("minimum", "square-open")):
        here = extrema.isel(extremum=np.flatnonzero(extrema.kind.values == kind))
        if not here.sizes["extremum"]:
            continue
        mark = {
            "x": numbers(here.field.values * per_tesla(state.unit)),
            "mode": "markers",
            "name": f"{kind} of |β|",
            "marker": {"symbol": symbol, "size": 10, "color": BLUE, "line": {"width": 2}},
        }
        beta = numbers(here.inverse_spin_temperature.values)
        theta = numbers(np.abs(here.spin_temperature.values) * scale)
        traces.append(mark | {"y": beta, "yaxis": "y", "showlegend": True})
        traces.append(mark | {"y": theta, "yaxis": "y2", "showlegend": False})
    return traces


def spins_figure(data: "xr.Dataset", state: PageState) -> Figure:
    """Polarization above, Overhauser field below."""
    one = per_tesla(state.unit)
    x = data.field.values * one
    traces = [
        line(x, data.nuclear_polarization.values * 100, "polarization", BLACK),
        line(x, data.overhauser_field.values * one, "Overhauser field", BLUE, axis=2),
    ]
    axes = (
        {"title": _title("⟨I<sub>z</sub>⟩/I (%)")},
        {"title": _title(f"B<sub>N</sub> ({state.unit})")},
    )
    return {
        "data": traces,
        "layout": stacked_layout(_field_title(state), axes, state) | {"showlegend": False},
    }


def dark_figure(data: "xr.Dataset", state: PageState) -> Figure:
    """Warming rate in the dark and its parts."""
    x = data.field.values * per_tesla(state.unit)
    names = {
        "relaxation_rate": ("1/T<sub>E</sub>", BLACK, "solid"),
        "zeeman_relaxation_rate": ("Zeeman reservoir", ORANGE, "dash"),
        "spin_spin_relaxation_rate": ("spin-spin reservoir", BLUE, "dot"),
        "leakage_rate": ("leakage", GREEN, "dashdot"),
    }
    traces = []
    for column, (name, color, dash) in names.items():
        if column in data:
            rates = data[column].values
            traces.append(line(x, np.where(rates > 0, rates, np.nan), name, color, dash=dash))
    rate = _log_axis(data.relaxation_rate.values, "warming rate (1/s)", least=1e-6)
    return {
        "data": traces,
        "layout": layout(state) | {"xaxis": _axis(_field_title(state)), "yaxis": _axis("") | rate},
    }


def coefficients_figure(data: "xr.Dataset", state: PageState) -> Figure:
    """Φ above, T1e below."""
    x = data.field.values * per_tesla(state.unit)
    time = data.electron_relaxation_time.values
    unit, size = _unit_of_time(float(np.nanmin(time)))
    traces = [
        line(x, data.heating_coefficient.values, "Φ", BLACK),
        line(x, time / size, "T<sub>1e</sub>", BLUE, axis=2),
    ]
    axes = ({"title": _title("Φ")}, _log_axis(time / size, f"T<sub>1e</sub> ({unit})"))
    return {
        "data": traces,
        "layout": stacked_layout(_field_title(state), axes, state) | {"showlegend": False},
    }


def map_figure(grid: TemperatureMap, state: PageState, time: float) -> Figure:
    """|β| over field and correlation time, with a line at the present τ_c."""
    unit, second = _unit_of_time(float(np.median(grid.time)))
    hover = f"B = %{{x:.4g}} {state.unit}<br>τ = %{{y:.3g}} {unit}<br>|β| = %{{z:.3g}} 1/J"
    heat = {
        "type": "heatmap",
        "x": numbers(grid.field * per_tesla(state.unit)),
        "y": numbers(grid.time / second),
        "z": numbers(np.abs(grid.beta)),
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": "|β| (1/J)"}, "exponentformat": "power", "thickness": 12},
        "hovertemplate": f"{hover}<extra></extra>",
    }
    present = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": time / second,
        "y1": time / second,
        "line": {"color": "#FFFFFF", "width": 2, "dash": "dash"},
    }
    vertical = _axis(f"τ<sub>c</sub> ({unit})")
    vertical |= {"type": "log", "exponentformat": "power", "dtick": 1}
    axes = {"xaxis": _axis(_field_title(state)), "yaxis": vertical, "shapes": [present]}
    return {"data": [heat], "layout": layout(state) | axes}


def course_figure(data: "xr.Dataset", state: PageState) -> Figure:
    """β above and the Overhauser field below, stages shaded."""
    span = float(data.time.values[-1])
    unit, size = _unit_of_time(span / 1.5, _COURSE_TIMES)
    time = data.time.values / size
    overhauser_field = data.overhauser_field.values * per_tesla(state.unit)
    traces = [
        line(time, data.inverse_spin_temperature.values, "β", BLACK),
        line(time, overhauser_field, "Overhauser field", BLUE, axis=2),
    ]
    shapes = []
    words = []
    for number_of_stage in np.unique(data.stage.values):
        rows = np.flatnonzero(data.stage.values == number_of_stage)
        kind = str(data.stage_kind.values[rows[0]])
        low = float(time[rows[0]])
        high = float(time[rows[-1]])
        shape = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "x0": low, "x1": high}
        shape["layer"] = "below"
        if high > low:
            color = _STAGE_COLORS.get(kind, "#ffffff")
            shapes.append(shape | {"type": "rect", "fillcolor": color, "line": {"width": 0}})
        else:
            edge = {"color": "#666666", "width": 1, "dash": "dot"}
            shapes.append(shape | {"type": "line", "line": edge})
        word = {"x": (low + high) / 2, "y": 1.0, "xref": "x", "yref": "paper", "text": kind}
        words.append(word | {"yanchor": "bottom", "showarrow": False})
    axes = ({"title": {"text": "β (1/J)"}}, {"title": {"text": f"B<sub>N</sub> ({state.unit})"}})
    result = stacked_layout(f"time ({unit})", axes, state)
    result |= {"uirevision": "course", "showlegend": False, "shapes": shapes, "annotations": words}
    result["margin"] = result["margin"] | {"t": 28}
    return {"data": traces, "layout": result}


def course_table(data: "xr.Dataset", state: PageState) -> dict[str, Any]:
    """States of the nuclei at the end of each stage."""
    name, unit, scale = temperature_scale(state)
    heads = ["stage", "kind", "t (s)", f"B ({state.unit})", "β (1/J)", f"{name} ({unit})"]
    heads.append("⟨I_z⟩/I (%)")
    stage = data.stage.values
    rows = []
    for i in range(stage.size):
        if i + 1 < stage.size and stage[i + 1] == stage[i]:
            continue
        cells = [
            str(int(stage[i])),
            str(data.stage_kind.values[i]),
            format_number(float(data.time.values[i])),
            format_number(float(data.field.values[i]) * per_tesla(state.unit)),
            format_number(float(data.inverse_spin_temperature.values[i])),
            format_number(float(data.spin_temperature.values[i]) * scale),
            format_number(float(data.nuclear_polarization.values[i]) * 100),
        ]
        rows.append(cells)
    return {"heads": heads, "rows": rows}


def line(
    x: Array, y: Array, name: str, color: str, *, axis: int = 1, dash: str = "solid"
) -> dict[str, Any]:
    """One curve, on the first or the second axis."""
    style = {"color": color, "width": 2, "dash": dash}
    trace = {"x": numbers(x), "y": numbers(y), "mode": "lines", "name": name, "line": style}
    if axis > 1:
        trace["yaxis"] = f"y{axis}"
    return trace


def numbers(values: Array) -> dict[str, str]:
    """Doubles as plotly takes them, in base 64 with all digits; NaN, which is not drawn, for infinity."""
    doubles = np.asarray(values, dtype="<f8")
    finite = np.where(np.isfinite(doubles), doubles, np.nan)
    text = {"dtype": "f8", "bdata": b64encode(finite.tobytes()).decode("ascii")}
    if doubles.ndim > 1:
        text["shape"] = ", ".join(map(str, doubles.shape))
    return text


def read_numbers(text: dict[str, str]) -> Array:
    """Numbers of one dimension from their base 64."""
    return np.frombuffer(b64decode(text["bdata"]), "<f8")


def stacked_layout(
    title: str, axes: tuple[dict[str, Any], dict[str, Any]], state: PageState
) -> dict[str, Any]:
    """Layout of two panels above one another with the same abscissa."""
    upper, lower = ({**_axis(""), **axis, "title": _title(axis["title"]["text"])} for axis in axes)
    return layout(state) | {
        "xaxis": _axis(title) | {"anchor": "y2", "mirror": "allticks"},
        "yaxis": upper | {"domain": [0.54, 1.0]},
        "yaxis2": lower | {"domain": [0.0, 0.46]},
    }


def layout(state: PageState) -> dict[str, Any]:
    """What all figures share; zoom stays while the unit of the field stays."""
    return {
        "font": {"family": "system-ui, 'DejaVu Sans', sans-serif", "size": 13, "color": "#1a1a1a"},
        "margin": {"l": 92, "r": 12, "t": 10, "b": 48},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "hovermode": "closest",
        "dragmode": "zoom",
        "uirevision": f"{state.unit} {state.temperature} {state.field}",
    }


def _axis(title: str) -> dict[str, Any]:
    return {
        "title": _title(title),
        "showline": True,
        "mirror": True,
        "linecolor": "#444444",
        "ticks": "inside",
        # else plotly measures every label again, a fifth of the time of a drawing
        "ticklabeloverflow": "allow",
        "gridcolor": "#e6e6e6",
        "zerolinecolor": "#bbbbbb",
        "exponentformat": "power",
    }


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "standoff": 8}


def _field_title(state: PageState) -> str:
    return f"B ({state.unit})"


def _log_axis(values: Array, title: str, least: float = 1e-4) -> dict[str, Any]:
    """Logarithmic axis over the positive values, not further down than `least` of the largest."""
    axis: dict[str, Any] = {"title": _title(title)}
    positive = values[np.isfinite(values) & (values > 0)]
    if not positive.size:
        return axis
    low = float(positive.min())
    high = float(positive.max())
    if "rate" not in title:
        high = min(high, low / least)
    low = max(low, high * least)
    span = log10(high / low)
    if span < 0.5:  # no two of 1, 2, 5 may be within
        return axis
    axis["type"] = "log"
    axis["range"] = [log10(low) - 0.08 * span, log10(high) + 0.08 * span]
    if span <= 1.5:
        # 1, 2, 5 of each decade, written out
        powers = range(floor(log10(low)) - 1, floor(log10(high)) + 2)
        ticks = [float(f"{lead}e{power}") for power in powers for lead in (1, 2, 5)]
        axis["tickmode"] = "array"
        axis["tickvals"] = ticks
        axis["ticktext"] = [f"{value:.4g}" for value in ticks]
    elif span < 12:
        axis["dtick"] = 1
    return axis


def _unit_of_time(
    seconds: float, units: tuple[tuple[str, float], ...] = _SECONDS
) -> tuple[str, float]:
    """The largest unit of time that is not longer than a time."""
    for unit in units:
        if seconds >= unit[1]:
            return unit
    return units[-1]
