"""A study, read: its table [sweep], its axes, and the sample of each of its points."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.inputs.sample_files import METHODS
from coldspin.sweeps.axes import METHOD, PROTOCOL, SAMPLE, SweepAxis, check_axes, read_axes
from coldspin.sweeps.chunks import Index
from coldspin.sweeps.commands import COMMANDS, EVERY_STATE, Command
from coldspin.sweeps.source import Places, Source, is_material_file
from coldspin.sweeps.sweep_table import StudyTable, check_table
from coldspin.toml_files import validate_tables

Content = dict[str, Any]

# Names of the store, and an argument of `sel`.
_RESERVED = {"point", "extremum", "state", "stage", "isotope"}
_RESERVED |= {"status", "doubts", "seed", "tolerance"}


class SampleNames(NamedTuple):
    """The sample file and the protocol file of a point; empty where there is none."""

    sample: str = ""
    protocol: str = ""


@dataclass(frozen=True)
class SweepStudy:
    """A study: its table [sweep], its axes, and the tables of a sample file under each name."""

    source: Source
    table: StudyTable
    axes: tuple[SweepAxis, ...]
    contents: Mapping[SampleNames, Content]

    @property
    def command(self) -> Command:
        """The command that is computed at each point."""
        if self.table.command == "cool":
            for content in self.contents.values():
                if content.get("cool", {}).get("start") == "all":
                    return EVERY_STATE
        return COMMANDS[self.table.command]

    @property
    def columns(self) -> tuple[str, ...]:
        """Quantities that are kept; with standard errors where any method draws samples."""
        columns = self.command.columns
        if self.sampled:
            columns += self.command.errors
        return self._select(columns)

    @property
    def isotope_columns(self) -> tuple[str, ...]:
        """Quantities of single isotopes that are kept where there are several."""
        return self._select(self.command.isotopes)

    def _select(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        quantities = self.table.quantities
        if quantities is None:
            return columns
        return tuple(name for name in columns if name in quantities)

    @property
    def sampled(self) -> bool:
        """Whether any of the methods draws samples."""
        names = [name for axis in self.axes if axis.key == METHOD for name in axis.entries]
        if not names:
            tables = [content.get("method") for content in self.contents.values()]
            names = [table.get("name") for table in tables if isinstance(table, dict)]
        return any(METHODS[str(name)].sampled for name in names if str(name) in METHODS)

    @property
    def stages(self) -> int:
        """Stages of the longest protocol."""
        return max(len(content.get("stage", ())) for content in self.contents.values())

    @property
    def shape(self) -> Index:
        """Points along each axis; of axes that go together there is one."""
        sizes = tuple(len(axis.entries) for axis in self.axes)
        return sizes[:1] if self.table.together else sizes

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Name of each dimension of the grid."""
        return ("point",) if self.table.together else tuple(axis.name for axis in self.axes)

    @property
    def field_varies(self) -> bool:
        """Whether the field is an axis, so that each point has one field."""
        return any(axis.key == f"{self.table.command}.field" for axis in self.axes)

    def parameters(self, point: Index) -> dict[str, Any]:
        """Values of the axes at a point by their keys, as a file has them."""
        places = point * len(self.axes) if self.table.together else point
        return {axis.key: axis.entries[at] for axis, at in zip(self.axes, places, strict=True)}

    def seed(self, rank: int) -> int:
        """Seed of the point of a rank; it depends on the study's seed and the rank alone."""
        return int(np.random.SeedSequence(self.table.seed, spawn_key=(rank,)).generate_state(1)[0])

    def sample(self, point: Index, seed: int, places: Places) -> Any:
        """Sample of a point, or protocol for `run`; `places` are those of its material files."""
        parameters = self.parameters(point)
        names = SampleNames(
            parameters.pop(SAMPLE, ""), parameters.pop(PROTOCOL, self.table.protocol or "")
        )
        content = deepcopy(self.contents[names])
        with locate_errors(self.source.name):
            for key, value in parameters.items():
                put(content, key, value)
        site = content.get("site")
        if isinstance(site, dict) and is_material_file(site.get("material")):
            site["material"] = places.get(site["material"], site["material"])
        _fit_method(content, seed, varied=METHOD in parameters)
        return self.command.read(content, Path(self.source.name))


def put(content: Content, key: str, value: Any) -> None:
    """Put a value where a dotted key points; lists count from 1."""
    *tables, last = re.findall(r"[^.\[\]]+", key)
    table: Any = content
    for part in tables:
        if isinstance(table, list):
            if not 1 <= int(part) <= len(table):
                raise InvalidInputError(
                    f"does not exist: there are {len(table)} in the sample", parameter=key
                )
            table = table[int(part) - 1]
            continue
        if part.isdecimal():
            raise InvalidInputError("does not exist: there are none in the sample", parameter=key)
        table = table.setdefault(part, {})
        if not isinstance(table, dict | list):
            raise InvalidInputError(
                f"cannot be set: {part} is no table in the sample", parameter=key
            )
    table[last] = value


def _fit_method(content: Content, seed: int, *, varied: bool) -> None:
    """Give a method that draws numbers its seed.

    Of several methods each gets only the parameters that it has.
    """
    method = content.setdefault("method", {})
    kind = METHODS.get(str(method.get("name"))) if isinstance(method, dict) else None
    if kind is None:
        return
    if kind.sampled:
        method.setdefault("seed", seed)
    for name in ("tolerance", "couplings", "samples", "seed") if varied else ():
        if name not in kind.parameters:
            method.pop(name, None)


@lru_cache(maxsize=4)
def study_of(source: Source) -> SweepStudy:
    """Study of a source; InvalidInputError says what is wrong and where in the file."""
    content = tomllib.loads(source.text)
    with locate_errors(source.name):
        table = validate_tables(StudyTable, content.pop("sweep"), "[sweep]")
        check_table(table)
        axes = read_axes(table.axes, _RESERVED | set(COMMANDS[table.command].columns))
        check_axes(axes, table.command, together=table.together)
        if table.protocol is not None and any(axis.key == PROTOCOL for axis in axes):
            raise InvalidInputError(
                "stands beside sweep.protocol",
                parameter="sweep.axes.protocol",
                remedy="give one or the other",
            )
        study = SweepStudy(source, table, axes, _merge_files(source, content, table, axes))
        starts = [content.get("cool", {}) for content in study.contents.values()]
        everywhere = {isinstance(cool, dict) and cool.get("start") == "all" for cool in starts}
        if table.command == "cool" and len(everywhere) > 1:
            raise InvalidInputError(
                '= "all" must be that of all samples or of none',
                parameter="cool.start",
                remedy="give it in [cool]",
            )
        for name in study.command.errors:
            if name in (table.quantities or ()) and not study.sampled:
                raise InvalidInputError(
                    f"no method of this study draws samples, so that none gives {name!r}",
                    place="sweep.quantities",
                    remedy="leave that out, or take trajectories",
                )
    return study


def _merge_files(
    source: Source, own: Content, table: StudyTable, axes: tuple[SweepAxis, ...]
) -> dict[SampleNames, Content]:
    """Tables of the study, with those of each sample and each protocol that it names under them.

    From a protocol file only [[stage]] and [run] are used, unless neither the study nor a sample
    has a [site].
    """
    entries = {axis.key: axis.entries for axis in axes}
    samples = entries.get(SAMPLE, ("",))
    protocols = entries.get(PROTOCOL, (table.protocol or "",))
    files = {}
    for name, text in source.files:
        if name in (*samples, *protocols):
            files[name] = _name_material(tomllib.loads(text), name)
    contents = {}
    for sample, protocol in product(samples, protocols):
        content = _merge(files[sample], own) if sample else own
        if protocol:
            below = files[protocol]
            if "site" in content:
                below = {key: below[key] for key in ("stage", "run") if key in below}
            content = _merge(below, content)
        contents[SampleNames(sample, protocol)] = content
    return contents


def _merge(below: Content, above: Content) -> Content:
    """Tables of two files; where both have a key, that of `above` counts."""
    content = deepcopy(below)
    for name, table in above.items():
        if isinstance(table, dict) and isinstance(content.get(name), dict):
            content[name].update(deepcopy(table))
        else:
            content[name] = deepcopy(table)
    return content


def _name_material(content: Content, sample: str) -> Content:
    """The same with the name of a material file as seen from the study, not from the sample."""
    site = content.get("site")
    if isinstance(site, dict) and is_material_file(site.get("material")):
        site["material"] = str(PurePosixPath(sample).parent / site["material"])
    return content
