"""Units as they stand in headers: whether a text is one, and its factor to SI."""

import re
from functools import lru_cache
from pathlib import Path

from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.quantities import Dimension, refuse_large_prefix, si

DIMENSIONLESS = {"": 1.0, "1": 1.0, "%": 0.01} | dict.fromkeys(
    ("a.u.", "arb.u.", "arb. u.", "arb. units"), 1.0
)

_LONGEST = 40
_WORD = r"\(?(?:[^\W\d]\w*|[°%]\w*)(?:(?:\^|\*\*)\(?-?[0-9]{1,2}(?:\.[0-9])?\)?|[⁻⁰¹²³⁴-⁹]+|-[1-9][0-9]?(?![\w.]))?\)?"
_SHAPE = re.compile(rf"(?:1\s*/\s*)?{_WORD}(?:(?:\s*[*/·]\s*|\s+){_WORD})*")
_EXAMPLE = re.compile(r'"[^" ]+ ([^"]+)"')


@lru_cache(maxsize=256)
def is_unit(text: str) -> bool:
    """Whether a text is a unit of anything."""
    if text in DIMENSIONLESS:
        return text != ""
    if not _has_shape_of_unit(text):
        return False
    try:
        si(text, f"1 {text}", Dimension(text, ""))
    except InvalidInputError:
        return False
    return True


def factor(path: Path, name: str, unit: str, dimension: Dimension) -> float:
    """SI units in one `unit` of the column `name`; InvalidInputError says which units fit."""
    with locate_errors(f"{path}"):
        refuse_large_prefix(f"the unit {unit} of column {name!r}", unit)
        if not is_unit(unit):
            raise InvalidInputError(
                f"has the unknown unit {unit!r}",
                parameter=f"column {name!r}",
                remedy=f'write it as in "{name} ({example(dimension)})"',
            )
        called = f"the unit of column {name!r}"
        one = float(si(called, f"1 {unit}", dimension))
        if float(si(called, f"0 {unit}", dimension)) != 0:
            raise InvalidInputError(
                f"is {unit!r}, whose zero is not that of SI",
                parameter=called,
                remedy=f"convert it to {dimension.unit}",
            )
        return one


def example(dimension: Dimension) -> str:
    """A unit in which people give it."""
    match = _EXAMPLE.search(dimension.examples)
    return match[1] if match else dimension.unit


def _has_shape_of_unit(text: str) -> bool:
    """Words, products, quotients and small powers: nothing that takes long to evaluate reaches the parser."""
    return len(text) <= _LONGEST and _SHAPE.fullmatch(text) is not None
