"""The words of messages: how an error becomes a sentence, how values and lists are shown, which name was meant."""

import difflib
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

_LONGEST = 40  # characters of a value of a file in a sentence
_LONGEST_REPR = 200  # of a value in a call

# What people write for a name: letters of the field, and names of other programs.
_LETTERS = {
    "N": ("nuclei",),
    "I": ("nuclear_spin",),
    "a": ("hyperfine_coupling",),
    "A": ("hyperfine_coupling", "hyperfine"),
    "gamma_N": ("nuclear_gyromagnetic_ratio",),
    "gamma_e": ("electron_gyromagnetic_ratio",),
    "B_L": ("local_field",),
    "B_KL": ("kinetic_local_field",),
    "tau_c": ("correlation_time",),
    "tau": ("correlation_time",),
    "T2e": ("dephasing_time",),
    "T2": ("dephasing_time",),
    "f": ("filling",),
    "g": ("g_factor",),
    "S": ("electron_spin", "spin"),
    "spin": ("electron_spin", "nuclear_spin"),
    "theta": ("optical_axis_angle",),
    "B": ("field", "fields"),
}


def format_problem(*, place: str, parameter: str, rule: str, value: str, remedy: str) -> str:
    """One sentence from the fields of an error or warning.

    "place: parameter rule, not value; remedy", without the parts that are empty.
    """
    sentence = f"{parameter} {rule}" if parameter else rule
    if place:
        sentence = f"{place}: {sentence}"
    if value:
        sentence = f"{sentence}, not {value}"
    if remedy:
        sentence = f"{sentence}; {remedy}"
    return sentence


def format_value(value: Any) -> str:
    """A value as a sentence shows it."""
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):g}"
    text = repr(value)
    return text if len(text) <= _LONGEST_REPR else f"{text[: _LONGEST_REPR - 3]}..."


def shown(value: Any) -> str:
    """A value as it stood in the file, not longer than 40 characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def listed(words: Sequence[str]) -> str:
    """Join words by commas and "and"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def nearest_names(word: str, known: Iterable[str]) -> list[str]:
    """The known name that an unknown word is nearest to, if it is near to any."""
    plain = {name.lower().replace("_", "-"): name for name in known}
    letters = [name for name in _LETTERS.get(word, ()) if name in plain.values()]
    if letters:
        return letters[:1]
    matches = difflib.get_close_matches(word.lower().replace("_", "-"), plain, n=1)
    return [plain[match] for match in matches]


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the name that was meant, or all known names."""
    known = list(known)
    close = nearest_names(word, known)
    return f"did you mean {close[0]}?" if close else f"known here: {listed(known)}"
