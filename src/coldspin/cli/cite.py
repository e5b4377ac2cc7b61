"""`coldspin cite`."""

import typer

from coldspin.cli.reporting import reporting


def cite() -> None:
    """Print BibTeX of the paper, coldspin, the constants and what fits stand on."""
    with reporting():
        from coldspin.citations import bibtex

        typer.echo(bibtex(), nl=False)
