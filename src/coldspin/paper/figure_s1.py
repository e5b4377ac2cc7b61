"""Fig. S1: optimal field and largest β against τ_c, by (S38) and exact rotation."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from coldspin.paper.exact_rotation import exact_optimum
from coldspin.paper.figure2 import COLOURS, optimum_panels
from coldspin.paper.notation import number
from coldspin.paper.parameters import FLUCTUATION_FIELD, NUCLEI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EVERY = 5  # one dot for so many rows of the table


def compare(lines: xr.Dataset) -> xr.Dataset:
    """Lines of :func:`.figure2.optimum_dependence`, each with that of the exact rotation."""
    closed = lines[["optimal_field", "largest_inverse_spin_temperature"]]
    exact = np.array(
        [
            [
                exact_optimum(float(k), float(n), near=float(lines.optimal_field.sel(nuclei=n)[i]))
                for n in lines.nuclei
            ]
            for i, k in enumerate(lines.correlation_time)
        ]
    )
    columns = {
        f"exact_{name}": (closed[name].dims, exact[..., i], closed[name].attrs)
        for i, name in enumerate(closed.data_vars)
    }
    return closed.assign(columns)


def plot(data: xr.Dataset) -> "Figure":
    """Draw the result of :func:`compare`: closed form as lines, exact rotation as dots."""
    import matplotlib.pyplot as plt

    figure, (upper, lower) = plt.subplots(1, 2, figsize=(6.8, 2.7))
    optimum_panels(upper, lower, data)
    dots = data.isel(correlation_time=slice(None, None, EVERY))
    for i, (n, colour) in enumerate(zip(NUCLEI, COLOURS, strict=True)):
        at = dots.sel(nuclei=n)
        dot = {
            "color": colour,
            "marker": "o",
            "ls": "",
            "ms": 3 + 2 * i,
            "zorder": 5 - i,
            "clip_on": False,
        }
        upper.plot(dots.correlation_time, at.exact_optimal_field, **dot)
        lower.plot(dots.correlation_time, at.exact_largest_inverse_spin_temperature, **dot)
    upper.plot([], [], "-", color="0.4", label="Eq. (S38)")
    upper.plot([], [], "o", color="0.4", label="exact rotation")
    upper.legend(loc="lower right")
    upper.text(0.03, 0.95, "(a)", transform=upper.transAxes, va="top", fontsize=9)
    lower.text(0.97, 0.95, "(b)", transform=lower.transAxes, va="top", ha="right", fontsize=9)
    return figure


def caption() -> str:
    """What the figure shows and the parameters it was made with."""
    return (
        f"**Fig. S1.** (a) Field B_0 of the largest β and (b) that β against the correlation time "
        f"for N_I = "
        f"{number(NUCLEI[0])} (red) and {number(NUCLEI[1])} (blue). Lines: (6) with Φ of (S38), as "
        f"in Fig. 2(c, d). "
        f"Dots: (6) with Φ of (S34), averaged over the exact box-model rotation of the nuclei "
        f"about the external and "
        f"the Overhauser field without nuclear Zeeman precession; β(B) is maximized numerically. "
        f"Δ_B = 1/(γ_e T2e*) = "
        f"{number(FLUCTUATION_FIELD)} B̃_L. Table: figS1.csv."
    )
