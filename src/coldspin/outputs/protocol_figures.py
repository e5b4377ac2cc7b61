"""The course of an experiment in stages, drawn: β, |θ_N| and the Overhauser field against time."""

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
_NARROW = (
    0.12  # share of the axis below which a stage is too narrow for its field to be written above it
)
_TOGETHER = 0.04  # share of the axis within which narrow stages are named together


def plot_protocol(dataset: "xr.Dataset", unit: str = "mT") -> "Figure":
    """Draw β, |θ_N| and B_N of :func:`coldspin.protocols.run` against time.

    Stages are shaded, their fields written in `unit`; a circle is what a Measure found.
    """
    import matplotlib.pyplot as plt

    time, beta = dataset["time"].values, dataset["inverse_spin_temperature"].values
    name, second = _scale(time, _TIMES, least=1.5)
    seen = dataset["stage_kind"].values == "measure"
    power = int(np.floor(np.log10(np.abs(beta).max()))) if beta.any() else 0
    tesla, strength = _scale(dataset["overhauser_field"].values, _FIELDS, least=1.0)
    with style():
        figure, (upper, middle, lower) = plt.subplots(3, 1, sharex=True, figsize=(4.6, 5.2))
        color = upper.plot(time / second, beta / 10.0**power)[0].get_color()
        upper.set_ylabel(rf"$\beta$ ($10^{{{power}}}$ J$^{{-1}}$)")
        _temperature(middle, time / second, dataset["spin_temperature"].values * 1e6, color)
        lower.plot(time / second, dataset["overhauser_field"].values / strength)
        lower.set(xlabel=f"time ({name})", ylabel=rf"$B_N$ ({tesla})")
        lower.set_xlim(*_limits(time / second))
        theta = np.where(beta != 0, np.abs(dataset["spin_temperature"].values) * 1e6, np.nan)
        overhauser = dataset["overhauser_field"].values
        for axes, values in (
            (upper, beta / 10.0**power),
            (middle, theta),
            (lower, overhauser / strength),
        ):
            axes.plot(
                time[seen] / second,
                values[seen],
                "o",
                color=color,
                markerfacecolor="none",
                clip_on=False,
            )
        for axes in (upper, lower):
            axes.axhline(0, color="0.6", linewidth=0.6, zorder=0.5)
        _stages(
            dataset, (upper, middle, lower), second, 1 / float(si("unit", f"1 {unit}", FIELD)), unit
        )
        figure.align_ylabels()
    return figure


def _temperature(axes: "Axes", time: Array, temperature: Array, color: Any) -> None:
    """|θ_N| on a logarithmic axis, θ_N < 0 dashed."""
    finite = np.isfinite(temperature)
    for sign, line in ((1, "-"), (-1, "--")):
        branch = np.where(finite & (temperature * sign > 0), np.abs(temperature), np.nan)
        if np.isfinite(branch).any():
            axes.plot(
                time, branch, line, color=color, label=rf"$\theta_N {'>' if sign > 0 else '<'} 0$"
            )
    axes.set(yscale="log", ylabel=r"$|\theta_N|$ (µK)")
    if (temperature[finite] < 0).any():
        axes.legend(loc="best")


def _stages(
    dataset: "xr.Dataset", panels: tuple["Axes", ...], second: float, per_tesla: float, unit: str
) -> None:
    """Shade the stages, and write above the first panel what they are: in the wide ones the kind and the field."""
    stage, time = dataset["stage"].values, dataset["time"].values / second
    low, high = panels[0].get_xlim()
    narrow: list[tuple[float, list[str]]] = []
    for number in np.unique(stage):
        rows = np.flatnonzero(stage == number)
        first, last = float(time[rows[0]]), float(time[rows[-1]])
        kind = str(dataset["stage_kind"].values[rows[0]])
        fields = dataset["field"].values[rows[[0, -1]]] * per_tesla
        middle = (first + last) / 2
        for axes in panels:
            if last > first:
                axes.axvspan(first, last, color=_SHADES.get(kind, "none"), zorder=0, linewidth=0)
            else:
                axes.axvline(first, color="0.4", linewidth=0.6, linestyle=":", zorder=0.6)
        if last - first >= _NARROW * (high - low):
            ends = (
                f"{fields[0]:.3g}"
                if fields[0] == fields[1]
                else f"{fields[0]:.3g} to {fields[1]:.3g}"
            )
            _write(panels[0], middle, f"{kind}\n{ends} {unit}".replace("-", "−"), tier=0)
        elif narrow and middle - narrow[-1][0] < _TOGETHER * (high - low):
            narrow[-1][1].append(kind)
        else:
            narrow.append((middle, [kind]))
    for i, (place, kinds) in enumerate(narrow):
        _write(panels[0], place, ", ".join(dict.fromkeys(kinds)), tier=1 + i % 2)


def _write(axes: "Axes", place: float, text: str, *, tier: int) -> None:
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


def _limits(time: Array) -> tuple[float, float]:
    """From the start to the end, with room for what takes no time; something to look at where nothing takes any."""
    span = float(time[-1] - time[0]) or 1.0
    return float(time[0]) - 0.02 * span, float(time[-1]) + 0.02 * span


def _scale(
    values: Array, units: tuple[tuple[str, float], ...], *, least: float
) -> tuple[str, float]:
    """The largest unit of which the largest value has at least `least`, and its size."""
    size = float(np.abs(values).max(initial=0.0))
    return next(
        (unit for unit in units if size >= least * unit[1]), units[-1] if size else units[2]
    )
