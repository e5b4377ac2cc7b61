"""Make src/coldspin/materials/data/isotopes.csv from raw/*.csv; standard library only, the same bytes each time.

python build.py [TARGET]
"""

import csv
import math
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

RAW = Path(__file__).with_name("raw")
TABLE = Path(__file__).parents[2] / "src" / "coldspin" / "materials" / "data" / "isotopes.csv"

SHIELDED_PROTON = Decimal("2.675153194e8")  # rad/s/T, water sphere at 25 °C (CODATA 2022)
WATER_FROM_TMS = Decimal("4.8e-6")  # chemical shift of water from tetramethylsilane, recalled
TMS_PROTON = SHIELDED_PROTON * (1 - WATER_FROM_TMS)
NOT_GIVEN = "not given"

PROPERTIES = ("magnetic_moment", "gyromagnetic_ratio_shielded", "quadrupole_moment", "abundance")
HEADER = """\
# Naturally occurring isotopes: spin, moments, abundance. Table version 1.0; made by tools/isotopes/build.py.
# symbol, Z, A, spin: name, protons, nucleons, I of the ground state; rows with spin 0 carry only the abundance
# magnetic_moment: of the bare nucleus, corrected for the shielding by electrons [nuclear magnetons]
# gyromagnetic_ratio_shielded: angular frequency per field in the reference compound [rad/s/T], signed as the moment
# reference_compound: in which the shielded ratio holds, as IUPAC recommends it
# quadrupole_moment: Q [barn], only for spin 1 and more
# abundance: atoms in a hundred of the element [%]; with a natural range, its middle
# *_uncertainty: one standard deviation in the unit of the value, or "not given"
# *_source: a key of sources.bib; *_mark: S seen there, D derived from what was seen there, R recalled
# an empty value is not known
"""


def build() -> str:
    """Return the text of the table."""
    ratios = {row["symbol"]: row for row in _read("frequency_ratios.csv")}
    corrections = {(row["symbol"], row["property"]): row for row in _read("corrections.csv")}
    cells = [f"{p}{part}" for p in PROPERTIES for part in ("", "_uncertainty", "_source", "_mark")]
    columns = ["symbol", "Z", "A", "spin", *cells[:8], "reference_compound", *cells[8:]]
    lines = [HEADER + ",".join(columns)]
    for row in _read("natural_isotopes.csv"):
        facts = _facts(row, ratios.get(row["symbol"]), corrections)
        known = {f"{p}{part}": text for p, fact in facts.items() for part, text in _named(fact)}
        compound = (
            _compound(ratios[row["symbol"]]) if "gyromagnetic_ratio_shielded" in facts else ""
        )
        known |= {name: row[name] for name in ("symbol", "Z", "A", "spin")} | {
            "reference_compound": compound
        }
        lines.append(",".join(known.get(name, "") for name in columns))
    if corrections:
        raise SystemExit(f"corrections.csv corrects what is not there: {sorted(corrections)}")
    return "\n".join(lines) + "\n"


def _facts(
    row: dict[str, str],
    ratio: dict[str, str] | None,
    corrections: dict[tuple[str, str], dict[str, str]],
) -> dict[str, tuple[str, ...]]:
    """Value, uncertainty, source and mark of each property of one isotope, as text."""
    abundance = (_tidy(row["abundance"]), _tidy(row["abundance_uncertainty"]))
    facts: dict[str, tuple[str, ...]] = {"abundance": (*abundance, "mendeleev", "S")}
    spin = Fraction(row["spin"])
    if spin:
        facts["magnetic_moment"] = (*_moment(spin, row), "mendeleev", "S")
    if spin >= 1:
        moment = _rounded(row["quadrupole_moment"], row["quadrupole_moment_uncertainty"])
        facts["quadrupole_moment"] = (*moment, "mendeleev", "S")
    if ratio:
        facts["gyromagnetic_ratio_shielded"] = (
            ratio["frequency_ratio"],
            NOT_GIVEN,
            "iupac_frequency_ratios",
            "D",
        )
    for name in set(facts):
        correction = corrections.pop((row["symbol"], name), None)
        if correction is None:
            continue
        if float(correction["released"]) != float(facts[name][0]):
            raise SystemExit(
                f"{row['symbol']}: {name} is {facts[name][0]}, not {correction['released']} any "
                f"more"
            )
        facts[name] = tuple(correction[part] for part in ("value", "uncertainty", "source", "mark"))
        if not correction["value"]:
            del facts[name]
    if "gyromagnetic_ratio_shielded" in facts:
        percent, *rest = facts["gyromagnetic_ratio_shielded"]
        gamma = (TMS_PROTON * Decimal(percent) / 100).copy_sign(
            Decimal(facts["magnetic_moment"][0])
        )
        facts["gyromagnetic_ratio_shielded"] = (f"{gamma:.7e}", *rest)
    return facts


def _moment(spin: Fraction, row: dict[str, str]) -> tuple[str, str]:
    """µ = gI; the release keeps g in single precision, which limits the most precise ones."""
    g = float(row["g_factor"])
    half_step = math.ldexp(1, math.frexp(g)[1] - 25)
    uncertainty = max(float(row["g_factor_uncertainty"]), half_step) * spin
    return _rounded(repr(float(g * spin)), repr(float(uncertainty)))


def _rounded(value: str, uncertainty: str) -> tuple[str, str]:
    """Both to the second digit of the uncertainty, without the noise of single precision."""
    u = Decimal(uncertainty)
    place = Decimal(1).scaleb(u.adjusted() - 1)
    return _plain(Decimal(value).quantize(place)), _plain(u.quantize(place))


def _tidy(value: str) -> str:
    """Without the noise of double precision."""
    return _plain(Decimal(f"{float(value):.10g}"))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _named(fact: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(("", "_uncertainty", "_source", "_mark"), fact, strict=True))


def _compound(ratio: dict[str, str]) -> str:
    neat = ratio["solvent"] == "neat"
    return f"{ratio['compound']} neat" if neat else f"{ratio['compound']} in {ratio['solvent']}"


def _read(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


if __name__ == "__main__":
    (Path(sys.argv[1]) if sys.argv[1:] else TABLE).write_bytes(build().encode())
