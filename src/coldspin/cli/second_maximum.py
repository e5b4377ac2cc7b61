"""`coldspin second-maximum`: where the nuclear precession gives β(B) another maximum."""

from pathlib import Path
from typing import Annotated

import typer

from coldspin.cli.reporting import reporting, say


def second_maximum(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder for curves, map and summary."),
    ],
    coarse: Annotated[
        bool, typer.Option("--coarse", help="A map of 10 by 6 points, in a tenth of the time.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Where beta(B) has a second maximum: curves, map."""
    with reporting():
        from coldspin.cli.progress import progress_bar
        from coldspin.studies.second_maximum_report import write_second_maximum

        with progress_bar() as report:
            text = write_second_maximum(output, force=force, progress=report, coarse=coarse)
        typer.echo(text, nl=False)
        say(f"curves, map and summary are in {output}")
