"""An abscissa that is logarithmic but shows zero too, as `fit.png` has it; plotly has none."""

from typing import Any

import numpy as np

from coldspin.arguments import Array
from coldspin.explorer.figures import numbers, unpacked


def with_zero(
    traces: list[dict[str, Any]], values: Array
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces with x where matplotlib's "symlog" places it, and the axis whose ticks say what stands there.

    `values` are the abscissae of the data, 0 or positive; who points at a curve is told x itself.
    """
    from matplotlib.scale import SymmetricalLogTransform

    from coldspin.outputs.fit_figures import LINEAR_ROOM, linear_reach

    reach = linear_reach(values)
    place = SymmetricalLogTransform(10, reach, LINEAR_ROOM).transform
    told = "%{customdata:.4g}, %{y:.4g}"
    moved = [
        trace | {"x": numbers(place(x)), "customdata": numbers(x), "hovertemplate": told}
        for trace, x in ((trace, unpacked(trace["x"])) for trace in traces)
    ]
    powers = np.arange(np.log10(reach).round(), np.floor(np.log10(values.max())) + 1)
    ticks = np.concatenate([[0.0], 10.0**powers])
    last = float(place(np.array([values.max()]))[0])
    axis = {
        "tickmode": "array",
        "tickvals": place(ticks).tolist(),
        "ticktext": [f"{tick:g}" for tick in ticks],
    }
    return moved, {"type": "linear", "range": [-0.04 * last, 1.04 * last], **axis}
