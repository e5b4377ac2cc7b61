"""A sentence about what is wrong, and the field of the page beside which it belongs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.labels import labelled

_NAMES = {
    "envelope": "size",
    "bohr_radius": "size",
    "dephasing_time": "size",
    "cells": "size",
    "material": "material",
    "cool": "field",
    "optimum": "field",
    "stage": "stages",
    "more": "more",
    "leakage": "more",
    "run": "more",
    "tolerance": "method",
}
_FIELDS = (
    *(
        "carrier",
        "nuclear_spin",
        "hyperfine_coupling",
        "nuclear_gyromagnetic_ratio",
        "local_field",
        "nuclei",
    ),
    *(
        "correlation_time",
        "filling",
        "g_factor",
        "g-factor",
        "spin",
        "optical_axis_angle",
        "method",
        "effective_isotope",
    ),
)
_ELSEWHERE = {"g-factor": "g_factor", "electron_spin": "spin"}


@contextmanager
def of_finite_numbers() -> Iterator[None]:
    """Say of values such as 1e300 s that no double precision carries what follows from them."""
    try:
        yield
    except (ArithmeticError, ValueError) as problem:
        overflow = isinstance(problem, ArithmeticError) or str(problem).startswith(
            "cannot convert float"
        )
        if isinstance(problem, InvalidInputError) or not overflow:
            raise
        raise InvalidInputError(
            "these values lead to numbers that a computer cannot hold",
            remedy="look for one that is far too large or too small",
        ) from problem


def placed(problem: Exception, file: str = "") -> dict[str, Any]:
    """{"problem": sentence, "at": field}; what is no fault of the user is said in general words.

    `file` is the name of a data file, with which a sentence about that file begins.
    """
    if not isinstance(problem, InvalidInputError):
        return {
            "problem": "Something went wrong in the page itself; the terminal in which it was "
            "started says more.",
            "at": "",
        }
    text = str(problem)
    at = "file" if file and text.startswith(file) else field_of(text)
    return {"problem": _ended(text) if at == "file" else sentence(text), "at": at}


def field_of(text: str) -> str:
    """Field of the page of which a message speaks: that which is named first; "" if none is."""
    names = {**{name: name for name in _FIELDS}, **_NAMES, **_ELSEWHERE}
    found = [
        (match.start(), at)
        for name, at in names.items()
        if (match := re.search(rf"(?<![\w-]){name}(?![\w-])", text))
    ]
    if text.startswith("field "):
        return "at"
    if not found and re.search(r"\bsize of the orbit\b", text):
        return "size"
    return min(found, default=(0, ""))[1]


def sentence(text: str) -> str:
    """Sentence about the field that a message names first, by its label on the page and without the place in a file."""
    bare = re.sub(r"^page: (?:(?:site|electron|method|more|cool): ?)?", "", text)
    found = labelled(bare, field_of(text))
    named = "." in found.partition(" ")[0]  # the name of a file stays as it is
    return _ended(found if named or found[:2] == "g " else found[:1].upper() + found[1:])


def _ended(text: str) -> str:
    return text if text.endswith("?") else f"{text}."
