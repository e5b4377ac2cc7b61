"""The tables in data/ that describe materials, read strictly."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from coldspin.materials.csv_cells import MARKS, Row, read_rows
from coldspin.materials.records import Fact, Mark

FOLDER = Path(__file__).with_name("data")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "crystals": ("material", "structure", "sites", "lattice_constant", "mark", "source", "note"),
    "hyperfine": ("material", "carrier", "isotope", "value", "use", "mark", "source", "note"),
    "carriers": ("material", "carrier", "g_factor", "mark", "source", "note"),
    "couplings": ("material", "isotope", "partner", "kind", "value", "mark", "source", "note"),
    "facts": ("material", "what", "value", "unit", "mark", "source", "note"),
}


def read_table(name: str, folder: Path = FOLDER) -> tuple[Row, ...]:
    """Rows of one of the tables of :data:`COLUMNS`, in the order of the file."""
    return tuple(read_rows(folder / f"{name}.csv", COLUMNS[name]))


@cache
def rows_of(name: str, material: str) -> tuple[Row, ...]:
    """Rows of a table that belong to one material."""
    return tuple(row for row in _table(name) if row["material"] == material)


@cache
def names() -> tuple[str, ...]:
    """Every material that has a crystal, in the order of the table."""
    return tuple(row["material"] for row in _table("crystals"))


# One read of each file; read_table itself is not cached, tests read tables of their own.
_table = cache(read_table)


def read_fact(row: Row, what: str, column: str, unit: float = 1.0) -> Fact:
    """The number of a cell times its unit, with mark, source and note; None for an empty cell."""
    mark: Mark = MARKS[row.one_of("mark", MARKS)]
    if not row["source"]:
        raise row.wrong("source", "must name where the value comes from")
    value = None
    if row[column]:
        value = row.number(column) * unit
    notes = []
    if mark == "R" and value is None:
        mark = "none"
    if mark == "R":
        notes.append("unverified")
    if row["note"]:
        notes.append(row["note"])
    return Fact(what, value, mark, row["source"], "; ".join(notes))
