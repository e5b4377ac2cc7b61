"""Everything that the page shows, as one frozen record of what was typed; a link holds it, and gives it back."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.labels import LABELS
from coldspin.wording import listed, nearest_names

LONGEST_QUERY = 16_000
"""Characters of a link, more than which no browser keeps."""

OWN = "own nuclei"
TABLE = "TOML below"

Typed = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=100)]


class Record(BaseModel):
    """No other keys, nothing changed afterwards, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StageState(Record):
    """One line of the table of stages, as typed; what a kind does not have is ignored."""

    kind: Literal["pump", "dark", "sweep", "measure"] = "pump"
    field: Typed = "10 G"
    duration: Typed = ""
    spin: Typed = ""
    sudden: bool = False


_STAGES = (
    StageState(kind="pump", field="10 G", duration="10 s"),
    StageState(kind="dark", field="5 G", duration="10 s"),
    StageState(kind="measure", field="10 G"),
)


class State(Record):
    """The page: the sample, the electron, the method, what is drawn in which units, stages, and the fit.

    Numbers are text, as in a sample file, so that what was typed stays as it is; blank is "not
    given".
    """

    material: Name = "GaAs"
    carrier: Literal["electron", "hole"] = "electron"
    size_kind: Literal["dephasing_time", "bohr_radius", "cells"] = "dephasing_time"
    size: Typed = "3 ns"
    nuclei: Typed = "1e5"
    nuclear_spin: Typed = "1.5"
    hyperfine_coupling: Typed = "1 neV"
    nuclear_gyromagnetic_ratio: Typed = "6.3e7 rad/s/T"
    local_field: Typed = "1.5 G"
    correlation_time: Typed = "10 ns"
    filling: Typed = "0.01"
    g_factor: Typed = ""
    spin: Typed = "0.01"
    optical_axis_angle: Typed = "0 deg"
    method: Name = "closed-form"
    self_consistent: bool = True
    knight_field: bool = False
    effective_isotope: bool = False
    field: Typed = ""
    at: Typed = ""
    unit: Literal["G", "mT", "T"] = "G"
    temperature: Literal["µK", "1/β"] = "µK"
    tab: Literal["curves", "protocol", "data"] = "curves"
    stages: Annotated[
        tuple[StageState, ...],
        Field(max_length=20),
        BeforeValidator(lambda given: tuple(given) if isinstance(given, list) else given),
    ] = _STAGES
    model: Name = "dark-rate"
    x: Name = ""
    y: Name = ""
    error: Name = ""
    free: Typed = ""
    more: Annotated[str, Field(max_length=10_000)] = ""


DEFAULT = State()

CHOICES: Mapping[str, tuple[str, ...]] = {
    name: get_args(State.model_fields[name].annotation)
    for name in ("carrier", "size_kind", "unit", "temperature", "tab")
}
"""Fields of which the state itself allows few values."""


def state_of(given: Any) -> State:
    """State of what a page sent, which may be anything; InvalidInputError in one sentence."""
    try:
        return State.model_validate(given)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:60] or "the whole"
        raise InvalidInputError(
            f"the state of the page is not one of this page: {place}: {first['msg']}"
        ) from None
    except RecursionError:
        raise InvalidInputError("the state of the page is nested too deeply") from None


def query_of(state: State) -> str:
    """What stands behind ? in the link: all that differs from the page as it opens."""
    pairs = []
    for name, value in state.model_dump().items():
        if value == getattr(DEFAULT, name) or name == "stages":
            continue
        pairs.append((name, ("no", "yes")[value] if isinstance(value, bool) else value))
    if state.stages != DEFAULT.stages:
        lines = [stage.model_dump(exclude_defaults=True) for stage in state.stages]
        pairs.append(("stages", json.dumps(lines, ensure_ascii=False, separators=(",", ":"))))
    return urlencode(pairs)


def from_query(query: str) -> State:
    """State of a link; InvalidInputError where it is none, in one sentence."""
    return _state_of_link(_given(query))


def opened(query: str, choices: Mapping[str, Iterable[str]]) -> tuple[State, str]:
    """State of a link, with what the page opens with in place of a value that is none of `choices`; what was replaced.

    InvalidInputError where it is no link at all.
    """
    given, said = _given(query), []
    for name, known in choices.items():
        names = list(known)
        if name in given and given[name] not in names:
            text = str(given.pop(name))[:60]
            close = nearest_names(text, names)
            near = f", of which {close[0]!r} is nearest" if close else ""
            said.append(
                f"The link says {text!r} for “{LABELS[name]}”, which is unknown; there are "
                f"{listed(names)}{near}, and "
                f"{getattr(DEFAULT, name)} is shown instead."
            )
    return _state_of_link(given), " ".join(said)


def _given(query: str) -> dict[str, Any]:
    if len(query) > LONGEST_QUERY:
        raise InvalidInputError(
            f"the link is longer than {LONGEST_QUERY} characters, and cannot be from this page"
        )
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=60
        )
    except ValueError:
        raise InvalidInputError(
            "the link is damaged: what stands behind ? cannot be read"
        ) from None
    given: dict[str, Any] = {}
    for name, text in pairs:
        if name in given or name not in State.model_fields:
            raise InvalidInputError(
                f"the link holds {name[:60]!r} {'twice' if name in given else 'unknown here'}"
            )
        given[name] = _value(name, text)
    return given


def _state_of_link(given: dict[str, Any]) -> State:
    try:
        return state_of(given)
    except InvalidInputError as problem:
        raise InvalidInputError(f"the link is damaged: {problem}") from None


def _value(name: str, text: str) -> Any:
    if isinstance(getattr(DEFAULT, name), bool):
        return {"yes": True, "no": False}.get(text, text)
    if name != "stages":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInputError("the link is damaged: its stages cannot be read") from None
