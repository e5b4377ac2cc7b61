"""A fit as labelled arrays with units, for other programs."""

from typing import Any

import numpy as np
import xarray as xr

from coldspin.experiments.fitting.findings import Findings, fitted_curve, residuals_apart
from coldspin.experiments.fitting.result import Fit
from coldspin.experiments.models import Axis
from coldspin.experiments.models.sample import unverified_constants


def parameter_dataset(findings: Findings) -> xr.Dataset:
    """Best values, deviations, profile intervals and verdicts along `parameter` [SI]."""
    fit = findings.fit
    variables = fit.problem.variables
    columns: dict[str, tuple[Any, str]] = {
        "value": (
            [fit.best[v.key] for v in variables],
            "best value, in the unit of the column unit",
        ),
        "unit": (
            [v.parameter.dimension.symbol if v.parameter.dimension else "" for v in variables],
            "SI unit",
        ),
        "coordinate": (
            ["ln" if v.logarithmic else "linear" for v in variables],
            "coordinate of the search",
        ),
        "standard_deviation": (
            fit.deviations,
            "standard deviation of the coordinate, by the covariance",
        ),
        "verdict": ([one.kind for one in findings.verdicts], "what the data say"),
    }
    for number, level in (
        enumerate(i.level for i in next(iter(fit.intervals.values()), ())) if fit.intervals else ()
    ):
        for end in ("low", "high"):
            values = (
                [getattr(fit.intervals[v.key][number], end) for v in variables]
                if fit.intervals
                else []
            )
            columns[f"{end}_{100 * level:g}"] = (
                values,
                f"{end} end of the {100 * level:g}% profile interval",
            )
    data = xr.Dataset(
        {
            name: ("parameter", np.array(values), {"units": "", "long_name": text})
            for name, (values, text) in columns.items()
        },
        {
            "parameter": (
                "parameter",
                [v.key for v in variables],
                {"units": "", "long_name": "free parameter"},
            )
        },
    )
    return data.assign_attrs(
        chi_square=fit.chi_square,
        degrees_of_freedom=fit.degrees_of_freedom,
        warnings="\n".join(map(str, findings.doubts)),
        unverified=unverified_constants(m.model for m in fit.problem.measurements),
    )


def curve_dataset(fit: Fit, number: int) -> xr.Dataset:
    """Points of one measurement with the curve and the residuals [σ] there."""
    m = fit.problem.measurements[number]
    residuals = residuals_apart(fit)[number]
    columns = {"measured": m.y, "curve": fit.problem.curve(number, fit.coordinates)}
    if m.error is not None:
        columns["error"] = m.error
    data = _along(m.model.axes, m.x, columns, m.unit)
    data["residual"] = (
        data.attrs["rows"],
        residuals,
        {"units": "1", "long_name": "(data − curve)/σ"},
    )
    return data.assign_attrs(
        name=m.name, model=type(m.model).__name__, unverified=unverified_constants([m.model])
    )


def band_dataset(fit: Fit, number: int, points: int = 201) -> xr.Dataset:
    """The best curve of one measurement on a fine grid, with its standard deviation."""
    m = fit.problem.measurements[number]
    band = fitted_curve(fit, number, points)
    data = _along(
        m.model.axes, band.x, {"curve": band.y, "curve_deviation": band.deviation}, m.unit
    )
    return data.assign_attrs(unverified=unverified_constants([m.model]))


def _along(axes: tuple[Axis, Axis], x: Any, columns: dict[str, Any], unit: str) -> xr.Dataset:
    names = {"measured": "measured", "curve": "best curve of", "error": "standard error of"}
    across = axes[1]
    along = axes[0]
    own = unit if across.any_unit else across.dimension.symbol if across.dimension else "1"
    variables = {
        name: (
            along.name,
            values,
            {"units": own, "long_name": f"{names.get(name, 'deviation of')} {across.name}"},
        )
        for name, values in columns.items()
    }
    coordinate = (
        along.name,
        x,
        {"units": along.dimension.symbol if along.dimension else "1", "long_name": along.name},
    )
    return xr.Dataset(variables, {along.name: coordinate}, {"rows": along.name})
