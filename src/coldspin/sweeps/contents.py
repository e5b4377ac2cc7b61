"""The sample file of one point of a study, as its tables: the study's own or a named one, with values put in."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import product
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.axes import Axis
from coldspin.sweeps.parameters import PROTOCOL, SAMPLE
from coldspin.sweeps.sources import Source

Content = dict[str, Any]


class Named(NamedTuple):
    """The sample file and the protocol file of a point; empty where there is none."""

    sample: str = ""
    protocol: str = ""


def named(values: Mapping[str, Any], protocol: str | None) -> Named:
    """Return the files that the values of the axes name, and the protocol of the study if they name none."""
    return Named(values.get(SAMPLE, ""), values.get(PROTOCOL, protocol or ""))


def contents_of(
    source: Source, own: Content, protocol: str | None, axes: Sequence[Axis]
) -> dict[Named, Content]:
    """Tables of a study, with those of every sample and every protocol that it names under them.

    Of a protocol file count [[stage]] and [run]; and the rest, where neither the study nor a sample
    says what the site is.
    """
    entries = {axis.key: axis.entries for axis in axes}
    samples, courses = entries.get(SAMPLE, ("",)), entries.get(PROTOCOL, (protocol or "",))
    files = {
        name: beside(tomllib.loads(text), name)
        for name, text in source.files
        if name in (*samples, *courses)
    }
    found = {}
    for sample, course in product(samples, courses):
        content = merged(files[sample], own) if sample else own
        if course:
            below = files[course]
            taken = (
                below
                if "site" not in content
                else {k: v for k, v in below.items() if k in ("stage", "run")}
            )
            content = merged(taken, content)
        found[Named(sample, course)] = content
    return found


def merged(below: Content, above: Content) -> Content:
    """Tables of a named sample under those of the study, whose keys count where both have one."""
    found = deepcopy(below)
    for name, table in above.items():
        both = isinstance(table, dict) and isinstance(found.get(name), dict)
        found[name] = {**found[name], **deepcopy(table)} if both else deepcopy(table)
    return found


def beside(content: Content, sample: str) -> Content:
    """The same with the name of a material file as seen from the study, not from the sample."""
    site = content.get("site")
    material = site.get("material") if isinstance(site, dict) else None
    if not isinstance(site, dict) or not is_file(material):
        return content
    return {
        **content,
        "site": {**site, "material": str(PurePosixPath(sample).parent / str(material))},
    }


def is_file(material: Any) -> bool:
    """Whether a material is a file, by its suffix, and not a name of the library."""
    return isinstance(material, str) and material.endswith((".toml", ".cif"))


def put(content: Content, key: str, value: Any) -> None:
    """Put a value where a dotted key points; lists count from 1."""
    *tables, last = re.findall(r"[^.\[\]]+", key)
    table: Any = content
    for part in tables:
        table = _entry(table, part, key)
    table[last] = value


def _entry(table: Any, part: str, key: str) -> Any:
    if isinstance(table, list):
        if not 1 <= int(part) <= len(table):
            raise InvalidInputError(
                f"does not exist: there are {len(table)} in the sample", parameter=key
            )
        return table[int(part) - 1]
    if part.isdecimal():
        raise InvalidInputError("does not exist: there are none in the sample", parameter=key)
    found = table.setdefault(part, {})
    if not isinstance(found, dict | list):
        raise InvalidInputError(f"cannot be set: {part} is no table in the sample", parameter=key)
    return found


def filled(
    content: Content, keys: Sequence[str], values: Sequence[Any], places: Mapping[str, str]
) -> Content:
    """A copy with values in place, and with materials named by the places where their files lie."""
    found = deepcopy(content)
    for key, value in zip(keys, values, strict=True):
        put(found, key, value)
    site = found.get("site")
    if isinstance(site, dict) and is_file(site.get("material")):
        site["material"] = places.get(site["material"], site["material"])
    return found
