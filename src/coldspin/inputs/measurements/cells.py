"""Cells as numbers: what is a number, what is missing, and what to say of the rest."""

import re
from collections.abc import Sequence
from math import inf, isinf, nan

import numpy as np

from coldspin.arguments import Array

MISSING = frozenset({"", "nan", "na", "n/a", "-", "--"})

_EXPONENT = r"(?:[eEdD][-+]?[0-9]+)?"
_NUMBER = {
    ".": re.compile(rf"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++){_EXPONENT}"),
    ",": re.compile(rf"[-+]?(?:[0-9]++(?:,[0-9]++)?|,[0-9]++){_EXPONENT}"),
}
_PLAIN = {
    mark: re.compile(rf"[0-9\-+{mark}eE \t\n]*+") for mark in ".,"
}  # among these float() takes numbers alone
_COMMA_AT_END = re.compile(r",(?![0-9])")
_TO_FLOAT = str.maketrans(",dD", ".ee")
_INFINITE = re.compile(r"[-+−]?(?:inf|infinity|∞)", re.IGNORECASE)
_BEGINS_AS_NUMBER = re.compile(r"[<>≤≥~≈±]?\s*[-+−]?[.,]?[0-9]")
_LIMIT = re.compile(r"[<>≤≥~≈].*")
_THOUSANDS = re.compile(
    r"[-+−]?[1-9][0-9]{0,2}(?:([,.' \u00a0\u2009\u202f’])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?"
)
_COULD_BE_THOUSANDS = re.compile(r"[-+−]?[1-9][0-9]{0,2},[0-9]{3}")
_WITH_UNIT = re.compile(r"[-+−]?[0-9.,]+(?:[eE][-+]?[0-9]+)?\s*[^\W\d_]\D*")


def number(cell: str, decimal: str) -> float | None:
    """Value of one cell: NaN if missing, None if it is no number, an infinity if it is too large."""
    text = cell.strip()
    if text.lower() in MISSING:
        return nan
    if _INFINITE.fullmatch(text):
        return inf
    text = text.replace("−", "-")
    return float(text.translate(_TO_FLOAT)) if _NUMBER[decimal].fullmatch(text) else None


def numbers(cells: Sequence[str], decimal: str) -> Array | None:
    """Values of many cells, missing ones as NaN; None if one of them is not a finite number."""
    joined = "\n".join(cells)
    if _PLAIN[decimal].fullmatch(joined) and not (decimal == "," and _COMMA_AT_END.search(joined)):
        try:
            pointed = cells if decimal == "." else joined.replace(",", ".").split("\n")
            values = np.fromiter(map(float, pointed), np.float64, len(cells))
        except ValueError:
            pass
        else:
            return values if bool(np.isfinite(values).all()) else None
    read = [number(cell, decimal) for cell in cells]
    return (
        None
        if any(value is None or isinf(value) for value in read)
        else np.array(read, dtype=np.float64)
    )


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return cell.strip().lower() in MISSING


def begins_as_number(cell: str) -> bool:
    """Whether a cell is a number, or one with something before or behind it that does not belong there."""
    return _BEGINS_AS_NUMBER.match(cell.strip()) is not None


def could_be_thousands(cell: str) -> bool:
    """Whether the comma of a cell could stand for thousands as well as for decimals."""
    return _COULD_BE_THOUSANDS.fullmatch(cell.strip()) is not None


def fault(cell: str, decimal: str) -> str:
    """Say what is wrong with a cell that is not a finite number, and what to do."""
    text, other = cell.strip(), "," if decimal == "." else "."
    if number(text, decimal) is not None:
        return "is not finite; leave the cell empty if nothing was measured"
    if _NUMBER[other].fullmatch(text) and not could_be_thousands(text):
        name = {".": "point", ",": "comma"}
        return f"is not a number with a decimal {name[decimal]}; write all numbers with the same decimal mark"
    if _THOUSANDS.fullmatch(text):
        return "has a separator of thousands; remove all such separators"
    if _LIMIT.fullmatch(text):
        return "is a limit and not a number; leave the cell empty"
    if _WITH_UNIT.fullmatch(text):
        return "is not a number; write numbers alone and their unit in the header"
    return "is not a number; correct it, or leave the cell empty if nothing was measured"
