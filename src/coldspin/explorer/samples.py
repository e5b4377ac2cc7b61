"""From the page to the tables of a sample or protocol file, and back.

A file from the page is a file that every command takes.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.state import DEFAULT, OWN, TABLE, PageState, StageRow
from coldspin.inputs.protocol_files import Protocol, build_protocol, read_protocol
from coldspin.inputs.sample_files import Sample, build_sample, read_sample
from coldspin.toml_files import read_toml
from coldspin.wording import listed

PAGE = Path("page")
"""Stands for the name of the file in errors; nothing is read from it."""

_NUCLEI = (
    "nuclei",
    "nuclear_spin",
    "hyperfine_coupling",
    "nuclear_gyromagnetic_ratio",
    "local_field",
)
_FLAGS = ("self_consistent", "knight_field", "effective_isotope")
_TABLES = ("site", "electron", "method", "leakage", "run")
_NUMBERS = ("nuclei", "nuclear_spin", "filling", "g_factor", "spin", "cells")
_STAGE_KEYS = {
    "pump": ("field", "duration", "spin"),
    "dark": ("field", "duration"),
    "measure": ("field",),
}


def build_page_tables(state: PageState) -> dict[str, Any]:
    """Tables of the sample file that this page is, not yet checked; blank fields are left out."""
    content: dict[str, Any] = {
        "site": _site_table(state),
        "electron": {
            "spin": _number("electron.spin", state.spin),
            "optical_axis_angle": state.optical_axis_angle,
        },
        "method": {"name": state.method, **{name: getattr(state, name) for name in _FLAGS}},
    }
    for table, entries in _read_more(state.more).items():
        keys = content.setdefault(table, {})
        if not isinstance(entries, Mapping):
            raise InvalidInputError(
                "must be a table",
                parameter=f"more.{table}",
                value=entries,
                shown=repr(str(entries)[:60]),
                place=f"{PAGE}",
            )
        for name in entries:
            if name in keys:
                raise InvalidInputError(
                    f"says {table}.{name}, which has a field of its own on the page",
                    parameter="more",
                    place=f"{PAGE}",
                )
        keys |= entries
    return content


@lru_cache(maxsize=16)
def build_page_sample(state: PageState) -> Sample:
    """Sample of the page; InvalidInputError names a field as a file has it, "site.filling"."""
    return check_sample(build_page_tables(state))


def build_page_protocol(state: PageState) -> Protocol:
    """Protocol of the page: its sample, and its table of stages."""
    content = _protocol_tables(state)
    _refuse_files(content)
    return build_protocol(content, PAGE)


def check_sample(content: dict[str, Any]) -> Sample:
    """Sample of tables, none of which may name a file: no file that a browser names is opened."""
    _refuse_files(content)
    tables = {name: value for name, value in content.items() if name not in ("run", "stage")}
    return build_sample(tables, PAGE)


def _refuse_files(content: Mapping[str, Any]) -> None:
    site = content.get("site")
    material = site.get("material") if isinstance(site, dict) else None
    if not isinstance(material, str):
        return
    if material.lower().endswith((".toml", ".cif")) or "/" in material:
        raise InvalidInputError(
            "is a file, which the page does not open",
            parameter="site.material",
            remedy="choose a material of the library, or give the isotopes under [[site.species]]",
            place=f"{PAGE}",
        )


def sample_text(state: PageState, field: str, fields: tuple[str, str]) -> str:
    """TOML file for `coldspin cool`, `relax`, `optimum` and `validity` at the drawn fields."""
    content = {name: value for name, value in build_page_tables(state).items() if name != "run"}
    content["cool"] = {"field": field}
    content["relax"] = {"field": field}
    content["optimum"] = {"fields": list(fields)}
    head = "# From the page of coldspin explore: coldspin cool FILE, coldspin optimum FILE.\n\n"
    return head + tomli_w.dumps(content)


def protocol_text(state: PageState) -> str:
    """TOML file that `coldspin run` takes."""
    content = _protocol_tables(state)
    stages = content.pop("stage")
    # One [[stage]] each, after the sample: tomli-w alone puts short ones in a list above [site].
    parts = ["# From the page of coldspin explore: coldspin run FILE.\n", tomli_w.dumps(content)]
    parts += [f"[[stage]]\n{tomli_w.dumps(stage)}" for stage in stages]
    return "\n".join(parts)


def _protocol_tables(state: PageState) -> dict[str, Any]:
    """Tables of the protocol file that the stages of the page are; blank cells are left out."""
    stages: list[dict[str, Any]] = []
    for row in state.stages:
        keys = _STAGE_KEYS.get(row.kind, ("field",) if row.sudden else ("field", "duration"))
        table: dict[str, Any] = {"kind": row.kind}
        table |= {key: getattr(row, key) for key in keys if getattr(row, key)}
        if "spin" in table:
            table["spin"] = _number("spin", row.spin, place=f"stage {len(stages) + 1} ({row.kind})")
        if row.kind == "sweep" and row.sudden:
            table["sudden"] = True
        stages.append(table)
    return {**build_page_tables(state), "stage": stages}


def read_page_file(path: Path) -> PageState:
    """State of the page for a sample or protocol file that the command line names."""
    content = read_toml(path)
    if "fit" in content or "design" in content or "sweep" in content:
        raise InvalidInputError(
            f"{path} is a study or a sweep",
            remedy="give a sample file, or a protocol file, to the page",
        )
    if "stage" in content:
        read_protocol(path)
    else:
        read_sample(path)
    material = content["site"].get("material")
    if isinstance(material, str) and material.endswith((".toml", ".cif")):
        raise InvalidInputError(
            "is a file of your own, which the page does not take",
            parameter="site.material",
            remedy="give the isotopes under [[site.species]], or use coldspin cool",
            place=f"{path}",
        )
    return read_tables(content)


def read_tables(content: Mapping[str, Any]) -> PageState:
    """State of the tables of a file; what the page has no place for goes to `more`.

    The tables must have been checked before.
    """
    rest = {}
    for name, value in content.items():
        rest[name] = dict(value) if isinstance(value, Mapping) else value
    site = rest.get("site", {})
    fields: dict[str, Any] = {"material": OWN, "size_kind": "cells", "size": ""}
    names = ["correlation_time", "filling", "g_factor"]
    if "material" in site:
        fields["material"] = site.pop("material")
        fields["carrier"] = site.pop("carrier", "electron")
        fields |= _read_size(site)
    elif "species" in site or "electron_gyromagnetic_ratio" in site:
        fields["material"] = TABLE
    else:
        names += _NUCLEI
    for name in names:
        fields[name] = _text(site.pop(name, ""))
    for table, keys in (("electron", ("spin", "optical_axis_angle")), ("method", _FLAGS)):
        for name in keys:
            if name in rest.get(table, {}):
                value = rest[table].pop(name)
                fields[name] = value if isinstance(value, bool) else _text(value)
    fields["method"] = rest.get("method", {}).pop("name", DEFAULT.method)
    drawn = rest.get("cool", {}).get("field", "")
    fields["field"] = ", ".join(drawn) if isinstance(drawn, list) else drawn
    if rest.get("stage"):
        fields["tab"] = "protocol"
        stages = []
        for table in rest["stage"]:
            cells = {name: _text(table.get(name, "")) for name in ("field", "duration", "spin")}
            sudden = table.get("sudden", False)
            stages.append(StageRow(kind=table["kind"], sudden=sudden, **cells))
        fields["stages"] = tuple(stages)
    more = {name: rest[name] for name in _TABLES if rest.get(name)}
    return PageState(**fields, more=tomli_w.dumps(more) if more else "")


def _read_size(site: dict[str, Any]) -> dict[str, Any]:
    """Take the size of the orbit out of a [site], where the page has a place for it."""
    envelope = site.get("envelope")
    if isinstance(envelope, Mapping) and envelope.get("shape") == "donor" and "nuclei" not in site:
        radius = site.pop("envelope").get("bohr_radius", "")
        return {"size_kind": "bohr_radius", "size": _text(radius)}
    for name in ("dephasing_time", "cells"):
        if name in site:
            return {"size_kind": name, "size": _text(site.pop(name))}
    return {"size_kind": "cells", "size": ""}


def _site_table(state: PageState) -> dict[str, Any]:
    site: dict[str, Any] = {}
    if state.material == OWN:
        for name in _NUCLEI:
            site[name] = _number(f"site.{name}", getattr(state, name))
    elif state.material != TABLE:
        site["material"] = state.material
        site["carrier"] = state.carrier
        if state.size and state.size_kind == "bohr_radius":
            site["envelope"] = {"shape": "donor", "bohr_radius": state.size}
        elif state.size:
            site[state.size_kind] = _number(f"site.{state.size_kind}", state.size)
    for name in ("correlation_time", "filling", "g_factor"):
        if getattr(state, name):
            site[name] = _number(f"site.{name}", getattr(state, name))
    return site


def _number(parameter: str, text: str, place: str = "") -> Any:
    """A plain number of what was typed; what has a unit stays text."""
    name = parameter.rpartition(".")[2]
    if name not in _NUMBERS:
        return text
    where = f"{PAGE}: {place}" if place else f"{PAGE}"
    if not text:
        raise InvalidInputError(
            "is blank",
            parameter=parameter,
            remedy=f"give a number, such as {getattr(DEFAULT, name, '1e5')}",
            place=where,
        )
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError(
            "must be a number without a unit, such as 0.01",
            parameter=parameter,
            value=text,
            place=where,
        ) from None


def _read_more(text: str) -> dict[str, Any]:
    """Tables of the field for further TOML."""
    rule = ""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        rule = f"is not valid TOML: {problem}"
    except (ValueError, RecursionError):
        rule = "holds a number too long, or tables nested too deeply"
    else:
        unknown = [name for name in content if name not in _TABLES]
        if unknown:
            tables = listed(list(_TABLES))
            rule = f"may hold the tables {tables}, not {unknown[0][:60]!r}"
    if rule:
        raise InvalidInputError(rule, parameter="more", place=f"{PAGE}")
    return content


def _text(value: Any) -> str:
    """A value of a file as it would be typed."""
    return value if isinstance(value, str) else repr(value)
