"""A study, read: its table [sweep], its axes, and the sample of each of its points."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.run_files import METHODS, Sample, made_sample
from coldspin.sweeps.axes import Axis, read_axes
from coldspin.sweeps.commands import COMMANDS, Command
from coldspin.sweeps.contents import Content, beside, filled, merged
from coldspin.sweeps.grid import Index
from coldspin.sweeps.parameters import SAMPLE
from coldspin.sweeps.sources import Source
from coldspin.sweeps.tables import SweepTable
from coldspin.toml_files import nearest, validated

_OWN = {"point", "extremum", "status", "doubts", "seed", "tolerance"}  # names of the store, and an argument of `sel`
METHOD = "method.name"


@dataclass(frozen=True)
class SweepStudy:
    """A study: what it computes, over which axes; the tables of a sample file, alone and under each named sample."""

    source: Source
    table: SweepTable
    axes: tuple[Axis, ...]
    contents: Mapping[str, Content]

    @property
    def command(self) -> Command:
        """The command that is computed at each point."""
        return COMMANDS[self.table.command]

    @property
    def columns(self) -> tuple[str, ...]:
        """Quantities that are kept."""
        kept = self.table.quantities
        return self.command.columns if kept is None else tuple(name for name in self.command.columns if name in kept)

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

    def sample(self, point: Index, seed: int, places: Mapping[str, str]) -> Sample:
        """Sample of a point; `places` says where the files of materials lie."""
        given = dict(zip((axis.key for axis in self.axes), self.entries(point), strict=True))
        content = filled(self.contents[given.pop(SAMPLE, "")], list(given), list(given.values()), places)
        _fit_parameters(content, seed, varied=METHOD in given)
        return made_sample(content, Path(self.source.name))


def _fit_parameters(content: Content, seed: int, *, varied: bool) -> None:
    """Give the method its seed if it draws numbers; of several methods, each only the parameters that it has."""
    method = content.setdefault("method", {})
    maker = METHODS.get(str(method.get("name"))) if isinstance(method, dict) else None
    if maker is None:
        return
    if "seed" in maker.parameters:
        method.setdefault("seed", seed)
    for name in ("tolerance", "couplings", "seed") if varied else ():
        if name not in maker.parameters:
            method.pop(name, None)


@lru_cache(maxsize=4)
def study_of(source: Source) -> SweepStudy:
    """Study of a source; InvalidInputError says in one sentence what is wrong and where in the file."""
    content = tomllib.loads(source.text)
    path = Path(source.name)
    table = validated(SweepTable, content.pop("sweep"), Path(f"{source.name}: [sweep]"))
    _check(table, f"{path}: sweep")
    columns = set(COMMANDS[table.command].columns)
    axes = read_axes(table.axes, _OWN | columns, f"{path}: sweep.axes")
    _check_axes(table, axes, f"{path}: sweep.axes")
    files = dict(source.files)
    contents = {"": content}
    for axis in axes:
        if axis.key == SAMPLE:
            contents |= {name: merged(beside(tomllib.loads(files[name]), name), content) for name in axis.entries}
    return SweepStudy(source, table, axes, contents)


def _check(table: SweepTable, place: str) -> None:
    if table.command not in COMMANDS:
        raise InvalidInputError(f"{place}.command = {table.command!r} is unknown; {nearest(table.command, COMMANDS)}")
    columns = COMMANDS[table.command].columns
    for name in table.quantities or ():
        if name not in columns:
            raise InvalidInputError(f"{place}.quantities: {table.command} gives no {name!r}; {nearest(name, columns)}")
    if table.quantities == []:
        raise InvalidInputError(f"{place}.quantities is empty, so nothing would be kept; leave it out to keep all")


def _check_axes(table: SweepTable, axes: tuple[Axis, ...], place: str) -> None:
    sizes = {axis.key: len(axis.entries) for axis in axes}
    if table.together and len(set(sizes.values())) > 1:
        told = ", ".join(f"{key} {size}" for key, size in sizes.items())
        raise InvalidInputError(f"{place} go together, so they need equally many values, not {told}")
    for axis in axes:
        command, _, last = axis.key.partition(".")
        if last == "field" and command != table.command:
            raise InvalidInputError(f"{place}.{axis.key} is not used by {table.command}; leave it out")
        for name in axis.entries if axis.key == METHOD else ():
            if name not in METHODS:
                raise InvalidInputError(f"{place}.{METHOD} = {name!r} is unknown; {nearest(str(name), METHODS)}")
