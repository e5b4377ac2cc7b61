"""From the page to the tables of a sample file or a protocol file, and back: a file from the page is a file for all."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.state import DEFAULT, OWN, TABLE, StageState, State
from coldspin.inputs.protocol_files import Protocol, build_protocol
from coldspin.inputs.sample_files import Sample, build_sample
from coldspin.wording import listed

PAGE = Path("page")
"""Stands for the name of the file in messages; nothing is read from it."""

_NUCLEI = (
    "nuclei",
    "nuclear_spin",
    "hyperfine_coupling",
    "nuclear_gyromagnetic_ratio",
    "local_field",
)
_FLAGS = ("self_consistent", "knight_field", "effective_isotope")
_TABLES = ("site", "electron", "method", "leakage", "run")
_PLAIN = ("nuclei", "nuclear_spin", "filling", "g_factor", "spin", "cells")
_SIZES = ("dephasing_time", "bohr_radius", "cells")
_STAGE_KEYS = {
    "pump": ("field", "duration", "spin"),
    "dark": ("field", "duration"),
    "measure": ("field",),
}


def tables(state: State) -> dict[str, Any]:
    """Tables of the sample file that this page is, not yet checked; what is blank is left out."""
    content: dict[str, Any] = {
        "site": _site(state),
        "electron": {
            "spin": _number("spin", state.spin),
            "optical_axis_angle": state.optical_axis_angle,
        },
        "method": {"name": state.method, **{name: getattr(state, name) for name in _FLAGS}},
    }
    return _merged(content, _more(state.more))


@lru_cache(maxsize=16)
def sample_of(state: State) -> Sample:
    """Sample of the page; InvalidInputError in one sentence, in which "page: site.filling" names the place."""
    return checked(tables(state))


def protocol_of(state: State) -> Protocol:
    """Protocol of the page: its sample, and its table of stages."""
    content = protocol_tables(state)
    _refuse_files(content)
    return build_protocol(content, PAGE)


def checked(content: dict[str, Any]) -> Sample:
    """Sample of tables, of which none may name a file: nothing that came from a browser is opened."""
    _refuse_files(content)
    return build_sample(
        {name: value for name, value in content.items() if name not in ("run", "stage")}, PAGE
    )


def _refuse_files(content: Mapping[str, Any]) -> None:
    site = content.get("site")
    material = site.get("material") if isinstance(site, dict) else None
    if isinstance(material, str) and (
        material.lower().endswith((".toml", ".cif")) or "/" in material
    ):
        raise InvalidInputError(
            "page: site.material is a file, which the page does not open",
            remedy="choose a material of the library, or give the isotopes under [[site.species]]",
        )


def sample_text(state: State, field: str, fields: tuple[str, str]) -> str:
    """TOML file that `coldspin cool`, `relax`, `optimum` and `validity` take, for the fields that are drawn."""
    content = {name: value for name, value in tables(state).items() if name != "run"}
    content |= {
        "cool": {"field": field},
        "relax": {"field": field},
        "optimum": {"fields": list(fields)},
    }
    return (
        "# From the page of coldspin explore: coldspin cool FILE, coldspin optimum FILE.\n\n"
        + tomli_w.dumps(content)
    )


def protocol_tables(state: State) -> dict[str, Any]:
    """Tables of the protocol file that the stages of the page are."""
    return {**tables(state), "stage": [stage_table(stage) for stage in state.stages]}


def protocol_text(state: State) -> str:
    """TOML file that `coldspin run` takes."""
    # One [[stage]] each, after the sample: tomli-w alone puts short ones in a list above [site].
    parts = [
        "# From the page of coldspin explore: coldspin run FILE.\n",
        tomli_w.dumps(tables(state)),
    ]
    parts += [f"[[stage]]\n{tomli_w.dumps(stage_table(stage))}" for stage in state.stages]
    return "\n".join(parts)


def stage_table(stage: StageState) -> dict[str, Any]:
    """One [[stage]]; blank cells are left out."""
    keys = _STAGE_KEYS.get(stage.kind, ("field",) if stage.sudden else ("field", "duration"))
    found = {key: getattr(stage, key) for key in keys if getattr(stage, key)}
    if "spin" in found:
        found["spin"] = _number("spin", stage.spin)
    return {
        "kind": stage.kind,
        **found,
        **({"sudden": True} if stage.kind == "sweep" and stage.sudden else {}),
    }


def from_tables(content: Mapping[str, Any]) -> State:
    """State of a sample or protocol file; what the page has no place for goes to `more`.

    The tables must have been checked before.
    """
    left = {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in content.items()
    }
    site = left.get("site", {})
    given: dict[str, Any] = {"material": OWN, "size_kind": "cells", "size": ""}
    if "material" in site:
        given["material"] = site.pop("material")
        given["carrier"] = site.pop("carrier", "electron")
        given |= _size(site)
    elif "species" in site or "electron_gyromagnetic_ratio" in site:
        given["material"] = TABLE
    for name in (
        "correlation_time",
        "filling",
        "g_factor",
        *(_NUCLEI if given["material"] == OWN else ()),
    ):
        given[name] = _typed(site.pop(name, ""))
    for table, names in (("electron", ("spin", "optical_axis_angle")), ("method", _FLAGS)):
        for name in names:
            if name in left.get(table, {}):
                value = left[table].pop(name)
                given[name] = value if isinstance(value, bool) else _typed(value)
    given["method"] = left.get("method", {}).pop("name", DEFAULT.method)
    given["field"] = _fields(left.get("cool", {}).get("field", ""))
    if left.get("stage"):
        given["stages"], given["tab"] = tuple(map(_stage, left["stage"])), "protocol"
    rest = {name: left[name] for name in _TABLES if left.get(name)}
    return State(**given, more=tomli_w.dumps(rest) if rest else "")


def _site(state: State) -> dict[str, Any]:
    if state.material == TABLE:
        own: dict[str, Any] = {}
    elif state.material == OWN:
        own = {name: _number(name, getattr(state, name)) for name in _NUCLEI}
    else:
        own = {"material": state.material, "carrier": state.carrier}
        if state.size and state.size_kind == "bohr_radius":
            own["envelope"] = {"shape": "donor", "bohr_radius": state.size}
        elif state.size:
            own[state.size_kind] = _number(state.size_kind, state.size)
    for name in ("correlation_time", "filling", "g_factor"):
        if getattr(state, name):
            own[name] = _number(name, getattr(state, name))
    return own


def _number(name: str, text: str) -> Any:
    """A plain number of what was typed; what has a unit stays text."""
    if name not in _PLAIN:
        return text
    if not text:
        raise InvalidInputError(
            f"page: {name} is blank",
            remedy=f"give a number, such as {getattr(DEFAULT, name, '1e5')}",
        )
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError(
            f"page: {name} must be a number without a unit, such as 0.01, not {text!r}"
        ) from None


def _more(text: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise InvalidInputError(f"page: more is not valid TOML: {problem}") from None
    except (ValueError, RecursionError):
        raise InvalidInputError(
            "page: more holds a number too long, or tables nested too deeply"
        ) from None
    unknown = [name for name in content if name not in _TABLES]
    if unknown:
        raise InvalidInputError(
            f"page: more may hold the tables {listed(list(_TABLES))}, not {unknown[0][:60]!r}"
        )
    return content


def _merged(content: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Further keys of the same tables, and further tables; none may be said twice."""
    for table, entries in more.items():
        own = content.setdefault(table, {})
        if not isinstance(entries, Mapping):
            raise InvalidInputError(
                f"page: more.{table} must be a table, not {str(entries)[:60]!r}"
            )
        twice = [name for name in entries if name in own]
        if twice:
            raise InvalidInputError(
                f"page: more says {table}.{twice[0]}, which has a field of its own on the page"
            )
        own |= entries
    return content


def _size(site: dict[str, Any]) -> dict[str, Any]:
    """Take the size of the orbit out of a [site], where the page has a place for it."""
    envelope = site.get("envelope")
    if isinstance(envelope, Mapping) and envelope.get("shape") == "donor" and "nuclei" not in site:
        return {
            "size_kind": "bohr_radius",
            "size": _typed(site.pop("envelope").get("bohr_radius", "")),
        }
    for name in ("dephasing_time", "cells"):
        if name in site:
            return {"size_kind": name, "size": _typed(site.pop(name))}
    return {"size_kind": "cells", "size": ""}


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _fields(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value


def _stage(table: Mapping[str, Any]) -> StageState:
    text = {
        key: _typed(value) for key, value in table.items() if key in ("field", "duration", "spin")
    }
    kind: Any = table["kind"]
    return StageState(
        kind=kind,
        sudden=table.get("sudden", False),
        **({"field": "", "duration": "", "spin": ""} | text),
    )
