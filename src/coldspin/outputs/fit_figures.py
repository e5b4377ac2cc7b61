"""Fits, drawn: data with the best curve, its bands and the classical curve, residuals below; samples of a posterior."""

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
_DATA, _BEST, _CLASSICAL, _BAND = (
    "data",
    "best curve",
    "classical theory",
    "{:g}% band, by covariance",
)
_ENTRIES = (
    _DATA,
    _BEST,
    _CLASSICAL,
    *(_BAND.format(100 * level) for level in LEVELS),
)  # of the legend, in this order
_DECADES = 1.5  # span of positive data from which an axis is logarithmic
_CROWDED = 0.25  # share of the axis below which the middle value lies on such an axis, unless values are evenly spaced
_IN_A_ROW = {1: 1, 2: 2, 4: 2}  # panels in a row by their number; 3 otherwise
_WIDTHS = (3.4, 6.8, 7.1)  # of the figure, by panels in a row
_HEIGHT = 2.9  # of a panel with its residuals
_LEGEND = (0.5, 0.25, 0.25)  # height that it takes, by panels in a row
_MARGIN = 0.06  # of an axis, in shares of what it shows
_STRAYS = 0.5  # shares of the span of the data to which a curve may widen the axis
_LEAST = 3.0  # standard errors to both sides that residuals always have room for
_PLAIN = (5e-3, 2e4)  # ends of a logarithmic axis that is labelled without powers of ten
_MANY = 3000  # points from which they are one image in a vector figure


@dataclass(frozen=True)
class Panel:
    """What a figure shows of one measurement: its data and curves [SI], and the unit and scale of each axis.

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
        m = self.measurement
        (across, up), (x, y) = (one.name.replace("_", " ") for one in m.model.axes), self.units
        points = f"{m.x.size} points" + (" with error bars" if m.error is not None else "")
        ends = [f"{u.number(v.min(), 3)} to {u.value(v.max(), 3)}" for u, v in ((x, m.x), (y, m.y))]
        classical = ", dashed the classical theory" if self.classical else ""
        return (
            f"{m.name}: {points}, {up} from {ends[1]} against {across} from {ends[0]}, the best "
            f"curve with its bands"
            f"{classical}. Below, the residuals: the largest is {np.abs(self.residuals).max():.2g} "
            f"standard errors."
        )


def plot_fit(findings: Findings, unit: str | None = None) -> "Figure":
    """Draw each measurement with error bars, the best curve and its bands, and below it the residuals over σ.

    The bands follow from the covariance of the parameters, by the slopes of the curve; dashed is
    the best curve of the classical theory, where there is a comparison. Fields are in `unit`;
    without one, in a unit of their size.
    """
    return draw_panels(list_panels(findings, unit))


def list_panels(findings: Findings, unit: str | None = None) -> list[Panel]:
    """What :func:`plot_fit` draws, one for each measurement."""
    fit, classical = findings.fit, findings.comparison.classical if findings.comparison else None
    factors = tuple(band_factor(fit, level) for level in LEVELS)
    scatter = sqrt(fit.variance_factor) or 1.0
    found = []
    for number, (m, residuals) in enumerate(
        zip(fit.problem.measurements, residuals_apart(fit), strict=True)
    ):
        scales = _scale(m.x, may_be_zero=True), _scale(m.y, may_be_zero=False)
        x, y = (
            choose_axis_unit(
                values, axis, unit=unit, measured=m.unit, logarithmic=scale != "linear"
            )
            for values, axis, scale in zip((m.x, m.y), m.model.axes, scales, strict=True)
        )
        with np.errstate(all="ignore"):  # between points of the data, a curve may have poles
            curves = (
                fitted_curve(fit, number),
                fitted_curve(classical, number) if classical else None,
            )
        found.append(
            Panel(
                m, *curves, residuals / scatter, fit.problem.errors_known, factors, (x, y), scales
            )
        )
    return found


def draw_panels(shown: Sequence[Panel]) -> "Figure":
    """Draw panels, at most three in a row, with one legend below them."""
    import matplotlib.pyplot as plt

    across = _IN_A_ROW.get(len(shown), 3)
    down = ceil(len(shown) / across)
    with style():
        figure = plt.figure(figsize=(_WIDTHS[across - 1], down * _HEIGHT + _LEGEND[across - 1]))
        grid = figure.add_gridspec(down, across)
        handles: dict[str, Any] = {}
        for number, panel in enumerate(shown):
            inner = grid[divmod(number, across)].subgridspec(
                2, 1, height_ratios=(3, 1), hspace=0.04
            )
            upper = figure.add_subplot(inner[0])
            lower = figure.add_subplot(inner[1], sharex=upper)
            _curves(upper, panel)
            _residuals(lower, panel)
            figure.align_ylabels([upper, lower])
            found, labels = upper.get_legend_handles_labels()
            handles = dict(zip(labels, found, strict=True)) | handles
        order = [label for label in _ENTRIES if label in handles]
        columns = 2 if across == 1 else len(order)
        figure.legend(
            [handles[label] for label in order], order, loc="outside lower center", ncols=columns
        )
    return figure


def plot_posterior(findings: Findings, unit: str | None = None) -> "Figure":
    """Draw the samples of every parameter and pair of parameters, with the best values; contours hold 68% and 95%.

    Parameters are in a unit of their size, fields in `unit`; on a logarithmic axis where the
    samples of a scale span more than a decade and a half. Raises InvalidInputError where there is
    no posterior, or no corner to draw it.
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

    fit, chain = findings.fit, findings.posterior.chain
    flat = chain.reshape(-1, chain.shape[2])
    columns = [_sampled(fit, i, flat[:, i], unit) for i in range(flat.shape[1])]
    with style():
        size = max(3.4, 1.25 * len(columns) + 0.6)
        figure = plt.figure(figsize=(size, size), layout="none")  # corner places its axes itself
        corner.corner(
            np.array([values for values, _, _, _ in columns]).T,
            fig=figure,
            labels=[label for _, label, _, _ in columns],
            truths=[best for _, _, best, _ in columns] if len(columns) > 1 else None,
            axes_scale=[scale for _, _, _, scale in columns],
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
            figure.axes[0].axvline(columns[0][2], color="C1")
        figure.subplots_adjust(top=1 - 0.35 / size)
        figure.suptitle(findings.posterior.sentence(), fontsize=7, y=1 - 0.05 / size)
    return figure


def _sampled(
    fit: Fit, index: int, samples: Array, unit: str | None
) -> tuple[Array, str, float, str]:
    """Samples of one parameter in its unit, the label, the best value, and the scale of its axis."""
    variable = fit.problem.variables[index]
    values = np.exp(np.clip(samples, -700, 700)) if variable.logarithmic else samples
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    wide = variable.logarithmic and high > 10**_DECADES * low
    chosen = choose_unit(float(middle), variable.parameter.dimension, unit)
    shown = DisplayUnit(chosen.unit, chosen.size) if wide else chosen
    label = shown.label(variable.key.replace("_", " ").replace("@", "\n@ "))
    best = float(shown.scaled(np.array(fit.best[variable.key])))
    return shown.scaled(values), label, best, "log" if wide else "linear"


def _curves(axes: "Axes", panel: Panel) -> None:
    """Bands, data, curves; the limits are those of the data, however far a band reaches."""
    m, (x, y), curve = panel.measurement, panel.units, panel.curve
    axes.set(title=m.name, ylabel=y.label(m.model.axes[1].symbol), yscale=panel.scales[1])
    _set_abscissa(axes, panel)
    low, high = _limits(panel)
    least = low - (high - low) if panel.scales[1] == "linear" else low / 10
    places = x.scaled(curve.x)
    for level, factor, alpha in reversed(
        list(zip(LEVELS, panel.factors, (0.45, 0.2), strict=True))
    ):
        bottom, top = (
            np.maximum(y.scaled(curve.y + side * factor * curve.deviation), least)
            for side in (-1, 1)
        )
        axes.fill_between(
            places,
            bottom,
            top,
            color="C1",
            alpha=alpha,
            linewidth=0,
            label=_BAND.format(100 * level),
        )
    errors = None if m.error is None else y.scaled(m.error)
    axes.errorbar(x.scaled(m.x), y.scaled(m.y), errors, label=_DATA, elinewidth=0.6, **_points(m))
    axes.plot(*_broken(places, y.scaled(curve.y), low, high), color="C1", label=_BEST, zorder=3)
    if panel.classical:
        line = _broken(x.scaled(panel.classical.x), y.scaled(panel.classical.y), low, high)
        axes.plot(*line, "--", color="C2", label=_CLASSICAL, linewidth=1.0, zorder=3.5)
    axes.set_ylim(low, high)
    axes.tick_params(labelbottom=False)
    _plain_ticks(axes, "y", (low, high), panel.scales[1])


def _residuals(axes: "Axes", panel: Panel) -> None:
    m, x = panel.measurement, panel.units[0]
    reach = max(_LEAST, 1.15 * float(np.abs(panel.residuals).max()))
    axes.axhline(0, color="0.4", linewidth=0.6, zorder=0.5)
    for guide in (-2, -1, 1, 2):
        axes.axhline(guide, color="0.5", linewidth=0.5, linestyle=":", zorder=0.4)
    axes.errorbar(x.scaled(m.x), panel.residuals, **_points(m))
    axes.set(
        xlabel=x.label(m.model.axes[0].symbol),
        ylabel="residual/σ" if panel.known else "residual/\nscatter",
    )
    axes.set_ylim(-reach, reach)
    if reach < 5:
        axes.set_yticks([-2, 0, 2])
    else:
        axes.locator_params(axis="y", nbins=4, symmetric=True)


def _points(m: Measurement) -> dict[str, Any]:
    """Points, smaller where there are many."""
    size = float(np.interp(m.x.size, (60, 600), (2.8, 1.2)))
    return {"color": "C0", "fmt": "o", "markersize": size, "rasterized": m.x.size > _MANY}


LINEAR_ROOM = 0.4
"""Room of the linear part of an axis that is logarithmic beyond it, in decades."""


def linear_reach(values: Array) -> float:
    """Where such an axis turns logarithmic: the power of ten below the smallest positive of `values`."""
    return float(10.0 ** np.floor(np.log10(values[values > 0].min())))


def _set_abscissa(axes: "Axes", panel: Panel) -> None:
    from matplotlib.ticker import SymmetricalLogLocator

    values = panel.units[0].scaled(panel.measurement.x)
    least = float(values[values > 0].min(initial=np.inf))
    if panel.scales[0] == "symlog":
        least = linear_reach(values)
        axes.set_xscale("symlog", linthresh=least, linscale=LINEAR_ROOM)
        axes.xaxis.set_minor_locator(
            SymmetricalLogLocator(base=10, linthresh=least, subs=range(2, 10))
        )
    else:
        axes.set_xscale(panel.scales[0])
    _plain_ticks(axes, "x", (least, float(values.max())), panel.scales[0])


def _plain_ticks(
    axes: "Axes", name: Literal["x", "y"], ends: tuple[float, float], scale: str
) -> None:
    """Few ticks on a linear axis; 0.1, 1, 10 on a logarithmic one, where that is no longer than powers of ten."""
    axis = axes.xaxis if name == "x" else axes.yaxis
    if scale == "linear":
        axes.locator_params(axis=name, nbins=6)
    elif _PLAIN[0] <= ends[0] and ends[1] <= _PLAIN[1]:
        axis.set_major_formatter(lambda value, _: f"{value:g}")


def _limits(panel: Panel) -> tuple[float, float]:
    """Ends of the ordinate in its unit: those of the data with their errors, and of curves where these are near."""
    m, y = panel.measurement, panel.units[1]
    logarithmic = panel.scales[1] == "log"

    def placed(values: Array) -> Array:
        """Where values of the ordinate stand on paper; what has no place is left out."""
        numbers = y.scaled(values)
        numbers = numbers[np.isfinite(numbers)]
        return np.log(numbers[numbers > 0]) if logarithmic else numbers

    error = np.zeros_like(m.y) if m.error is None else m.error
    least = m.y / 3 if logarithmic else -np.inf
    data = np.concatenate([placed(np.maximum(m.y - error, least)), placed(m.y + error)])
    bottom, top = float(data.min()), float(data.max())
    stray = _STRAYS * (top - bottom)
    curves = [placed(one.y) for one in (panel.curve, panel.classical) if one is not None]
    every = np.clip(np.concatenate([data, *curves]), bottom - stray, top + stray)
    bottom, top = float(every.min()), float(every.max())
    margin = _MARGIN * (top - bottom) or abs(top) or 1.0
    ends = bottom - margin, top + margin
    return (float(np.exp(ends[0])), float(np.exp(ends[1]))) if logarithmic else ends


def _broken(x: Array, y: Array, low: float, high: float) -> tuple[Array, Array]:
    """The curve, broken where it leaves the axes on one side and comes back from the other, as at a pole."""
    above, below = y > high, y < low
    jumps = np.flatnonzero((above[:-1] & below[1:]) | (below[:-1] & above[1:])) + 1
    return np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan)


def _scale(values: Array, *, may_be_zero: bool) -> str:
    """Logarithmic for positive values over many decades that crowd at the lower end, where they are many."""
    positive = values[values > 0]
    if (values < 0).any() or (positive.size < values.size and not may_be_zero) or not positive.size:
        return "linear"
    wide = positive.max() > 10**_DECADES * positive.min()
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
