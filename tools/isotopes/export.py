"""Write raw/*.csv from the releases of mendeleev, SPIKE and mrsimulator; nothing else in coldspin needs them.

    python export.py SPIKE/spike/v1/Nucleus.py

with mendeleev and mrsimulator installed, and SPIKE's source archive unpacked. See README.md.
"""

import csv
import json
import sys
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from sqlite3 import connect

RAW = Path(__file__).with_name("raw")
COLUMNS = (
    "spin",
    "g_factor",
    "g_factor_uncertainty",
    "quadrupole_moment",
    "quadrupole_moment_uncertainty",
    "abundance",
    "abundance_uncertainty",
)
THALLIUM_AS_TITANIUM = {"203Ti": "203Tl", "205Ti": "205Tl"}  # so in SPIKE's table
PLATINUM_MISTYPED = {"185Pt": "195Pt"}  # so in mrsimulator's; natural platinum has no 185


def natural_isotopes() -> Iterable[list[str]]:
    """Every isotope with an abundance above zero, with the floats as they are stored."""
    query = f"SELECT symbol, i.atomic_number, mass_number, {', '.join('i.' + c for c in COLUMNS)} FROM isotopes i "  # noqa: S608
    query += "JOIN elements e ON e.atomic_number = i.atomic_number WHERE i.abundance > 0 "
    query += "ORDER BY i.atomic_number, mass_number"
    yield ["symbol", "Z", "A", *COLUMNS]
    with closing(connect(Path(_folder("mendeleev"), "elements.db"))) as database:
        for element, z, a, *values in database.execute(query):
            yield [f"{a}{element}", z, a, *values]


def frequency_ratios(nucleus: str) -> Iterable[list[str]]:
    """The ratios of SPIKE and the reference compounds of mrsimulator, for every isotope that SPIKE lists.

    An isotope that mrsimulator does not list has the compound of another isotope of its element.
    """
    table = run_path(nucleus)["table"]
    path = Path(_folder("mrsimulator"), "spin_system", "references.json")
    listed = json.loads(path.read_text("utf-8"))
    references = {PLATINUM_MISTYPED.get(label, label): row for label, row in listed.items()}
    of_element = {symbol.lstrip("0123456789"): row for symbol, row in references.items()}
    yield ["symbol", "frequency_ratio", "compound", "solvent"]
    for label, row in table.items():
        symbol = THALLIUM_AS_TITANIUM.get(label, label)
        element = symbol.lstrip("0123456789")
        reference = references.get(symbol, of_element.get(element, {}))
        yield [symbol, repr(row[4]), reference.get("compound", ""), reference.get("solvent", "")]


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed")
    return Path(spec.origin).parent


def _write(name: str, origin: str, rows: Iterable[list[str]]) -> None:
    with (RAW / name).open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {origin}\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    _write(
        "natural_isotopes.csv", f"mendeleev {version('mendeleev')}, isotopes", natural_isotopes()
    )
    spike = Path(sys.argv[1]).parents[2].name
    _write(
        "frequency_ratios.csv",
        f"ratios: {spike}, spike/v1/Nucleus.py; compounds: mrsimulator "
        f"{distribution('mrsimulator').version}",
        frequency_ratios(sys.argv[1]),
    )
