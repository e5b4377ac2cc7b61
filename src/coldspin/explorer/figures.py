"""Figures of the page, as what plotly takes: dictionaries of numbers and text. They consume results."""

from base64 import b64decode, b64encode
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.constants import BOLTZMANN
from coldspin.explorer.curves import Map
from coldspin.explorer.state import State
from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr

Figure = dict[str, Any]

BLACK, ORANGE, BLUE, GREEN, GREY = "#000000", "#B84A00", "#0066A1", "#00785A", "#595959"
_ELECTRONVOLT = 1.602176634e-19
_SECONDS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12))


def per_field(unit: str) -> float:
    """One tesla in `unit`."""
    return 1 / float(si("unit", f"1 {unit}", FIELD))


def temperature_scale(state: State) -> tuple[str, float]:
    """Name of the axis of temperature, and the factor from kelvin."""
    if state.temperature == "µK":
        return "|θ<sub>N</sub>| (µK)", 1e6
    return "|1/β| (neV)", BOLTZMANN / _ELECTRONVOLT * 1e9


def temperature_figure(data: "xr.Dataset", state: State) -> Figure:
    """β above, |θ_N| or |1/β| below, dashed where it is negative."""
    x, (label, scale) = data.field.values * per_field(state.unit), temperature_scale(state)
    theta = data.spin_temperature.values * scale
    traces = [line(x, data.inverse_spin_temperature.values, "β", BLACK)]
    for sign, dash, name in ((1, "solid", "θ<sub>N</sub> > 0"), (-1, "dash", "θ<sub>N</sub> < 0")):
        branch = np.where(np.isfinite(theta) & (theta * sign > 0), np.abs(theta), np.nan)
        if np.isfinite(branch).any():
            traces.append(line(x, branch, name, ORANGE, axis=2, dash=dash))
    lower = _log_axis(np.abs(theta), label)
    return {
        "data": traces,
        "layout": stacked(_field_title(state), ({"title": _title("β (1/J)")}, lower), state),
    }


def mark_traces(found: "xr.Dataset", state: State) -> list[dict[str, Any]]:
    """Circles at the maxima of |β| and squares at its minima, on both curves."""
    _, scale = temperature_scale(state)
    traces = []
    for kind, symbol in (("maximum", "circle-open"), ("minimum", "square-open")):
        here = found.isel(extremum=np.flatnonzero(found.kind.values == kind))
        if not here.sizes["extremum"]:
            continue
        x = here.field.values * per_field(state.unit)
        values = (
            here.inverse_spin_temperature.values,
            np.abs(here.spin_temperature.values) * scale,
        )
        for axis, y in enumerate(values, start=1):
            marker = {"symbol": symbol, "size": 10, "color": BLUE, "line": {"width": 2}}
            traces.append(
                {
                    "x": numbers(x),
                    "y": numbers(y),
                    "mode": "markers",
                    "name": f"{kind} of |β|",
                    "marker": marker,
                }
                | {"yaxis": f"y{axis}" if axis > 1 else "y", "showlegend": axis == 1}
            )
    return traces


def spins_figure(data: "xr.Dataset", state: State) -> Figure:
    """Polarization above, Overhauser field below."""
    one = per_field(state.unit)
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
        "layout": stacked(_field_title(state), axes, state) | {"showlegend": False},
    }


def dark_figure(data: "xr.Dataset", state: State) -> Figure:
    """Warming rate in the dark and its parts."""
    x = data.field.values * per_field(state.unit)
    names = {
        "relaxation_rate": ("1/T<sub>E</sub>", BLACK, "solid"),
        "zeeman_relaxation_rate": ("Zeeman reservoir", ORANGE, "dash"),
        "spin_spin_relaxation_rate": ("spin-spin reservoir", BLUE, "dot"),
        "leakage_rate": ("leakage", GREEN, "dashdot"),
    }
    traces = [
        line(x, _above(data[n].values), *named[:2], dash=named[2])
        for n, named in names.items()
        if n in data
    ]
    rate = _log_axis(data.relaxation_rate.values, "warming rate (1/s)", least=1e-6)
    return {
        "data": traces,
        "layout": layout(state) | {"xaxis": _axis(_field_title(state)), "yaxis": _axis("") | rate},
    }


def coefficients_figure(data: "xr.Dataset", state: State) -> Figure:
    """Φ above, T1e below."""
    x, time = data.field.values * per_field(state.unit), data.electron_relaxation_time.values
    unit, size = _seconds(float(np.nanmin(time)))
    traces = [
        line(x, data.heating_coefficient.values, "Φ", BLACK),
        line(x, time / size, "T<sub>1e</sub>", BLUE, axis=2),
    ]
    axes = ({"title": _title("Φ")}, _log_axis(time / size, f"T<sub>1e</sub> ({unit})"))
    return {
        "data": traces,
        "layout": stacked(_field_title(state), axes, state) | {"showlegend": False},
    }


def map_figure(found: Map, state: State, time: float) -> Figure:
    """|β| over field and correlation time, with a line at the present τ_c."""
    x, size = found.field * per_field(state.unit), np.abs(found.beta)
    unit, second = _seconds(float(np.median(found.time)))
    heat = {
        "type": "heatmap",
        "x": numbers(x),
        "y": numbers(found.time / second),
        "z": numbers(size),
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": "|β| (1/J)"}, "exponentformat": "power", "thickness": 12},
        "hovertemplate": f"B = %{{x:.4g}} {state.unit}<br>τ = %{{y:.3g}} {unit}<br>|β| = "
        f"%{{z:.3g}} 1/J<extra></extra>",
    }
    here = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": time / second,
        "y1": time / second,
    }
    here["line"] = {"color": "#FFFFFF", "width": 2, "dash": "dash"}
    vertical = _axis(f"τ<sub>c</sub> ({unit})") | {
        "type": "log",
        "exponentformat": "power",
        "dtick": 1,
    }
    axes = {"xaxis": _axis(_field_title(state)), "yaxis": vertical}
    return {"data": [heat], "layout": layout(state) | axes | {"shapes": [here]}}


def line(
    x: Array, y: Array, name: str, color: str, *, axis: int = 1, dash: str = "solid"
) -> dict[str, Any]:
    """One curve, on the first or the second axis."""
    style = {"color": color, "width": 2, "dash": dash}
    where = {"yaxis": f"y{axis}"} if axis > 1 else {}
    return {"x": numbers(x), "y": numbers(y), "mode": "lines", "name": name, "line": style, **where}


def numbers(values: Array) -> dict[str, str]:
    """Double precision as plotly takes it, in base 64, with all its digits; NaN, which is not drawn, for infinity."""
    given = np.asarray(values, dtype="<f8")
    packed = {
        "dtype": "f8",
        "bdata": b64encode(np.where(np.isfinite(given), given, np.nan).tobytes()).decode("ascii"),
    }
    return packed if given.ndim == 1 else packed | {"shape": ", ".join(map(str, given.shape))}


def unpacked(packed: dict[str, str]) -> Array:
    """Numbers of one dimension again."""
    return np.frombuffer(b64decode(packed["bdata"]), "<f8")


def stacked(
    title: str, axes: tuple[dict[str, Any], dict[str, Any]], state: State
) -> dict[str, Any]:
    """Layout of two panels above one another with the same abscissa."""
    upper, lower = ({**_axis(""), **axis, "title": _title(axis["title"]["text"])} for axis in axes)
    return layout(state) | {
        "xaxis": _axis(title) | {"anchor": "y2", "mirror": "allticks"},
        "yaxis": upper | {"domain": [0.54, 1.0]},
        "yaxis2": lower | {"domain": [0.0, 0.46]},
    }


def layout(state: State) -> dict[str, Any]:
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
        "ticklabeloverflow": "allow",  # else plotly measures every label again, a fifth of the time of a drawing
        "gridcolor": "#e6e6e6",
        "zerolinecolor": "#bbbbbb",
        "exponentformat": "power",
    }


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "standoff": 8}


def _field_title(state: State) -> str:
    return f"B ({state.unit})"


def _log_axis(values: Array, title: str, least: float = 1e-4) -> dict[str, Any]:
    """Logarithmic axis over the values that there are, not further down than `least` of the largest."""
    good = values[np.isfinite(values) & (values > 0)]
    if not good.size:
        return {"title": _title(title)}
    low, high = float(good.min()), float(good.max())
    high = min(high, low / least) if "rate" not in title else high
    low = max(low, high * least)
    span = log10(high / low)
    if span < 0.5:  # no two of 1, 2, 5 may be within
        return {"title": _title(title)}
    ticks: dict[str, Any] = _ticks(low, high) if span <= 1.5 else {"dtick": 1} if span < 12 else {}
    return {
        "title": _title(title),
        "type": "log",
        "range": [log10(low) - 0.08 * span, log10(high) + 0.08 * span],
        **ticks,
    }


def _ticks(low: float, high: float) -> dict[str, Any]:
    """1, 2, 5 of each decade, written out."""
    powers = range(floor(log10(low)) - 1, floor(log10(high)) + 2)
    values = [float(f"{lead}e{power}") for power in powers for lead in (1, 2, 5)]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [f"{value:.4g}" for value in values],
    }


def _above(values: Array) -> Array:
    result: Array = np.where(values > 0, values, np.nan)
    return result


def _seconds(size: float) -> tuple[str, float]:
    """The largest unit of time of which there is at least one."""
    return next((unit for unit in _SECONDS if size >= unit[1]), _SECONDS[-1])
