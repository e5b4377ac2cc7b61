"""The message about an error, and the field of the page beside which it belongs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from coldspin.exceptions import InvalidInputError

LABELS: Mapping[str, str] = {
    "material": "Material",
    "carrier": "Carrier",
    "size_kind": "Size of the orbit, by",
    "size": "Size",
    "nuclei": "Nuclei N",
    "nuclear_spin": "Nuclear spin I",
    "hyperfine_coupling": "Hyperfine coupling a",
    "nuclear_gyromagnetic_ratio": "Nuclear γ_N",
    "local_field": "Local field B_L",
    "correlation_time": "Correlation time τ_c",
    "filling": "Filling f",
    "g_factor": "g factor",
    "spin": "Mean spin ⟨S⟩ along the light",
    "optical_axis_angle": "Angle of the light to the field",
    "method": "Method",
    "self_consistent": "mean Overhauser field acts back",
    "knight_field": "nuclei see the Knight field",
    "effective_isotope": "use one effective isotope",
    "field": "Fields drawn",
    "at": "Validity at the field",
    "unit": "Unit of fields",
    "temperature": "Temperature as",
    "tab": "What to look at",
    "more": "More, as TOML",
    "stages": "Stages",
    "model": "What was measured",
}
"""Names of the fields as the page and its messages show them."""

_PARAMETERS = {
    "site.size of the orbit": "size",
    "site.envelope": "size",
    "site.envelope.bohr_radius": "size",
    "site.dephasing_time": "size",
    "site.cells": "size",
    "site.electron_gyromagnetic_ratio": "g_factor",
    "electron.spin": "spin",
    "electron_spin": "spin",
    "method.name": "method",
    "cool.field": "field",
    "optimum.fields": "field",
    "field": "at",  # of `validity`, whose argument it is
    "stage": "stages",
}
"""Field of the page by the parameter of an error, where they differ in more than the table."""

_TABLES = ("site", "electron", "method", "leakage", "run", "more")


@contextmanager
def refuse_overflow() -> Iterator[None]:
    """Raise InvalidInputError for values such as 1e300 s, whose results no double can hold."""
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


def describe_problem(problem: Exception, file: str = "") -> dict[str, Any]:
    """{"problem": sentence, "at": field}; errors of the page itself get a general sentence.

    `file` is the name of the data file that the task is about.
    """
    if not isinstance(problem, InvalidInputError):
        return {
            "problem": "Something went wrong in the page itself; the terminal in which it was "
            "started says more.",
            "at": "",
        }
    if file and problem.place.startswith(file):
        return {"problem": end_sentence(str(problem)), "at": "file"}
    field = find_field(problem)
    error = problem.within()
    error.place = problem.place.removeprefix("page").removeprefix(": ")
    key = problem.parameter.removeprefix("site.").rpartition(".")[2]
    if field == "more" and problem.parameter != "more":
        error.place = LABELS["more"]
    elif field in LABELS and field != "stages":
        # the name that files have for the field follows its label, unless it says nothing more
        label = LABELS[field]
        error.parameter = label if key in (label.lower(), "name") else f"{label} ({key})"
    sentence = end_sentence(str(error))
    if field != "g_factor":
        sentence = sentence[:1].upper() + sentence[1:]
    return {"problem": sentence, "at": field}


def find_field(problem: InvalidInputError) -> str:
    """Field of the page beside which an error belongs; "" if there is none."""
    parameter = problem.parameter
    if parameter.startswith("stage") or "stage " in problem.place:
        return "stages"
    if parameter in _PARAMETERS:
        return _PARAMETERS[parameter]
    table, _, key = parameter.rpartition(".")
    if key in LABELS:
        return key
    # a key that has no field of its own was typed as TOML
    return "more" if table.partition(".")[0] in _TABLES else ""


def end_sentence(text: str) -> str:
    """A sentence with its full stop."""
    return text if text.endswith("?") else f"{text}."
