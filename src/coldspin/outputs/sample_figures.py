"""Figures of results, ready to print. They consume Datasets and compute nothing."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from coldspin.arguments import Array

_STYLE = Path(__file__).with_name("coldspin.mplstyle")


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib with the package's style in a with-block, on a backend that needs no screen."""
    import matplotlib as mpl

    mpl.use("Agg")
    with mpl.rc_context(fname=_STYLE):
        yield


def save(figure: "Figure", path: Path) -> None:
    """Write `figure` in the format of the suffix of `path`.

    The file has no date, so that equal figures are equal files.
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from matplotlib.text import Text

    suffix = path.suffix.lower()
    metadata = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(suffix)
    # In memory first: matplotlib fails in its own way when a disk is full in the middle of a PDF.
    content = BytesIO()
    subsetting = logging.getLogger("fontTools")
    level = subsetting.level
    subsetting.setLevel(logging.ERROR)  # it warns of the dates in matplotlib's own fonts
    try:
        with style():  # resolution and fonts are decided when a figure is written
            if suffix == ".svg":
                # The letters of the style's own formula font are not at their Unicode places, so a
                # browser would show others.
                mpl.rcParams["mathtext.fontset"] = "dejavusans"
                for text in figure.findobj(Text):
                    text.set_math_fontfamily("dejavusans")
            figure.savefig(content, format=suffix[1:], metadata=metadata)
    finally:
        subsetting.setLevel(level)
    plt.close(figure)
    path.write_bytes(content.getvalue())


def plot_cool(
    dataset: "xr.Dataset", unit: str = "mT", optimum: "xr.Dataset | None" = None
) -> "Figure":
    """Draw β and |θ_N| of :func:`coldspin.cool` against B in `unit`.

    Circles mark the maxima of `optimum`. Of :func:`coldspin.branches` every state is a point, the
    unstable ones open.
    """
    import matplotlib.pyplot as plt

    if "stable" in dataset:
        return _plot_states(dataset, unit)
    data = dataset.sortby("field")
    per_tesla = _per_tesla(unit)
    field = data["field"].values * per_tesla
    marker = _marker(field)
    beta = data["inverse_spin_temperature"].values
    power = _power_of_ten(beta)
    temperature = data["spin_temperature"].values * 1e6
    with style():
        figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.4, 4.0))
        upper.axhline(0, color="0.7", linewidth=0.6, zorder=0)
        upper.plot(field, beta / 10**power, marker=marker)
        upper.set_ylabel(_beta_label(power))
        for sign, line, label in ((1, "-", r"$\theta_N > 0$"), (-1, "--", r"$\theta_N < 0$")):
            branch = np.where(temperature * sign > 0, np.abs(temperature), np.nan)
            if np.isfinite(branch).any():
                lower.plot(field, branch, line, marker=marker, label=label)
        lower.set(xlabel=_field_label(unit), ylabel=r"$|\theta_N|$ (µK)", yscale="log")
        if optimum is not None:
            best = optimum.where(optimum["kind"] == "maximum", drop=True)
            places = best["field"].values * per_tesla
            _circle(upper, places, best["inverse_spin_temperature"].values * 10.0**-power)
            _circle(lower, places, np.abs(best["spin_temperature"].values * 1e6))
            upper.legend()
        if optimum is not None or (temperature < 0).any():
            lower.legend()
    return figure


def _circle(axes: "Axes", places: "Array", heights: "Array") -> None:
    axes.plot(places, heights, "o", color="C2", markerfacecolor="none", label=r"largest $|\beta|$")


def _plot_states(dataset: "xr.Dataset", unit: str) -> "Figure":
    """Draw β and the Overhauser field of every state, point by point."""
    import matplotlib.pyplot as plt

    field = dataset["field"].values * _per_tesla(unit)
    stable = dataset["stable"].values
    beta = dataset["inverse_spin_temperature"].values
    power = _power_of_ten(beta)
    with style():
        figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.4, 4.0))
        _plot_stability(upper, field, beta * 10.0**-power, stable)
        _plot_stability(lower, field, dataset["overhauser_field"].values * 1e3, stable)
        upper.set_ylabel(_beta_label(power))
        lower.set(xlabel=_field_label(unit), ylabel=r"$B_N$ (mT)")
    return figure


def _plot_stability(
    axes: "Axes", field: "Array", values: "Array", stable: "NDArray[np.bool_]"
) -> None:
    axes.plot(field[stable], values[stable], ".", markersize=2.5, label="stable")
    if not stable.all():
        unstable: dict[str, Any] = {"markersize": 2, "markerfacecolor": "none", "label": "unstable"}
        axes.plot(field[~stable], values[~stable], "o", **unstable)
        axes.legend()


def plot_relax(dataset: "xr.Dataset", unit: str = "mT") -> "Figure":
    """Draw 1/T_E of :func:`coldspin.relax` and its two parts against B in `unit`."""
    import matplotlib.pyplot as plt

    data = dataset.sortby("field")
    field = data["field"].values * _per_tesla(unit)
    with style():
        figure, axes = plt.subplots()
        for name, line, label in (
            ("relaxation_rate", "-", r"$1/T_{\mathcal{E}}$"),
            ("zeeman_relaxation_rate", "--", "Zeeman reservoir"),
            ("spin_spin_relaxation_rate", ":", "spin-spin reservoir"),
        ):
            rates = data[name].values
            positive = np.where(rates > 0, rates, np.nan)
            axes.plot(field, positive, line, marker=_marker(field), label=label)
        axes.set(xlabel=_field_label(unit), ylabel=r"warming rate (s$^{-1}$)", yscale="log")
        axes.legend()
    return figure


def _per_tesla(unit: str) -> float:
    return 1 / float(si("unit", f"1 {unit}", FIELD))


def _field_label(unit: str) -> str:
    symbol = unit.replace("u", "µ") if unit in ("uT", "uG") else unit
    return f"$B$ ({symbol})"


def _beta_label(power: int) -> str:
    return rf"$\beta$ ($10^{{{power}}}$ J$^{{-1}}$)"


def _power_of_ten(values: "Array") -> int:
    """Power of ten of the largest magnitude; 0 for none."""
    size = float(np.nanmax(np.abs(values), initial=0.0))
    return math.floor(math.log10(size)) if size else 0


def _marker(field: "Array") -> str:
    """Points are shown one by one while they are few."""
    return "." if len(field) < 30 else ""
