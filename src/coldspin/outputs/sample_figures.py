"""Figures of results, ready to print. They consume Datasets and compute nothing."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from coldspin.arguments import Array

_STYLE = Path(__file__).with_name("coldspin.mplstyle")


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib with the package's style, for the time of a with-block, on a backend that needs no screen."""
    import matplotlib as mpl

    mpl.use("Agg")
    with mpl.rc_context(fname=_STYLE):
        yield


def save(figure: "Figure", path: Path) -> None:
    """Write `figure` in the format of the suffix of `path`, without the date, so that equal figures are equal files."""
    import matplotlib.pyplot as plt

    metadata = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(path.suffix.lower())
    subsetting = logging.getLogger("fontTools")
    level = subsetting.level
    content = (
        BytesIO()
    )  # matplotlib ends in an error of its own when the disk is full in the middle of a PDF
    subsetting.setLevel(logging.ERROR)  # it warns of the dates in matplotlib's own fonts
    try:
        with style():  # resolution and fonts are decided when a figure is written
            if path.suffix.lower() == ".svg":
                _with_letters_that_browsers_have(figure)
            figure.savefig(content, format=path.suffix[1:].lower(), metadata=metadata)
    finally:
        subsetting.setLevel(level)
    plt.close(figure)
    path.write_bytes(content.getvalue())


def _with_letters_that_browsers_have(figure: "Figure") -> None:
    """Set formulas in a font whose characters are Unicode: text in the style's own shows other letters in a browser."""
    import matplotlib as mpl
    from matplotlib.text import Text

    mpl.rcParams["mathtext.fontset"] = "dejavusans"
    for text in figure.findobj(Text):
        text.set_math_fontfamily("dejavusans")


def plot_cool(
    dataset: "xr.Dataset", unit: str = "mT", optimum: "xr.Dataset | None" = None
) -> "Figure":
    """Draw β and |θ_N| of :func:`coldspin.cool` against B in `unit`, and circles at the maxima of `optimum`.

    Of :func:`coldspin.branches` every state is a point, the unstable ones open.
    """
    import matplotlib.pyplot as plt

    if "stable" in dataset:
        return _plot_states(dataset, unit)
    data, scale = dataset.sortby("field"), _field_scale(unit)
    field, beta = data["field"].values * scale, data["inverse_spin_temperature"].values
    power = _power(beta)
    with style():
        figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.4, 4.0))
        upper.axhline(0, color="0.7", linewidth=0.6, zorder=0)
        upper.plot(field, beta / 10**power, marker=_marker(field))
        upper.set_ylabel(rf"$\beta$ ($10^{{{power}}}$ J$^{{-1}}$)")
        temperature = data["spin_temperature"].values * 1e6
        for sign, line, label in ((1, "-", r"$\theta_N > 0$"), (-1, "--", r"$\theta_N < 0$")):
            branch = [abs(value) if value * sign > 0 else float("nan") for value in temperature]
            if any(value < float("inf") for value in branch):
                lower.plot(field, branch, line, marker=_marker(field), label=label)
        lower.set(xlabel=f"$B$ ({_symbol(unit)})", ylabel=r"$|\theta_N|$ (µK)", yscale="log")
        for axes, name, factor in (
            (upper, "inverse_spin_temperature", 10.0**-power),
            (lower, "spin_temperature", 1e6),
        ):
            if optimum is not None:
                _mark(axes, optimum, name, scale, factor)
            if optimum is not None or (axes is lower and (temperature < 0).any()):
                axes.legend()
    return figure


def _plot_states(dataset: "xr.Dataset", unit: str) -> "Figure":
    """Draw β and the Overhauser field of every state, point by point."""
    import matplotlib.pyplot as plt

    field, stable = dataset["field"].values * _field_scale(unit), dataset["stable"].values
    power = _power(dataset["inverse_spin_temperature"].values)
    with style():
        figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.4, 4.0))
        for axes, name, factor, label in (
            (
                upper,
                "inverse_spin_temperature",
                10.0**-power,
                rf"$\beta$ ($10^{{{power}}}$ J$^{{-1}}$)",
            ),
            (lower, "overhauser_field", 1e3, r"$B_N$ (mT)"),
        ):
            values = dataset[name].values * factor
            axes.plot(field[stable], values[stable], ".", markersize=2.5, label="stable")
            if not stable.all():
                axes.plot(
                    field[~stable],
                    values[~stable],
                    "o",
                    markersize=2,
                    markerfacecolor="none",
                    label="unstable",
                )
                axes.legend()
            axes.set_ylabel(label)
        lower.set_xlabel(f"$B$ ({_symbol(unit)})")
    return figure


def plot_relax(dataset: "xr.Dataset", unit: str = "mT") -> "Figure":
    """Draw the warming rate 1/T_E of :func:`coldspin.relax` and its two parts against B in `unit`."""
    import matplotlib.pyplot as plt

    data = dataset.sortby("field")
    field = data["field"].values * _field_scale(unit)
    with style():
        figure, axes = plt.subplots()
        for name, line, label in (
            ("relaxation_rate", "-", r"$1/T_{\mathcal{E}}$"),
            ("zeeman_relaxation_rate", "--", "Zeeman reservoir"),
            ("spin_spin_relaxation_rate", ":", "spin-spin reservoir"),
        ):
            values = data[name].values
            axes.plot(
                field,
                [value if value > 0 else float("nan") for value in values],
                line,
                marker=_marker(field),
                label=label,
            )
        axes.set(xlabel=f"$B$ ({_symbol(unit)})", ylabel=r"warming rate (s$^{-1}$)", yscale="log")
        axes.legend()
    return figure


def _mark(
    axes: "Axes", optimum: "xr.Dataset", name: str, field_scale: float, factor: float
) -> None:
    best = optimum.where(optimum["kind"] == "maximum", drop=True)
    height = best[name].values * factor
    axes.plot(
        best["field"].values * field_scale,
        abs(height) if axes.get_yscale() == "log" else height,
        "o",
        color="C2",
        markerfacecolor="none",
        label=r"largest $|\beta|$",
    )


def _field_scale(unit: str) -> float:
    return 1 / float(si("unit", f"1 {unit}", FIELD))


def _symbol(unit: str) -> str:
    return unit.replace("u", "µ") if unit in ("uT", "uG") else unit


def _power(values: "Array") -> int:
    size = max((abs(value) for value in values), default=0.0)
    return math.floor(math.log10(size)) if size else 0


def _marker(field: "Array") -> str:
    """Points are shown one by one while they are few."""
    return "." if len(field) < 30 else ""
