"""Figure of an experiment in stages: β, |θ_N| and the Overhauser field against time."""

from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.outputs.sample_figures import style
from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TIMES = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
_FIELDS = (("T", 1.0), ("mT", 1e-3), ("µT", 1e-6), ("nT", 1e-9))
_SHADES = {"pump": "#fdebd0", "dark": "#e3e6ea", "sweep": "#dcefe3"}
_NARROW = 0.12  # share of the axis below which a stage has no room for its field above it
_TOGETHER = 0.04  # share of the axis within which narrow stages are named together


def plot_protocol(dataset: "xr.Dataset", unit: str = "mT") -> "Figure":
    """Draw β, |θ_N| and B_N of :func:`coldspin.protocols.run` against time.

    Stages are shaded, with their fields in `unit`; circles mark the results of Measure stages.
    """
    import matplotlib.pyplot as plt

    time_unit, second = _choose_unit(dataset["time"].values, _TIMES, least=1.5)
    overhauser_unit, tesla = _choose_unit(dataset["overhauser_field"].values, _FIELDS, least=1.0)
    time = dataset["time"].values / second
    beta = dataset["inverse_spin_temperature"].values
    power = int(np.floor(np.log10(np.abs(beta).max()))) if beta.any() else 0
    scaled_beta = beta / 10.0**power
    temperature = dataset["spin_temperature"].values * 1e6
    overhauser = dataset["overhauser_field"].values / tesla
    with style():
        figure, (upper, middle, lower) = plt.subplots(3, 1, sharex=True, figsize=(4.6, 5.2))
        color = upper.plot(time, scaled_beta)[0].get_color()
        upper.set_ylabel(rf"$\beta$ ($10^{{{power}}}$ J$^{{-1}}$)")
        _plot_temperature(middle, time, temperature, color)
        lower.plot(time, overhauser)
        lower.set(xlabel=f"time ({time_unit})", ylabel=rf"$B_N$ ({overhauser_unit})")
        # Room for stages that take no time; something to look at where no stage takes any.
        span = float(time[-1] - time[0]) or 1.0
        lower.set_xlim(float(time[0]) - 0.02 * span, float(time[-1]) + 0.02 * span)
        measured = dataset["stage_kind"].values == "measure"
        magnitude = np.where(beta != 0, np.abs(temperature), np.nan)
        circle = {"color": color, "markerfacecolor": "none", "clip_on": False}
        for axes, values in ((upper, scaled_beta), (middle, magnitude), (lower, overhauser)):
            axes.plot(time[measured], values[measured], "o", **circle)
        for axes in (upper, lower):
            axes.axhline(0, color="0.6", linewidth=0.6, zorder=0.5)
        _shade_stages(dataset, (upper, middle, lower), time, unit)
        figure.align_ylabels()
    return figure


def _plot_temperature(axes: "Axes", time: Array, temperature: Array, color: Any) -> None:
    """|θ_N| on a logarithmic axis, θ_N < 0 dashed."""
    finite = np.isfinite(temperature)
    for sign, line, relation in ((1, "-", ">"), (-1, "--", "<")):
        branch = np.where(finite & (temperature * sign > 0), np.abs(temperature), np.nan)
        if np.isfinite(branch).any():
            axes.plot(time, branch, line, color=color, label=rf"$\theta_N {relation} 0$")
    axes.set(yscale="log", ylabel=r"$|\theta_N|$ (µK)")
    if (temperature[finite] < 0).any():
        axes.legend(loc="best")


def _shade_stages(
    dataset: "xr.Dataset", panels: tuple["Axes", ...], time: Array, unit: str
) -> None:
    """Shade the stages, and write their kinds above the first panel; wide ones have their field."""
    per_tesla = 1 / float(si("unit", f"1 {unit}", FIELD))
    stage = dataset["stage"].values
    low, high = panels[0].get_xlim()
    narrow: list[tuple[float, list[str]]] = []
    for number in np.unique(stage):
        rows = np.flatnonzero(stage == number)
        first = float(time[rows[0]])
        last = float(time[rows[-1]])
        kind = str(dataset["stage_kind"].values[rows[0]])
        middle = (first + last) / 2
        for axes in panels:
            if last > first:
                axes.axvspan(first, last, color=_SHADES.get(kind, "none"), zorder=0, linewidth=0)
            else:
                axes.axvline(first, color="0.4", linewidth=0.6, linestyle=":", zorder=0.6)
        if last - first >= _NARROW * (high - low):
            start, end = dataset["field"].values[rows[[0, -1]]] * per_tesla
            fields = f"{start:.3g}" if start == end else f"{start:.3g} to {end:.3g}"
            _write_above(panels[0], middle, f"{kind}\n{fields} {unit}".replace("-", "−"), tier=0)
        elif narrow and middle - narrow[-1][0] < _TOGETHER * (high - low):
            narrow[-1][1].append(kind)
        else:
            narrow.append((middle, [kind]))
    for i, (place, kinds) in enumerate(narrow):
        _write_above(panels[0], place, ", ".join(dict.fromkeys(kinds)), tier=1 + i % 2)


def _write_above(axes: "Axes", place: float, text: str, *, tier: int) -> None:
    """Text above the axes, in one of three rows, kept inside them at the right end."""
    low, high = axes.get_xlim()
    at_the_end = place > low + 0.85 * (high - low) and tier > 0
    axes.annotate(
        text,
        (place, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, (2, 21, 29)[tier]),
        textcoords="offset points",
        ha="right" if at_the_end else "center",
        va="bottom",
        fontsize=6,
        color="0.3",
        linespacing=1.3,
    )


def _choose_unit(
    values: Array, units: tuple[tuple[str, float], ...], *, least: float
) -> tuple[str, float]:
    """The largest unit, with its size, of which the largest value has at least `least`."""
    size = float(np.abs(values).max(initial=0.0))
    if not size:
        return units[2]
    return next((unit for unit in units if size >= least * unit[1]), units[-1])
