"""The table [sweep] of a study file, and what is refused of it."""

from typing import Annotated, Any

from pydantic import Field

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import TIME, positive_scalar
from coldspin.sweeps.commands import COMMANDS, EVERY_STATE
from coldspin.toml_files import Flag, Table, Text, Time
from coldspin.wording import nearest

Positive = Annotated[int, Field(strict=True, ge=1)]


class SlurmTable(Table):
    """What each job asks of Slurm, and how its workers are started.

    `cores` processes share `memory`; `directives` are lines of the job script besides,
    "--overcommit" for one, and `skip` leaves out those that have a word in them; `prologue` are
    commands before Python.
    """

    cores: Positive = 1
    memory: Text = "2 GiB"
    time: Text = "1:00:00"
    queue: Text | None = None
    account: Text | None = None
    interface: Text | None = None
    python: Text | None = None
    scratch: Text | None = None
    logs: Text | None = None
    directives: tuple[Text, ...] = ()
    skip: tuple[Text, ...] = ()
    prologue: tuple[Text, ...] = ()


class StudyTable(Table):
    """What `sweep` takes: a command, its axes, and how it is to be done."""

    command: Text = "cool"
    axes: dict[str, Any]
    together: Flag = False
    quantities: list[Text] | None = None
    protocol: Text | None = None
    extrema: Positive = 4
    states: Positive = 3
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    chunk: Positive | None = None
    time_limit: Time | None = None
    slurm: SlurmTable = SlurmTable()


def check_table(table: StudyTable) -> None:
    """Refuse an unknown command or quantity, and a protocol that nothing uses."""
    if table.command not in COMMANDS:
        raise InvalidInputError(
            f"= {table.command!r} is unknown",
            parameter="sweep.command",
            value=table.command,
            shown="",
            remedy=nearest(table.command, COMMANDS),
        )
    command = COMMANDS[table.command]
    columns = [*command.columns, *command.isotopes, *command.errors]
    if table.command == "cool":
        columns += EVERY_STATE.columns
    if table.quantities == []:
        raise InvalidInputError(
            "is empty, so nothing would be kept",
            parameter="sweep.quantities",
            remedy="leave it out to keep all",
        )
    for name in table.quantities or ():
        if name not in columns:
            raise InvalidInputError(
                f"{table.command} gives no {name!r}",
                place="sweep.quantities",
                remedy=nearest(name, columns),
            )
    if table.time_limit is not None:
        positive_scalar("sweep.time_limit", table.time_limit, TIME)
    if table.protocol is not None and table.command != "run":
        raise InvalidInputError(
            f"is not used by {table.command}",
            parameter="sweep.protocol",
            remedy='leave it out, or take command = "run"',
        )
