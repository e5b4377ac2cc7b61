"""Write easyspin.csv and frequency_ratios.csv, other programs' tables; needs pycce and mrsimulator. See README.md."""

import csv
import json
from importlib.metadata import files
from pathlib import Path

HERE = Path(__file__).parent
TABLE = Path(__file__).parents[3] / "src" / "coldspin" / "materials" / "data" / "isotopes.csv"


def our_symbols():
    """Every isotope in our table, spin 0 included."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [line.split(",")[0] for line in lines[1:]]


def text_of(package, path):
    """A data file of an installed package."""
    return next(file for file in files(package) if str(file) == path).locate().read_text("latin-1")


def easyspin():
    """Spin, g, abundance [%] and quadrupole moment [barn] of EasySpin's nuclei, as PyCCE carries them."""
    lines = [line.split() for line in text_of("pycce", "pycce/bath/isotopes.txt").splitlines()]
    rows = {line[1] + line[3]: line for line in lines if line and not line[0].startswith("%")}
    yield ["symbol", "spin", "g_factor", "abundance", "quadrupole_moment"]
    for symbol in our_symbols():
        if symbol in rows:
            yield [symbol, *rows[symbol][5:9]]


def frequency_ratios():
    """Frequency ratios [%] of mrsimulator's NMR references."""
    table = json.loads(text_of("mrsimulator", "mrsimulator/spin_system/references.json"))
    yield ["symbol", "frequency_ratio"]
    for symbol in our_symbols():
        if symbol in table:
            yield [symbol, repr(table[symbol]["ratio"])]


if __name__ == "__main__":
    for maker in (easyspin, frequency_ratios):
        with (HERE / f"{maker.__name__}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(maker())
