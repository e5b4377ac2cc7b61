"""Files that the page gives: figures in the style of the package, tables, and the TOML that the command line takes."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import curves
from coldspin.explorer.fields import drawn_fields, ends
from coldspin.explorer.samples import protocol_of, protocol_text, sample_of, sample_text
from coldspin.explorer.state import State
from coldspin.outputs import sample_figures as plots
from coldspin.outputs import tables
from coldspin.wording import listed

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

CONTENTS = ("cooling", "warming", "maxima", "map", "validity", "protocol")
FIGURES = ("png", "svg", "pdf")


def file_of(
    state: State, content: str, kind: str, progress: curves.Progress | None = None
) -> tuple[str, bytes]:
    """Name and bytes of one file: `content` of CONTENTS as a figure or "csv", "sample" or "protocol" as "toml".

    Raises InvalidInputError for what there is no file of.
    """
    if kind == "toml":
        return f"{content}.toml", toml_of(state, content).encode()
    if content not in CONTENTS or kind not in (*FIGURES, "csv"):
        raise InvalidInputError(
            f"there are files of {listed(list(CONTENTS))}, not of {content[:40]!r} as {kind[:10]!r}"
        )
    if kind == "csv":
        return f"{content}.csv", _written(
            lambda path: tables.write(dataset_of(state, content, progress), path), "csv"
        )
    figure = figure_of(state, content, progress)
    return f"{content}.{kind}", _written(lambda path: plots.save(figure, path), kind)


def toml_of(state: State, content: str) -> str:
    """The page as a sample file or a protocol file, checked."""
    if content == "protocol":
        protocol_of(state)
        return protocol_text(state)
    if content != "sample":
        raise InvalidInputError(
            f"there are TOML files of the sample and of the protocol, not of {content[:40]!r}"
        )
    sample = sample_of(state)
    sample.electron_spin()
    sample.method()
    text, axis = drawn_fields(state, sample)
    return sample_text(state, text, ends(axis))


def dataset_of(state: State, content: str, progress: curves.Progress | None = None) -> "xr.Dataset":
    """Every column of what is drawn, in SI."""
    if content == "protocol":
        return curves.course(state)
    if content == "maxima":
        return curves.maxima(state, progress)
    if content == "map":
        return _map_table(curves.temperature_map(state))
    found = curves.curves(state, progress)
    return {"cooling": found.pumped, "warming": found.dark}.get(content, found.report.to_dataset())


def figure_of(state: State, content: str, progress: curves.Progress | None = None) -> "Figure":
    """Draw for print, by matplotlib."""
    if content == "protocol":
        from coldspin.outputs.protocol_figures import plot_protocol

        return plot_protocol(curves.course(state), state.unit)
    if content == "map":
        return _map_figure(curves.temperature_map(state), state)
    found = curves.curves(state, progress)
    if content == "warming":
        return plots.plot_relax(found.dark, state.unit)
    if content in ("cooling", "maxima"):
        return plots.plot_cool(found.pumped, state.unit, curves.maxima(state, progress))
    raise InvalidInputError("the validity report is a table", remedy="take it as CSV")


def _map_table(found: curves.Map) -> "xr.Dataset":
    import numpy as np
    import xarray as xr

    time, field = np.meshgrid(found.time, found.field, indexing="ij")
    columns = {
        "field": (field, "T", "magnetic field B along z"),
        "correlation_time": (time, "s", "correlation time τ_c"),
        "inverse_spin_temperature": (found.beta, "1/J", "inverse nuclear spin temperature β"),
    }
    made = {
        n: ("point", v.ravel(), {"units": unit, "long_name": name})
        for n, (v, unit, name) in columns.items()
    }
    return xr.Dataset(made).assign_attrs(method=found.method)


def _map_figure(found: curves.Map, state: State) -> "Figure":
    import matplotlib.pyplot as plt
    import numpy as np

    from coldspin.explorer.figures import per_field

    with plots.style():
        figure, axes = plt.subplots()
        x, y = found.field * per_field(state.unit), found.time * 1e9
        size = np.abs(found.beta)
        image = axes.pcolormesh(x, y, size, shading="nearest", rasterized=True, cmap="viridis")
        axes.axhline(
            float(sample_of(state).site.correlation_time) * 1e9,
            color="w",
            linestyle="--",
            linewidth=0.8,
        )
        axes.set(yscale="log", xlabel=f"$B$ ({state.unit})", ylabel=r"$\tau_c$ (ns)")
        figure.colorbar(image, label=r"$|\beta|$ (J$^{-1}$)")
    return figure


def _written(write: Callable[[Path], None], kind: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        path = Path(folder) / f"file.{kind}"
        write(path)
        return path.read_bytes()
