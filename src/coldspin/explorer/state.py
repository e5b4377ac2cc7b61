"""Everything that the page shows, as one frozen record of what was typed, and the link that holds it."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.messages import LABELS
from coldspin.wording import listed, nearest_names

LONGEST_QUERY = 16_000
"""Characters of a link, more than which no browser keeps."""

OWN = "own nuclei"
TABLE = "TOML below"

Typed = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=100)]


class _Record(BaseModel):
    """A frozen record: no other keys, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StageRow(_Record):
    """One row of the table of stages, as typed; cells that its kind does not have are ignored."""

    kind: Literal["pump", "dark", "sweep", "measure"] = "pump"
    field: Typed = "10 G"
    duration: Typed = ""
    spin: Typed = ""
    sudden: bool = False


_STAGES = (
    StageRow(kind="pump", field="10 G", duration="10 s"),
    StageRow(kind="dark", field="5 G", duration="10 s"),
    StageRow(kind="measure", field="10 G"),
)


class PageState(_Record):
    """The page: the sample, the electron, the method, what is drawn, stages, and the fit.

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
        tuple[StageRow, ...],
        Field(max_length=20),
        BeforeValidator(lambda rows: tuple(rows) if isinstance(rows, list) else rows),
    ] = _STAGES
    model: Name = "dark-rate"
    x: Name = ""
    y: Name = ""
    error: Name = ""
    free: Typed = ""
    more: Annotated[str, Field(max_length=10_000)] = ""


DEFAULT = PageState()

CHOICES: Mapping[str, tuple[str, ...]] = {
    name: get_args(PageState.model_fields[name].annotation)
    for name in ("carrier", "size_kind", "unit", "temperature", "tab")
}
"""Fields of which the state itself allows few values."""


def check_state(content: Any) -> PageState:
    """State of what a page sent, which may be anything; InvalidInputError if it is none."""
    try:
        return PageState.model_validate(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])[:60] or "the whole"
        raise InvalidInputError(
            first["msg"], place=f"the state of the page is not one of this page: {key}"
        ) from None
    except RecursionError:
        raise InvalidInputError("the state of the page is nested too deeply") from None


def write_query(state: PageState) -> str:
    """Query of the link to a state: all that differs from the page as it opens."""
    pairs = []
    for name, value in state.model_dump().items():
        if value == getattr(DEFAULT, name) or name == "stages":
            continue
        if isinstance(value, bool):
            value = "yes" if value else "no"
        pairs.append((name, value))
    if state.stages != DEFAULT.stages:
        rows = [row.model_dump(exclude_defaults=True) for row in state.stages]
        pairs.append(("stages", json.dumps(rows, ensure_ascii=False, separators=(",", ":"))))
    return urlencode(pairs)


def read_query(
    query: str, choices: Mapping[str, Iterable[str]] | None = None
) -> tuple[PageState, str]:
    """State of a link, and a message about the values in it that are none of `choices`.

    The page as it opens replaces such values. InvalidInputError if the query is no link at all.
    """
    values = _parse_query(query)
    messages = []
    for name, options in (choices or {}).items():
        names = list(options)
        if name not in values or values[name] in names:
            continue
        text = str(values.pop(name))[:60]
        close = nearest_names(text, names)
        near = f", of which {close[0]!r} is nearest" if close else ""
        messages.append(
            f"The link says {text!r} for “{LABELS[name]}”, which is unknown; there are "
            f"{listed(names)}{near}, and {getattr(DEFAULT, name)} is shown instead."
        )
    try:
        state = check_state(values)
    except InvalidInputError as problem:
        raise problem.within("the link is damaged") from None
    return state, " ".join(messages)


def _parse_query(query: str) -> dict[str, Any]:
    """Values of a link by field, each of which may come once."""
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
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name in values:
            raise InvalidInputError(f"the link holds {name[:60]!r} twice")
        if name not in PageState.model_fields:
            raise InvalidInputError(f"the link holds {name[:60]!r} unknown here")
        if isinstance(getattr(DEFAULT, name), bool):
            values[name] = {"yes": True, "no": False}.get(text, text)
        elif name == "stages":
            try:
                values[name] = json.loads(text)
            except (ValueError, RecursionError):
                raise InvalidInputError("the link is damaged: its stages cannot be read") from None
        else:
            values[name] = text
    return values
