"""How names, numbers and sentences are written on the page of a fit."""

import re

from coldspin.experiments.fitting.problem import Variable
from coldspin.outputs.fit_units import (
    number,
)


def parted(text: str) -> list[str]:
    """Cut a text such as "correlation time τ_c" where a lowered letter begins and ends: every second part is one.

    Powers of ten stay on one line with their number.
    """
    text = text.replace(" × 10", "\u00a0×\u00a010")
    return re.split(r"(?:(?<=(?<!\w)\w)|(?<=\u0303))_(\w)\b", text)


def typeset(text: str) -> str:
    """Numbers in a sentence as people write them: "1.2e-05" becomes "1.2 × 10⁻⁵"."""
    return re.sub(r"(?<![\w.-])\d+(?:\.\d+)?e[+-]\d+\b", lambda m: number(float(m[0]), 3), text)


def variable_name(variable: Variable) -> str:
    """Meaning of a parameter, with the measurement that it belongs to."""
    meaning = variable.parameter.meaning
    return f"{meaning} of {variable.measurement}" if variable.measurement else meaning


def headed(name: str, unit: str) -> str:
    """The head of a column."""
    return f"{name} ({unit})" if unit else name


def shown_probability(value: float) -> str:
    """A probability, however small."""
    return "below 10⁻³⁰⁰" if value < 1e-300 else number(value, 2)
