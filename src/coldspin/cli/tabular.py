"""Results as tables for people: few columns, few digits, the units of the laboratory."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from coldspin.cli.reporting import say
from coldspin.quantities import FIELD, si

if TYPE_CHECKING:
    import xarray as xr

ROWS_ON_A_TERMINAL = 41
WIDTH_OF_A_FILE = 160


class Column(NamedTuple):
    """A variable of a Dataset, the heading it gets, and the factor from SI to the unit in that heading."""

    variable: str
    heading: str
    factor: float = 1.0


_PUMPED = (
    Column("inverse_spin_temperature", "β (1/J)"),
    Column("spin_temperature", "θ_N (µK)", 1e6),
    Column("nuclear_polarization", "⟨I_z⟩/I"),
    Column("overhauser_field", "B_N (mT)", 1e3),
    Column("heating_coefficient", "Φ"),
    Column("electron_relaxation_time", "T1e (ns)", 1e9),
)
COOL = _PUMPED
BRANCHES = (Column("stable", "stable"), *_PUMPED)
OPTIMUM = (Column("kind", "|β| is"), *_PUMPED)
RELAX = (
    Column("relaxation_rate", "1/T_E (1/s)"),
    Column("zeeman_relaxation_rate", "Zeeman (1/s)"),
    Column("spin_spin_relaxation_rate", "spin-spin (1/s)"),
    Column("heating_coefficient", "Φ"),
    Column("electron_relaxation_time", "T1e (ns)", 1e9),
)


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for every column where there is none."""
    found = Console(stderr=stderr, highlight=False)
    return (
        found
        if found.is_terminal
        else Console(stderr=stderr, highlight=False, width=WIDTH_OF_A_FILE)
    )


def show(dataset: "xr.Dataset", columns: tuple[Column, ...], unit: str) -> None:
    """Print `dataset` as a table on standard output, the field in `unit`; thinned on a terminal if it is long."""
    out = console()
    count = dataset["field"].size
    rows = np.arange(count)
    if out.is_terminal and count > ROWS_ON_A_TERMINAL:
        rows = np.unique(np.linspace(0, count - 1, ROWS_ON_A_TERMINAL).round().astype(int))
        say(f"{len(rows)} of {count} rows are shown; --output FILE.csv writes all of them")
    field = Column("field", f"B ({unit})", in_unit(1.0, unit))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in (field, *columns):
        table.add_column(column.heading, justify="right", no_wrap=True)
    cells = [_cells(dataset[column.variable].values[rows], column) for column in (field, *columns)]
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    out.print(table)


def in_unit(field: float, unit: str) -> float:
    """Return `field` [T] in `unit`."""
    return field / float(si("unit", f"1 {unit}", FIELD))


def _cells(values: "np.ndarray[tuple[int], np.dtype[np.generic]]", column: Column) -> list[str]:
    if values.dtype.kind == "U":
        return [str(value) for value in values]
    if values.dtype.kind == "b":
        return ["yes" if value else "no" for value in values]
    digits = 6 if column.variable == "field" else 4
    return [f"{value * column.factor + 0.0:.{digits}g}" for value in values.tolist()]
