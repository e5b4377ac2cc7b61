"""Where a result goes: a table on standard output, a file, a figure."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.cli.terminal import build_table, console, note_unverified, say
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.outputs import sample_figures, tables
from coldspin.outputs.files import check_output, whole_file
from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from coldspin.heating import Method
    from coldspin.sample.site import Site

FIGURE_SUFFIXES = (".png", ".pdf", ".svg")
ROWS_ON_A_TERMINAL = 41


class Column(NamedTuple):
    """A variable of a Dataset, its heading, and the factor from SI to the unit of the heading."""

    variable: str
    heading: str
    factor: float = 1.0


_STATE = (
    Column("inverse_spin_temperature", "β (1/J)"),
    Column("spin_temperature", "θ_N (µK)", 1e6),
    Column("nuclear_polarization", "⟨I_z⟩/I"),
    Column("overhauser_field", "B_N (mT)", 1e3),
)
_ELECTRON = (
    Column("heating_coefficient", "Φ"),
    Column("electron_relaxation_time", "T1e (ns)", 1e9),
)
COOL = (*_STATE, *_ELECTRON)
BRANCHES = (Column("stable", "stable"), *COOL)
OPTIMUM = (Column("kind", "|β| is"), *COOL)
RELAX = (
    Column("relaxation_rate", "1/T_E (1/s)"),
    Column("zeeman_relaxation_rate", "Zeeman (1/s)"),
    Column("spin_spin_relaxation_rate", "spin-spin (1/s)"),
    *_ELECTRON,
)
RUN = (
    Column("time", "t (s)"),
    Column("stage", "stage"),
    Column("stage_kind", "kind"),
    *_STATE,
)


class Outputs(NamedTuple):
    """Files to write; each was found writable before any work."""

    table: Path | None
    figure: Path | None
    force: bool


def check_outputs(table: Path | None, figure: Path | None, *, force: bool) -> Outputs:
    """Raise InvalidInputError for an unknown suffix, an existing file, an unwritable place."""
    if table is not None:
        tables.check_suffix(table)
        check_output(table, force=force)
    if figure is not None:
        if figure.suffix.lower() not in FIGURE_SUFFIXES:
            raise InvalidInputError(
                f"plot {figure} must end in .png, .pdf or .svg: the suffix says the format"
            )
        check_output(figure, force=force)
    return Outputs(table, figure, force)


def deliver(
    data: "xr.Dataset",
    method: "Method",
    columns: tuple[Column, ...],
    unit: str,
    outputs: Outputs,
    draw: Callable[[str], "Figure"],
) -> None:
    """Print `data` or write it where `outputs` says; draw it if a figure is asked for.

    `method` is the one that was asked for; a note names the one that it chose.
    """
    note_unverified(data.attrs.get("unverified", ""))
    if data.attrs["method"] != repr(method):
        say(f"note: the method was {data.attrs['method']}")
    if outputs.table is None:
        print_result(data, columns, unit)
    else:
        tables.write(data, outputs.table, replace=outputs.force)
        say(f"wrote {outputs.table}")
    if outputs.figure is not None:
        figure = draw(unit)
        with whole_file(outputs.figure, replace=outputs.force) as beside:
            sample_figures.save(figure, beside)
        say(f"wrote {outputs.figure}")


def print_result(data: "xr.Dataset", columns: tuple[Column, ...], unit: str) -> None:
    """Print a table, the field in `unit`; a long one is thinned on a terminal."""
    out = console()
    count = data["field"].size
    rows = np.arange(count)
    if out.is_terminal and count > ROWS_ON_A_TERMINAL:
        rows = np.unique(np.linspace(0, count - 1, ROWS_ON_A_TERMINAL).round().astype(int))
        say(f"{len(rows)} of {count} rows are shown; --output FILE.csv writes all of them")
    every = (Column("field", f"B ({unit})", field_in_unit(1.0, unit)), *columns)
    headings = [column.heading for column in every]
    cells = [_format_cells(data[column.variable].values[rows], column) for column in every]
    out.print(build_table(headings, zip(*cells, strict=True), right=headings, narrow=headings))


def field_in_unit(field: float, unit: str) -> float:
    """Return `field` [T] in `unit`."""
    return field / float(si("unit", f"1 {unit}", FIELD))


def curve_around(
    extrema: "xr.Dataset", site: "Site", electron_spin: float, options: dict[str, Any]
) -> "xr.Dataset":
    """β(B) to four times the largest field of the extrema, within the range of the search."""
    from coldspin.cooling.facade import cool

    low = extrema.attrs["search_minimum"]
    high = extrema.attrs["search_maximum"]
    reach = max(abs(low), abs(high))
    if extrema.sizes["extremum"]:
        reach = 4 * float(abs(extrema["field"]).max())
    fields = f"{max(low, -reach)!r}:{min(high, reach)!r}:401 T"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # the search gave them already
        return cool(site, fields, electron_spin, **options)


def _format_cells(values: Array, column: Column) -> list[str]:
    """Values as text: words, yes or no, or numbers of few digits."""
    if values.dtype.kind == "U":
        return [str(value) for value in values]
    if values.dtype.kind == "b":
        return ["yes" if value else "no" for value in values]
    digits = 6 if column.variable == "field" else 4
    return [f"{value * column.factor + 0.0:.{digits}g}" for value in values.tolist()]
