"""Fig. 2: ⟨I_z⟩, β against field (a, b); best field, largest β against τ_c (c, d)."""

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from coldspin.arguments import Array
from coldspin.paper import reduced
from coldspin.paper.formulas import optimal_field, saturated_optimal_field
from coldspin.paper.notation import number
from coldspin.paper.parameters import COOLING_TIMES, FLUCTUATION_FIELD, LONGEST, NUCLEI, SHORTEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TIMES = 101  # correlation times of panels (c, d) and of Fig. S1
LARGEST_FIELD = 20.0  # B/B̃_L of panels (a, b); the range is ours
CURVES = (("-", "C0"), ("--", "C1"), (":", "C2"))
COLOURS = ("C1", "C2")  # of NUCLEI: red 10⁶, blue 10⁴
WIDTHS = (1.2, 2.6)  # the blue line lies under the red one


def field_dependence() -> xr.Dataset:
    """Data of panels (a, b), N_I = 10⁶: ⟨I_z⟩/I_0 and β/β_0 against B/B̃_L for each τ_c."""
    field = np.linspace(-LARGEST_FIELD, LARGEST_FIELD, 401)
    heating = reduced.closed_form(NUCLEI[0])
    axes = ("field", "correlation_time")

    def curves(quantity: Any) -> Array:
        return np.stack([quantity(field, k, heating) for k in COOLING_TIMES], axis=1)

    return xr.Dataset(
        {
            "nuclear_spin": (axes, curves(reduced.nuclear_spin), {"units": "I_0"}),
            "inverse_spin_temperature": (
                axes,
                curves(reduced.inverse_spin_temperature),
                {"units": "beta_0"},
            ),
        },
        {
            "field": ("field", field, {"units": "kinetic local field"}),
            "correlation_time": ("correlation_time", np.array(COOLING_TIMES), {"units": "T2e*"}),
        },
        {"rows": "field"},
    )


def optimum_dependence() -> xr.Dataset:
    """Data of panels (c, d): B_0/B̃_L, β_max/β_0 against τ_c/T2e* for each N_I, and limits."""
    k = np.geomspace(SHORTEST, LONGEST, TIMES)
    best = np.array([[reduced.optimum(time, reduced.closed_form(n)) for n in NUCLEI] for time in k])
    axes = ("correlation_time", "nuclei")
    return xr.Dataset(
        {
            "optimal_field": (axes, best[..., 0], {"units": "kinetic local field"}),
            "largest_inverse_spin_temperature": (axes, best[..., 1], {"units": "beta_0"}),
            "optimal_field_by_eq_10": (
                "correlation_time",
                optimal_field(k, 1.0, FLUCTUATION_FIELD),
                {"units": "kinetic local field"},
            ),
            "saturation_by_eq_S35": (
                "nuclei",
                saturated_optimal_field(NUCLEI, 1.0),
                {"units": "kinetic local field"},
            ),
        },
        {
            "correlation_time": ("correlation_time", k, {"units": "T2e*"}),
            "nuclei": ("nuclei", np.array(NUCLEI), {"units": "1"}),
        },
        {"rows": "correlation_time"},
    )


def plot(fields: xr.Dataset, optima: xr.Dataset) -> "Figure":
    """Draw the four panels from :func:`field_dependence` and :func:`optimum_dependence`."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(6.8, 5.2))
    _field_panel(panels[0, 0], fields.nuclear_spin, r"$\langle I_z\rangle/I_0$")
    _field_panel(panels[0, 1], fields.inverse_spin_temperature, r"$\beta/\beta_0$")
    panels[0, 0].set_ylim(0, 1.02)
    panels[0, 0].legend(loc="lower right")
    optimum_panels(panels[1, 0], panels[1, 1], optima)
    k = optima.correlation_time
    panels[1, 0].plot(k, optima.optimal_field_by_eq_10, "k--", label="Eq. (10)")
    few = optima.saturation_by_eq_S35.sel(nuclei=NUCLEI[1])
    panels[1, 0].axhline(
        float(few), color=COLOURS[1], ls=":", label=r"$\sqrt{2N_I/5}\,\tilde B_L,\ N_I=10^4$"
    )
    panels[1, 0].legend(loc="lower right")
    panels[1, 1].legend(loc="lower left")
    corners = {"a": (0.03, 0.05), "b": (0.03, 0.88), "c": (0.03, 0.88), "d": (0.9, 0.88)}
    for axes, (letter, place) in zip(panels.flat, corners.items(), strict=True):
        axes.text(*place, f"({letter})", transform=axes.transAxes, fontsize=9)
    return figure


def optimum_panels(upper: "Axes", lower: "Axes", optima: xr.Dataset) -> None:
    """Draw B_0 and β_max into two panels, a line for each N_I, as also in Fig. S1."""
    for i, (n, colour, width) in enumerate(zip(NUCLEI, COLOURS, WIDTHS, strict=True)):
        at = optima.sel(nuclei=n)
        line = {
            "color": colour,
            "lw": width,
            "zorder": 3 - i,
            "label": rf"$N_I=10^{{{np.log10(n):.0f}}}$",
        }
        upper.loglog(optima.correlation_time, at.optimal_field, **line)
        lower.loglog(optima.correlation_time, at.largest_inverse_spin_temperature, **line)
    upper.set_ylabel(r"$B_0/\tilde B_L$")
    upper.set_ylim(0.7, 300)
    lower.set_ylabel(r"$\beta_{\max}/\beta_0$")
    for axes in (upper, lower):
        axes.set_xlabel(r"$\tau_c/T_{2,e}^*$")
        axes.set_xlim(SHORTEST, LONGEST)


def time_label(k: float) -> str:
    """Legend entry of a correlation time in units of T2e*."""
    return rf"$\tau_c={k:g}\,T_{{2,e}}^*$" if k else r"$\tau_c\to0$"


def caption() -> str:
    """What the figure shows and the parameters it was made with."""
    times = " and ".join(f"{k:g} T2e*" for k in COOLING_TIMES[1:])
    many, few = (number(n) for n in NUCLEI)
    return (
        f"**Fig. 2.** (a) Nuclear spin ⟨I_z⟩ in units of I_0 = (4/3) I(I+1)⟨S_z⟩ and (b) inverse "
        f"spin temperature β in "
        f"units of β_0 = 2⟨S_z⟩/(ħγ_N B̃_L) against the magnetic field, from (1) and (6) with Φ of "
        f"(S38) and T1e of "
        f"(S12), for τ_c → 0 (black), τ_c = {times} (red, blue); N_I = {many}. (c) Field B_0 of "
        f"the largest β and (d) "
        f"that β against the correlation time, from the roots of dβ/dB, for N_I = {many} (red) and "
        f"{few} (blue). "
        f"Dashed in (c): (10). Dotted: √(2N_I/5) B̃_L for N_I = {few}. Δ_B = 1/(γ_e T2e*) = "
        f"{number(FLUCTUATION_FIELD)} B̃_L, B̃_L = √3 B_L, ⟨S⟩ ≪ 2/√N_I. Tables: fig2ab.csv, "
        f"fig2cd.csv."
    )


def _field_panel(axes: "Axes", data: xr.DataArray, label: str) -> None:
    for (line, colour), k in zip(CURVES, COOLING_TIMES, strict=True):
        axes.plot(
            data.field, data.sel(correlation_time=k), ls=line, color=colour, label=time_label(k)
        )
    axes.set_xlabel(r"$B/\tilde B_L$")
    axes.set_ylabel(label)
    axes.set_xlim(-LARGEST_FIELD, LARGEST_FIELD)
