"""`coldspin paper`, `second-maximum` and `cite`: the paper, one result beyond it, and BibTeX."""

from pathlib import Path
from typing import Annotated

import typer

from coldspin.cli.options import Force
from coldspin.cli.terminal import console, progress_bar, reporting, say


def paper(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for figures and claims.")
    ],
    force: Force = False,
) -> None:
    """Make every figure of the paper, and check its numbers."""
    with reporting():
        from rich.markup import escape
        from rich.table import Table

        from coldspin.paper import write_paper

        with progress_bar(patience=0.0) as report:
            claims = write_paper(output, force=force, progress=report)
        shares = {"source": 3, "statement": 5, "paper": 4, "ours": 5, "verdict": 3, "why": 7}
        table = Table(show_lines=True, expand=True)
        for name, share in shares.items():
            table.add_column(name, overflow="fold", ratio=share)
        for claim in claims:
            table.add_row(*(escape(str(getattr(claim, name))) for name in shares))
        console().print(table)
        say(f"figures and claims are in {output}")


def second_maximum(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder for curves, map and summary."),
    ],
    coarse: Annotated[
        bool,
        typer.Option("--coarse", help="Compute a map of 10 by 6 points, in a tenth of the time."),
    ] = False,
    force: Force = False,
) -> None:
    """Map where beta(B) has a second maximum."""
    with reporting():
        from coldspin.studies.second_maximum_report import write_second_maximum

        with progress_bar() as report:
            text = write_second_maximum(output, force=force, progress=report, coarse=coarse)
        typer.echo(text, nl=False)
        say(f"curves, map and summary are in {output}")


def cite() -> None:
    """Print the BibTeX of what coldspin builds on."""
    with reporting():
        from coldspin.outputs.citations import bibtex

        typer.echo(bibtex(), nl=False)
