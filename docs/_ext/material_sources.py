"""Tables of every number of the materials with its source, from the package's data, in place of marks in a page."""

import csv
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import groupby
from math import pi
from pathlib import Path
from typing import Any

from bibliography import read_entries

DATA = Path(str(files("coldspin.materials") / "data"))


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of the package."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def cell(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return "".join(f"\\{c}" if c in "\\|*_<>$[]`~#" else c for c in text)


def label(key: str) -> str:
    """Anchor of a source."""
    return f"source-{key.replace('_', '-')}"


def _source(key: str) -> str:
    return f"[{cell(key)}](#{label(key)})"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _facts() -> Iterator[tuple[dict[str, str], str, str, str]]:
    """Row, what it says, value, unit."""
    for row in read_rows("crystals.csv"):
        yield row, f"lattice constant, {row['structure']}", row["lattice_constant"], "Å"
    for row in read_rows("carriers.csv"):
        yield row, f"g of the {row['carrier']}", row["g_factor"], ""
    for row in read_rows("hyperfine.csv"):
        other = ", alternative" if row["use"] == "alternative" else ""
        yield row, f"A of {row['isotope']}, {row['carrier']}{other}", row["value"], "µeV"
    for row in read_rows("couplings.csv"):
        yield (
            row,
            f"{row['kind']} coupling of {row['isotope']} and {row['partner']}",
            row["value"],
            "Hz",
        )
    for row in read_rows("facts.csv"):
        yield row, row["what"], row["value"], "" if row["unit"] == "1" else row["unit"]


def format_materials() -> str:
    """Every row of the tables of crystals, carriers, constants, couplings and facts, a table for each material."""
    order = {row["material"]: place for place, row in enumerate(read_rows("crystals.csv"))}
    facts = sorted(_facts(), key=lambda fact: order[fact[0]["material"]])
    lines: list[str] = []
    for material, group in groupby(facts, lambda fact: fact[0]["material"]):
        lines += [
            "",
            f"### {cell(material)}",
            "",
            _line("what", "value", "mark", "source", "note"),
            "|---" * 5 + "|",
        ]
        for row, what, value, unit in group:
            texts = (
                cell(text)
                for text in (what, f"{value} {unit}".strip() if value else "unknown", row["mark"])
            )
            lines.append(_line(*texts, _source(row["source"]), cell(row["note"] or "")))
    return "\n".join(lines)


def format_isotopes() -> str:
    """Every isotope with spin."""
    from coldspin.materials import isotope

    lines = [
        _line("isotope", "I", "γ/2π bare, MHz/T", "shielded", "Q, barn", "abundance, %", "sources"),
        "|---" * 7 + "|",
    ]
    for row in read_rows("isotopes.csv"):
        if row["spin"] == "0":
            continue
        one: Any = isotope(row["symbol"])
        values = [_known(one, *column) for column in _ISOTOPE_COLUMNS]
        used = ", ".join(_source(key) for key in dict.fromkeys(one.sources.values()))
        lines.append(_line(one.symbol, row["spin"], *values, used))
    return "\n".join(lines)


_ISOTOPE_COLUMNS = (
    ("gyromagnetic_ratio_bare", "magnetic_moment", 2e6 * pi, ".5f"),
    ("gyromagnetic_ratio_shielded", "gyromagnetic_ratio_shielded", 2e6 * pi, ".5f"),
    ("quadrupole_moment", "quadrupole_moment", 1e-28, ".4g"),
    ("abundance", "abundance", 1e-2, ".4g"),
)


def _known(one: Any, name: str, given: str, unit: float, shown: str) -> str:
    """One number of an isotope, or nothing where what it is made from is not in the table."""
    return format(getattr(one, name) / unit, shown) if given in one.sources else ""


def format_sources() -> str:
    """Every entry of sources.bib, with an anchor."""
    parts = []
    for entry in read_entries(DATA / "sources.bib"):
        where = f" <{entry.address}>." if entry.address else ""
        text = f"{cell(entry.sentence)}.{where}" if entry.sentence else where.strip()
        note = cell(entry.fields.get("note", "")).rstrip(".")
        parts.append(f"({label(entry.key)})=\n**{cell(entry.key)}**: {text} {note}.")
    return "\n\n".join(parts)


MARKS: dict[str, Callable[[], str]] = {
    "<!-- material numbers -->": format_materials,
    "<!-- isotope numbers -->": format_isotopes,
    "<!-- material sources -->": format_sources,
}


def fill(_app: Any, _page: str, source: list[str]) -> None:
    """Put the tables in the places of the marks."""
    for mark, write in MARKS.items():
        if mark in source[0]:
            source[0] = source[0].replace(mark, write())


def setup(app: Any) -> dict[str, bool]:
    """Fill pages as they are read."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
