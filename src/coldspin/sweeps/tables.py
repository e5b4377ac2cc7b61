"""The table [sweep] of a study file."""

from typing import Annotated, Any

from pydantic import Field

from coldspin.toml_files import Flag, Table, Text, Time

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


class SweepTable(Table):
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
