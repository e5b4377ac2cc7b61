"""The table of the page on first principles, `python -m coldspin.studies.first_principles_table FILE`, 12 to 16 nuclei.

Some seven minutes of one processor. Rows that FILE holds already are kept, every new row is written
at once.
"""

import csv
import sys
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from coldspin.heating.manybody import Typical
from coldspin.outputs.files import whole_file
from coldspin.studies.cross_terms import cross_terms
from coldspin.studies.first_principles import box_system, cluster, whole_heating

DIRECTIONS = {"001": (0.0, 0.0, 1.0), "110": (1.0, 1.0, 0.0), "111": (1.0, 1.0, 1.0)}
DEPHASING_TIME = 5e-9  # s, of a shallow donor in GaAs
MADE_BY = "# GaAs, spins taken as 1/2, seed 0; made by: python -m coldspin.studies.first_principles_table FILE"


@dataclass(frozen=True)
class Case:
    """One row to compute: `nuclear_share` = ω_B/ω_e, `local_precession` = γ_N B_L T2e*, 0 for that of GaAs in 5 ns."""

    nuclei: int
    direction: str
    b: float
    k: float
    nuclear_share: float = 0.0
    local_precession: float = 0.0
    samples: int = 4


CASES = (
    Case(12, "001", 0.0, 3.0),
    *(Case(12, "001", 1.0, k) for k in (1.0, 10.0)),
    *(
        Case(12, direction, 1.0, 3.0, samples=samples)
        for direction, samples in (("001", 48), ("110", 6), ("111", 6))
    ),
    *(Case(14, direction, 1.0, 3.0) for direction in DIRECTIONS),
    *(Case(16, direction, 1.0, 1.0) for direction in DIRECTIONS),
    *(Case(12, "001", 1.0, k, local_precession=0.05) for k in (3.0, 10.0)),
)


@dataclass(frozen=True)
class Found:
    """Φ to all orders, standard error, Φ by `Geometry`, `BalancedLattice`, CPU time [s]."""

    phi: float
    error: float
    geometry: float
    lattice: float
    seconds: float


def computed(case: Case) -> Found:
    """One row. Time averages are within 3e-4, or 1e-7 where the heat of the Zeeman reservoir is taken off."""
    nuclei = cluster(case.nuclei)
    direction = DIRECTIONS[case.direction]
    s = case.local_precession / nuclei.local_precession() or DEPHASING_TIME
    precession = case.nuclear_share / (2 * np.sqrt(case.nuclei))
    started = time.process_time()
    system = box_system(
        nuclei, direction, dephasing_time=s, b=case.b, nuclear_precession=precession
    )
    phi, error = whole_heating(
        system, case.k * s, traces=Typical(case.samples), tolerance=1e-7 if precession else 3e-4
    )  # fmt: skip
    seconds = time.process_time() - started
    exact = cross_terms(nuclei.geometry(direction), case.b, case.k, nuclear_precession=precession)
    return Found(phi, error, exact.total, exact.lattice, seconds)


def read(path: Path) -> dict[Case, Found]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {_case(row): _read_result(row) for row in rows}


def write(path: Path, rows: dict[Case, Found]) -> None:
    """A table, with a first line that says how it was made."""
    with whole_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write(MADE_BY + "\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for kind in (Case, Found) for field in fields(kind))
        for case, found in rows.items():
            writer.writerow([*astuple(case), *(f"{value:.9g}" for value in astuple(found))])


def complete(path: Path, cases: Iterable[Case] = CASES) -> None:
    """Compute the rows that are missing in the table and write it after each."""
    rows = read(path) if path.exists() else {}
    for case in cases:
        if case not in rows:
            rows[case] = computed(case)
            write(path, rows)


def _case(row: dict[str, str]) -> Case:
    numbers = {name: float(row[name]) for name in ("b", "k", "nuclear_share", "local_precession")}
    return Case(
        nuclei=int(row["nuclei"]),
        direction=row["direction"],
        samples=int(row["samples"]),
        **numbers,
    )


def _read_result(row: dict[str, str]) -> Found:
    return Found(**{field.name: float(row[field.name]) for field in fields(Found)})


if __name__ == "__main__":
    complete(Path(sys.argv[1]))
