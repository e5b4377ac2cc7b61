"""What one cell of a header says: the name of the column and its unit."""

from typing import NamedTuple

from coldspin.inputs.measurements.cells import is_missing
from coldspin.inputs.measurements.units import is_unit

_PAIRS = {")": "(", "]": "["}


class Heading(NamedTuple):
    """Name of a column and its unit, "" for none."""

    name: str
    unit: str


def heading(text: str) -> Heading:
    """`B (mT)`, `B [mT]`, `B/mT` or `B, mT`; what is no unit behind a slash or a comma belongs to the name."""
    text = text.strip()
    opening = _opening_bracket(text)
    if opening > 0:
        return Heading(text[:opening].rstrip(" /,"), plain_unit(text[opening:]))
    for mark in (text.find("/"), text.rfind(",")):
        if mark > 0 and is_unit(unit := plain_unit(text[mark + 1 :])):
            return Heading(text[:mark].strip(), unit)
    return Heading(text, "")


def plain_unit(text: str) -> str:
    """A unit without the brackets around it; a dash stands for none."""
    text = text.strip()
    if _opening_bracket(text) == 0:
        text = text[1:-1].strip()
    return "" if is_missing(text) else text


def place(row: int, column: int, name: str = "") -> str:
    """Where a cell stands, its column counted from 0."""
    return f"row {row}, column {column + 1}" + (f" ({name})" if name else "")


def counted(number: int, word: str) -> str:
    """A number with its word, which takes the plural as needed."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _opening_bracket(text: str) -> int:
    """Index of the bracket that the last character closes, -1 if it closes none."""
    closing = text[-1:]
    if closing not in _PAIRS:
        return -1
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += (text[index] == closing) - (text[index] == _PAIRS[closing])
        if depth == 0:
            return index
    return -1
