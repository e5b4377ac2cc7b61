"""A plan as labelled arrays, for other programs."""

import xarray as xr

from coldspin.experiments.models import Model
from coldspin.experiments.models.sample import unverified_constants
from coldspin.experiments.planning.plans import Plan


def plan_dataset(plan: Plan, model: Model) -> xr.Dataset:
    """Points along the abscissa, each as often as it is measured, with the expected curve and its error [SI]."""
    along, across = model.axes
    units = [axis.dimension.symbol if axis.dimension else "1" for axis in (along, across)]
    columns = {
        across.name: (
            along.name,
            plan.y,
            {"units": units[1], "long_name": f"expected {across.name}"},
        ),
        "error": (
            along.name,
            plan.error,
            {"units": units[1], "long_name": "standard error of a point"},
        ),
    }
    data = xr.Dataset(
        columns, {along.name: (along.name, plan.x, {"units": units[0], "long_name": along.name})}
    )
    deviations = {f"deviation_{key}": value for key, value in plan.deviations.items()}
    about = {
        "criterion": plan.criterion,
        "efficiency": plan.efficiency,
        "unverified": unverified_constants([model]),
    }
    return data.assign_attrs(about | deviations)
