"""Files that the page gives: figures in the style of the package, tables, and the TOML that the command line takes."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import curves
from coldspin.explorer.curves import field_ends, find_plot_fields
from coldspin.explorer.samples import (
    build_page_protocol,
    build_page_sample,
    protocol_text,
    sample_text,
)
from coldspin.explorer.state import PageState
from coldspin.outputs import sample_figures as plots
from coldspin.outputs import tables
from coldspin.wording import listed

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

CONTENTS = ("cooling", "warming", "maxima", "map", "validity", "protocol")
FIGURES = ("png", "svg", "pdf")


def build_file(
    state: PageState, content: str, kind: str, progress: curves.Progress | None = None
) -> tuple[str, bytes]:
    """Name and bytes of one file: `content` of CONTENTS as a figure or "csv", "sample" or "protocol" as "toml".

    Raises InvalidInputError for what there is no file of.
    """
    if kind == "toml":
        return f"{content}.toml", build_toml(state, content).encode()
    if content not in CONTENTS or kind not in (*FIGURES, "csv"):
        raise InvalidInputError(
            f"there are files of {listed(list(CONTENTS))}, not of {content[:40]!r} as {kind[:10]!r}"
        )
    name = f"{content}.{kind}"
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        path = Path(folder) / name
        if kind == "csv":
            tables.write(build_dataset(state, content, progress), path)
        else:
            plots.save(build_figure(state, content, progress), path)
        return name, path.read_bytes()


def build_toml(state: PageState, content: str) -> str:
    """The page as a sample file or a protocol file, checked."""
    if content == "protocol":
        build_page_protocol(state)
        return protocol_text(state)
    if content != "sample":
        raise InvalidInputError(
            f"there are TOML files of the sample and of the protocol, not of {content[:40]!r}"
        )
    sample = build_page_sample(state)
    sample.electron_spin()
    sample.method()
    text, fields = find_plot_fields(state, sample)
    return sample_text(state, text, field_ends(fields))


def build_dataset(
    state: PageState, content: str, progress: curves.Progress | None = None
) -> "xr.Dataset":
    """Every column of what is drawn, in SI."""
    if content == "protocol":
        return curves.course(state)
    if content == "maxima":
        return curves.maxima(state, progress)
    if content == "map":
        return _map_table(curves.temperature_map(state))
    results = curves.curves(state, progress)
    if content == "cooling":
        return results.pumped
    if content == "warming":
        return results.dark
    return results.report.to_dataset()


def build_figure(
    state: PageState, content: str, progress: curves.Progress | None = None
) -> "Figure":
    """Draw for print, by matplotlib."""
    if content == "protocol":
        from coldspin.outputs.protocol_figures import plot_protocol

        return plot_protocol(curves.course(state), state.unit)
    if content == "map":
        return _map_figure(curves.temperature_map(state), state)
    results = curves.curves(state, progress)
    if content == "warming":
        return plots.plot_relax(results.dark, state.unit)
    if content in ("cooling", "maxima"):
        return plots.plot_cool(results.pumped, state.unit, curves.maxima(state, progress))
    raise InvalidInputError("the validity report is a table", remedy="take it as CSV")


def _map_table(grid: curves.TemperatureMap) -> "xr.Dataset":
    import numpy as np
    import xarray as xr

    time, field = np.meshgrid(grid.time, grid.field, indexing="ij")
    table = xr.Dataset(attrs={"method": grid.method})
    for key, values, unit, name in (
        ("field", field, "T", "magnetic field B along z"),
        ("correlation_time", time, "s", "correlation time τ_c"),
        ("inverse_spin_temperature", grid.beta, "1/J", "inverse nuclear spin temperature β"),
    ):
        table[key] = ("point", values.ravel(), {"units": unit, "long_name": name})
    return table


def _map_figure(grid: curves.TemperatureMap, state: PageState) -> "Figure":
    import matplotlib.pyplot as plt
    import numpy as np

    from coldspin.explorer.figures import per_tesla

    with plots.style():
        figure, axes = plt.subplots()
        x = grid.field * per_tesla(state.unit)
        y = grid.time * 1e9
        size = np.abs(grid.beta)
        image = axes.pcolormesh(x, y, size, shading="nearest", rasterized=True, cmap="viridis")
        present = float(build_page_sample(state).site.correlation_time) * 1e9
        axes.axhline(present, color="w", linestyle="--", linewidth=0.8)
        axes.set(yscale="log", xlabel=f"$B$ ({state.unit})", ylabel=r"$\tau_c$ (ns)")
        figure.colorbar(image, label=r"$|\beta|$ (J$^{-1}$)")
    return figure
