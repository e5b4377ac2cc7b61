"""A study, read: its table [sweep], its axes, and the sample of each of its points."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from coldspin.inputs.sample_files import METHODS
from coldspin.sweeps.axes import Axis, read_axes
from coldspin.sweeps.commands import COMMANDS, EVERY_STATE, Command
from coldspin.sweeps.contents import Content, Named, contents_of, filled, named
from coldspin.sweeps.grid import Index
from coldspin.sweeps.parameters import PROTOCOL, SAMPLE
from coldspin.sweeps.sources import Source
from coldspin.sweeps.study_checks import METHOD, check_axes, check_errors, check_start, check_table
from coldspin.sweeps.tables import SweepTable
from coldspin.toml_files import validate_tables

_OWN = {
    *("point", "extremum", "state", "stage", "isotope"),
    *("status", "doubts", "seed", "tolerance"),  # names of the store, and an argument of `sel`
}


@dataclass(frozen=True)
class SweepStudy:
    """A study: what it computes, over which axes; the tables of a sample file, alone and under each named sample."""

    source: Source
    table: SweepTable
    axes: tuple[Axis, ...]
    contents: Mapping[Named, Content]

    @property
    def command(self) -> Command:
        """The command that is computed at each point."""
        return EVERY_STATE if self._starts_anywhere else COMMANDS[self.table.command]

    @property
    def columns(self) -> tuple[str, ...]:
        """Quantities that are kept; with their standard errors where any of the methods draws samples."""
        return self._kept(self.command.columns + (self.command.errors if self.sampled else ()))

    @property
    def sampled(self) -> bool:
        """Whether any of the methods draws samples."""
        varied = [name for axis in self.axes if axis.key == METHOD for name in axis.entries]
        tables = [content.get("method") for content in self.contents.values()]
        names = varied or [table.get("name") for table in tables if isinstance(table, dict)]
        return any(METHODS[str(name)].sampled for name in names if str(name) in METHODS)

    @property
    def isotope_columns(self) -> tuple[str, ...]:
        """Quantities of single isotopes that are kept where there are several."""
        return self._kept(self.command.isotopes)

    def _kept(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        kept = self.table.quantities
        return columns if kept is None else tuple(name for name in columns if name in kept)

    @property
    def _starts_anywhere(self) -> bool:
        starts = [content.get("cool", {}).get("start") for content in self.contents.values()]
        return self.table.command == "cool" and "all" in starts

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

    def entries(self, point: Index) -> tuple[Any, ...]:
        """Values of the axes at a point, as a file has them."""
        places = point * len(self.axes) if self.table.together else point
        return tuple(axis.entries[at] for axis, at in zip(self.axes, places, strict=True))

    def seed(self, rank: int) -> int:
        """Seed of the point of a rank: a function of the study's seed and of the rank, and of nothing else."""
        return int(np.random.SeedSequence(self.table.seed, spawn_key=(rank,)).generate_state(1)[0])

    def sample(self, point: Index, seed: int, places: Mapping[str, str]) -> Any:
        """Sample of a point, or protocol for `run`; `places` says where the files of materials lie."""
        given = dict(zip((axis.key for axis in self.axes), self.entries(point), strict=True))
        content = self.contents[named(given, self.table.protocol)]
        values = {key: value for key, value in given.items() if key not in (SAMPLE, PROTOCOL)}
        content = filled(content, list(values), list(values.values()), places)
        _fit_parameters(content, seed, varied=METHOD in given)
        return self.command.read(content, Path(self.source.name))


def _fit_parameters(content: Content, seed: int, *, varied: bool) -> None:
    """Give the method its seed if it draws numbers; of several methods, each only the parameters that it has."""
    method = content.setdefault("method", {})
    maker = METHODS.get(str(method.get("name"))) if isinstance(method, dict) else None
    if maker is None:
        return
    if maker.sampled:
        method.setdefault("seed", seed)
    for name in ("tolerance", "couplings", "samples", "seed") if varied else ():
        if name not in maker.parameters:
            method.pop(name, None)


@lru_cache(maxsize=4)
def study_of(source: Source) -> SweepStudy:
    """Study of a source; InvalidInputError says in one sentence what is wrong and where in the file."""
    content = tomllib.loads(source.text)
    place = f"{source.name}: sweep"
    table = validate_tables(SweepTable, content.pop("sweep"), Path(f"{source.name}: [sweep]"))
    check_table(table, place)
    axes = read_axes(table.axes, _OWN | set(COMMANDS[table.command].columns), f"{place}.axes")
    check_axes(table, axes, f"{place}.axes")
    study = SweepStudy(source, table, axes, contents_of(source, content, table.protocol, axes))
    check_start(study.contents, table, source.name)
    check_errors(table, place, sampled=study.sampled)
    return study
