"""Where a result goes: a table on standard output, a file, a figure."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coldspin.cli.reporting import note_unverified, say
from coldspin.cli.tabular import Column, show
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.outputs import sample_figures as plots
from coldspin.outputs import tables
from coldspin.outputs.files import check_output, whole_file

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from coldspin.sample.site import Site

FIGURES = (".png", ".pdf", ".svg")


class Outputs(NamedTuple):
    """Files to write, found writable before any work is done."""

    table: Path | None
    figure: Path | None
    force: bool

    @classmethod
    def checked(cls, table: Path | None, figure: Path | None, *, force: bool) -> "Outputs":
        """Raise InvalidInputError for an unknown suffix, a file that exists, a place that cannot be written."""
        if table is not None:
            tables.check_suffix(table)
        if figure is not None and figure.suffix.lower() not in FIGURES:
            raise InvalidInputError(
                f"plot {figure} must end in .png, .pdf or .svg: the suffix says the format"
            )
        for path in filter(None, (table, figure)):
            check_output(path, force=force)
        return cls(table, figure, force)


def deliver(
    data: "xr.Dataset",
    columns: tuple[Column, ...],
    unit: str,
    outputs: Outputs,
    draw: Callable[[str], "Figure"],
) -> None:
    """Print `data`, or write it where `outputs` says, and draw it if a figure is asked for."""
    note_unverified(data.attrs.get("unverified", ""))
    asked, _, taken = data.attrs.get("method", "").partition(": ")
    if taken:
        say(f"note: {asked} took {taken}")
    if outputs.table is None:
        show(data, columns, unit)
    else:
        tables.write(data, outputs.table, replace=outputs.force)
        say(f"wrote {outputs.table}")
    if outputs.figure is not None:
        figure = draw(unit)
        with whole_file(outputs.figure, replace=outputs.force) as beside:
            plots.save(figure, beside)
        say(f"wrote {outputs.figure}")


def around(
    found: "xr.Dataset", site: "Site", electron_spin: float, options: dict[str, Any]
) -> "xr.Dataset":
    """β(B) about the extrema that were found, to four times the largest of them, within the range of the search."""
    from coldspin.cooling.facade import cool

    low, high = found.attrs["search_minimum"], found.attrs["search_maximum"]
    reach = (
        4 * float(abs(found["field"]).max())
        if found.sizes["extremum"]
        else max(abs(low), abs(high))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # said once already
        return cool(
            site, f"{max(low, -reach)!r}:{min(high, reach)!r}:401 T", electron_spin, **options
        )
