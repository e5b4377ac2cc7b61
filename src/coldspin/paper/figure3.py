"""Fig. 3: how fast the nuclear spins warm in the dark, against magnetic field."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from coldspin.paper import reduced
from coldspin.paper.figure2 import CURVES, time_label
from coldspin.paper.notation import number
from coldspin.paper.parameters import DARK_TIMES, FLUCTUATION_FIELD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIELDS = (0.1, 1000.0)  # B/B_L; the range is ours


def warming_rates() -> xr.Dataset:
    """T_0/T_E against B/B_L for each correlation time, Φ of (9); the first row is B = 0."""
    field = np.concatenate([[0.0], np.geomspace(*FIELDS, 241)])
    rates = np.stack([reduced.dark_rate(field, k, reduced.small_angle) for k in DARK_TIMES], axis=1)
    return xr.Dataset(
        {"relaxation_rate": (("field", "correlation_time"), rates, {"units": "1/T_0"})},
        {
            "field": ("field", field, {"units": "local field"}),
            "correlation_time": ("correlation_time", np.array(DARK_TIMES), {"units": "T2e*"}),
        },
        {"rows": "field"},
    )


def plot(data: xr.Dataset) -> "Figure":
    """Draw the result of :func:`warming_rates` on logarithmic axes."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(3.4, 2.8))
    shown = data.sel(field=data.field > 0)
    for (line, colour), k in zip(CURVES, DARK_TIMES, strict=True):
        axes.loglog(
            shown.field,
            shown.relaxation_rate.sel(correlation_time=k),
            ls=line,
            color=colour,
            label=time_label(k),
        )
    axes.set_xlabel(r"$B/B_L$")
    axes.set_ylabel(r"$T_0/T_{\mathcal{E}}$")
    axes.set_xlim(*FIELDS)
    axes.legend(loc="lower left")
    return figure


def caption() -> str:
    """What the figure shows and the parameters it was made with."""
    times = " and ".join(f"{k:g} T2e*" for k in DARK_TIMES[1:])
    return (
        f"**Fig. 3.** Warming rate 1/T_E of the nuclear spins by unpolarized electrons, (13), in "
        f"units of 1/T_0 = "
        f"fτ_c/(2N_I T2e*²), against the magnetic field, for τ_c → 0 (black), τ_c = {times} (red, "
        f"blue), with Φ of (9) "
        f"and T1e of (S12). Δ_B = 1/(γ_e T2e*) = {number(FLUCTUATION_FIELD)} B̃_L = "
        f"{FLUCTUATION_FIELD * np.sqrt(3):.0f} B_L. Both axes are logarithmic; the unit 1/T_0 "
        f"grows with τ_c. "
        f"Table: fig3.csv, whose first row is B = 0."
    )
