"""Unknown names: which one was meant, in files and in calls alike."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from coldspin.exceptions import InvalidInputError

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

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Class = TypeVar("_Class", bound=type)


def nearest_names(word: str, known: Iterable[str]) -> list[str]:
    """The name that an unknown word is nearest to, if it is near to any."""
    plain = {name.lower().replace("_", "-"): name for name in known}
    letters = [name for name in _LETTERS.get(word, ()) if name in plain.values()]
    if letters:
        return letters[:1]
    return [plain[match] for match in difflib.get_close_matches(word.lower().replace("_", "-"), plain, n=1)]


def nearest(word: str, known: Iterable[str]) -> str:
    """Half a sentence that helps with an unknown word: the one that is meant, or all."""
    known = list(known)
    close = nearest_names(word, known)
    return f"did you mean {close[0]}?" if close else f"known here: {listed(known)}"


def listed(words: Sequence[str]) -> str:
    """Join words by commas and "and"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def keywords_checked(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Make a function refuse an unknown keyword argument with the name that is meant, in place of a bare TypeError."""
    code: Any = getattr(function, "__code__")  # noqa: B009  # mypy: not every callable has one
    known = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    owner, _, own = function.__qualname__.rpartition(".")
    called = owner if own == "__init__" else function.__qualname__
    offered = [name for name in code.co_varnames[: len(known)] if name not in ("self", "cls")]

    @wraps(function)
    def call(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        unknown = [name for name in kwargs if name not in known]
        if unknown:
            hints = (f"{called} has no argument {name!r}; {nearest(name, offered)}" for name in unknown)
            raise InvalidInputError("; ".join(hints))
        return function(*args, **kwargs)

    return call


def arguments_checked(cls: _Class) -> _Class:
    """Make a dataclass refuse unknown arguments, and so its copies by `replace`, as :func:`keywords_checked` does."""
    cls.__init__ = keywords_checked(cls.__init__)  # type: ignore[misc]
    return cls
