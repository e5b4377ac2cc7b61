"""The table [sweep] of a study file."""

from typing import Annotated, Any

from pydantic import Field

from coldspin.run_files import Flag
from coldspin.toml_files import Table, Text, Time

Positive = Annotated[int, Field(strict=True, ge=1)]


class SlurmTable(Table):
    """What each job asks of Slurm; `directives` are lines of the job script besides, "--overcommit" for one."""

    memory: Text = "2 GiB"
    time: Text = "1:00:00"
    queue: Text | None = None
    account: Text | None = None
    interface: Text | None = None
    directives: tuple[Text, ...] = ()
    prologue: tuple[Text, ...] = ()


class SweepTable(Table):
    """What `sweep` takes: a command, its axes, and how it is to be done."""

    command: Text = "cool"
    axes: dict[str, Any]
    together: Flag = False
    quantities: list[Text] | None = None
    extrema: Positive = 4
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    chunk: Positive | None = None
    time_limit: Time | None = None
    slurm: SlurmTable = SlurmTable()
