"""What is refused of the table [sweep] and of its axes."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.inputs.sample_files import METHODS
from coldspin.quantities import TIME, positive_scalar
from coldspin.sweeps.axes import Axis
from coldspin.sweeps.commands import COMMANDS, EVERY_STATE
from coldspin.sweeps.parameters import PROTOCOL
from coldspin.sweeps.tables import SweepTable
from coldspin.wording import nearest

METHOD = "method.name"
_MOST_POINTS = 10**11  # a day at a microsecond each, and several terabytes


def check_table(table: SweepTable, place: str) -> None:
    """Raise InvalidInputError for a command or a quantity that does not exist, and for a protocol without use."""
    if table.command not in COMMANDS:
        raise InvalidInputError(
            f"{place}.command = {table.command!r} is unknown",
            remedy=nearest(table.command, COMMANDS),
        )
    command = COMMANDS[table.command]
    columns = (
        *command.columns,
        *command.isotopes,
        *command.errors,
        *(EVERY_STATE.columns if table.command == "cool" else ()),
    )
    for name in table.quantities or ():
        if name not in columns:
            raise InvalidInputError(
                f"{place}.quantities: {table.command} gives no {name!r}",
                remedy=nearest(name, columns),
            )
    if table.quantities == []:
        raise InvalidInputError(
            f"{place}.quantities is empty, so nothing would be kept",
            remedy="leave it out to keep all",
        )
    if table.time_limit is not None:
        positive_scalar(f"{place}.time_limit", table.time_limit, TIME)
    if table.protocol is not None and table.command != "run":
        raise InvalidInputError(
            f"{place}.protocol is not used by {table.command}",
            remedy='leave it out, or take command = "run"',
        )


def check_errors(table: SweepTable, place: str, *, sampled: bool) -> None:
    """Raise InvalidInputError for a standard error that is to be kept where no method has any."""
    asked = [name for name in COMMANDS[table.command].errors if name in (table.quantities or ())]
    if asked and not sampled:
        raise InvalidInputError(
            f"{place}.quantities: no method of this study draws samples, so that none gives "
            f"{asked[0]!r}",
            remedy="leave that out, or take trajectories",
        )


def check_axes(table: SweepTable, axes: tuple[Axis, ...], place: str) -> None:
    """Raise InvalidInputError for axes that do not fit together, or the command."""
    sizes = {axis.key: len(axis.entries) for axis in axes}
    if table.together and len(set(sizes.values())) > 1:
        told = ", ".join(f"{key} {size}" for key, size in sizes.items())
        raise InvalidInputError(
            f"{place} go together, so they need equally many values, not {told}"
        )
    points = 1 if table.together else prod(sizes.values())
    if points > _MOST_POINTS:
        raise InvalidInputError(
            f"{place} span a grid of {points:.3g} points",
            remedy=f"give at most {_MOST_POINTS:.0e}, with fewer values or axes",
        )
    for axis in axes:
        if _owner(axis.key) not in (None, table.command):
            raise InvalidInputError(
                f"{place}.{axis.key} is not used by {table.command}", remedy="leave it out"
            )
        for name in axis.entries if axis.key == METHOD else ():
            if name not in METHODS:
                raise InvalidInputError(
                    f"{place}.{METHOD} = {name!r} is unknown", remedy=nearest(str(name), METHODS)
                )
        if not table.together and len(set(axis.coordinate)) < len(axis.coordinate):
            twice = next(
                i for i, value in enumerate(axis.coordinate) if value in axis.coordinate[:i]
            )
            raise InvalidInputError(
                f"{place}.{axis.key} has {axis.entries[twice]!r} twice", remedy="leave one out"
            )
    if table.protocol is not None and PROTOCOL in sizes:
        raise InvalidInputError(
            f"{place}.protocol stands beside sweep.protocol", remedy="give one or the other"
        )


def _owner(key: str) -> str | None:
    """The one command that uses a parameter, None for parameters of all."""
    first, _, last = key.partition(".")
    if first == PROTOCOL or first == "run" or first.startswith("stage"):
        return "run"
    return first if last == "field" else None


def check_start(contents: Mapping[Any, Mapping[str, Any]], table: SweepTable, name: str) -> None:
    """Raise InvalidInputError where some samples start everywhere and others do not: their columns differ."""
    starts: Iterable[Any] = [content.get("cool", {}) for content in contents.values()]
    everywhere = {isinstance(cool, dict) and cool.get("start") == "all" for cool in starts}
    if table.command == "cool" and len(everywhere) > 1:
        raise InvalidInputError(
            f'{name}: cool.start = "all" must be that of all samples or of none',
            remedy="give it in [cool]",
        )
