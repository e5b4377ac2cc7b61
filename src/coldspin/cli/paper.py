"""`coldspin paper`: every figure and every stated number of the paper."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.reporting import reporting, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coldspin.paper import Claim


def paper(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for figures and claims.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Make every figure of the paper, and check its numbers."""
    with reporting():
        from coldspin.cli.progress import progress_bar
        from coldspin.paper import write_paper

        with progress_bar(patience=0.0) as report:
            claims = write_paper(output, force=force, progress=report)
        _show(claims)
        say(f"figures and claims are in {output}")


def _show(claims: "Sequence[Claim]") -> None:
    from rich.markup import escape
    from rich.table import Table

    from coldspin.cli.tabular import console

    names = {"source": 3, "statement": 5, "paper": 4, "ours": 5, "verdict": 3, "why": 7}
    table = Table(show_lines=True, expand=True)
    for name, share in names.items():
        table.add_column(name, overflow="fold", ratio=share)
    for claim in claims:
        table.add_row(*(escape(str(getattr(claim, name))) for name in names))
    console().print(table)
