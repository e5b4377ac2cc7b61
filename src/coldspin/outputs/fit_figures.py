"""Figures of fits: data with curves, bands and residuals; samples of a posterior."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import (
    Findings,
    Fit,
    FittedCurve,
    Measurement,
    fitted_curve,
    residuals_apart,
)
from coldspin.outputs.fit_units import DisplayUnit, choose_axis_unit, choose_unit
from coldspin.outputs.sample_figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVELS = (0.68, 0.95)
LINEAR_ROOM = 0.4  # room of the linear part of an axis that is logarithmic beyond it, in decades
_DATA = "data"
_BEST = "best curve"
_CLASSICAL = "classical theory"
_BAND = "{:g}% band, by covariance"
_LEGEND_ORDER = (_DATA, _BEST, _CLASSICAL, *(_BAND.format(100 * level) for level in LEVELS))
_DECADES = 1.5  # span of positive data from which an axis is logarithmic
_CROWDED = 0.25  # share of a linear axis that half of such data keep to
_IN_A_ROW = {1: 1, 2: 2, 4: 2}  # panels in a row by their number; 3 otherwise
_WIDTHS = (3.4, 6.8, 7.1)  # of the figure, by panels in a row
_HEIGHT = 2.9  # of a panel with its residuals
_LEGEND_HEIGHTS = (0.5, 0.25, 0.25)  # by panels in a row
_MARGIN = 0.06  # of an axis, in shares of what it shows
_STRAYS = 0.5  # shares of the span of the data to which a curve may widen the axis
_LEAST_REACH = 3.0  # standard errors to both sides that residuals always have room for
_PLAIN = (5e-3, 2e4)  # ends of a logarithmic axis that is labelled without powers of ten
_MANY = 3000  # points from which they are one image in a vector figure


@dataclass(frozen=True)
class Panel:
    """Data and curves of one measurement [SI], with the unit and the scale of each axis.

    `residuals` are (data − curve) in standard errors, estimated from the scatter where `known` is
    false; `factors` are the standard deviations that a band of each level has to both sides.
    """

    measurement: Measurement
    curve: FittedCurve
    classical: FittedCurve | None
    residuals: Array
    known: bool
    factors: tuple[float, ...]
    units: tuple[DisplayUnit, DisplayUnit]
    scales: tuple[str, str]

    def description(self) -> str:
        """Say in words what the figure shows."""
        measurement = self.measurement
        across, up = (axis.name.replace("_", " ") for axis in measurement.model.axes)
        points = f"{measurement.x.size} points"
        if measurement.error is not None:
            points += " with error bars"
        ends = []
        for unit, values in zip(self.units, (measurement.x, measurement.y), strict=True):
            ends.append(f"{unit.number(values.min(), 3)} to {unit.value(values.max(), 3)}")
        classical = ", dashed the classical theory" if self.classical else ""
        largest = np.abs(self.residuals).max()
        return (
            f"{measurement.name}: {points}, {up} from {ends[1]} against {across} from {ends[0]}, "
            f"the best curve with its bands{classical}. Below, the residuals: the largest is "
            f"{largest:.2g} standard errors."
        )


def plot_fit(findings: Findings, unit: str | None = None) -> "Figure":
    """Draw each measurement with error bars, the best curve and its bands; below, the residuals.

    The bands follow from the covariance of the parameters, by the slopes of the curve; dashed is
    the best curve of the classical theory, where there is a comparison. Fields are in `unit`;
    without one, in a unit of their size.
    """
    return draw_panels(list_panels(findings, unit))


def list_panels(findings: Findings, unit: str | None = None) -> list[Panel]:
    """What :func:`plot_fit` draws, one for each measurement."""
    fit = findings.fit
    classical = findings.comparison.classical if findings.comparison else None
    factors = tuple(band_factor(fit, level) for level in LEVELS)
    scatter = sqrt(fit.variance_factor) or 1.0
    residuals = residuals_apart(fit)
    panels = []
    for i, measurement in enumerate(fit.problem.measurements):
        scales = (
            _choose_scale(measurement.x, may_be_zero=True),
            _choose_scale(measurement.y, may_be_zero=False),
        )
        x, y = (
            choose_axis_unit(
                values, axis, unit=unit, measured=measurement.unit, logarithmic=scale != "linear"
            )
            for values, axis, scale in zip(
                (measurement.x, measurement.y), measurement.model.axes, scales, strict=True
            )
        )
        with np.errstate(all="ignore"):  # between points of the data, a curve may have poles
            best_curve = fitted_curve(fit, i)
            classical_curve = fitted_curve(classical, i) if classical else None
        panels.append(
            Panel(
                measurement,
                best_curve,
                classical_curve,
                residuals[i] / scatter,
                fit.problem.errors_known,
                factors,
                (x, y),
                scales,
            )
        )
    return panels


def draw_panels(panels: Sequence[Panel]) -> "Figure":
    """Draw panels, at most three in a row, with one legend below them."""
    import matplotlib.pyplot as plt

    across = _IN_A_ROW.get(len(panels), 3)
    down = ceil(len(panels) / across)
    size = (_WIDTHS[across - 1], down * _HEIGHT + _LEGEND_HEIGHTS[across - 1])
    with style():
        figure = plt.figure(figsize=size)
        grid = figure.add_gridspec(down, across)
        handles: dict[str, Any] = {}
        for i, panel in enumerate(panels):
            rows = grid[divmod(i, across)].subgridspec(2, 1, height_ratios=(3, 1), hspace=0.04)
            upper = figure.add_subplot(rows[0])
            lower = figure.add_subplot(rows[1], sharex=upper)
            _draw_curves(upper, panel)
            _draw_residuals(lower, panel)
            figure.align_ylabels([upper, lower])
            for handle, label in zip(*upper.get_legend_handles_labels(), strict=True):
                handles.setdefault(label, handle)
        labels = [label for label in _LEGEND_ORDER if label in handles]
        columns = 2 if across == 1 else len(labels)
        drawn = [handles[label] for label in labels]
        figure.legend(drawn, labels, loc="outside lower center", ncols=columns)
    return figure


def plot_posterior(findings: Findings, unit: str | None = None) -> "Figure":
    """Draw the samples of each parameter and pair of parameters, with the best values.

    Contours hold 68% and 95%. Parameters are in a unit of their size, fields in `unit`; on a
    logarithmic axis where the samples of a scale span more than a decade and a half. Raises
    InvalidInputError where there is no posterior, or no corner to draw it.
    """
    if findings.posterior is None:
        raise InvalidInputError(
            "there is no posterior to draw", remedy="fit with posterior_steps, such as 2000"
        )
    try:
        import corner
    except ImportError:
        raise InvalidInputError(
            "a figure of a posterior needs corner",
            remedy="install it with pip install 'coldspin[posterior]'",
        ) from None
    import matplotlib.pyplot as plt

    fit = findings.fit
    chain = findings.posterior.chain.reshape(-1, len(fit.problem.variables))
    columns = []
    labels = []
    best_values = []
    scales = []
    for variable, samples in zip(fit.problem.variables, chain.T, strict=True):
        values = np.exp(np.clip(samples, -700, 700)) if variable.logarithmic else samples
        low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
        display = choose_unit(float(middle), variable.parameter.dimension, unit)
        scale = "linear"
        if variable.logarithmic and high > 10**_DECADES * low:
            display = DisplayUnit(display.unit, display.size)
            scale = "log"
        columns.append(display.scaled(values))
        labels.append(display.label(variable.key.replace("_", " ").replace("@", "\n@ ")))
        best_values.append(float(display.scaled(np.array(fit.best[variable.key]))))
        scales.append(scale)
    with style():
        size = max(3.4, 1.25 * len(columns) + 0.6)
        figure = plt.figure(figsize=(size, size), layout="none")  # corner places its axes itself
        corner.corner(
            np.array(columns).T,
            fig=figure,
            labels=labels,
            truths=best_values if len(columns) > 1 else None,
            axes_scale=scales,
            range=[0.997] * len(columns),
            levels=LEVELS,
            plot_datapoints=False,
            plot_density=False,
            fill_contours=True,
            max_n_ticks=3,
            bins=25,
            color="C2",
            truth_color="C1",
            label_kwargs={"fontsize": 7},
            labelpad=0.03,
        )
        if len(columns) == 1:  # corner takes best values of two and more
            figure.axes[0].axvline(best_values[0], color="C1")
        figure.subplots_adjust(top=1 - 0.35 / size)
        figure.suptitle(findings.posterior.sentence(), fontsize=7, y=1 - 0.05 / size)
    return figure


def _draw_curves(axes: "Axes", panel: Panel) -> None:
    """Bands, data, curves; the limits are those of the data, however far a band reaches."""
    measurement = panel.measurement
    curve = panel.curve
    x, y = panel.units
    label = y.label(measurement.model.axes[1].symbol)
    axes.set(title=measurement.name, ylabel=label, yscale=panel.scales[1])
    _set_abscissa(axes, panel)
    low, high = _ordinate_limits(panel)
    floor = low - (high - low) if panel.scales[1] == "linear" else low / 10
    places = x.scaled(curve.x)
    # The widest band first, so that the narrow ones lie on it.
    for level, factor, alpha in reversed(
        list(zip(LEVELS, panel.factors, (0.45, 0.2), strict=True))
    ):
        axes.fill_between(
            places,
            np.maximum(y.scaled(curve.y - factor * curve.deviation), floor),
            np.maximum(y.scaled(curve.y + factor * curve.deviation), floor),
            color="C1",
            alpha=alpha,
            linewidth=0,
            label=_BAND.format(100 * level),
        )
    axes.errorbar(
        x.scaled(measurement.x),
        y.scaled(measurement.y),
        None if measurement.error is None else y.scaled(measurement.error),
        label=_DATA,
        elinewidth=0.6,
        **_point_style(measurement),
    )
    line = _break_at_poles(places, y.scaled(curve.y), low, high)
    axes.plot(*line, color="C1", label=_BEST, zorder=3)
    if panel.classical:
        line = _break_at_poles(x.scaled(panel.classical.x), y.scaled(panel.classical.y), low, high)
        axes.plot(*line, "--", color="C2", label=_CLASSICAL, linewidth=1.0, zorder=3.5)
    axes.set_ylim(low, high)
    axes.tick_params(labelbottom=False)
    _set_plain_ticks(axes, "y", (low, high), panel.scales[1])


def _draw_residuals(axes: "Axes", panel: Panel) -> None:
    x = panel.units[0]
    measurement = panel.measurement
    reach = max(_LEAST_REACH, 1.15 * float(np.abs(panel.residuals).max()))
    axes.axhline(0, color="0.4", linewidth=0.6, zorder=0.5)
    for guide in (-2, -1, 1, 2):
        axes.axhline(guide, color="0.5", linewidth=0.5, linestyle=":", zorder=0.4)
    axes.errorbar(x.scaled(measurement.x), panel.residuals, **_point_style(measurement))
    axes.set_xlabel(x.label(measurement.model.axes[0].symbol))
    axes.set_ylabel("residual/σ" if panel.known else "residual/\nscatter")
    axes.set_ylim(-reach, reach)
    if reach < 5:
        axes.set_yticks([-2, 0, 2])
    else:
        axes.locator_params(axis="y", nbins=4, symmetric=True)


def _point_style(measurement: Measurement) -> dict[str, Any]:
    """Points, smaller where there are many."""
    count = measurement.x.size
    size = float(np.interp(count, (60, 600), (2.8, 1.2)))
    return {"color": "C0", "fmt": "o", "markersize": size, "rasterized": count > _MANY}


def linear_reach(values: Array) -> float:
    """Where a symlog axis turns logarithmic: the power of ten below the smallest positive value."""
    return float(10.0 ** np.floor(np.log10(values[values > 0].min())))


def _set_abscissa(axes: "Axes", panel: Panel) -> None:
    from matplotlib.ticker import SymmetricalLogLocator

    values = panel.units[0].scaled(panel.measurement.x)
    least = float(values[values > 0].min(initial=np.inf))
    if panel.scales[0] == "symlog":
        least = linear_reach(values)
        axes.set_xscale("symlog", linthresh=least, linscale=LINEAR_ROOM)
        minor = SymmetricalLogLocator(base=10, linthresh=least, subs=range(2, 10))
        axes.xaxis.set_minor_locator(minor)
    else:
        axes.set_xscale(panel.scales[0])
    _set_plain_ticks(axes, "x", (least, float(values.max())), panel.scales[0])


def _set_plain_ticks(
    axes: "Axes", name: Literal["x", "y"], ends: tuple[float, float], scale: str
) -> None:
    """Few ticks on a linear axis; 0.1, 1, 10 on a logarithmic one unless powers are shorter."""
    axis = axes.xaxis if name == "x" else axes.yaxis
    if scale == "linear":
        axes.locator_params(axis=name, nbins=6)
    elif _PLAIN[0] <= ends[0] and ends[1] <= _PLAIN[1]:
        axis.set_major_formatter(lambda value, _: f"{value:g}")


def _ordinate_limits(panel: Panel) -> tuple[float, float]:
    """Ends of the ordinate in its unit: the data with errors, and curves where they are near."""
    measurement = panel.measurement
    logarithmic = panel.scales[1] == "log"

    def position(values: Array) -> Array:
        """Where values of the ordinate stand on the axis; those without a place are left out."""
        numbers = panel.units[1].scaled(values)
        numbers = numbers[np.isfinite(numbers)]
        return np.log(numbers[numbers > 0]) if logarithmic else numbers

    y = measurement.y
    error = np.zeros_like(y) if measurement.error is None else measurement.error
    lowest = np.maximum(y - error, y / 3 if logarithmic else -np.inf)
    data = np.concatenate([position(lowest), position(y + error)])
    bottom = float(data.min())
    top = float(data.max())
    stray = _STRAYS * (top - bottom)
    curves = [position(curve.y) for curve in (panel.curve, panel.classical) if curve is not None]
    every = np.clip(np.concatenate([data, *curves]), bottom - stray, top + stray)
    bottom = float(every.min())
    top = float(every.max())
    margin = _MARGIN * (top - bottom) or abs(top) or 1.0
    if logarithmic:
        return float(np.exp(bottom - margin)), float(np.exp(top + margin))
    return bottom - margin, top + margin


def _break_at_poles(x: Array, y: Array, low: float, high: float) -> tuple[Array, Array]:
    """The curve, broken where it leaves the axes on one side and returns from the other."""
    above = y > high
    below = y < low
    jumps = np.flatnonzero((above[:-1] & below[1:]) | (below[:-1] & above[1:])) + 1
    return np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan)


def _choose_scale(values: Array, *, may_be_zero: bool) -> str:
    """Logarithmic for positive values over many decades, an abscissa only if they crowd low."""
    positive = values[values > 0]
    if (values < 0).any() or (positive.size < values.size and not may_be_zero) or not positive.size:
        return "linear"
    wide = positive.max() > 10**_DECADES * positive.min()
    # Evenly spaced values are no crowd.
    if not wide or (may_be_zero and np.median(positive) > _CROWDED * positive.max()):
        return "linear"
    return "log" if positive.size == values.size else "symlog"


def band_factor(fit: Fit, level: float) -> float:
    """Standard deviations to both sides of an interval of that level."""
    from scipy.special import ndtri, stdtrit

    probability = (1 + level) / 2
    if fit.problem.errors_known:
        return float(ndtri(probability))
    return float(stdtrit(fit.degrees_of_freedom, probability))
