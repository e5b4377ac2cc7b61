"""Tables and figures of the second maximum, written into a folder by `coldspin second-maximum`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from coldspin.heating import ClosedForm, Method, Multiplets, Semiclassical
from coldspin.outputs.files import check_folder, whole_files
from coldspin.outputs.sample_figures import save, style
from coldspin.outputs.tables import write_curves
from coldspin.sample.site import Site
from coldspin.studies.second_maximum import curve, maxima, maxima_map, reduced_site, without_mixing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NUCLEI = (1e3, 1e4, 1e5)
K = 1000.0
ZEEMAN_RATIO = 1.5e-3
FLUCTUATION_RATIO = 100.0
FILES = ("curves.csv", "curves.png", "curves.pdf", "map.csv", "map.png", "map.pdf", "summary.md")

Progress = Callable[[str, float], None]

_SETTING = (
    f"I = 1/2, τ_c/T2e* = {K:g}, |ω_B/Ω_B| = {ZEEMAN_RATIO:g}, Δ_B = {FLUCTUATION_RATIO:g} B̃_L, "
    f"⟨S⟩ → 0. Maxima by "
    "`optimum`, fields in Δ_B, heights in β_0."
)
_ASSUMPTION = (
    "Assumed: one spin temperature for the Zeeman and the spin-spin reservoir. At B >> B_L they "
    "exchange energy slowly."
    " If they do not at all, spin-spin heating limits nothing: ⟨I_z⟩ = I_0 at every field, and β "
    "is the dotted line."
)


def methods(tolerance: float = 1e-4) -> dict[str, Method]:
    """Give the three methods that are compared, by the name in the figures."""
    return {
        "closed": ClosedForm(),
        "semiclassical": Semiclassical(tolerance=tolerance),
        "exact": Multiplets(tolerance=tolerance),
    }


def curves(
    nuclei: Sequence[float] = NUCLEI,
    points: int = 121,
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """β/β_0 against B/Δ_B by three methods for several N, with each Knight resonance."""
    field = np.geomspace(0.02, 50, points)
    sites = [_site(n) for n in nuclei]
    coordinates = {
        "nuclei": ("nuclei", list(nuclei), {"units": "1"}),
        "field": ("field", field, {"units": "Δ_B"}),
    }
    data = xr.Dataset(coords=coordinates, attrs={"rows": "field"})
    for step, (name, method) in enumerate(methods().items()):
        values = []
        for i, site in enumerate(sites):
            values.append(curve(site, field * site.fluctuation_field, method))
            if progress:
                progress((step + (i + 1) / len(sites)) / 3)
        data[name] = (
            ("nuclei", "field"),
            np.array(values),
            {"units": "β_0", "long_name": f"β by {method!r}"},
        )
    unmixed = without_mixing(sites[0], field * sites[0].fluctuation_field)
    data["without_mixing"] = (
        "field",
        unmixed,
        {"units": "β_0", "long_name": "Zeeman reservoir alone, ⟨I_z⟩ = I_0"},
    )
    resonance = [site.knight_resonance / site.fluctuation_field for site in sites]
    data["knight_resonance"] = (
        "nuclei",
        resonance,
        {"units": "Δ_B", "long_name": "field of ω_B = ω_e"},
    )
    return data


def _site(nuclei: float) -> Site:
    return reduced_site(
        nuclei=nuclei, k=K, zeeman_ratio=ZEEMAN_RATIO, fluctuation_ratio=FLUCTUATION_RATIO
    )


def draw_curves(data: xr.Dataset) -> "Figure":
    """One panel for each N: β by three methods, the limit without mixing, the Knight resonance as a line."""
    import matplotlib.pyplot as plt

    with style():
        figure, panels = plt.subplots(1, data.sizes["nuclei"], figsize=(6.8, 2.6), sharey=True)
        for axes, n in zip(panels, data.nuclei.values, strict=True):
            one = data.sel(nuclei=n)
            for name, line, label in (
                ("closed", "--", "Eq. (S38)"),
                ("semiclassical", "-", "semiclassical"),
            ):
                axes.loglog(one.field, one[name], line, label=label)
            axes.loglog(one.field[::4], one.exact[::4], "o", markersize=2.5, label="exact")
            axes.loglog(one.field, one.without_mixing, ":", color="0.5", label="without mixing")
            axes.axvline(float(one.knight_resonance), color="0.8", zorder=0)
            axes.set(
                xlabel=r"$B/\Delta_B$", title=f"$N = 10^{{{np.log10(n):.0f}}}$", ylim=(1e-5, 0.1)
            )
        panels[0].set_ylabel(r"$\beta/\beta_0$")
        panels[0].legend(loc="lower left")
    return figure


def draw_map(data: xr.Dataset) -> "Figure":
    """One panel for each |ω_B/Ω_B|: one maximum, the first highest, a later one highest."""
    import matplotlib.pyplot as plt
    from matplotlib.colors import BoundaryNorm, ListedColormap

    single = data.maxima < 2
    first_higher = data.height_ratio < 1
    kind = (2 - first_higher.astype(int)).where(~single, 0)
    colours = ListedColormap(["#f2f2f2", "#9ecae1", "#08519c"])
    norm = BoundaryNorm([-0.5, 0.5, 1.5, 2.5], 3)
    with style():
        figure, panels = plt.subplots(
            1, data.sizes["zeeman_ratio"], figsize=(6.8, 2.5), sharey=True, squeeze=False
        )
        for axes, ratio in zip(panels[0], data.zeeman_ratio.values, strict=True):
            shown = kind.sel(zeeman_ratio=ratio)
            image = axes.pcolormesh(data.k, data.nuclei, shown, cmap=colours, norm=norm)
            axes.plot(data.k, data.k**2, "k--", linewidth=0.8)
            axes.set(xscale="log", yscale="log", xlabel=r"$\tau_c/T_{2,e}^*$")
            axes.set_title(rf"$|\omega_B/\Omega_B| = {ratio:g}$")
            axes.set_ylim(float(data.nuclei.min()), float(data.nuclei.max()))
        panels[0][0].set_ylabel(r"$N_I$")
        bar = figure.colorbar(image, ax=panels[0], ticks=[0, 1, 2])
        bar.ax.set_yticklabels(["one", "more, first highest", "more, a later one highest"])
    return figure


def summary(curves_data: xr.Dataset, map_data: xr.Dataset) -> str:
    """Say in Markdown what was computed, under which assumption, and the maxima of the curves."""
    lines = [
        "# The second maximum of β(B)",
        "",
        _SETTING,
        "",
        "| N | method | ω_B = ω_e at | maxima (B/Δ_B: β/β_0) |",
        "| --- | --- | --- | --- |",
    ]
    for n in curves_data.nuclei.values:
        site = _site(n)
        for name, method in methods().items():
            points = maxima(site, method, (0.0, 200 * site.fluctuation_field))
            text = "; ".join(
                f"{field / site.fluctuation_field:.4g}: {height:.4g}" for field, height in points
            )
            lines.append(
                f"| {n:.0e} | {name} | {site.knight_resonance / site.fluctuation_field:.3g} | "
                f"{text} |"
            )
    share = [
        float((map_data.maxima.sel(zeeman_ratio=r) >= 2).mean())
        for r in map_data.zeeman_ratio.values
    ]
    text = ", ".join(
        f"{s:.0%} at {r:g}" for s, r in zip(share, map_data.zeeman_ratio.values, strict=True)
    )
    shares = (
        f"Share of the map with two or more maxima: {text}. Dashed in the map: τ_c/T2e* = √N_I."
    )
    return "\n".join([*lines, "", shares, "", _ASSUMPTION, ""])


def write_second_maximum(
    output: Path, *, force: bool, progress: Progress | None = None, coarse: bool = False
) -> str:
    """Compute, then write `FILES` into `output`, all or none; return the summary. `coarse` thins the map.

    `progress` is called with a label and the finished share. InvalidInputError if the folder cannot
    be written, or holds one of the files and `force` is false.
    """
    say = progress or (lambda _label, _share: None)
    check_folder(output, FILES, force=force)
    lines = curves(points=61 if coarse else 121, progress=lambda share: say("curves", 0.3 * share))
    k = np.geomspace(10, 1e4, 10 if coarse else 25)
    nuclei = np.geomspace(1e2, 1e7, 6 if coarse else 16)
    table = maxima_map(
        k, nuclei, (5e-4, 1e-3, 2e-3), progress=lambda share: say("map", 0.3 + 0.6 * share)
    )
    say("maxima", 0.9)
    text = summary(lines, table)
    with whole_files(output, FILES, replace=force) as paths:
        for name, data, draw in (("curves", lines, draw_curves), ("map", table, draw_map)):
            write_curves(data, paths[f"{name}.csv"])
            for suffix in ("png", "pdf"):
                save(draw(data), paths[f"{name}.{suffix}"])
        paths["summary.md"].write_text(text, encoding="utf-8")
    say("done", 1.0)
    return text
